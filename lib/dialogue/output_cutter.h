/*
 * The answer to a command: lines as they come, less the echo before them and
 * the prompt behind them, passed on to a sink in pieces.
 */
#ifndef NETFAN_DIALOGUE_OUTPUT_CUTTER_H
#define NETFAN_DIALOGUE_OUTPUT_CUTTER_H

#include "base/buf.h"
#include "dialogue/text.h"
#include "platform/patterns.h"

struct output_sink;
struct output_counts;

enum cutter_phase {
	CUTTER_DROP, /* lines are nobody's answer */
	CUTTER_ECHO, /* lines are withheld until the echo is seen */
	CUTTER_TEXT, /* lines are the answer */
	CUTTER_PROOF, /* lines are withheld until a prompt is proven */
};

struct output_cutter {
	enum cutter_phase phase;
	const struct patterns *patterns; /* borrowed */
	const struct output_sink *sink; /* borrowed; NULL: nobody wants it */
	struct output_counts *counts; /* borrowed; NULL: of no command */
	int64_t *deadline_ms; /* borrowed; moved by the time the sink takes */
	struct buf expected; /* the echo, blanks squeezed out */
	struct buf seen; /* end of what came, likewise */
	struct buf withheld;
	struct buf piece; /* not yet passed on */
	unsigned nlines;
	unsigned nblank; /* empty lines held back, or seen while dropping */
	unsigned lead; /* empty lines that this device's prompt begins with */
	unsigned noted; /* what lead is going to be */
	bool any_noted;
	struct buf above; /* a line held back: the prompt's, if that follows */
	bool echoes; /* the device was seen to echo */
	const char *prompt; /* borrowed; "" as long as none is known */
	text_line_fn *listener; /* of lines that are dropped; NULL: none */
	void *listener_arg;
	bool overtaken; /* a line began with it: something may stand behind */
	struct nf_error failure; /* why a call failed */
};

/* All is borrowed; *deadline_ms is the running step's. */
void cutter_init(struct output_cutter *cutter, const struct patterns *patterns,
		 const char *prompt, int64_t *deadline_ms);
void cutter_release(struct output_cutter *cutter);

/* From now on, all is dropped. */
void cutter_drop(struct output_cutter *cutter);

/* command was sent: its echo is awaited. -1 with errno ENOMEM. */
int cutter_begin(struct output_cutter *cutter, const char *command);

/* A text_line_fn: arg is the answer. -1 with failure set. */
int cutter_line(void *arg, const uint8_t *line, size_t len);

/* What was dropped since cutter_drop() came for an empty line: learn lead. */
void cutter_count_blank_lines(struct output_cutter *cutter);

/*
 * Learn lead from answers that should be empty: watch before the first, note
 * behind each, and take in the end. What watch returned stays lead when none of
 * them was empty.
 */
unsigned cutter_watch_blank_lines(struct output_cutter *cutter);
void cutter_note_blank_lines(struct output_cutter *cutter);
void cutter_take_blank_lines(struct output_cutter *cutter, unsigned before);

/* line may be a new prompt: what comes is withheld until that is known. */
int cutter_prove(struct output_cutter *cutter, const uint8_t *line, size_t len);

/* Was nothing withheld but this line, and empty ones? */
bool cutter_holds_only(const struct output_cutter *cutter, const char *line);

/* What was withheld is an echo or a prompt: forget it. */
void cutter_forget(struct output_cutter *cutter);

/* What was withheld is part of the answer after all. */
int cutter_accept(struct output_cutter *cutter);

/* Add the start of a line that has no end. */
int cutter_rest(struct output_cutter *cutter, const uint8_t *bytes, size_t len);

/* Pass on what is gathered. */
int cutter_flush(struct output_cutter *cutter);

#endif
