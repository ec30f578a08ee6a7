/* A trial of the pool: real workers are started. */
#include "unit/trial.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/deadline_clock.h"
#include "base/error.h"
#include "fiber/fiber.h"
#include "unit/shape.h"

struct trial_shared *trial_shared;
struct trial_task trial_tasks[TRIAL_TASKS_MAX];
size_t trial_fds_before;
int trial_births;

static size_t threads_before;

/* ---- hooks */

static void on_started(void *arg, const struct task *task, unsigned worker,
		       int64_t when_us)
{
	struct trial *trial = arg;
	struct trial_task *record = &trial_tasks[task->index];

	if (record->started++ == 0)
		record->first_worker = worker;
	/* Within a day of now: it is wall-clock time. */
	if (llabs(real_us() - when_us) > (int64_t)86400 * 1000000)
		record->wrong = true;
	record->pid = pool_worker_pid(trial->pool, worker);
	record->worker = worker;
	record->started_us = mono_us();
}

static enum pool_verdict on_data(void *arg, const struct task *task,
				 const uint8_t *payload, size_t len)
{
	const struct trial *trial = arg;

	(void)task;
	return trial->judge != NULL ? trial->judge(payload, len) : POOL_KEEP;
}

static bool on_lost(void *arg, const struct task *task)
{
	const struct trial *trial = arg;

	(void)task;
	return !trial->once;
}

static void read_spool(const struct trial *trial, struct trial_task *record,
		       uint32_t index, struct spool *spool)
{
	static uint8_t bytes[10007];
	uint64_t at = 0;
	ssize_t n;

	while ((n = spool_read(spool, bytes, sizeof(bytes), NULL)) > 0) {
		for (ssize_t i = 0; i < n; i++, at++) {
			if (at < FATE_KEPT_MAX)
				record->kept[at] = bytes[i];
			if (trial->expected != NULL &&
			    trial->expected(index, at) != bytes[i])
				record->wrong = true;
		}
	}
	if (n == -1 || at != record->len)
		record->wrong = true;
}

static void on_ended(void *arg, const struct pool_outcome *outcome)
{
	struct trial *trial = arg;
	uint32_t index = outcome->task->index;
	struct trial_task *record = &trial_tasks[index];

	record->ended++;
	record->wrong |= outcome->task->owner != record;
	record->end = outcome->end;
	record->worker = outcome->worker;
	record->attempts = outcome->task->attempts;
	record->len = spool_len(outcome->spool);
	record->error = *outcome->error;
	read_spool(trial, record, index, outcome->spool);
	trial->nended++;
	trial->ndone += outcome->end == POOL_DONE;
	if (trial->on_end != NULL)
		trial->on_end(trial, index);
}

static size_t started(const struct trial *trial)
{
	size_t n = 0;

	for (size_t i = 0; i < trial->ntasks; i++)
		n += trial_tasks[i].started;
	return n;
}

static void before_birth(void)
{
	trial_births--;
}

/* In a child, before it is a worker. */
static void at_birth(void)
{
	if (trial_births == 0)
		(void)raise(SIGSTOP);
}

/* A sanitizer writes what it has to say into a file that it keeps open. */
static bool is_sanitizers(DIR *dir, const char *name)
{
	char target[200];
	ssize_t n;

	if (!UNIT_ASAN && !UNIT_TSAN)
		return false;
	n = readlinkat(dirfd(dir), name, target, sizeof(target) - 1);
	target[n > 0 ? n : 0] = '\0';
	return strstr(target, "/sanitizer.") != NULL;
}

static size_t count_entries(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	size_t n = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL)
		n += !is_sanitizers(dir, entry->d_name);
	(void)closedir(dir);
	return n;
}

size_t trial_count_fds(void)
{
	return count_entries("/proc/self/fd");
}

/* One that was joined may still be seen there for a moment. */
static void await_threads(void)
{
	int64_t deadline_us = mono_us() + 60000000; /* one hangs, beyond */

	while (count_entries("/proc/self/task") > threads_before &&
	       mono_us() < deadline_us)
		trial_sleep_ms(1);
	assert_int_equal(count_entries("/proc/self/task"), threads_before);
}

static void *do_nothing(void *arg)
{
	return arg;
}

/* The sanitizer's own thread comes with the first other one, and stays. */
static int settle_threads(void)
{
	pthread_t thread;

	if (!UNIT_TSAN)
		return 0;
	return pthread_create(&thread, NULL, do_nothing, NULL) == 0 &&
			       pthread_join(thread, NULL) == 0
		       ? 0
		       : -1;
}

void trial_with_patience(bool (*attempt)(const void *arg, int64_t limit_ms),
			 const void *arg, int64_t limit_ms)
{
	for (int i = 0; i < 4; i++, limit_ms *= 4) {
		if (attempt(arg, limit_ms))
			return;
		print_message("late within %d ms\n", (int)limit_ms);
	}
	fail_msg("a task was late without need, each time");
}

int trial_setup(void **state)
{
	static const struct rlimit no_core;

	(void)state;
	(void)setrlimit(RLIMIT_CORE, &no_core);
	if (trial_shared == NULL) {
		trial_shared = mmap(NULL, sizeof(*trial_shared),
				    PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		if (trial_shared == MAP_FAILED || settle_threads() == -1 ||
		    pthread_atfork(before_birth, NULL, at_birth) != 0)
			return -1;
	}
	(void)alarm(TRIAL_LIMIT_MS / 1000 + 4); /* should a step itself hang */
	trial_fds_before = trial_count_fds();
	threads_before = count_entries("/proc/self/task");
	return 0;
}

int trial_teardown(void **state)
{
	(void)state;
	(void)alarm(0);
	errno = 0;
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	await_threads();
	assert_int_equal(trial_count_fds(), trial_fds_before);
	return 0;
}

void trial_prepare(struct trial *trial, nf_task_fn *run, unsigned workers,
		   unsigned fanout)
{
	memset(trial_tasks, 0, sizeof(trial_tasks));
	memset(trial_shared, 0, sizeof(*trial_shared));
	trial->deadline_ms = deadline_clock_ms() + TRIAL_LIMIT_MS;
	trial->options = (struct pool_options){
		.mode = NF_MODE_PROCESS,
		.workers = workers,
		.fanout = fanout,
		.worker = {.run = run,
			   .ctx = trial_shared,
			   .fibers = (fanout + workers - 1) / workers,
			   .stack_size = FIBER_STACK},
		.hooks = {.started = on_started,
			  .data = on_data,
			  .may_repeat = on_lost,
			  .ended = on_ended,
			  .arg = trial},
	};
}

void trial_prepare_shape(struct trial *trial, const struct shape *shape,
			 nf_task_fn *run, unsigned workers)
{
	unsigned each = shape_has_fibers(shape) ? shape->fibers : 1;

	if (!shape_has_workers(shape))
		workers = 1;
	trial_prepare(trial, run, workers, workers * each);
	trial->options.mode = shape->mode;
	trial->options.worker.fibers = shape->fibers;
}

void trial_need_processes(void)
{
	if (UNIT_TSAN)
		UNIT_SKIP("the sanitizer has a thread: no worker is forked");
}

void trial_start(struct trial *trial)
{
	struct nf_error err = {0};

	if (trial->options.mode == NF_MODE_PROCESS)
		trial_need_processes();
	if (pool_start(&trial->pool, &trial->options, &err) == -1)
		fail_msg("%s", err.message);
}

void trial_open(struct trial *trial, nf_task_fn *run, unsigned workers,
		unsigned fanout)
{
	trial_prepare(trial, run, workers, fanout);
	trial_start(trial);
}

void trial_open_shape(struct trial *trial, const struct shape *shape,
		      nf_task_fn *run, unsigned workers)
{
	trial_prepare_shape(trial, shape, run, workers);
	trial_start(trial);
}

int trial_submit_one(struct trial *trial, struct nf_error *err)
{
	size_t index = trial->ntasks++;

	return pool_submit(trial->pool, (uint32_t)index, &trial_tasks[index],
			   err);
}

void trial_submit(struct trial *trial, size_t ntasks)
{
	struct nf_error err = {0};

	for (size_t i = 0; i < ntasks; i++) {
		if (trial_submit_one(trial, &err) == -1)
			fail_msg("%s", err.message);
	}
}

void trial_step(struct trial *trial, int timeout_ms)
{
	struct nf_error err = {0};

	if (pool_step(trial->pool, timeout_ms, &err) == -1)
		fail_msg("%s", err.message);
	if (deadline_clock_ms() > trial->deadline_ms)
		fail_msg("it hangs: %zu of %zu tasks have ended", trial->nended,
			 trial->ntasks);
}

void trial_assert_rests(struct trial *trial, int64_t ms)
{
	int64_t end_us = mono_us() + ms * 1000;
	size_t n = 0;

	for (; mono_us() < end_us; n++)
		trial_step(trial, 50);
	assert_in_range(n, 0, 100);
}

void trial_drive(struct trial *trial)
{
	while (pool_pending(trial->pool) > 0)
		trial_step(trial, 1000);
}

void trial_await_running(struct trial *trial, unsigned n)
{
	while (atomic_load(&trial_shared->running) < n)
		trial_step(trial, 1);
}

void trial_await_started(struct trial *trial, size_t n)
{
	while (started(trial) < n)
		trial_step(trial, 100);
}

int trial_worker_pid(const struct trial *trial, unsigned worker)
{
	int pid = pool_worker_pid(trial->pool, worker);

	assert_true(pid > 1);
	return pid;
}

void trial_kill_worker(const struct trial *trial, unsigned worker, int sig)
{
	assert_int_equal(kill(trial_worker_pid(trial, worker), sig), 0);
}

void trial_close(struct trial *trial)
{
	assert_true(pool_free(trial->pool));
	trial->pool = NULL;
}

void trial_sleep_ms(long ms)
{
	struct timespec ts = {.tv_sec = ms / 1000,
			      .tv_nsec = ms % 1000 * 1000000};

	(void)nanosleep(&ts, NULL);
}

void assert_ended(size_t index, enum pool_end end, unsigned attempts)
{
	const struct trial_task *record = &trial_tasks[index];

	if (record->ended != 1 || record->end != end ||
	    record->attempts != attempts || record->wrong)
		fail_msg("task %zu: ended %u times, as %d, attempts %u%s: %s",
			 index, record->ended, (int)record->end,
			 record->attempts, record->wrong ? ", wrong" : "",
			 record->error.message);
}

void assert_all_ended(const struct trial *trial, enum pool_end end,
		      unsigned attempts)
{
	for (size_t i = 0; i < trial->ntasks; i++)
		assert_ended(i, end, attempts);
	assert_int_equal(trial->nended, trial->ntasks);
}

void assert_kept(size_t index, const char *text)
{
	assert_int_equal(trial_tasks[index].len, strlen(text));
	assert_memory_equal(trial_tasks[index].kept, text, strlen(text));
}

void assert_lost_by(size_t index, unsigned worker, const char *how)
{
	char message[512];

	(void)snprintf(message, sizeof(message), "worker %u (pid %d) %s",
		       worker, trial_tasks[index].pid, how);
	assert_int_equal(trial_tasks[index].worker, worker);
	assert_string_equal(trial_tasks[index].error.message, message);
}

int trial_send_bytes(struct nf_task_io *out, const void *bytes, size_t len)
{
	struct iovec part = {.iov_base = (void *)(uintptr_t)bytes,
			     .iov_len = len};
	int64_t waited_ms = 0;

	return task_io_send(out, &part, 1, &waited_ms);
}

int trial_send_text(struct nf_task_io *out, const char *text)
{
	return trial_send_bytes(out, text, strlen(text));
}

void trial_flush(struct nf_task_io *out)
{
	int64_t waited_ms = 0;

	(void)task_io_flush(out, &waited_ms);
}

unsigned trial_begin_running(uint32_t index)
{
	unsigned n, peak;

	atomic_store(&trial_shared->pids[index], getpid());
	n = atomic_fetch_add(&trial_shared->running, 1) + 1;
	peak = atomic_load(&trial_shared->peak);
	while (n > peak &&
	       !atomic_compare_exchange_weak(&trial_shared->peak, &peak, n))
		;
	return atomic_fetch_add(&trial_shared->begun[index], 1) + 1;
}

bool trial_pause_ms(int64_t ms)
{
	if (fiber_self() != NULL)
		return sleep_until(deadline_clock_ms() + ms) == 0;
	trial_sleep_ms(ms);
	return true;
}

int trial_await_go(struct nf_error *err)
{
	bool cut = false;

	while (!atomic_load(&trial_shared->go) && !cut)
		cut = !trial_pause_ms(2);
	atomic_fetch_sub(&trial_shared->running, 1);
	return cut ? error_set(err, NF_CANCELLED, "its wait was cut") : 0;
}

uint8_t trial_result_byte(uint32_t index, uint64_t at)
{
	return (uint8_t)(index * 31 + at * 7 + (at >> 8) + (at >> 16));
}

void trial_die_by(int sig)
{
	(void)signal(sig, SIG_DFL);
	(void)raise(sig);
}

int trial_init_dies(void *ctx, void **state, struct nf_error *err)
{
	(void)ctx;
	(void)state;
	(void)err;
	if (atomic_load(&trial_shared->deadly))
		trial_die_by(SIGKILL);
	return 0;
}

void trial_die_often(uint32_t index, struct nf_task_io *out, int sig,
		     unsigned n)
{
	unsigned attempt = trial_begin_running(index);

	(void)trial_send_text(out, "begun ");
	trial_flush(out);
	if (attempt <= n)
		trial_die_by(sig);
	(void)trial_send_text(out, "and done");
}

int task_nothing(void *ctx, uint32_t index, struct nf_task_io *out,
		 struct nf_error *err)
{
	(void)ctx;
	(void)err;
	(void)index;
	(void)out;
	return 0;
}

int task_wait(void *ctx, uint32_t index, struct nf_task_io *out,
	      struct nf_error *err)
{
	(void)ctx;
	(void)out;
	(void)trial_begin_running(index);
	return trial_await_go(err);
}

int task_sleep_long(void *ctx, uint32_t index, struct nf_task_io *out,
		    struct nf_error *err)
{
	(void)ctx;
	(void)out;
	(void)trial_begin_running(index);
	if (!trial_pause_ms((int64_t)10 * TRIAL_LIMIT_MS))
		return error_set(err, NF_CANCELLED, "its wait was cut");
	return 0;
}

int task_three_words(void *ctx, uint32_t index, struct nf_task_io *out,
		     struct nf_error *err)
{
	(void)ctx;
	(void)err;
	(void)index;
	(void)trial_send_text(out, "keep ");
	(void)trial_send_text(out, "take ");
	(void)trial_send_text(out, ""); /* an empty frame is one too */
	(void)trial_send_text(out, "keep too");
	return 0;
}

int task_always_dies(void *ctx, uint32_t index, struct nf_task_io *out,
		     struct nf_error *err)
{
	(void)ctx;
	(void)err;
	trial_die_often(index, out, SIGKILL, 100);
	return 0;
}
