/* An option that was given, and its value read. */
#include "options/given.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "format/format.h"
#include "options/options.h"
#include "options/values.h"
#include "tell.h"

enum parsed given_check(const struct given *given, bool right, const char *fmt,
			...)
{
	char wanted[FORMAT_NAMES];
	va_list args;

	if (right)
		return PARSED_RUN;
	va_start(args, fmt);
	(void)vsnprintf(wanted, sizeof(wanted), fmt, args);
	va_end(args);
	return subcommand_wrong(given->sub, "--%s '%s': give %s",
				given->row->name, given->value, wanted);
}

enum parsed given_count(const struct given *given, unsigned *out, unsigned max)
{
	return given_check(given, value_count(out, given->value, max),
			   "a number 1-%u", max);
}

enum parsed given_number(const struct given *given, unsigned *out, unsigned max)
{
	bool zero = strcmp(given->value, "0") == 0;

	*out = 0;
	return given_check(given, zero || value_count(out, given->value, max),
			   "a number 0-%u", max);
}

enum parsed given_limit(const struct given *given, int *out, unsigned max)
{
	unsigned n = 0;
	bool none = strcmp(given->value, "0") == 0;
	bool right = none || value_count(&n, given->value, max);

	*out = none ? -1 : (int)n;
	return given_check(given, right, "a number 1-%u, or 0 for no limit",
			   max);
}

enum parsed given_word(const struct given *given, unsigned *place,
		       const char *const *words, const char *wanted)
{
	return given_check(given, value_word(place, given->value, words), "%s",
			   wanted);
}

enum parsed given_text(const struct given *given, struct texts *texts)
{
	if (texts_add(texts, given->value) == 0)
		return PARSED_RUN;
	(void)tell_no_memory();
	return PARSED_WRONG;
}

enum parsed given_input(const struct given *given, struct options *options)
{
	const char *taken = options->input;

	if (strcmp(given->value, "-") != 0)
		return PARSED_RUN;
	options->input = given->row->name;
	return given_check(given, taken == NULL,
			   "a file: --%s reads standard input already", taken);
}
