/* lib/pool/pool.c: time limits, and workers that stand still. */
#include "pool/pool.h"

#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "pool/frame.h"
#include "unit/trial.h"
#include "unit/unit.h"

#define CUT_MS 1000 /* of pool.c: for a task on a fiber to heed its limit */
#define PAUSE_MS 3000

static void open_limited(struct trial *trial, const struct trial_way *way,
			 nf_task_fn *run, unsigned workers, int64_t limit_ms)
{
	unsigned each = way->fibers > 0 ? way->fibers : 1;

	if (way->mode == NF_MODE_SEQUENTIAL)
		workers = 1;
	trial_prepare(trial, run, workers, workers * each);
	trial_set_way(trial, way);
	trial->options.worker.limit_ms = limit_ms;
	trial_start(trial);
}

static void assert_late(size_t index, const char *limit)
{
	const struct fate *fate = &trial_fates[index];
	char message[60];

	(void)snprintf(message, sizeof(message), "not done within %s s", limit);
	assert_int_equal(fate->ended, 1);
	assert_int_equal(fate->error.code, NF_TIMEOUT);
	assert_string_equal(fate->error.message, message);
}

/* ---- late ---- */

static int task_first_sleeps(void *ctx, uint32_t index, struct nf_outlet *out,
			     struct nf_error *err)
{
	(void)trial_send_text(out, "begun");
	if (index == 0)
		return task_sleep_long(ctx, index, out, err);
	return 0;
}

/* It failed by itself: its worker goes on. */
static void test_a_fiber_that_waits_beyond_its_limit_is_cut(void **state)
{
	struct trial trial = {0};
	int64_t start_us = clock_us();

	open_limited(&trial, *state, task_first_sleeps, 1, 100);
	trial_submit(&trial, 20);
	trial_drive(&trial);
	assert_true(clock_us() - start_us >= 100000);
	assert_fate(0, POOL_FAILED, 1);
	assert_late(0, "0.100");
	for (size_t i = 1; i < trial.ntasks; i++)
		assert_fate(i, POOL_DONE, 1);
	for (size_t i = 0; i < trial.ntasks; i++)
		assert_fate_kept(i, "begun");
	trial_close(&trial);
}

static int task_heeds_it_its_own_way(void *ctx, uint32_t index,
				     struct nf_outlet *out,
				     struct nf_error *err)
{
	(void)ctx;
	(void)err;
	if (trial_pause_ms(index == 0 ? 20 : 10 * TRIAL_LIMIT_MS))
		return trial_send_text(out, "in time");
	return trial_send_text(out, "cut, and well");
}

static void
test_a_task_that_succeeds_in_spite_of_its_limit_is_done(void **state)
{
	struct trial trial = {0};

	open_limited(&trial, *state, task_heeds_it_its_own_way, 1, 500);
	trial_submit(&trial, 2);
	trial_drive(&trial);
	assert_all_fates(&trial, POOL_DONE, 1);
	assert_fate_kept(0, "in time");
	assert_fate_kept(1, "cut, and well");
	trial_close(&trial);
}

/* The first neither returns nor waits in vain; the others take 10 ms each. */
static int task_first_heeds_nothing(void *ctx, uint32_t index,
				    struct nf_outlet *out, struct nf_error *err)
{
	(void)ctx;
	(void)out;
	(void)err;
	while (index == 0 && !atomic_load(&trial_shared->go))
		(void)trial_pause_ms(1);
	(void)trial_pause_ms(10);
	return 0;
}

/* So that there are neighbours at any time. */
static void on_end_go_on(struct trial *trial, uint32_t index)
{
	struct nf_error err;

	if (index > 0 && trial_fates[0].ended == 0 &&
	    trial->ntasks < TRIAL_TASKS_MAX &&
	    trial_submit_one(trial, &err) == -1)
		trial->nrefused++;
}

/* A thread cannot be killed: what it had begun beside it is lost with it. */
static void assert_only_the_first_is_late(const struct trial *trial)
{
	const struct pool_options *options = &trial->options;
	size_t nlost = trial->ntasks - 1 - trial->ndone, beside = 0;

	if (options->mode == NF_MODE_THREAD && options->worker.fibers > 0)
		beside = options->worker.fibers - 1;
	assert_late(0, "0.200");
	assert_fate(0, POOL_LATE, 1);
	assert_int_equal(trial->nrefused, 0);
	assert_int_equal(trial->nended, trial->ntasks);
	assert_in_range(nlost, 0, beside);
	for (size_t i = 1; i < trial->ntasks; i++)
		assert_true(trial_fates[i].end == POOL_DONE ||
			    trial_fates[i].end == POOL_DIED);
}

static void
test_a_task_that_heeds_no_limit_costs_its_worker_and_no_other_task(void **state)
{
	const struct trial_way *way = *state;
	struct trial trial = {.on_end = on_end_go_on};
	int64_t start_us = clock_us(), took_ms;

	open_limited(&trial, way, task_first_heeds_nothing, 2, 200);
	trial_submit(&trial, trial.options.fanout);
	while (trial_fates[0].ended == 0)
		trial_step(&trial, 1000);
	took_ms = (clock_us() - start_us) / 1000;
	trial_drive(&trial);
	assert_only_the_first_is_late(&trial);
	assert_in_range(took_ms, 200,
			200 + (way->fibers > 0 ? CUT_MS : 0) + TRIAL_SOON_MS);
	assert_int_equal(pool_free(trial.pool), way->mode == NF_MODE_PROCESS);
	atomic_store(&trial_shared->go, true); /* for trial_teardown() */
}

static void test_what_is_late_is_not_repeated(void **state)
{
	struct trial trial = {0};

	open_limited(&trial, *state, task_first_heeds_nothing, 1, 50);
	trial_submit(&trial, 1);
	trial_drive(&trial);
	assert_fate(0, POOL_LATE, 1);
	assert_int_equal(trial_fates[0].started, 1);
	trial_close(&trial);
}

static void assert_all_but_the_first_died(struct trial *trial)
{
	struct nf_error err = {0};

	for (size_t i = 1; i < 10; i++) {
		assert_int_equal(trial_fates[i].end, POOL_DIED);
		assert_int_equal(trial_fates[i].error.code, NF_WORKER_DIED);
		assert_int_equal(trial_fates[i].started, 0);
	}
	assert_int_equal(trial_submit_one(trial, &err), -1);
	assert_int_equal(err.code, NF_WORKER_DIED);
}

static void test_when_every_thread_hangs_the_rest_is_told_so(void **state)
{
	struct trial_way way = *(const struct trial_way *)*state;
	struct trial trial = {0};

	way.fibers = way.fibers > 0 ? 1 : 0;
	open_limited(&trial, &way, task_first_heeds_nothing, 1, 100);
	trial_submit(&trial, 10);
	trial_drive(&trial);
	assert_late(0, "0.100");
	assert_int_equal(trial.nended, 10);
	assert_all_but_the_first_died(&trial);
	assert_false(pool_free(trial.pool));
	atomic_store(&trial_shared->go, true);
}

/* After its limit, and after the second that it has to heed it. */
static int task_first_comes_back_late(void *ctx, uint32_t index,
				      struct nf_outlet *out,
				      struct nf_error *err)
{
	int64_t end_ms = clock_ms() + 100 + CUT_MS + 300;

	(void)ctx;
	(void)out;
	(void)err;
	while (index == 0 && clock_ms() < end_ms)
		(void)trial_pause_ms(5);
	return 0;
}

static void test_after_a_task_that_came_back_late_the_others_go_on(void **state)
{
	struct trial trial = {0};

	open_limited(&trial, *state, task_first_comes_back_late, 1, 100);
	trial_submit(&trial, 10);
	trial_drive(&trial);
	assert_late(0, "0.100");
	for (size_t i = 1; i < 10; i++)
		assert_int_equal(trial_fates[i].end, POOL_DONE);
	(void)pool_free(trial.pool);
}

/* ---- in time ---- */

static int task_takes_150_ms(void *ctx, uint32_t index, struct nf_outlet *out,
			     struct nf_error *err)
{
	(void)ctx;
	(void)index;
	(void)out;
	(void)err;
	(void)trial_pause_ms(150);
	return 0;
}

static void test_a_task_that_ends_within_its_limit_is_done(void **state)
{
	struct trial trial = {0};

	open_limited(&trial, *state, task_takes_150_ms, 1, 150 + TRIAL_SOON_MS);
	trial_submit(&trial, trial.options.fanout);
	trial_drive(&trial);
	assert_all_fates(&trial, POOL_DONE, 1);
	trial_close(&trial);
}

static int task_takes_50_ms(void *ctx, uint32_t index, struct nf_outlet *out,
			    struct nf_error *err)
{
	(void)ctx;
	(void)out;
	(void)err;
	(void)trial_begin_running(index);
	(void)trial_pause_ms(50);
	return 0;
}

/* Nobody looked while it ended. */
static void test_a_done_that_lies_in_the_pipe_counts(void **state)
{
	const struct trial_way *way = *state;
	struct trial trial = {0};

	open_limited(&trial, way, task_takes_50_ms, 1, 50 + TRIAL_SOON_MS / 2);
	trial_submit(&trial, trial.options.fanout);
	trial_await_running(&trial, trial.options.fanout);
	trial_sleep_ms(50 + TRIAL_SOON_MS / 2 + (way->fibers > 0 ? CUT_MS : 0) +
		       50);
	trial_drive(&trial);
	assert_all_fates(&trial, POOL_DONE, 1);
	trial_close(&trial);
}

#define MUCH ((size_t)2 * 1024 * 1024)

static int task_writes_much(void *ctx, uint32_t index, struct nf_outlet *out,
			    struct nf_error *err)
{
	static const uint8_t bytes[FRAME_PAYLOAD_MAX];

	(void)ctx;
	(void)trial_begin_running(index);
	for (size_t at = 0; at < MUCH; at += sizeof(bytes)) {
		if (trial_send_bytes(out, bytes, sizeof(bytes)) == -1)
			return error_set(err, NF_CANCELLED, "nobody reads");
	}
	return 0;
}

static void drive_after_a_break(const struct trial_way *way)
{
	struct trial trial = {0};

	open_limited(&trial, way, task_writes_much, 1, TRIAL_SOON_MS / 2);
	trial_submit(&trial, trial.options.fanout);
	trial_await_running(&trial, trial.options.fanout);
	trial_sleep_ms(TRIAL_SOON_MS / 2 + (way->fibers > 0 ? CUT_MS : 0) +
		       200);
	trial_drive(&trial);
	assert_all_fates(&trial, POOL_DONE, 1);
	for (size_t i = 0; i < trial.ntasks; i++)
		assert_int_equal(trial_fates[i].len, MUCH);
	trial_close(&trial);
}

static void test_time_in_which_nobody_reads_is_not_counted(void **state)
{
	drive_after_a_break(*state);
}

static void
test_time_in_which_nobody_reads_is_not_counted_of_one_fiber(void **state)
{
	struct trial_way way = *(const struct trial_way *)*state;

	way.fibers = 1;
	drive_after_a_break(&way);
}

static int task_writes_without_end(void *ctx, uint32_t index,
				   struct nf_outlet *out, struct nf_error *err)
{
	static const uint8_t bytes[FRAME_PAYLOAD_MAX];

	(void)ctx;
	(void)index;
	while (trial_send_bytes(out, bytes, sizeof(bytes)) == 0)
		;
	return error_set(err, NF_CANCELLED, "nobody reads");
}

static enum pool_verdict take_all(const uint8_t *payload, size_t len)
{
	(void)payload;
	(void)len;
	return POOL_TAKEN;
}

/* It is read all the time: what it waits for is no reader that is away. */
static void test_a_task_that_writes_without_end_is_late_too(void **state)
{
	struct trial trial = {.judge = take_all};

	open_limited(&trial, *state, task_writes_without_end, 1, 100);
	trial.deadline_ms = clock_ms() + 5000 + TRIAL_SOON_MS;
	trial_submit(&trial, 1);
	trial_drive(&trial);
	assert_late(0, "0.100");
	(void)pool_free(trial.pool);
}

/* ---- a worker that is stopped ---- */

/* A third of a second of its own time: a pause of the worker is not in it. */
static int task_takes_30_naps(void *ctx, uint32_t index, struct nf_outlet *out,
			      struct nf_error *err)
{
	(void)ctx;
	(void)out;
	(void)trial_begin_running(index);
	for (int i = 0; i < 30; i++) {
		if (!trial_pause_ms(10))
			return error_set(err, NF_CANCELLED, "cut");
	}
	return 0;
}

static void step_for(struct trial *trial, int64_t ms)
{
	int64_t end_us = clock_us() + ms * 1000, left_ms;

	while ((left_ms = (end_us - clock_us()) / 1000) > 0)
		trial_step(trial, (int)left_ms);
}

/*
 * A limit that the pauses of the worker pass, but not the task's own time; it
 * goes on before the pool judges it.
 */
static void stop_for_a_while(unsigned fibers)
{
	int64_t limit_ms = fibers > 0 ? 1200 : 1000;
	struct trial trial = {0};

	trial_prepare(&trial, task_takes_30_naps, 1, fibers > 0 ? fibers : 1);
	trial.options.worker.fibers = fibers;
	trial.options.worker.limit_ms = limit_ms;
	trial_start(&trial);
	trial_submit(&trial, trial.options.fanout);
	trial_await_running(&trial, trial.options.fanout);
	trial_kill_worker(&trial, 1, SIGSTOP);
	step_for(&trial, fibers > 0 ? limit_ms + CUT_MS - 200 : limit_ms - 200);
	trial_kill_worker(&trial, 1, SIGCONT);
	trial_drive(&trial);
	assert_all_fates(&trial, POOL_DONE, 1);
	trial_close(&trial);
}

static void test_a_task_whose_worker_was_stopped_is_not_late(void **state)
{
	(void)state;
	stop_for_a_while(0);
}

static void test_a_fiber_whose_worker_was_stopped_is_not_late(void **state)
{
	(void)state;
	stop_for_a_while(1);
}

static void test_fibers_whose_worker_was_stopped_are_not_late(void **state)
{
	(void)state;
	stop_for_a_while(3);
}

static void sleep_beyond_the_limit(int sig)
{
	(void)sig;
	(void)poll(NULL, 0, PAUSE_MS);
}

/* The pool itself waits, within a step, and is not let run. */
static void test_a_fiber_of_a_thread_that_was_stopped_is_not_late(void **state)
{
	const struct sigaction pause = {.sa_handler = sleep_beyond_the_limit};
	const struct itimerval soon = {.it_value.tv_usec = 100000};
	struct sigaction before;
	struct trial trial = {0};

	(void)state;
	trial_prepare(&trial, task_takes_30_naps, 1, 1);
	trial_set_way(&trial, &trial_ways[5]);
	trial.options.worker.limit_ms = PAUSE_MS - 500;
	trial_start(&trial);
	trial_submit(&trial, 1);
	assert_int_equal(sigaction(SIGALRM, &pause, &before), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
	trial_drive(&trial);
	assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
	assert_all_fates(&trial, POOL_DONE, 1);
	trial_close(&trial);
}

/* A process that stops this one soon, and lets it go on after a while. */
static pid_t stop_this_program_soon(void)
{
	pid_t self = getpid(), pid = fork();

	assert_int_not_equal(pid, -1);
	if (pid > 0)
		return pid;
	(void)poll(NULL, 0, 100);
	(void)kill(self, SIGSTOP);
	(void)poll(NULL, 0, PAUSE_MS);
	(void)kill(self, SIGCONT);
	_exit(0);
}

static void test_tasks_of_a_program_that_was_stopped_are_not_late(void **state)
{
	struct trial trial = {0};
	pid_t pid;

	trial_prepare(&trial, task_takes_30_naps, 1, 1);
	trial_set_way(&trial, *state);
	trial.options.worker.limit_ms = PAUSE_MS - 500;
	trial_start(&trial);
	trial_submit(&trial, 1);
	pid = stop_this_program_soon();
	trial_drive(&trial);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_all_fates(&trial, POOL_DONE, 1);
	trial_close(&trial);
}

static int task_pauses_at_first(void *ctx, uint32_t index,
				struct nf_outlet *out, struct nf_error *err)
{
	(void)poll(NULL, 0, PAUSE_MS);
	return task_takes_30_naps(ctx, index, out, err);
}

/* Before its pool has heard that it began. */
static void test_a_fiber_that_was_stopped_at_first_is_not_late(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_prepare(&trial, task_pauses_at_first, 1, 1);
	trial_set_way(&trial, &trial_ways[5]);
	trial.options.worker.limit_ms = PAUSE_MS / 2;
	trial_start(&trial);
	trial_submit(&trial, 1);
	trial_drive(&trial);
	assert_all_fates(&trial, POOL_DONE, 1);
	trial_close(&trial);
}

/* ---- stuck ---- */

static int task_sleeps_at_first(void *ctx, uint32_t index,
				struct nf_outlet *out, struct nf_error *err)
{
	if (trial_begin_running(index) == 1)
		return task_sleep_long(ctx, index, out, err);
	return trial_send_text(out, "again");
}

static void test_a_worker_that_stands_still_for_10_s_is_replaced(void **state)
{
	struct trial trial = {0};
	int64_t start_us;

	(void)state;
	trial_open(&trial, task_sleeps_at_first, 1, 2);
	trial_submit(&trial, 2);
	trial_await_started(&trial, 2);
	trial_kill_worker(&trial, 1, SIGSTOP);
	start_us = clock_us();
	trial_drive(&trial);
	assert_in_range((clock_us() - start_us) / 1000, 9000,
			12000 + TRIAL_SOON_MS);
	for (size_t i = 0; i < 2; i++) {
		assert_fate(i, POOL_DONE, 2);
		assert_fate_kept(i, "again");
	}
	trial_close(&trial);
}

#define WAY(test, number, name) TRIAL_TEST_WAY(test, number, name)

static const struct CMUnitTest tests[] = {
	WAY(test_a_fiber_that_waits_beyond_its_limit_is_cut, 1,
	    "_in_processes"),
	WAY(test_a_fiber_that_waits_beyond_its_limit_is_cut, 3, "_in_threads"),
	WAY(test_a_fiber_that_waits_beyond_its_limit_is_cut, 5, "_in_sequence"),
	WAY(test_a_task_that_succeeds_in_spite_of_its_limit_is_done, 1,
	    "_in_processes"),
	WAY(test_a_task_that_succeeds_in_spite_of_its_limit_is_done, 3,
	    "_in_threads"),
	WAY(test_a_task_that_succeeds_in_spite_of_its_limit_is_done, 5,
	    "_in_sequence"),
	TRIAL_TEST_PROCESSES(
		test_a_task_that_heeds_no_limit_costs_its_worker_and_no_other_task),
	TRIAL_TEST_THREADS(
		test_a_task_that_heeds_no_limit_costs_its_worker_and_no_other_task),
	TRIAL_TEST_PROCESSES(test_what_is_late_is_not_repeated),
	TRIAL_TEST_THREADS(test_when_every_thread_hangs_the_rest_is_told_so),
	TRIAL_TEST_PROCESSES(
		test_after_a_task_that_came_back_late_the_others_go_on),
	WAY(test_after_a_task_that_came_back_late_the_others_go_on, 5,
	    "_on_fibers_in_sequence"),
	TRIAL_TEST_ALL_WAYS(test_a_task_that_ends_within_its_limit_is_done),
	TRIAL_TEST_PROCESSES(test_a_done_that_lies_in_the_pipe_counts),
	TRIAL_TEST_THREADS(test_a_done_that_lies_in_the_pipe_counts),
	TRIAL_TEST_PROCESSES(test_time_in_which_nobody_reads_is_not_counted),
	TRIAL_TEST_THREADS(test_time_in_which_nobody_reads_is_not_counted),
	WAY(test_time_in_which_nobody_reads_is_not_counted_of_one_fiber, 1,
	    "_in_processes"),
	WAY(test_time_in_which_nobody_reads_is_not_counted_of_one_fiber, 3,
	    "_in_threads"),
	TRIAL_TEST_PROCESSES(test_a_task_that_writes_without_end_is_late_too),
	TRIAL_TEST_THREADS(test_a_task_that_writes_without_end_is_late_too),
	WAY(test_a_task_that_writes_without_end_is_late_too, 5,
	    "_on_fibers_in_sequence"),
	TRIAL_TEST(test_a_task_whose_worker_was_stopped_is_not_late),
	TRIAL_TEST(test_a_fiber_whose_worker_was_stopped_is_not_late),
	TRIAL_TEST(test_fibers_whose_worker_was_stopped_are_not_late),
	TRIAL_TEST(test_a_fiber_of_a_thread_that_was_stopped_is_not_late),
	TRIAL_TEST_THREADS(
		test_tasks_of_a_program_that_was_stopped_are_not_late),
	WAY(test_tasks_of_a_program_that_was_stopped_are_not_late, 5,
	    "_on_fibers_in_sequence"),
	TRIAL_TEST(test_a_fiber_that_was_stopped_at_first_is_not_late),
	TRIAL_TEST(test_a_worker_that_stands_still_for_10_s_is_replaced),
};

UNIT_MAIN(tests)
