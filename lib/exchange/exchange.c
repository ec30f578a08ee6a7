/* The exchange of one command for its output. */
#include "exchange/exchange.h"

#include <string.h>

#include "base/error.h"
#include "terminal/line.h"

#define SUSPICIONS_MAX 4 /* proofs that a prompt out of place may ask for */
#define PROOFS_MAX 64 /* of one output, where each prompt asks for one */

/* Milliseconds without a byte that count as quiet. */
#define QUIET_ECHO_MS 2000
#define QUIET_NO_ECHO_MS 300
#define QUIET_TEXT_MS 1000
#define QUIET_TYPING_MS 50
#define QUIET_ANNOUNCED_MS 300

#define CLEAR_LINE "\x15" /* Ctrl-U, of most command lines */

static enum exchange_step cutter_failed(const struct exchange *exchange,
					struct nf_error *err)
{
	(void)cutter_tell_failure(exchange->cutter, err);
	return EXCHANGE_FAILED;
}

/* ---- waiting */

static const struct platform *platform_of(const struct exchange *exchange)
{
	return patterns_platform(exchange->terminal->patterns);
}

/* Is it too early to believe the prompt? A refused command may be typed again
 * behind it, and an echo painted anew where it stands. */
static bool in_doubt(const struct exchange *exchange)
{
	const struct output_cutter *cutter = exchange->cutter;
	const struct terminal *terminal = exchange->terminal;
	bool typed_again = cutter->output.counts.rejected &&
			   platform_of(exchange)->clear_line != NULL;

	return cutter->phase == CUTTER_TEXT &&
	       terminal_is(terminal, exchange->prompt->text) &&
	       (typed_again || (cutter->echo.came && terminal->text.rose));
}

static int64_t quiet_ms(const struct exchange *exchange)
{
	if (exchange->cutter->phase == CUTTER_ECHO)
		return exchange->cutter->echo.seen && !exchange->lines.silent
			       ? QUIET_ECHO_MS
			       : QUIET_NO_ECHO_MS;
	if (exchange->lines.announced)
		return QUIET_ANNOUNCED_MS;
	return in_doubt(exchange) ? QUIET_TYPING_MS : QUIET_TEXT_MS;
}

/* Wait for bytes until quiet. In between, a pause is told by *paused, if there
 * is an unfinished line: a pager may wait. */
static int await(struct exchange *exchange, struct nf_error *err)
{
	struct terminal *terminal = exchange->terminal;
	int64_t ms = quiet_ms(exchange);
	int came;

	if (exchange->paused) {
		exchange->paused = false;
		return terminal_await(terminal, ms - PAGER_PAUSE_MS, err);
	}
	if (ms <= PAGER_PAUSE_MS || terminal->text.line.len == 0)
		return terminal_await(terminal, ms, err);
	came = terminal_await(terminal, PAGER_PAUSE_MS, err);
	exchange->paused = came == 0;
	return came;
}

/* Nothing more comes: what was in doubt was the prompt. */
static enum exchange_step end_of_input(const struct exchange *exchange,
				       struct nf_error *err)
{
	if (!in_doubt(exchange))
		return EXCHANGE_FAILED;
	*err = (struct nf_error){.stage = err->stage};
	return EXCHANGE_DONE;
}

/* Say of a command that is late, and silent behind a whole line, what it may be
 * that comes to no end. */
static void explain_silence(const struct exchange *exchange, bool quiet,
			    struct nf_error *err)
{
	static const char text[] =
		"; it is silent: it may be at work, or take lines of a text";
	size_t len = strlen(err->message);

	if (quiet && err->code == NF_TIMEOUT &&
	    exchange->cutter->phase == CUTTER_TEXT &&
	    exchange->terminal->text.line.len == 0 &&
	    len + sizeof(text) <= sizeof(err->message))
		(void)stpcpy(err->message + len, text);
}

/* Begin a command. The unfinished line was taken for the prompt, if it is one
 * and no more. */
static int begin_command(struct exchange *exchange, const char *command,
			 const struct output_sink *sink, struct nf_error *err)
{
	char bytes[2];
	const char *key = lines_key(&exchange->lines, command, bytes);
	struct terminal *terminal = exchange->terminal;
	const struct prompt *prompt = exchange->prompt;
	const struct buf *line = &terminal->text.line;
	bool alone = terminal_is(terminal, prompt->text);

	if (!exchange->lines.taken)
		exchange->lines = (struct lines){.taken = false};
	else if (cutter_close(exchange->cutter) == -1) /* it asks for them */
		return cutter_tell_failure(exchange->cutter, err);
	exchange->nproofs = 0;
	exchange->paused = false;
	exchange->clears = false;
	terminal->tail_len = 0; /* it led to the prompt */
	if (cutter_begin(exchange->cutter, command, sink,
			 alone ? line->data : (const uint8_t *)prompt->text,
			 alone ? line->len : prompt->len) == -1)
		return error_sys(err, NF_SYSTEM, "no memory for a command");
	if (key != NULL)
		return terminal_send_key(exchange->terminal, key, err);
	return terminal_send_line(exchange->terminal, command, err);
}

/* Take steps until one of them is the last. */
static int take_steps(struct exchange *exchange, enum exchange_step result,
		      exchange_step_fn *step, void *arg, struct nf_error *err)
{
	bool quiet = false;

	while (result == EXCHANGE_MORE) {
		int came = await(exchange, err);

		if (came == -1) {
			result = end_of_input(exchange, err);
			explain_silence(exchange, quiet, err);
			break;
		}
		quiet = came == 0 && !exchange->paused;
		result = step(exchange, quiet, arg, err);
	}
	return result == EXCHANGE_DONE ? 0 : -1;
}

int exchange_run(struct exchange *exchange, const char *command,
		 exchange_step_fn *step, void *arg, struct nf_error *err)
{
	if (begin_command(exchange, command, NULL, err) == -1)
		return -1;
	return take_steps(exchange, EXCHANGE_MORE, step, arg, err);
}

/* ---- replies */

/* The caller's reply to what the command asks, NULL: it asks nothing. */
static const struct nf_reply *find_reply(const struct exchange *exchange,
					 bool quiet)
{
	const struct terminal *terminal = exchange->terminal;
	const struct nf_reply *reply = patterns_reply(
		terminal->patterns, exchange->command_number,
		terminal->text.line.data, terminal->text.line.len);

	if (reply == NULL || terminal_is(terminal, exchange->prompt->text) ||
	    exchange->cutter->phase == CUTTER_PROOF ||
	    (exchange->cutter->phase == CUTTER_ECHO && !quiet))
		return NULL;
	return reply;
}

/* Reply to a question: it is part of the output, as is the reply's echo. */
static enum exchange_step send_reply(struct exchange *exchange,
				     const struct nf_reply *reply,
				     struct nf_error *err)
{
	const struct buf *line = &exchange->terminal->text.line;
	struct output_cutter *cutter = exchange->cutter;

	if (cutter->phase == CUTTER_ECHO && cutter_accept(cutter) == -1)
		return cutter_failed(exchange, err);
	if (cutter_rest(cutter, line->data, line->len) == -1)
		return cutter_failed(exchange, err);
	if ((reply->key ? terminal_send_key : terminal_send_line)(
		    exchange->terminal, reply->reply, err) == -1)
		return EXCHANGE_FAILED;
	return EXCHANGE_MORE;
}

/* ---- proofs of a prompt */

/* Send an empty line, which has to bring the candidate again: the unfinished
 * line, or the prompt, where that stands behind text which is output. */
static enum exchange_step prove_candidate(struct exchange *exchange,
					  struct nf_error *err)
{
	const struct buf *line = &exchange->terminal->text.line;
	const struct prompt *prompt = exchange->prompt;
	bool alone = !prompt_ends_line(prompt, exchange->terminal);

	exchange->nproofs++;
	exchange->clears = false;
	cutter_owe(exchange->cutter);
	if (cutter_begin_proof(exchange->cutter,
			       alone ? line->data
				     : (const uint8_t *)prompt->text,
			       alone ? line->len : prompt->len) == -1)
		return cutter_failed(exchange, err);
	if (terminal_send_line(exchange->terminal, "", err) == -1)
		return EXCHANGE_FAILED;
	return EXCHANGE_MORE;
}

static enum exchange_step prove_line(struct exchange *exchange,
				     struct nf_error *err)
{
	terminal_copy(exchange->terminal, exchange->candidate);
	return prove_candidate(exchange, err);
}

static enum exchange_step prove_prompt(struct exchange *exchange,
				       struct nf_error *err)
{
	(void)stpcpy(exchange->candidate, exchange->prompt->text);
	return prove_candidate(exchange, err);
}

/* May an empty line prove that the unfinished line is the prompt, of another
 * name or shape than the one before? */
static bool may_prove_line(const struct exchange *exchange)
{
	return exchange->nproofs < SUSPICIONS_MAX &&
	       prompt_may_follow(exchange->prompt, exchange->terminal);
}

/*
 * The prompt stands there: is that the end? What is sent next will tell by its
 * echo. On a platform that confirms prompts, and where the device has no echo
 * and takes empty lines, an empty line has to tell.
 */
static enum exchange_step believe_prompt(struct exchange *exchange,
					 struct nf_error *err)
{
	const struct output_cutter *cutter = exchange->cutter;
	bool proves = platform_of(exchange)->confirms ||
		      (!cutter->echo.seen && !exchange->ignores_empty);

	if (proves && cutter->output.sink != NULL && !exchange->lines.taken &&
	    exchange->nproofs < PROOFS_MAX)
		return prove_prompt(exchange, err);
	return EXCHANGE_DONE;
}

/* ---- a command that is typed again */

/*
 * Did the device type the command, which it refused, again behind its prompt, to
 * be edited? So that no echo that is painted anew is taken for it, nor a line of
 * an answer: with a bell, behind a refusal, or when nothing more comes.
 */
static bool is_typed_again(const struct exchange *exchange, bool quiet)
{
	const struct output_cutter *cutter = exchange->cutter;
	const struct text *text = &exchange->terminal->text;
	enum echo_typed typed;

	if (cutter->awaits_echo || exchange->clears ||
	    exchange->nproofs >= SUSPICIONS_MAX)
		return false;
	typed = echo_typed(&cutter->echo, text->line.data, text->line.len);
	return typed != ECHO_NOT_TYPED &&
	       (quiet || text->rang ||
		(typed == ECHO_TYPED && cutter->output.counts.rejected));
}

/* Clear what was typed again, which has to bring the prompt alone. */
static enum exchange_step clear_line(struct exchange *exchange,
				     struct nf_error *err)
{
	const char *keys = platform_of(exchange)->clear_line;
	struct output_cutter *cutter = exchange->cutter;

	if (keys == NULL)
		keys = CLEAR_LINE;
	if (cutter->phase == CUTTER_PROOF && cutter_accept(cutter) == -1)
		return cutter_failed(exchange, err);
	exchange->nproofs++;
	exchange->clears = true;
	(void)stpcpy(exchange->candidate, exchange->prompt->text);
	if (cutter_begin_proof(cutter, NULL, 0) == -1)
		return cutter_failed(exchange, err);
	if (terminal_send(exchange->terminal, keys, strlen(keys), err) == -1)
		return EXCHANGE_FAILED;
	return EXCHANGE_MORE;
}

/* ---- the states */

/* No echo, but the prompt: an empty line has to bring it again, as the earlier
 * output may have paused behind it. */
/* The output ended in no newline: take what stands before the prompt. */
static enum exchange_step cut_prompt(struct exchange *exchange,
				     struct nf_error *err)
{
	const struct text *text = &exchange->terminal->text;
	size_t len;

	prompt_count(exchange->prompt, exchange->terminal);
	len = line_before(text->line.data, terminal_len(exchange->terminal),
			  exchange->prompt->text, text->columns);
	if (cutter_rest(exchange->cutter, text->line.data, len) == -1)
		return cutter_failed(exchange, err);
	return believe_prompt(exchange, err);
}

static enum exchange_step in_echo(struct exchange *exchange, bool quiet,
				  struct nf_error *err)
{
	const struct output_cutter *cutter = exchange->cutter;
	const struct lines *lines = &exchange->lines;
	bool reached;

	/* A prompt may be that of an earlier command, but not behind lines; and
	 * most devices show no echo of the key that ended these. */
	if (!quiet && lines->end != LINES_END_KEY)
		return EXCHANGE_MORE;
	reached = prompt_is_reached(exchange->prompt, exchange->terminal);
	if (!reached && quiet && !cutter->echo.seen && !lines->taken &&
	    prompt_ends_line(exchange->prompt, exchange->terminal))
		return cutter_accept(exchange->cutter) == -1
			       ? cutter_failed(exchange, err)
			       : cut_prompt(exchange, err);
	if (!reached && (cutter->echo.seen || lines->taken || !quiet ||
			 !may_prove_line(exchange)))
		return EXCHANGE_MORE;
	if (cutter->output.sink != NULL && !lines->taken &&
	    (cutter->echo.seen || !exchange->ignores_empty))
		return reached ? prove_prompt(exchange, err)
			       : prove_line(exchange, err);
	if (cutter_accept(exchange->cutter) == -1)
		return cutter_failed(exchange, err);
	return reached ? EXCHANGE_DONE : prove_line(exchange, err);
}

/* Did a message of the device come right behind the prompt, and end its line?
 * The prompt does not come again by itself then. */
static bool was_overtaken(const struct exchange *exchange)
{
	return exchange->cutter->overtaken &&
	       exchange->terminal->text.line.len == 0;
}

static enum exchange_step in_quiet_text(struct exchange *exchange,
					struct nf_error *err)
{
	if (prompt_ends_line(exchange->prompt, exchange->terminal))
		return cut_prompt(exchange, err);
	if (may_prove_line(exchange))
		return prove_line(exchange, err);
	if (exchange->nproofs < SUSPICIONS_MAX && was_overtaken(exchange))
		return prove_prompt(exchange, err);
	/* The device may be silent for good: what came so far is safe then. */
	if (cutter_flush(exchange->cutter) == -1)
		return cutter_failed(exchange, err);
	return EXCHANGE_MORE;
}

bool exchange_takes_lines(struct exchange *exchange, bool quiet)
{
	struct lines *lines = &exchange->lines;

	if (!quiet)
		lines->announced =
			lines_are_announced(lines, exchange->terminal->patterns,
					    exchange->cutter->echo.command,
					    cutter_output(exchange->cutter),
					    &exchange->terminal->text.line);
	lines->taken = quiet && lines->announced;
	return lines->taken;
}

static enum exchange_step in_text(struct exchange *exchange, bool quiet,
				  struct nf_error *err)
{
	if (!prompt_is_reached(exchange->prompt, exchange->terminal)) {
		if (exchange_takes_lines(exchange, quiet))
			return EXCHANGE_DONE;
		return quiet ? in_quiet_text(exchange, err) : EXCHANGE_MORE;
	}
	if (!quiet && in_doubt(exchange))
		return EXCHANGE_MORE;
	return believe_prompt(exchange, err);
}

/* The prompt is proven, or the device ignores empty lines. */
static enum exchange_step end_proof(struct exchange *exchange, bool answered,
				    struct nf_error *err)
{
	struct output_cutter *cutter = exchange->cutter;

	cutter->output.counts.rejected |= exchange->clears;
	cutter_end_proof(cutter, answered && !exchange->clears);
	if (cutter_accept(cutter) == -1)
		return cutter_failed(exchange, err);
	return EXCHANGE_DONE;
}

/* Does the device ignore empty lines? Only one without echo may, and at the
 * end, any. */
static bool is_ignored(struct exchange *exchange)
{
	const struct output_cutter *cutter = exchange->cutter;

	if ((cutter->echo.seen && !exchange->closes) ||
	    !cutter_is_unanswered(cutter) ||
	    strcmp(exchange->candidate, exchange->prompt->text) != 0 ||
	    exchange->terminal->text.line.len > 0)
		return false;
	exchange->ignores_empty = true;
	return true;
}

static enum exchange_step in_proof(struct exchange *exchange, bool quiet,
				   struct nf_error *err)
{
	const struct terminal *terminal = exchange->terminal;
	struct output_cutter *cutter = exchange->cutter;
	bool busy = cutter->awaits_echo && cutter->echo.seen, at_prompt;

	if (cutter_proves(cutter, exchange->candidate, exchange->clears)) {
		if (!quiet && !exchange->clears &&
		    (cutter_is_unanswered(cutter) ||
		     (!cutter->echo.seen && cutter_owes(cutter))))
			return EXCHANGE_MORE;
		if (prompt_is_proven(exchange->prompt, terminal,
				     exchange->candidate))
			return end_proof(exchange, true, err);
	}
	if (quiet && is_ignored(exchange))
		return end_proof(exchange, false, err);
	at_prompt = prompt_is_back(exchange->prompt, terminal);
	if (busy ? !quiet || !at_prompt : !quiet && !at_prompt)
		return EXCHANGE_MORE;
	exchange->clears = false;
	if (cutter_accept(cutter) == -1)
		return cutter_failed(exchange, err);
	return at_prompt ? believe_prompt(exchange, err) : EXCHANGE_MORE;
}

static enum pager_when pager_when(const struct exchange *exchange, bool quiet)
{
	if (quiet)
		return PAGER_WHEN_QUIET;
	return exchange->paused ? PAGER_IN_PAUSE : PAGER_AT_ONCE;
}

/* Reply to a pager: EXCHANGE_DONE where none asks. */
static enum exchange_step reply_to_pager(struct exchange *exchange, bool quiet,
					 struct nf_error *err)
{
	switch (pager_reply(&exchange->pager, pager_when(exchange, quiet),
			    err)) {
	case REPLY_FAILED:
		return EXCHANGE_FAILED;
	case REPLY_SENT:
		break;
	case REPLY_NONE:
		return pager_is_awaited(&exchange->pager) ? EXCHANGE_MORE
							  : EXCHANGE_DONE;
	}
	exchange->paused = false;
	if (!cutter_pages_late(exchange->cutter))
		return EXCHANGE_MORE;
	exchange->cutter->late = true;
	(void)error_set(err, NF_INCOMPLETE,
			"the answer before \"%.100s\" went on with a pager, "
			"which may have lost lines",
			exchange->cutter->echo.command);
	return EXCHANGE_FAILED;
}

enum exchange_step exchange_reply(struct exchange *exchange, bool quiet,
				  struct nf_error *err)
{
	enum exchange_step paged = reply_to_pager(exchange, quiet, err);
	const struct nf_reply *reply;

	if (paged != EXCHANGE_DONE)
		return paged;
	if (is_typed_again(exchange, quiet))
		return clear_line(exchange, err);
	reply = find_reply(exchange, quiet);
	return reply != NULL ? send_reply(exchange, reply, err) : EXCHANGE_DONE;
}

enum exchange_step exchange_take_step(struct exchange *exchange, bool quiet,
				      void *arg, struct nf_error *err)
{
	enum exchange_step replied = exchange_reply(exchange, quiet, err);

	(void)arg;
	if (replied != EXCHANGE_DONE)
		return replied;
	switch (exchange->cutter->phase) {
	case CUTTER_ECHO:
		return in_echo(exchange, quiet, err);
	case CUTTER_TEXT:
		return in_text(exchange, quiet, err);
	case CUTTER_PROOF:
		return in_proof(exchange, quiet, err);
	case CUTTER_DROP: /* which no exchange begins with */
		break;
	}
	return EXCHANGE_DONE;
}

/* ---- a command */

/*
 * Was the NUL of the last CR NUL taken for the first letter of this command? By
 * a device that works with C's strings the command is an empty one then.
 */
static int check_echo(const struct exchange *exchange, struct nf_error *err)
{
	const struct terminal *terminal = exchange->terminal;
	const uint8_t *head = terminal->head;
	bool shows_nul = (terminal->head_len > 0 && head[0] == '\0') ||
			 (terminal->head_len > 1 && memcmp(head, "^@", 2) == 0);

	if (!exchange->telnet || !shows_nul ||
	    exchange->cutter->output.sink == NULL ||
	    exchange->cutter->output.counts.bytes > 0)
		return 0;
	return error_set(
		err, NF_PROTOCOL,
		"its echo begins with a NUL, and there is no answer: "
		"it takes the NUL of the return key (CR NUL) for part "
		"of the command; a platform file with enter: \"\\r\\n\" sends "
		"none");
}

/* Pass on the last of an output that came whole. */
static int finish(struct exchange *exchange, struct nf_error *err)
{
	if (cutter_flush(exchange->cutter) == -1)
		return cutter_tell_failure(exchange->cutter, err);
	if (check_echo(exchange, err) == -1)
		return -1;
	cutter_end(exchange->cutter);
	return 0;
}

int exchange_output(struct exchange *exchange, const char *command,
		    exchange_step_fn *step, void *arg,
		    const struct output_sink *sink,
		    struct output_counts *counts, struct nf_error *err)
{
	int rc = begin_command(exchange, command, sink, err);

	if (rc == 0)
		rc = take_steps(exchange, EXCHANGE_MORE, step, arg, err);
	if (rc == 0)
		rc = finish(exchange, err);
	if (rc == -1)
		cutter_fail(exchange->cutter, &exchange->terminal->text.line);
	*counts = exchange->cutter->output.counts;
	return rc;
}

int exchange_command(struct exchange *exchange, const char *command,
		     const struct output_sink *sink,
		     struct output_counts *counts, struct nf_error *err)
{
	return exchange_output(exchange, command, exchange_take_step, NULL,
			       sink, counts, err);
}

int exchange_prove(struct exchange *exchange, struct nf_error *err)
{
	exchange->nproofs = 0;
	return take_steps(exchange, prove_prompt(exchange, err),
			  exchange_take_step, NULL, err);
}
