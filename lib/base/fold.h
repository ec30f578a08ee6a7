/*
 * Folding: many names as one text with ranges in it (range.h), as ClusterShell's
 * nodeset -f has it: R[001-100], rack[1-2]sw[1,3,5-7].
 */
#ifndef NETFAN_BASE_FOLD_H
#define NETFAN_BASE_FOLD_H

#include <stddef.h>

#define FOLD_NUMBERS_MAX 8 /* of a name: those behind are text */

/*
 * Fold n names, which may come in any order and more than once: texts with
 * commas between, in the order of what is around their numbers. Each stands for
 * other names, all for exactly these. A number is its text: 1, 01 and 001 are
 * three. Names with what has a meaning in such a text ("[],!&^%@ " and control
 * characters), and numbers of more than 18 digits, stand as they are.
 *
 * *out is for free(). Takes n * log n comparisons. -1 without memory, or for a
 * text of more than FOLD_TEXT_MAX bytes.
 */
#define FOLD_TEXT_MAX ((size_t)64 * 1024 * 1024)
int fold_names(char **out, const char *const *names, size_t n);

#endif
