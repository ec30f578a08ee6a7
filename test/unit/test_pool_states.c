/*
 * lib/pool/pool.c, lib/worker/worker_handle.c: the lines of the state tables in
 * their headers that no other test is about.
 */
#include "pool/pool.h"

#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "pool/pool_parts.h"
#include "unit/trial.h"
#include "unit/unit.h"

/* Wait until the worker stands still. */
static void await_stopped(const struct trial *trial, unsigned worker)
{
	siginfo_t info;

	assert_int_equal(waitid(P_PID, (id_t)trial_worker_pid(trial, worker),
				&info, WSTOPPED | WNOWAIT),
			 0);
}

static void await_death(struct trial *trial, unsigned worker, int pid)
{
	while (pool_worker_pid(trial->pool, worker) == pid)
		trial_step(trial, 100);
}

/* ---- a task ---- */

static size_t nhanded;

static void count_handed(void *arg, const struct task *task)
{
	(void)arg;
	(void)task;
	nhanded++;
}

static void open_counting(struct trial *trial, nf_task_fn *run,
			  unsigned workers, unsigned fanout)
{
	nhanded = 0;
	trial_prepare(trial, run, workers, fanout);
	trial->options.hooks.handed = count_handed;
	trial_start(trial);
}

/*
 * Have a task handed out to worker 1, which stands still at its birth. It is
 * let run until its HELLO lies in the pipe, and reads no ticket then.
 */
static void hand_out_to_a_stopped_worker(struct trial *trial)
{
	struct pollfd pollfd = {.fd = pool_fd(trial->pool), .events = POLLIN};
	size_t before = nhanded;

	while (nhanded == before) {
		await_stopped(trial, 1);
		trial_kill_worker(trial, 1, SIGCONT);
		assert_int_equal(poll(&pollfd, 1, TRIAL_LIMIT_MS), 1);
		trial_kill_worker(trial, 1, SIGSTOP);
		await_stopped(trial, 1);
		trial_step(trial, 0);
	}
}

static void test_a_task_is_handed_out_when_a_worker_has_a_place(void **state)
{
	struct trial trial = {0};

	(void)state;
	open_counting(&trial, task_wait, 2, 4);
	trial_submit(&trial, 6);
	assert_int_equal(nhanded, 0);
	trial_await_running(&trial, 4);
	for (int i = 0; i < 5; i++)
		trial_step(&trial, 1);
	assert_int_equal(nhanded, 4);
	atomic_store(&trial_shared->go, true);
	trial_drive(&trial);
	assert_int_equal(nhanded, 6);
	trial_close(&trial);
}

static void test_a_task_that_was_handed_out_runs_once_it_started(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_births = 1;
	open_counting(&trial, task_wait, 1, 1);
	trial_submit(&trial, 1);
	hand_out_to_a_stopped_worker(&trial);
	assert_int_equal(nhanded, 1);
	assert_int_equal(trial_tasks[0].started, 0);
	trial_kill_worker(&trial, 1, SIGCONT);
	trial_await_started(&trial, 1);
	assert_int_equal(trial_tasks[0].ended, 0);
	atomic_store(&trial_shared->go, true);
	trial_drive(&trial);
	assert_ended(0, POOL_DONE, 1);
	trial_close(&trial);
}

/* STARTED and DONE of a task that does not wait come in one write. */
static void test_what_a_worker_said_before_it_died_counts(void **state)
{
	struct trial trial = {0};
	struct pollfd pollfd = {.events = POLLIN};
	siginfo_t info;

	(void)state;
	trial_open(&trial, task_three_words, 1, 1);
	pollfd.fd = pool_fd(trial.pool);
	trial_step(&trial, TRIAL_LIMIT_MS); /* its HELLO */
	trial_submit(&trial, 1);
	trial_step(&trial, 0);
	if (trial.nended == 0)
		assert_int_equal(poll(&pollfd, 1, TRIAL_LIMIT_MS), 1);
	trial_kill_worker(&trial, 1, SIGKILL);
	assert_int_equal(waitid(P_PID, (id_t)trial_worker_pid(&trial, 1), &info,
				WEXITED | WNOWAIT),
			 0);
	trial_drive(&trial);
	assert_ended(0, POOL_DONE, 1);
	assert_kept(0, "keep take keep too");
	trial_close(&trial);
}

/* Twice, as a third death in a row would break the pool. */
static void
test_a_task_that_never_began_goes_back_as_often_as_its_worker_dies(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_births = 1;
	open_counting(&trial, task_nothing, 1, 1);
	trial_submit(&trial, 1);
	for (unsigned i = 1; i <= 2; i++) {
		int pid = trial_worker_pid(&trial, 1);

		hand_out_to_a_stopped_worker(&trial);
		trial_births = i < 2 ? 1 : 0;
		assert_int_equal(kill(pid, SIGKILL), 0);
		await_death(&trial, 1, pid);
	}
	trial_drive(&trial);
	assert_ended(0, POOL_DONE, 3);
	assert_int_equal(trial_tasks[0].started, 1);
	trial_close(&trial);
}

static void test_pool_kill_cancels_what_was_handed_out_only(void **state)
{
	struct trial trial = {.once = true};

	(void)state;
	trial_births = 1;
	open_counting(&trial, task_nothing, 1, 3);
	trial_submit(&trial, 5);
	hand_out_to_a_stopped_worker(&trial);
	pool_kill(trial.pool);
	trial_drive(&trial);
	for (size_t i = 0; i < 5; i++) {
		assert_ended(i, POOL_CANCELLED, i < 3);
		assert_int_equal(trial_tasks[i].started, 0);
		assert_int_equal(trial_tasks[i].error.code, NF_CANCELLED);
	}
	trial_close(&trial);
}

static void await_state(int pid, const char *state)
{
	char path[40], line[200];
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	do {
		trial_sleep_ms(1);
		file = fopen(path, "re");
		assert_non_null(file);
		if (fgets(line, sizeof(line), file) == NULL)
			line[0] = '\0';
		(void)fclose(file);
	} while (strstr(line, state) == NULL);
}

/* Stop the worker while no fiber of its runs, as the heartbeat says. Its tasks
 * look around every other millisecond: it may have to be let go on. */
static void stop_between_tasks(const struct trial *trial, int pid)
{
	const struct heartbeat *beat = trial->pool->handles[0].heartbeat;

	for (;;) {
		assert_int_equal(kill(pid, SIGSTOP), 0);
		await_state(pid, ") T ");
		if (atomic_load(&beat->running) == 0)
			return;
		assert_int_equal(kill(pid, SIGCONT), 0);
	}
}

/* n tasks on fibers of one worker, which wait side by side. */
static void open_waiting(struct trial *trial, unsigned n)
{
	trial_prepare(trial, task_wait, 1, n);
	trial->options.worker.fibers = n;
	trial_start(trial);
	trial_submit(trial, n);
}

/* Kill the worker once so many attempts were begun, and none of them runs. */
static void kill_between_tasks(struct trial *trial, size_t nstarted)
{
	int pid;

	trial_await_started(trial, nstarted);
	pid = trial_worker_pid(trial, 1);
	stop_between_tasks(trial, pid);
	assert_int_equal(kill(pid, SIGKILL), 0);
	await_death(trial, 1, pid);
}

static void test_who_dies_between_two_tasks_puts_blame_on_neither(void **state)
{
	struct trial trial = {0};

	(void)state;
	open_waiting(&trial, 2);
	for (size_t i = 1; i <= 5; i++)
		kill_between_tasks(&trial, 2 * i);
	trial_await_started(&trial, 12);
	atomic_store(&trial_shared->go, true);
	trial_drive(&trial);
	for (size_t i = 0; i < 2; i++) {
		assert_ended(i, POOL_DONE, 6);
		assert_int_equal(trial_tasks[i].started, 6);
	}
	trial_close(&trial);
}

static void test_the_only_task_that_was_begun_is_to_blame(void **state)
{
	struct trial trial = {0};

	(void)state;
	open_waiting(&trial, 1);
	kill_between_tasks(&trial, 1);
	kill_between_tasks(&trial, 2);
	trial_drive(&trial);
	assert_ended(0, POOL_DIED, 2);
	assert_lost_by(0, 1, "was killed by signal 9 (Killed)");
	trial_close(&trial);
}

/* One after the other is alone with its worker then, and each dies of that. */
static void test_deaths_of_nobody_come_to_an_end(void **state)
{
	enum { HURT_MAX = 64 }; /* of outcome.c */
	size_t nstarted = 0;
	struct trial trial = {0};

	(void)state;
	open_waiting(&trial, 2);
	for (size_t i = 0; i < HURT_MAX; i++)
		kill_between_tasks(&trial, nstarted += 2);
	for (size_t i = 0; i < 4; i++)
		kill_between_tasks(&trial, ++nstarted);
	trial_drive(&trial);
	for (size_t i = 0; i < 2; i++)
		assert_ended(i, POOL_DIED, HURT_MAX + 2);
	trial_close(&trial);
}

static int task_dies_at_once(void *ctx, uint32_t index, struct nf_task_io *out,
			     struct nf_error *err)
{
	(void)ctx;
	(void)out;
	(void)err;
	if (trial_begin_running(index) == 1)
		trial_die_by(SIGKILL);
	return 0;
}

/* It had no time to say so: its mark tells. */
static void test_a_task_that_dies_at_once_is_known_to_have_started(void **state)
{
	(void)state;
	for (unsigned fibers = 0; fibers < 2; fibers++) {
		struct trial trial = {.once = true};

		trial_prepare(&trial, task_dies_at_once, 1, 1);
		trial.options.worker.fibers = fibers;
		trial_start(&trial);
		trial_submit(&trial, 1);
		trial_drive(&trial);
		assert_ended(0, POOL_DIED, 1);
		assert_int_equal(trial_tasks[0].started, 1);
		assert_lost_by(0, 1, "was killed by signal 9 (Killed)");
		trial_close(&trial);
	}
}

/* ---- a worker ---- */

/* Waits for the test, as an initializer may for a file. */
static int init_waits(void *ctx, void **worker_state, struct nf_error *err)
{
	(void)ctx;
	(void)worker_state;
	(void)err;
	while (!atomic_load(&trial_shared->go))
		trial_sleep_ms(1);
	return 0;
}

static void test_no_task_begins_before_the_initializer_is_done(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_prepare(&trial, task_nothing, 2, 2);
	trial.options.worker.initializer = init_waits;
	trial_start(&trial);
	trial_submit(&trial, 10);
	for (int i = 0; i < 10; i++)
		trial_step(&trial, 2);
	for (size_t i = 0; i < 10; i++)
		assert_int_equal(trial_tasks[i].started, 0);
	atomic_store(&trial_shared->go, true);
	trial_drive(&trial);
	assert_all_ended(&trial, POOL_DONE, 1);
	trial_close(&trial);
}

static void test_a_dead_worker_is_replaced_when_there_is_work(void **state)
{
	struct trial trial = {0};
	int pid;

	(void)state;
	trial_open(&trial, task_nothing, 1, 1);
	pid = trial_worker_pid(&trial, 1);
	trial_kill_worker(&trial, 1, SIGKILL);
	await_death(&trial, 1, pid);
	for (int i = 0; i < 5; i++)
		trial_step(&trial, 1);
	assert_int_equal(pool_worker_pid(trial.pool, 1), -1);
	trial_submit(&trial, 1);
	trial_step(&trial, 0);
	assert_int_not_equal(trial_worker_pid(&trial, 1), pid);
	trial_drive(&trial);
	assert_ended(0, POOL_DONE, 1);
	trial_close(&trial);
}

static void test_a_place_with_three_deaths_stays_empty_alone(void **state)
{
	struct trial trial = {0};
	int other;

	(void)state;
	trial_births = 1;
	trial_open(&trial, task_wait, 2, 2);
	trial_submit(&trial, 10);
	other = trial_worker_pid(&trial, 2);
	for (size_t i = 1; i <= 3; i++) {
		int pid = trial_worker_pid(&trial, 1);

		await_stopped(&trial, 1);
		trial_births = i < 3 ? 1 : 0;
		assert_int_equal(kill(pid, SIGKILL), 0);
		await_death(&trial, 1, pid);
	}
	assert_int_equal(pool_worker_pid(trial.pool, 1), -1);
	assert_null(pool_broken(trial.pool));
	atomic_store(&trial_shared->go, true);
	trial_drive(&trial);
	assert_int_equal(pool_worker_pid(trial.pool, 1), -1);
	assert_int_equal(pool_worker_pid(trial.pool, 2), other);
	assert_all_ended(&trial, POOL_DONE, 1);
	trial_close(&trial);
}

static const struct CMUnitTest tests[] = {
	TRIAL_TEST(test_a_task_is_handed_out_when_a_worker_has_a_place),
	TRIAL_TEST(test_a_task_that_was_handed_out_runs_once_it_started),
	TRIAL_TEST(test_what_a_worker_said_before_it_died_counts),
	TRIAL_TEST(
		test_a_task_that_never_began_goes_back_as_often_as_its_worker_dies),
	TRIAL_TEST(test_pool_kill_cancels_what_was_handed_out_only),
	TRIAL_TEST(test_who_dies_between_two_tasks_puts_blame_on_neither),
	TRIAL_TEST(test_the_only_task_that_was_begun_is_to_blame),
	TRIAL_TEST(test_deaths_of_nobody_come_to_an_end),
	TRIAL_TEST(test_a_task_that_dies_at_once_is_known_to_have_started),
	TRIAL_TEST(test_no_task_begins_before_the_initializer_is_done),
	TRIAL_TEST(test_a_dead_worker_is_replaced_when_there_is_work),
	TRIAL_TEST(test_a_place_with_three_deaths_stays_empty_alone),
};

UNIT_MAIN(tests)
