/*
 * Content filter: takes an output in pieces of any size, passes it on as it is
 * to be kept, and tells by a digest what of it counts. Two outputs with the same
 * digest say the same, by the same rules.
 *
 * The digest is SHA-256 over the lines that are not volatile, as they are kept,
 * each with one "\n" behind it and without carriage returns.
 *
 * A mark is "<secret:1a2b3c4d>": 4 bytes of an HMAC-SHA256 of the secret. What is
 * a mark already stays as it is, so that a text can be masked again. Whether a
 * line is volatile, or begins or ends a volatile block, is asked of it as it is
 * kept, with its marks. Of a block that is a secret, the first and last line stay
 * and are not volatile, and one mark stands for those between; a block that never
 * ends is one to the output's end.
 *
 * A filter keeps a few lines at most, however long an output and its lines are.
 */
#ifndef NETFAN_CONTENT_FILTER_H
#define NETFAN_CONTENT_FILTER_H

#include "content/rules.h"

#define CONTENT_KEY ((size_t)32) /* bytes of the key of marks */

/* What the filter passes on; all but the first without carriage returns. */
enum content_use {
	CONTENT_AS_IT_CAME, /* every byte */
	CONTENT_MASKED, /* secrets replaced by marks */
	CONTENT_COMPARED, /* without volatile lines */
	CONTENT_SHOWN, /* masked, and without volatile lines: for a person */
};

/* Takes a piece: 0, or -1 to give up. */
typedef int content_emit(void *arg, const uint8_t *bytes, size_t len,
			 int64_t *waited_ms);

struct content_filter;

/* What an output came to. */
struct content_end {
	uint8_t digest[NF_DIGEST];
	uint64_t bytes; /* that count: those of the digest */
	bool blank; /* it has nothing but blanks, counted or not */
	bool marked; /* it ends with the mark of its command */
};

/*
 * Begin. Rules and command, the one whose output it is, are borrowed; key
 * (CONTENT_KEY bytes) is for the uses that mask, and may be NULL for others.
 * emit may be NULL: then only the digest is made. NF_SYSTEM without memory.
 */
int filter_new(struct content_filter **out, const struct content_rules *rules,
	       const uint8_t *key, const char *command, enum content_use use,
	       content_emit *emit, void *arg, struct nf_error *err);

/* Take a piece; a line is passed on when it is whole. 0, or -1 as emit gave up,
 * or with errno ENOMEM. */
int filter_feed(struct content_filter *filter, const uint8_t *bytes, size_t len,
		int64_t *waited_ms);

/* Pass on what is left, and tell. As filter_feed(). */
int filter_end(struct content_filter *filter, struct content_end *end,
	       int64_t *waited_ms);
void filter_free(struct content_filter *filter);

#endif
