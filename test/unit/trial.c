/* A trial of the pool: real workers are forked. */
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
#include "fiber/fiber.h"

struct trial_shared *trial_shared;
struct fate trial_fates[TRIAL_TASKS_MAX];
size_t trial_fds_before;
int trial_births;

/* ---- hooks */

static void on_started(void *arg, uint32_t index, unsigned worker,
		       int64_t when_us)
{
	struct trial *trial = arg;

	trial_fates[index].started++;
	/* Within a day of now: it is wall-clock time. */
	if (llabs(clock_real_us() - when_us) > (int64_t)86400 * 1000000)
		trial_fates[index].wrong = true;
	trial_fates[index].pid = pool_worker_pid(trial->pool, worker);
}

static enum pool_verdict on_data(void *arg, uint32_t index,
				 const uint8_t *payload, size_t len)
{
	const struct trial *trial = arg;

	(void)index;
	return trial->judge != NULL ? trial->judge(payload, len) : POOL_KEEP;
}

static bool on_lost(void *arg, uint32_t index)
{
	const struct trial *trial = arg;

	(void)index;
	return !trial->once;
}

static void read_spool(const struct trial *trial, struct fate *fate,
		       uint32_t index, struct spool *spool)
{
	static uint8_t bytes[10007];
	uint64_t at = 0;
	ssize_t n;

	while ((n = spool_read(spool, bytes, sizeof(bytes), NULL)) > 0) {
		for (ssize_t i = 0; i < n; i++, at++) {
			if (at < FATE_KEPT_MAX)
				fate->kept[at] = bytes[i];
			if (trial->expected != NULL &&
			    trial->expected(index, at) != bytes[i])
				fate->wrong = true;
		}
	}
	if (n == -1 || at != fate->len)
		fate->wrong = true;
}

static void on_ended(void *arg, const struct pool_outcome *outcome)
{
	struct trial *trial = arg;
	struct fate *fate = &trial_fates[outcome->index];

	fate->ended++;
	fate->end = outcome->end;
	fate->worker = outcome->worker;
	fate->attempts = outcome->attempts;
	fate->len = spool_len(outcome->spool);
	(void)snprintf(fate->message, sizeof(fate->message), "%s",
		       outcome->message);
	read_spool(trial, fate, outcome->index, outcome->spool);
	trial->nended++;
	trial->ndone += outcome->end == POOL_DONE;
	if (trial->on_end != NULL)
		trial->on_end(trial, outcome->index);
}

static size_t started(const struct trial *trial)
{
	size_t n = 0;

	for (size_t i = 0; i < trial->ntasks; i++)
		n += trial_fates[i].started;
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

int trial_setup(void **state)
{
	static const struct rlimit no_core;

	(void)state;
	(void)setrlimit(RLIMIT_CORE, &no_core);
	if (trial_shared == NULL) {
		trial_shared = mmap(NULL, sizeof(*trial_shared),
				    PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		if (trial_shared == MAP_FAILED ||
		    pthread_atfork(before_birth, NULL, at_birth) != 0)
			return -1;
	}
	(void)alarm(TRIAL_LIMIT_MS / 1000 + 4); /* should a step itself hang */
	trial_fds_before = trial_count_fds();
	return 0;
}

int trial_teardown(void **state)
{
	(void)state;
	(void)alarm(0);
	errno = 0;
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	assert_int_equal(trial_count_fds(), trial_fds_before);
	return 0;
}

size_t trial_count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		n++;
	(void)closedir(dir);
	return n;
}

void trial_prepare(struct trial *trial, task_fn *run, unsigned workers,
		   unsigned fanout)
{
	memset(trial_fates, 0, sizeof(trial_fates));
	memset(trial_shared, 0, sizeof(*trial_shared));
	trial->deadline_ms = clock_ms() + TRIAL_LIMIT_MS;
	trial->options = (struct pool_options){
		.workers = workers,
		.fanout = fanout,
		.stack_size = FIBER_STACK,
		.run = run,
		.ctx = trial_shared,
		.hooks = {.started = on_started,
			  .data = on_data,
			  .repeatable = on_lost,
			  .ended = on_ended,
			  .arg = trial},
	};
}

void trial_start(struct trial *trial)
{
	struct nf_error err = {0};

	if (pool_start(&trial->pool, &trial->options, &err) == -1)
		fail_msg("%s", err.message);
}

void trial_open(struct trial *trial, task_fn *run, unsigned workers,
		unsigned fanout)
{
	trial_prepare(trial, run, workers, fanout);
	trial_start(trial);
}

void trial_submit(struct trial *trial, size_t ntasks)
{
	for (size_t i = 0; i < ntasks; i++)
		assert_int_equal(pool_submit(trial->pool,
					     (uint32_t)trial->ntasks++, NULL),
				 0);
}

void trial_step(struct trial *trial, int timeout_ms)
{
	struct nf_error err = {0};

	if (pool_step(trial->pool, timeout_ms, &err) == -1)
		fail_msg("%s", err.message);
	if (clock_ms() > trial->deadline_ms)
		fail_msg("it hangs: %zu of %zu tasks have ended", trial->nended,
			 trial->ntasks);
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
	pool_free(trial->pool);
	trial->pool = NULL;
}

void trial_sleep_ms(long ms)
{
	struct timespec ts = {.tv_sec = ms / 1000,
			      .tv_nsec = ms % 1000 * 1000000};

	(void)nanosleep(&ts, NULL);
}

void assert_fate(size_t index, enum pool_end end, unsigned attempts)
{
	const struct fate *fate = &trial_fates[index];

	if (fate->ended != 1 || fate->end != end ||
	    fate->attempts != attempts || fate->wrong)
		fail_msg("task %zu: ended %u times, as %d, attempts %u%s: %s",
			 index, fate->ended, (int)fate->end, fate->attempts,
			 fate->wrong ? ", wrong" : "", fate->message);
}

void assert_all_fates(const struct trial *trial, enum pool_end end,
		      unsigned attempts)
{
	for (size_t i = 0; i < trial->ntasks; i++)
		assert_fate(i, end, attempts);
	assert_int_equal(trial->nended, trial->ntasks);
}

void assert_fate_kept(size_t index, const char *text)
{
	assert_int_equal(trial_fates[index].len, strlen(text));
	assert_memory_equal(trial_fates[index].kept, text, strlen(text));
}

void assert_fate_lost_by(size_t index, unsigned worker, const char *how)
{
	char message[320];

	(void)snprintf(message, sizeof(message), "worker %u (pid %d) %s",
		       worker, trial_fates[index].pid, how);
	assert_int_equal(trial_fates[index].worker, worker);
	assert_string_equal(trial_fates[index].message, message);
}

int trial_send_bytes(struct outlet *out, const void *bytes, size_t len)
{
	struct iovec part = {.iov_base = (void *)(uintptr_t)bytes,
			     .iov_len = len};
	int64_t waited_ms = 0;

	return outlet_send(out, &part, 1, &waited_ms);
}

int trial_send_text(struct outlet *out, const char *text)
{
	return trial_send_bytes(out, text, strlen(text));
}

void trial_flush(struct outlet *out)
{
	int64_t waited_ms = 0;

	(void)outlet_flush(out, &waited_ms);
}

unsigned trial_begin_running(uint32_t index)
{
	unsigned n = atomic_fetch_add(&trial_shared->running, 1) + 1;
	unsigned peak = atomic_load(&trial_shared->peak);

	while (n > peak &&
	       !atomic_compare_exchange_weak(&trial_shared->peak, &peak, n))
		;
	return atomic_fetch_add(&trial_shared->begun[index], 1) + 1;
}

void trial_await_go(void)
{
	while (!atomic_load(&trial_shared->go))
		sleep_until(clock_ms() + 2);
	atomic_fetch_sub(&trial_shared->running, 1);
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

void trial_die_often(uint32_t index, struct outlet *out, int sig, unsigned n)
{
	unsigned attempt = trial_begin_running(index);

	(void)trial_send_text(out, "begun ");
	trial_flush(out);
	if (attempt <= n)
		trial_die_by(sig);
	(void)trial_send_text(out, "and done");
}

void task_nothing(void *ctx, uint32_t index, struct outlet *out)
{
	(void)ctx;
	(void)index;
	(void)out;
}

void task_wait(void *ctx, uint32_t index, struct outlet *out)
{
	(void)ctx;
	(void)out;
	(void)trial_begin_running(index);
	trial_await_go();
}

void task_sleep_long(void *ctx, uint32_t index, struct outlet *out)
{
	(void)ctx;
	(void)out;
	(void)trial_begin_running(index);
	sleep_until(clock_ms() + (int64_t)10 * TRIAL_LIMIT_MS);
}

void task_three_words(void *ctx, uint32_t index, struct outlet *out)
{
	(void)ctx;
	(void)index;
	(void)trial_send_text(out, "keep ");
	(void)trial_send_text(out, "take ");
	(void)trial_send_text(out, ""); /* an empty frame is one too */
	(void)trial_send_text(out, "keep too");
}

void task_always_dies(void *ctx, uint32_t index, struct outlet *out)
{
	(void)ctx;
	trial_die_often(index, out, SIGKILL, 100);
}
