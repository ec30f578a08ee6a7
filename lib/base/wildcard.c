/* Wildcards in names. */
#include "base/wildcard.h"

/* On a mismatch only the last star is tried again one byte on. */
bool wildcard_matches(const char *pattern, size_t len, const char *name)
{
	const char *end = pattern + len;
	const char *star = NULL; /* just past the last star */
	const char *retry = NULL; /* where in name that star ended */

	while (*name != '\0') {
		if (pattern < end && *pattern == '*') {
			star = ++pattern;
			retry = name;
		} else if (pattern < end &&
			   (*pattern == '?' || *pattern == *name)) {
			pattern++;
			name++;
		} else if (star != NULL) {
			pattern = star;
			name = ++retry;
		} else {
			return false;
		}
	}
	while (pattern < end && *pattern == '*')
		pattern++;
	return pattern == end;
}
