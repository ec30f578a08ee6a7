/* The exchange of one command for its output. */
#include "dialogue/exchange.h"

#include <string.h>

#include "base/error.h"
#include "base/sink.h"
#include "terminal/line.h"

#define SUSPICIONS_MAX 4 /* proofs that a prompt out of place may ask for */
#define PROOFS_MAX 64 /* of one output, on a platform that confirms prompts */

/* Milliseconds without a byte that count as quiet. */
#define QUIET_ECHO_MS 2000
#define QUIET_NO_ECHO_MS 300
#define QUIET_TEXT_MS 1000
#define QUIET_LONG_TEXT_MS 5
#define QUIET_TYPING_MS 50
#define QUIET_ANNOUNCED_MS 300

#define CLEAR_LINE "\x15" /* Ctrl-U, of most command lines */

static enum exchange_step cutter_failed(const struct exchange *exchange,
					struct nf_error *err)
{
	const struct nf_error *failure = &exchange->cutter->failure;

	(void)error_set(err, failure->code, "%s", failure->message);
	return EXCHANGE_FAILED;
}

/* ---- waiting */

static const struct platform *platform_of(const struct exchange *exchange)
{
	return patterns_platform(exchange->terminal->patterns);
}

/*
 * Is it too early to believe the prompt, and for how long? A packet of a long
 * output may end right behind text that looks like it. A few milliseconds more
 * will tell: little, beside the time that so much output took. Behind the
 * prompt a refused command may be typed again, and an echo painted anew where
 * it stands. 0: no.
 */
static int64_t doubt_ms(const struct exchange *exchange)
{
	const struct output_counts *counts = exchange->cutter->counts;

	if (exchange->cutter->phase != CUTTER_TEXT || counts == NULL ||
	    !terminal_is(exchange->terminal, exchange->prompt->text))
		return 0;
	if ((counts->rejected && platform_of(exchange)->clear_line != NULL) ||
	    (exchange->cutter->echo.came && exchange->terminal->text.rose))
		return QUIET_TYPING_MS;
	return counts->bytes >= SINK_PIECE_MAX ? QUIET_LONG_TEXT_MS : 0;
}

static int64_t quiet_ms(const struct exchange *exchange)
{
	int64_t ms = doubt_ms(exchange);

	if (exchange->cutter->phase == CUTTER_ECHO)
		return exchange->cutter->echo.seen && !exchange->lines.silent
			       ? QUIET_ECHO_MS
			       : QUIET_NO_ECHO_MS;
	if (exchange->lines.announced)
		return QUIET_ANNOUNCED_MS;
	return ms > 0 ? ms : QUIET_TEXT_MS;
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
	if (doubt_ms(exchange) == 0)
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

static int begin(struct exchange *exchange, const char *command,
		 struct nf_error *err)
{
	char bytes[2];
	const char *key = lines_key(&exchange->lines, command, bytes);

	if (!exchange->lines.taken)
		exchange->lines = (struct lines){.taken = false};
	exchange->nproofs = 0;
	exchange->paused = false;
	exchange->clears = false;
	exchange->terminal->tail_len = 0; /* it led to the prompt */
	cutter_begin(exchange->cutter, command);
	if (key != NULL)
		return terminal_send_key(exchange->terminal, key, err);
	return terminal_send_line(exchange->terminal, command, err);
}

int exchange_run(struct exchange *exchange, const char *command,
		 exchange_step_fn *step, void *arg, struct nf_error *err)
{
	enum exchange_step result = EXCHANGE_MORE;
	bool quiet = false;

	if (begin(exchange, command, err) == -1)
		return -1;
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

/* Send an empty line, which has to bring the candidate again. */
static enum exchange_step prove_candidate(struct exchange *exchange,
					  struct nf_error *err)
{
	const struct buf *line = &exchange->terminal->text.line;

	exchange->nproofs++;
	exchange->clears = false;
	if (cutter_begin_proof(exchange->cutter, line->data, line->len) == -1)
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

/* The prompt stands there: is that the end, on this platform? */
static enum exchange_step believe_prompt(struct exchange *exchange,
					 struct nf_error *err)
{
	if (platform_of(exchange)->confirms && exchange->cutter->sink != NULL &&
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

	if (cutter->phase == CUTTER_ECHO || cutter->counts == NULL ||
	    exchange->clears || exchange->nproofs >= SUSPICIONS_MAX)
		return false;
	typed = echo_typed(&cutter->echo, text->line.data, text->line.len);
	return typed != ECHO_NOT_TYPED &&
	       (quiet || text->rang ||
		(typed == ECHO_TYPED && cutter->counts->rejected));
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

static enum exchange_step in_echo(struct exchange *exchange, bool quiet,
				  struct nf_error *err)
{
	const struct lines *lines = &exchange->lines;
	bool reached;

	/* A prompt may be that of an earlier command, but not behind lines; and
	 * most devices show no echo of the key that ended these. */
	if (!quiet && lines->end != LINES_END_KEY)
		return EXCHANGE_MORE;
	reached = prompt_is_reached(exchange->prompt, exchange->terminal);
	if (!reached && (exchange->cutter->echo.seen || lines->taken ||
			 !quiet || !may_prove_line(exchange)))
		return EXCHANGE_MORE;
	if (cutter_accept(exchange->cutter) == -1)
		return cutter_failed(exchange, err);
	return reached ? EXCHANGE_DONE : prove_line(exchange, err);
}

/* The output ended in no newline: take what stands before the prompt. */
static enum exchange_step cut_prompt(struct exchange *exchange,
				     struct nf_error *err)
{
	const struct text *text = &exchange->terminal->text;
	size_t len =
		line_before(text->line.data, terminal_len(exchange->terminal),
			    exchange->prompt->text, text->columns);

	if (cutter_rest(exchange->cutter, text->line.data, len) == -1)
		return cutter_failed(exchange, err);
	return EXCHANGE_DONE;
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
	if (prompt_ends_line(exchange->prompt, exchange->terminal)) {
		prompt_count(exchange->prompt, exchange->terminal);
		return cut_prompt(exchange, err);
	}
	if (may_prove_line(exchange))
		return prove_line(exchange, err);
	if (exchange->nproofs < SUSPICIONS_MAX && was_overtaken(exchange))
		return prove_prompt(exchange, err);
	/* The device may be silent for good: what came so far is safe then. */
	if (cutter_flush(exchange->cutter) == -1)
		return cutter_failed(exchange, err);
	return EXCHANGE_MORE;
}

/* Does the device take lines now? It said so, and waits. */
static bool takes_lines(struct exchange *exchange, bool quiet)
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
		if (takes_lines(exchange, quiet))
			return EXCHANGE_DONE;
		return quiet ? in_quiet_text(exchange, err) : EXCHANGE_MORE;
	}
	if (!quiet && doubt_ms(exchange) > 0)
		return EXCHANGE_MORE;
	return believe_prompt(exchange, err);
}

static enum exchange_step in_proof(struct exchange *exchange, bool quiet,
				   struct nf_error *err)
{
	const struct terminal *terminal = exchange->terminal;
	bool at_prompt;

	if (cutter_holds_only(exchange->cutter, exchange->candidate,
			      exchange->clears) &&
	    prompt_is_proven(exchange->prompt, terminal, exchange->candidate)) {
		exchange->cutter->counts->rejected |= exchange->clears;
		cutter_forget(exchange->cutter);
		return EXCHANGE_DONE;
	}
	at_prompt = prompt_is_back(exchange->prompt, terminal);
	if (!quiet && !at_prompt)
		return EXCHANGE_MORE;
	exchange->clears = false;
	if (cutter_accept(exchange->cutter) == -1)
		return cutter_failed(exchange, err);
	return at_prompt ? believe_prompt(exchange, err) : EXCHANGE_MORE;
}

static enum pager_when pager_when(const struct exchange *exchange, bool quiet)
{
	if (quiet)
		return PAGER_WHEN_QUIET;
	return exchange->paused ? PAGER_IN_PAUSE : PAGER_AT_ONCE;
}

enum exchange_step exchange_take_step(struct exchange *exchange, bool quiet,
				      void *arg, struct nf_error *err)
{
	const struct nf_reply *reply;

	(void)arg;
	switch (pager_reply(&exchange->pager, pager_when(exchange, quiet),
			    err)) {
	case REPLY_FAILED:
		return EXCHANGE_FAILED;
	case REPLY_SENT:
		exchange->paused = false;
		return EXCHANGE_MORE;
	case REPLY_NONE:
		break;
	}
	if (is_typed_again(exchange, quiet))
		return clear_line(exchange, err);
	reply = find_reply(exchange, quiet);
	if (reply != NULL)
		return send_reply(exchange, reply, err);
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
 * Keep what came before a failure, an unfinished line, too. But nothing of what
 * came before the echo, from a device that is known to echo.
 */
static void keep_unfinished(struct exchange *exchange)
{
	const struct buf *line = &exchange->terminal->text.line;
	struct output_cutter *cutter = exchange->cutter;

	if (cutter->failure.code != NF_OK ||
	    (cutter->phase == CUTTER_ECHO && cutter->echo.seen))
		return;
	if (cutter_accept(cutter) == 0)
		(void)cutter_rest(cutter, line->data, line->len);
}

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

	if (!exchange->telnet || !shows_nul || exchange->cutter->sink == NULL ||
	    exchange->cutter->counts->bytes > 0)
		return 0;
	return error_set(
		err, NF_PROTOCOL,
		"its echo begins with a NUL, and there is no answer: "
		"it takes the NUL of the return key (CR NUL) for part "
		"of the command; a platform file with enter: \"\\r\\n\" sends "
		"none");
}

int exchange_output(struct exchange *exchange, const char *command,
		    exchange_step_fn *step, void *arg,
		    const struct output_sink *sink,
		    struct output_counts *counts, struct nf_error *err)
{
	struct output_cutter *cutter = exchange->cutter;
	int rc;

	*counts = (struct output_counts){0};
	cutter->sink = sink;
	cutter->counts = counts;
	rc = exchange_run(exchange, command, step, arg, err);
	if (rc == -1)
		keep_unfinished(exchange);
	if (cutter_flush(cutter) == -1 && rc == 0) {
		(void)cutter_failed(exchange, err);
		rc = -1;
	}
	if (rc == 0)
		rc = check_echo(exchange, err);
	cutter->sink = NULL;
	cutter->counts = NULL;
	return rc;
}

int exchange_command(struct exchange *exchange, const char *command,
		     const struct output_sink *sink,
		     struct output_counts *counts, struct nf_error *err)
{
	return exchange_output(exchange, command, exchange_take_step, NULL,
			       sink, counts, err);
}
