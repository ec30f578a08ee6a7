/* cmd/archive/dates.c */
#include "archive/dates.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "unit/unit.h"

#define BERLIN "CET-1CEST,M3.5.0,M10.5.0/3"
#define NEW_YORK "EST5EDT,M3.2.0,M11.1.0"
#define LORD_HOWE "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0" /* half an hour */

static void in_zone(const char *zone)
{
	assert_int_equal(setenv("TZ", zone, 1), 0);
	tzset();
}

/* What Greenwich calls the second in which a time ends. */
static void assert_ends(const char *text, const char *want)
{
	int64_t us = 0, now_us = INT64_C(1764471600) * 1000000; /* 03:00Z */
	char got[DATE_TEXT];
	time_t seconds;
	struct tm tm;

	unit_where(text);
	assert_true(date_read(&us, text, now_us));
	seconds = (time_t)(us / 1000000);
	assert_non_null(gmtime_r(&seconds, &tm));
	(void)strftime(got, sizeof(got), "%Y-%m-%d %H:%M:%S", &tm);
	assert_string_equal(got, want);
}

static void assert_refused(const char *text)
{
	int64_t us = 0;

	unit_where(text);
	assert_false(date_read(&us, text, clock_real_us()));
}

static void test_a_time_is_taken_to_its_end(void **state)
{
	int64_t us = 0;

	(void)state;
	in_zone("UTC0");
	assert_ends("2026-11-30", "2026-11-30 23:59:59");
	assert_ends("2026-11-30 02:17", "2026-11-30 02:17:59");
	assert_ends("2026-11-30 02:17:05", "2026-11-30 02:17:05");
	assert_ends("2026-11-30T02:17:05", "2026-11-30 02:17:05");
	assert_ends("2024-02-29", "2024-02-29 23:59:59");
	assert_true(date_read(&us, "2026-11-30 02:17:05", 0));
	assert_int_equal(us % 1000000, 999999);
}

static void test_a_time_is_local_unless_a_zone_is_behind_it(void **state)
{
	(void)state;
	in_zone(BERLIN);
	assert_ends("2026-11-30", "2026-11-30 22:59:59");
	assert_ends("2026-07-30 12:00:00", "2026-07-30 10:00:00");
	assert_ends("2026-07-30 12:00:00Z", "2026-07-30 12:00:00");
	assert_ends("2026-07-30T12:00:00+05:30", "2026-07-30 06:30:00");
	assert_ends("2026-07-30T12:00-0800", "2026-07-30 20:00:59");
	assert_ends("2026-07-30T12:00+02", "2026-07-30 10:00:59");
	in_zone(NEW_YORK);
	assert_ends("2026-11-30", "2026-12-01 04:59:59");
}

static void test_a_time_that_comes_twice_is_the_later_one(void **state)
{
	(void)state;
	in_zone(BERLIN);
	assert_ends("2026-10-25 02:30:00", "2026-10-25 01:30:00");
	assert_ends("2026-10-25 01:59:59", "2026-10-24 23:59:59");
	assert_ends("2026-10-25", "2026-10-25 22:59:59"); /* 25 hours */
	in_zone(NEW_YORK);
	assert_ends("2026-11-01 01:30:00", "2026-11-01 06:30:00");
	in_zone(LORD_HOWE);
	assert_ends("2026-04-05 01:45:00", "2026-04-04 15:15:00");
}

/* Any reading will do that is next to the hour which is left out. */
static void test_a_time_that_is_left_out_is_read_all_the_same(void **state)
{
	int64_t before = 0, within = 0, after = 0;

	(void)state;
	in_zone(BERLIN);
	assert_true(date_read(&before, "2026-03-29 01:29:59", 0));
	assert_true(date_read(&within, "2026-03-29 02:30:00", 0));
	assert_true(date_read(&after, "2026-03-29 03:30:01", 0));
	assert_true(before < within && within < after);
	assert_ends("2026-03-29", "2026-03-29 21:59:59"); /* 23 hours */
}

static void test_yesterday_is_a_day_of_the_calendar(void **state)
{
	(void)state;
	in_zone("UTC0");
	assert_ends("yesterday", "2025-11-29 23:59:59");
	in_zone(NEW_YORK); /* the 29th still */
	assert_ends("yesterday", "2025-11-29 04:59:59");
}

static void test_a_span_is_so_long_ago(void **state)
{
	(void)state;
	in_zone(BERLIN);
	assert_ends("90m", "2025-11-30 01:30:00");
	assert_ends("3h", "2025-11-30 00:00:00");
	assert_ends("3h ago", "2025-11-30 00:00:00");
	assert_ends("2d", "2025-11-28 03:00:00");
	assert_ends("1w ago", "2025-11-23 03:00:00");
}

static void test_what_is_no_time_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		" ",
		"2026",
		"2026-11",
		"2026-11-",
		"2026-1-30",
		"2026-11-31",
		"2026-02-29",
		"2026-13-01",
		"2026-00-10",
		"1969-12-31",
		"2026-11-30 ",
		"2026-11-30 2:17",
		"2026-11-30 02",
		"2026-11-30 24:00",
		"2026-11-30 02:60",
		"2026-11-30 02:17:",
		"2026-11-30 02:17:60",
		"2026-11-30 02:17:05.5",
		"2026-11-30 02:17z",
		"2026-11-30 02:17 Z",
		"2026-11-30 02:17+1",
		"2026-11-30 02:17+01:",
		"2026-11-30 02:17+15",
		"2026-11-30 02:17+01:60",
		"2026-11-30 02:17+01:00x",
		"2026-11-30Z",
		" 2026-11-30",
		"+026-11-30",
		"2026-11-30x",
		"20261130",
		"tomorrow",
		"Yesterday",
		"2",
		"d",
		"0d",
		"-2d",
		"2 d",
		"2dd",
		"2d  ago",
		" ago",
		"2d agos",
		"999999d",
		"1.5d",
		"1e3d",
		"2y",
		"HEAD",
		"4f5e6a7",
	};

	(void)state;
	in_zone("UTC0");
	for (size_t i = 0; i < LENGTH(texts); i++)
		assert_refused(texts[i]);
}

static void test_spans_are_numbers_with_a_unit(void **state)
{
	int64_t us = 0;

	(void)state;
	assert_true(date_span(&us, "90m"));
	assert_int_equal(us, INT64_C(5400) * 1000000);
	assert_true(date_span(&us, "99999w"));
	assert_int_equal(us, INT64_C(99999) * 604800 * 1000000);
	assert_false(date_span(&us, "2d ago"));
	assert_false(date_span(&us, "yesterday"));
	assert_false(date_span(&us, "2"));
}

/* To tell a date with a slip in it from a name of git's. */
static void test_a_year_and_a_dash_are_meant_as_a_time(void **state)
{
	(void)state;
	assert_true(date_is_meant("2026-13-45"));
	assert_true(date_is_meant("2026-"));
	assert_false(date_is_meant("2026"));
	assert_false(date_is_meant("v2026-1"));
	assert_false(date_is_meant(""));
}

static void test_a_time_is_written_as_it_is_read(void **state)
{
	char text[DATE_TEXT], again[DATE_TEXT];
	int64_t us = 0;

	(void)state;
	in_zone(BERLIN);
	date_text(text, INT64_C(1780000000) * 1000000);
	assert_string_equal(text, "2026-05-28 22:26:40");
	assert_true(date_read(&us, text, 0));
	date_text(again, us);
	assert_string_equal(again, text);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_time_is_taken_to_its_end),
	cmocka_unit_test(test_a_time_is_local_unless_a_zone_is_behind_it),
	cmocka_unit_test(test_a_time_that_comes_twice_is_the_later_one),
	cmocka_unit_test(test_a_time_that_is_left_out_is_read_all_the_same),
	cmocka_unit_test(test_yesterday_is_a_day_of_the_calendar),
	cmocka_unit_test(test_a_span_is_so_long_ago),
	cmocka_unit_test(test_what_is_no_time_is_refused),
	cmocka_unit_test(test_spans_are_numbers_with_a_unit),
	cmocka_unit_test(test_a_year_and_a_dash_are_meant_as_a_time),
	cmocka_unit_test(test_a_time_is_written_as_it_is_read),
};

UNIT_MAIN(tests)
