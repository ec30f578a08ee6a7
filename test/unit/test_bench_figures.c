/* cmd/bench: figures of runs, how rows compare, what is advised and drawn. */
#include "bench/figures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/axes.h"
#include "bench/export.h"
#include "bench/show.h"
#include "bench/validate.h"
#include "format/fold.h"
#include "unit/invtext.h"
#include "unit/unit.h"

#define DEVICES 4
#define DEVICE(n)                                                              \
	"- {name: R" #n ", device_type: cisco_ios, host: 10.0.0." #n "}\n"
#define FOUR DEVICE(1) DEVICE(2) DEVICE(3) DEVICE(4)

static const struct row sequential = {NF_MODE_SEQUENTIAL, 1, 1};
static const struct row threads = {NF_MODE_THREAD, 4, 4};
static const struct row processes = {NF_MODE_PROCESS, 4, 4};

/* A run of four devices that took so many milliseconds each. */
static struct bench_run run_of(int64_t wall_ms, int64_t a, int64_t b, int64_t c,
			       int64_t d)
{
	const int64_t ms[DEVICES] = {a, b, c, d};
	struct bench_run run = {.wall_us = wall_ms * 1000,
				.user_us = 30000,
				.system_us = 10000,
				.memory = 1 << 20,
				.switches = 7};

	assert_int_equal(bench_run_alloc(&run, DEVICES), 0);
	for (int i = 0; i < DEVICES; i++)
		run.samples[i].us[NF_TIME_TOTAL] = ms[i] * 1000;
	return run;
}

static void assert_near(double got, double want)
{
	double distance = got > want ? got - want : want - got;

	if (distance > 1e-9 + want * 1e-6)
		fail_msg("%g is not %g", got, want);
}

static void test_the_figures_of_three_runs(void **state)
{
	struct bench_run runs[] = {run_of(500, 100, 200, 300, 400),
				   run_of(400, 100, 200, 300, 400),
				   run_of(700, 100, 200, 300, 1000)};
	struct figures figures;

	(void)state;
	runs[1].memory = 3 << 20;
	figures_take(&figures, &threads, runs, 3, DEVICES);
	assert_int_equal(figures.nruns, 3);
	assert_near(figures.wall, 0.5);
	assert_near(figures.wall_min, 0.4);
	assert_near(figures.wall_max, 0.7);
	assert_near(figures_spread(&figures), 0.3);
	assert_near(figures.rate, 8);
	assert_near(figures.p50, 0.25);
	assert_near(figures.p95, 0.67); /* between the last two of twelve */
	assert_near(figures.max, 1.0);
	assert_near(figures.user + figures.system, 0.04);
	assert_near(figures.memory, 3 << 20);
	assert_near(figures.switches, 7);
	assert_near(figures.stage[NF_TIME_TOTAL], 0.3);
	for (size_t i = 0; i < LENGTH(runs); i++)
		bench_run_release(&runs[i]);
}

static void test_answers_beside_the_right_ones(void **state)
{
	struct bench_run right = run_of(100, 1, 1, 1, 1);
	struct bench_run other = run_of(100, 1, 1, 1, 1);
	size_t at = 9;

	(void)state;
	other.samples[1].exact = 1; /* another number */
	other.samples[2].exact = other.samples[2].loose = 2;
	assert_int_equal(bench_run_differs(&right, &right, DEVICES, true, &at),
			 0);
	assert_int_equal(at, 9);
	assert_int_equal(bench_run_differs(&other, &right, DEVICES, true, &at),
			 2);
	assert_int_equal(at, 1);
	assert_int_equal(bench_run_differs(&other, &right, DEVICES, false, &at),
			 1);
	assert_int_equal(at, 2);
	assert_int_equal(bench_run_failed(&other, DEVICES, &at), 0);
	other.samples[3].code = NF_TIMEOUT;
	assert_int_equal(bench_run_failed(&other, DEVICES, &at), 1);
	assert_int_equal(at, 3);
	bench_run_release(&right);
	bench_run_release(&other);
}

static void test_a_row_without_runs_has_no_figure(void **state)
{
	struct figures figures;

	(void)state;
	figures_take(&figures, &threads, NULL, 0, DEVICES);
	assert_int_equal(figures.nruns, 0);
	assert_near(figures.wall, 0);
}

static struct figures walls(const struct row *row, double min, double median,
			    double max)
{
	return (struct figures){.row = *row,
				.nruns = 3,
				.wall = median,
				.wall_min = min,
				.wall_max = max,
				.p50 = 0.2,
				.p99 = 0.25,
				.max = 0.3,
				.user = 0.1,
				.memory = 1 << 20};
}

static void test_a_difference_within_the_spread_is_none(void **state)
{
	struct figures one = walls(&threads, 0.9, 1.0, 1.2);
	struct figures overlaps = walls(&processes, 1.1, 1.3, 1.4);
	struct figures slower = walls(&processes, 1.3, 1.4, 1.5);
	struct figures close = walls(&processes, 1.021, 1.025, 1.03);
	struct figures still = walls(&threads, 0.999, 1.0, 1.001);

	(void)state;
	assert_true(figures_alike(&one, &overlaps));
	assert_true(figures_alike(&overlaps, &one));
	assert_false(figures_alike(&one, &slower));
	assert_true(figures_alike(&still, &close));
}

/* Of those rows: sequential, threads, processes. */
static struct outcome outcome_of(struct figures *rows, size_t n)
{
	struct outcome outcome = {.rows = rows,
				  .nrows = n,
				  .ndevices = DEVICES,
				  .ncommands = 1,
				  .nruns = 3,
				  .cores = 2,
				  .floor = 0.3,
				  .without_slowest = 0.29,
				  .slowest = "R4"};

	outcome_compare(&outcome);
	return outcome;
}

static void test_rows_beside_sequential(void **state)
{
	struct figures rows[] = {walls(&sequential, 0.99, 1.0, 1.01),
				 walls(&threads, 0.32, 0.33, 0.34),
				 walls(&processes, 0.49, 0.5, 0.51)};
	struct outcome outcome = outcome_of(rows, LENGTH(rows));

	(void)state;
	assert_near(rows[0].speedup, 1);
	assert_near(rows[2].speedup, 2);
	assert_near(rows[2].efficiency, 0.5);
	assert_ptr_equal(outcome_best(&outcome), &rows[1]);
	assert_near(outcome.cpu, 0.05);
	assert_ptr_equal(outcome_find(&outcome, SERIES_PROCESSES, 4), &rows[2]);
	rows[2].nruns = 0;
	assert_null(outcome_find(&outcome, SERIES_PROCESSES, 4));
}

/* What fn writes of the outcome. */
static char *shown(void (*fn)(FILE *out, const struct outcome *outcome),
		   const struct outcome *outcome)
{
	static char text[65536];
	FILE *out = fmemopen(text, sizeof(text), "w");

	assert_non_null(out);
	fn(out, outcome);
	(void)fclose(out);
	return text;
}

static void show_whole_table(FILE *out, const struct outcome *outcome)
{
	show_table(out, outcome, FOLD_NEVER);
}

static void show_whole_chart(FILE *out, const struct outcome *outcome)
{
	show_chart(out, outcome, FOLD_NEVER);
}

static void assert_says(const char *text, const char *what)
{
	if (strstr(text, what) == NULL)
		fail_msg("no '%s' in:\n%s", what, text);
}

static void test_what_is_advised(void **state)
{
	struct figures rows[] = {walls(&sequential, 0.99, 1.0, 1.01),
				 walls(&threads, 0.32, 0.33, 0.34),
				 walls(&processes, 0.32, 0.331, 0.34)};
	struct outcome outcome = outcome_of(rows, LENGTH(rows));

	(void)state;
	assert_says(shown(show_advice, &outcome),
		    "4 threads suffice: 0:00:00.330, 3.0 times as fast");
	assert_says(shown(show_advice, &outcome),
		    "A session of it: connect 0.000 s, handshake 0.000 s, ");
	assert_says(shown(show_advice, &outcome),
		    "latency: the slowest device, R4, takes 0.300 s");
	assert_says(shown(show_advice, &outcome),
		    "no difference beyond the spread at 4 wide");
	outcome.floor = 0.1;
	outcome.cpu = 0.25;
	assert_says(shown(show_advice, &outcome), "What limits is CPU");
	outcome.cpu = 0.01;
	rows[0].p50 = 0.1;
	assert_says(shown(show_advice, &outcome), "the devices' side");
	rows[0].p50 = 0.2;
	outcome.ndevices = 100;
	assert_says(shown(show_advice, &outcome), "it is the width");
	assert_says(shown(show_advice, &outcome), "the widest that was tried");
	outcome.floor = 5;
	assert_says(shown(show_advice, &outcome), "One device is slow: R4");
	for (size_t i = 0; i < LENGTH(rows); i++)
		rows[i].nruns = 0;
	assert_says(shown(show_advice, &outcome), "No row has a figure");
}

/* What a row tells of the least that devices take, when so much CPU is used. */
static struct outcome floor_at(double cpu)
{
	struct bench_run one = run_of(1000, 100, 200, 300, 400);
	struct figures row = {
		.nruns = 1, .wall = 1, .user = cpu / 2, .devices_cpu = cpu / 2};
	struct outcome outcome = {.rows = &row, .cores = 2};
	struct bench_runs runs = {.nrows = 1, .each = 1, .at = &one};

	runs.inv = invtext_parse(FOUR);
	validate_floor(&outcome, &runs);
	nf_inventory_free((struct nf_inventory *)(uintptr_t)runs.inv);
	bench_run_release(&one);
	return outcome;
}

static void test_a_busy_row_tells_no_floor(void **state)
{
	(void)state;
	assert_near(floor_at(0.5).floor, 0.4);
	assert_near(floor_at(0.5).without_slowest, 0.3);
	/* Sessions waited for a processor: nobody knows what a device takes. */
	assert_near(floor_at(1.9).floor, 0);
}

/* Where wider rows failed, where one row is all, where it was told to be slow.
 */
static void test_what_is_not_advised(void **state)
{
	struct figures rows[] = {walls(&sequential, 0.99, 1.0, 1.01),
				 walls(&threads, 0.32, 0.33, 0.34),
				 walls(&processes, 0.42, 0.43, 0.44)};
	struct outcome outcome = outcome_of(rows, LENGTH(rows));
	const char *text = shown(show_advice, &outcome);

	(void)state;
	assert_says(text, "; nothing else is faster.");
	assert_says(text, "4 threads are 1.30 times as fast as 4 processes.");
	outcome.nruns = 1;
	assert_says(shown(show_advice, &outcome), "may be chance");
	rows[1].nruns = rows[2].nruns = 0;
	text = shown(show_advice, &outcome);
	assert_null(strstr(text, "nothing else"));
	rows[2].failed = true;
	assert_says(shown(show_advice, &outcome),
		    "the devices' side: at 4 wide, devices fail that answer");
	rows[2].failed = false;
	outcome.login_rate = 5;
	assert_says(shown(show_advice, &outcome), "--rate: so many logins");
	outcome.login_rate = 0;
	rows[1].nruns = 3;
	rows[1].max = 0.32;
	outcome.floor = 0.19;
	assert_says(shown(show_advice, &outcome), "latency, which changes");
}

static void test_no_time_is_shown_without_a_figure(void **state)
{
	struct figures rows[] = {walls(&sequential, 0.99, 1.0, 1.01),
				 walls(&threads, 0.32, 0.33, 0.34)};
	struct outcome outcome = outcome_of(rows, LENGTH(rows));
	const char *text;

	(void)state;
	rows[1].nruns = 0;
	(void)stpcpy(rows[1].why, "run 2: 1 of 4 devices failed");
	text = shown(show_whole_table, &outcome);
	assert_says(text, "0:00:01.000");
	assert_says(text, "- run 2: 1 of 4 devices failed");
	assert_null(strstr(text, "0.33"));
	assert_null(strstr(shown(export_csv, &outcome), "0.33"));
	text = shown(export_json, &outcome);
	assert_null(strstr(text, "0.33"));
	assert_says(text, "\"error\":\"run 2: 1 of 4 devices failed\"");
}

static void test_a_clock_as_pythons(void **state)
{
	static const struct {
		double seconds;
		const char *text;
	} cases[] = {{0.2, "0:00:00.200"},
		     {20.7284, "0:00:20.728"},
		     {557.1878, "0:09:17.188"},
		     {36000, "10:00:00.000"},
		     {59.9996, "0:01:00.000"}};
	char text[CLOCK_TEXT];

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		show_clock(text, cases[i].seconds);
		assert_string_equal(text, cases[i].text);
	}
}

/* Whatever the range is, there are some, in order and within it. */
static void test_ticks_of_any_axis(void **state)
{
	static const double ends[] = {1e-3, 0.02, 0.3,  1,  7,
				      40,   303,  5460, 1e6};

	(void)state;
	for (size_t i = 0; i < LENGTH(ends); i++) {
		for (size_t k = i + 1; k < LENGTH(ends); k++) {
			struct axis axis = {.min = ends[i],
					    .max = ends[k],
					    .log = ends[k] > 8 * ends[i]};
			double ticks[TICKS_MAX];
			size_t n = axis_ticks(&axis, ticks);

			assert_in_range(n, 1, TICKS_MAX);
			for (size_t t = 0; t < n; t++) {
				assert_true(ticks[t] >= axis.min);
				assert_true(ticks[t] <= axis.max);
				assert_true(t == 0 || ticks[t] > ticks[t - 1]);
			}
		}
	}
}

#define MARK "transform=\"translate("

/* Those of the rows: marks of the legend are below the frame. */
static size_t count_marks_within(const char *svg, double left, double right,
				 double top, double bottom)
{
	size_t n = 0;

	while ((svg = strstr(svg, MARK)) != NULL) {
		double x, y;

		svg += strlen(MARK);
		if (sscanf(svg, "%lf,%lf", &x, &y) == 2 && x > left &&
		    x < right && y > top && y < bottom)
			n++;
	}
	return n;
}

/* The frame holds every mark; one row alone is drawn, too. */
static void test_chart_and_plot_of_few_and_many(void **state)
{
	struct figures rows[] = {walls(&sequential, 290, 303, 310),
				 walls(&threads, 7.6, 7.7, 9),
				 walls(&processes, 7.6, 7.8, 8)};

	(void)state;
	for (size_t n = 1; n <= LENGTH(rows); n++) {
		struct outcome outcome = outcome_of(rows, n);
		const char *svg;

		outcome.floor = n == 1 ? 0.3 : 7.5;
		assert_says(shown(show_whole_chart, &outcome), "s sequential");
		assert_says(shown(show_whole_chart, &outcome),
			    n == 1 ? "... CPU, 0.050 s\n"
				   : "below: CPU, 0.050 s\n");
		svg = shown(show_plot, &outcome);
		assert_says(svg, "</svg>");
		assert_says(svg,
			    n == 1 ? ">CPU, 0.05 s<" : ">CPU, 0.05 s (below)<");
		assert_int_equal(count_marks_within(svg, 76, 740, 56, 364), n);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_the_figures_of_three_runs),
	cmocka_unit_test(test_answers_beside_the_right_ones),
	cmocka_unit_test(test_a_row_without_runs_has_no_figure),
	cmocka_unit_test(test_a_difference_within_the_spread_is_none),
	cmocka_unit_test(test_rows_beside_sequential),
	cmocka_unit_test(test_what_is_advised),
	cmocka_unit_test(test_a_busy_row_tells_no_floor),
	cmocka_unit_test(test_what_is_not_advised),
	cmocka_unit_test(test_no_time_is_shown_without_a_figure),
	cmocka_unit_test(test_a_clock_as_pythons),
	cmocka_unit_test(test_ticks_of_any_axis),
	cmocka_unit_test(test_chart_and_plot_of_few_and_many),
};

UNIT_MAIN(tests)
