/*
 * Needles: texts of which one stands in whatever a pattern matches, read off the
 * pattern. A line without any of them need not be matched.
 */
#ifndef NETFAN_CONTENT_NEEDLES_H
#define NETFAN_CONTENT_NEEDLES_H

#include <stddef.h>

#define NEEDLES_MAX 16 /* of a pattern */
#define NEEDLE_MAX 24 /* bytes; of a longer text, some of them */

struct needle {
	unsigned char len;
	char text[NEEDLE_MAX]; /* not to be told from its other case */
};

struct needles {
	size_t n;
	struct needle of[NEEDLES_MAX];
};

/*
 * Find those of a pattern that PCRE2 has compiled. None (n is 0) when there are
 * none, or when the pattern has anything in it that is not understood here.
 */
void needles_find(struct needles *needles, const char *pattern);

/* Length of the shortest; 0: there are none. */
size_t needles_shortest(const struct needles *needles);

#endif
