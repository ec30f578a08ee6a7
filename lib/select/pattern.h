/*
 * Patterns of names, as shells have them, with ranges:
 *
 *   *          any text
 *   ?          any one byte
 *   [abc]      one of these bytes, as fnmatch(3) takes it: [!abc], [a-f]
 *   [8-12]     a number of a range (base/range_set.h): digits with '-', ',' or
 *              '/' between, and nothing else. [1-3] is the same as both; [12] is
 *              1 or 2, as there is nothing between its digits
 *   \c         the byte c
 *
 * A whole name is matched.
 */
#ifndef NETFAN_SELECT_PATTERN_H
#define NETFAN_SELECT_PATTERN_H

#include <stdbool.h>

#include "netfan.h"

#define PATTERN_ELEMENTS_MAX 1024 /* a byte, a bracket, a star */
#define PATTERN_NAME_MAX 1024 /* bytes of a name; longer ones match none */

struct pattern;

/* Is there anything in text that makes it a pattern? */
bool pattern_is(const char *text);

/* Compile a pattern. NF_INVALID with a sentence, also for a range that is refused;
 * NF_SYSTEM without memory. */
int pattern_new(struct pattern **out, const char *text, struct nf_error *err);
void pattern_free(struct pattern *pattern);

/* Takes at most the product of both lengths, and RANGE_DIGITS_MAX for ranges. */
bool pattern_matches(const struct pattern *pattern, const char *name);

#endif
