/* cmd/bench/stall.c */
#include "bench/stall.h"

#include "unit/vclock.h"

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

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_work_and_waiting_are_no_stall),
	cmocka_unit_test(test_a_stall_is_what_went_by_beside_both),
};

UNIT_MAIN(tests)
