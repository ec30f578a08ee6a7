/*
 * The terminal that a device talks to: turns the bytes that come into lines and
 * one unfinished line, and ends each line that is sent as the platform wants.
 */
#ifndef NETFAN_TERMINAL_TERMINAL_H
#define NETFAN_TERMINAL_TERMINAL_H

#include "platform/patterns.h"
#include "terminal/farewell.h"
#include "terminal/redact.h"
#include "terminal/text.h"
#include "transport/transport.h"

#define TERMINAL_TAIL 120 /* bytes kept for an error message */
#define TERMINAL_HEAD 64

struct terminal {
	struct transport *stream; /* borrowed */
	const struct patterns *patterns; /* of its platform; borrowed */
	const char *enter; /* ends a line that is sent; borrowed */
	/* The prompt, for messages; "" before it is known. Borrowed. */
	const char *expected;
	struct text text;
	struct transcript_log *log; /* of both sides; borrowed; NULL: none */
	/* Its passwords are hidden in error messages; borrowed. */
	const struct credentials *credentials;
	const struct nf_error *failure; /* of on_line; NF_OK: none. Borrowed */
	int64_t deadline_ms; /* of the step that runs: set as it begins */
	bool late; /* the deadline has passed: the last look is being taken */
	/* It may hold a secret: no message quotes it, but for known words. */
	bool tail_is_secret;
	/* When the last line was sent, -1 once bytes have come; and the shortest
	 * time from a line to the first byte, 0 as long as none is known. */
	int64_t sent_ms, round_trip_ms;
	unsigned reports; /* that may still be sent */
	unsigned nreads;
	int sys_errno; /* of a stream that broke: for the next wait */
	uint8_t tail[TERMINAL_TAIL]; /* the last that came, for messages */
	size_t tail_len;
	/* The first that came since a line was sent, or ever. */
	uint8_t head[TERMINAL_HEAD];
	size_t head_len;
};

/* Pass lines on to on_line; when that gives up, *failure says why. All is
 * borrowed. */
void terminal_init(struct terminal *terminal, struct transport *stream,
		   const struct patterns *patterns, text_line_fn *on_line,
		   void *arg, const struct nf_error *failure);
void terminal_release(struct terminal *terminal);

/*
 * Report to the device what it asks of its terminal (identity, status, place of
 * the cursor), TERMINAL_REPORTS times at most from now on; or no more: a report
 * is typed, so that a command line may take it for a command.
 */
#define TERMINAL_REPORTS 16
void terminal_allow_reports(struct terminal *terminal, bool on);

/*
 * Wait for bytes and take all that are there: 1 when some came, 0 when none did
 * for quiet_ms, -1 on failure. A device that never stops sending is cut off at
 * the deadline, too, after a last look. NF_TIMEOUT and NF_DISCONNECTED, with the
 * last that came; NF_SYSTEM, and what *failure has.
 */
int terminal_await(struct terminal *terminal, int64_t quiet_ms,
		   struct nf_error *err);

/* Send bytes as they are. NF_TIMEOUT, NF_DISCONNECTED; so all that send. */
int terminal_send(struct terminal *terminal, const char *bytes, size_t len,
		  struct nf_error *err);

/* What came of looking for a question on the unfinished line. */
enum reply_result {
	REPLY_NONE, /* it asks nothing that is replied to */
	REPLY_SENT,
	REPLY_FAILED, /* *err says why */
};

/* Send the key that the unfinished line asks for, and drop that line. Codes as
 * of terminal_send(). */
int terminal_send_key(struct terminal *terminal, const char *key,
		      struct nf_error *err);

/* Send the key that a pager asks for, whose prompt stands from a place of the
 * unfinished line on; what stands before it stays. NF_SYSTEM, too. */
int terminal_send_pager_key(struct terminal *terminal, const char *key,
			    size_t from, enum overlay_leaves leaves,
			    struct nf_error *err);

/*
 * Send a line and its end in one packet, and drop the unfinished line: it is
 * older than what the device will send to this. NF_SYSTEM, too.
 */
int terminal_send_line(struct terminal *terminal, const char *line,
		       struct nf_error *err);

/* The same, with the same codes, of a line that goes to no log, nor does its
 * echo. */
int terminal_send_secret(struct terminal *terminal, const char *line,
			 struct nf_error *err);

/* Read what the device said last, for an error that says why it goes no further;
 * above: without the unfinished line, which is a prompt or a question. */
void terminal_farewell(const struct terminal *terminal, bool above,
		       struct farewell *farewell);

/* Length of the unfinished line, of blanks at its end only the first counted:
 * the others are padding. */
size_t terminal_len(const struct terminal *terminal);

/* Is the unfinished line this one, but for blanks at the end, and not empty? */
bool terminal_is(const struct terminal *terminal, const char *line);

/* Copy the unfinished line for a message: made harmless, without passwords. */
#define TERMINAL_QUOTE 128
void terminal_quote(const struct terminal *terminal, char out[TERMINAL_QUOTE]);

/* Copy the unfinished line, as much as a prompt may have. */
void terminal_copy(const struct terminal *terminal,
		   char out[PATTERNS_LINE_MAX + 1]);

#endif
