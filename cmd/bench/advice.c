/* What an outcome advises. */
#include "bench/show.h"

#define MOST 0.75 /* of the wall: that is what limits */
#define MUCH 0.60 /* the same, of CPU: no machine gives all of it */
#define OUTLIER 3 /* times as long as half of the devices take */

/* The least that is as good as the best: narrow first, then cheap. */
static const struct figures *find_enough(const struct outcome *outcome,
					 const struct figures *best)
{
	const struct figures *enough = best;

	for (size_t i = 0; i < outcome->nrows; i++) {
		const struct figures *row = &outcome->rows[i];

		if (row->nruns == 0 || !figures_alike(row, best))
			continue;
		if (row->row.width < enough->row.width ||
		    (row->row.width == enough->row.width &&
		     row->user + row->system < enough->user + enough->system))
			enough = row;
	}
	return enough;
}

static unsigned widest(const struct outcome *outcome)
{
	unsigned width = 0;

	for (size_t i = 0; i < outcome->nrows; i++) {
		if (outcome->rows[i].row.width > width)
			width = outcome->rows[i].row.width;
	}
	return width;
}

static const struct figures *narrowest(const struct outcome *outcome)
{
	const struct figures *found = NULL;

	for (size_t i = 0; i < outcome->nrows; i++) {
		const struct figures *row = &outcome->rows[i];

		if (row->nruns > 0 &&
		    (found == NULL || row->row.width < found->row.width))
			found = row;
	}
	return found;
}

static void advise_width(FILE *out, const struct outcome *outcome,
			 const struct figures *enough,
			 const struct figures *best)
{
	char label[ROW_LABEL], wall[CLOCK_TEXT];

	row_label(label, &enough->row);
	show_clock(wall, enough->wall);
	(void)fprintf(out, "%s suffice%s: %s", label,
		      enough->row.width == 1 ? "s" : "", wall);
	if (enough->speedup > 1)
		(void)fprintf(out, ", %.1f times as fast as one after another",
			      enough->speedup);
	(void)fputs(enough == best
			    ? "; nothing else is faster.\n"
			    : "; nothing else is faster beyond the spread.\n",
		    out);
	if (enough->row.width == widest(outcome) &&
	    enough->row.width < outcome->ndevices)
		(void)fputs("It is the widest that was tried: more may be "
			    "faster still.\n",
			    out);
}

/* Where the time of a session went, on average. */
static void advise_stages(FILE *out, const struct figures *row)
{
	const char *comma = "";

	(void)fputs("A session of it:", out);
	for (int i = NF_TIME_CONNECT; i < NF_TIME_TOTAL; i++) {
		(void)fprintf(out, "%s %s %.3f s", comma,
			      nf_time_name((enum nf_time)i), row->stage[i]);
		comma = ",";
	}
	(void)fputs(".\n", out);
}

/* What is left of the best wall, and cannot be taken away by width. */
static void advise_limit(FILE *out, const struct outcome *outcome,
			 const struct figures *best)
{
	const struct figures *narrow = narrowest(outcome);

	if (outcome->floor >= MOST * best->wall)
		(void)fprintf(out,
			      "What limits is latency: the slowest device, %s, "
			      "takes %.3f s by itself.\n",
			      outcome->slowest, outcome->floor);
	else if (outcome->cpu >= MUCH * best->wall)
		(void)fprintf(out,
			      "What limits is CPU: %.3f s of work for each "
			      "processor, in %.3f s%s.\n",
			      outcome->cpu, best->wall,
			      outcome->simulated
				      ? " (the simulated devices' included)"
				      : "");
	else if (outcome->floor + outcome->cpu >= MOST * best->wall)
		(void)fprintf(out,
			      "What limits is latency and CPU: the slowest "
			      "device, %s, takes %.3f s by itself,\nand there "
			      "are %.3f s of work for each processor%s.\n",
			      outcome->slowest, outcome->floor, outcome->cpu,
			      outcome->simulated
				      ? " (the simulated devices' included)"
				      : "");
	else if (best->p50 > 1.5 * narrow->p50)
		(void)fprintf(out,
			      "What limits is the devices' side: half of the "
			      "sessions take %.3f s at %u wide,\n"
			      "%.3f s at %u, and the processors are idle: what "
			      "checks logins may have a cap (--rate).\n",
			      best->p50, best->row.width, narrow->p50,
			      narrow->row.width);
	else if (outcome->floor == 0)
		(void)fputs("What a device takes by itself cannot be told of "
			    "such rows: run a narrow one, too.\n",
			    out);
	else
		(void)fputs("Neither CPU nor the slowest device limits: it is "
			    "the width, or what a run costs by itself.\n",
			    out);
}

static void advise_outlier(FILE *out, const struct outcome *outcome,
			   const struct figures *best)
{
	bool two = outcome->ndevices == 2;
	double usual = two ? outcome->without_slowest : best->p50;

	if (usual == 0 || outcome->floor < OUTLIER * usual ||
	    outcome->without_slowest * 1.5 > outcome->floor)
		return;
	(void)fprintf(out,
		      "One device is slow: %s takes %.3f s, where %s %.3f s "
		      "(p99 %.3f s);\nwithout it, %.3f s would be the least.\n",
		      outcome->slowest, outcome->floor,
		      two ? "the other takes" : "half of all take", usual,
		      best->p99, outcome->without_slowest);
}

/* Of the same width, if both were run. */
static void advise_mode(FILE *out, const struct outcome *outcome,
			enum series threads, enum series processes,
			unsigned width)
{
	const struct figures *one = outcome_find(outcome, threads, width);
	const struct figures *other = outcome_find(outcome, processes, width);

	if (one == NULL || other == NULL)
		return;
	if (figures_alike(one, other))
		(void)fprintf(out,
			      "Threads and processes: no difference beyond the "
			      "spread at %u wide;\nprocesses survive a crash "
			      "of one.\n",
			      width);
	else
		(void)fprintf(out,
			      "%s are %.2f times as fast as %s at %u wide.\n",
			      one->wall < other->wall ? "Threads" : "Processes",
			      one->wall < other->wall ? other->wall / one->wall
						      : one->wall / other->wall,
			      one->wall < other->wall ? "processes" : "threads",
			      width);
}

void show_advice(FILE *out, const struct outcome *outcome)
{
	const struct figures *best = outcome_best(outcome), *enough;
	bool multiplexed;

	if (best == NULL) {
		(void)fputs("No row has a figure: see why above.\n", out);
		return;
	}
	if (outcome->stopped) {
		(void)fputs("Stopped before all was run: no advice.\n", out);
		return;
	}
	enough = find_enough(outcome, best);
	multiplexed = enough->row.workers < enough->row.width;
	advise_width(out, outcome, enough, best);
	advise_stages(out, enough);
	advise_limit(out, outcome, best);
	advise_outlier(out, outcome, best);
	advise_mode(out, outcome,
		    multiplexed ? SERIES_IN_THREADS : SERIES_THREADS,
		    multiplexed ? SERIES_IN_PROCESSES : SERIES_PROCESSES,
		    enough->row.width);
}
