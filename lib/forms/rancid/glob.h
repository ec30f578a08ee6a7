/* Patterns of names, as Tcl's `string match -nocase` has them. */
#ifndef NETFAN_FORMS_RANCID_GLOB_H
#define NETFAN_FORMS_RANCID_GLOB_H

#include <stdbool.h>

/* Is it a pattern, not a name alone? */
bool glob_is_any(const char *pattern);

/*
 * Does all of a name match, whatever the case of letters? "*" stands for any text,
 * "?" for a byte, "[a-z]" for one of them, a backslash takes the next as it is.
 * Takes at most the product of their lengths in steps.
 */
bool glob_matches(const char *pattern, const char *name);

#endif
