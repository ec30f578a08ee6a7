/* Workers of the executor that die while a task runs. */
#include "netfan.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "unit/rig.h"

static struct nf_error err;

/* ---- ways to die */

static void by_kill(void)
{
	(void)raise(SIGKILL);
}

static void by_fault(void)
{
	trial_die_by(SIGSEGV);
}

static void by_abort(void)
{
	if (UNIT_ASAN)
		trial_die_by(SIGABRT); /* abort() on a fiber worries it */
	(void)signal(SIGABRT, SIG_DFL);
	abort();
}

/* Past a sanitizer, which would look for leaks in the middle of all. */
static void leave(int status)
{
	if (UNIT_ASAN)
		(void)syscall(SYS_exit_group, status);
}

/* As a library does that does not know better. */
static void by_exit(void)
{
	leave(0);
	exit(0);
}

static void by_status(void)
{
	leave(3);
	_exit(3);
}

static void by_memory(void)
{
	const struct rlimit limit = {.rlim_cur = (rlim_t)256 << 20,
				     .rlim_max = (rlim_t)256 << 20};
	volatile char *bytes = NULL;

	(void)setrlimit(RLIMIT_AS, &limit);
	do
		bytes = malloc((size_t)16 << 20);
	while (bytes != NULL);
	by_abort();
}

/* How deep the stack goes, page by page. */
static int __attribute__((noinline)) dig(const volatile char *above, int pages)
{
	volatile char page[4096];

	page[0] = above[0];
	page[4095] = page[0];
	return pages > 0 ? dig(page, pages - 1) + page[4095] : 0;
}

static void by_overflow(void)
{
	const volatile char bottom[1] = {0};

	(void)signal(SIGSEGV, SIG_DFL);
	(void)dig(bottom, 1000);
}

struct way {
	void (*die)(void);
	const char *message; /* of the worker: its end */
};

static const struct way ways[] = {
	{by_kill, "was killed by signal 9 (Killed)"},
	{by_fault, "was killed by signal 11 (Segmentation fault)"},
	{by_abort, "was killed by signal 6 (Aborted)"},
	{by_exit, "ended with status 0"},
	{by_status, "ended with status 3"},
	{by_memory, "was killed by signal 6 (Aborted)"},
};
#define NWAYS LENGTH(ways)
#define EXIT_WAY 3
#define MEMORY_WAY 5

/* Valgrind has its say in exit(), and where all of the address space is taken
 * a limit means nothing. */
static bool can_die(size_t way)
{
	if (way == EXIT_WAY)
		return !rig_is_slow();
	return way != MEMORY_WAY || (!UNIT_ASAN && !rig_is_slow());
}

/* ---- tasks */

/* Tasks below NWAYS die, each in its way, the others tell. */
static int task_die(void *ctx, uint32_t index, struct nf_task_io *out,
		    struct nf_error *error)
{
	(void)trial_begin_running(index);
	if (index < NWAYS)
		ways[index].die();
	return task_tell(ctx, index, out, error);
}

/* The same, but only when they begin for the first time. */
static int task_die_once(void *ctx, uint32_t index, struct nf_task_io *out,
			 struct nf_error *error)
{
	if (trial_begin_running(index) == 1 && index < NWAYS)
		ways[index].die();
	return task_tell(ctx, index, out, error);
}

/* Every task with an index below 100 dies. */
static int task_die_below_100(void *ctx, uint32_t index, struct nf_task_io *out,
			      struct nf_error *error)
{
	(void)trial_begin_running(index);
	if (index < 100)
		by_kill();
	return task_tell(ctx, index, out, error);
}

static int task_dig(void *ctx, uint32_t index, struct nf_task_io *out,
		    struct nf_error *error)
{
	(void)trial_begin_running(index);
	if (index == 0)
		by_overflow();
	return task_tell(ctx, index, out, error);
}

/* Writes first, more than fits in a pipe for some. */
static int task_write_and_die(void *ctx, uint32_t index, struct nf_task_io *out,
			      struct nf_error *error)
{
	static const char bytes[50000];

	for (uint32_t i = 0; i <= index; i++) {
		if (nf_write(out, bytes, sizeof(bytes)) == -1)
			return -1;
	}
	return task_die_once(ctx, 0, out, error);
}

/* ---- a death is reported, or the task tried again */

static struct nf_executor *start_dying(unsigned fibers, nf_task_fn *task,
				       unsigned workers, enum nf_on_death what)
{
	const struct shape shape = {NF_MODE_PROCESS, fibers};
	struct nf_executor_options options = rig_options(&shape, task, workers);

	print_message("%u fibers\n", fibers);
	options.on_worker_death = what;
	return rig_open(&options);
}

static void assert_died(struct nf_future *future, const char *how)
{
	const char *message;

	assert_failed(future, NF_WORKER_DIED, NULL);
	message = nf_future_error(future)->message;
	assert_true(strncmp(message, "worker ", 7) == 0);
	if (strstr(message, how) == NULL)
		fail_msg("'%s' is not '%s'", message, how);
	assert_in_range(nf_future_worker(future), 1, 64);
}

static void assert_told(struct nf_future *future)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "task %u", nf_future_index(future));
	assert_done_text(future, text);
}

static void assert_begun(uint32_t index, unsigned times)
{
	assert_int_equal(trial_shared->begun[index], times);
}

static void skip_without_processes(void)
{
	if (!shape_can_fork())
		UNIT_SKIP("no process can be forked here");
}

/* One that dies, with others before and after it. */
static void run_way(size_t way, unsigned fibers, nf_task_fn *task,
		    enum nf_on_death what)
{
	struct nf_executor *executor = start_dying(fibers, task, 2, what);
	struct nf_future *futures[20], *dying;
	unsigned times = what == NF_ON_DEATH_RETRY ? 2 : 1;

	for (uint32_t i = 0; i < 10; i++)
		futures[i] = rig_submit(executor, 100 + i);
	dying = rig_submit(executor, (uint32_t)way);
	for (uint32_t i = 10; i < 20; i++)
		futures[i] = rig_submit(executor, 100 + i);
	rig_finish(executor);
	if (task == task_die)
		assert_died(dying, ways[way].message);
	else
		assert_told(dying);
	assert_begun((uint32_t)way, times);
	for (uint32_t i = 0; i < 20; i++) {
		/* A fiber beside it died with it. */
		if (fibers > 0 && what == NF_ON_DEATH_REPORT &&
		    nf_future_state(futures[i]) == NF_STATE_FAILED)
			assert_died(futures[i], ways[way].message);
		else
			assert_told(futures[i]);
		if (what == NF_ON_DEATH_REPORT)
			assert_begun(100 + i, 1);
	}
	nf_future_free(dying);
	rig_close(executor, futures, 20);
}

static void run_ways(nf_task_fn *task, enum nf_on_death what)
{
	skip_without_processes();
	for (size_t way = 0; way < NWAYS; way++) {
		if (!can_die(way))
			continue;
		print_message("%s\n", ways[way].message);
		run_way(way, 0, task, what);
		run_way(way, 4, task, what);
	}
}

static void test_death_is_reported_and_the_task_never_begins_twice(void **state)
{
	(void)state;
	run_ways(task_die, NF_ON_DEATH_REPORT);
}

static void test_task_that_dies_twice_has_begun_twice(void **state)
{
	(void)state;
	run_ways(task_die, NF_ON_DEATH_RETRY);
}

static void test_task_that_dies_once_is_done_when_tried_again(void **state)
{
	(void)state;
	run_ways(task_die_once, NF_ON_DEATH_RETRY);
}

static void test_one_of_250_that_dies_leaves_249_done(void **state)
{
	const enum nf_on_death whats[] = {NF_ON_DEATH_REPORT,
					  NF_ON_DEATH_RETRY};

	(void)state;
	skip_without_processes();
	for (size_t i = 0; i < 2; i++) {
		struct nf_executor *executor =
			start_dying(0, task_die, 4, whats[i]);
		struct nf_future *futures[250];

		for (uint32_t j = 0; j < 250; j++)
			futures[j] =
				rig_submit(executor, j == 123 ? 0 : 1000 + j);
		rig_finish(executor);
		assert_died(futures[123], ways[0].message);
		for (uint32_t j = 0; j < 250; j++) {
			if (j != 123)
				assert_told(futures[j]);
		}
		rig_close(executor, futures, 250);
	}
}

/* On fibers, too, one that is tried again alone takes nobody with it. */
static void test_fibers_beside_one_that_dies_are_tried_again(void **state)
{
	struct nf_executor *executor;
	struct nf_future *futures[250];

	(void)state;
	skip_without_processes();
	executor = start_dying(16, task_die, 2, NF_ON_DEATH_RETRY);
	for (uint32_t i = 0; i < 250; i++)
		futures[i] = rig_submit(executor, i == 123 ? 0 : 1000 + i);
	rig_finish(executor);
	assert_died(futures[123], ways[0].message);
	assert_begun(0, 2);
	for (uint32_t i = 0; i < 250; i++) {
		if (i != 123)
			assert_told(futures[i]);
	}
	rig_close(executor, futures, 250);
}

/* Many in a row, in one worker: they end, each by itself, and it goes on. */
static void run_many_deaths(unsigned fibers, enum nf_on_death what)
{
	struct nf_executor *executor =
		start_dying(fibers, task_die_below_100, 1, what);
	struct nf_future *futures[20];

	for (uint32_t i = 0; i < 20; i++)
		futures[i] = rig_submit(executor, i < 10 ? i : 100 + i);
	rig_finish(executor);
	for (uint32_t i = 0; i < 10; i++) {
		assert_died(futures[i], ways[0].message);
		assert_begun(i, what == NF_ON_DEATH_RETRY ? 2 : 1);
	}
	for (uint32_t i = 10; i < 20; i++)
		assert_told(futures[i]);
	rig_close(executor, futures, 20);
}

static void test_good_tasks_are_done_after_many_that_die(void **state)
{
	(void)state;
	skip_without_processes();
	run_many_deaths(0, NF_ON_DEATH_REPORT);
}

static void test_good_tasks_are_done_after_many_that_die_twice(void **state)
{
	(void)state;
	skip_without_processes();
	run_many_deaths(0, NF_ON_DEATH_RETRY);
}

static void test_good_fibers_are_done_after_many_that_die_twice(void **state)
{
	(void)state;
	skip_without_processes();
	run_many_deaths(4, NF_ON_DEATH_RETRY);
}

static void test_what_the_first_attempt_wrote_is_forgotten(void **state)
{
	(void)state;
	skip_without_processes();
	for (uint32_t index = 0; index < 20; index += 19) {
		struct nf_executor *executor = start_dying(
			0, task_write_and_die, 1, NF_ON_DEATH_RETRY);
		struct nf_future *future = rig_submit(executor, index);
		const void *bytes = NULL;
		size_t len = 0;

		assert_int_equal(
			nf_future_result(future, -1, &bytes, &len, &err), 0);
		assert_int_equal(len, 50000 * (index + 1) + strlen("task 0"));
		assert_memory_equal((const char *)bytes + len - 6, "task 0", 6);
		rig_close(executor, &future, 1);
	}
}

static void test_fiber_that_overflows_its_stack_is_reported(void **state)
{
	(void)state;
	skip_without_processes();
	if (UNIT_ASAN || rig_is_slow())
		UNIT_SKIP("what watches the program takes it for its own");
	for (unsigned fibers = 1; fibers < 5; fibers += 3) {
		struct nf_executor *executor =
			start_dying(fibers, task_dig, 1, NF_ON_DEATH_RETRY);
		struct nf_future *futures[9];

		rig_submit_all(executor, futures, 9);
		assert_died(futures[0], ways[1].message);
		for (size_t i = 1; i < 9; i++)
			assert_told(futures[i]);
		rig_close(executor, futures, 9);
	}
}

/* Children of pid, told by the kernel. */
static size_t children_of(pid_t pid, int *pids, size_t most)
{
	char path[64];
	size_t n = 0;
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid,
		       pid);
	file = fopen(path, "r");
	if (file == NULL)
		return 0;
	while (n < most && fscanf(file, "%d", &pids[n]) == 1)
		n++;
	(void)fclose(file);
	return n;
}

/* Deaths of workers that nobody waits for are no deaths of tasks. */
static void test_executor_that_is_idle_survives_its_workers(void **state)
{
	struct nf_executor *executor;
	struct nf_future *futures[4];
	int pids[8];

	(void)state;
	skip_without_processes();
	executor = start_dying(0, task_die, 3, NF_ON_DEATH_REPORT);
	futures[0] = rig_submit(executor, 100);
	assert_told(futures[0]);
	for (int i = 0; i < 5; i++) {
		size_t n = children_of(getpid(), pids, 8);

		assert_in_range(n, 1, 3);
		while (n > 0)
			assert_int_equal(kill(pids[--n], SIGKILL), 0);
		for (int j = 0; j < 5; j++)
			rig_step(executor, 5);
		for (uint32_t j = 1; j < 4; j++) {
			futures[j] = rig_submit(executor, 100 + j);
			assert_told(futures[j]);
			nf_future_free(futures[j]);
		}
	}
	rig_close(executor, futures, 1);
}

/* ---- the program */

/* A program that ignores its children, or reaps them all, is a program too. */
static void test_program_may_ignore_its_children(void **state)
{
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct sigaction before;
	struct nf_executor *executor;
	struct nf_future *futures[2];

	(void)state;
	skip_without_processes();
	assert_int_equal(sigaction(SIGCHLD, &ignore, &before), 0);
	executor = start_dying(0, task_die, 1, NF_ON_DEATH_REPORT);
	futures[0] = rig_submit(executor, 0);
	futures[1] = rig_submit(executor, 100);
	rig_finish(executor);
	rig_close(executor, NULL, 0);
	assert_int_equal(sigaction(SIGCHLD, &before, NULL), 0);
	assert_failed(futures[0], NF_WORKER_DIED, NULL);
	assert_told(futures[1]);
	rig_close(NULL, futures, 2);
}

/* The pids of its workers are left in trial_shared->begun from 1000 on. */
static void be_program_with_workers(void)
{
	const struct nf_executor_options options = {
		.task = task_sleep_long,
		.ctx = trial_shared,
		.mode = NF_MODE_PROCESS,
		.workers = 4,
	};
	struct nf_executor *executor;
	struct nf_error error;

	if (nf_executor_open(&executor, &options, &error) == -1)
		_exit(1);
	for (uint32_t i = 0; i < 4; i++)
		(void)nf_submit(executor, i, NULL, &error);
	while (nf_executor_step(executor, -1, &error) == 0)
		;
	_exit(1);
}

static bool is_there(int pid)
{
	char path[64], line[256] = "";
	const char *after;
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "r");
	if (file == NULL)
		return false;
	(void)!fgets(line, sizeof(line), file);
	(void)fclose(file);
	after = strrchr(line, ')');
	return after != NULL && strncmp(after, ") Z", 3) != 0;
}

static void test_workers_vanish_with_their_program(void **state)
{
	int64_t deadline_us;
	int pids[8], left = 0;
	size_t n = 0;
	pid_t pid;

	(void)state;
	skip_without_processes();
	memset(trial_shared, 0, sizeof(*trial_shared));
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		be_program_with_workers();
	while (atomic_load(&trial_shared->running) < 4)
		trial_sleep_ms(5);
	n = children_of(pid, pids, 8);
	assert_int_equal(kill(pid, SIGKILL), 0);
	deadline_us = mono_us() + (int64_t)TRIAL_LIMIT_MS * 1000;
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(n, 4);
	do {
		trial_sleep_ms(5);
		left = 0;
		for (size_t i = 0; i < n; i++)
			left += is_there(pids[i]);
	} while (left > 0 && mono_us() < deadline_us);
	assert_int_equal(left, 0);
}

static const struct CMUnitTest tests[] = {
	TRIAL_TEST(test_death_is_reported_and_the_task_never_begins_twice),
	TRIAL_TEST(test_task_that_dies_twice_has_begun_twice),
	TRIAL_TEST(test_task_that_dies_once_is_done_when_tried_again),
	TRIAL_TEST(test_one_of_250_that_dies_leaves_249_done),
	TRIAL_TEST(test_fibers_beside_one_that_dies_are_tried_again),
	TRIAL_TEST(test_good_tasks_are_done_after_many_that_die),
	TRIAL_TEST(test_good_tasks_are_done_after_many_that_die_twice),
	TRIAL_TEST(test_good_fibers_are_done_after_many_that_die_twice),
	TRIAL_TEST(test_what_the_first_attempt_wrote_is_forgotten),
	TRIAL_TEST(test_fiber_that_overflows_its_stack_is_reported),
	TRIAL_TEST(test_executor_that_is_idle_survives_its_workers),
	TRIAL_TEST(test_program_may_ignore_its_children),
	TRIAL_TEST(test_workers_vanish_with_their_program),
};

UNIT_MAIN(tests)
