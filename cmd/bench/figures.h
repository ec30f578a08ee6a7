/* What runs of a row come to, and how rows compare. */
#ifndef NETFAN_CMD_BENCH_FIGURES_H
#define NETFAN_CMD_BENCH_FIGURES_H

#include "bench/run.h"

/* Times in seconds; medians over the runs, if nothing else is said. */
struct figures {
	struct row row;
	size_t nruns; /* that count; 0: why tells why there is no figure */
	char why[160];
	bool failed; /* as devices failed that answer otherwise */
	char note[160]; /* of any of them */
	double wall, wall_min, wall_max;
	double speedup, efficiency; /* beside sequential; 0: it was not run */
	double rate; /* sessions a second */
	double p50, p95, p99, max; /* of all sessions, admission to end */
	double stage[NF_NTIMES]; /* mean of all sessions */
	double user, system; /* CPU */
	double devices_cpu; /* of the simulated devices */
	double memory; /* bytes, the most of any run; 0: not known */
	double switches;
};

/* How a row of this many devices did; runs are its runs. */
void figures_take(struct figures *figures, const struct row *row,
		  const struct bench_run *runs, size_t nruns, size_t ndevices);

/* Half of what lies between the fastest and the slowest run, of the median. */
double figures_spread(const struct figures *figures);

/* Is one no faster and no slower than the other, as far as can be told? */
bool figures_alike(const struct figures *one, const struct figures *other);

/* All rows, and what they have in common. */
struct outcome {
	struct figures *rows;
	size_t nrows;
	size_t ndevices, ncommands;
	unsigned nruns, cores;
	bool simulated;
	bool stopped; /* before all was run */
	size_t nleft_out; /* devices that failed at once */
	double login_rate; /* logins begun a second, at most; 0: any number */
	unsigned logins; /* in progress at a time, at most; 0: any number */
	/* What no row can be faster than: */
	double floor; /* the slowest device, when it waits for nobody; 0: no
			 row tells */
	const char *slowest; /* its name */
	double without_slowest; /* the next slowest device */
	double cpu; /* seconds of all processors: CPU of netfan (and of the
		       simulated devices), shared by the processors */
};

/* Fill speedup and efficiency, and cpu; floor comes from the answers. */
void outcome_compare(struct outcome *outcome);

/* The row that counts as the fastest, NULL when none has a figure. */
const struct figures *outcome_best(const struct outcome *outcome);

/* The row of a mode and width, NULL when it has no figure. */
const struct figures *outcome_find(const struct outcome *outcome,
				   enum series series, unsigned width);

#endif
