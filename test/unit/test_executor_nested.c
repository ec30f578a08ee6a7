/* An executor that a task on a fiber opens and drives. */
#include "netfan.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/deadline_clock.h"
#include "base/error.h"
#include "unit/rig.h"

#define WAIT_MS (DEADLINE_CLOCK_LATE_MS + 300)
#define LIMIT_MS 2000

/* ---- tasks of the inner one */

/* Step by step: what is not let run has its clock stand. */
static int task_wait_by_the_clock(void *ctx, uint32_t index,
				  struct nf_task_io *out, struct nf_error *err)
{
	int64_t end_ms = nf_now_ms() + WAIT_MS,
		end_us = mono_us() + (int64_t)TRIAL_LIMIT_MS / 2 * 1000;

	while (nf_now_ms() < end_ms && mono_us() < end_us)
		trial_sleep_ms(10);
	if (nf_sleep_until(nf_now_ms() + 10) == -1 || mono_us() >= end_us)
		return error_set(err, NF_TIMEOUT, "the clock does not go on");
	return task_tell(ctx, index, out, err);
}

static int task_sleep(void *ctx, uint32_t index, struct nf_task_io *out,
		      struct nf_error *err)
{
	/* Below what the pool adds. */
	trial_sleep_ms(atomic_load(&trial_shared->lives) + 300);
	return task_tell(ctx, index, out, err);
}

/* ---- tasks of the outer one; nothing is asserted there */

static int run_inner(const struct nf_executor_options *options,
		     struct nf_error *err)
{
	struct nf_executor *executor = NULL;
	struct nf_future *future = NULL;
	int rc = nf_executor_open(&executor, options, err);

	if (rc == 0)
		rc = nf_submit(executor, 0, &future, err);
	if (rc == 0)
		rc = nf_future_result(future, -1, NULL, NULL, err);
	nf_future_free(future);
	nf_executor_free(executor);
	return rc;
}

static const struct shape *inner;

static int task_drive_processes(void *ctx, uint32_t index,
				struct nf_task_io *out, struct nf_error *err)
{
	const struct nf_executor_options options = {
		.task = task_wait_by_the_clock,
		.mode = inner->mode,
		.workers = 1,
		.fibers = inner->fibers,
	};

	if (run_inner(&options, err) == -1)
		return -1;
	return task_tell(ctx, index, out, err);
}

/* The first drives threads for longer than the limit of both. */
static int task_drive_threads(void *ctx, uint32_t index, struct nf_task_io *out,
			      struct nf_error *err)
{
	const struct nf_executor_options options = {
		.task = task_sleep, .mode = NF_MODE_THREAD, .workers = 1};

	if (index == 0) {
		if (nf_sleep_until(nf_now_ms() + 200) == -1)
			return -1;
		return run_inner(&options, err);
	}
	for (int i = 0; i < 15; i++) {
		if (nf_sleep_until(nf_now_ms() + 20) == -1)
			return error_set(err, NF_CANCELLED, "cut");
	}
	return task_tell(ctx, index, out, err);
}

/* ---- tests */

static void test_processes_run_that_a_fiber_forked(void **state)
{
	static const struct shape outers[] = {{NF_MODE_PROCESS, 1},
					      {NF_MODE_SEQUENTIAL, 1}};
	static const struct shape inners[] = {{NF_MODE_PROCESS, 0},
					      {NF_MODE_PROCESS, 2}};

	(void)state;
	if (!shape_can_fork())
		UNIT_SKIP("no process can be forked here");
	if (UNIT_ASAN)
		UNIT_SKIP("the sanitizer's child does not know the stack");
	for (int i = 0; i < 4; i++) {
		struct nf_executor *executor;
		struct nf_future *future;

		inner = &inners[i % 2];
		executor = rig_start(&outers[i / 2], task_drive_processes, 1);
		future = rig_submit(executor, 0);
		assert_done_text(future, "task 0");
		rig_close(executor, &future, 1);
	}
}

static bool other_is_not_late(const void *shape, int64_t limit_ms)
{
	struct nf_executor_options options =
		rig_options(shape, task_drive_threads, 1);
	struct nf_executor *executor;
	struct nf_future *futures[2];
	int rc;

	options.task_timeout_ms = limit_ms;
	executor = rig_open(&options);
	atomic_store(&trial_shared->lives, (unsigned)limit_ms);
	rig_submit_all(executor, futures, 2);
	rc = nf_future_result(futures[1], -1, NULL, NULL,
			      &(struct nf_error){0});
	rig_close(executor, futures, 2);
	return rc == 0;
}

static void test_who_drives_another_makes_nobody_late(void **state)
{
	const struct shape shape = {NF_MODE_PROCESS, 2};

	(void)state;
	if (!shape_can_fork())
		UNIT_SKIP("no process can be forked here");
	trial_with_patience(other_is_not_late, &shape, LIMIT_MS);
}

static const struct CMUnitTest tests[] = {
	TRIAL_TEST(test_processes_run_that_a_fiber_forked),
	TRIAL_TEST(test_who_drives_another_makes_nobody_late),
};

UNIT_MAIN(tests)
