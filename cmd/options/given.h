/*
 * An option that was given, and its value read: stored if it is right, and
 * refused with the words of what would be right if not.
 */
#ifndef NETFAN_CMD_OPTIONS_GIVEN_H
#define NETFAN_CMD_OPTIONS_GIVEN_H

#include <stdbool.h>
#include <stdint.h>

#include "options/texts.h"
#include "options/subcommand.h"

struct given {
	const struct subcommand *sub; /* whose option it is */
	const struct option_row *row;
	char *value; /* NULL: the option has none */
};

/* Refuse the value unless it is right: "--rate 'x': give " and the format. */
enum parsed given_check(const struct given *given, bool right, const char *fmt,
			...) NF_PRINTF(3, 4);

/* Read a whole number, 1-max or 0-max. */
enum parsed given_count(const struct given *given, unsigned *out, unsigned max);
enum parsed given_number(const struct given *given, unsigned *out,
			 unsigned max);

/* Read a limit, 1-max, or 0 for none, which is -1 to the library. */
enum parsed given_limit(const struct given *given, int *out, unsigned max);

/* Find the value among words, which end with NULL; wanted tells them,
 * as "text or ndjson" does. */
enum parsed given_word(const struct given *given, unsigned *place,
		       const char *const *words, const char *wanted);

/* Append the value. */
enum parsed given_text(const struct given *given, struct texts *texts);

/* Refuse a second "-", as standard input can be read once. */
enum parsed given_input(const struct given *given, struct options *options);

#endif
