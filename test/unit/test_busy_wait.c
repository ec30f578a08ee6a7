/* lib/worker/busy_wait.c */
#include "worker/busy_wait.h"

#include <errno.h>

#include "unit/vclock.h"

/* A wait that is told how to go, and counts how it is called. */
static struct {
	unsigned looks, sleeps;
	unsigned comes_at; /* the look that finds something; 0: none does */
	int sleep_ms; /* what a sleep takes */
	int result; /* of a sleep */
	int timeout_ms; /* of the last sleep */
} script;

static int scripted(void *arg, int timeout_ms)
{
	assert_ptr_equal(arg, &script);
	vclock_us += 7; /* what a look takes */
	if (timeout_ms == 0)
		return ++script.looks == script.comes_at ? 3 : 0;
	script.sleeps++;
	script.timeout_ms = timeout_ms;
	vclock_pass(script.sleep_ms);
	if (script.result == -1)
		errno = EINTR;
	return script.result;
}

static int wait_for(struct busy_wait *busy_wait, int timeout_ms)
{
	script.looks = script.sleeps = 0;
	return busy_wait_poll(busy_wait, scripted, &script, timeout_ms);
}

static void begin(int result)
{
	script.comes_at = 0;
	script.sleep_ms = 0;
	script.result = result;
}

static void test_vigil_sleeps_at_once_as_long_as_waits_are_long(void **state)
{
	struct busy_wait busy_wait = {0};

	(void)state;
	begin(1);
	script.sleep_ms = 2;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(wait_for(&busy_wait, 70 + i), 1);
		assert_int_equal(script.looks, 0);
		assert_int_equal(script.sleeps, 1);
		assert_int_equal(script.timeout_ms, 70 + i);
	}
}

static void test_vigil_looks_when_the_last_wait_was_short(void **state)
{
	struct busy_wait busy_wait = {.awake = true};

	(void)state;
	begin(1);
	script.comes_at = 1;
	assert_int_equal(wait_for(&busy_wait, -1), 3);
	assert_int_equal(script.looks, 1);
	assert_int_equal(script.sleeps, 0);
}

/* It is not for ever that it looks. */
static void test_vigil_sleeps_when_looks_find_nothing(void **state)
{
	struct busy_wait busy_wait = {.awake = true};

	(void)state;
	begin(1);
	script.sleep_ms = 2;
	assert_int_equal(wait_for(&busy_wait, -1), 1);
	assert_int_equal(script.looks, 3); /* 20 us of them */
	assert_int_equal(script.sleeps, 1);
	assert_int_equal(script.timeout_ms, -1);
	assert_false(busy_wait.awake);
}

static void test_vigil_sleeps_next_time_when_nothing_came(void **state)
{
	static const int results[] = {0, -1};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct busy_wait busy_wait = {.awake = true};

		begin(results[i]);
		assert_int_equal(wait_for(&busy_wait, 10), results[i]);
		assert_false(busy_wait.awake);
	}
}

/* Who does not want to wait gets one call. */
static void test_vigil_calls_once_without_time_to_wait(void **state)
{
	struct busy_wait busy_wait = {.awake = true};

	(void)state;
	begin(1);
	assert_int_equal(wait_for(&busy_wait, 0), 0);
	assert_int_equal(script.looks, 1);
	assert_int_equal(script.sleeps, 0);
}

static void test_vigil_is_awake_after_a_short_wait(void **state)
{
	struct busy_wait busy_wait = {0};

	(void)state;
	begin(1);
	assert_int_equal(wait_for(&busy_wait, 10), 1);
	assert_true(busy_wait.awake);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_vigil_sleeps_at_once_as_long_as_waits_are_long),
	cmocka_unit_test(test_vigil_looks_when_the_last_wait_was_short),
	cmocka_unit_test(test_vigil_sleeps_when_looks_find_nothing),
	cmocka_unit_test(test_vigil_sleeps_next_time_when_nothing_came),
	cmocka_unit_test(test_vigil_calls_once_without_time_to_wait),
	cmocka_unit_test(test_vigil_is_awake_after_a_short_wait),
};

UNIT_MAIN(tests)
