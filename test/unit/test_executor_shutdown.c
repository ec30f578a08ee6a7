/* The ends of an executor: shut down, terminated, freed. */
#include "netfan.h"

#include <errno.h>
#include <stdio.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/deadline_clock.h"
#include "base/error.h"
#include "unit/rig.h"

static struct nf_error err;

static void assert_submit_refused(struct nf_executor *executor)
{
	struct nf_future *none = NULL;

	assert_refused(nf_submit(executor, 0, &none, &err), &err, NF_INVALID);
	assert_null(none);
	assert_refused(nf_submit(executor, 0, NULL, &err), &err, NF_INVALID);
}

static void assert_all_states(struct nf_future *const *futures, size_t n,
			      enum nf_state state)
{
	for (size_t i = 0; i < n; i++)
		assert_state(futures[i], state);
}

/* ---- tasks */

/* Counted as running until its wait is cut, and never done before. */
static int task_until_cut(void *ctx, uint32_t index, struct nf_task_io *out,
			  struct nf_error *error)
{
	(void)ctx;
	(void)out;
	(void)trial_begin_running(index);
	while (nf_sleep_until(nf_now_ms() + 5) == 0 &&
	       !atomic_load(&trial_shared->go))
		;
	atomic_fetch_sub(&trial_shared->running, 1);
	return error_set(error, NF_CANCELLED, "cut");
}

/* Writes until nobody wants it any more. */
static int task_flood(void *ctx, uint32_t index, struct nf_task_io *out,
		      struct nf_error *error)
{
	static const char bytes[5000];

	(void)ctx;
	(void)trial_begin_running(index);
	while (nf_write(out, bytes, sizeof(bytes)) == 0)
		;
	atomic_fetch_sub(&trial_shared->running, 1);
	return error_set(error, NF_CANCELLED, "nobody wants it");
}

/* Runs an executor of its own. */
static int task_nested(void *ctx, uint32_t index, struct nf_task_io *out,
		       struct nf_error *error)
{
	const struct nf_executor_options options = {
		.task = task_tell,
		.mode = index == 0 ? NF_MODE_SEQUENTIAL : NF_MODE_PROCESS,
		.workers = 1,
	};
	struct nf_executor *executor;
	struct nf_future *future;
	const void *bytes;
	size_t len;
	int rc;

	(void)ctx;
	if (nf_executor_open(&executor, &options, error) == -1)
		return -1;
	rc = nf_submit(executor, 42, &future, error);
	if (rc == 0) {
		rc = nf_future_result(future, -1, &bytes, &len, error);
		if (rc == 0)
			rc = nf_write(out, bytes, len);
		nf_future_free(future);
	}
	nf_executor_free(executor);
	return rc;
}

/* ---- shutting down */

static void test_shutdown_lets_no_task_in(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_tell, 2);

	assert_int_equal(nf_executor_shutdown(executor, false, false, &err), 0);
	assert_submit_refused(executor);
	assert_int_equal(nf_executor_pending(executor), 0);
	nf_executor_free(executor);
}

static void test_shutdown_waits_for_all_tasks(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_late_first, 2);
	struct nf_future *futures[20];

	rig_submit_all(executor, futures, 20);
	assert_int_equal(nf_executor_shutdown(executor, true, false, &err), 0);
	assert_int_equal(nf_executor_pending(executor), 0);
	assert_all_states(futures, 20, NF_STATE_DONE);
	assert_submit_refused(executor);
	rig_close(executor, futures, 20);
}

static void test_shutdown_cancels_what_waits_and_lets_run_what_runs(
	const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_wait_and_tell, 2);
	struct nf_future *futures[20];
	unsigned at_once = shape->fibers > 0 ? shape->fibers * 2 : 2;

	if (shape->mode == NF_MODE_SEQUENTIAL)
		at_once = 1;
	rig_submit_all(executor, futures, 20);
	rig_await_running(executor, at_once);
	assert_int_equal(nf_executor_shutdown(executor, false, true, &err), 0);
	assert_int_equal(nf_executor_pending(executor), at_once);
	assert_all_states(futures + at_once, 20 - at_once, NF_STATE_CANCELLED);
	assert_submit_refused(executor);
	rig_go();
	assert_int_equal(nf_executor_shutdown(executor, true, true, &err), 0);
	assert_all_states(futures, at_once, NF_STATE_DONE);
	rig_close(executor, futures, 20);
}

static void test_shutdown_before_any_step_cancels_all(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_wait_and_tell, 2);
	struct nf_future *futures[20];

	rig_submit_all(executor, futures, 20);
	assert_int_equal(nf_executor_shutdown(executor, true, true, &err), 0);
	assert_all_states(futures, 20, NF_STATE_CANCELLED);
	rig_close(executor, futures, 20);
}

static void
test_shutdown_without_wait_is_finished_by_steps(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_late_first, 2);
	struct nf_future *futures[12];

	rig_submit_all(executor, futures, 12);
	assert_int_equal(nf_executor_shutdown(executor, false, false, &err), 0);
	while (nf_executor_pending(executor) > 0)
		rig_step(executor, -1);
	assert_all_states(futures, 12, NF_STATE_DONE);
	rig_close(executor, futures, 12);
}

/* ---- terminating */

static void
test_terminate_ends_what_waits_and_what_runs(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_until_cut, 2);
	struct nf_future *futures[20];

	rig_submit_all(executor, futures, 20);
	rig_await_running(executor, 1);
	nf_executor_terminate(executor);
	assert_int_equal(nf_executor_pending(executor), 0);
	assert_all_states(futures, 20, NF_STATE_CANCELLED);
	assert_failed(futures[0], NF_CANCELLED, NULL);
	assert_failed(futures[19], NF_CANCELLED, NULL);
	assert_submit_refused(executor);
	nf_executor_terminate(executor);
	rig_release(shape);
	rig_close(executor, futures, 20);
}

static void
test_terminate_before_any_step_cancels_all(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_tell, 2);
	struct nf_future *futures[20];

	rig_submit_all(executor, futures, 20);
	nf_executor_terminate(executor);
	assert_int_equal(nf_executor_pending(executor), 0);
	assert_all_states(futures, 20, NF_STATE_CANCELLED);
	rig_close(executor, futures, 20);
}

/* One more step each time: a task is handed out, begun, done in between. */
static void
test_terminate_ends_all_after_any_number_of_steps(const struct shape *shape)
{
	for (unsigned steps = 1; steps < 5; steps++) {
		struct nf_executor *executor = rig_start(shape, task_brief, 1);
		struct nf_future *futures[4];

		rig_submit_all(executor, futures, 4);
		for (unsigned i = 0; i < steps; i++)
			rig_step(executor, 0);
		nf_executor_terminate(executor);
		assert_int_equal(nf_executor_pending(executor), 0);
		for (size_t i = 0; i < 4; i++)
			assert_in_range(nf_future_state(futures[i]),
					NF_STATE_DONE, NF_STATE_CANCELLED);
		rig_close(executor, futures, 4);
	}
}

static void test_terminate_cuts_tasks_that_write(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_flood, 2);
	struct nf_future *futures[4];

	rig_submit_all(executor, futures, 4);
	rig_await_running(executor, 1);
	for (int i = 0; i < 50; i++)
		rig_step(executor, 1);
	nf_executor_terminate(executor);
	assert_all_states(futures, 4, NF_STATE_CANCELLED);
	rig_close(executor, futures, 4);
}

/* Each time for longer than a loop allows; it does not heed the end. */
static int task_block_again_and_again(void *ctx, uint32_t index,
				      struct nf_task_io *out,
				      struct nf_error *error)
{
	(void)ctx;
	(void)out;
	(void)error;
	for (int i = 0; i < 6; i++) {
		(void)trial_begin_running(index);
		trial_sleep_ms(DEADLINE_CLOCK_LATE_MS + 200);
		(void)nf_sleep_until(nf_now_ms() + 1);
	}
	return 0;
}

/* The time in which it blocks is of the second that it has. */
static void test_a_fiber_that_blocks_does_not_hold_up_the_end(void **state)
{
	const struct shape shape = {NF_MODE_SEQUENTIAL, 1};
	struct nf_executor *executor =
		rig_start(&shape, task_block_again_and_again, 1);
	struct nf_future *future = rig_submit(executor, 0);

	(void)state;
	rig_await_running(executor, 1);
	nf_executor_terminate(executor);
	assert_in_range(atomic_load(&trial_shared->running), 1, 4);
	rig_close(executor, &future, 1);
}

static void hear_of_the_end(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_until_cut, 2);
	struct nf_future *futures[3];
	unsigned deaf;

	rig_submit_all(executor, futures, 3);
	rig_await_running(executor, 1);
	nf_executor_terminate(executor);
	nf_executor_free(executor);
	deaf = atomic_load(&trial_shared->running);
	rig_release(shape);
	assert_int_equal(deaf, 0);
	rig_close(NULL, futures, 3);
}

static void test_fibers_hear_of_the_end_where_they_are_not_killed(void **state)
{
	(void)state;
	hear_of_the_end(&shapes[SHAPE_THREAD_FIBERS]);
	hear_of_the_end(&shapes[SHAPE_SEQUENTIAL_FIBERS]);
}

/* Its waits fail too: it can be stopped, as it gives way. */
static void test_thread_on_its_own_stack_hears_of_the_end(void **state)
{
	(void)state;
	hear_of_the_end(&shapes[SHAPE_THREAD]);
}

/* ---- freeing */

static void test_free_cancels_what_is_pending(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_until_cut, 2);
	struct nf_future *futures[20];

	rig_submit_all(executor, futures, 20);
	rig_await_running(executor, 1);
	nf_executor_free(executor);
	rig_release(shape);
	assert_all_states(futures, 20, NF_STATE_CANCELLED);
	assert_failed(futures[0], NF_CANCELLED, NULL);
	assert_failed(futures[19], NF_CANCELLED, NULL);
	rig_close(NULL, futures, 20);
}

static void
test_free_cancels_what_was_never_handed_out(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_tell, 2);
	struct nf_future *futures[20];

	rig_submit_all(executor, futures, 20);
	assert_true(nf_future_cancel(futures[3]));
	nf_future_free(futures[4]);
	nf_executor_free(executor);
	futures[4] = futures[5];
	assert_all_states(futures, 20, NF_STATE_CANCELLED);
	futures[4] = NULL;
	rig_close(NULL, futures, 20);
}

/* Milliseconds. */
static int64_t time_free(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_tell, 4);
	struct nf_future *futures[20];
	int64_t start_us;

	rig_submit_all(executor, futures, 20);
	rig_finish(executor);
	start_us = mono_us();
	nf_executor_free(executor);
	start_us = mono_us() - start_us;
	rig_close(NULL, futures, 20);
	return start_us / 1000;
}

/* Not after the second that workers have to take their leave. */
static void test_free_of_all_that_is_done_is_soon(const struct shape *shape)
{
	int tries = TRIAL_TRIES;

	nf_executor_free(NULL);
	while (time_free(shape) >= 1000)
		assert_true(--tries > 0);
}

/* ---- few tasks, many workers, many executors */

static void
test_executor_without_tasks_can_be_stepped_and_ended(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_tell, 3);

	nf_executor_free(executor);
	executor = rig_start(shape, task_tell, 3);
	rig_step(executor, 0);
	rig_step(executor, 1);
	rig_finish(executor);
	nf_executor_terminate(executor);
	nf_executor_free(executor);
}

static void
test_executor_may_have_more_workers_than_tasks(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_tell, 16);
	struct nf_future *futures[3];

	rig_submit_all(executor, futures, 3);
	rig_finish(executor);
	assert_all_states(futures, 3, NF_STATE_DONE);
	rig_close(executor, futures, 3);
}

static void test_executor_of_64_workers_can_be_opened_and_freed(void **state)
{
	const struct shape shape = {
		shape_can_fork() ? NF_MODE_PROCESS : NF_MODE_THREAD, 0};
	int64_t start_us = mono_us(), open_us;
	struct nf_executor *executor;

	(void)state;
	if (rig_is_slow())
		UNIT_SKIP("so many would take long here");
	executor = rig_start(&shape, task_tell, 64);
	open_us = mono_us();
	nf_executor_free(executor);
	print_message("64 workers: opened in %lld us, freed in %lld us\n",
		      (long long)(open_us - start_us),
		      (long long)(mono_us() - open_us));
}

static void
test_executor_that_cannot_be_had_leaves_nothing(const struct shape *shape)
{
	struct nf_executor *none = NULL;
	struct rlimit before;
	struct nf_executor_options options = rig_options(shape, task_tell, 8);
	unsigned fds = shape->mode == NF_MODE_SEQUENTIAL ? 2 : 10;

	if (UNIT_ASAN || rig_is_slow())
		UNIT_SKIP("what watches the program needs descriptors too");
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	/* The count has ".", ".." and what counted in it. */
	for (unsigned more = 0; more < fds; more++) {
		struct rlimit few = {.rlim_cur = trial_fds_before - 3 + more,
				     .rlim_max = before.rlim_max};
		int rc;

		assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
		rc = nf_executor_open(&none, &options, &err);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
		assert_refused(rc, &err, NF_SYSTEM);
		assert_int_equal(err.sys_errno, EMFILE);
	}
	assert_int_equal(trial_count_fds(), trial_fds_before);
	assert_null(none);
}

static void test_executors_do_not_know_of_each_other(const struct shape *shape)
{
	struct nf_executor *one = rig_start(shape, task_tell, 2);
	struct nf_executor *two = NULL;
	struct nf_future *futures[2];
	struct nf_executor_options options = rig_options(shape, task_fail, 2);

	/* The threads of the first are in the way of no other. */
	assert_int_equal(nf_executor_open(&two, &options, &err), 0);
	futures[0] = rig_submit(one, 0);
	futures[1] = rig_submit(two, 1);
	assert_failed(futures[1], NF_PROTOCOL, "task 1 is wrong");
	nf_executor_free(two);
	assert_done_text(futures[0], "task 0");
	rig_close(one, futures, 2);
}

/* When threads have been joined, the program has no other threads. */
static void test_processes_may_follow_threads_at_once(void **state)
{
	const int times = rig_is_slow() ? 10 : 100;

	(void)state;
	if (!shape_can_fork())
		UNIT_SKIP("no process can be forked here");
	for (int i = 0; i < times; i++) {
		nf_executor_free(
			rig_start(&shapes[SHAPE_THREAD], task_tell, 4));
		nf_executor_free(
			rig_start(&shapes[SHAPE_PROCESS], task_tell, 1));
	}
}

static void test_task_may_use_an_executor_of_its_own(void **state)
{
	const enum nf_mode modes[] = {NF_MODE_PROCESS, NF_MODE_SEQUENTIAL};

	(void)state;
	if (!shape_can_fork())
		UNIT_SKIP("no process can be forked here");
	for (size_t i = 0; i < 2; i++) {
		const struct shape shape = {modes[i], 0};
		struct nf_executor *executor =
			rig_start(&shape, task_nested, 1);
		struct nf_future *futures[2];

		rig_submit_all(executor, futures, 2);
		assert_done_text(futures[0], "task 42");
		assert_done_text(futures[1], "task 42");
		rig_close(executor, futures, 2);
	}
}

/* On a fiber there is nobody who could turn another loop: it says so. */
static void test_task_on_a_fiber_is_refused_a_sequential_executor(void **state)
{
	struct nf_executor *executor;
	struct nf_future *future;

	(void)state;
	if (!shape_can_fork())
		UNIT_SKIP("no process can be forked here");
	executor = rig_start(&shapes[SHAPE_PROCESS_FIBERS], task_nested, 1);
	future = rig_submit(executor, 0);
	assert_failed(future, NF_INVALID, NULL);
	rig_close(executor, &future, 1);
}

static const struct CMUnitTest tests[] = {
	FOR_EACH_SHAPE(test_shutdown_lets_no_task_in),
	FOR_EACH_SHAPE(test_shutdown_waits_for_all_tasks),
	FOR_EACH_SHAPE_THAT(
		shape_overlaps,
		test_shutdown_cancels_what_waits_and_lets_run_what_runs),
	FOR_EACH_SHAPE(test_shutdown_before_any_step_cancels_all),
	FOR_EACH_SHAPE(test_shutdown_without_wait_is_finished_by_steps),
	FOR_EACH_SHAPE_THAT(shape_overlaps,
			    test_terminate_ends_what_waits_and_what_runs),
	FOR_EACH_SHAPE(test_terminate_before_any_step_cancels_all),
	FOR_EACH_SHAPE(test_terminate_ends_all_after_any_number_of_steps),
	FOR_EACH_SHAPE_THAT(shape_overlaps,
			    test_terminate_cuts_tasks_that_write),
	TRIAL_TEST(test_a_fiber_that_blocks_does_not_hold_up_the_end),
	TRIAL_TEST(test_fibers_hear_of_the_end_where_they_are_not_killed),
	TRIAL_TEST(test_thread_on_its_own_stack_hears_of_the_end),
	FOR_EACH_SHAPE_THAT(shape_overlaps, test_free_cancels_what_is_pending),
	FOR_EACH_SHAPE(test_free_cancels_what_was_never_handed_out),
	FOR_EACH_SHAPE(test_free_of_all_that_is_done_is_soon),
	FOR_EACH_SHAPE(test_executor_without_tasks_can_be_stepped_and_ended),
	FOR_EACH_SHAPE(test_executor_may_have_more_workers_than_tasks),
	TRIAL_TEST(test_executor_of_64_workers_can_be_opened_and_freed),
	FOR_EACH_SHAPE(test_executor_that_cannot_be_had_leaves_nothing),
	FOR_EACH_SHAPE(test_executors_do_not_know_of_each_other),
	TRIAL_TEST(test_processes_may_follow_threads_at_once),
	TRIAL_TEST(test_task_may_use_an_executor_of_its_own),
	TRIAL_TEST(test_task_on_a_fiber_is_refused_a_sequential_executor),
};

UNIT_MAIN(tests)
