/* lib/pool/pool.c, with worker.c and worker_process.c: workers that die. */
#include "pool/pool.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "fiber/fiber.h"
#include "unit/trial.h"
#include "unit/unit.h"
#include "worker/frame.h"

static int task_dies_once(void *ctx, uint32_t index, struct nf_task_io *out,
			  struct nf_error *err)
{
	(void)ctx;
	(void)err;
	trial_die_often(index, out, SIGSEGV, index == 1 ? 1 : 0);
	return 0;
}

static void test_a_lost_task_is_repeated_and_says_all_anew(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_open(&trial, task_dies_once, 1, 1);
	trial_submit(&trial, 3);
	trial_drive(&trial);
	for (size_t i = 0; i < 3; i++) {
		assert_ended(i, POOL_DONE, i == 1 ? 2 : 1);
		assert_int_equal(trial_tasks[i].started, i == 1 ? 2 : 1);
		assert_kept(i, "begun and done");
		assert_string_equal(trial_tasks[i].error.message, "");
	}
	trial_close(&trial);
}

static int task_one_always_aborts(void *ctx, uint32_t index,
				  struct nf_task_io *out, struct nf_error *err)
{
	(void)ctx;
	(void)err;
	trial_die_often(index, out, SIGABRT, index == 1 ? 100 : 0);
	return 0;
}

static void test_a_task_lost_twice_died_and_says_how(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_open(&trial, task_one_always_aborts, 1, 1);
	trial_submit(&trial, 2);
	trial_await_started(&trial, 3);
	trial_drive(&trial);
	assert_ended(0, POOL_DONE, 1);
	assert_ended(1, POOL_DIED, 2);
	assert_int_equal(atomic_load(&trial_shared->begun[1]), 2);
	assert_lost_by(1, 1, "was killed by signal 6 (Aborted)");
	assert_kept(1, "begun ");
	trial_submit(&trial, 1); /* the pool goes on */
	trial_drive(&trial);
	assert_ended(2, POOL_DONE, 1);
	trial_close(&trial);
}

/* A way for a worker to die, and how it is told. */
struct death {
	int sig; /* 0: it exits */
	const char *how;
};

static const struct death deaths[] = {
	{SIGKILL, "was killed by signal 9 (Killed)"},
	{SIGSEGV, "was killed by signal 11 (Segmentation fault)"},
	{SIGABRT, "was killed by signal 6 (Aborted)"},
	{SIGALRM, "was killed by signal 14 (Alarm clock)"},
	{0, "ended with status 3"},
};

static int task_dies_its_way(void *ctx, uint32_t index, struct nf_task_io *out,
			     struct nf_error *err)
{
	(void)ctx;
	(void)err;
	if (index % 2 == 0) /* so that no three deaths follow each other */
		return 0;
	(void)trial_begin_running(index);
	(void)trial_send_text(out, "this ");
	(void)trial_send_text(out, "much");
	trial_flush(out);
	if (deaths[index / 2].sig == 0)
		(void)syscall(SYS_exit_group, 3); /* past every sanitizer */
	trial_die_by(deaths[index / 2].sig);
	return 0;
}

static void test_what_must_not_be_repeated_died_at_once(void **state)
{
	struct trial trial = {.once = true};

	(void)state;
	trial_open(&trial, task_dies_its_way, 1, 1);
	for (size_t i = 0; i < LENGTH(deaths); i++) {
		trial_submit(&trial, 2);
		trial_drive(&trial);
		assert_ended(2 * i, POOL_DONE, 1);
		assert_ended(2 * i + 1, POOL_DIED, 1);
		assert_int_equal(atomic_load(&trial_shared->begun[2 * i + 1]),
				 1);
		assert_lost_by(2 * i + 1, 1, deaths[i].how);
		assert_kept(2 * i + 1, "this much");
	}
	trial_close(&trial);
}

static void test_tasks_that_die_one_after_another_break_nothing(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_open(&trial, task_always_dies, 1, 1);
	trial_submit(&trial, 10);
	trial_drive(&trial);
	assert_all_ended(&trial, POOL_DIED, 2);
	for (size_t i = 0; i < 10; i++) {
		assert_lost_by(i, 1, "was killed by signal 9 (Killed)");
		assert_kept(i, "begun ");
	}
	assert_null(pool_broken(trial.pool));
	trial_close(&trial);
}

/* A trial whose workers all die before they begin anything. */
static void open_barren(struct trial *trial, size_t ntasks)
{
	trial_prepare(trial, task_nothing, 1, 1);
	atomic_store(&trial_shared->deadly, true);
	trial->options.worker.initializer = trial_init_dies;
	trial_start(trial);
	trial_submit(trial, ntasks);
}

static void test_three_deaths_before_any_task_end_what_is_left(void **state)
{
	struct trial trial = {0};

	(void)state;
	open_barren(&trial, 10);
	trial_drive(&trial);
	for (size_t i = 0; i < 10; i++) {
		assert_ended(i, POOL_DIED, 0);
		assert_int_equal(trial_tasks[i].worker, 0);
		assert_non_null(
			strstr(trial_tasks[i].error.message,
			       "workers die before they finish anything: "
			       "worker 1 (pid "));
		assert_kept(i, "");
	}
	trial_close(&trial);
}

static int task_waits_then_answers(void *ctx, uint32_t index,
				   struct nf_task_io *out, struct nf_error *err)
{
	(void)ctx;
	(void)err;
	(void)trial_begin_running(index);
	(void)trial_pause_ms(100);
	(void)trial_send_text(out, "done");
	return 0;
}

/* Two rounds of all three are six deaths in a row, and no sign of anything. */
static void test_workers_killed_together_twice_break_nothing(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_open(&trial, task_waits_then_answers, 3, 3);
	trial_submit(&trial, 12);
	for (int round = 0; round < 2; round++) {
		for (unsigned i = 1; i <= 3; i++)
			kill(pool_worker_pid(trial.pool, i), SIGKILL);
		for (int step = 0; step < 20; step++)
			assert_int_equal(pool_step(trial.pool, 2, NULL), 0);
	}
	trial_drive(&trial);
	for (size_t i = 6; i < 12; i++)
		assert_ended(i, POOL_DONE, 1);
	trial_close(&trial);
}

static void test_a_pool_that_broke_refuses_every_task(void **state)
{
	struct trial trial = {0};
	struct nf_error err = {0};

	(void)state;
	open_barren(&trial, 2);
	trial_drive(&trial);
	assert_non_null(pool_broken(trial.pool));
	assert_int_equal(trial_submit_one(&trial, &err), -1);
	assert_int_equal(err.code, NF_WORKER_DIED);
	assert_string_equal(err.message, trial_tasks[1].error.message);
	assert_string_equal(pool_broken(trial.pool)->message, err.message);
	assert_int_equal(pool_pending(trial.pool), 0);
	assert_int_equal(pool_step(trial.pool, 0, NULL), 0);
	assert_int_equal(trial_tasks[2].ended, 0);
	trial_close(&trial);
}

static int task_even_die(void *ctx, uint32_t index, struct nf_task_io *out,
			 struct nf_error *err)
{
	(void)ctx;
	(void)err;
	trial_die_often(index, out, SIGKILL, index % 2 == 0 ? 1 : 0);
	return 0;
}

static void test_deaths_between_tasks_done_break_nothing(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_open(&trial, task_even_die, 1, 1);
	trial_submit(&trial, 40);
	trial_drive(&trial);
	for (size_t i = 0; i < 40; i++)
		assert_ended(i, POOL_DONE, i % 2 == 0 ? 2 : 1);
	trial_close(&trial);
}

static void test_a_task_submitted_after_every_worker_died_is_done(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_open(&trial, task_nothing, 3, 3);
	trial_submit(&trial, 9);
	trial_drive(&trial);
	for (int round = 0; round < 5; round++) {
		for (unsigned i = 1; i <= 3; i++) {
			if (pool_worker_pid(trial.pool, i) != -1)
				trial_kill_worker(&trial, i, SIGKILL);
		}
		while (pool_worker_pid(trial.pool, 1) != -1 ||
		       pool_worker_pid(trial.pool, 2) != -1 ||
		       pool_worker_pid(trial.pool, 3) != -1)
			trial_step(&trial, 10);
		trial_submit(&trial, 1);
		while (pool_pending(trial.pool) > 0)
			trial_step(&trial, -1);
	}
	assert_all_ended(&trial, POOL_DONE, 1);
	trial_close(&trial);
}

static void
test_a_worker_killed_before_its_first_ticket_costs_none(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_open(&trial, task_nothing, 2, 8);
	trial_kill_worker(&trial, 1, SIGKILL);
	trial_kill_worker(&trial, 2, SIGKILL);
	trial_sleep_ms(20); /* the tickets meet a pipe without reader */
	trial_submit(&trial, 100);
	trial_drive(&trial);
	for (size_t i = 0; i < 100; i++)
		assert_true(trial_tasks[i].ended == 1 &&
			    trial_tasks[i].end == POOL_DONE);
	trial_close(&trial);
}

static int task_neighbours(void *ctx, uint32_t index, struct nf_task_io *out,
			   struct nf_error *err)
{
	unsigned attempt = trial_begin_running(index);

	(void)ctx;
	(void)trial_send_text(out, "hello");
	if (index == 0 && attempt == 1) {
		while (atomic_load(&trial_shared->running) < 6)
			(void)trial_pause_ms(1);
		trial_flush(out);
		trial_die_by(SIGSEGV);
	}
	return trial_await_go(err);
}

static void test_a_crash_costs_the_other_workers_nothing(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_open(&trial, task_neighbours, 2, 6);
	trial_submit(&trial, 6);
	/* Its worker had three: the suspect goes first, alone, then the others.
	 */
	trial_await_started(&trial, 6 + 1);
	atomic_store(&trial_shared->go, true);
	trial_drive(&trial);
	for (size_t i = 0; i < 6; i++) {
		bool beside = trial_tasks[i].first_worker ==
			      trial_tasks[0].first_worker;

		assert_ended(i, POOL_DONE, beside ? 2 : 1);
		assert_kept(i, "hello");
	}
	trial_close(&trial);
}

static int task_chatter(void *ctx, uint32_t index, struct nf_task_io *out,
			struct nf_error *err)
{
	unsigned attempt = trial_begin_running(index);
	uint8_t *bytes = malloc(FRAME_PAYLOAD_MAX);

	(void)ctx;
	(void)err;
	for (size_t n = 0; bytes != NULL && n < (attempt > 1 ? 5 : 1000); n++) {
		for (size_t i = 0; i < FRAME_PAYLOAD_MAX; i++)
			bytes[i] = trial_result_byte(index,
						     n * FRAME_PAYLOAD_MAX + i);
		if (trial_send_bytes(out, bytes, FRAME_PAYLOAD_MAX) == -1)
			break;
	}
	free(bytes);
	return 0;
}

/* A frame of the maximum never fits into a pipe: the last one is cut. */
static void kill_in_a_frame(struct trial *trial)
{
	trial_open(trial, task_chatter, 1, 1);
	trial_submit(trial, 1);
	while (trial_tasks[0].started == 0)
		trial_step(trial, 100);
	for (int i = 0; i < 20; i++)
		trial_step(trial, 100);
	trial_sleep_ms(50); /* it fills the pipe */
	trial_kill_worker(trial, 1, SIGKILL);
}

static void test_a_frame_that_is_cut_short_does_not_count(void **state)
{
	struct trial trial = {.expected = trial_result_byte, .once = true};

	(void)state;
	kill_in_a_frame(&trial);
	trial_drive(&trial);
	assert_ended(0, POOL_DIED, 1);
	assert_true(trial_tasks[0].len > 0);
	assert_int_equal(trial_tasks[0].len % FRAME_PAYLOAD_MAX, 0);
	trial_close(&trial);
}

static void test_a_new_worker_does_not_inherit_half_a_frame(void **state)
{
	struct trial trial = {.expected = trial_result_byte};

	(void)state;
	kill_in_a_frame(&trial);
	trial_drive(&trial);
	assert_ended(0, POOL_DONE, 2);
	assert_int_equal(trial_tasks[0].len, 5 * FRAME_PAYLOAD_MAX);
	trial_close(&trial);
}

/*
 * A worker stopped at its fork still holds the parent's ends of the others'
 * pipes, and their pidfds: that must not confuse their deaths.
 */
static void test_a_newborn_that_stands_still_disturbs_no_other(void **state)
{
	struct trial trial = {0};
	siginfo_t info;

	(void)state;
	trial_births = 2;
	trial_open(&trial, task_nothing, 2, 2);
	assert_int_equal(waitid(P_PID, (id_t)trial_worker_pid(&trial, 2), &info,
				WSTOPPED | WNOWAIT),
			 0);
	trial_submit(&trial,
		     2); /* one of them waits in the worker that stands */
	while (trial.ndone < 1)
		trial_step(&trial, 100);
	for (size_t i = 1; i <= 3; i++) {
		trial_kill_worker(&trial, 1, SIGKILL);
		trial_submit(&trial, 3);
		while (trial.ndone < 1 + i * 3)
			trial_step(&trial, 100);
	}
	trial_kill_worker(&trial, 2, SIGCONT);
	trial_drive(&trial);
	for (size_t i = 0; i < 11; i++)
		assert_true(trial_tasks[i].ended == 1 &&
			    trial_tasks[i].end == POOL_DONE);
	trial_close(&trial);
}

static void test_deaths_are_told_where_children_are_not_waited_for(void **state)
{
	struct trial trial = {.once = true};
	size_t ndied = 0;

	(void)state;
	(void)signal(SIGCHLD, SIG_IGN);
	trial_open(&trial, task_even_die, 2, 2);
	trial_submit(&trial, 20);
	trial_drive(&trial);
	for (size_t i = 0; i < 20; i++) {
		assert_int_equal(trial_tasks[i].ended, 1);
		ndied += trial_tasks[i].end == POOL_DIED;
	}
	assert_true(ndied > 0);
	trial_close(&trial);
	(void)signal(SIGCHLD, SIG_DFL);
}

static const struct CMUnitTest tests[] = {
	TRIAL_TEST(test_a_lost_task_is_repeated_and_says_all_anew),
	TRIAL_TEST(test_a_task_lost_twice_died_and_says_how),
	TRIAL_TEST(test_what_must_not_be_repeated_died_at_once),
	TRIAL_TEST(test_tasks_that_die_one_after_another_break_nothing),
	TRIAL_TEST(test_three_deaths_before_any_task_end_what_is_left),
	TRIAL_TEST(test_workers_killed_together_twice_break_nothing),
	TRIAL_TEST(test_a_pool_that_broke_refuses_every_task),
	TRIAL_TEST(test_deaths_between_tasks_done_break_nothing),
	TRIAL_TEST(test_a_task_submitted_after_every_worker_died_is_done),
	TRIAL_TEST(test_a_worker_killed_before_its_first_ticket_costs_none),
	TRIAL_TEST(test_a_crash_costs_the_other_workers_nothing),
	TRIAL_TEST(test_a_frame_that_is_cut_short_does_not_count),
	TRIAL_TEST(test_a_new_worker_does_not_inherit_half_a_frame),
	TRIAL_TEST(test_a_newborn_that_stands_still_disturbs_no_other),
	TRIAL_TEST(test_deaths_are_told_where_children_are_not_waited_for),
};

UNIT_MAIN(tests)
