/*
 * The output of a command, cut out of the lines that a device sends: without
 * the echo before it and the prompt behind it, passed on to a sink in pieces.
 *
 * A prompt is believed as soon as it comes, and may be a line of the output all
 * the same. So the output stays open until the echo of what is sent next: lines
 * that come before that are late ones of the earlier output, and the line that
 * was taken for the prompt is part of it.
 */
#ifndef NETFAN_OUTPUT_CUTTER_H
#define NETFAN_OUTPUT_CUTTER_H

#include "base/buf.h"
#include "base/sink.h"
#include "output/echo.h"
#include "platform/patterns.h"
#include "terminal/text.h"

/* Where lines go; exchange.h says when a phase ends. */
enum cutter_phase {
	CUTTER_DROP, /* they are dropped: no command runs */
	CUTTER_ECHO, /* they are withheld until the echo comes */
	CUTTER_TEXT, /* they are output */
	CUTTER_PROOF, /* they are withheld until a prompt is proven */
};

/* An output on its way to its sink. */
struct output_flow {
	const struct output_sink *sink; /* borrowed; NULL: output is dropped */
	struct output_counts counts;
	unsigned nlines;
};

struct output_cutter {
	enum cutter_phase phase;
	const struct patterns *patterns; /* borrowed */
	struct output_flow output; /* of the command that runs, or ran last */
	struct output_flow earlier; /* still open; with no sink: none is */
	bool was_open; /* another one was, when this command was sent */
	bool late; /* late lines were passed on */
	int64_t *deadline_ms; /* borrowed; moved by the time the sink takes */
	struct echo echo; /* that is awaited, and that came */
	bool awaits_echo; /* it did not come yet; in CUTTER_PROOF, too */
	/*
	 * What is withheld: the line that was taken for the prompt of the
	 * earlier output (prefix_len bytes), what came before the echo, and,
	 * from proof_at on, what has to prove a prompt.
	 */
	struct buf withheld;
	size_t prefix_len, proof_at;
	bool line_is_open; /* nothing came behind the last line of those */
	/* Prompts that empty lines will still bring: in all, and of those the
	 * ones that were sent before this command. */
	unsigned owed, owed_before;
	struct buf piece; /* gathered, not yet passed on */
	bool dropped; /* a line, since cutter_drop() */
	unsigned nblank; /* empty lines held back, or counted in CUTTER_DROP */
	/* Empty lines that this device sends before each prompt, and those that
	 * were counted behind a command without output. */
	unsigned prompt_blank_lines, noted_blank_lines;
	bool any_noted;
	struct buf header; /* a line held back: a prompt may follow it */
	const char *prompt; /* borrowed; "" as long as none is known */
	text_line_fn *listener; /* of lines that are dropped; NULL: none */
	void *listener_arg;
	/* A line began with the prompt: a message came behind it, and the
	 * prompt may not come again. */
	bool overtaken;
	bool continues; /* what comes before the echo is output, too */
	bool expects_pager; /* the line to come may be that of a pager */
	struct nf_error failure; /* why a call failed */
};

/* All is borrowed; *deadline_ms is the running step's. */
void cutter_init(struct output_cutter *cutter, const struct patterns *patterns,
		 const char *prompt, int64_t *deadline_ms);
void cutter_release(struct output_cutter *cutter);

/* From now on, drop all lines. */
void cutter_drop(struct output_cutter *cutter);

/*
 * Await the echo of command, which is to be sent now and is borrowed until it
 * has ended. sink takes its output, NULL: nobody. The last output stays open if
 * its sink has an end; line is what was taken for its prompt. -1 with errno
 * ENOMEM.
 */
int cutter_begin(struct output_cutter *cutter, const char *command,
		 const struct output_sink *sink, const uint8_t *line,
		 size_t len);

/* Await the echo of a line, which is to be sent now at this prompt, and belongs
 * to the same command: what comes before the echo is output, too. */
void cutter_continue(struct output_cutter *cutter, const char *line,
		     const char *prompt);

/*
 * Take a line: a text_line_fn, arg is the cutter. -1 with *failure set:
 * NF_OUTPUT_TOO_LARGE, NF_CANCELLED when a sink gave up, NF_INCOMPLETE when the
 * echo comes again among the output, so that it did not tell where the earlier
 * one ends; NF_SYSTEM. The functions below that return -1 set it, too.
 */
int cutter_line(void *arg, const uint8_t *line, size_t len);

/* The unfinished line is the echo, which somebody is content with. */
int cutter_take_echo(struct output_cutter *cutter);

/* Set prompt_blank_lines by what was dropped since cutter_drop(): it came for
 * an empty line that was sent. */
void cutter_count_blank_lines(struct output_cutter *cutter);

/*
 * Find prompt_blank_lines by commands that should have no output: watch before
 * the first, note behind each, and take in the end. The number that watch
 * returned is kept when all of them had output.
 */
unsigned cutter_watch_blank_lines(struct output_cutter *cutter);
void cutter_note_blank_lines(struct output_cutter *cutter);
void cutter_take_blank_lines(struct output_cutter *cutter, unsigned before);

/* Withhold line, which may be a prompt, and all that follows it until that is
 * proven or refuted. */
int cutter_begin_proof(struct output_cutter *cutter, const uint8_t *line,
		       size_t len);

/* An empty line is sent: it will bring a prompt, which is no output. */
void cutter_owe(struct output_cutter *cutter);

/* Did the proof bring nothing but this prompt, and empty lines? And, if it was
 * typed again, the command behind the prompt? */
bool cutter_proves(const struct output_cutter *cutter, const char *prompt,
		   bool typed);

/* Is a prompt missing for one of the empty lines that were sent? */
bool cutter_owes(const struct output_cutter *cutter);

/* Did it bring nothing at all? */
bool cutter_is_unanswered(const struct output_cutter *cutter);

/* End a proof: forget what it brought, which is prompts if it was answered. What
 * was withheld before stays so. */
void cutter_end_proof(struct output_cutter *cutter, bool answered);

/* Take what was withheld for output after all: no echo comes, so that the
 * earlier output has ended, or the proof brought text. NF_INCOMPLETE when the
 * text may be that of the earlier one just as well. */
int cutter_accept(struct output_cutter *cutter);

/* Has text come behind the earlier output, and no echo? rest is the unfinished
 * line. */
bool cutter_is_late(const struct output_cutter *cutter, const struct buf *rest);

/* End the earlier output, which is whole: nothing came behind it. */
int cutter_end_earlier(struct output_cutter *cutter);

/* Take the start of an unfinished line for output. */
int cutter_rest(struct output_cutter *cutter, const uint8_t *bytes, size_t len);

/*
 * Take the prompt of a pager out of the last line gathered but messages, which
 * the device wrote behind it: which one that is, NULL: none, or no message.
 */
const struct platform_pager *cutter_take_pager(struct output_cutter *cutter);

/* A pager gets its key: if a message ends the line of its prompt first, that is
 * no output. */
void cutter_expect_pager(struct output_cutter *cutter);

/* The output that was not yet passed on: all, as long as that is little. */
const struct buf *cutter_output(const struct output_cutter *cutter);

/* A line without its end came behind the key of a pager: was it a message that
 * ended the line of its prompt? That is taken out then. */
void cutter_look_for_pager(struct output_cutter *cutter, const uint8_t *line,
			   size_t len);

/* Is a pager that asks now one of the earlier output? It may have taken the
 * command for keys. */
bool cutter_pages_late(const struct output_cutter *cutter);

/* Pass on what is gathered. */
int cutter_flush(struct output_cutter *cutter);

/* Tell why a call failed: *err gets the code and the message of *failure, one of
 * cutter_line()'s. Returns -1: NF_OUTPUT_TOO_LARGE, NF_CANCELLED, NF_INCOMPLETE,
 * NF_SYSTEM. */
int cutter_tell_failure(const struct output_cutter *cutter,
			struct nf_error *err);

/* End a command well. Its output stays open if its sink has an end. */
void cutter_end(struct output_cutter *cutter);

/* Is there an open output, and no command that runs? */
bool cutter_is_open(const struct output_cutter *cutter);

/* End that output, which is whole. */
int cutter_close(struct output_cutter *cutter);

/* End a command that failed, and all outputs: they get what came, rest, too,
 * which is the unfinished line. */
void cutter_fail(struct output_cutter *cutter, const struct buf *rest);

/* ---- late lines: parts of the cutter, in late_lines.c */

/* Is it the line that the platform has above each prompt? */
bool cutter_is_header(const struct output_cutter *cutter, const uint8_t *line,
		      size_t len);

/* The same, or an empty one? */
bool cutter_stands_above(const struct output_cutter *cutter, const char *line,
			 size_t len);

/* Does the prompt stand at the start of a line, with more behind it? */
bool cutter_begins_with_prompt(const struct output_cutter *cutter,
			       const uint8_t *line, size_t len);

/* The length of the late lines without the prompts at their end that empty
 * lines brought: those are proofs' own. */
size_t cutter_without_owed(const struct output_cutter *cutter, size_t len);

/*
 * May what came without an echo be the earlier output's? It may where the device
 * echoes: the command is yet to be taken up, or was lost. A prompt among its
 * lines may be the one behind that, too, where an empty line has not yet brought
 * its own.
 */
bool cutter_is_ambiguous(const struct output_cutter *cutter);

/*
 * The length of the late lines, where the echo begins at a place of what is
 * withheld. Before it, in its line, may stand a prompt of another mode; what
 * else does is late, too: the end of an output, without a newline. -1 with
 * *failure NF_INCOMPLETE: where that ends is not known.
 */
ssize_t cutter_late_len(struct output_cutter *cutter, size_t at);

#endif
