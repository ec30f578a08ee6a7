/* cmd/bench/stall.c */
#include "bench/stall.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "unit/vclock.h"

/* What the system says of the time in which this program was ready, and others
 * ran: microseconds; below 0: it says nothing. */
static int64_t queued_us;
static char schedstat[64];

/* Takes the place of the system's own in all that is linked with this. */
FILE *fopen(const char *path, const char *mode)
{
	(void)mode;
	assert_string_equal(path, "/proc/self/schedstat");
	(void)snprintf(schedstat, sizeof(schedstat), "1 %" PRId64 "000 3\n",
		       queued_us);
	return queued_us >= 0 ? fmemopen(schedstat, strlen(schedstat), "r")
			      : NULL;
}

/* Others have the processor. */
static void be_queued(int64_t ms)
{
	vclock_pass(ms);
	queued_us += ms * 1000;
}

static void test_work_and_waiting_are_no_stall(void **state)
{
	struct stall_clock clock;

	(void)state;
	stall_clock_start(&clock);
	assert_int_equal(stall_clock_ms(&clock, 0), 0);
	vclock_work(5000);
	assert_int_equal(stall_clock_ms(&clock, 0), 0);
	vclock_work(30);
	vclock_pass(20);
	assert_int_equal(stall_clock_ms(&clock, 20), 0);
}

static void test_a_stall_is_what_went_by_beside_both(void **state)
{
	struct stall_clock clock;

	(void)state;
	stall_clock_start(&clock);
	vclock_work(30);
	vclock_pass(2020);
	assert_int_equal(stall_clock_ms(&clock, 20), 2000);
	assert_int_equal(stall_clock_ms(&clock, 0), 0); /* told once */
	vclock_pass(7);
	assert_int_equal(stall_clock_ms(&clock, 20), -13);
}

static void test_a_processor_that_others_have_is_no_stall(void **state)
{
	struct stall_clock clock;

	(void)state;
	stall_clock_start(&clock);
	be_queued(5000);
	assert_int_equal(stall_clock_ms(&clock, 0), 0);
	be_queued(300);
	vclock_pass(2000);
	assert_int_equal(stall_clock_ms(&clock, 0), 2000);
}

static void test_where_no_queue_is_told_all_of_it_is_a_stall(void **state)
{
	struct stall_clock clock;

	(void)state;
	queued_us = -1;
	stall_clock_start(&clock);
	vclock_pass(2000);
	assert_int_equal(stall_clock_ms(&clock, 0), 2000);
	queued_us = 0;
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_processor_that_others_have_is_no_stall),
	cmocka_unit_test(test_where_no_queue_is_told_all_of_it_is_a_stall),
	cmocka_unit_test(test_work_and_waiting_are_no_stall),
	cmocka_unit_test(test_a_stall_is_what_went_by_beside_both),
};

UNIT_MAIN(tests)
