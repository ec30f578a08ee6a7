/* What keyboard-interactive asks, as --questions has it. */
#include "devsim/questions.h"

#include <string.h>
#include <strings.h>

#include "devsim/options.h"

#define ROUND_MAX 4 /* questions */
#define TEXT_MAX 64

struct round {
	char text[ROUND_MAX][TEXT_MAX];
	char echo[ROUND_MAX];
	unsigned n;
};

static void read_round(struct round *round, const char *at, size_t len)
{
	const char *end = at + len;

	*round = (struct round){.n = 0};
	while (at < end && round->n < ROUND_MAX) {
		const char *bar = memchr(at, '|', (size_t)(end - at));
		size_t n = (size_t)((bar != NULL ? bar : end) - at);
		bool echo = n > 0 && at[n - 1] == '!';

		round->echo[round->n] = echo;
		if (n - echo < TEXT_MAX)
			memcpy(round->text[round->n], at, n - echo);
		round->n++;
		at += n + 1;
	}
}

int questions_ask(struct questions *questions, ssh_message message)
{
	struct round round;
	const char *prompts[ROUND_MAX];

	questions->asked = questions->left;
	questions->asked_len = strcspn(questions->left, "/");
	questions->left += questions->asked_len;
	questions->left += *questions->left == '/';
	read_round(&round, questions->asked, questions->asked_len);
	for (unsigned i = 0; i < round.n; i++)
		prompts[i] = round.text[i];
	return ssh_message_auth_interactive_request(
		       message, "", "", round.n, prompts, round.echo) == SSH_OK
		       ? 0
		       : 1;
}

/* The right answer, by what is asked. */
static const char *right(const struct options *opts, const char *text)
{
	if (strcasestr(text, "password") != NULL)
		return opts->password;
	return strcasestr(text, "username") != NULL ? opts->user : opts->code;
}

bool questions_take(struct questions *questions, const struct options *opts,
		    ssh_session session)
{
	struct round round;

	read_round(&round, questions->asked, questions->asked_len);
	if (ssh_userauth_kbdint_getnanswers(session) != (int)round.n)
		questions->wrong = true;
	for (unsigned i = 0; i < round.n && !questions->wrong; i++) {
		const char *got = ssh_userauth_kbdint_getanswer(session, i);

		questions->wrong = got == NULL ||
				   strcmp(got, right(opts, round.text[i])) != 0;
	}
	return *questions->left != '\0';
}
