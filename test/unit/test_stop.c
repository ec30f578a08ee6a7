/* cmd/stop.c: what stops a run. */
#include "stop.h"

#include <limits.h>
#include <signal.h>
#include <unistd.h>

#include "clock.h"
#include "unit/unit.h"

static struct stop begin(void)
{
	struct stop stop;

	assert_int_equal(stop_init(&stop), 0);
	stop_update(&stop);
	assert_false(stop.asked);
	return stop;
}

static void test_without_an_end_only_signals_are_waited_for(void **state)
{
	struct stop stop = begin();

	(void)state;
	assert_int_equal(stop_wait_ms(&stop), -1);
	(void)close(stop.fd);
}

static void test_the_first_signal_asks_and_the_second_insists(void **state)
{
	struct stop stop = begin();

	(void)state;
	assert_int_equal(raise(SIGTERM), 0);
	stop_update(&stop);
	assert_true(stop.asked);
	assert_false(stop.now);
	assert_string_equal(stop_name(&stop), "SIGTERM");
	assert_int_equal(raise(SIGINT), 0);
	stop_update(&stop);
	assert_true(stop.now);
	assert_int_equal(stop.signal, SIGTERM);
	(void)close(stop.fd);
}

static void test_the_end_asks_once_it_has_come(void **state)
{
	struct stop stop = begin();

	(void)state;
	stop.end_ms = clock_ms() + 3600000;
	stop_update(&stop);
	assert_false(stop.asked);
	assert_in_range(stop_wait_ms(&stop), 1, 3600000);
	stop.end_ms = clock_ms();
	assert_int_equal(stop_wait_ms(&stop), 0);
	stop_update(&stop);
	assert_true(stop.asked);
	assert_int_equal(stop.signal, 0);
	assert_string_equal(stop_name(&stop), "--deadline");
	assert_in_range(stop.deadline_ms, stop.end_ms + STOP_GRACE_MS,
			INT64_MAX);
	(void)close(stop.fd);
}

static void test_the_grace_is_over_in_the_end(void **state)
{
	struct stop stop = begin();

	(void)state;
	stop.end_ms = clock_ms();
	stop_update(&stop);
	assert_in_range(stop_wait_ms(&stop), 0, STOP_GRACE_MS);
	stop.deadline_ms = clock_ms();
	stop_update(&stop);
	assert_true(stop.now);
	(void)close(stop.fd);
}

static void test_an_end_that_is_far_is_waited_for_in_parts(void **state)
{
	struct stop stop = begin();

	(void)state;
	stop.end_ms = INT64_MAX;
	assert_int_equal(stop_wait_ms(&stop), INT_MAX);
	(void)close(stop.fd);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_without_an_end_only_signals_are_waited_for),
	cmocka_unit_test(test_the_first_signal_asks_and_the_second_insists),
	cmocka_unit_test(test_the_end_asks_once_it_has_come),
	cmocka_unit_test(test_the_grace_is_over_in_the_end),
	cmocka_unit_test(test_an_end_that_is_far_is_waited_for_in_parts),
};
UNIT_MAIN(tests)
