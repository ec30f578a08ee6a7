/* The end of the last output. */
#include "exchange/closing.h"

#include "base/error.h"

/* How long the echo of the last command may take, of a device that was not seen
 * to echo. */
#define ROUND_TRIPS 4
#define WAIT_MIN_MS 50

/* Reply to a pager that asks before the echo: it is the last output's, and may
 * have taken the command for keys. */
static enum exchange_step page(struct exchange *exchange, bool quiet,
			       struct nf_error *err)
{
	switch (pager_reply(&exchange->pager,
			    quiet ? PAGER_WHEN_QUIET : PAGER_AT_ONCE, err)) {
	case REPLY_FAILED:
		return EXCHANGE_FAILED;
	case REPLY_SENT:
		break;
	case REPLY_NONE:
		return EXCHANGE_MORE;
	}
	(void)error_set(err, NF_INCOMPLETE,
			"the last answer went on with a pager, which may have "
			"lost lines");
	return EXCHANGE_FAILED;
}

/* Wait for the echo of the last command, which may be all of its line that
 * comes. */
static enum exchange_step close_step(struct exchange *exchange, bool quiet,
				     void *arg, struct nf_error *err)
{
	struct output_cutter *cutter = exchange->cutter;
	const struct buf *line = &exchange->terminal->text.line;

	(void)arg;
	if (cutter->awaits_echo &&
	    echo_match(&cutter->echo, line->data, line->len) == ECHO_WHOLE &&
	    cutter_take_echo(cutter) == -1) {
		(void)cutter_tell_failure(cutter, err);
		return EXCHANGE_FAILED;
	}
	if (!cutter->awaits_echo)
		return EXCHANGE_DONE;
	if (page(exchange, quiet, err) == EXCHANGE_FAILED)
		return EXCHANGE_FAILED;
	if (!quiet || !cutter->echo.seen) /* by its deadline */
		return EXCHANGE_MORE;
	(void)error_set(err, NF_TIMEOUT, "no echo of \"%.100s\" came",
			cutter->echo.command);
	return EXCHANGE_FAILED;
}

/*
 * No echo came. Was there text, from a device of which an echo, or a prompt that
 * an empty line brings, was still to come, it is of the last output, and nobody
 * knows how much more is. Else that is whole.
 */
static int close_unheard(struct exchange *exchange, struct nf_error *err)
{
	struct output_cutter *cutter = exchange->cutter;
	const struct buf *rest = &exchange->terminal->text.line;

	if (cutter->failure.code != NF_OK ||
	    (err->code != NF_TIMEOUT && err->code != NF_DISCONNECTED)) {
		cutter_fail(cutter, rest);
		return -1;
	}
	if (cutter_is_late(cutter, rest) &&
	    (cutter->echo.seen || cutter->owed_before > 0)) {
		(void)error_set(err, NF_INCOMPLETE,
				"the last answer went on behind the prompt, "
				"and no echo of \"%.100s\" came to end it",
				cutter->echo.command);
		cutter_fail(cutter, rest);
		return -1;
	}
	*err = (struct nf_error){.stage = err->stage};
	if (cutter_end_earlier(cutter) == 0)
		return 0;
	return cutter_tell_failure(cutter, err);
}

/* Send the last command, whose echo ends the last output. */
static int close_by_echo(struct exchange *exchange, const char *command,
			 struct nf_error *err)
{
	struct terminal *terminal = exchange->terminal;
	int64_t wait_ms = terminal->round_trip_ms * ROUND_TRIPS, end_ms;

	if (wait_ms < WAIT_MIN_MS)
		wait_ms = WAIT_MIN_MS;
	end_ms = transport_now(terminal->stream) + wait_ms;
	if (!exchange->cutter->echo.seen && terminal->deadline_ms > end_ms)
		terminal->deadline_ms = end_ms;
	if (exchange_run(exchange, command, close_step, NULL, err) == 0)
		return 0;
	return close_unheard(exchange, err);
}

/* Send an empty line, whose prompt ends the last output. */
static int close_by_prompt(struct exchange *exchange, struct nf_error *err)
{
	struct output_cutter *cutter = exchange->cutter;
	int rc;

	exchange->closes = true;
	rc = exchange_prove(exchange, err);
	if (rc == -1 && err->code == NF_DISCONNECTED &&
	    cutter->phase == CUTTER_PROOF && cutter_is_unanswered(cutter)) {
		*err = (struct nf_error){.stage = err->stage};
		rc = 0;
	}
	if (rc == 0 && cutter_close(cutter) == -1)
		rc = cutter_tell_failure(cutter, err);
	if (rc == -1)
		cutter_fail(cutter, &exchange->terminal->text.line);
	return rc;
}

int closing_at_lines(struct exchange *exchange, struct nf_error *err)
{
	return cutter_close(exchange->cutter) == -1
		       ? cutter_tell_failure(exchange->cutter, err)
		       : 0;
}

int closing_run(struct exchange *exchange, const char *command,
		struct nf_error *err)
{
	return command != NULL ? close_by_echo(exchange, command, err)
			       : close_by_prompt(exchange, err);
}
