/*
 * The keyboard-interactive method (RFC 4256): the server asks, round by round. A
 * person answers what is meant for a person; the password is the answer to the
 * first other question that hides it; one that shows what is typed gets what the
 * caller has for it. Of a round in which a question has no answer none is
 * answered: no password is given for nothing.
 */
#include <string.h>
#include <strings.h>

#include "base/printable.h"
#include "transport/auth/auth.h"
#include "transport/ssh/ssh_parts.h"

#define ROUNDS_MAX 5 /* of questions in one login */
#define PROMPTS_MAX 16 /* in one round */
#define TEXT_MAX 512 /* of what it says to them */

/* Copy the end of a text, as far as there is room: the question is there, and
 * OpenSSH puts whatever PAM says in front of it. */
static void copy_end(char text[TEXT_MAX], const char *bytes, size_t len)
{
	size_t drop = len < TEXT_MAX ? 0 : len - (TEXT_MAX - 1);

	if (len > drop)
		memcpy(text, bytes + drop, len - drop);
	text[len - drop] = '\0';
}

/* The last line of a text that is not blank, "" for none: the question. */
static const char *last_line(char text[TEXT_MAX])
{
	size_t len = strlen(text);
	const char *line;

	while (len > 0 && strchr("\r\n", text[len - 1]) != NULL)
		len--;
	text[len] = '\0';
	line = strrchr(text, '\n');
	line = line != NULL ? line + 1 : text;
	return line[strspn(line, " \t")] != '\0' ? line : "";
}

/*
 * Note a question that has no answer, and send nothing more. An empty answer
 * would count as a failed login, and some servers ask without end.
 */
static void get_stuck(struct ssh *ssh, const char *question, bool hidden)
{
	if (ssh->login.stuck)
		return;
	ssh->login.stuck = true;
	ssh->login.hidden = hidden;
	printable_copy(ssh->login.question, sizeof(ssh->login.question),
		       (const uint8_t *)question, strlen(question));
}

/* Does it say that the password has to be changed? PAM asks for the old one
 * again, then. */
static bool demands_change(const struct ssh *ssh, const char *text)
{
	static const char *const words[] = {
		"new password", "change your password", "password has expired",
		"password expired"};
	static const char *const again[] = {"current", "old password"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcasestr(text, words[i]) != NULL)
			return true;
	}
	for (size_t i = 0; i < sizeof(again) / sizeof(again[0]); i++) {
		if (ssh->login.answered && strcasestr(text, again[i]) != NULL)
			return true;
	}
	return false;
}

/* Put a reply into an answer of libssh2, which frees it. */
static void put_reply(struct ssh *ssh, const char *reply,
		      LIBSSH2_USERAUTH_KBDINT_RESPONSE *response)
{
	void *abstract = ssh;
	size_t len = strlen(reply);

	response->text = ssh_alloc(len + 1, &abstract);
	if (response->text == NULL)
		return;
	memcpy(response->text, reply, len + 1);
	response->length = (unsigned)len;
}

/* The reply to a question in a field that shows it, NULL: there is none. One
 * without words gets an empty one. */
static const char *find_reply(const struct auth_means *means,
			      const char *question)
{
	if (question[0] == '\0')
		return "";
	return means->hooks->reply(means->arg, (const uint8_t *)question,
				   strlen(question));
}

/* Where the answer to a question comes from. */
enum source {
	SOURCE_NONE, /* there is none */
	SOURCE_PERSON,
	SOURCE_REPLY, /* what the caller has for it */
	SOURCE_PASSWORD,
};

/* A password goes into one hidden field, once, and nowhere else. */
static enum source source_of(const struct ssh_login *login, bool echo,
			     const char *question)
{
	const struct auth_means *means = login->means;

	if (means->asks &&
	    means->hooks->is_typed(means->arg, (const uint8_t *)question,
				   strlen(question)))
		return SOURCE_PERSON;
	if (echo)
		return find_reply(means, question) != NULL ? SOURCE_REPLY
							   : SOURCE_NONE;
	return means->credentials->password == NULL || login->answered ||
			       login->new_password
		       ? SOURCE_NONE
		       : SOURCE_PASSWORD;
}

/* Find where the answer comes from before any is given, and see whether there
 * is one; a password is spent by that. */
static enum source check(struct ssh *ssh,
			 const LIBSSH2_USERAUTH_KBDINT_PROMPT *prompt)
{
	struct ssh_login *login = &ssh->login;
	char text[TEXT_MAX];
	const char *question;
	enum source source;

	copy_end(text, prompt->text, prompt->length);
	login->new_password |= demands_change(ssh, text);
	question = last_line(text);
	source = source_of(login, prompt->echo, question);
	if (source == SOURCE_NONE || login->rounds > ROUNDS_MAX)
		get_stuck(ssh, question, !prompt->echo);
	return source;
}

/* Let a person answer. Whatever else this round asks is not answered when there
 * is no answer. */
static void answer_by_person(struct ssh *ssh, const char *question,
			     LIBSSH2_USERAUTH_KBDINT_RESPONSE *response)
{
	struct ssh_login *login = &ssh->login;
	const struct auth_means *means = login->means;
	char shown[TEXT_MAX];
	struct passed typed;

	printable_copy(shown, sizeof(shown), (const uint8_t *)question,
		       strlen(question));
	if (means->hooks->type(means->arg, shown, &login->deadline_ms, &typed,
			       login->why) == -1) {
		login->unanswered = login->stuck = true;
		return;
	}
	login->typed = true;
	put_reply(ssh, (const char *)typed.bytes, response);
	passed_release(&typed);
}

static void answer(struct ssh *ssh, enum source source,
		   const LIBSSH2_USERAUTH_KBDINT_PROMPT *prompt,
		   LIBSSH2_USERAUTH_KBDINT_RESPONSE *response)
{
	const struct auth_means *means = ssh->login.means;
	char text[TEXT_MAX];
	const char *question;

	if (ssh->login.stuck)
		return;
	copy_end(text, prompt->text, prompt->length);
	question = last_line(text);
	switch (source) {
	case SOURCE_NONE:
		break;
	case SOURCE_PERSON:
		answer_by_person(ssh, question, response);
		break;
	case SOURCE_REPLY:
		put_reply(ssh, find_reply(means, question), response);
		break;
	case SOURCE_PASSWORD:
		ssh->login.given = true;
		put_reply(ssh, means->credentials->password, response);
		break;
	}
}

/* Answer what a round asks, all of it or nothing. */
static void answer_round(struct ssh *ssh, size_t n,
			 const LIBSSH2_USERAUTH_KBDINT_PROMPT *prompts,
			 LIBSSH2_USERAUTH_KBDINT_RESPONSE *responses)
{
	struct ssh_login *login = &ssh->login;
	bool was_answered = login->answered;
	enum source sources[PROMPTS_MAX];

	for (size_t i = 0; i < n && !login->stuck; i++) {
		sources[i] = check(ssh, &prompts[i]);
		login->answered |= sources[i] == SOURCE_PASSWORD;
	}
	for (size_t i = 0; i < n && !login->stuck; i++)
		answer(ssh, sources[i], &prompts[i], &responses[i]);
	if (login->stuck) /* nothing of it is sent */
		login->answered = was_answered;
}

static void on_prompts(const char *name, int name_len, const char *instruction,
		       int instruction_len, int nprompts,
		       const LIBSSH2_USERAUTH_KBDINT_PROMPT *prompts,
		       LIBSSH2_USERAUTH_KBDINT_RESPONSE *responses,
		       void **abstract)
{
	struct ssh *ssh = *abstract;
	char text[TEXT_MAX];

	(void)name;
	(void)name_len;
	copy_end(text, instruction,
		 instruction_len > 0 ? (size_t)instruction_len : 0);
	if (ssh->login.answered) /* before that, it may be anybody's notice */
		ssh->login.new_password |= demands_change(ssh, text);
	if ((++ssh->login.rounds > ROUNDS_MAX && nprompts == 0) ||
	    nprompts > PROMPTS_MAX)
		get_stuck(ssh, "", true);
	for (int i = 0; i < nprompts; i++)
		responses[i] = (LIBSSH2_USERAUTH_KBDINT_RESPONSE){0};
	answer_round(ssh, (size_t)(nprompts > 0 ? nprompts : 0), prompts,
		     responses);
}

static bool usable(const struct ssh_login *login)
{
	const struct auth_means *means = login->means;

	return (means->credentials->password != NULL || means->asks) &&
	       login->tried[AUTH_KEYBOARD] == 0;
}

static int attempt(struct ssh *ssh, struct nf_error *err)
{
	struct ssh_login *login = &ssh->login;
	const char *username = login->means->credentials->username;
	struct nf_error why = {.code = NF_OK};
	int rc;

	if (auth_permit(login, err) == -1)
		return -1;
	login->why = &why;
	UNTIL_DONE(rc,
		   libssh2_userauth_keyboard_interactive_ex(
			   ssh->session, username, (unsigned)strlen(username),
			   on_prompts),
		   ssh, login->deadline_ms, err);
	login->why = NULL;
	if (!login->unanswered)
		return auth_verdict(ssh, rc, err);
	why.stage = err->stage;
	*err = why;
	return -1;
}

const struct auth_method auth_keyboard = {"keyboard-interactive", usable,
					  attempt};
