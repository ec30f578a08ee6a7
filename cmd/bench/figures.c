/* Figures: what the runs of a row cost. */
#include "bench/figures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALIKE 0.03 /* a difference that a few runs cannot prove */

static int compare_doubles(const void *a, const void *b)
{
	double one = *(const double *)a, two = *(const double *)b;

	return (one > two) - (one < two);
}

/* Interpolate a quantile of sorted values, between the two nearest ones. */
static double quantile(const double *values, size_t n, double share)
{
	double place = share * (double)(n - 1);
	size_t below = (size_t)place;

	if (below + 1 >= n)
		return values[n - 1];
	return values[below] +
	       (place - (double)below) * (values[below + 1] - values[below]);
}

static double seconds(int64_t us)
{
	return (double)us / 1e6;
}

/* ---- one row */

/* Quantities of a run. */
enum quantity { WALL, USER, SYSTEM, DEVICES, SWITCHES };

static double value_of(const struct bench_run *run, enum quantity quantity)
{
	switch (quantity) {
	case WALL:
		return seconds(run->wall_us);
	case USER:
		return seconds(run->user_us);
	case SYSTEM:
		return seconds(run->system_us);
	case DEVICES:
		return seconds(run->devices_us);
	case SWITCHES:
		break;
	}
	return (double)run->switches;
}

static double median_of(const struct bench_run *runs, size_t n,
			enum quantity quantity)
{
	double *values = calloc(n, sizeof(*values));
	double median = 0;

	if (values == NULL)
		return 0;
	for (size_t i = 0; i < n; i++)
		values[i] = value_of(&runs[i], quantity);
	qsort(values, n, sizeof(*values), compare_doubles);
	median = quantile(values, n, 0.5);
	free(values);
	return median;
}

/* Fill the quantiles and stages of all sessions of all runs. */
static void take_latency(struct figures *figures, const struct bench_run *runs,
			 size_t nruns, size_t ndevices)
{
	size_t n = nruns * ndevices;
	double *values = calloc(n, sizeof(*values));

	if (values == NULL)
		return;
	for (size_t i = 0; i < n; i++) {
		const int64_t *us = runs[i / ndevices].samples[i % ndevices].us;

		values[i] = seconds(us[NF_TIME_TOTAL]);
		for (int part = 0; part < NF_NTIMES; part++)
			figures->stage[part] += seconds(us[part]) / (double)n;
	}
	qsort(values, n, sizeof(*values), compare_doubles);
	figures->p50 = quantile(values, n, 0.50);
	figures->p95 = quantile(values, n, 0.95);
	figures->p99 = quantile(values, n, 0.99);
	figures->max = values[n - 1];
	free(values);
}

void figures_take(struct figures *figures, const struct row *row,
		  const struct bench_run *runs, size_t nruns, size_t ndevices)
{
	*figures = (struct figures){.row = *row, .nruns = nruns};
	if (nruns == 0)
		return;
	figures->wall = median_of(runs, nruns, WALL);
	figures->wall_min = figures->wall_max = seconds(runs[0].wall_us);
	for (size_t i = 0; i < nruns; i++) {
		double wall = seconds(runs[i].wall_us);

		if (wall < figures->wall_min)
			figures->wall_min = wall;
		if (wall > figures->wall_max)
			figures->wall_max = wall;
		if ((double)runs[i].memory > figures->memory)
			figures->memory = (double)runs[i].memory;
		if (figures->note[0] == '\0')
			memcpy(figures->note, runs[i].note,
			       sizeof(figures->note));
	}
	figures->rate = (double)ndevices / figures->wall;
	figures->user = median_of(runs, nruns, USER);
	figures->system = median_of(runs, nruns, SYSTEM);
	figures->devices_cpu = median_of(runs, nruns, DEVICES);
	figures->switches = median_of(runs, nruns, SWITCHES);
	take_latency(figures, runs, nruns, ndevices);
}

double figures_spread(const struct figures *figures)
{
	return (figures->wall_max - figures->wall_min) / 2 / figures->wall;
}

bool figures_alike(const struct figures *one, const struct figures *other)
{
	const struct figures *slow = one->wall > other->wall ? one : other;
	const struct figures *fast = slow == one ? other : one;

	return slow->wall_min <= fast->wall_max ||
	       slow->wall <= fast->wall * (1 + ALIKE);
}

/* ---- all rows */

static const struct figures *sequential_of(const struct outcome *outcome)
{
	return outcome_find(outcome, SERIES_SEQUENTIAL, 1);
}

void outcome_compare(struct outcome *outcome)
{
	const struct figures *sequential = sequential_of(outcome);
	const struct figures *best = outcome_best(outcome);

	for (size_t i = 0; sequential != NULL && i < outcome->nrows; i++) {
		struct figures *row = &outcome->rows[i];

		if (row->nruns == 0)
			continue;
		row->speedup = sequential->wall / row->wall;
		row->efficiency = row->speedup / row->row.width;
	}
	if (best != NULL)
		outcome->cpu = (best->user + best->system + best->devices_cpu) /
			       outcome->cores;
}

const struct figures *outcome_best(const struct outcome *outcome)
{
	const struct figures *best = NULL;

	for (size_t i = 0; i < outcome->nrows; i++) {
		const struct figures *row = &outcome->rows[i];

		if (row->nruns > 0 && (best == NULL || row->wall < best->wall))
			best = row;
	}
	return best;
}

const struct figures *outcome_find(const struct outcome *outcome,
				   enum series series, unsigned width)
{
	for (size_t i = 0; i < outcome->nrows; i++) {
		const struct figures *row = &outcome->rows[i];

		if (row->nruns > 0 && row_series(&row->row) == series &&
		    row->row.width == width)
			return row;
	}
	return NULL;
}

bool outcome_has_series(const struct outcome *outcome, enum series series)
{
	for (size_t i = 0; i < outcome->nrows; i++) {
		if (outcome->rows[i].nruns > 0 &&
		    row_series(&outcome->rows[i].row) == series)
			return true;
	}
	return false;
}
