/* Typing the lines that a device takes. */
#include "exchange/typing.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/here_document.h"
#include "base/sink.h"
#include "terminal/line.h"

/* Steps of quiet behind a command before its lines are typed, although nothing
 * announced that they are taken: one where a shell knows of them. */
#define PATIENCE 3

/* The text that is typed behind a command. */
struct typing {
	struct here_document doc;
	char *copy; /* of the command, a NUL for each newline */
	size_t len; /* of it */
	const char *next; /* the line to be typed */
	size_t left; /* lines to be typed */
	unsigned nquiet;
	bool begun;
	bool ended; /* the last was typed */
};

static enum exchange_step failed(const struct exchange *exchange,
				 struct nf_error *err)
{
	(void)cutter_tell_failure(exchange->cutter, err);
	return EXCHANGE_FAILED;
}

/* Does the command line take <<WORD itself, as shells do? */
static bool knows_words(const struct exchange *exchange)
{
	return patterns_platform(exchange->terminal->patterns)->here_documents;
}

/* ---- a line */

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
	const char *mark = exchange->lines.mark;

	if (!prompt_is_reached(exchange->prompt, exchange->terminal))
		return 0;
	text_drop_line(&exchange->terminal->text); /* it is no output */
	return error_set(err, NF_COMMAND_REJECTED,
			 "it takes no more lines, although %s%s%s did not yet "
			 "end them: its prompt is back",
			 mark[0] != '\0' ? "'" : "",
			 mark[0] != '\0' ? mark : "the last",
			 mark[0] != '\0' ? "'" : "");
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
	if (cutter->phase == CUTTER_ECHO && cutter_accept(cutter) == -1)
		return failed(exchange, err);
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

/* ---- a text */

/* Type the next line of the text, or, behind the last, what ends them. */
static enum exchange_step type_next(struct exchange *exchange,
				    struct typing *typing, struct nf_error *err)
{
	struct lines *lines = &exchange->lines;
	const char *line = typing->left > 0 ? typing->next : lines->mark;
	char bytes[2];
	const char *key = lines_key(lines, line, bytes);
	int rc;

	if (typing->left > 0) {
		typing->left--;
		typing->next += strlen(line) + 1;
	}
	typing->ended = lines->end == LINES_END_NONE
				? typing->left == 0
				: lines_end_with(lines, line);
	cutter_continue(exchange->cutter, line, lines->prompt);
	rc = key != NULL ? terminal_send_key(exchange->terminal, key, err)
			 : terminal_send_line(exchange->terminal, line, err);
	return rc == -1 ? EXCHANGE_FAILED : EXCHANGE_MORE;
}

/* Does one of the lines end them too early? The others would be commands. */
static int check_marks(const struct typing *typing, const struct lines *lines,
		       struct nf_error *err)
{
	const char *line = typing->next;

	for (size_t i = 1; i < typing->left; i++) {
		if (lines_end_with(lines, line))
			return error_set(err, NF_INVALID,
					 "line %zu of its text would end it "
					 "too early, as '%s' does: none was "
					 "typed",
					 i, lines->mark);
		line += strlen(line) + 1;
	}
	return 0;
}

static enum exchange_step begin_typing(struct exchange *exchange,
				       struct typing *typing,
				       struct nf_error *err)
{
	typing->begun = true;
	if (check_marks(typing, &exchange->lines, err) == -1)
		return EXCHANGE_FAILED;
	return type_next(exchange, typing, err);
}

static enum exchange_step refuse(struct exchange *exchange,
				 struct nf_error *err)
{
	if (prompt_is_reached(exchange->prompt, exchange->terminal))
		text_drop_line(&exchange->terminal->text);
	(void)error_set(err, NF_COMMAND_REJECTED,
			"it takes no lines behind that command: none of its "
			"text was typed");
	return EXCHANGE_FAILED;
}

/* Take it that a silent device takes lines, without a word: the last one ends
 * them, or the word of a shell. */
static bool suppose_lines(struct exchange *exchange,
			  const struct typing *typing)
{
	struct lines *lines = &exchange->lines;
	const struct buf *rest = &exchange->terminal->text.line;

	if (rest->len > LINES_PROMPT_MAX || line_asks(rest))
		return false;
	*lines = (struct lines){.taken = true};
	if (rest->len > 0)
		memcpy(lines->prompt, rest->data, rest->len);
	if (!knows_words(exchange))
		return true;
	lines->end = LINES_END_WORD;
	memcpy(lines->mark, typing->doc.word, sizeof(typing->doc.word));
	return true;
}

/* The command was sent: does the device take lines? */
static enum exchange_step await_lines(struct exchange *exchange,
				      struct typing *typing, bool quiet,
				      struct nf_error *err)
{
	struct output_cutter *cutter = exchange->cutter;
	unsigned patience = knows_words(exchange) ? 1 : PATIENCE;
	enum exchange_step replied = exchange_reply(exchange, quiet, err);

	if (replied != EXCHANGE_DONE)
		return replied;
	if (cutter->phase == CUTTER_ECHO && !quiet)
		return EXCHANGE_MORE;
	if (cutter->phase == CUTTER_ECHO && cutter_accept(cutter) == -1)
		return failed(exchange, err);
	if (prompt_is_reached(exchange->prompt, exchange->terminal) ||
	    (quiet && cutter->output.counts.rejected))
		return refuse(exchange, err);
	if (exchange_takes_lines(exchange, quiet))
		return begin_typing(exchange, typing, err);
	if (!exchange->paused)
		typing->nquiet = quiet ? typing->nquiet + 1 : 0;
	if (typing->nquiet < patience || !suppose_lines(exchange, typing))
		return EXCHANGE_MORE;
	return begin_typing(exchange, typing, err);
}

static enum exchange_step typing_step(struct exchange *exchange, bool quiet,
				      void *arg, struct nf_error *err)
{
	struct typing *typing = arg;
	enum exchange_step taken;

	if (typing->ended)
		return exchange_take_step(exchange, quiet, NULL, err);
	if (!typing->begun)
		return await_lines(exchange, typing, quiet, err);
	taken = in_line(exchange, quiet, NULL, err);
	return taken == EXCHANGE_DONE ? type_next(exchange, typing, err)
				      : taken;
}

/* Make each line of the text a string; a shell gets the word as well. */
static int split(struct typing *typing, const char *command, bool shell,
		 struct nf_error *err)
{
	if (!here_document_begins(&typing->doc, command) ||
	    !here_document_ends(&typing->doc, command))
		return error_set(err, NF_INVALID, "its lines have no end");
	typing->len = strlen(command);
	typing->copy = strdup(command);
	if (typing->copy == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a text");
	for (size_t i = typing->doc.head_len; i < typing->len; i++) {
		if (typing->copy[i] != '\n')
			continue;
		typing->copy[i] = '\0';
		typing->left++;
	}
	typing->left -= shell ? 0 : 1;
	typing->next = typing->copy + typing->doc.head_len + 1;
	if (!shell)
		typing->copy[typing->doc.command_len] = '\0';
	return 0;
}

int typing_text(struct exchange *exchange, const char *command,
		const struct output_sink *sink, struct output_counts *counts,
		struct nf_error *err)
{
	struct typing typing = {.begun = false};
	int rc;

	*counts = (struct output_counts){0};
	if (exchange->lines.taken)
		return error_set(err, NF_INVALID,
				 "a command with a text stands among the lines "
				 "of another, which '%s' ends",
				 exchange->lines.mark);
	if (split(&typing, command, knows_words(exchange), err) == -1)
		return -1;
	rc = exchange_output(exchange, typing.copy, typing_step, &typing, sink,
			     counts, err);
	exchange->lines = (struct lines){.taken = false};
	exchange->cutter->echo.command = command; /* the line goes away */
	explicit_bzero(typing.copy, typing.len); /* it may be a key */
	free(typing.copy);
	return rc;
}
