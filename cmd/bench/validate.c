/* Runs, validated. */
#include "bench/validate.h"

#include <stdio.h>
#include <string.h>

#define IDLE 0.3 /* share of CPU time below which sessions hardly wait */

static size_t ndevices(const struct bench_runs *runs)
{
	return nf_inventory_size(runs->inv);
}

static const char *name_of(const struct bench_runs *runs, size_t device)
{
	return nf_inventory_device(runs->inv, device)->name;
}

/* ---- runs that count */

/* Find the run that others are compared with: the reference, or else the first
 * in which every device answered. */
static const struct bench_run *reference_of(const struct bench_runs *runs)
{
	const struct bench_run *run = runs->at;
	size_t first;

	if (runs->reference.samples != NULL)
		return &runs->reference;
	while (run->samples == NULL ||
	       bench_run_failed(run, ndevices(runs), &first) > 0)
		run++; /* there is one, as answers are compared */
	return run;
}

/* The reason why a run does not count. */
struct objection {
	bool failed; /* devices failed that answered in the reference */
	char why[160];
};

static bool has_failed(const struct bench_runs *runs,
		       const struct bench_run *run, unsigned number,
		       struct objection *objection)
{
	size_t first = 0;
	size_t n = ndevices(runs), failed = bench_run_failed(run, n, &first);

	if (failed == 0)
		return false;
	objection->failed = true;
	(void)snprintf(objection->why, sizeof(objection->why),
		       "run %u: %zu of %zu devices failed, as %s: %s",
		       number + 1, failed, n, name_of(runs, first),
		       nf_code_name(run->samples[first].code));
	return true;
}

static bool has_changed(const struct bench_runs *runs,
			const struct bench_run *run, unsigned number,
			struct objection *objection)
{
	size_t first = 0, n = ndevices(runs);
	size_t differs = bench_run_differs(run, reference_of(runs), n,
					   runs->exact, &first);

	if (differs == 0)
		return false;
	(void)snprintf(objection->why, sizeof(objection->why),
		       "run %u: %zu of %zu devices answered otherwise, as %s",
		       number + 1, differs, n, name_of(runs, first));
	return true;
}

/* Does a run count? If not, objection tells why. */
static bool is_valid(const struct bench_runs *runs, const struct row *row,
		     const struct bench_run *run, unsigned number,
		     struct objection *objection)
{
	if (run->samples == NULL || run->disturbed) {
		(void)snprintf(objection->why, sizeof(objection->why),
			       "run %u: %.140s", number + 1, run->why);
		return false;
	}
	if (run->fanout < row->width) {
		(void)snprintf(objection->why, sizeof(objection->why),
			       "run %u was %u wide: %.120s", number + 1,
			       run->fanout, run->note);
		return false;
	}
	return !has_failed(runs, run, number, objection) &&
	       !has_changed(runs, run, number, objection);
}

static void validate_row(struct figures *figures, const struct bench_runs *runs,
			 size_t k)
{
	const struct bench_run *row_runs = &runs->at[k * runs->each];
	struct objection objection = {.why = "stopped before its first run"};
	unsigned n = 0;

	while (n < runs->n[k] &&
	       is_valid(runs, &runs->rows[k], &row_runs[n], n, &objection))
		n++;
	if (n < runs->n[k])
		n = 0;
	figures_take(figures, &runs->rows[k], row_runs, n, ndevices(runs));
	figures->failed = objection.failed;
	if (n == 0)
		memcpy(figures->why, objection.why, sizeof(objection.why));
}

void validate_rows(struct outcome *outcome, const struct bench_runs *runs)
{
	for (size_t k = 0; k < runs->nrows; k++)
		validate_row(&outcome->rows[k], runs, k);
}

size_t validate_refused(const struct bench_runs *runs, size_t *first)
{
	const struct bench_run *run = reference_of(runs);
	size_t refused = 0;

	for (size_t i = 0; i < ndevices(runs); i++) {
		if (run->samples[i].refused && refused++ == 0)
			*first = i;
	}
	return refused;
}

/* ---- the floor */

/* Were the processors idle most of the time? */
static bool is_idle(const struct outcome *outcome, const struct figures *row)
{
	double worked = row->user + row->system + row->devices_cpu;

	return worked < IDLE * row->wall * outcome->cores;
}

/*
 * Find the least that a session of a device took in rows whose processors were
 * idle: it waited for nothing but the device. 0 when there is no such row.
 */
static double least_of(const struct outcome *outcome,
		       const struct bench_runs *runs, size_t device)
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

void validate_floor(struct outcome *outcome, const struct bench_runs *runs)
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
