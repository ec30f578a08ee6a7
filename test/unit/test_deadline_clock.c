/* lib/base/deadline_clock.c */
#include "base/deadline_clock.h"

#include <limits.h>
#include <pthread.h>
#include <time.h>

#include "base/clock.h"
#include "unit/vclock.h"

#define LONG_MS (DEADLINE_CLOCK_LATE_MS + 300)

static void test_clock_never_goes_back(void **state)
{
	int64_t last_us = mono_us(), last_ms = deadline_clock_ms();

	(void)state;
	for (int i = 0; i < 10000; i++) {
		int64_t us, ms;

		vclock_us += i % 3 * 400;
		us = mono_us();
		ms = deadline_clock_ms();
		assert_true(us >= last_us);
		assert_true(ms >= last_ms);
		last_us = us;
		last_ms = ms;
	}
}

static void test_clock_ms_and_us_are_one_clock(void **state)
{
	(void)state;
	vclock_us += 1999;
	assert_int_equal(mono_us(), vclock_us);
	assert_int_equal(deadline_clock_ms(), vclock_us / 1000);
}

static void *read_clock(void *arg)
{
	int64_t *ms = arg;

	*ms = deadline_clock_ms();
	return NULL;
}

static void test_clock_stand_holds_this_thread_s_clock_alone(void **state)
{
	int64_t before_us = mono_us(), before = deadline_clock_ms(), other = 0;
	pthread_t thread;

	(void)state;
	deadline_clock_set_back(100000);
	assert_int_equal(pthread_create(&thread, NULL, read_clock, &other), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(before - deadline_clock_ms(), 100000);
	assert_int_equal(other, before);
	assert_int_equal(mono_us(), before_us); /* durations go on */
	deadline_clock_set_back(-100000);
	assert_int_equal(deadline_clock_ms(), before);
}

/* What the clock of a watched thread shows of ms in which it did not run. */
static int64_t shown_of(int64_t may_wait_ms, int ms)
{
	int64_t begin_ms, shown_ms;

	deadline_clock_watch(may_wait_ms);
	begin_ms = deadline_clock_ms();
	vclock_pass(ms);
	shown_ms = deadline_clock_ms() - begin_ms;
	deadline_clock_unwatch();
	return shown_ms;
}

static void
test_clock_of_a_watched_thread_stands_while_it_does_not_run(void **s)
{
	(void)s;
	assert_int_equal(shown_of(0, LONG_MS), 0);
	assert_int_equal(shown_of(200, LONG_MS), 200);
}

static void test_clock_goes_on_while_its_thread_may_wait(void **state)
{
	(void)state;
	assert_int_equal(shown_of(LONG_MS, LONG_MS), LONG_MS);
	assert_int_equal(shown_of(NO_DEADLINE, LONG_MS), LONG_MS);
	assert_int_equal(shown_of(0, DEADLINE_CLOCK_LATE_MS),
			 DEADLINE_CLOCK_LATE_MS);
	assert_int_equal(shown_of(0, DEADLINE_CLOCK_LATE_MS + 1), 0);
}

static void test_clock_goes_on_while_its_thread_works(void **state)
{
	int64_t begin_ms;

	(void)state;
	deadline_clock_watch(0);
	begin_ms = deadline_clock_ms();
	vclock_work(LONG_MS);
	assert_int_equal(deadline_clock_ms() - begin_ms, LONG_MS);
	deadline_clock_unwatch();
}

/* And what its steps took is put back behind them: it is not the others'. */
static void test_clock_lets_who_waits_in_steps_come_to_an_end(void **state)
{
	int64_t begin_ms;

	(void)state;
	deadline_clock_watch(0);
	begin_ms = deadline_clock_ms();
	for (int64_t ms = 50; ms <= LONG_MS; ms += 50) {
		vclock_pass(50);
		assert_int_equal(deadline_clock_ms() - begin_ms, ms);
	}
	deadline_clock_unwatch();
	assert_int_equal(deadline_clock_ms(), begin_ms);
}

static void test_clock_that_nobody_watches_goes_on(void **state)
{
	int64_t begin_ms;

	(void)state;
	deadline_clock_watch(0);
	deadline_clock_unwatch();
	begin_ms = deadline_clock_ms();
	vclock_pass(LONG_MS);
	assert_int_equal(deadline_clock_ms() - begin_ms, LONG_MS);
}

static void test_clock_real_counts_from_1970(void **state)
{
	int64_t before = (int64_t)time(NULL), now = real_us() / 1000000;

	(void)state;
	/* time(2) may be a tick behind. */
	assert_in_range(now, before, (int64_t)time(NULL) + 1);
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
	for (size_t i = 0; i < LENGTH(cases); i++)
		assert_int_equal(
			deadline_wait_ms(cases[i].deadline_ms, cases[i].now_ms),
			cases[i].wait_ms);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_clock_never_goes_back),
	cmocka_unit_test(test_clock_ms_and_us_are_one_clock),
	cmocka_unit_test(test_clock_stand_holds_this_thread_s_clock_alone),
	cmocka_unit_test(
		test_clock_of_a_watched_thread_stands_while_it_does_not_run),
	cmocka_unit_test(test_clock_goes_on_while_its_thread_may_wait),
	cmocka_unit_test(test_clock_goes_on_while_its_thread_works),
	cmocka_unit_test(test_clock_lets_who_waits_in_steps_come_to_an_end),
	cmocka_unit_test(test_clock_that_nobody_watches_goes_on),
	cmocka_unit_test(test_clock_real_counts_from_1970),
	cmocka_unit_test(test_clock_wait_ms),
};

UNIT_MAIN(tests)
