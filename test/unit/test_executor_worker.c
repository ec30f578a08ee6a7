/* Workers of the executor: how they begin, what they keep, how they end. */
#include "netfan.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "unit/rig.h"

static struct nf_error err;

/* Places in trial_shared->begun for what is counted here. */
enum { INITIALIZED = 1000, FINALIZED, BAD_STATE };

static atomic_uint *count(int what)
{
	return &trial_shared->begun[what];
}

/* ---- initializers and finalizers */

struct kept {
	unsigned number; /* of the worker, in the order of their beginning */
	unsigned tasks;
};

static int keep(void *ctx, void **state, struct nf_error *error)
{
	static _Thread_local struct kept
		kept; /* a worker is a thread at most */

	if (ctx != trial_shared || *state != NULL)
		return error_set(error, NF_INVALID, "wrong arguments");
	kept = (struct kept){.number = atomic_fetch_add(count(INITIALIZED), 1)};
	*state = &kept;
	return 0;
}

static void lose(void *state)
{
	const struct kept *kept = state;

	atomic_fetch_add(count(FINALIZED), 1);
	if (kept == NULL || kept->number > 100)
		atomic_fetch_add(count(BAD_STATE), 1);
}

static int be_bad(void *ctx, void **state, struct nf_error *error)
{
	(void)ctx;
	(void)state;
	return error_set(error, NF_AUTH_FAILED, "no licence");
}

/* Fails in the second worker that comes to it. */
static int fail_second(void *ctx, void **state, struct nf_error *error)
{
	return atomic_fetch_add(count(INITIALIZED), 1) == 1
		       ? be_bad(ctx, state, error)
		       : 0;
}

static int fail_silently(void *ctx, void **state, struct nf_error *error)
{
	(void)ctx;
	(void)state;
	(void)error;
	return -1;
}

static int die(void *ctx, void **state, struct nf_error *error)
{
	(void)ctx;
	(void)state;
	(void)error;
	trial_die_by(SIGKILL);
	return 0;
}

/* ---- tasks */

/* Writes how many tasks its worker had before it. */
static int task_with_state(void *ctx, uint32_t index, struct nf_task_io *out,
			   struct nf_error *error)
{
	struct kept *kept = nf_worker_state(out);
	char text[24];
	int len;

	(void)ctx;
	(void)index;
	if (kept == NULL)
		return error_set(error, NF_INVALID, "no state");
	len = snprintf(text, sizeof(text), "%u", kept->tasks++);
	return nf_write(out, text, (size_t)len);
}

static int task_without_state(void *ctx, uint32_t index, struct nf_task_io *out,
			      struct nf_error *error)
{
	(void)ctx;
	(void)index;
	if (nf_worker_state(out) != NULL)
		return error_set(error, NF_INVALID, "there is a state");
	return 0;
}

/* Writes what a program finds open, besides its standard files. */
static int task_start_program(void *ctx, uint32_t index, struct nf_task_io *out,
			      struct nf_error *error)
{
	char names[400];
	size_t len;
	FILE *program = popen("for fd in 3 4 5 6 7 8 9; do "
			      "readlink /proc/$$/fd/$fd; done",
			      "r");

	(void)ctx;
	(void)index;
	if (program == NULL)
		return error_sys(error, NF_SYSTEM, "popen");
	len = fread(names, 1, sizeof(names), program);
	(void)pclose(program);
	return nf_write(out, names, len);
}

static struct nf_executor_options stateful(const struct shape *shape,
					   unsigned workers)
{
	struct nf_executor_options options =
		rig_options(shape, task_with_state, workers);

	options.initializer = keep;
	options.finalizer = lose;
	return options;
}

/* ---- state */

static void
test_initializer_leaves_a_state_for_each_worker(const struct shape *shape)
{
	struct nf_executor_options options = stateful(shape, 3);
	struct nf_executor *executor = rig_open(&options);
	struct nf_future *futures[30];
	unsigned seen[4][30] = {{0}};

	rig_submit_all(executor, futures, 30);
	rig_finish(executor);
	for (size_t i = 0; i < 30; i++) {
		const void *bytes = NULL;
		size_t len = 0;
		unsigned at = 0;

		assert_int_equal(
			nf_future_result(futures[i], 0, &bytes, &len, &err), 0);
		for (size_t j = 0; j < len; j++)
			at = at * 10 +
			     (unsigned)(((const char *)bytes)[j] - '0');
		assert_true(at < 30);
		seen[nf_future_worker(futures[i])][at]++;
	}
	/* No two tasks of a worker saw the same count. */
	for (size_t i = 0; i < 4 * 30; i++)
		assert_true(seen[i / 30][i % 30] <= 1);
	rig_close(executor, futures, 30);
	assert_int_equal(*count(INITIALIZED), options.workers);
	assert_int_equal(*count(FINALIZED), options.workers);
	assert_int_equal(*count(BAD_STATE), 0);
}

static void
test_worker_without_initializer_has_no_state(const struct shape *shape)
{
	struct nf_executor_options options =
		rig_options(shape, task_without_state, 2);
	struct nf_executor *executor = rig_open(&options);
	struct nf_future *future = rig_submit(executor, 0);

	assert_done(future, NULL, 0);
	rig_close(executor, &future, 1);
}

static void test_finalizer_needs_no_initializer(const struct shape *shape)
{
	struct nf_executor_options options =
		rig_options(shape, task_without_state, 2);
	struct nf_executor *executor;
	struct nf_future *future;

	options.finalizer = lose;
	executor = rig_open(&options);
	future = rig_submit(executor, 0);
	assert_done(future, NULL, 0);
	rig_close(executor, &future, 1);
	assert_int_equal(*count(FINALIZED), options.workers);
	assert_int_equal(*count(BAD_STATE), options.workers);
}

/* What was initialized is finalized, be there tasks or not. */
static void
test_finalizers_match_initializers_without_tasks(const struct shape *shape)
{
	struct nf_executor_options options = stateful(shape, 2);
	struct nf_executor *executor = rig_open(&options);

	nf_executor_free(executor);
	assert_int_equal(*count(INITIALIZED), *count(FINALIZED));
	executor = rig_open(&options);
	rig_step(executor, 10);
	rig_step(executor, 10);
	nf_executor_free(executor);
	assert_int_equal(*count(INITIALIZED), *count(FINALIZED));
	assert_int_equal(*count(BAD_STATE), 0);
}

/* ---- initializers that fail */

static void assert_broken(struct nf_executor *executor, const char *how)
{
	struct nf_future *none = NULL;

	assert_refused(nf_submit(executor, 0, &none, &err), &err,
		       NF_WORKER_DIED);
	assert_non_null(strstr(err.message, how));
	assert_null(none);
}

static void
test_executor_is_broken_when_an_initializer_fails(const struct shape *shape)
{
	struct nf_executor_options options = rig_options(shape, task_tell, 1);
	struct nf_executor *executor;
	struct nf_future *futures[12];

	options.initializer = be_bad;
	options.finalizer = lose;
	executor = rig_open(&options);
	rig_submit_all(executor, futures, 12);
	for (size_t i = 0; i < 12; i++)
		assert_failed(futures[i], NF_WORKER_DIED,
			      "worker 1: its initializer failed: "
			      "no licence");
	assert_int_equal(nf_executor_pending(executor), 0);
	assert_broken(executor, "no licence");
	rig_close(executor, futures, 12);
	assert_int_equal(*count(FINALIZED), 0);
}

static void
test_initializer_may_fail_without_a_reason(const struct shape *shape)
{
	struct nf_executor_options options = rig_options(shape, task_tell, 2);
	struct nf_executor *executor;
	struct nf_future *futures[12];

	options.initializer = fail_silently;
	executor = rig_open(&options);
	rig_submit_all(executor, futures, 12);
	for (size_t i = 0; i < 12; i++)
		assert_failed(futures[i], NF_WORKER_DIED, NULL);
	assert_broken(executor, "initializer failed");
	rig_step(executor, 0);
	rig_close(executor, futures, 12);
}

/* The first is well and has the rest of its tasks done. */
static void
test_one_bad_initializer_breaks_the_executor(const struct shape *shape)
{
	struct nf_executor_options options = rig_options(shape, task_brief, 3);
	struct nf_executor *executor;
	struct nf_future *futures[40];
	size_t failed = 0;

	options.initializer = fail_second;
	executor = rig_open(&options);
	rig_submit_all(executor, futures, 40);
	while (nf_executor_pending(executor) > 0)
		rig_step(executor, -1);
	for (size_t i = 0; i < 40; i++) {
		if (nf_future_state(futures[i]) == NF_STATE_DONE)
			continue;
		assert_failed(futures[i], NF_WORKER_DIED, NULL);
		assert_non_null(strstr(nf_future_error(futures[i])->message,
				       "no licence"));
		failed++;
	}
	assert_in_range(failed, 1, 40);
	assert_broken(executor, "no licence");
	rig_close(executor, futures, 40);
}

static void test_executor_is_broken_when_initializers_die(void **state)
{
	struct nf_executor_options options =
		rig_options(&shapes[SHAPE_PROCESS], task_tell, 2);
	struct nf_executor *executor;
	struct nf_future *futures[5];

	(void)state;
	if (!shape_can_fork())
		UNIT_SKIP("no process can be forked here");
	options.initializer = die;
	executor = rig_open(&options);
	rig_submit_all(executor, futures, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_failed(futures[i], NF_WORKER_DIED, NULL);
		assert_non_null(strstr(nf_future_error(futures[i])->message,
				       "signal 9"));
	}
	assert_broken(executor, "signal 9");
	rig_close(executor, futures, 5);
}

/* ---- replaced workers */

static void run_replaced(const struct shape *shape, unsigned max_tasks)
{
	struct nf_executor_options options = stateful(shape, 2);
	struct nf_executor *executor;
	struct nf_future *futures[21];

	options.max_tasks_per_worker = max_tasks;
	if (shape->mode != NF_MODE_SEQUENTIAL)
		options.fanout = 16;
	executor = rig_open(&options);
	rig_submit_all(executor, futures, 21);
	rig_finish(executor);
	for (size_t i = 0; i < 21; i++) {
		const void *bytes = NULL;
		size_t len = 0;

		assert_int_equal(
			nf_future_result(futures[i], 0, &bytes, &len, &err), 0);
		/* It was the last of max_tasks, at most. */
		assert_int_equal(len, 1);
		assert_true(*(const char *)bytes < '0' + (int)max_tasks);
	}
	rig_close(executor, futures, 21);
	assert_true(*count(INITIALIZED) >= 21 / max_tasks);
	assert_int_equal(*count(INITIALIZED), *count(FINALIZED));
	assert_int_equal(*count(BAD_STATE), 0);
}

static void
test_worker_is_replaced_after_so_many_tasks(const struct shape *shape)
{
	run_replaced(shape, 1);
	run_replaced(shape, 3);
}

/* A step may end between a worker's last task and its own end. */
static void
test_worker_is_replaced_in_steps_as_short_as_a_task(const struct shape *shape)
{
	struct nf_executor_options options = rig_options(shape, task_brief, 2);
	struct nf_executor *executor;
	struct nf_future *futures[12];

	options.max_tasks_per_worker = 1;
	executor = rig_open(&options);
	rig_submit_all(executor, futures, 12);
	rig_finish(executor);
	for (size_t i = 0; i < 12; i++)
		assert_state(futures[i], NF_STATE_DONE);
	rig_close(executor, futures, 12);
}

static void test_replaced_processes_are_others(void **state)
{
	struct nf_executor_options options =
		stateful(&shapes[SHAPE_PROCESS], 1);
	struct nf_executor *executor;
	struct nf_future *futures[6];

	(void)state;
	if (!shape_can_fork())
		UNIT_SKIP("no process can be forked here");
	options.max_tasks_per_worker = 1;
	executor = rig_open(&options);
	rig_submit_all(executor, futures, 6);
	rig_finish(executor);
	rig_close(executor, futures, 6);
	assert_int_equal(*count(INITIALIZED), 6);
	assert_int_equal(*count(FINALIZED), 6);
}

/* ---- what a program inherits that a task starts */

/* Else it could write into the worker's results. */
static void test_programs_that_tasks_start_inherit_no_pipe(void **state)
{
	struct nf_executor *executor;
	struct nf_future *future;

	(void)state;
	if (!shape_can_fork())
		UNIT_SKIP("no process can be forked here");
	executor = rig_start(&shapes[SHAPE_PROCESS], task_start_program, 1);
	future = rig_submit(executor, 0);
	assert_done_text(future, "");
	rig_close(executor, &future, 1);
}

static const struct CMUnitTest tests[] = {
	FOR_EACH_SHAPE(test_initializer_leaves_a_state_for_each_worker),
	FOR_EACH_SHAPE(test_worker_without_initializer_has_no_state),
	FOR_EACH_SHAPE(test_finalizer_needs_no_initializer),
	FOR_EACH_SHAPE(test_finalizers_match_initializers_without_tasks),
	FOR_EACH_SHAPE(test_executor_is_broken_when_an_initializer_fails),
	FOR_EACH_SHAPE(test_initializer_may_fail_without_a_reason),
	FOR_EACH_SHAPE_THAT(shape_has_workers,
			    test_one_bad_initializer_breaks_the_executor),
	TRIAL_TEST(test_executor_is_broken_when_initializers_die),
	FOR_EACH_SHAPE(test_worker_is_replaced_after_so_many_tasks),
	FOR_EACH_SHAPE(test_worker_is_replaced_in_steps_as_short_as_a_task),
	TRIAL_TEST(test_replaced_processes_are_others),
	TRIAL_TEST(test_programs_that_tasks_start_inherit_no_pipe),
};

UNIT_MAIN(tests)
