/* What is to be made of runs. */
#include "bench/judge.h"

#include <stdio.h>
#include <string.h>

/* Of the processors' time, where sessions hardly wait for one. */
#define IDLE 0.3

static size_t ndevices(const struct runs *runs)
{
	return nf_inventory_size(runs->inv);
}

static const char *name_of(const struct runs *runs, size_t device)
{
	return nf_inventory_device(runs->inv, device)->name;
}

/* ---- what counts */

/* The run before all others, or the first in which every device answered. */
static const struct bench_run *example_of(const struct runs *runs)
{
	const struct bench_run *run = runs->at;
	size_t first;

	if (runs->reference.samples != NULL)
		return &runs->reference;
	while (run->samples == NULL ||
	       bench_run_failed(run, ndevices(runs), &first) > 0)
		run++; /* there is one: its answers are compared */
	return run;
}

/* Why a run does not count. */
struct fault {
	bool failed; /* devices did, that answer otherwise */
	char why[160];
};

static bool has_failed(const struct runs *runs, const struct bench_run *run,
		       unsigned number, struct fault *fault)
{
	size_t first = 0;
	size_t n = ndevices(runs), failed = bench_run_failed(run, n, &first);

	if (failed == 0)
		return false;
	fault->failed = true;
	(void)snprintf(fault->why, sizeof(fault->why),
		       "run %u: %zu of %zu devices failed, as %s: %s",
		       number + 1, failed, n, name_of(runs, first),
		       nf_code_name(run->samples[first].code));
	return true;
}

static bool has_changed(const struct runs *runs, const struct bench_run *run,
			unsigned number, struct fault *fault)
{
	size_t first = 0, n = ndevices(runs);
	size_t differs = bench_run_differs(run, example_of(runs), n,
					   runs->exact, &first);

	if (differs == 0)
		return false;
	(void)snprintf(fault->why, sizeof(fault->why),
		       "run %u: %zu of %zu devices answered otherwise, as %s",
		       number + 1, differs, n, name_of(runs, first));
	return true;
}

/* No time is told of a run that did not bring every device's right answer. */
static bool counts(const struct runs *runs, const struct row *row,
		   const struct bench_run *run, unsigned number,
		   struct fault *fault)
{
	if (run->samples == NULL || run->disturbed) {
		(void)snprintf(fault->why, sizeof(fault->why), "run %u: %.140s",
			       number + 1, run->why);
		return false;
	}
	if (run->fanout < row->width) {
		(void)snprintf(fault->why, sizeof(fault->why),
			       "run %u was %u wide: %.120s", number + 1,
			       run->fanout, run->note);
		return false;
	}
	return !has_failed(runs, run, number, fault) &&
	       !has_changed(runs, run, number, fault);
}

static void judge_row(struct figures *figures, const struct runs *runs,
		      size_t k)
{
	const struct bench_run *row_runs = &runs->at[k * runs->each];
	struct fault fault = {.why = "stopped before its first run"};
	unsigned n = 0;

	while (n < runs->n[k] &&
	       counts(runs, &runs->rows[k], &row_runs[n], n, &fault))
		n++;
	if (n < runs->n[k])
		n = 0;
	figures_take(figures, &runs->rows[k], row_runs, n, ndevices(runs));
	figures->failed = fault.failed;
	if (n == 0)
		memcpy(figures->why, fault.why, sizeof(fault.why));
}

void judge_rows(struct outcome *outcome, const struct runs *runs)
{
	for (size_t k = 0; k < runs->nrows; k++)
		judge_row(&outcome->rows[k], runs, k);
}

size_t judge_refused(const struct runs *runs, size_t *first)
{
	const struct bench_run *run = example_of(runs);
	size_t refused = 0;

	for (size_t i = 0; i < ndevices(runs); i++) {
		if (run->samples[i].refused && refused++ == 0)
			*first = i;
	}
	return refused;
}

/* ---- what can be no faster */

/* Were the processors at rest most of the time? */
static bool is_idle(const struct outcome *outcome, const struct figures *row)
{
	double worked = row->user + row->system + row->devices_cpu;

	return worked < IDLE * row->wall * outcome->cores;
}

/*
 * The least that a device ever took: then it waited for nobody. 0 when it
 * always had to, for a processor.
 */
static double least_of(const struct outcome *outcome, const struct runs *runs,
		       size_t device)
{
	double least = 0;

	for (size_t k = 0; k < runs->nrows; k++) {
		const struct bench_run *run = &runs->at[k * runs->each];

		if (!is_idle(outcome, &outcome->rows[k]))
			continue;
		for (size_t i = 0; i < outcome->rows[k].nruns; i++, run++) {
			double took =
				(double)run->samples[device].us[NF_TIME_TOTAL] /
				1e6;

			if (least == 0 || took < least)
				least = took;
		}
	}
	return least;
}

void judge_floor(struct outcome *outcome, const struct runs *runs)
{
	for (size_t i = 0; i < ndevices(runs); i++) {
		double least = least_of(outcome, runs, i);

		if (least > outcome->floor) {
			outcome->without_slowest = outcome->floor;
			outcome->floor = least;
			outcome->slowest = name_of(runs, i);
		} else if (least > outcome->without_slowest) {
			outcome->without_slowest = least;
		}
	}
}
