/* Notes of which a file may have many of one kind: the first is told, and how
 * many there are. */
#ifndef NETFAN_FORMS_TALLY_H
#define NETFAN_FORMS_TALLY_H

#include <stddef.h>

#include "netfan.h"

struct reading;

/* Zeroed, it is empty and ready. */
struct tally {
	char first[320];
	const char *name; /* of its file; borrowed */
	size_t line;
	size_t n;
};

/* Count one more, in that file; its text is kept when it is the first. line 0:
 * none. */
void tally_count(struct tally *tally, const struct reading *reading,
		 size_t line, const char *fmt, ...) NF_PRINTF(4, 5);

/* Tell the first, if there is any, as reading_note() does; its file may be
 * another one by now. */
void tally_tell(const struct tally *tally, const struct reading *reading);

#endif
