/*
 * The answer to a command: lines as they come, less the echo before them and
 * the prompt behind them, passed on to a sink in pieces.
 */
#ifndef NETFAN_SESSION_ANSWER_H
#define NETFAN_SESSION_ANSWER_H

#include "base/buf.h"
#include "platform/patterns.h"
#include "session/text.h"

struct output_sink;
struct cli_answer;

enum answer_phase {
	ANSWER_DROP, /* lines are nobody's answer */
	ANSWER_ECHO, /* lines are withheld until the echo is seen */
	ANSWER_TEXT, /* lines are the answer */
	ANSWER_PROOF, /* lines are withheld until a prompt is proven */
};

struct answer {
	enum answer_phase phase;
	const struct patterns *patterns; /* borrowed */
	const struct output_sink *sink; /* borrowed; NULL: nobody wants it */
	struct cli_answer *count; /* borrowed; NULL with it */
	int64_t *deadline_ms; /* moved by the time the sink takes */
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

void answer_init(struct answer *answer, const struct patterns *patterns,
		 const char *prompt);
void answer_release(struct answer *answer);

/* From now on, all is dropped. */
void answer_drop(struct answer *answer);

/* command was sent: its echo is awaited. -1 with errno ENOMEM. */
int answer_begin(struct answer *answer, const char *command);

/* A text_line_fn: arg is the answer. -1 with failure set. */
int answer_line(void *arg, const uint8_t *line, size_t len);

/* What was dropped since answer_drop() came for an empty line: learn lead. */
void answer_learn_lead(struct answer *answer);

/*
 * Learn lead from answers that should be empty: watch before the first, note
 * behind each, and take in the end. What watch returned stays lead when none of
 * them was empty.
 */
unsigned answer_watch_lead(struct answer *answer);
void answer_note_lead(struct answer *answer);
void answer_take_lead(struct answer *answer, unsigned before);

/* line may be a new prompt: what comes is withheld until that is known. */
int answer_prove(struct answer *answer, const uint8_t *line, size_t len);

/* Was nothing withheld but this line, and empty ones? */
bool answer_holds_only(const struct answer *answer, const char *line);

/* What was withheld is an echo or a prompt: forget it. */
void answer_forget(struct answer *answer);

/* What was withheld is part of the answer after all. */
int answer_accept(struct answer *answer);

/* Add the start of a line that has no end. */
int answer_rest(struct answer *answer, const uint8_t *bytes, size_t len);

/* Pass on what is gathered. */
int answer_flush(struct answer *answer);

#endif
