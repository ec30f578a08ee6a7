/* Figures: what the runs of a row cost, and how rows compare. */
#ifndef NETFAN_CMD_BENCH_FIGURES_H
#define NETFAN_CMD_BENCH_FIGURES_H

#include "bench/run.h"

/* A row's figures. Times are in seconds, and medians over the runs if nothing
 * else is said. */
struct figures {
	struct row row;
	size_t nruns; /* runs that count; 0: there is no figure, see why */
	char why[160];
	bool failed; /* devices failed that answer in other rows */
	char note[160]; /* of a run, or "" */
	double wall, wall_min, wall_max;
	double speedup, efficiency; /* beside sequential, 0: that was not run */
	double rate; /* sessions a second */
	double p50, p95, p99, max; /* of sessions, from admission to end */
	double stage[NF_NTIMES]; /* mean of sessions */
	double user, system; /* CPU */
	double devices_cpu; /* of the simulated devices */
	double memory; /* bytes, the most of any run; 0: not known */
	double switches;
};

/* Fill the figures of a row from those of its runs that count. */
void figures_take(struct figures *figures, const struct row *row,
		  const struct bench_run *runs, size_t nruns, size_t ndevices);

/* Half of the range from the fastest to the slowest run, as a share of the
 * median. */
double figures_spread(const struct figures *figures);

/* Is one as fast as the other, as far as can be told? */
bool figures_alike(const struct figures *one, const struct figures *other);

/* All rows, and what they have in common. */
struct outcome {
	struct figures *rows;
	size_t nrows;
	size_t ndevices, ncommands;
	unsigned nruns, cores;
	bool simulated;
	bool stopped; /* before all was run */
	size_t nleft_out; /* devices that failed in the warm-up */
	double login_rate; /* logins begun a second, at most; 0: any number */
	unsigned logins; /* in progress at a time, at most; 0: any number */
	/* Times in seconds that no row can be faster than: that of the slowest
	 * device when it waits for nothing else (0: no row tells), of the next
	 * slowest, and the CPU time of the best row for each processor, that
	 * of simulated devices included. */
	double floor;
	const char *slowest; /* name of that device */
	double without_slowest;
	double cpu;
};

/* Fill speedup and efficiency of each row, and cpu. */
void outcome_compare(struct outcome *outcome);

/* Find the fastest row, NULL when none has a figure. */
const struct figures *outcome_best(const struct outcome *outcome);

/* Find the row of a series and a width, NULL when it has no figure. */
const struct figures *outcome_find(const struct outcome *outcome,
				   enum series series, unsigned width);

/* Has a row of this series a figure? */
bool outcome_has_series(const struct outcome *outcome, enum series series);

#endif
