/* Advice from an outcome. */
#include "bench/show.h"

#define LIMIT_SHARE 0.75 /* of the wall time: what takes it is the limit */
#define LIMIT_CPU_SHARE 0.60 /* less, as no machine gives all of its CPU */
#define OUTLIER 3 /* times as long as the median device */

/* Find the row that suffices: of those as fast as the best the narrowest, then
 * the cheapest. */
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

static size_t count_rows(const struct outcome *outcome)
{
	size_t n = 0;

	for (size_t i = 0; i < outcome->nrows; i++)
		n += outcome->rows[i].nruns > 0;
	return n;
}

/* Find the least width at which devices failed that answer at others; 0: none.
 */
static unsigned failing_width(const struct outcome *outcome)
{
	unsigned width = 0;

	for (size_t i = 0; i < outcome->nrows; i++) {
		const struct figures *row = &outcome->rows[i];

		if (row->failed && (width == 0 || row->row.width < width))
			width = row->row.width;
	}
	return width;
}

static void advise_others(FILE *out, const struct outcome *outcome,
			  bool is_best)
{
	if (count_rows(outcome) > 1)
		(void)fprintf(out, "; nothing else%s is faster%s",
			      failing_width(outcome) > 0 ? " that has a figure"
							 : "",
			      is_best              ? ""
			      : outcome->nruns > 1 ? " beyond the spread"
						   : " by more than 3 %");
	(void)fputs(".\n", out);
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
	advise_others(out, outcome, enough == best);
	if (enough->row.width == widest(outcome) &&
	    enough->row.width < outcome->ndevices)
		(void)fputs("It is the widest that was tried: more may be "
			    "faster still.\n",
			    out);
}

/* Tell where the time of a session went, on average. */
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

/* ---- limits */

/*
 * A limit of the best row that no width takes away: true when it applies, and
 * was told.
 */
typedef bool limit_fn(FILE *out, const struct outcome *outcome,
		      const struct figures *best);

static const char *devices_included(const struct outcome *outcome)
{
	return outcome->simulated ? " (the simulated devices' included)" : "";
}

static bool limit_failures(FILE *out, const struct outcome *outcome,
			   const struct figures *best)
{
	unsigned failing = failing_width(outcome);

	if (failing <= best->row.width)
		return false;
	(void)fprintf(out,
		      "What limits is the devices' side: at %u wide, devices "
		      "fail that answer at %u; what checks logins may have a "
		      "cap (--rate).\n",
		      failing, best->row.width);
	return true;
}

static bool limit_rate(FILE *out, const struct outcome *outcome,
		       const struct figures *best)
{
	double least = 0;

	if (outcome->login_rate > 0)
		least = (double)outcome->ndevices / outcome->login_rate;
	if (least < LIMIT_SHARE * best->wall)
		return false;
	(void)fprintf(out,
		      "What limits is --rate: so many logins take %.3f s.\n",
		      least);
	return true;
}

static bool limit_latency(FILE *out, const struct outcome *outcome,
			  const struct figures *best)
{
	if (outcome->floor < LIMIT_SHARE * best->wall)
		return false;
	(void)fprintf(out,
		      "What limits is latency: the slowest device, %s, takes "
		      "%.3f s by itself.\n",
		      outcome->slowest, outcome->floor);
	return true;
}

static bool limit_cpu(FILE *out, const struct outcome *outcome,
		      const struct figures *best)
{
	if (outcome->cpu < LIMIT_CPU_SHARE * best->wall)
		return false;
	(void)fprintf(out,
		      "What limits is CPU: %.3f s of work for each processor, "
		      "in %.3f s%s.\n",
		      outcome->cpu, best->wall, devices_included(outcome));
	return true;
}

static bool limit_latency_and_cpu(FILE *out, const struct outcome *outcome,
				  const struct figures *best)
{
	if (outcome->floor + outcome->cpu < LIMIT_SHARE * best->wall)
		return false;
	(void)fprintf(out,
		      "What limits is latency and CPU: the slowest device, %s, "
		      "takes %.3f s by itself, and there are %.3f s of work "
		      "for each processor%s.\n",
		      outcome->slowest, outcome->floor, outcome->cpu,
		      devices_included(outcome));
	return true;
}

/* Sessions that take longer in a wider row, though there is CPU time left. */
static bool limit_slower(FILE *out, const struct outcome *outcome,
			 const struct figures *best)
{
	const struct figures *narrow = narrowest(outcome);

	if (best->p50 <= 1.5 * narrow->p50)
		return false;
	(void)fprintf(out,
		      "What limits is the devices' side: half of the sessions "
		      "take %.3f s at %u wide, %.3f s at %u, and it is not "
		      "CPU: what checks logins may have a cap (--rate).\n",
		      best->p50, best->row.width, narrow->p50,
		      narrow->row.width);
	return true;
}

static bool limit_changing(FILE *out, const struct outcome *outcome,
			   const struct figures *best)
{
	if (best->row.width < outcome->ndevices ||
	    best->max < LIMIT_SHARE * best->wall)
		return false;
	(void)fprintf(out,
		      "What limits is latency, which changes: the slowest "
		      "session of that row took %.3f s.\n",
		      best->max);
	return true;
}

/* Tell the first limit that applies, or that none does. */
static void advise_limit(FILE *out, const struct outcome *outcome,
			 const struct figures *best)
{
	static limit_fn *const limits[] = {
		limit_failures,        limit_rate,   limit_latency, limit_cpu,
		limit_latency_and_cpu, limit_slower, limit_changing};

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		if (limits[i](out, outcome, best))
			return;
	}
	if (outcome->floor == 0)
		(void)fputs("What a device takes by itself cannot be told of "
			    "such rows: run a narrow one, too.\n",
			    out);
	else
		(void)fprintf(out,
			      "Neither CPU nor the slowest device limits: it "
			      "is the width, or %s.\n",
			      outcome->logins > 0
				      ? "--logins"
				      : "what a run costs by itself");
}

/* ---- devices and modes */

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
		      "(p99 %.3f s, max %.3f s); without it, %.3f s would be "
		      "the least.\n",
		      outcome->slowest, outcome->floor,
		      two ? "the other takes" : "half of all take", usual,
		      best->p99, best->max, outcome->without_slowest);
}

/* Compare threads and processes of one width, if both were run. */
static void advise_mode(FILE *out, const struct outcome *outcome,
			enum series threads, enum series processes,
			unsigned width)
{
	const struct figures *fast = outcome_find(outcome, threads, width);
	const struct figures *slow = outcome_find(outcome, processes, width);
	char fast_label[ROW_LABEL], slow_label[ROW_LABEL];

	if (fast == NULL || slow == NULL)
		return;
	if (slow->wall < fast->wall) {
		fast = slow;
		slow = outcome_find(outcome, threads, width);
	}
	row_label(fast_label, &fast->row);
	row_label(slow_label, &slow->row);
	if (figures_alike(fast, slow))
		(void)fprintf(out,
			      "Threads and processes: no difference beyond the "
			      "spread at %u wide; processes survive a crash "
			      "of one.\n",
			      width);
	else
		(void)fprintf(out, "%s are %.2f times as fast as %s%s.\n",
			      fast_label, slow->wall / fast->wall, slow_label,
			      outcome->nruns > 1
				      ? ""
				      : ", which may be chance: one run each");
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
