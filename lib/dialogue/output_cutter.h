/*
 * The output of a command, cut out of the lines that a device sends: without
 * the echo before it and the prompt behind it, passed on to a sink in pieces.
 */
#ifndef NETFAN_DIALOGUE_OUTPUT_CUTTER_H
#define NETFAN_DIALOGUE_OUTPUT_CUTTER_H

#include "base/buf.h"
#include "dialogue/echo.h"
#include "platform/patterns.h"
#include "terminal/text.h"

struct output_sink;
struct output_counts;

/* Where lines go; exchange.h says when a phase ends. */
enum cutter_phase {
	CUTTER_DROP, /* they are dropped: no command runs */
	CUTTER_ECHO, /* they are withheld until the echo comes */
	CUTTER_TEXT, /* they are output */
	CUTTER_PROOF, /* they are withheld until a prompt is proven */
};

struct output_cutter {
	enum cutter_phase phase;
	const struct patterns *patterns; /* borrowed */
	const struct output_sink *sink; /* borrowed; NULL: output is dropped */
	struct output_counts *counts; /* borrowed; NULL: of no command */
	int64_t *deadline_ms; /* borrowed; moved by the time the sink takes */
	struct echo echo; /* that is awaited */
	struct buf withheld;
	struct buf piece; /* gathered, not yet passed on */
	unsigned nlines;
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
	bool expects_pager; /* the line to come may be that of a pager */
	struct nf_error failure; /* why a call failed */
};

/* All is borrowed; *deadline_ms is the running step's. */
void cutter_init(struct output_cutter *cutter, const struct patterns *patterns,
		 const char *prompt, int64_t *deadline_ms);
void cutter_release(struct output_cutter *cutter);

/* From now on, drop all lines. */
void cutter_drop(struct output_cutter *cutter);

/* Await the echo of command (borrowed), which is to be sent now. */
void cutter_begin(struct output_cutter *cutter, const char *command);

/*
 * Take a line: a text_line_fn, arg is the cutter. -1 with *failure set:
 * NF_OUTPUT_TOO_LARGE, NF_CANCELLED when the sink gave up, NF_SYSTEM. The
 * functions below that return -1 set it, too.
 */
int cutter_line(void *arg, const uint8_t *line, size_t len);

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

/* Was nothing withheld but this prompt, and empty lines? And, if it was typed
 * again, the command behind the prompt? */
bool cutter_holds_only(const struct output_cutter *cutter, const char *prompt,
		       bool typed);

/* Forget what was withheld: it is an echo or a prompt. */
void cutter_forget(struct output_cutter *cutter);

/* Take what was withheld for output after all. */
int cutter_accept(struct output_cutter *cutter);

/* Take the start of an unfinished line for output. */
int cutter_rest(struct output_cutter *cutter, const uint8_t *bytes, size_t len);

/*
 * Find the pager whose prompt the last line gathered ends in, or the last but
 * messages that the device wrote behind it; NULL: none. If there are such
 * messages, its prompt is taken out of what is gathered.
 */
const struct platform_pager *cutter_take_pager(struct output_cutter *cutter);

/* A pager gets its key: if a message ends the line of its prompt first, that is
 * no output. */
void cutter_expect_pager(struct output_cutter *cutter);
/* The output that was not yet passed on: all, as long as that is little. */
const struct buf *cutter_output(const struct output_cutter *cutter);

/* Pass on what is gathered. */
int cutter_flush(struct output_cutter *cutter);

#endif
