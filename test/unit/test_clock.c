/* lib/base/clock.c */
#include "base/clock.h"

#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <time.h>

#include "unit/unit.h"

#define LONG_MS (CLOCK_LATE_MS + 300)
#define SOON_MS 250

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

/* What the clock of a watched thread shows of ms in which it did not run. */
static int64_t shown_of(int64_t may_wait_ms, int ms)
{
	int64_t begin_ms, shown_ms;

	clock_watch(may_wait_ms);
	begin_ms = clock_ms();
	(void)poll(NULL, 0, ms);
	shown_ms = clock_ms() - begin_ms;
	clock_unwatch();
	return shown_ms;
}

static void
test_clock_of_a_watched_thread_stands_while_it_does_not_run(void **s)
{
	(void)s;
	assert_in_range(shown_of(0, LONG_MS), 0, SOON_MS);
	assert_in_range(shown_of(200, LONG_MS), 200, 200 + SOON_MS);
}

static void test_clock_goes_on_while_its_thread_may_wait(void **state)
{
	(void)state;
	assert_true(shown_of(LONG_MS, LONG_MS) >= LONG_MS);
	assert_true(shown_of(NO_DEADLINE, LONG_MS) >= LONG_MS);
	assert_true(shown_of(0, CLOCK_LATE_MS / 2) >= CLOCK_LATE_MS / 2);
}

static int64_t worked_us(void)
{
	struct timespec ts;

	assert_int_equal(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts), 0);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void test_clock_goes_on_while_its_thread_works(void **state)
{
	int64_t begin_us = worked_us(), begin_ms;

	(void)state;
	clock_watch(0);
	begin_ms = clock_ms();
	while (worked_us() - begin_us < (int64_t)LONG_MS * 1000)
		;
	assert_true(clock_ms() - begin_ms >= LONG_MS - 5);
	clock_unwatch();
}

/* And what its steps took is put back behind them: it is not the others'. */
static void test_clock_lets_who_waits_in_steps_come_to_an_end(void **state)
{
	int64_t begin_us = clock_us(), begin_ms, shown_ms, last_ms;

	(void)state;
	clock_watch(0);
	begin_ms = last_ms = clock_ms();
	do {
		(void)poll(NULL, 0, 50);
		shown_ms = clock_ms();
		assert_true(shown_ms >= last_ms);
		last_ms = shown_ms;
	} while (shown_ms - begin_ms < LONG_MS &&
		 clock_us() - begin_us < (int64_t)10 * LONG_MS * 1000);
	assert_in_range(shown_ms - begin_ms, LONG_MS, LONG_MS + 1000);
	clock_unwatch();
	assert_in_range(clock_ms() - begin_ms, 0, SOON_MS);
}

static void test_clock_that_nobody_watches_goes_on(void **state)
{
	int64_t begin_ms;

	(void)state;
	clock_watch(0);
	clock_unwatch();
	begin_ms = clock_ms();
	(void)poll(NULL, 0, LONG_MS);
	assert_true(clock_ms() - begin_ms >= LONG_MS);
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
	cmocka_unit_test(
		test_clock_of_a_watched_thread_stands_while_it_does_not_run),
	cmocka_unit_test(test_clock_goes_on_while_its_thread_may_wait),
	cmocka_unit_test(test_clock_goes_on_while_its_thread_works),
	cmocka_unit_test(test_clock_lets_who_waits_in_steps_come_to_an_end),
	cmocka_unit_test(test_clock_that_nobody_watches_goes_on),
	cmocka_unit_test(test_clock_sees_a_sleep_whole),
	cmocka_unit_test(test_clock_real_counts_from_1970),
	cmocka_unit_test(test_clock_wait_ms),
};

UNIT_MAIN(tests)
