/* Options: which devices of the inventory. */
#include "options/given.h"
#include "options/groups.h"
#include "options/options.h"

#define PICK_MAX 10000000

/* Take an expression; only one option reads standard input. */
static enum parsed take_expression(struct options *options,
				   const struct given *given,
				   struct texts *expressions)
{
	const char *taken = options->input;

	if (nf_selection_reads_input(given->value)) {
		if (given_check(given, taken == NULL,
				"a file: --%s reads standard input already",
				taken) == PARSED_WRONG)
			return PARSED_WRONG;
		options->input = given->row->name;
	}
	return given_text(given, expressions);
}

static enum parsed take_limit(struct options *options,
			      const struct given *given)
{
	return take_expression(options, given, &options->limits);
}

static enum parsed take_exclude(struct options *options,
				const struct given *given)
{
	return take_expression(options, given, &options->excludes);
}

static enum parsed take_pick(struct options *options, const struct given *given)
{
	return given_count(given, &options->pick, PICK_MAX);
}

const struct option_row selection_options[] = {
	{"limit", 'l', "SELECTION",
	 "these of them alone: names, patterns (R*, R[1-9]),\n"
	 "@GROUP, KEY=VALUE, @FILE; \"a,b\" either, \"&a\" both,\n"
	 "\"!a\" not; may be given again",
	 take_limit},
	{"exclude", '\0', "SELECTION", "all but these", take_exclude},
	{"pick", '\0', "N", "N of them, at even distance", take_pick},
	{0},
};
