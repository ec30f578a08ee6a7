/* lib/pool/pool.c, with lib/worker: stopping, and not starting. */
#include "pool/pool.h"

#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/error.h"
#include "unit/trial.h"
#include "unit/unit.h"

static void test_pool_stop_cancels_what_is_queued_and_no_more(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_open(&trial, task_wait, 2, 2);
	trial_submit(&trial, 6);
	trial_await_running(&trial, 2);
	pool_stop(trial.pool);
	assert_int_equal(trial.nended, 4);
	assert_int_equal(pool_pending(trial.pool), 2);
	pool_stop(trial.pool);
	atomic_store(&trial_shared->go, true);
	trial_drive(&trial);
	for (size_t i = 0; i < 6; i++) {
		assert_ended(i, i < 2 ? POOL_DONE : POOL_CANCELLED, i < 2);
		assert_string_equal(trial_tasks[i].error.message,
				    i < 2 ? ""
					  : "cancelled before it was begun");
		assert_int_equal(trial_tasks[i].worker > 0, i < 2);
	}
	trial_close(&trial);
}

static void test_a_task_lost_after_pool_stop_is_not_repeated(void **state)
{
	(void)state;
	for (int once = 0; once < 2; once++) {
		struct trial trial = {.once = once};

		trial_open(&trial, task_wait, 1, 1);
		trial_submit(&trial, 2);
		trial_await_started(&trial, 1);
		pool_stop(trial.pool);
		trial_kill_worker(&trial, 1, SIGKILL);
		trial_drive(&trial);
		assert_ended(0, once ? POOL_DIED : POOL_CANCELLED, 1);
		assert_lost_by(0, 1, "was killed by signal 9 (Killed)");
		assert_ended(1, POOL_CANCELLED, 0);
		trial_close(&trial);
	}
}

static int task_says_and_sleeps(void *ctx, uint32_t index,
				struct nf_task_io *out, struct nf_error *err)
{
	(void)trial_send_text(out, "some");
	trial_flush(out);
	return task_sleep_long(ctx, index, out, err);
}

static void test_pool_kill_ends_all_and_keeps_what_came(void **state)
{
	struct trial trial = {.once = true};

	(void)state;
	trial_open(&trial, task_says_and_sleeps, 2, 8);
	trial_submit(&trial, 20);
	trial_await_started(&trial, 8);
	trial_kill_worker(&trial, 2, SIGSTOP); /* that saves nobody */
	pool_kill(trial.pool);
	trial_drive(&trial);
	for (size_t i = 0; i < 20; i++) {
		assert_ended(i, POOL_CANCELLED, i < 8);
		if (i < 8)
			assert_lost_by(i, trial_tasks[i].worker, "was stopped");
	}
	for (size_t i = 0; i < 8; i++)
		assert_true(trial_tasks[i].len == 0 || trial_tasks[i].len == 4);
	trial_close(&trial);
}

static void test_pool_free_leaves_running_tasks_and_no_child(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_open(&trial, task_sleep_long, 3, 12);
	trial_submit(&trial, 30);
	trial_await_running(&trial, 12);
	trial_close(&trial);
	assert_int_equal(trial.nended, 0);
	/* That no child is left, trial_teardown() finds. */
}

/* Milliseconds. */
static int64_t time_free_of_stopped_workers(void)
{
	struct trial trial = {0};
	int64_t start;

	trial_open(&trial, task_nothing, 3, 3);
	trial_submit(&trial, 3);
	trial_drive(&trial);
	for (unsigned i = 1; i <= 3; i++)
		trial_kill_worker(&trial, i, SIGSTOP);
	start = mono_us();
	trial_close(&trial);
	return (mono_us() - start) / 1000;
}

/* One farewell of a second for all of them, not one each. */
static void test_pool_free_does_not_wait_for_stopped_workers(void **state)
{
	int tries = TRIAL_TRIES;

	(void)state;
	while (time_free_of_stopped_workers() >= 3000)
		assert_true(--tries > 0);
}

static size_t chain_len;

static void on_end_submit(struct trial *trial, uint32_t index)
{
	struct nf_error err;

	(void)index;
	if (trial->ntasks < chain_len && trial_submit_one(trial, &err) == -1)
		trial->nrefused++;
}

static void test_a_task_may_be_submitted_as_another_ends(void **state)
{
	struct trial trial = {.on_end = on_end_submit};

	(void)state;
	chain_len = 500;
	trial_open(&trial, task_nothing, 2, 2);
	trial_submit(&trial, 1);
	trial_drive(&trial);
	assert_int_equal(trial.ntasks, 500);
	assert_int_equal(trial.nrefused, 0);
	assert_all_ended(&trial, POOL_DONE, 1);
	trial_close(&trial);
	/* Also where the end is a death. */
	trial = (struct trial){.on_end = on_end_submit, .once = true};
	chain_len = 50;
	trial_open(&trial, task_always_dies, 1, 1);
	trial_submit(&trial, 1);
	trial_drive(&trial);
	assert_int_equal(trial.ntasks, 50);
	assert_int_equal(trial.nrefused, 0);
	assert_all_ended(&trial, POOL_DIED, 1);
	trial_close(&trial);
}

static int init_fails(void *ctx, void **worker_state, struct nf_error *err)
{
	(void)ctx;
	(void)worker_state;
	return error_set(err, NF_INVALID, "no luck");
}

static void test_as_a_broken_pool_ends_its_tasks_it_takes_no_other(void **state)
{
	struct trial trial = {.on_end = on_end_submit};

	(void)state;
	chain_len = 50;
	trial_prepare(&trial, task_nothing, 1, 1);
	trial.options.worker.initializer = init_fails;
	trial_start(&trial);
	trial_submit(&trial, 3);
	trial_drive(&trial);
	assert_int_equal(trial.nended, 3);
	assert_int_equal(trial.nrefused, 3);
	trial_close(&trial);
}

static void test_a_pool_that_cannot_be_had_leaves_nothing(void **state)
{
	struct trial trial = {0};
	struct nf_error err = {0};
	struct rlimit before, few;
	struct pool *pool = NULL;

	(void)state;
	trial_prepare(&trial, task_nothing, 8, 8);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	for (rlim_t more = 0; more < 8 * 3; more++) {
		few = before;
		few.rlim_cur =
			trial_fds_before - 3 + more; /* ., .. and the dir */
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
		assert_int_equal(pool_start(&pool, &trial.options, &err), -1);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
		assert_int_equal(err.code, NF_SYSTEM);
		assert_null(pool);
		assert_int_equal(trial_count_fds(), trial_fds_before);
		assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	}
	if (UNIT_ASAN || UNIT_TSAN)
		return; /* there too much memory is not asked for, but fatal */
	trial.options.workers = 0x7fffffff;
	trial.options.fanout = 1;
	assert_int_equal(pool_start(&pool, &trial.options, &err), -1);
	assert_int_equal(err.code, NF_SYSTEM);
}

static const struct CMUnitTest tests[] = {
	TRIAL_TEST(test_pool_stop_cancels_what_is_queued_and_no_more),
	TRIAL_TEST(test_a_task_lost_after_pool_stop_is_not_repeated),
	TRIAL_TEST(test_pool_kill_ends_all_and_keeps_what_came),
	TRIAL_TEST(test_pool_free_leaves_running_tasks_and_no_child),
	TRIAL_TEST(test_pool_free_does_not_wait_for_stopped_workers),
	TRIAL_TEST(test_a_task_may_be_submitted_as_another_ends),
	TRIAL_TEST(test_as_a_broken_pool_ends_its_tasks_it_takes_no_other),
	TRIAL_TEST(test_a_pool_that_cannot_be_had_leaves_nothing),
};

UNIT_MAIN(tests)
