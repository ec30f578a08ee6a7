/* Options of the executor that cannot be had: each is refused, none crashes. */
#include "netfan.h"

#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "unit/rig.h"

/* Options that would do. */
static struct nf_executor_options good(enum nf_mode mode)
{
	return (struct nf_executor_options){.task = task_tell, .mode = mode};
}

/*
 * Whether they are refused: 'i' as NF_INVALID, 's' as NF_SYSTEM, 'o' when not.
 * In a process of its own, as the library may crash: then its signal.
 */
static int judge(const struct nf_executor_options *options)
{
	struct nf_executor *executor = NULL;
	struct nf_error err = {.code = NF_OK};
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		struct nf_future *future;
		const void *bytes;
		size_t len;

		(void)signal(SIGSEGV, SIG_DFL); /* cmocka has caught it */
		if (nf_executor_open(&executor, options, &err) == -1)
			_exit(executor != NULL || err.message[0] == '\0' ? 'x'
			      : err.code == NF_INVALID                   ? 'i'
			      : err.code == NF_SYSTEM                    ? 's'
									 : 'x');
		/* Then it has to work. */
		(void)alarm(TRIAL_LIMIT_MS / 1000);
		if (nf_submit(executor, 7, &future, &err) == -1 ||
		    nf_future_result(future, -1, &bytes, &len, &err) == -1 ||
		    len != 6 || memcmp(bytes, "task 7", 6) != 0)
			_exit('f');
		nf_future_free(future);
		nf_executor_free(executor);
		_exit('o');
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void assert_judged(const struct nf_executor_options *options, int want)
{
	int is = judge(options);

	if (is < 0)
		fail_msg("signal %d (%s)", -is, strsignal(-is));
	if (is != want)
		fail_msg("'%c', not '%c'", is, want);
}

static void assert_invalid(const struct nf_executor_options *options)
{
	assert_judged(options, 'i');
}

/* ---- refusals */

static void test_executor_needs_a_task(void **state)
{
	struct nf_executor_options options = {.mode = NF_MODE_SEQUENTIAL};

	(void)state;
	assert_invalid(&options);
}

static void test_mode_that_there_is_not_is_refused(void **state)
{
	struct nf_executor_options options = good(NF_NMODES);

	(void)state;
	assert_invalid(&options);
	options.mode = (enum nf_mode) - 1;
	assert_invalid(&options);
	options.mode = (enum nf_mode)INT_MAX;
	assert_invalid(&options);
}

static void test_sequential_mode_has_one_worker(void **state)
{
	struct nf_executor_options options = good(NF_MODE_SEQUENTIAL);

	(void)state;
	options.workers = 1;
	options.fanout = 1;
	assert_judged(&options, 'o');
	options.workers = 2;
	assert_invalid(&options);
	options.workers = 1;
	options.fanout = 2;
	assert_invalid(&options);
}

static void test_stack_that_is_too_small_is_refused(void **state)
{
	(void)state;
	for (enum nf_mode mode = 0; mode < NF_NMODES; mode++) {
		struct nf_executor_options options = good(mode);

		options.fibers = 2;
		options.stack_size = 1;
		assert_invalid(&options);
		options.stack_size = 4096;
		assert_invalid(&options);
		options.stack_size = 16 * 1024 - 1;
		assert_invalid(&options);
	}
}

/* That is: all sizes that are not refused do. */
static void test_smallest_stack_will_do(void **state)
{
	(void)state;
	if (UNIT_ASAN || rig_is_slow())
		UNIT_SKIP("what watches the program takes more here");
	for (enum nf_mode mode = 0; mode < NF_NMODES; mode++) {
		struct nf_executor_options options = good(mode);

		options.workers = 1;
		options.fibers = 2;
		options.stack_size = 16 * 1024;
		assert_judged(&options, 'o');
		options.stack_size = 20001;
		assert_judged(&options, 'o');
	}
}

static void test_negative_time_limit_is_refused(void **state)
{
	(void)state;
	for (enum nf_mode mode = 0; mode < NF_NMODES; mode++) {
		struct nf_executor_options options = good(mode);

		options.task_timeout_ms = -1;
		assert_invalid(&options);
		options.task_timeout_ms = INT64_MIN;
		assert_invalid(&options);
	}
}

static void test_way_to_die_that_there_is_not_is_refused(void **state)
{
	struct nf_executor_options options = good(NF_MODE_SEQUENTIAL);

	(void)state;
	options.on_worker_death = (enum nf_on_death)2;
	assert_invalid(&options);
}

/* ---- far too much: refused one way or the other */

/* Where memory is refused, and not fatal. */
static void skip_where_memory_is_fatal(void)
{
	if (UNIT_ASAN || rig_is_slow())
		UNIT_SKIP("too much memory is fatal here");
}

static void test_huge_stack_is_refused(void **state)
{
	(void)state;
	skip_where_memory_is_fatal();
	for (enum nf_mode mode = 0; mode < NF_NMODES; mode++) {
		struct nf_executor_options options = good(mode);
		int is;

		/* All that rounding up can do to it. */
		for (size_t less = 0; less < 3; less++) {
			options.workers = 1;
			options.fibers = 2;
			options.stack_size = SIZE_MAX - less * 4095;
			is = judge(&options);
			if (is < 0)
				fail_msg("%s mode, less %zu: signal %d (%s)",
					 nf_mode_name(mode), less, -is,
					 strsignal(-is));
			/* Or no worker can begin, and it says that. */
			assert_true(is == 'i' || is == 's' || is == 'f');
		}
	}
}

static void test_more_at_once_than_can_be_counted_is_refused(void **state)
{
	const enum nf_mode modes[] = {NF_MODE_PROCESS, NF_MODE_THREAD};
	const unsigned pairs[][2] = {{65536, 65536},
				     {1u << 31, 2},
				     {3, UINT_MAX / 3 + 1},
				     {1, UINT_MAX}};

	(void)state;
	skip_where_memory_is_fatal();
	for (size_t i = 0; i < 2; i++) {
		for (size_t j = 0; j < LENGTH(pairs); j++) {
			struct nf_executor_options options = good(modes[i]);
			int is;

			options.workers = pairs[j][0];
			options.fibers = pairs[j][1];
			is = judge(&options);
			if (is != 'i' && is != 's')
				fail_msg("%u workers, %u fibers: %d",
					 options.workers, options.fibers, is);
		}
	}
}

static void test_fanout_beyond_all_memory_is_refused(void **state)
{
	const enum nf_mode modes[] = {NF_MODE_PROCESS, NF_MODE_THREAD};

	(void)state;
	skip_where_memory_is_fatal();
	for (size_t i = 0; i < 2; i++) {
		struct nf_executor_options options = good(modes[i]);
		int is;

		options.workers = 2;
		options.fanout = UINT_MAX;
		is = judge(&options);
		if (is != 'i' && is != 's')
			fail_msg("%d", is);
	}
}

/* ---- what is less than usual, but good */

static void test_fanout_may_be_less_than_the_workers(void **state)
{
	const enum nf_mode modes[] = {NF_MODE_PROCESS, NF_MODE_THREAD};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct nf_executor_options options = good(modes[i]);

		if (!shape_can_fork() && modes[i] == NF_MODE_PROCESS)
			continue;
		options.workers = 4;
		options.fanout = 1;
		assert_judged(&options, 'o');
		options.fibers = 8;
		assert_judged(&options, 'o');
		options.max_tasks_per_worker = UINT_MAX;
		assert_judged(&options, 'o');
	}
}

static void test_no_option_but_task_and_mode_is_needed(void **state)
{
	(void)state;
	for (enum nf_mode mode = 0; mode < NF_NMODES; mode++) {
		struct nf_executor_options options = good(mode);

		if (shape_can_fork() || mode != NF_MODE_PROCESS)
			assert_judged(&options, 'o');
	}
}

/* ---- threads */

static void *wait_for_go(void *arg)
{
	while (!atomic_load(&trial_shared->go))
		trial_sleep_ms(1);
	return arg;
}

static void test_processes_are_refused_beside_threads(void **state)
{
	struct nf_executor_options options =
		rig_options(&shapes[SHAPE_PROCESS], task_tell, 2);
	struct nf_executor *executor = NULL;
	struct nf_error err = {.code = NF_OK};
	pthread_t thread;
	int rc;

	(void)state;
	atomic_store(&trial_shared->go, false);
	assert_int_equal(pthread_create(&thread, NULL, wait_for_go, NULL), 0);
	rc = nf_executor_open(&executor, &options, &err);
	rig_go();
	(void)pthread_join(thread, NULL);
	assert_int_equal(rc, -1);
	assert_null(executor);
	assert_int_equal(err.code, NF_SYSTEM);
	assert_non_null(strstr(err.message, "threads"));
}

/* Nor is one forked later: what it held fails, and it says why. */
static void test_worker_is_not_replaced_beside_threads(void **state)
{
	struct nf_executor_options options =
		rig_options(&shapes[SHAPE_PROCESS], task_tell, 1);
	struct nf_executor *executor;
	struct nf_future *futures[3];
	struct nf_error err = {.code = NF_OK};
	pthread_t thread;
	int rc = 0;

	(void)state;
	if (!shape_can_fork())
		UNIT_SKIP("no process can be forked here");
	options.max_tasks_per_worker = 1;
	executor = rig_open(&options);
	assert_int_equal(pthread_create(&thread, NULL, wait_for_go, NULL), 0);
	rig_submit_all(executor, futures, 3);
	for (size_t i = 0; i < 3; i++)
		rc |= nf_future_result(futures[i], -1, NULL, NULL, &err);
	rig_go();
	(void)pthread_join(thread, NULL);
	assert_int_equal(rc, -1);
	assert_state(futures[0], NF_STATE_DONE);
	for (size_t i = 1; i < 3; i++) {
		assert_state(futures[i], NF_STATE_FAILED);
		assert_non_null(strstr(nf_future_error(futures[i])->message,
				       "threads"));
	}
	rig_close(executor, futures, 3);
}

static int task_kill_first(void *ctx, uint32_t index, struct nf_task_io *out,
			   struct nf_error *err)
{
	if (index == 0)
		trial_die_by(SIGKILL);
	return task_tell(ctx, index, out, err);
}

/* Milliseconds for sixty tasks, of which the first takes a worker with it. */
static int64_t time_without_one(void)
{
	struct nf_executor_options options =
		rig_options(&shapes[SHAPE_PROCESS], task_kill_first, 2);
	struct nf_executor *executor = rig_open(&options);
	struct nf_future *futures[60];
	int64_t start_us;
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, wait_for_go, NULL), 0);
	start_us = mono_us();
	rig_submit_all(executor, futures, 60);
	rig_finish(executor);
	start_us = mono_us() - start_us;
	rig_go();
	(void)pthread_join(thread, NULL);
	rig_close(executor, futures, 60);
	return start_us / 1000;
}

/* It is tried in every step, and holds up none of them. */
static void test_worker_that_cannot_be_replaced_costs_no_time(void **state)
{
	int tries = TRIAL_TRIES;

	(void)state;
	if (!shape_can_fork())
		UNIT_SKIP("no process can be forked here");
	while (time_without_one() >= 3000)
		assert_true(--tries > 0);
}

static const struct CMUnitTest tests[] = {
	TRIAL_TEST(test_executor_needs_a_task),
	TRIAL_TEST(test_mode_that_there_is_not_is_refused),
	TRIAL_TEST(test_sequential_mode_has_one_worker),
	TRIAL_TEST(test_stack_that_is_too_small_is_refused),
	TRIAL_TEST(test_smallest_stack_will_do),
	TRIAL_TEST(test_negative_time_limit_is_refused),
	TRIAL_TEST(test_way_to_die_that_there_is_not_is_refused),
	TRIAL_TEST(test_huge_stack_is_refused),
	TRIAL_TEST(test_more_at_once_than_can_be_counted_is_refused),
	TRIAL_TEST(test_fanout_beyond_all_memory_is_refused),
	TRIAL_TEST(test_fanout_may_be_less_than_the_workers),
	TRIAL_TEST(test_no_option_but_task_and_mode_is_needed),
	TRIAL_TEST(test_processes_are_refused_beside_threads),
	TRIAL_TEST(test_worker_is_not_replaced_beside_threads),
	TRIAL_TEST(test_worker_that_cannot_be_replaced_costs_no_time),
};

UNIT_MAIN(tests)
