/* The arrival at a command line. */
#include "dialogue/arrival.h"

#include "terminal/line.h"

#define NUDGES_MAX 4 /* empty lines sent to wake a device up */

/* Milliseconds without a byte that count as quiet before the first prompt, and
 * behind what looks like a question. */
#define QUIET_LOGIN_MS 3000
#define QUIET_ASKED_MS 300

static enum reply_result reply_with_key(struct arrival *arrival,
					const char *key, struct nf_error *err)
{
	if (terminal_send_key(arrival->terminal, key, err) == -1)
		return REPLY_FAILED;
	return REPLY_SENT;
}

/* What the unfinished line asks, as far as it is to be replied to: the prompt
 * of a shell that was left once and came back was left in vain. */
static const struct platform_question *
find_greeting(const struct arrival *arrival)
{
	const struct buf *line = &arrival->terminal->text.line;
	const struct platform_question *greeting = patterns_greeting(
		arrival->terminal->patterns, line->data, line->len);

	if (greeting != NULL && patterns_is_shell(greeting) &&
	    arrival->left_shell)
		return NULL;
	if (patterns_login_answer(arrival->terminal->patterns, line->data,
				  line->len) != NULL)
		return NULL; /* the user wants it otherwise */
	return greeting;
}

/* Reply to what a device may ask before its first prompt. */
static enum reply_result reply_to_greeting(struct arrival *arrival,
					   struct login *login, bool quiet,
					   struct nf_error *err)
{
	const struct platform_question *greeting = find_greeting(arrival);
	enum reply_result result;

	if (greeting != NULL) {
		arrival->left_shell |= patterns_is_shell(greeting);
		if (arrival->ngreetings < ARRIVAL_GREETINGS_MAX)
			arrival->greetings[arrival->ngreetings++] = *greeting;
		return reply_with_key(arrival, greeting->reply, err);
	}
	result = login_reply(login, arrival->terminal, quiet, err);
	if (result != REPLY_NONE)
		return result;
	return pager_reply(&arrival->exchange->pager,
			   quiet ? PAGER_IN_PAUSE : PAGER_AT_ONCE, err);
}

int arrival_await_prompt(struct arrival *arrival, struct login *login,
			 struct nf_error *err)
{
	struct terminal *terminal = arrival->terminal;
	char candidate[PATTERNS_LINE_MAX + 1] = "";
	unsigned nudges = 0;

	for (;;) {
		bool asked = login_needs_pause(login, terminal);
		int came = terminal_await(
			terminal, asked ? QUIET_ASKED_MS : QUIET_LOGIN_MS, err);
		enum reply_result reply;

		if (came == -1)
			return -1;
		reply = reply_to_greeting(arrival, login, came == 0, err);
		if (reply == REPLY_FAILED)
			return -1;
		if (reply == REPLY_SENT ||
		    (came == 1 && login_needs_pause(login, terminal)))
			continue;
		if (prompt_is_likely(terminal) ||
		    (nudges > 0 && came == 0 &&
		     terminal_is(terminal, candidate))) {
			prompt_set(arrival->prompt, terminal);
			return 0;
		}
		if (came == 1 || line_asks(&terminal->text.line) ||
		    nudges++ >= NUDGES_MAX)
			continue;
		terminal_copy(terminal, candidate);
		if (terminal_send_line(terminal, "", err) == -1)
			return -1;
	}
}
