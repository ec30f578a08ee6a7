/* Typing the lines that a device takes. */
#include "dialogue/lines/typing.h"

#include "base/error.h"
#include "base/sink.h"

/* Is what the device shows before each line still to come? */
static bool awaits_mark(struct exchange *exchange)
{
	const char *mark = exchange->lines.prompt;

	return mark[0] != '\0' && !terminal_is(exchange->terminal, mark) &&
	       !prompt_is_reached(exchange->prompt, exchange->terminal);
}

/* Has the prompt come, although the lines were not ended? What is sent next
 * would be a command. */
static int check_lines(struct exchange *exchange, struct nf_error *err)
{
	if (!prompt_is_reached(exchange->prompt, exchange->terminal))
		return 0;
	text_drop_line(&exchange->terminal->text); /* it is no output */
	return error_set(err, NF_COMMAND_REJECTED,
			 "it takes no more lines, although '%s' did not yet "
			 "end them: its prompt is back",
			 exchange->lines.mark);
}

/* A line is taken: its echo came, or none comes. */
static enum exchange_step in_line(struct exchange *exchange, bool quiet,
				  void *arg, struct nf_error *err)
{
	struct output_cutter *cutter = exchange->cutter;

	(void)arg;
	if (!quiet && (cutter->phase == CUTTER_ECHO || awaits_mark(exchange)))
		return EXCHANGE_MORE;
	exchange->lines.silent |= cutter->phase == CUTTER_ECHO;
	if (cutter->phase == CUTTER_ECHO && cutter_accept(cutter) == -1) {
		(void)error_set(err, cutter->failure.code, "%s",
				cutter->failure.message);
		return EXCHANGE_FAILED;
	}
	return check_lines(exchange, err) == -1 ? EXCHANGE_FAILED
						: EXCHANGE_DONE;
}

int typing_line(struct exchange *exchange, const char *line,
		const struct output_sink *sink, struct output_counts *counts,
		struct nf_error *err)
{
	struct lines *lines = &exchange->lines;
	bool ends = lines_end_with(lines, line);
	int rc;

	*counts = (struct output_counts){0};
	if (check_lines(exchange, err) == -1)
		return -1;
	exchange->cutter->prompt = lines->prompt;
	rc = exchange_output(exchange, line,
			     ends ? exchange_take_step : in_line, NULL, sink,
			     counts, err);
	exchange->cutter->prompt = exchange->prompt->text;
	if (rc == 0 && ends)
		*lines = (struct lines){.taken = false};
	return rc;
}
