/* The arrival at a command line. */
#include "dialogue/arrival.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "exchange/shape.h"
#include "platform/login/login_patterns.h"
#include "terminal/line.h"

#define NUDGES_MAX 4 /* empty lines sent to wake a device up */

/* Milliseconds without a byte that count as quiet behind what looks like a
 * question that is answered. */
#define QUIET_ASKED_MS 300

/* What the unfinished line is, before the first prompt. */
enum sight {
	SIGHT_NOTHING, /* it is empty */
	SIGHT_PROMPT, /* one of the platform */
	SIGHT_MARK, /* it ends as prompts end */
	SIGHT_SHELL, /* a shell's prompt, and its platform has none */
	SIGHT_LOADER, /* a boot loader's */
	SIGHT_QUESTION, /* an empty line might mean yes, or be a password */
	SIGHT_TEXT,
};

/*
 * Milliseconds without a byte that count as quiet. Then an empty line is sent,
 * which has to bring a mark again; and why all else that comes again is not
 * taken for the prompt.
 */
static const struct {
	int64_t quiet_ms;
	const char *refusal;
} sights[] = {
	[SIGHT_NOTHING] = {3000, NULL},
	[SIGHT_PROMPT] = {0, NULL},
	[SIGHT_MARK] = {1000, NULL},
	[SIGHT_SHELL] = {1000, "the prompt of a shell"},
	[SIGHT_LOADER] = {1000, "the prompt of a boot loader"},
	[SIGHT_QUESTION] = {3000, "a question that nobody answers"},
	[SIGHT_TEXT] = {3000, "no prompt by its end, and comes again behind an "
			      "empty line"},
};

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
	if (patterns_is_typed(arrival->terminal->patterns, line->data,
			      line->len) ||
	    patterns_login_answer(arrival->terminal->patterns, line->data,
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

/*
 * Does the platform know a shell's prompt? By a pattern as wide as "a name and
 * #", root's is one of its own, too: the $ that others have in its place tells.
 */
static bool knows_shell(const struct terminal *terminal)
{
	const uint8_t *line = terminal->text.line.data;
	size_t len = terminal_len(terminal);
	uint8_t other[PATTERNS_LINE_MAX];

	memcpy(other, line, len);
	other[trimmed(line, len) - 1] = '$';
	return patterns_prompt(terminal->patterns, other, len);
}

/* Judge what ends as prompts do. A platform whose prompts have no names takes
 * that of a shell or a loader, too. */
static enum sight look_at_mark(const struct terminal *terminal)
{
	const uint8_t *line = terminal->text.line.data;
	size_t len = terminal_len(terminal), base_len;
	bool likely = prompt_is_likely(terminal);
	bool loader = shape_is_loader(line, len);

	if (!loader && !shape_is_shell(line, len))
		return likely ? SIGHT_PROMPT : SIGHT_MARK;
	if (likely &&
	    patterns_base(terminal->patterns, line, len, &base_len) == NULL)
		return SIGHT_PROMPT;
	if (loader)
		return SIGHT_LOADER;
	return likely && knows_shell(terminal) ? SIGHT_PROMPT : SIGHT_SHELL;
}

static enum sight look(const struct terminal *terminal)
{
	const struct buf *line = &terminal->text.line;

	if (line->len == 0)
		return SIGHT_NOTHING;
	if (line->len > PATTERNS_LINE_MAX)
		return SIGHT_TEXT;
	if (line_asks(line) || shape_asks_secret(line->data, line->len))
		return SIGHT_QUESTION;
	if (shape_ends_as_prompt(line->data, line->len))
		return look_at_mark(terminal);
	return prompt_is_likely(terminal) ? SIGHT_PROMPT : SIGHT_TEXT;
}

static int refuse(const struct terminal *terminal, enum sight sight,
		  struct nf_error *err)
{
	char line[TERMINAL_QUOTE];

	terminal_quote(terminal, line);
	(void)error_set(
		err, NF_NO_PROMPT,
		"no prompt of platform %s: it waits at \"%s\", which is "
		"%s",
		patterns_platform(terminal->patterns)->name, line,
		sights[sight].refusal);
	if (sight == SIGHT_QUESTION)
		err->sys_errno = ENOMSG;
	return -1;
}

/* The arrival, on its way. */
struct search {
	enum sight sight;
	bool asked; /* what login replies to, when a pause follows */
	char candidate[PATTERNS_LINE_MAX + 1]; /* stood there before a nudge */
	unsigned nudges; /* empty lines sent */
};

static int64_t patience(const struct arrival *arrival,
			const struct search *search)
{
	bool is_again = search->nudges > 0 &&
			terminal_is(arrival->terminal, search->candidate);

	return is_again || search->asked ? QUIET_ASKED_MS
					 : sights[search->sight].quiet_ms;
}

/* Has an empty line brought the same again? Texts may have numbers that grow,
 * too: no prompt of theirs counts. */
static bool repeats(const struct arrival *arrival, const struct search *search)
{
	return search->sight == SIGHT_TEXT
		       ? terminal_is(arrival->terminal, search->candidate)
		       : prompt_repeats(arrival->prompt, arrival->terminal,
					search->candidate);
}

/* Nothing more comes: judge the line that is left. 1: it is the prompt, 0: go
 * on, -1. */
static int judge_quiet(struct arrival *arrival, struct search *search,
		       struct nf_error *err)
{
	struct terminal *terminal = arrival->terminal;

	if (search->sight == SIGHT_QUESTION)
		return refuse(terminal, search->sight, err);
	if (search->nudges > 0 && repeats(arrival, search))
		return search->sight == SIGHT_MARK
			       ? 1
			       : refuse(terminal, search->sight, err);
	if (search->nudges++ >= NUDGES_MAX)
		return 0;
	terminal_copy(terminal, search->candidate);
	search->sight = SIGHT_NOTHING;
	return terminal_send_line(terminal, "", err);
}

/* The wait has failed. Behind a password, the last that came is not told in a
 * message, but a question that nobody answers has to be. */
static int fail(const struct terminal *terminal, const struct search *search,
		struct nf_error *err)
{
	if (err->code == NF_TIMEOUT && search->sight == SIGHT_QUESTION &&
	    terminal->tail_is_secret)
		return refuse(terminal, search->sight, err);
	return -1;
}

int arrival_await_prompt(struct arrival *arrival, struct login *login,
			 struct nf_error *err)
{
	struct terminal *terminal = arrival->terminal;
	struct search search = {.sight = SIGHT_NOTHING};
	int found = 0;

	while (found == 0) {
		int came = terminal_await(terminal, patience(arrival, &search),
					  err);
		enum reply_result reply;

		if (came == -1)
			return fail(terminal, &search, err);
		reply = reply_to_greeting(arrival, login, came == 0, err);
		if (reply == REPLY_FAILED)
			return -1;
		search.asked = login_needs_pause(login, terminal);
		search.sight = search.asked ? SIGHT_QUESTION : look(terminal);
		if (search.sight == SIGHT_PROMPT)
			found = 1;
		else if (came == 0 && reply == REPLY_NONE)
			found = judge_quiet(arrival, &search, err);
	}
	if (found == 1)
		prompt_set(arrival->prompt, terminal);
	return found == 1 ? 0 : -1;
}
