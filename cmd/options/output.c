/* Options: the format of results, and notes on standard error. */
#include "format/format.h"
#include "options/given.h"
#include "options/groups.h"
#include "options/options.h"

static enum parsed take_output(struct options *options,
			       const struct given *given)
{
	unsigned run = given->sub->formats;
	char names[FORMAT_NAMES];

	format_names(names, run, "");
	options->format = given->value;
	return given_check(given, format_find(given->value, run) != NULL, "%s",
			   names);
}

const struct option_row output_options[] = {
	{"output", 'o', "FORMAT", NULL, take_output},
	{0},
};

static enum parsed take_verbose(struct options *options,
				const struct given *given)
{
	(void)given;
	options->verbose = true;
	return PARSED_RUN;
}

enum parsed take_quiet(struct options *options, const struct given *given)
{
	(void)given;
	options->quiet = true;
	return PARSED_RUN;
}

const struct option_row report_options[] = {
	{"verbose", 'v', NULL, "tell when each device is taken up and done",
	 take_verbose},
	{"quiet", 'q', NULL, "no summary and no notes", take_quiet},
	{0},
};
