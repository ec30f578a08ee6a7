/*
 * Names with ranges in them, which stand for many names: R[001-100],
 * 10.0.[0-3].[1-254], rack[1-2]sw[1,3,5-7]. The last bracket turns fastest.
 */
#ifndef NETFAN_BASE_RANGE_H
#define NETFAN_BASE_RANGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/range_set.h"
#include "netfan.h"

#define RANGE_NAME_MAX 256 /* bytes of a name, with its NUL */
#define RANGE_BRACKETS_MAX 8 /* ranges in a text */

/*
 * Does text hold a range, be it a faulty one? That is a bracket which begins
 * with a number, a comma or nothing; of RANGE_COLON, any. No range is an IPv6
 * address in brackets, [2001:db8::1].
 */
bool range_is(const char *text, enum range_form form);

struct range;

/*
 * Read a text, which is copied. Brackets that are no range are text, as is all
 * around them; a text without a range is one name. NF_INVALID with a sentence
 * for a range that range_set_read() refuses, a bracket without its other, more
 * than RANGE_NUMBERS_MAX names, and names above RANGE_NAME_MAX; NF_SYSTEM.
 */
int range_new(struct range **out, const char *text, enum range_form form,
	      struct nf_error *err);
void range_free(struct range *range);

/* How many names they are. Where two brackets touch, or text between them could
 * be of either, some of these may be the same: [1,11][1,11]. */
size_t range_count(const struct range *range);

/* One name after the other: none is held in memory. */
struct range_iter {
	const struct range *range; /* borrowed */
	struct range_place at[RANGE_BRACKETS_MAX];
	bool begun;
};

void range_begin(struct range_iter *iter, const struct range *range);

/* Write the next name; false at the end. */
bool range_next(struct range_iter *iter, char name[RANGE_NAME_MAX]);

#endif
