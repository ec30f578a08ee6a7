/* lib/transport/auth/auth_keyboard.c, with libssh2's part played here */
#include "transport/auth/auth.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "transport/ssh/ssh_parts.h"
#include "unit/unit.h"

#define QUESTIONS_MAX 3
#define ROUNDS_MAX 3

/* What the server asks, round by round, and what it shall be answered; NULL:
 * nothing of the round is. A ! in front shows what is typed. */
struct round {
	const char *asks[QUESTIONS_MAX];
	const char *answers[QUESTIONS_MAX];
};

static const struct round *rounds; /* the last has no questions */
static struct ssh *asked;
static const char *person; /* types this; NULL: nothing */
static unsigned ntyped;

static void ask_round(const struct round *round,
		      LIBSSH2_USERAUTH_KBDINT_RESPONSE_FUNC((*callback)))
{
	LIBSSH2_USERAUTH_KBDINT_PROMPT prompts[QUESTIONS_MAX];
	LIBSSH2_USERAUTH_KBDINT_RESPONSE responses[QUESTIONS_MAX];
	char texts[QUESTIONS_MAX][64];
	void *abstract = asked;
	int n = 0;

	for (; n < QUESTIONS_MAX && round->asks[n] != NULL; n++) {
		bool echo = round->asks[n][0] == '!';

		(void)stpcpy(texts[n], round->asks[n] + echo);
		prompts[n].text = (void *)texts[n];
		prompts[n].length = (unsigned)strlen(texts[n]);
		prompts[n].echo = echo;
	}
	callback("", 0, "", 0, n, prompts, responses, &abstract);
	for (int i = 0; i < n; i++) {
		const char *wanted = round->answers[i];

		unit_where(round->asks[i]);
		if (wanted == NULL)
			assert_true(asked->login.stuck);
		else if (!asked->login.stuck)
			assert_string_equal(responses[i].text, wanted);
		free(responses[i].text);
	}
}

int libssh2_userauth_keyboard_interactive_ex(
	LIBSSH2_SESSION *session, const char *username, unsigned username_len,
	LIBSSH2_USERAUTH_KBDINT_RESPONSE_FUNC((*callback)))
{
	(void)session;
	assert_memory_equal(username, "admin", username_len);
	for (size_t i = 0; rounds[i].asks[0] != NULL; i++) {
		ask_round(&rounds[i], callback);
		if (asked->login.stuck) { /* nothing can be sent any more */
			asked->ended = true;
			return LIBSSH2_ERROR_EAGAIN;
		}
	}
	return 0;
}

static int permit(void *arg, int64_t *deadline_ms, struct nf_error *err)
{
	(void)arg, (void)deadline_ms, (void)err;
	return 0;
}

static const char *reply(void *arg, const uint8_t *question, size_t len)
{
	(void)arg;
	return len == 10 && memcmp(question, "Username: ", len) == 0 ? "admin"
								     : NULL;
}

static bool is_typed(void *arg, const uint8_t *question, size_t len)
{
	(void)arg;
	return memmem(question, len, "code", 4) != NULL;
}

static int type(void *arg, const char *question, int64_t *deadline_ms,
		struct passed *typed, struct nf_error *err)
{
	(void)arg;
	assert_null(strchr(question, '\033'));
	if (person == NULL)
		return error_set(err, NF_AUTH_FAILED, "nobody is there");
	ntyped++;
	*deadline_ms += 1000;
	*typed = (struct passed){.bytes = (uint8_t *)strdup(person),
				 .len = strlen(person) + 1};
	return 0;
}

static const struct auth_hooks hooks = {.on_password = permit,
					.reply = reply,
					.is_typed = is_typed,
					.type = type};
static const struct credentials credentials = {"admin", "hunter2", NULL, 0};

/* Try the method against a server: what attempt() returns. */
static int try(const struct round *all, bool asks, struct ssh *ssh,
	       struct nf_error *err)
{
	const struct auth_means means = {
		.credentials = &credentials, .asks = asks, .hooks = &hooks};
	int rc;

	*ssh = (struct ssh){.login = {.means = &means}, .memory_max = 4096};
	asked = ssh;
	rounds = all;
	ntyped = 0;
	rc = auth_keyboard.attempt(ssh, err);
	ssh->login.means = NULL;
	return rc;
}

static void test_auth_keyboard_answers_what_it_has_answers_for(void **state)
{
	static const struct round servers[][ROUNDS_MAX + 1] = {
		{{{"TACACS Password: "}, {"hunter2"}}},
		{{{"!Username: ", "Password: "}, {"admin", "hunter2"}}},
		{{{"Password: ", "One-time code: "}, {"hunter2", "4711"}}},
		{{{"One-time code: ", "Password: "}, {"4711", "hunter2"}}},
		{{{"!Username: "}, {"admin"}},
		 {{"Password: "}, {"hunter2"}},
		 {{"!Your code: "}, {"4711"}}},
		{{{"!"}, {""}}, {{"Password: "}, {"hunter2"}}},
	};
	struct nf_error err = {0};
	struct ssh ssh;

	(void)state;
	person = "4711";
	for (size_t i = 0; i < LENGTH(servers); i++) {
		assert_int_equal(try(servers[i], true, &ssh, &err), 1);
		assert_true(ssh.login.given);
		assert_int_equal(ssh.login.deadline_ms, 1000 * (int)ntyped);
	}
}

static void test_auth_keyboard_answers_no_round_in_part(void **state)
{
	static const struct {
		struct round rounds[ROUNDS_MAX + 1];
		bool hidden, answered;
	} servers[] = {
		{{{{"Password: ", "One-time code: "}, {NULL}}}, true, false},
		{{{{"Password: ", "!Colour: "}, {NULL}}}, false, false},
		{{{{"!Colour: ", "Password: "}, {NULL}}}, false, false},
		{{{{"Password: "}, {"hunter2"}}, {{"Password: "}, {NULL}}},
		 true,
		 true},
	};
	struct nf_error err = {0};
	struct ssh ssh;

	(void)state;
	for (size_t i = 0; i < LENGTH(servers); i++) {
		assert_int_equal(try(servers[i].rounds, false, &ssh, &err), -1);
		assert_true(ssh.login.stuck);
		assert_int_equal(ssh.login.hidden, servers[i].hidden);
		assert_int_equal(ssh.login.answered, servers[i].answered);
		assert_int_equal(ssh.login.given, servers[i].answered);
	}
}

static void test_auth_keyboard_tells_why_a_person_gave_no_answer(void **state)
{
	static const struct round server[] = {
		{{"Password: ", "One-time code: "}, {NULL}},
		{.asks = {NULL}},
	};
	struct nf_error err = {.stage = NF_STAGE_AUTH};
	struct ssh ssh;

	(void)state;
	person = NULL;
	assert_int_equal(try(server, true, &ssh, &err), -1);
	assert_true(ssh.login.unanswered);
	assert_string_equal(err.message, "nobody is there");
	assert_int_equal(err.stage, NF_STAGE_AUTH);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_auth_keyboard_answers_what_it_has_answers_for),
	cmocka_unit_test(test_auth_keyboard_answers_no_round_in_part),
	cmocka_unit_test(test_auth_keyboard_tells_why_a_person_gave_no_answer),
};

UNIT_MAIN(tests)
