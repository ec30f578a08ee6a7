/* The time limit of tasks. */
#include "netfan.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "unit/rig.h"

#define LIMIT_MS 200 /* the first that is tried */
#define TASKS_MAX 700

/* ---- tasks: those with an odd index do not end by themselves */

/* Heeds its limit where it hears of it. */
static int task_sleep_odd(void *ctx, uint32_t index, struct nf_task_io *out,
			  struct nf_error *err)
{
	if (index % 2 == 1 && nf_sleep_until(NF_NO_DEADLINE) == -1)
		return error_set(err, NF_CANCELLED, "cut");
	return task_tell(ctx, index, out, err);
}

/* Neither returns nor gives way, until the test lets it. */
static int task_spin_odd(void *ctx, uint32_t index, struct nf_task_io *out,
			 struct nf_error *err)
{
	struct trial_shared *shared = ctx;

	atomic_fetch_add(&shared->running, 1);
	while (index % 2 == 1 && !atomic_load(&shared->go))
		;
	atomic_fetch_sub(&shared->running, 1);
	return task_tell(ctx, index, out, err);
}

/* Gives way all the time, and does not care that it may not. */
static int task_deaf_odd(void *ctx, uint32_t index, struct nf_task_io *out,
			 struct nf_error *err)
{
	struct trial_shared *shared = ctx;

	atomic_fetch_add(&shared->running, 1);
	while (index % 2 == 1 && !atomic_load(&shared->go)) {
		if (nf_sleep_until(nf_now_ms() + 5) == -1)
			trial_sleep_ms(1);
	}
	atomic_fetch_sub(&shared->running, 1);
	return task_tell(ctx, index, out, err);
}

/* Writes more than a pipe holds, slowly: longer than LIMIT_MS. */
static int task_slow(void *ctx, uint32_t index, struct nf_task_io *out,
		     struct nf_error *err)
{
	static const char bytes[100000];

	(void)ctx;
	(void)index;
	(void)err;
	for (int i = 0; i < 5; i++) {
		trial_sleep_ms(LIMIT_MS / 2);
		if (nf_write(out, bytes, sizeof(bytes)) == -1)
			return -1;
	}
	return 0;
}

static struct nf_executor *start_limited(const struct shape *shape,
					 nf_task_fn *task, int64_t limit_ms)
{
	struct nf_executor_options options = rig_options(shape, task, 4);

	options.task_timeout_ms = limit_ms;
	return rig_open(&options);
}

/* Wait for n of them, from the first on by steps: all are done. */
static bool all_done(struct nf_future **futures, size_t n, size_t step)
{
	bool done = true;

	for (size_t i = 0; i < n; i += step)
		done &= nf_future_result(futures[i], -1, NULL, NULL,
					 &(struct nf_error){0}) == 0;
	return done;
}

/* What is run with limits, and how. */
struct run {
	const struct shape *shape;
	nf_task_fn *task;
	size_t ntasks;
};

/* Of these tasks, the odd ones are late and the others done. */
static bool odd_are_late(const void *arg, int64_t limit_ms)
{
	const struct run *run = arg;
	struct nf_executor *executor =
		start_limited(run->shape, run->task, limit_ms);
	struct nf_future *futures[16];
	int64_t start_us = mono_us();
	char late[40];
	bool well;

	(void)snprintf(late, sizeof(late), "not done within %.3f s",
		       (double)limit_ms / 1000);
	rig_submit_all(executor, futures, run->ntasks);
	well = all_done(futures, run->ntasks, 2);
	for (size_t i = 1; i < run->ntasks; i += 2)
		assert_failed(futures[i], NF_TIMEOUT, late);
	assert_true(mono_us() - start_us >= limit_ms * 1000);
	assert_int_equal(nf_executor_pending(executor), 0);
	rig_release(run->shape);
	rig_close(executor, futures, run->ntasks);
	return well;
}

static void run_limited(const struct shape *shape, nf_task_fn *task, size_t n)
{
	const struct run run = {shape, task, n};

	trial_with_patience(odd_are_late, &run, LIMIT_MS);
}

/* ---- limits */

static void test_task_that_sleeps_too_long_is_late(const struct shape *shape)
{
	run_limited(shape, task_sleep_odd, 12);
}

static void test_task_that_never_gives_way_is_late(const struct shape *shape)
{
	run_limited(shape, task_spin_odd,
		    shape->mode == NF_MODE_PROCESS ? 4 : 2);
}

static void
test_task_that_does_not_heed_its_limit_is_late(const struct shape *shape)
{
	run_limited(shape, task_deaf_odd,
		    shape->mode == NF_MODE_PROCESS ? 4 : 2);
}

/* One that is late and deaf may not take the executor with it. */
static bool those_after_it_are_done(const void *arg, int64_t limit_ms)
{
	const struct shape *shape = arg;
	/* A thread that hangs gets no more work. */
	struct nf_executor_options options = rig_options(
		shape, task_deaf_odd, shape->mode == NF_MODE_THREAD ? 2 : 1);
	struct nf_executor *executor;
	struct nf_future *futures[3];
	bool well;

	options.task_timeout_ms = limit_ms;
	executor = rig_open(&options);
	futures[0] = rig_submit(executor, 1);
	assert_failed(futures[0], NF_TIMEOUT, NULL);
	futures[1] = rig_submit(executor, 2);
	futures[2] = rig_submit(executor, 4);
	well = all_done(futures + 1, 2, 1);
	rig_release(shape);
	rig_close(executor, futures, 3);
	return well;
}

static void
test_tasks_after_one_that_was_late_are_done(const struct shape *shape)
{
	trial_with_patience(those_after_it_are_done, shape, LIMIT_MS);
}

static void test_executor_without_a_thread_that_returns_is_broken(void **state)
{
	struct nf_executor_options options =
		rig_options(&shapes[SHAPE_THREAD], task_spin_odd, 1);
	struct nf_executor *executor;
	struct nf_future *futures[2], *none;
	struct nf_error err = {.code = NF_OK};

	(void)state;
	options.task_timeout_ms = LIMIT_MS;
	executor = rig_open(&options);
	futures[0] = rig_submit(executor, 1);
	futures[1] = rig_submit(executor, 2);
	assert_failed(futures[0], NF_TIMEOUT, NULL);
	assert_failed(futures[1], NF_WORKER_DIED, NULL);
	assert_refused(nf_submit(executor, 4, &none, &err), &err,
		       NF_WORKER_DIED);
	rig_release(&shapes[SHAPE_THREAD]);
	rig_close(executor, futures, 2);
}

static void test_task_within_its_limit_is_done(const struct shape *shape)
{
	struct nf_executor *executor =
		start_limited(shape, task_late_first, TRIAL_LIMIT_MS);
	struct nf_future *futures[10];

	rig_submit_all(executor, futures, 10);
	rig_finish(executor);
	for (size_t i = 0; i < 10; i++)
		assert_state(futures[i], NF_STATE_DONE);
	rig_close(executor, futures, 10);
}

/* Of so many that together they take longer than the limit. */
static bool each_has_its_own(const void *arg, int64_t limit_ms)
{
	const struct shape *shape = arg;
	struct nf_executor_options options = rig_options(shape, task_brief, 1);
	static struct nf_future *futures[TASKS_MAX];
	size_t ntasks = (size_t)(limit_ms / 8);
	struct nf_executor *executor;
	bool well;

	if (ntasks > TASKS_MAX)
		return false;
	options.task_timeout_ms = limit_ms;
	if (shape->mode != NF_MODE_SEQUENTIAL)
		options.fanout = (unsigned)ntasks;
	executor = rig_open(&options);
	rig_submit_all(executor, futures, ntasks);
	rig_finish(executor);
	well = all_done(futures, ntasks, 1);
	rig_close(executor, futures, ntasks);
	return well;
}

static bool has_no_fibers(const struct shape *shape)
{
	return !shape_has_fibers(shape);
}

/* What waits is not late: the limit is from when a task begins. */
static void test_limit_is_of_each_task_and_not_of_all(const struct shape *shape)
{
	trial_with_patience(each_has_its_own, shape, LIMIT_MS);
}

/* Beyond any clock: neither a sum nor a product of it may wrap. */
static void test_very_long_limit_is_none(const struct shape *shape)
{
	const int64_t limits_ms[] = {INT64_MAX, INT64_MAX - 1, INT64_MAX / 2,
				     INT64_MAX / 999, INT64_MAX / 1001};

	for (size_t i = 0; i < 5; i++) {
		struct nf_executor *executor =
			start_limited(shape, task_brief, limits_ms[i]);
		struct nf_future *futures[4];
		unsigned steps = 0;

		rig_submit_all(executor, futures, 4);
		while (nf_executor_pending(executor) > 0 && steps++ < 100)
			rig_step(executor, 1000);
		assert_in_range(steps, 1, 50);
		for (size_t j = 0; j < 4; j++)
			assert_state(futures[j], NF_STATE_DONE);
		rig_close(executor, futures, 4);
	}
}

static void test_sequential_task_on_its_own_stack_has_no_limit(void **state)
{
	struct nf_executor *executor =
		start_limited(&shapes[SHAPE_SEQUENTIAL], task_slow, LIMIT_MS);
	struct nf_future *futures[2];

	(void)state;
	rig_submit_all(executor, futures, 2);
	rig_finish(executor);
	assert_state(futures[0], NF_STATE_DONE);
	assert_state(futures[1], NF_STATE_DONE);
	rig_close(executor, futures, 2);
}

/* Nobody steps meanwhile: that is the program's doing, not the task's. */
static bool done_without_a_step(const void *shape, int64_t limit_ms)
{
	struct nf_executor *executor =
		start_limited(shape, task_brief, limit_ms);
	struct nf_future *futures[4];
	bool well;

	rig_submit_all(executor, futures, 4);
	rig_step(executor, 1);
	trial_sleep_ms((long)limit_ms * 2);
	rig_finish(executor);
	well = all_done(futures, 4, 1);
	rig_close(executor, futures, 4);
	return well;
}

/* In sequential mode it is the task that stands still. */
static void
test_task_is_not_late_because_nobody_stepped(const struct shape *shape)
{
	trial_with_patience(done_without_a_step, shape, LIMIT_MS);
}

static const struct CMUnitTest tests[] = {
	FOR_EACH_SHAPE_THAT(shape_can_cut,
			    test_task_that_sleeps_too_long_is_late),
	FOR_EACH_SHAPE_THAT(shape_has_workers,
			    test_task_that_never_gives_way_is_late),
	FOR_EACH_SHAPE_THAT(shape_overlaps,
			    test_task_that_does_not_heed_its_limit_is_late),
	FOR_EACH_SHAPE_THAT(shape_overlaps,
			    test_tasks_after_one_that_was_late_are_done),
	TRIAL_TEST(test_executor_without_a_thread_that_returns_is_broken),
	FOR_EACH_SHAPE(test_task_within_its_limit_is_done),
	FOR_EACH_SHAPE_THAT(has_no_fibers,
			    test_limit_is_of_each_task_and_not_of_all),
	FOR_EACH_SHAPE(test_very_long_limit_is_none),
	TRIAL_TEST(test_sequential_task_on_its_own_stack_has_no_limit),
	FOR_EACH_SHAPE_THAT(shape_has_workers,
			    test_task_is_not_late_because_nobody_stepped),
};

UNIT_MAIN(tests)
