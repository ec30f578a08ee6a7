/* What netfan bench was asked to do, beside what poll is asked, too. */
#ifndef NETFAN_CMD_BENCH_WISH_H
#define NETFAN_CMD_BENCH_WISH_H

#include "bench/rows.h"
#include "bench/simulate.h"

struct bench_wish {
	unsigned modes, pools; /* a bit each */
	struct widths widths; /* none: what suits the number of devices */
	unsigned runs; /* of each row */
	unsigned warmup; /* runs that do not count */
	struct simulation simulation;
	/* A long option that devices of a network, or simulated ones, alone
	 * heed; NULL: none was given. */
	const char *of_network, *of_simulation;
	const char *of_width; /* the same, that rows of a width alone heed */
	const char *json, *csv, *plot; /* files to write, or NULL */
};

#define BENCH_RUNS 3
#define BENCH_WARMUP 1
#define BENCH_DELAY_MS 40 /* of simulated devices, each time */

#endif
