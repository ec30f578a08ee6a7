/* lib/pool/pool.c: the same in processes, in threads and in sequence. */
#include "pool/pool.h"

#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "unit/shape.h"
#include "unit/unit.h"
#include "worker/frame.h"

static void test_every_task_is_done_once(void **state)
{
	struct trial trial = {0};

	trial_open_shape(&trial, *state, task_three_words, 3);
	trial_submit(&trial, 300);
	assert_int_equal(pool_pending(trial.pool), 300);
	trial_drive(&trial);
	assert_all_ended(&trial, POOL_DONE, 1);
	for (size_t i = 0; i < trial.ntasks; i++) {
		assert_int_equal(trial_tasks[i].started, 1);
		assert_int_equal(trial_tasks[i].error.code, NF_OK);
		assert_in_range(trial_tasks[i].worker, 1,
				trial.options.workers);
		assert_kept(i, "keep take keep too");
	}
	trial_close(&trial);
}

#define LARGE ((size_t)300 * 1024)

static int task_large(void *ctx, uint32_t index, struct nf_task_io *out,
		      struct nf_error *err)
{
	uint8_t bytes[1024];

	(void)ctx;
	for (size_t at = 0; at < LARGE; at += sizeof(bytes)) {
		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = trial_result_byte(index, at + i);
		if (trial_send_bytes(out, bytes, sizeof(bytes)) == -1)
			return error_set(err, NF_CANCELLED, "nobody reads");
	}
	return 0;
}

/* In sequence nobody else could make room in the pipe. */
static void test_results_larger_than_a_pipe_arrive_whole(void **state)
{
	struct trial trial = {.expected = trial_result_byte};

	trial_open_shape(&trial, *state, task_large, 2);
	trial_submit(&trial, 20);
	trial_drive(&trial);
	assert_all_ended(&trial, POOL_DONE, 1);
	for (size_t i = 0; i < trial.ntasks; i++)
		assert_int_equal(trial_tasks[i].len, LARGE);
	trial_close(&trial);
}

static int task_odd_fail(void *ctx, uint32_t index, struct nf_task_io *out,
			 struct nf_error *err)
{
	(void)ctx;
	(void)trial_send_text(out, "so far");
	if (index % 2 == 0)
		return 0;
	err->stage = NF_STAGE_AUTH;
	return error_set(err, NF_AUTH_FAILED, "task %u may not", index);
}

static void test_a_task_fails_with_its_own_error_and_what_it_wrote(void **state)
{
	struct trial trial = {0};

	trial_open_shape(&trial, *state, task_odd_fail, 2);
	trial_submit(&trial, 40);
	trial_drive(&trial);
	for (size_t i = 0; i < trial.ntasks; i++) {
		const struct nf_error *error = &trial_tasks[i].error;
		char message[40] = "";

		assert_ended(i, i % 2 == 0 ? POOL_DONE : POOL_FAILED, 1);
		assert_kept(i, "so far");
		if (i % 2 == 1)
			(void)snprintf(message, sizeof(message),
				       "task %zu may not", i);
		assert_string_equal(error->message, message);
		assert_int_equal(error->code,
				 i % 2 == 0 ? NF_OK : NF_AUTH_FAILED);
		assert_int_equal(error->stage, i % 2 == 0 ? 0 : NF_STAGE_AUTH);
	}
	trial_close(&trial);
}

static int task_fails_silently(void *ctx, uint32_t index,
			       struct nf_task_io *out, struct nf_error *err)
{
	(void)ctx;
	(void)index;
	(void)out;
	(void)err;
	return -1;
}

static void test_a_task_that_fails_without_a_word_has_an_error(void **state)
{
	struct trial trial = {0};

	trial_open_shape(&trial, *state, task_fails_silently, 1);
	trial_submit(&trial, 1);
	trial_drive(&trial);
	assert_ended(0, POOL_FAILED, 1);
	assert_int_equal(trial_tasks[0].error.code, NF_SYSTEM);
	assert_string_equal(trial_tasks[0].error.message,
			    "failed without saying why");
	trial_close(&trial);
}

static void test_more_workers_than_tasks_do_no_harm(void **state)
{
	struct trial trial = {0};

	trial_open_shape(&trial, *state, task_three_words, 8);
	trial_submit(&trial, 3);
	trial_drive(&trial);
	assert_all_ended(&trial, POOL_DONE, 1);
	trial_close(&trial);
}

static void test_a_pool_without_tasks_starts_and_ends(void **state)
{
	struct trial trial = {0};

	trial_open_shape(&trial, *state, task_nothing, 3);
	assert_int_equal(pool_pending(trial.pool), 0);
	trial_step(&trial, 0);
	trial_close(&trial);
	/* Nor need it ever have been stepped. */
	trial_open_shape(&trial, *state, task_nothing, 3);
	trial_close(&trial);
}

static int task_takes_2_ms(void *ctx, uint32_t index, struct nf_task_io *out,
			   struct nf_error *err)
{
	(void)ctx;
	(void)out;
	(void)err;
	(void)trial_begin_running(index);
	(void)trial_pause_ms(2);
	return 0;
}

static void test_pool_stop_lets_what_was_begun_end(void **state)
{
	struct trial trial = {0};
	size_t ndone;

	trial_open_shape(&trial, *state, task_takes_2_ms, 2);
	trial_submit(&trial, 1000);
	while (trial.ndone == 0)
		trial_step(&trial, 100);
	ndone = trial.ndone;
	pool_stop(trial.pool);
	trial_drive(&trial);
	assert_int_equal(trial.nended, trial.ntasks);
	assert_in_range(trial.ndone, ndone, ndone + trial.options.fanout);
	for (size_t i = 0; i < trial.ntasks; i++) {
		bool begun = atomic_load(&trial_shared->begun[i]) > 0;

		assert_ended(i, begun ? POOL_DONE : POOL_CANCELLED, begun);
		assert_string_equal(trial_tasks[i].error.message,
				    begun ? ""
					  : "cancelled before it was begun");
	}
	trial_close(&trial);
}

static int task_until_stopped(void *ctx, uint32_t index, struct nf_task_io *out,
			      struct nf_error *err)
{
	static const uint8_t bytes[FRAME_PAYLOAD_MAX];

	(void)ctx;
	(void)trial_begin_running(index);
	while (trial_send_bytes(out, bytes, sizeof(bytes)) == 0)
		(void)trial_pause_ms(1);
	return error_set(err, NF_CANCELLED, "nobody reads");
}

static enum pool_verdict take_all(const uint8_t *payload, size_t len)
{
	(void)payload;
	(void)len;
	return POOL_TAKEN;
}

static void test_pool_kill_ends_tasks_that_run_and_those_that_wait(void **state)
{
	const struct shape *shape = *state;
	struct trial trial = {.judge = take_all};
	size_t n = shape->fibers > 0 ? shape->fibers : 1;

	trial_open_shape(&trial, shape, task_until_stopped, 2);
	n *= trial.options.workers;
	trial_submit(&trial, n + 10);
	trial_await_started(&trial, n);
	pool_kill(trial.pool);
	trial_drive(&trial);
	for (size_t i = 0; i < trial.ntasks; i++) {
		assert_ended(i, POOL_CANCELLED, i < n);
		assert_int_equal(trial_tasks[i].error.code, NF_CANCELLED);
	}
	trial_close(&trial);
}

static void test_pool_kill_before_the_first_step_cancels_all(void **state)
{
	struct trial trial = {0};

	trial_open_shape(&trial, *state, task_wait, 2);
	trial_submit(&trial, 20);
	pool_kill(trial.pool);
	trial_drive(&trial);
	assert_all_ended(&trial, POOL_CANCELLED, 0);
	trial_step(&trial, 0);
	trial_close(&trial);
}

static void test_pool_free_does_not_wait_for_tasks_that_heed_it(void **state)
{
	const struct shape *shape = *state;
	struct trial trial = {.judge = take_all};

	trial_open_shape(&trial, shape, task_until_stopped, 2);
	trial_submit(&trial, 20);
	trial_await_started(&trial, trial.options.fanout);
	trial_close(&trial);
	assert_int_equal(trial.nended, 0);
}

static int task_tells_where(void *ctx, uint32_t index, struct nf_task_io *out,
			    struct nf_error *err)
{
	const long where[] = {getpid(), syscall(SYS_gettid)};

	(void)ctx;
	(void)index;
	(void)err;
	(void)trial_send_bytes(out, where, sizeof(where));
	return 0;
}

static void test_a_task_runs_where_its_mode_says(void **state)
{
	const struct shape *shape = *state;
	struct trial trial = {0};
	long where[2];

	trial_open_shape(&trial, shape, task_tells_where, 1);
	trial_submit(&trial, 1);
	trial_drive(&trial);
	assert_ended(0, POOL_DONE, 1);
	assert_int_equal(trial_tasks[0].len, sizeof(where));
	memcpy(where, trial_tasks[0].kept, sizeof(where));
	assert_int_equal(where[0] == getpid(), shape->mode != NF_MODE_PROCESS);
	assert_int_equal(where[1] == syscall(SYS_gettid),
			 shape->mode == NF_MODE_SEQUENTIAL);
	trial_close(&trial);
}

static int task_sleeps_then_writes(void *ctx, uint32_t index,
				   struct nf_task_io *out, struct nf_error *err)
{
	(void)trial_pause_ms(5 + index % 5);
	if (index % 10 == 0)
		return task_large(ctx, index, out, err);
	return trial_send_text(out, "done");
}

/* As a caller with a loop of its own does: nothing else wakes it. */
static void test_who_steps_when_pool_fd_tells_misses_nothing(void **state)
{
	struct pollfd pollfd = {.events = POLLIN};
	struct trial trial = {0};

	trial_open_shape(&trial, *state, task_sleeps_then_writes, 2);
	pollfd.fd = pool_fd(trial.pool);
	for (int round = 0; round < 2; round++) {
		trial_submit(&trial, 12);
		while (pool_pending(trial.pool) > 0) {
			assert_int_equal(poll(&pollfd, 1, TRIAL_LIMIT_MS), 1);
			trial_step(&trial, 0);
		}
	}
	assert_all_ended(&trial, POOL_DONE, 1);
	trial_close(&trial);
}

static void test_a_pool_without_work_rests(void **state)
{
	struct trial trial = {0};

	trial_open_shape(&trial, *state, task_nothing, 2);
	trial_submit(&trial, 10);
	trial_drive(&trial);
	trial_assert_rests(&trial, 200);
	trial_close(&trial);
}

static int task_sleeps_300_ms(void *ctx, uint32_t index, struct nf_task_io *out,
			      struct nf_error *err)
{
	(void)ctx;
	(void)out;
	(void)err;
	(void)trial_begin_running(index);
	(void)trial_pause_ms(300);
	return 0;
}

static void test_a_pool_whose_tasks_wait_rests(void **state)
{
	struct trial trial = {0};

	trial_open_shape(&trial, *state, task_sleeps_300_ms, 2);
	trial_submit(&trial, trial.options.fanout + 4);
	trial_await_running(&trial, trial.options.fanout);
	trial_assert_rests(&trial, 200);
	trial_drive(&trial);
	assert_all_ended(&trial, POOL_DONE, 1);
	trial_close(&trial);
}

static int task_has_no_state(void *ctx, uint32_t index, struct nf_task_io *out,
			     struct nf_error *err)
{
	(void)index;
	(void)err;
	return trial_send_text(out,
			       task_io_state(out) == NULL && ctx == trial_shared
				       ? "none"
				       : "some");
}

static void test_a_task_gets_ctx_and_no_state_without_initializer(void **state)
{
	struct trial trial = {0};

	trial_open_shape(&trial, *state, task_has_no_state, 1);
	trial_submit(&trial, 1);
	trial_drive(&trial);
	assert_kept(0, "none");
	trial_close(&trial);
}

static bool odd(void *arg, const struct task *task)
{
	(void)arg;
	return task->index % 2 == 1;
}

static void test_what_is_unwanted_is_cancelled_and_never_begun(void **state)
{
	struct trial trial = {0};

	trial_prepare_shape(&trial, *state, task_takes_2_ms, 1);
	trial.options.hooks.is_cancelled = odd;
	trial_start(&trial);
	trial_submit(&trial, 20);
	trial_drive(&trial);
	for (size_t i = 0; i < trial.ntasks; i++) {
		assert_ended(i, i % 2 == 0 ? POOL_DONE : POOL_CANCELLED,
			     i % 2 == 0);
		assert_int_equal(atomic_load(&trial_shared->begun[i]),
				 i % 2 == 0);
	}
	trial_close(&trial);
}

static int task_hangs(void *ctx, uint32_t index, struct nf_task_io *out,
		      struct nf_error *err)
{
	(void)ctx;
	(void)out;
	(void)err;
	(void)trial_begin_running(index);
	while (!atomic_load(&trial_shared->go))
		trial_sleep_ms(1); /* even a fiber does not give way */
	return 0;
}

static void test_pool_kill_leaves_a_thread_that_hangs_behind(void **state)
{
	struct trial trial = {0};

	trial_open_shape(&trial, *state, task_hangs, 2);
	trial_submit(&trial, 1);
	trial_await_running(&trial, 1);
	pool_kill(trial.pool);
	trial_drive(&trial);
	assert_ended(0, POOL_CANCELLED, 1);
	assert_false(pool_free(trial.pool));
	atomic_store(&trial_shared->go, true); /* for trial_teardown() */
}

static void test_pool_free_leaves_a_thread_that_hangs_behind(void **state)
{
	struct trial trial = {0};

	trial_open_shape(&trial, *state, task_hangs, 2);
	trial_submit(&trial, 1);
	trial_await_running(&trial, 1);
	assert_false(pool_free(trial.pool));
	assert_int_equal(trial.nended, 0);
	atomic_store(&trial_shared->go, true);
}

/* A thread that was joined may still be seen for a moment: it is none. */
static void test_processes_may_follow_upon_threads(void **state)
{
	(void)state;
	trial_need_processes();
	for (int i = 0; i < 200; i++) {
		struct trial trial = {0};

		trial_open_shape(&trial, &shapes[SHAPE_THREAD], task_nothing,
				 4);
		trial_close(&trial);
		trial_open_shape(&trial, &shapes[SHAPE_PROCESS], task_nothing,
				 1);
		trial_close(&trial);
	}
}

static const struct CMUnitTest tests[] = {
	SHAPE_TESTS(test_every_task_is_done_once),
	SHAPE_TESTS(test_results_larger_than_a_pipe_arrive_whole),
	SHAPE_TESTS(test_a_task_fails_with_its_own_error_and_what_it_wrote),
	SHAPE_TESTS(test_a_task_that_fails_without_a_word_has_an_error),
	SHAPE_TESTS_WORKERS(test_more_workers_than_tasks_do_no_harm),
	SHAPE_TESTS(test_a_pool_without_tasks_starts_and_ends),
	SHAPE_TESTS(test_pool_stop_lets_what_was_begun_end),
	SHAPE_TESTS_OVERLAP(
		test_pool_kill_ends_tasks_that_run_and_those_that_wait),
	SHAPE_TESTS(test_pool_kill_before_the_first_step_cancels_all),
	SHAPE_TESTS_OVERLAP(
		test_pool_free_does_not_wait_for_tasks_that_heed_it),
	SHAPE_TESTS(test_a_task_runs_where_its_mode_says),
	SHAPE_TESTS(test_who_steps_when_pool_fd_tells_misses_nothing),
	SHAPE_TESTS(test_a_pool_without_work_rests),
	SHAPE_TESTS_OVERLAP(test_a_pool_whose_tasks_wait_rests),
	SHAPE_TESTS(test_a_task_gets_ctx_and_no_state_without_initializer),
	SHAPE_TESTS(test_what_is_unwanted_is_cancelled_and_never_begun),
	TRIAL_TEST(test_processes_may_follow_upon_threads),
	SHAPE_TESTS_THREAD(test_pool_kill_leaves_a_thread_that_hangs_behind),
	SHAPE_TESTS_THREAD(test_pool_free_leaves_a_thread_that_hangs_behind),
};

UNIT_MAIN(tests)
