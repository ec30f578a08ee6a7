/* lib/fiber/fiber.c: who goes first. */
#include "fiber/fiber.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/deadline_clock.h"
#include "unit/loops.h"
#include "unit/vclock.h"

#define FIBERS 5
#define BURN_MS 2 /* more than urgent fibers are given in one turn */

/* ---- the order */

struct diary {
	int order[2 * FIBERS];
	int len;
};

struct sleeper {
	struct diary *diary;
	struct fiber *fiber;
	int64_t urgent_us;
	bool burns; /* before it waits */
	int name;
};

static void park_and_note(void *arg)
{
	struct sleeper *sleeper = arg;

	sleeper->fiber = fiber_self();
	if (sleeper->urgent_us != 0)
		fiber_prioritise(sleeper->urgent_us);
	if (sleeper->burns)
		vclock_work(BURN_MS);
	(void)fiber_park(NO_DEADLINE);
	sleeper->diary->order[sleeper->diary->len++] = sleeper->name;
}

/* The last one first. */
static void wake_all(void *arg)
{
	struct sleeper *sleepers = arg;

	for (int i = FIBERS - 1; i >= 0; i--)
		fiber_wake(sleepers[i].fiber);
}

/* Who are named from 0 in the order of their start, woken from the last on. */
static void expect_order(struct sleeper *sleepers, const int *wanted)
{
	struct diary diary = {.len = 0};
	struct loop *loop = new_loop();

	for (int i = 0; i < FIBERS; i++) {
		sleepers[i].diary = &diary;
		sleepers[i].name = i;
		start(loop, park_and_note, &sleepers[i]);
	}
	while (loop_due_ms(loop) == 0)
		step(loop);
	start(loop, wake_all, sleepers);
	run(loop);
	loop_free(loop);
	assert_int_equal(diary.len, FIBERS);
	assert_memory_equal(diary.order, wanted, FIBERS * sizeof(*wanted));
}

static void test_fibers_not_urgent_run_as_they_were_woken(void **state)
{
	static const int wanted[] = {4, 3, 2, 1, 0};
	struct sleeper sleepers[FIBERS] = {{0}};

	(void)state;
	expect_order(sleepers, wanted);
}

static void test_urgent_fibers_run_in_the_order_of_their_start(void **state)
{
	static const int wanted[] = {0, 1, 2, 3, 4};
	struct sleeper sleepers[FIBERS] = {{0}};

	(void)state;
	for (int i = 0; i < FIBERS; i++)
		sleepers[i].urgent_us = INT64_MAX;
	expect_order(sleepers, wanted);
}

static void test_an_urgent_fiber_runs_before_the_others(void **state)
{
	static const int wanted[] = {1, 4, 3, 2, 0};
	struct sleeper sleepers[FIBERS] = {{0}};

	(void)state;
	sleepers[1].urgent_us = INT64_MAX;
	expect_order(sleepers, wanted);
}

static void
test_an_urgent_fiber_that_spent_its_time_is_as_the_others(void **state)
{
	static const int wanted[] = {1, 4, 3, 2, 0};
	struct sleeper sleepers[FIBERS] = {{0}};

	(void)state;
	sleepers[1].urgent_us = INT64_MAX;
	sleepers[1].burns = true;
	sleepers[3].urgent_us = BURN_MS * 1000;
	sleepers[3].burns = true;
	expect_order(sleepers, wanted);
}

/* ---- the turns of the others */

struct busy {
	long turns;
	int burn_ms; /* in each */
	int64_t urgent_us;
	bool *stop;
};

static void keep_busy(void *arg)
{
	struct busy *busy = arg;

	fiber_prioritise(busy->urgent_us);
	while (!*busy->stop) {
		busy->turns++;
		vclock_work(busy->burn_ms);
		(void)sleep_until(0);
	}
}

static void test_urgent_fibers_leave_the_others_a_turn_each_time(void **state)
{
	bool stop = false;
	struct busy urgent[FIBERS], others[2];
	struct loop *loop = new_loop();

	(void)state;
	for (int i = 0; i < FIBERS; i++) {
		urgent[i] = (struct busy){.urgent_us = INT64_MAX,
					  .burn_ms = BURN_MS,
					  .stop = &stop};
		start(loop, keep_busy, &urgent[i]);
	}
	for (int i = 0; i < 2; i++) {
		others[i] = (struct busy){.burn_ms = BURN_MS, .stop = &stop};
		start(loop, keep_busy, &others[i]);
	}
	for (int i = 0; i < 50; i++)
		step(loop);
	/* One a turn; all when they began. */
	assert_int_equal(others[0].turns, 25);
	assert_int_equal(others[1].turns, 26);
	/* One urgent fiber a turn, and always the first of them. */
	assert_int_equal(urgent[0].turns, 50);
	for (int i = 1; i < FIBERS; i++)
		assert_int_equal(urgent[i].turns, 1);
	stop = true;
	run(loop);
	loop_free(loop);
}

/* All when they began, then a fourth of the time of urgent ones: not one a turn. */
static void test_the_others_have_a_share_of_the_time(void **state)
{
	bool stop = false;
	struct busy urgent[2], others[100];
	struct loop *loop = new_loop();
	long turns = 0;

	(void)state;
	for (int i = 0; i < 2; i++) {
		urgent[i] = (struct busy){
			.urgent_us = INT64_MAX, .burn_ms = 20, .stop = &stop};
		start(loop, keep_busy, &urgent[i]);
	}
	for (int i = 0; i < 100; i++) {
		others[i] = (struct busy){.burn_ms = 1, .stop = &stop};
		start(loop, keep_busy, &others[i]);
	}
	for (int i = 0; i < 10; i++)
		step(loop);
	for (int i = 0; i < 100; i++)
		turns += others[i].turns;
	print_message("%ld\n", turns);
	assert_int_equal(turns, 100 + 9 * 20 / 4);
	stop = true;
	run(loop);
	loop_free(loop);
}

struct listener {
	int fds[2];
	struct sleeper sleeper;
};

static void read_and_note(void *arg)
{
	struct listener *listener = arg;
	struct sleeper *sleeper = &listener->sleeper;

	if (sleeper->urgent_us != 0)
		fiber_prioritise(sleeper->urgent_us);
	(void)wait_io(listener->fds[0], WAIT_IN, NO_DEADLINE);
	if (sleeper->diary->len < 1)
		sleeper->diary->order[sleeper->diary->len++] = sleeper->name;
}

static void
test_an_urgent_fiber_is_found_behind_any_number_of_events(void **state)
{
	static struct listener listeners[400];
	struct diary diary = {.len = 0};
	struct loop *loop = new_loop();

	(void)state;
	for (int i = 0; i < 400; i++) {
		struct listener *listener = &listeners[i];

		listener->sleeper =
			(struct sleeper){.diary = &diary, .name = i};
		if (i == 50)
			listener->sleeper.urgent_us = INT64_MAX;
		assert_int_equal(pipe2(listener->fds, O_CLOEXEC), 0);
		start(loop, read_and_note, listener);
	}
	while (loop_due_ms(loop) == 0)
		step(loop);
	for (int i = 399; i >= 0; i--)
		assert_int_equal(write(listeners[i].fds[1], "x", 1), 1);
	run(loop);
	assert_int_equal(diary.order[0], 50);
	loop_free(loop);
	for (int i = 0; i < 400; i++) {
		(void)close(listeners[i].fds[0]);
		(void)close(listeners[i].fds[1]);
	}
}

static void test_the_next_fiber_on_a_stack_is_not_urgent(void **state)
{
	static const int wanted[] = {4, 3, 2, 1, 0};
	struct sleeper sleepers[FIBERS] = {{0}};
	struct sleeper urgent = {.urgent_us = INT64_MAX};
	struct diary diary = {.len = 0}, before = {.len = 0};
	struct loop *loop = new_loop();

	(void)state;
	urgent.diary = &before;
	start(loop, park_and_note, &urgent);
	step(loop);
	fiber_wake(urgent.fiber);
	assert_int_equal(loop_run(loop, NULL), 0);
	for (int i = 0; i < FIBERS; i++) {
		sleepers[i].diary = &diary;
		sleepers[i].name = i;
		start(loop, park_and_note, &sleepers[i]);
	}
	step(loop);
	start(loop, wake_all, sleepers);
	run(loop);
	loop_free(loop);
	assert_memory_equal(diary.order, wanted, sizeof(wanted));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_fibers_not_urgent_run_as_they_were_woken),
	cmocka_unit_test(test_urgent_fibers_run_in_the_order_of_their_start),
	cmocka_unit_test(test_an_urgent_fiber_runs_before_the_others),
	cmocka_unit_test(
		test_an_urgent_fiber_that_spent_its_time_is_as_the_others),
	cmocka_unit_test(test_urgent_fibers_leave_the_others_a_turn_each_time),
	cmocka_unit_test(test_the_others_have_a_share_of_the_time),
	cmocka_unit_test(
		test_an_urgent_fiber_is_found_behind_any_number_of_events),
	cmocka_unit_test(test_the_next_fiber_on_a_stack_is_not_urgent),
};

UNIT_MAIN(tests)
