/* Options: those that every subcommand has. */
#include <stdio.h>

#include "options/given.h"
#include "options/groups.h"
#include "options/options.h"
#include "version.h"

static enum parsed take_help(struct options *options, const struct given *given)
{
	(void)options;
	subcommand_help(given->sub);
	return PARSED_HELP;
}

static enum parsed take_version(struct options *options,
				const struct given *given)
{
	(void)options;
	(void)given;
	version_print();
	return PARSED_HELP;
}

const struct option_row general_options[] = {
	{"help", 'h', NULL, "this help", take_help},
	{"version", '\0', NULL, "versions of netfan and its libraries",
	 take_version},
	{0},
};
