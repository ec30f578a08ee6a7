/* cmd/bench/lap.c */
#include "bench/lap.h"

#include "unit/vclock.h"

static void test_a_lap_of_work_and_waiting_has_lost_nothing(void **state)
{
	struct lap lap;

	(void)state;
	lap_begin(&lap);
	assert_int_equal(lap_lost_ms(&lap, 0), 0);
	vclock_work(5000);
	assert_int_equal(lap_lost_ms(&lap, 0), 0);
	vclock_work(30);
	vclock_pass(20);
	assert_int_equal(lap_lost_ms(&lap, 20), 0);
}

static void test_a_lap_tells_what_went_by_beside_both(void **state)
{
	struct lap lap;

	(void)state;
	lap_begin(&lap);
	vclock_work(30);
	vclock_pass(2020);
	assert_int_equal(lap_lost_ms(&lap, 20), 2000);
	assert_int_equal(lap_lost_ms(&lap, 0), 0); /* that was the one before */
	vclock_pass(7);
	assert_int_equal(lap_lost_ms(&lap, 20), -13);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_lap_of_work_and_waiting_has_lost_nothing),
	cmocka_unit_test(test_a_lap_tells_what_went_by_beside_both),
};

UNIT_MAIN(tests)
