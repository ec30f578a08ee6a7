/* Wildcards: * stands for any text, ? for any one byte, as in patterns of SSH. */
#ifndef NETFAN_BASE_WILDCARD_H
#define NETFAN_BASE_WILDCARD_H

#include <stdbool.h>
#include <stddef.h>

/* Does name match the first len bytes of pattern? Takes at most len times
 * strlen(name) steps. */
bool wildcard_matches(const char *pattern, size_t len, const char *name);

#endif
