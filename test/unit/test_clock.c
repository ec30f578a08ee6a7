/* lib/base/clock.c */
#include "base/clock.h"

#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <time.h>

#include "unit/unit.h"

static void test_clock_never_goes_back(void **state)
{
	int64_t last_us = clock_us(), last_ms = clock_ms();

	(void)state;
	for (int i = 0; i < 10000; i++) {
		int64_t us = clock_us(), ms = clock_ms();

		assert_true(us >= last_us);
		assert_true(ms >= last_ms);
		last_us = us;
		last_ms = ms;
	}
}

static void test_clock_ms_and_us_are_one_clock(void **state)
{
	int64_t before = clock_us(), ms = clock_ms(), after = clock_us();

	(void)state;
	assert_true(ms >= before / 1000);
	assert_true(ms <= after / 1000);
}

static void *read_clock(void *arg)
{
	int64_t *ms = arg;

	*ms = clock_ms();
	return NULL;
}

static void test_clock_stand_holds_this_thread_s_clock_alone(void **state)
{
	int64_t before_us = clock_us(), before = clock_ms(), other = 0;
	pthread_t thread;

	(void)state;
	clock_stand(100000);
	assert_int_equal(pthread_create(&thread, NULL, read_clock, &other), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_in_range(before - clock_ms(), 90000, 100000);
	assert_true(other >= before);
	assert_true(clock_us() >= before_us); /* durations go on */
	clock_stand(-100000);
	assert_true(clock_ms() >= before);
}

static void test_clock_sees_a_sleep_whole(void **state)
{
	int64_t begin = clock_us();

	(void)state;
	(void)poll(NULL, 0, 20);
	assert_true(clock_us() - begin >= 20000);
}

static void test_clock_real_counts_from_1970(void **state)
{
	int64_t now = (int64_t)time(NULL);

	(void)state;
	assert_in_range(clock_real_us() / 1000000, now - 1, now + 1);
}

static void test_clock_wait_ms(void **state)
{
	static const struct {
		int64_t deadline_ms, now_ms;
		int wait_ms;
	} cases[] = {
		{NO_DEADLINE, 5, -1},
		{NO_DEADLINE, 0, -1},
		{1000, 400, 600},
		{1001, 1000, 1},
		{1000, 1000, 0},
		{1000, 1001, 0},
		{0, 1000, 0},
		{INT64_MIN, 1000, 0}, /* subtracting would wrap */
		{INT_MAX, 0, INT_MAX},
		{(int64_t)INT_MAX + 1, 0, INT_MAX},
		{(int64_t)INT_MAX + 1, 1, INT_MAX},
		{(int64_t)INT_MAX + 1, 2, INT_MAX - 1},
		{NO_DEADLINE - 1, 1, INT_MAX},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
			clock_wait_ms(cases[i].deadline_ms, cases[i].now_ms),
			cases[i].wait_ms);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_clock_never_goes_back),
	cmocka_unit_test(test_clock_ms_and_us_are_one_clock),
	cmocka_unit_test(test_clock_stand_holds_this_thread_s_clock_alone),
	cmocka_unit_test(test_clock_sees_a_sleep_whole),
	cmocka_unit_test(test_clock_real_counts_from_1970),
	cmocka_unit_test(test_clock_wait_ms),
};

UNIT_MAIN(tests)
