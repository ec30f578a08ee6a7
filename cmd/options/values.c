/* Values of options, read. */
#include "options/values.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool value_count(unsigned *out, const char *text, unsigned max)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 ||
	    value < 1 || value > max)
		return false;
	*out = (unsigned)value;
	return true;
}

bool value_decimal(double *out, const char *text, double max)
{
	char *end;

	*out = strtod(text, &end);
	/* A "nan" is refused too, as it compares with nothing. */
	return text[0] >= '0' && text[0] <= '9' && *end == '\0' &&
	       *out >= 0.001 && *out <= max;
}

bool value_duration(int64_t *ms, const char *text, int64_t max_s)
{
	static const char letters[] = "smhd";
	static const int seconds[] = {1, 60, 3600, 86400};
	const char *letter;
	char *end;
	double value = strtod(text, &end);

	letter = *end != '\0' ? strchr(letters, *end) : NULL;
	if (letter != NULL) {
		value *= seconds[letter - letters];
		end++;
	}
	if (text[0] < '0' || text[0] > '9' || *end != '\0' ||
	    !(value >= 0.001 && value <= (double)max_s)) /* nan neither */
		return false;
	*ms = (int64_t)(value * 1000 + 0.5);
	return true;
}

bool value_size(uint64_t *out, const char *text)
{
	static const char units[] = "KMG";
	const char *unit;
	char *end;
	unsigned long long size = strtoull(text, &end, 10);
	unsigned shift = 0;

	unit = *end != '\0' ? strchr(units, toupper((unsigned char)*end))
			    : NULL;
	if (unit != NULL) {
		shift = 10 * (unsigned)(unit - units + 1);
		end++;
	}
	if (text[0] < '1' || text[0] > '9' || *end != '\0' || size > UINT32_MAX)
		return false;
	*out = (uint64_t)size << shift;
	return true;
}

bool value_word(unsigned *out, const char *text, const char *const *words)
{
	for (unsigned i = 0; words[i] != NULL; i++) {
		if (strcmp(text, words[i]) == 0) {
			*out = i;
			return true;
		}
	}
	return false;
}
