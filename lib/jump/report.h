/*
 * Reports: what the jump process and its parent say to each other, in passages
 * (worker/passage.h). The number of a passage is that of a call.
 *
 * The parent wants a connection; the socket beside it is the call's:
 *
 *   bytes 0-3    device, big-endian, as all numbers
 *   bytes 4-7    hop
 *   bytes 8-11   port
 *   bytes 12-15  milliseconds that the hop may take to connect
 *   bytes 16-19  milliseconds until it is given up
 *   bytes 20-    name or address
 *
 * It answers what a hop asked; the number is that of the question:
 *
 *   bytes 0-     the error that refuses it: error_encode(), never beginning with
 *                a 0
 *   or byte 0    0
 *   bytes 1-     what was typed, with its NUL
 *
 * The jump process reports:
 *
 *   byte 0       enum report_kind
 *   bytes 1-4    device, or hop
 *   bytes 5-     the error, as error_encode(); or of a key, its type, a 0, and
 *                its blob; or a question, with its NUL; or of a call that is
 *                open, the milliseconds that its hop took for it
 */
#ifndef NETFAN_JUMP_REPORT_H
#define NETFAN_JUMP_REPORT_H

#include "base/passed.h"
#include "netfan.h"

struct report_wish {
	uint32_t device;
	uint32_t hop;
	uint16_t port;
	uint32_t connect_ms;
	uint32_t left_ms;
	char host[256];
};

/* The length; 0: the name is too long. */
size_t report_wish_encode(const struct report_wish *wish,
			  uint8_t bytes[PASSED_BYTES_MAX]);
int report_wish_decode(struct report_wish *wish, const uint8_t *bytes,
		       size_t len);

enum report_kind {
	REPORT_OPENED = 1, /* a call is connected */
	REPORT_FAILED, /* it is not */
	REPORT_CUT, /* it was, and its hop has fallen */
	REPORT_KEY, /* a hop's host key was new, and was accepted */
	REPORT_CLOSED, /* a hop is not tried again: error */
	REPORT_HERE, /* to an empty passage of number 0: all before was said */
	/* A hop's password is about to be offered: its permit is awaited. */
	REPORT_ASKS,
	REPORT_ACCEPTED, /* it was */
	REPORT_REFUSED,
	REPORT_LEFT, /* neither: that login is over */
	/* A hop asks something that a person answers; the passage has its number. */
	REPORT_QUESTION,
	REPORT_UNASKED, /* that is not awaited any more */
};

struct report {
	enum report_kind kind;
	uint32_t place; /* device or hop */
	struct nf_error error; /* of FAILED, CUT and CLOSED */
	uint32_t took_ms; /* of OPENED */
	char key_type[32]; /* of KEY */
	const uint8_t *key; /* borrowed */
	size_t key_len;
	const char
		*text; /* of QUESTION; borrowed, from elsewhere, as it came */
};

/* The length; 0: a key is too long. */
size_t report_encode(const struct report *report,
		     uint8_t bytes[PASSED_BYTES_MAX]);

/* -1 for bytes that are no report. */
int report_decode(struct report *report, const uint8_t *bytes, size_t len);

/* An answer's length: what was typed, up to NF_ANSWER_MAX bytes with its NUL, or,
 * where that is NULL, why it is refused. */
size_t report_answer_encode(const char *typed, const struct nf_error *why,
			    uint8_t bytes[PASSED_BYTES_MAX]);

/* Leave what was typed, with its NUL, or take the error: -1 then. NF_SYSTEM for
 * bytes that are no answer. */
int report_answer_open(struct passed *passed, struct nf_error *err);

#endif
