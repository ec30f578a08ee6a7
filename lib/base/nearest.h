/* Did you mean ...? The word of a list that is nearest to a mistyped one. */
#ifndef NETFAN_BASE_NEAREST_H
#define NETFAN_BASE_NEAREST_H

/*
 * The candidate (a NULL-terminated list) that fewest edits turn into word: a
 * byte added, dropped or replaced, or two neighbours swapped. Of equals the
 * first. NULL when none is within a third of word's length, and at least one.
 */
const char *nearest(const char *word, const char *const *candidates);

#endif
