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
#include "base/deadline_clock.h"
#include "base/error.h"
#include "unit/shape.h"
#include "unit/unit.h"
#include "worker/frame.h"

#define CUT_MS 1000 /* of pool.c: for a task on a fiber to heed its limit */
#define FEW_MS 200 /* the first limit that is tried */

static void open_limited(struct trial *trial, const struct shape *shape,
			 nf_task_fn *run, unsigned workers, int64_t limit_ms)
{
	trial_prepare_shape(trial, shape, run, workers);
	trial->options.worker.limit_ms = limit_ms;
	trial_start(trial);
}

static void assert_late(size_t index, int64_t limit_ms)
{
	const struct trial_task *record = &trial_tasks[index];
	char message[60];

	(void)snprintf(message, sizeof(message), "not done within %.3f s",
		       (double)limit_ms / 1000);
	assert_int_equal(record->ended, 1);
	assert_int_equal(record->error.code, NF_TIMEOUT);
	assert_string_equal(record->error.message, message);
}

/* Of those from index on: all are done. */
static bool are_done(const struct trial *trial, size_t index)
{
	while (index < trial->ntasks && trial_tasks[index].end == POOL_DONE)
		index++;
	return index == trial->ntasks;
}

/* ---- late ---- */

static int task_first_sleeps(void *ctx, uint32_t index, struct nf_task_io *out,
			     struct nf_error *err)
{
	(void)trial_send_text(out, "begun");
	if (index == 0)
		return task_sleep_long(ctx, index, out, err);
	return 0;
}

/* It failed by itself: its worker goes on. */
static bool first_is_cut(const void *shape, int64_t limit_ms)
{
	struct trial trial = {0};
	int64_t start_us = mono_us();
	bool well;

	open_limited(&trial, shape, task_first_sleeps, 1, limit_ms);
	trial_submit(&trial, 20);
	trial_drive(&trial);
	trial_close(&trial);
	assert_true(mono_us() - start_us >= limit_ms * 1000);
	assert_late(0, limit_ms);
	well = trial_tasks[0].end == POOL_FAILED && are_done(&trial, 1);
	for (size_t i = 0; well && i < trial.ntasks; i++) {
		assert_ended(i, i == 0 ? POOL_FAILED : POOL_DONE, 1);
		assert_kept(i, "begun");
	}
	return well;
}

static void test_a_fiber_that_waits_beyond_its_limit_is_cut(void **state)
{
	trial_with_patience(first_is_cut, *state, FEW_MS);
}

static int task_heeds_it_its_own_way(void *ctx, uint32_t index,
				     struct nf_task_io *out,
				     struct nf_error *err)
{
	(void)ctx;
	(void)err;
	if (trial_pause_ms(index == 0 ? 20 : 10 * TRIAL_LIMIT_MS))
		return trial_send_text(out, "in time");
	return trial_send_text(out, "cut, and well");
}

static bool second_succeeds_though_cut(const void *shape, int64_t limit_ms)
{
	struct trial trial = {0};

	open_limited(&trial, shape, task_heeds_it_its_own_way, 1, limit_ms);
	trial_submit(&trial, 2);
	trial_drive(&trial);
	trial_close(&trial);
	if (!are_done(&trial, 0) || trial_tasks[0].kept[0] == 'c')
		return false;
	assert_all_ended(&trial, POOL_DONE, 1);
	assert_kept(0, "in time");
	assert_kept(1, "cut, and well");
	return true;
}

static void
test_a_task_that_succeeds_in_spite_of_its_limit_is_done(void **state)
{
	trial_with_patience(second_succeeds_though_cut, *state, FEW_MS);
}

/* The first neither returns nor waits in vain; the others take 10 ms each. */
static int task_first_heeds_nothing(void *ctx, uint32_t index,
				    struct nf_task_io *out,
				    struct nf_error *err)
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

	if (index > 0 && trial_tasks[0].ended == 0 &&
	    trial->ntasks < TRIAL_TASKS_MAX &&
	    trial_submit_one(trial, &err) == -1)
		trial->nrefused++;
}

/*
 * Step until the first task has ended. Returns when the last step began that
 * left it alone, in milliseconds since it was seen to have started: the next
 * step found it late, however long the machine let it wait for that.
 */
static int64_t drive_until_the_first_ends(struct trial *trial)
{
	int64_t start_ms = 0, began_ms = 0, last_ms = 0;

	while (trial_tasks[0].ended == 0) {
		last_ms = began_ms;
		began_ms = deadline_clock_ms();
		trial_step(trial, 1000);
		if (start_ms == 0 && trial_tasks[0].started > 0)
			start_ms = deadline_clock_ms();
	}
	return last_ms - start_ms;
}

/* It ended as one that was late, which only the first one should. */
static bool is_late(const struct trial_task *record)
{
	return record->end == POOL_LATE || record->end == POOL_FAILED;
}

/* A thread cannot be killed: what it had begun beside it is lost with it. */
static void assert_only_the_first_is_late(const struct trial *trial)
{
	const struct pool_options *options = &trial->options;
	size_t nlost = trial->ntasks - 1 - trial->ndone, beside = 0;

	if (options->mode == NF_MODE_THREAD && options->worker.fibers > 0)
		beside = options->worker.fibers - 1;
	assert_late(0, options->worker.limit_ms);
	assert_ended(0, POOL_LATE, 1);
	assert_int_equal(trial->nrefused, 0);
	assert_int_equal(trial->nended, trial->ntasks);
	assert_in_range(nlost, 0, beside);
	for (size_t i = 1; i < trial->ntasks; i++)
		assert_true(trial_tasks[i].end == POOL_DONE ||
			    trial_tasks[i].end == POOL_DIED);
}

static bool first_costs_its_worker(const void *arg, int64_t limit_ms)
{
	const struct shape *shape = arg;
	struct trial trial = {.on_end = on_end_go_on};
	int64_t due_ms = limit_ms + (shape->fibers > 0 ? CUT_MS : 0);
	int64_t start_us = mono_us(), left_ms;
	bool late = false;

	open_limited(&trial, shape, task_first_heeds_nothing, 2, limit_ms);
	trial_submit(&trial, trial.options.fanout);
	left_ms = drive_until_the_first_ends(&trial);
	assert_true(mono_us() - start_us >= limit_ms * 1000);
	trial_drive(&trial);
	for (size_t i = 1; i < trial.ntasks; i++)
		late |= is_late(&trial_tasks[i]);
	assert_int_equal(pool_free(trial.pool), shape->mode == NF_MODE_PROCESS);
	atomic_store(&trial_shared->go, true); /* for trial_teardown() */
	/* An eighth of the limit may pass between two looks. */
	if (late || left_ms > due_ms + limit_ms / 8 + 2)
		return false;
	assert_only_the_first_is_late(&trial);
	return true;
}

static void
test_a_task_that_heeds_no_limit_costs_its_worker_and_no_other_task(void **state)
{
	trial_with_patience(first_costs_its_worker, *state, FEW_MS);
}

static void test_what_is_late_is_not_repeated(void **state)
{
	struct trial trial = {0};

	open_limited(&trial, *state, task_first_heeds_nothing, 1, 50);
	trial_submit(&trial, 1);
	trial_drive(&trial);
	assert_ended(0, POOL_LATE, 1);
	assert_int_equal(trial_tasks[0].started, 1);
	trial_close(&trial);
}

static void assert_all_but_the_first_died(struct trial *trial)
{
	struct nf_error err = {0};

	for (size_t i = 1; i < 10; i++) {
		assert_int_equal(trial_tasks[i].end, POOL_DIED);
		assert_int_equal(trial_tasks[i].error.code, NF_WORKER_DIED);
		assert_int_equal(trial_tasks[i].started, 0);
	}
	assert_int_equal(trial_submit_one(trial, &err), -1);
	assert_int_equal(err.code, NF_WORKER_DIED);
}

static void test_when_every_thread_hangs_the_rest_is_told_so(void **state)
{
	struct shape shape = *(const struct shape *)*state;
	struct trial trial = {0};

	shape.fibers = shape.fibers > 0 ? 1 : 0;
	open_limited(&trial, &shape, task_first_heeds_nothing, 1, 100);
	trial_submit(&trial, 10);
	trial_drive(&trial);
	assert_late(0, 100);
	assert_int_equal(trial.nended, 10);
	assert_all_but_the_first_died(&trial);
	assert_false(pool_free(trial.pool));
	atomic_store(&trial_shared->go, true);
}

static int64_t away_ms; /* as the task below */

/* After its limit, and after the second that it has to heed it. */
static int task_first_comes_back_late(void *ctx, uint32_t index,
				      struct nf_task_io *out,
				      struct nf_error *err)
{
	int64_t end_ms = deadline_clock_ms() + away_ms;

	(void)ctx;
	(void)out;
	(void)err;
	while (index == 0 && deadline_clock_ms() < end_ms)
		(void)trial_pause_ms(5);
	return 0;
}

static bool others_go_on(const void *shape, int64_t limit_ms)
{
	struct trial trial = {0};

	away_ms = limit_ms + CUT_MS + 300;
	open_limited(&trial, shape, task_first_comes_back_late, 1, limit_ms);
	trial_submit(&trial, 10);
	trial_drive(&trial);
	(void)pool_free(trial.pool);
	assert_late(0, limit_ms);
	return are_done(&trial, 1);
}

static void test_after_a_task_that_came_back_late_the_others_go_on(void **state)
{
	trial_with_patience(others_go_on, *state, FEW_MS);
}

/* ---- in time ---- */

static int task_takes_150_ms(void *ctx, uint32_t index, struct nf_task_io *out,
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

	open_limited(&trial, *state, task_takes_150_ms, 1, TRIAL_LIMIT_MS);
	trial_submit(&trial, trial.options.fanout);
	trial_drive(&trial);
	assert_all_ended(&trial, POOL_DONE, 1);
	trial_close(&trial);
}

static int task_takes_50_ms(void *ctx, uint32_t index, struct nf_task_io *out,
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
static bool counts_in_the_pipe(const void *arg, int64_t limit_ms)
{
	const struct shape *shape = arg;
	struct trial trial = {0};

	open_limited(&trial, shape, task_takes_50_ms, 1, limit_ms);
	trial_submit(&trial, trial.options.fanout);
	trial_await_running(&trial, trial.options.fanout);
	trial_sleep_ms(limit_ms + (shape->fibers > 0 ? CUT_MS : 0) + 50);
	trial_drive(&trial);
	(void)pool_free(trial.pool);
	return are_done(&trial, 0);
}

static void test_a_done_that_lies_in_the_pipe_counts(void **state)
{
	trial_with_patience(counts_in_the_pipe, *state, FEW_MS);
}

#define MUCH ((size_t)2 * 1024 * 1024)

static int task_writes_much(void *ctx, uint32_t index, struct nf_task_io *out,
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

static bool breaks_count_for_nothing(const void *arg, int64_t limit_ms)
{
	const struct shape *shape = arg;
	struct trial trial = {0};

	open_limited(&trial, shape, task_writes_much, 1, limit_ms);
	trial_submit(&trial, trial.options.fanout);
	trial_await_running(&trial, trial.options.fanout);
	trial_sleep_ms(limit_ms + (shape->fibers > 0 ? CUT_MS : 0) + 200);
	trial_drive(&trial);
	(void)pool_free(trial.pool);
	if (!are_done(&trial, 0))
		return false;
	for (size_t i = 0; i < trial.ntasks; i++)
		assert_int_equal(trial_tasks[i].len, MUCH);
	return true;
}

static void test_time_in_which_nobody_reads_is_not_counted(void **state)
{
	trial_with_patience(breaks_count_for_nothing, *state, FEW_MS);
}

static void
test_time_in_which_nobody_reads_is_not_counted_of_one_fiber(void **state)
{
	struct shape shape = *(const struct shape *)*state;

	shape.fibers = 1;
	trial_with_patience(breaks_count_for_nothing, &shape, FEW_MS);
}

static int task_writes_without_end(void *ctx, uint32_t index,
				   struct nf_task_io *out, struct nf_error *err)
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
	trial_submit(&trial, 1);
	trial_drive(&trial);
	assert_late(0, 100);
	(void)pool_free(trial.pool);
}

/* ---- a worker that is stopped ---- */

/* A third of a second of its own time: a pause of the worker is not in it. */
static int task_takes_30_naps(void *ctx, uint32_t index, struct nf_task_io *out,
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
	int64_t end_us = mono_us() + ms * 1000, left_ms;

	while ((left_ms = (end_us - mono_us()) / 1000) > 0)
		trial_step(trial, (int)left_ms);
}

/*
 * A limit that the pauses of the worker pass, but not the task's own time; it
 * goes on before the pool judges it.
 */
static bool is_done_though_stopped(const void *arg, int64_t limit_ms)
{
	unsigned fibers = *(const unsigned *)arg;
	struct trial trial = {0};

	trial_prepare(&trial, task_takes_30_naps, 1, fibers > 0 ? fibers : 1);
	trial.options.worker.fibers = fibers;
	trial.options.worker.limit_ms = limit_ms;
	trial_start(&trial);
	trial_submit(&trial, trial.options.fanout);
	trial_await_running(&trial, trial.options.fanout);
	trial_kill_worker(&trial, 1, SIGSTOP);
	step_for(&trial,
		 (fibers > 0 ? limit_ms + CUT_MS : limit_ms) - limit_ms / 6);
	if (pool_worker_pid(trial.pool, 1) > 1)
		(void)kill(pool_worker_pid(trial.pool, 1), SIGCONT);
	trial_drive(&trial);
	(void)pool_free(trial.pool);
	return are_done(&trial, 0);
}

static void stop_for_a_while(unsigned fibers)
{
	trial_with_patience(is_done_though_stopped, &fibers, 1200);
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

static int pause_ms; /* longer than the limit */

static void sleep_beyond_the_limit(int sig)
{
	(void)sig;
	(void)poll(NULL, 0, pause_ms);
}

/* A trial of one task, whose limit the pause passes. */
static void open_paused(struct trial *trial, nf_task_fn *run,
			const struct shape *shape, int64_t limit_ms)
{
	pause_ms = (int)limit_ms + 500;
	trial_prepare_shape(trial, shape, run, 1);
	trial->options.worker.limit_ms = limit_ms;
	trial_start(trial);
	trial_submit(trial, 1);
}

/* The pool itself waits, within a step, and is not let run. */
static bool is_done_though_interrupted(const void *shape, int64_t limit_ms)
{
	const struct sigaction pause = {.sa_handler = sleep_beyond_the_limit};
	const struct itimerval soon = {.it_value.tv_usec = 100000};
	struct sigaction before;
	struct trial trial = {0};

	open_paused(&trial, task_takes_30_naps, shape, limit_ms);
	assert_int_equal(sigaction(SIGALRM, &pause, &before), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
	trial_drive(&trial);
	assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
	(void)pool_free(trial.pool);
	return are_done(&trial, 0);
}

static void test_a_fiber_of_a_thread_that_was_stopped_is_not_late(void **state)
{
	(void)state;
	trial_with_patience(is_done_though_interrupted,
			    &shapes[SHAPE_SEQUENTIAL_FIBERS], 1200);
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
	(void)poll(NULL, 0, pause_ms);
	(void)kill(self, SIGCONT);
	_exit(0);
}

static bool is_done_though_all_stood(const void *shape, int64_t limit_ms)
{
	struct trial trial = {0};
	pid_t pid;

	open_paused(&trial, task_takes_30_naps, shape, limit_ms);
	pid = stop_this_program_soon();
	trial_drive(&trial);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	(void)pool_free(trial.pool);
	return are_done(&trial, 0);
}

static void test_tasks_of_a_program_that_was_stopped_are_not_late(void **state)
{
	trial_with_patience(is_done_though_all_stood, *state, 1200);
}

static int task_pauses_at_first(void *ctx, uint32_t index,
				struct nf_task_io *out, struct nf_error *err)
{
	(void)poll(NULL, 0, pause_ms);
	return task_takes_30_naps(ctx, index, out, err);
}

/* Before its pool has heard that it began. */
static bool is_done_though_paused_at_first(const void *shape, int64_t limit_ms)
{
	struct trial trial = {0};

	open_paused(&trial, task_pauses_at_first, shape, limit_ms);
	trial_drive(&trial);
	(void)pool_free(trial.pool);
	return are_done(&trial, 0);
}

static void test_a_fiber_that_was_stopped_at_first_is_not_late(void **state)
{
	(void)state;
	trial_with_patience(is_done_though_paused_at_first,
			    &shapes[SHAPE_SEQUENTIAL_FIBERS], 1200);
}

/* ---- stuck ---- */

static int task_sleeps_at_first(void *ctx, uint32_t index,
				struct nf_task_io *out, struct nf_error *err)
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
	start_us = mono_us();
	trial_drive(&trial);
	assert_true(mono_us() - start_us >= 9000000);
	for (size_t i = 0; i < 2; i++) {
		assert_ended(i, POOL_DONE, 2);
		assert_kept(i, "again");
	}
	trial_close(&trial);
}

static const struct CMUnitTest tests[] = {
	SHAPE_TESTS_FIBERS(test_a_fiber_that_waits_beyond_its_limit_is_cut),
	SHAPE_TESTS_FIBERS(
		test_a_task_that_succeeds_in_spite_of_its_limit_is_done),
	SHAPE_TESTS_WORKERS(
		test_a_task_that_heeds_no_limit_costs_its_worker_and_no_other_task),
	SHAPE_TESTS_PROCESS(test_what_is_late_is_not_repeated),
	SHAPE_TESTS_THREAD(test_when_every_thread_hangs_the_rest_is_told_so),
	SHAPE_TESTS_PROCESS(
		test_after_a_task_that_came_back_late_the_others_go_on),
	SHAPE_TEST(test_after_a_task_that_came_back_late_the_others_go_on,
		   SHAPE_SEQUENTIAL_FIBERS, "_on_fibers_in_sequence"),
	SHAPE_TESTS(test_a_task_that_ends_within_its_limit_is_done),
	SHAPE_TESTS_WORKERS(test_a_done_that_lies_in_the_pipe_counts),
	SHAPE_TESTS_WORKERS(test_time_in_which_nobody_reads_is_not_counted),
	SHAPE_TEST(test_time_in_which_nobody_reads_is_not_counted_of_one_fiber,
		   SHAPE_PROCESS_FIBERS, "_in_processes"),
	SHAPE_TEST(test_time_in_which_nobody_reads_is_not_counted_of_one_fiber,
		   SHAPE_THREAD_FIBERS, "_in_threads"),
	SHAPE_TESTS_OVERLAP(test_a_task_that_writes_without_end_is_late_too),
	TRIAL_TEST(test_a_task_whose_worker_was_stopped_is_not_late),
	TRIAL_TEST(test_a_fiber_whose_worker_was_stopped_is_not_late),
	TRIAL_TEST(test_fibers_whose_worker_was_stopped_are_not_late),
	TRIAL_TEST(test_a_fiber_of_a_thread_that_was_stopped_is_not_late),
	SHAPE_TESTS_THREAD(
		test_tasks_of_a_program_that_was_stopped_are_not_late),
	SHAPE_TEST(test_tasks_of_a_program_that_was_stopped_are_not_late,
		   SHAPE_SEQUENTIAL_FIBERS, "_on_fibers_in_sequence"),
	TRIAL_TEST(test_a_fiber_that_was_stopped_at_first_is_not_late),
	TRIAL_TEST(test_a_worker_that_stands_still_for_10_s_is_replaced),
};

UNIT_MAIN(tests)
