/* cmd/bench/rows.c: what a benchmark compares. */
#include "bench/rows.h"

#include <string.h>

#include "unit/unit.h"

static void assert_widths(const struct widths *widths, const unsigned *want,
			  size_t n)
{
	assert_int_equal(widths->n, n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(widths->at[i], want[i]);
}

static void test_widths_are_numbers_and_ranges(void **state)
{
	static const struct {
		const char *text;
		unsigned want[8];
		size_t n;
	} cases[] = {
		{"5", {5}, 1},
		{"1,10,100", {1, 10, 100}, 3},
		{"100,1,10,1", {1, 10, 100}, 3},
		{"5..20:5", {5, 10, 15, 20}, 4},
		{"5..9:3", {5, 8}, 2},
		{"3..5", {3, 4, 5}, 3},
		{"7,1..3,100", {1, 2, 3, 7, 100}, 5},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct widths widths;

		unit_where(cases[i].text);
		assert_true(widths_parse(&widths, cases[i].text));
		assert_widths(&widths, cases[i].want, cases[i].n);
	}
}

static void test_widths_that_are_none(void **state)
{
	static const char *const cases[] = {
		"",     "0",      "-1",  "x",       "1,",     ",1",    "1..",
		"9..5", "1..5:0", "1 2", "1..1000", "100001", "1..5:", "1;2",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct widths widths;

		unit_where(cases[i]);
		assert_false(widths_parse(&widths, cases[i]));
	}
}

static void test_widths_that_suit_the_devices(void **state)
{
	static const unsigned forty[] = {5, 10, 15, 20, 25, 30, 35, 40};
	static const unsigned many[] = {10,  20,   50,   100,  200,
					500, 1000, 2000, 5000, 5460};
	static const unsigned three[] = {3};
	static const unsigned seven[] = {5, 7};
	struct widths widths;

	(void)state;
	widths_default(&widths, 40);
	assert_widths(&widths, forty, LENGTH(forty));
	widths_default(&widths, 5460);
	assert_widths(&widths, many, LENGTH(many));
	widths_default(&widths, 3);
	assert_widths(&widths, three, LENGTH(three));
	assert_true(widths_parse(&widths, "5..40:5"));
	widths_limit(&widths, 7);
	assert_widths(&widths, seven, LENGTH(seven));
}

#define ALL ((1u << NF_NMODES) - 1)
#define BOTH (POOL_CLASSIC | POOL_MULTIPLEXED)

static void test_rows_in_their_order_and_with_their_names(void **state)
{
	static const char *const want[] = {
		"sequential",
		"1 thread",
		"1 process",
		"20 threads",
		"20 sessions in 2 threads",
		"20 processes",
		"20 sessions in 2 processes",
		"5000 sessions in 2 threads",
		"5000 sessions in 2 processes",
	};
	struct row rows[ROWS_MAX];
	struct widths widths;
	char label[ROW_LABEL];

	(void)state;
	assert_true(widths_parse(&widths, "1,20,5000"));
	assert_int_equal(rows_list(rows, ALL, BOTH, &widths, 2), LENGTH(want));
	for (size_t i = 0; i < LENGTH(want); i++) {
		row_label(label, &rows[i]);
		assert_string_equal(label, want[i]);
	}
}

static void test_modes_and_pools_that_are_left_out(void **state)
{
	struct row rows[ROWS_MAX];
	struct widths widths;

	(void)state;
	assert_true(widths_parse(&widths, "20"));
	assert_int_equal(
		rows_list(rows, 1u << NF_MODE_SEQUENTIAL, BOTH, &widths, 2), 1);
	assert_int_equal(
		rows_list(rows, 1u << NF_MODE_THREAD, POOL_CLASSIC, &widths, 2),
		1);
	assert_int_equal(row_series(&rows[0]), SERIES_THREADS);
	assert_int_equal(rows_list(rows, 1u << NF_MODE_PROCESS,
				   POOL_MULTIPLEXED, &widths, 2),
			 1);
	assert_int_equal(row_series(&rows[0]), SERIES_IN_PROCESSES);
	assert_int_equal(rows_list(rows, 1u << NF_MODE_PROCESS,
				   POOL_MULTIPLEXED, &widths, 20),
			 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_widths_are_numbers_and_ranges),
	cmocka_unit_test(test_widths_that_are_none),
	cmocka_unit_test(test_widths_that_suit_the_devices),
	cmocka_unit_test(test_rows_in_their_order_and_with_their_names),
	cmocka_unit_test(test_modes_and_pools_that_are_left_out),
};

UNIT_MAIN(tests)
