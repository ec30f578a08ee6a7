/*
 * The terminal that a device sees: what it sends becomes lines and one that is
 * not finished; what we say ends as its platform wants it.
 */
#ifndef NETFAN_DIALOGUE_TERMINAL_H
#define NETFAN_DIALOGUE_TERMINAL_H

#include "dialogue/redact.h"
#include "dialogue/text.h"
#include "platform/patterns.h"
#include "transport/transport.h"

#define TERMINAL_TAIL 120 /* bytes kept for an error message */

struct terminal {
	struct transport *stream; /* borrowed */
	const struct patterns *patterns; /* of its platform; borrowed */
	const char *enter; /* borrowed */
	const char *expected; /* the prompt, for messages; "" before it is
				 known. Borrowed */
	struct text text;
	struct transcript_log *log; /* of what is said; NULL: none */
	/* Its passwords are hidden in error messages; borrowed. */
	const struct credentials *credentials;
	const struct nf_error *failure; /* of who takes lines; NF_OK: none */
	int64_t deadline_ms; /* of the step that runs: set as it begins */
	bool late; /* the deadline has passed, a last look is due */
	bool hushed; /* what it sends may hold a secret */
	unsigned reports; /* that may still be given to who asks for them */
	unsigned nreads;
	int sys_errno; /* of a stream that broke, not yet told */
	uint8_t tail[TERMINAL_TAIL];
	size_t tail_len;
};

/*
 * Lines go to on_line; when that gives up, *failure says why. All is borrowed.
 */
void terminal_init(struct terminal *terminal, struct transport *stream,
		   const struct patterns *patterns, text_line_fn *on_line,
		   void *arg, const struct nf_error *failure);
void terminal_release(struct terminal *terminal);

/*
 * Tell a device what it asks of its terminal, at most TERMINAL_REPORTS times
 * from now on, or no more: it is typed, and may be taken for a command.
 */
#define TERMINAL_REPORTS 16
void terminal_report(struct terminal *terminal, bool on);

/*
 * Wait for more: 1 when it came, 0 after a quiet spell, -1 at the deadline. One
 * that never stops talking is cut at its deadline, too, after a last look.
 * NF_TIMEOUT with what was said last, NF_DISCONNECTED.
 */
int terminal_await(struct terminal *terminal, int64_t quiet_ms,
		   struct nf_error *err);

/* Send bytes as they are. NF_TIMEOUT, NF_DISCONNECTED. */
int terminal_send(struct terminal *terminal, const char *bytes, size_t len,
		  struct nf_error *err);

/* What came of looking for a question on the unfinished line. */
enum reply_result {
	REPLY_NONE, /* it asks nothing that is replied to */
	REPLY_SENT,
	REPLY_FAILED, /* *err says why */
};

/* Send the key that the unfinished line asks for, which is dropped. */
int terminal_send_key(struct terminal *terminal, const char *key,
		      struct nf_error *err);

/*
 * Send a line and what ends it in one packet. What stands on the unfinished
 * line now is not what will be answered: it is dropped.
 */
int terminal_send_line(struct terminal *terminal, const char *line,
		       struct nf_error *err);

/* The same with a line that is kept in no log, nor is its echo. */
int terminal_send_secret(struct terminal *terminal, const char *line,
			 struct nf_error *err);

/* Length of the unfinished line, with one blank at most at its end: the rest is
 * padding. */
size_t terminal_len(const struct terminal *terminal);

/* Is it this line, but for blanks at the end, and not empty? */
bool terminal_is(const struct terminal *terminal, const char *line);

/* A copy of it. */
void terminal_copy(const struct terminal *terminal,
		   char out[PATTERNS_LINE_MAX + 1]);

#endif
