/* The command line of a subcommand. */
#ifndef NETFAN_CMD_OPTIONS_PARSE_H
#define NETFAN_CMD_OPTIONS_PARSE_H

#include "options/options.h"
#include "options/subcommand.h"

/*
 * Have the rows of a subcommand take what argv gives them; options hold the
 * defaults. Release the options in each case.
 */
enum parsed options_parse(struct options *options, const struct subcommand *sub,
			  int argc, char **argv);

#endif
