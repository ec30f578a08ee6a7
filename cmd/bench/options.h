/* Options of netfan bench. */
#ifndef NETFAN_CMD_BENCH_OPTIONS_H
#define NETFAN_CMD_BENCH_OPTIONS_H

#include "bench/rows.h"
#include "bench/simulate.h"
#include "options/options.h"
#include "options/subcommand.h"

struct bench_options {
	struct options common; /* first, as rows of other subcommands take it */
	unsigned modes, pools; /* a bit each */
	struct widths widths; /* none: what suits the number of devices */
	unsigned runs; /* of each row */
	unsigned warmup; /* runs that do not count */
	struct simulation simulation;
	const char *json, *csv, *plot; /* files to write, or NULL */
	/* No command was given: simulated devices are asked for a standard one,
	 * which they always answer alike. */
	bool standard;
};

/* Tables of the options that bench alone has: of measuring and the files that
 * figures are written to, and of its notes. */
extern const struct option_row bench_measure_options[];
extern const struct option_row bench_report_options[];

/* Parse the command line of bench, and check it as a whole. Release the common
 * options in each case. */
enum parsed bench_options_parse(struct bench_options *options,
				const struct subcommand *sub, int argc,
				char **argv);

#endif
