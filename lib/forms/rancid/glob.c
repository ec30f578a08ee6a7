/* Patterns of names, as Tcl has them. */
#include "forms/rancid/glob.h"

#include <stddef.h>
#include <string.h>

bool glob_is_any(const char *pattern)
{
	return strpbrk(pattern, "*?[\\") != NULL;
}

static unsigned char lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

/* Is a byte one of a set, "[...]"? *pattern is behind it then. */
static bool is_of_set(const char **pattern, unsigned char byte)
{
	const char *at = *pattern + 1;
	bool found = false;

	while (*at != '\0' && *at != ']') {
		unsigned char first = lower(*at++), last = first;

		if (*at == '-' && at[1] != '\0') {
			last = lower(at[1]);
			at += 2;
		}
		found |= first <= last ? byte >= first && byte <= last
				       : byte >= last && byte <= first;
	}
	*pattern = *at == ']' ? at + 1 : at;
	return found;
}

/* Does a byte match the next of a pattern, which is no star? *pattern is behind
 * it then. */
static bool matches_byte(const char **pattern, char c)
{
	unsigned char byte = lower(c);

	switch (**pattern) {
	case '\0':
		return false;
	case '?':
		(*pattern)++;
		return true;
	case '[':
		return is_of_set(pattern, byte);
	case '\\':
		if ((*pattern)[1] != '\0')
			(*pattern)++;
		break;
	}
	return lower(*(*pattern)++) == byte;
}

/* On a mismatch only the last star is tried again, one byte on. */
bool glob_matches(const char *pattern, const char *name)
{
	const char *star = NULL; /* just behind the last star */
	const char *retry = NULL; /* where in name that ended */

	while (*name != '\0') {
		if (*pattern == '*') {
			star = ++pattern;
			retry = name;
		} else if (matches_byte(&pattern, *name)) {
			name++;
		} else if (star != NULL) {
			pattern = star;
			name = ++retry;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}
