/* lib/fiber/fiber.c: limits, cuts, and what a loop shows and forgives. */
#include "fiber/fiber.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "base/clock.h"
#include "base/deadline_clock.h"
#include "unit/loops.h"
#include "unit/vclock.h"

#define NEVER_MS 60000

/* ---- waits of every kind ---- */

enum kind { SLEEP, PARK, WAIT_FD, NKINDS };

/* A wait of a kind for what never comes, and what it said. */
struct waiting {
	enum kind kind;
	int fd; /* a pipe that stays empty */
	int64_t limit_ms; /* from when it begins */
	int64_t deadline_ms; /* likewise */
	struct fiber *fiber;
	bool waits;
	int rc[3];
	int error[3];
	int64_t us[3]; /* when each ended, since it began */
};

static int wait_once(const struct waiting *w, int64_t deadline_ms)
{
	switch (w->kind) {
	case SLEEP:
		return sleep_until(deadline_ms);
	case PARK:
		return fiber_park(deadline_ms);
	case WAIT_FD:
		return wait_io(w->fd, WAIT_IN, deadline_ms);
	case NKINDS:
		break;
	}
	return 1;
}

static void wait_thrice(void *arg)
{
	struct waiting *w = arg;
	int64_t begin_us = mono_us(), begin_ms = deadline_clock_ms();

	w->fiber = fiber_self();
	w->waits = true;
	if (w->limit_ms > 0)
		(void)fiber_limit(w->fiber, begin_ms + w->limit_ms);
	for (int i = 0; i < 3; i++) {
		errno = 0;
		w->rc[i] = wait_once(w, begin_ms + w->deadline_ms);
		w->error[i] = errno;
		w->us[i] = mono_us() - begin_us;
	}
	w->waits = false;
}

static void test_at_its_limit_every_wait_of_a_fiber_fails(void **state)
{
	int fds[2];

	(void)state;
	open_pipe(fds);
	for (enum kind kind = SLEEP; kind < NKINDS; kind++) {
		struct waiting w = {.kind = kind,
				    .fd = fds[0],
				    .limit_ms = 30,
				    .deadline_ms = NEVER_MS};
		struct loop *loop = new_loop();

		start(loop, wait_thrice, &w);
		run(loop);
		loop_free(loop);
		for (int i = 0; i < 3; i++) {
			assert_int_equal(w.rc[i], -1);
			assert_int_equal(w.error[i], ECANCELED);
		}
		for (int i = 0; i < 3; i++) /* the later ones do not wait */
			assert_int_equal(w.us[i], 30000);
	}
	close_pipe(fds);
}

static void test_before_its_limit_a_wait_ends_by_its_deadline(void **state)
{
	int fds[2];

	(void)state;
	open_pipe(fds);
	for (enum kind kind = SLEEP; kind < NKINDS; kind++) {
		struct waiting w = {.kind = kind,
				    .fd = fds[0],
				    .limit_ms = NEVER_MS,
				    .deadline_ms = 10};
		struct loop *loop = new_loop();

		start(loop, wait_thrice, &w);
		run(loop);
		loop_free(loop);
		for (int i = 0; i < 3; i++)
			assert_int_equal(w.rc[i], 0);
		assert_int_equal(w.us[0], 10000);
	}
	close_pipe(fds);
}

static void test_a_cut_ends_the_wait_and_fails_those_to_come(void **state)
{
	int fds[2];

	(void)state;
	open_pipe(fds);
	for (enum kind kind = SLEEP; kind < NKINDS; kind++) {
		struct waiting w = {
			.kind = kind, .fd = fds[0], .deadline_ms = NEVER_MS};
		struct loop *loop = new_loop();

		start(loop, wait_thrice, &w);
		step(loop);
		assert_true(w.waits);
		fiber_cancel(w.fiber);
		run(loop);
		loop_free(loop);
		for (int i = 0; i < 3; i++) {
			assert_int_equal(w.rc[i], -1);
			assert_int_equal(w.error[i], ECANCELED);
		}
		assert_int_equal(w.us[2], 0);
	}
	close_pipe(fds);
}

static void cut_itself(void *arg)
{
	struct waiting *w = arg;

	fiber_cancel(fiber_self());
	w->rc[0] = sleep_until(deadline_clock_ms() + NEVER_MS);
}

static void test_a_fiber_may_cut_itself(void **state)
{
	struct waiting w = {0};
	struct loop *loop = new_loop();

	(void)state;
	start(loop, cut_itself, &w);
	run(loop);
	loop_free(loop);
	assert_int_equal(w.rc[0], -1);
}

static void note_sleep(void *arg)
{
	int *rc = arg;

	*rc = sleep_until(deadline_clock_ms() + 1);
}

static void
test_the_next_fiber_on_a_stack_is_neither_cut_nor_limited(void **state)
{
	struct waiting w = {.limit_ms = 1, .deadline_ms = NEVER_MS};
	struct loop *loop = new_loop();
	int rc = -2;

	(void)state;
	start(loop, wait_thrice, &w);
	step(loop);
	fiber_cancel(w.fiber);
	assert_int_equal(loop_run(loop, NULL), 0);
	start(loop, note_sleep, &rc);
	run(loop);
	loop_free(loop);
	assert_int_equal(rc, 0);
}

/* ---- limits come and go ---- */

struct limits {
	int64_t at[4]; /* what fiber_limit() returned */
	int rc[2];
};

static void set_and_lift(void *arg)
{
	struct limits *limits = arg;
	struct fiber *self = fiber_self();

	limits->at[0] = fiber_limit(self, 1234567);
	limits->at[1] = fiber_limit(self, 1);
	limits->rc[0] = sleep_until(deadline_clock_ms() + 5);
	limits->at[2] = fiber_limit(self, NO_DEADLINE);
	limits->rc[1] = sleep_until(deadline_clock_ms() + 5);
	limits->at[3] = fiber_limit(self, NO_DEADLINE);
}

static void
test_fiber_limit_returns_the_one_before_and_may_be_lifted(void **state)
{
	struct loop *loop = new_loop();
	struct limits limits = {0};

	(void)state;
	start(loop, set_and_lift, &limits);
	run(loop);
	loop_free(loop);
	assert_true(limits.at[0] == NO_DEADLINE);
	assert_int_equal(limits.at[1], 1234567);
	assert_int_equal(limits.at[2], 1);
	assert_true(limits.at[3] == NO_DEADLINE);
	assert_int_equal(limits.rc[0], -1);
	assert_int_equal(limits.rc[1], 0);
}

/* ---- one that does not heed it ---- */

struct spinner {
	bool stop;
	size_t turns;
};

static void spin(void *arg)
{
	struct spinner *spinner = arg;

	(void)fiber_limit(fiber_self(), deadline_clock_ms());
	while (!spinner->stop) {
		(void)sleep_until(deadline_clock_ms() + NEVER_MS);
		vclock_work(1);
		spinner->turns++;
	}
}

static void sleep_then_stop(void *arg)
{
	struct spinner *spinner = arg;

	for (int i = 0; i < 5; i++)
		(void)sleep_until(deadline_clock_ms() + 2);
	spinner->stop = true;
}

static void test_one_that_heeds_no_limit_holds_up_nobody(void **state)
{
	struct loop *loop = new_loop();
	struct spinner spinner = {0};

	(void)state;
	start(loop, spin, &spinner);
	start(loop, sleep_then_stop, &spinner);
	run(loop);
	loop_free(loop);
	assert_true(spinner.stop);
	assert_true(spinner.turns > 1);
}

static void test_one_that_was_cut_and_spins_holds_up_nobody(void **state)
{
	struct loop *loop = new_loop();
	struct spinner spinner = {0};
	struct waiting w = {.deadline_ms = NEVER_MS};

	(void)state;
	start(loop, wait_thrice, &w);
	start(loop, spin, &spinner);
	start(loop, sleep_then_stop, &spinner);
	step(loop);
	fiber_cancel(w.fiber);
	run(loop);
	loop_free(loop);
	assert_int_equal(w.rc[0], -1);
	assert_true(spinner.stop);
}

/* ---- what it shows ---- */

static void sleep_long(void *arg)
{
	(void)arg;
	(void)sleep_until(deadline_clock_ms() + NEVER_MS);
}

static void
test_a_loop_that_shows_itself_beats_though_nothing_happens(void **state)
{
	struct loop *loop = new_loop();
	static struct heartbeat heartbeat;
	int64_t start_us;
	uint32_t before;

	(void)state;
	loop_show(loop, &heartbeat);
	start(loop, sleep_long, NULL);
	step(loop);
	before = atomic_load(&heartbeat.beats);
	start_us = mono_us();
	assert_int_equal(loop_step(loop, NO_DEADLINE, NULL), 0);
	assert_int_equal(mono_us() - start_us, HEARTBEAT_MS * 1000);
	assert_int_not_equal(atomic_load(&heartbeat.beats), before);
	assert_int_equal(atomic_load(&heartbeat.running), 0);
	loop_free(loop);
}

struct beats {
	struct heartbeat *heartbeat;
	uint32_t seen[50];
};

static void note_beats(void *arg)
{
	struct beats *beats = arg;

	for (size_t i = 0; i < 50; i++) {
		beats->seen[i] = atomic_load(&beats->heartbeat->beats);
		(void)sleep_until(deadline_clock_ms());
	}
}

static void test_every_turn_is_a_beat(void **state)
{
	struct loop *loop = new_loop();
	static struct heartbeat heartbeat;
	struct beats beats = {.heartbeat = &heartbeat};

	(void)state;
	loop_show(loop, &heartbeat);
	start(loop, note_beats, &beats);
	run(loop);
	loop_free(loop);
	for (size_t i = 1; i < 50; i++)
		assert_int_not_equal(beats.seen[i], beats.seen[i - 1]);
}

/* ---- what it spends ---- */

struct spending {
	int64_t spent_us[3];
};

static void spend(void *arg)
{
	struct spending *spending = arg;

	vclock_work(20);
	spending->spent_us[0] = fiber_spent_us();
	(void)sleep_until(deadline_clock_ms() + 50);
	spending->spent_us[1] = fiber_spent_us();
	vclock_work(10);
	spending->spent_us[2] = fiber_spent_us();
}

static void test_fiber_spent_us_counts_what_it_held_the_thread(void **state)
{
	static const int64_t wanted[] = {20000, 20000, 30000};
	struct spending one = {0}, two = {0};
	struct loop *loop = new_loop();

	(void)state;
	start(loop, spend, &one);
	assert_int_equal(loop_run(loop, NULL), 0);
	start(loop, spend, &two); /* on the same stack, from nothing */
	run(loop);
	loop_free(loop);
	assert_memory_equal(one.spent_us, wanted, sizeof(wanted));
	assert_memory_equal(two.spent_us, wanted, sizeof(wanted));
}

/* ---- a pause of the whole process ---- */

struct sleeper {
	int64_t ms;
	int64_t began_us;
	int64_t slept_us; /* by the clock that goes on */
	int64_t slept_ms; /* by its own */
};

static void sleep_for(void *arg)
{
	struct sleeper *sleeper = arg;
	int64_t begin_ms = deadline_clock_ms();

	sleeper->began_us = mono_us();
	(void)sleep_until(begin_ms + sleeper->ms);
	sleeper->slept_us = mono_us() - sleeper->began_us;
	sleeper->slept_ms = deadline_clock_ms() - begin_ms;
}

/*
 * As it waits, for a beat: the loop cannot tell that wait from the stop, so
 * that HEARTBEAT_MS of it count.
 */
static void test_a_deadline_moves_by_a_stop_of_the_process(void **state)
{
	struct sleeper sleeper = {.ms = HEARTBEAT_MS + 300};
	int64_t stop_ms = 2 * HEARTBEAT_MS + 200;
	static struct heartbeat heartbeat;
	struct loop *loop = new_loop();

	(void)state;
	loop_show(loop, &heartbeat);
	start(loop, sleep_for, &sleeper);
	step(loop);
	vclock_stop_ms = stop_ms;
	run(loop);
	loop_free(loop);
	assert_int_equal(sleeper.slept_ms, sleeper.ms);
	assert_int_equal(sleeper.slept_us / 1000, sleeper.ms + stop_ms);
}

/* ---- a pause while a fiber runs ---- */

struct paused {
	int64_t shown_ms; /* by its clock, of the pause that it was in */
	int64_t deadline_ms;
	int rc; /* of a wait that is over, of one whose deadline has passed */
	bool late; /* that deadline, for who was ready meanwhile */
};

static void pause_while_it_runs(void *arg)
{
	struct paused *paused = arg;
	int64_t begin_ms;

	(void)sleep_until(deadline_clock_ms());
	begin_ms = deadline_clock_ms();
	vclock_pass(DEADLINE_CLOCK_LATE_MS + 500);
	paused->shown_ms = deadline_clock_ms() - begin_ms;
}

static void wait_behind_a_pause(void *arg)
{
	struct paused *paused = arg;

	(void)fiber_limit(fiber_self(),
			  deadline_clock_ms() + DEADLINE_CLOCK_LATE_MS);
	paused->rc = sleep_until(deadline_clock_ms());
	paused->late = deadline_clock_ms() >= paused->deadline_ms;
}

/* Both are ready in the same turn. */
static void test_a_pause_within_a_turn_is_nobody_s_time(void **state)
{
	struct paused paused = {.deadline_ms = deadline_clock_ms() +
					       DEADLINE_CLOCK_LATE_MS};
	struct loop *loop = new_loop();

	(void)state;
	start(loop, pause_while_it_runs, &paused);
	start(loop, wait_behind_a_pause, &paused);
	run(loop);
	assert_int_equal(paused.shown_ms, 0);
	assert_int_equal(paused.rc, 0);
	assert_false(paused.late);
	loop_free(loop);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_at_its_limit_every_wait_of_a_fiber_fails),
	cmocka_unit_test(test_before_its_limit_a_wait_ends_by_its_deadline),
	cmocka_unit_test(test_a_cut_ends_the_wait_and_fails_those_to_come),
	cmocka_unit_test(test_a_fiber_may_cut_itself),
	cmocka_unit_test(
		test_the_next_fiber_on_a_stack_is_neither_cut_nor_limited),
	cmocka_unit_test(
		test_fiber_limit_returns_the_one_before_and_may_be_lifted),
	cmocka_unit_test(test_one_that_heeds_no_limit_holds_up_nobody),
	cmocka_unit_test(test_one_that_was_cut_and_spins_holds_up_nobody),
	cmocka_unit_test(
		test_a_loop_that_shows_itself_beats_though_nothing_happens),
	cmocka_unit_test(test_every_turn_is_a_beat),
	cmocka_unit_test(test_fiber_spent_us_counts_what_it_held_the_thread),
	cmocka_unit_test(test_a_pause_within_a_turn_is_nobody_s_time),
	cmocka_unit_test(test_a_deadline_moves_by_a_stop_of_the_process),
};

UNIT_MAIN(tests)
