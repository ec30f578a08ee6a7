/* lib/pool/pool.c, with worker.c and process.c: real workers are forked. */
#include "pool/pool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/wire.h"
#include "fiber/fiber.h"
#include "pool/frame.h"
#include "pool/process.h"
#include "unit/unit.h"

/*
 * Hooks note what they saw and the test asserts when the pool is back: a
 * failing assertion jumps, and would leave the pool in the middle of a step.
 */

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define TASKS_MAX 2048
#define KEPT_MAX 1024 /* bytes of a task's result that a test can look at */
#define LIMIT_MS (UNIT_ASAN ? 75000 : 25000) /* for a test: a hang, beyond */
#define SOON_MS (UNIT_ASAN ? 4000 : 1000)
#define CHILD_TASK_FD 3
#define CHILD_RESULT_FD 4

/* What the parent saw of a task. */
struct fate {
	unsigned started;
	unsigned ended;
	enum pool_end end;
	unsigned worker;
	int pid; /* of the worker at its last STARTED */
	unsigned attempts;
	uint64_t len;
	uint8_t kept[KEPT_MAX];
	bool wrong; /* its bytes are not what they should be */
	char message[320];
};

/* What tasks and tests tell each other: one page for all processes. */
struct shared {
	atomic_uint begun[TASKS_MAX]; /* how often a task was run */
	atomic_uint running;
	atomic_uint peak; /* highest value of running */
	atomic_bool go;
	atomic_bool failed;
};

static struct shared *shared;
static struct fate fates[TASKS_MAX];

struct trial {
	struct pool *pool;
	struct pool_options options;
	size_t ntasks;
	size_t nended;
	size_t ndone;
	int64_t deadline_ms;
	bool once; /* no task may be repeated */
	/* Checks a byte of a result, when there is a rule for it. */
	uint8_t (*expected)(uint32_t index, uint64_t at);
	enum pool_verdict (*judge)(const uint8_t *payload, size_t len);
	void (*on_end)(struct trial *trial, uint32_t index);
};

/* ---- hooks ---- */

static void on_started(void *arg, uint32_t index, unsigned worker,
		       int64_t when_us)
{
	struct trial *trial = arg;

	fates[index].started++;
	/* Within a day of now: it is wall-clock time. */
	if (llabs(clock_real_us() - when_us) > (int64_t)86400 * 1000000)
		fates[index].wrong = true;
	fates[index].pid = pool_worker_pid(trial->pool, worker);
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
			if (at < KEPT_MAX)
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
	struct fate *fate = &fates[outcome->index];

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

/* ---- a trial ---- */

static void trial_prepare(struct trial *trial, task_fn *run, unsigned workers,
			  unsigned fanout)
{
	memset(fates, 0, sizeof(fates));
	memset(shared, 0, sizeof(*shared));
	trial->deadline_ms = clock_ms() + LIMIT_MS;
	trial->options = (struct pool_options){
		.workers = workers,
		.fanout = fanout,
		.stack_size = FIBER_STACK,
		.run = run,
		.ctx = shared,
		.hooks = {.started = on_started,
			  .data = on_data,
			  .repeatable = on_lost,
			  .ended = on_ended,
			  .arg = trial},
	};
}

static void trial_start(struct trial *trial)
{
	struct nf_error err = {0};

	if (pool_start(&trial->pool, &trial->options, &err) == -1)
		fail_msg("%s", err.message);
}

static void trial_open(struct trial *trial, task_fn *run, unsigned workers,
		       unsigned fanout)
{
	trial_prepare(trial, run, workers, fanout);
	trial_start(trial);
}

static void submit(struct trial *trial, size_t ntasks)
{
	for (size_t i = 0; i < ntasks; i++)
		assert_int_equal(pool_submit(trial->pool,
					     (uint32_t)trial->ntasks++, NULL),
				 0);
}

static void step(struct trial *trial, int timeout_ms)
{
	struct nf_error err = {0};

	if (pool_step(trial->pool, timeout_ms, &err) == -1)
		fail_msg("%s", err.message);
	if (clock_ms() > trial->deadline_ms)
		fail_msg("it hangs: %zu of %zu tasks have ended", trial->nended,
			 trial->ntasks);
}

static void drive(struct trial *trial)
{
	while (pool_pending(trial->pool) > 0)
		step(trial, 1000);
}

/* Step until n tasks run. */
static void await_running(struct trial *trial, unsigned n)
{
	while (atomic_load(&shared->running) < n)
		step(trial, 1);
}

static size_t started(const struct trial *trial)
{
	size_t n = 0;

	for (size_t i = 0; i < trial->ntasks; i++)
		n += fates[i].started;
	return n;
}

/* Step until n STARTED frames were told. */
static void await_started(struct trial *trial, size_t n)
{
	while (started(trial) < n)
		step(trial, 100);
}

static int worker_pid(const struct trial *trial, unsigned worker)
{
	int pid = pool_worker_pid(trial->pool, worker);

	assert_true(pid > 1);
	return pid;
}

static void kill_worker(const struct trial *trial, unsigned worker, int sig)
{
	assert_int_equal(kill(worker_pid(trial, worker), sig), 0);
}

static void assert_end(size_t index, enum pool_end end, unsigned attempts)
{
	const struct fate *fate = &fates[index];

	if (fate->ended != 1 || fate->end != end ||
	    fate->attempts != attempts || fate->wrong)
		fail_msg("task %zu: ended %u times, as %d, attempts %u%s: %s",
			 index, fate->ended, (int)fate->end, fate->attempts,
			 fate->wrong ? ", wrong" : "", fate->message);
}

static void assert_all_end(const struct trial *trial, enum pool_end end,
			   unsigned attempts)
{
	for (size_t i = 0; i < trial->ntasks; i++)
		assert_end(i, end, attempts);
	assert_int_equal(trial->nended, trial->ntasks);
}

static void assert_kept(size_t index, const char *text)
{
	assert_int_equal(fates[index].len, strlen(text));
	assert_memory_equal(fates[index].kept, text, strlen(text));
}

/* "worker N (pid P) HOW", the message of a task that its worker lost. */
static void assert_lost_by(size_t index, unsigned worker, const char *how)
{
	char message[320];

	(void)snprintf(message, sizeof(message), "worker %u (pid %d) %s",
		       worker, fates[index].pid, how);
	assert_int_equal(fates[index].worker, worker);
	assert_string_equal(fates[index].message, message);
}

static void trial_close(struct trial *trial)
{
	pool_free(trial->pool);
	trial->pool = NULL;
}

/* ---- tasks ---- */

static void task_nothing(void *ctx, uint32_t index, struct outlet *out)
{
	(void)ctx;
	(void)index;
	(void)out;
}

static int send_bytes(struct outlet *out, const void *bytes, size_t len)
{
	struct iovec part = {.iov_base = (void *)(uintptr_t)bytes,
			     .iov_len = len};
	int64_t waited_ms = 0;

	return outlet_send(out, &part, 1, &waited_ms);
}

static int send_text(struct outlet *out, const char *text)
{
	return send_bytes(out, text, strlen(text));
}

static void flush(struct outlet *out)
{
	int64_t waited_ms = 0;

	(void)outlet_flush(out, &waited_ms);
}

/* Count this task among those that run; returns which attempt it is. */
static unsigned begin_running(uint32_t index)
{
	unsigned n = atomic_fetch_add(&shared->running, 1) + 1;
	unsigned peak = atomic_load(&shared->peak);

	while (n > peak &&
	       !atomic_compare_exchange_weak(&shared->peak, &peak, n))
		;
	return atomic_fetch_add(&shared->begun[index], 1) + 1;
}

static void await_go(void)
{
	while (!atomic_load(&shared->go))
		sleep_until(clock_ms() + 2);
	atomic_fetch_sub(&shared->running, 1);
}

/* Runs until the test says go. */
static void task_wait(void *ctx, uint32_t index, struct outlet *out)
{
	(void)ctx;
	(void)out;
	(void)begin_running(index);
	await_go();
}

static void task_sleep_long(void *ctx, uint32_t index, struct outlet *out)
{
	(void)ctx;
	(void)out;
	(void)begin_running(index);
	sleep_until(clock_ms() + (int64_t)10 * LIMIT_MS);
}

/* A signal that no sanitizer takes for its own. */
static void die_by(int sig)
{
	(void)signal(sig, SIG_DFL);
	(void)raise(sig);
}

/* ---- what every test leaves behind ---- */

static size_t count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		n++;
	(void)closedir(dir);
	return n;
}

static size_t fds_before;

static int births; /* forks to come up to the one that stops the child */

static void before_birth(void)
{
	births--;
}

/* In a child, before it is a worker. */
static void at_birth(void)
{
	if (births == 0)
		(void)raise(SIGSTOP);
}

static int begin(void **state)
{
	static const struct rlimit no_core;

	(void)state;
	(void)setrlimit(RLIMIT_CORE, &no_core);
	if (shared == NULL) {
		shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		if (shared == MAP_FAILED ||
		    pthread_atfork(before_birth, NULL, at_birth) != 0)
			return -1;
	}
	(void)alarm(LIMIT_MS / 1000 + 4); /* should a step itself hang */
	fds_before = count_fds();
	return 0;
}

static int end(void **state)
{
	(void)state;
	(void)alarm(0);
	errno = 0;
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	assert_int_equal(count_fds(), fds_before);
	return 0;
}

#define POOL_TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

/* ---- handing out and taking in ---- */

static void test_a_pool_without_tasks_starts_and_ends(void **state)
{
	int64_t start = clock_ms();
	struct trial trial = {0};

	(void)state;
	for (unsigned workers = 1; workers <= 8; workers++) {
		trial_open(&trial, task_nothing, workers, workers);
		assert_int_equal(pool_pending(trial.pool), 0);
		assert_int_equal(pool_step(trial.pool, 0, NULL), 0);
		trial_close(&trial);
	}
	assert_true(clock_ms() - start < 8 * SOON_MS);
}

static void test_every_empty_task_is_done_once(void **state)
{
	static const unsigned shapes[][2] = {{1, 1}, {1, 16},  {2, 2}, {2, 32},
					     {8, 8}, {8, 128}, {3, 7}, {8, 1}};

	(void)state;
	for (size_t i = 0; i < LENGTH(shapes); i++) {
		struct trial trial = {0};

		trial_open(&trial, task_nothing, shapes[i][0], shapes[i][1]);
		submit(&trial, 500);
		assert_int_equal(pool_pending(trial.pool), 500);
		drive(&trial);
		assert_all_end(&trial, POOL_DONE, 1);
		for (size_t k = 0; k < 500; k++) {
			assert_int_equal(fates[k].started, 1);
			assert_in_range(fates[k].worker, 1, shapes[i][0]);
			assert_kept(k, "");
			assert_string_equal(fates[k].message, "");
		}
		trial_close(&trial);
	}
}

static void test_no_more_than_the_fanout_runs_at_once(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_open(&trial, task_wait, 2, 5);
	submit(&trial, 30);
	await_running(&trial, 5);
	for (int i = 0; i < 20; i++)
		step(&trial, 5);
	assert_int_equal(atomic_load(&shared->running), 5);
	assert_int_equal(trial.nended, 0);
	atomic_store(&shared->go, true);
	drive(&trial);
	assert_all_end(&trial, POOL_DONE, 1);
	assert_int_equal(atomic_load(&shared->peak), 5);
	trial_close(&trial);
}

static void test_pool_fd_polls_readable_when_a_step_has_work(void **state)
{
	struct trial trial = {0};
	struct pollfd pollfd = {.events = POLLIN};

	(void)state;
	trial_open(&trial, task_wait, 1, 1);
	pollfd.fd = pool_fd(trial.pool);
	assert_int_equal(poll(&pollfd, 1, 0), 0);
	submit(&trial, 1);
	await_started(&trial, 1);
	assert_int_equal(poll(&pollfd, 1, 0), 0);
	atomic_store(&shared->go, true);
	assert_int_equal(poll(&pollfd, 1, LIMIT_MS), 1);
	drive(&trial);
	/* A death too is something to do. */
	kill_worker(&trial, 1, SIGKILL);
	assert_int_equal(poll(&pollfd, 1, LIMIT_MS), 1);
	while (pool_worker_pid(trial.pool, 1) != -1)
		step(&trial, 10);
	assert_int_equal(poll(&pollfd, 1, 0), 0);
	trial_close(&trial);
}

static void test_a_step_returns_at_its_timeout(void **state)
{
	struct trial trial = {0};
	int64_t start;

	(void)state;
	trial_open(&trial, task_wait, 1, 1);
	submit(&trial, 1);
	await_started(&trial, 1);
	start = clock_ms();
	step(&trial, 50);
	assert_true(clock_ms() - start >= 49);
	start = clock_ms();
	step(&trial, 0);
	assert_true(clock_ms() - start < SOON_MS);
	atomic_store(&shared->go, true);
	drive(&trial);
	trial_close(&trial);
}

static void task_sleep_some(void *ctx, uint32_t index, struct outlet *out)
{
	(void)ctx;
	sleep_until(clock_ms() + index * 7 % 20);
	(void)send_text(out, index % 2 == 0 ? "even" : "odd");
}

static void test_tasks_that_sleep_end_with_their_own_results(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_open(&trial, task_sleep_some, 2, 40);
	submit(&trial, 400);
	drive(&trial);
	assert_all_end(&trial, POOL_DONE, 1);
	for (size_t i = 0; i < 400; i++)
		assert_kept(i, i % 2 == 0 ? "even" : "odd");
	trial_close(&trial);
}

/* ---- results ---- */

static uint8_t result_byte(uint32_t index, uint64_t at)
{
	return (uint8_t)(index * 31 + at * 7 + (at >> 8) + (at >> 16));
}

static size_t result_len(uint32_t index)
{
	static const size_t lens[] = {0,      1,      9,      1000,
				      65535,  65536,  65537,  70000,
				      262143, 262145, 300000, 1000000};

	return lens[index % LENGTH(lens)];
}

/* The bytes of its index in frames of one size, each from two parts. */
static void task_result(void *ctx, uint32_t index, struct outlet *out)
{
	static const size_t pieces[] = {1009, 4096, 65535, FRAME_PAYLOAD_MAX};
	size_t piece = pieces[index / 12 % LENGTH(pieces)];
	size_t len = result_len(index);
	uint8_t *bytes = malloc(FRAME_PAYLOAD_MAX);
	int64_t waited_ms = 0;

	(void)ctx;
	for (size_t at = 0; bytes != NULL && at < len; at += piece) {
		size_t n = len - at < piece ? len - at : piece;
		struct iovec parts[] = {{bytes, n / 3},
					{bytes + n / 3, n - n / 3}};

		for (size_t i = 0; i < n; i++)
			bytes[i] = result_byte(index, at + i);
		if (outlet_send(out, parts, 2, &waited_ms) == -1)
			break;
	}
	free(bytes);
}

static void test_results_arrive_byte_for_byte(void **state)
{
	static const unsigned shapes[][2] = {{1, 1}, {2, 8}, {4, 64}};

	(void)state;
	for (size_t i = 0; i < LENGTH(shapes); i++) {
		struct trial trial = {.expected = result_byte};

		trial_open(&trial, task_result, shapes[i][0], shapes[i][1]);
		submit(&trial, 12 * 4 * 2);
		drive(&trial);
		assert_all_end(&trial, POOL_DONE, 1);
		for (uint32_t k = 0; k < trial.ntasks; k++)
			assert_int_equal(fates[k].len, result_len(k));
		trial_close(&trial);
	}
}

static void task_three_words(void *ctx, uint32_t index, struct outlet *out)
{
	(void)ctx;
	(void)index;
	(void)send_text(out, "keep ");
	(void)send_text(out, "take ");
	(void)send_text(out, ""); /* an empty frame is one too */
	(void)send_text(out, "keep too");
}

static enum pool_verdict take_what_says_so(const uint8_t *payload, size_t len)
{
	return len >= 4 && memcmp(payload, "take", 4) == 0 ? POOL_TAKEN
							   : POOL_KEEP;
}

static void test_what_the_hook_takes_is_not_spooled(void **state)
{
	struct trial trial = {.judge = take_what_says_so};

	(void)state;
	trial_open(&trial, task_three_words, 1, 1);
	submit(&trial, 3);
	drive(&trial);
	assert_all_end(&trial, POOL_DONE, 1);
	for (size_t i = 0; i < 3; i++)
		assert_kept(i, "keep keep too");
	trial_close(&trial);
}

static void
test_a_result_that_finds_no_room_is_said_and_harms_none(void **state)
{
	struct rlimit before, none;
	struct trial trial = {.expected = result_byte};

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	none = (struct rlimit){.rlim_cur = 0, .rlim_max = before.rlim_max};
	(void)signal(SIGXFSZ, SIG_IGN);
	trial_open(&trial, task_result, 2, 4);
	submit(&trial, 48);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	drive(&trial);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	(void)signal(SIGXFSZ, SIG_DFL);
	for (uint32_t i = 0; i < 48; i++) {
		if (result_len(i) <= SPOOL_MEMORY) {
			assert_end(i, POOL_DONE, 1);
			assert_int_equal(fates[i].len, result_len(i));
			continue;
		}
		assert_end(i, POOL_NO_ROOM, 1);
		assert_true(fates[i].len <= SPOOL_MEMORY);
		assert_string_equal(fates[i].message,
				    "no room to keep its output");
	}
	trial_close(&trial);
}

#define FLOOD ((size_t)100 * 1024 * 1024)

/* Says FLOOD bytes and then how much memory that took, in KiB. */
static void task_flood(void *ctx, uint32_t index, struct outlet *out)
{
	uint8_t *bytes = calloc(1, FRAME_PAYLOAD_MAX);
	struct rusage usage;
	char text[40];

	(void)ctx;
	(void)index;
	for (size_t at = 0; bytes != NULL && at < FLOOD;
	     at += FRAME_PAYLOAD_MAX) {
		if (send_bytes(out, bytes, FRAME_PAYLOAD_MAX) == -1)
			break;
	}
	free(bytes);
	(void)getrusage(RUSAGE_SELF, &usage);
	(void)snprintf(text, sizeof(text), "%ld", usage.ru_maxrss);
	(void)send_text(out, text);
}

static uint64_t flooded;

static enum pool_verdict count_flood(const uint8_t *payload, size_t len)
{
	(void)payload;
	if (len < FRAME_PAYLOAD_MAX)
		return POOL_KEEP;
	flooded += len;
	return POOL_TAKEN;
}

static void sleep_ms(long ms)
{
	struct timespec ts = {.tv_sec = ms / 1000,
			      .tv_nsec = ms % 1000 * 1000000};

	(void)nanosleep(&ts, NULL);
}

static void test_a_worker_nobody_reads_does_not_grow(void **state)
{
	struct trial trial = {.judge = count_flood};
	char text[40] = "";

	(void)state;
	flooded = 0;
	trial_open(&trial, task_flood, 1, 1);
	submit(&trial, 1);
	step(&trial, 0);
	sleep_ms(300);
	drive(&trial);
	assert_end(0, POOL_DONE, 1);
	assert_int_equal(flooded, FLOOD);
	assert_in_range(fates[0].len, 1, sizeof(text) - 1);
	memcpy(text, fates[0].kept, fates[0].len);
	if (!UNIT_ASAN && !UNIT_TSAN)
		assert_in_range(atol(text), 1, 30 * 1024);
	trial_close(&trial);
}

/* ---- deaths ---- */

/* Says "begun " and dies by a signal on its first n attempts. */
static void die_often(uint32_t index, struct outlet *out, int sig, unsigned n)
{
	unsigned attempt = begin_running(index);

	(void)send_text(out, "begun ");
	flush(out);
	if (attempt <= n)
		die_by(sig);
	(void)send_text(out, "and done");
}

static void task_dies_once(void *ctx, uint32_t index, struct outlet *out)
{
	(void)ctx;
	die_often(index, out, SIGSEGV, index == 1 ? 1 : 0);
}

static void test_a_lost_task_is_repeated_and_says_all_anew(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_open(&trial, task_dies_once, 1, 1);
	submit(&trial, 3);
	drive(&trial);
	for (size_t i = 0; i < 3; i++) {
		assert_end(i, POOL_DONE, i == 1 ? 2 : 1);
		assert_int_equal(fates[i].started, i == 1 ? 2 : 1);
		assert_kept(i, "begun and done");
		assert_string_equal(fates[i].message, "");
	}
	trial_close(&trial);
}

static void task_one_always_aborts(void *ctx, uint32_t index,
				   struct outlet *out)
{
	(void)ctx;
	die_often(index, out, SIGABRT, index == 1 ? 100 : 0);
}

static void test_a_task_lost_twice_died_and_says_how(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_open(&trial, task_one_always_aborts, 1, 1);
	submit(&trial, 2);
	await_started(&trial, 3);
	drive(&trial);
	assert_end(0, POOL_DONE, 1);
	assert_end(1, POOL_DIED, 2);
	assert_int_equal(atomic_load(&shared->begun[1]), 2);
	assert_lost_by(1, 1, "was killed by signal 6 (Aborted)");
	assert_kept(1, "begun ");
	submit(&trial, 1); /* the pool goes on */
	drive(&trial);
	assert_end(2, POOL_DONE, 1);
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

static void task_dies_its_way(void *ctx, uint32_t index, struct outlet *out)
{
	(void)ctx;
	if (index % 2 == 0) /* so that no three deaths follow each other */
		return;
	(void)begin_running(index);
	(void)send_text(out, "this ");
	(void)send_text(out, "much");
	flush(out);
	if (deaths[index / 2].sig == 0)
		(void)syscall(SYS_exit_group, 3); /* past every sanitizer */
	die_by(deaths[index / 2].sig);
}

static void test_what_must_not_be_repeated_died_at_once(void **state)
{
	struct trial trial = {.once = true};

	(void)state;
	trial_open(&trial, task_dies_its_way, 1, 1);
	for (size_t i = 0; i < LENGTH(deaths); i++) {
		submit(&trial, 2);
		drive(&trial);
		assert_end(2 * i, POOL_DONE, 1);
		assert_end(2 * i + 1, POOL_DIED, 1);
		assert_int_equal(atomic_load(&shared->begun[2 * i + 1]), 1);
		assert_lost_by(2 * i + 1, 1, deaths[i].how);
		assert_kept(2 * i + 1, "this much");
	}
	trial_close(&trial);
}

static void task_always_dies(void *ctx, uint32_t index, struct outlet *out)
{
	(void)ctx;
	die_often(index, out, SIGKILL, 100);
}

static void test_three_barren_deaths_end_what_is_left(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_open(&trial, task_always_dies, 1, 1);
	submit(&trial, 10);
	drive(&trial);
	assert_end(0, POOL_DIED, 2);
	assert_lost_by(0, 1, "was killed by signal 9 (Killed)");
	assert_kept(0, "begun ");
	for (size_t i = 1; i < 10; i++) {
		assert_end(i, POOL_DIED, i == 1 ? 1 : 0);
		assert_int_equal(fates[i].worker, 0);
		assert_non_null(
			strstr(fates[i].message,
			       "workers die before they finish anything: "
			       "worker 1 (pid "));
		assert_kept(i, "");
	}
	trial_close(&trial);
}

static void task_waits_then_answers(void *ctx, uint32_t index,
				    struct outlet *out)
{
	(void)ctx;
	(void)begin_running(index);
	sleep_until(clock_ms() + 100);
	(void)send_text(out, "done");
}

/* Two rounds of all three are six deaths in a row, and no sign of anything. */
static void test_workers_killed_together_twice_break_nothing(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_open(&trial, task_waits_then_answers, 3, 3);
	submit(&trial, 12);
	for (int round = 0; round < 2; round++) {
		for (unsigned i = 1; i <= 3; i++)
			kill(pool_worker_pid(trial.pool, i), SIGKILL);
		for (int step = 0; step < 20; step++)
			assert_int_equal(pool_step(trial.pool, 2, NULL), 0);
	}
	drive(&trial);
	for (size_t i = 6; i < 12; i++)
		assert_end(i, POOL_DONE, 1);
	trial_close(&trial);
}

static void
test_a_pool_that_broke_refuses_no_task_and_hangs_on_none(void **state)
{
	struct trial trial = {.once = true};

	(void)state;
	trial_open(&trial, task_always_dies, 1, 1);
	submit(&trial, 5);
	drive(&trial);
	for (size_t i = 0; i < 5; i++)
		assert_end(i, POOL_DIED, i < 3 ? 1 : 0);
	submit(&trial, 3);
	assert_int_equal(pool_step(trial.pool, -1, NULL), 0);
	for (size_t i = 5; i < 8; i++)
		assert_end(i, POOL_DIED, 0);
	assert_int_equal(pool_pending(trial.pool), 0);
	trial_close(&trial);
}

static void task_even_die(void *ctx, uint32_t index, struct outlet *out)
{
	(void)ctx;
	die_often(index, out, SIGKILL, index % 2 == 0 ? 1 : 0);
}

static void test_deaths_between_tasks_done_break_nothing(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_open(&trial, task_even_die, 1, 1);
	submit(&trial, 40);
	drive(&trial);
	for (size_t i = 0; i < 40; i++)
		assert_end(i, POOL_DONE, i % 2 == 0 ? 2 : 1);
	trial_close(&trial);
}

static void test_a_task_submitted_after_every_worker_died_is_done(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_open(&trial, task_nothing, 3, 3);
	submit(&trial, 9);
	drive(&trial);
	for (int round = 0; round < 5; round++) {
		for (unsigned i = 1; i <= 3; i++) {
			if (pool_worker_pid(trial.pool, i) != -1)
				kill_worker(&trial, i, SIGKILL);
		}
		while (pool_worker_pid(trial.pool, 1) != -1 ||
		       pool_worker_pid(trial.pool, 2) != -1 ||
		       pool_worker_pid(trial.pool, 3) != -1)
			step(&trial, 10);
		submit(&trial, 1);
		while (pool_pending(trial.pool) > 0)
			step(&trial, -1);
	}
	assert_all_end(&trial, POOL_DONE, 1);
	trial_close(&trial);
}

static void
test_a_worker_killed_before_its_first_ticket_costs_none(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_open(&trial, task_nothing, 2, 8);
	kill_worker(&trial, 1, SIGKILL);
	kill_worker(&trial, 2, SIGKILL);
	sleep_ms(20); /* the tickets meet a pipe without reader */
	submit(&trial, 100);
	drive(&trial);
	for (size_t i = 0; i < 100; i++)
		assert_true(fates[i].ended == 1 && fates[i].end == POOL_DONE);
	trial_close(&trial);
}

static void task_neighbours(void *ctx, uint32_t index, struct outlet *out)
{
	unsigned attempt = begin_running(index);

	(void)ctx;
	(void)send_text(out, "hello");
	if (index == 0 && attempt == 1) {
		while (atomic_load(&shared->running) < 6)
			sleep_until(clock_ms() + 1);
		flush(out);
		die_by(SIGSEGV);
	}
	await_go();
}

static void test_a_crash_costs_the_other_workers_nothing(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_open(&trial, task_neighbours, 2, 6);
	submit(&trial, 6);
	await_started(&trial, 6 + 3); /* worker 1 had three, all again */
	atomic_store(&shared->go, true);
	drive(&trial);
	for (size_t i = 0; i < 6; i++) {
		assert_end(i, POOL_DONE, i % 2 == 0 ? 2 : 1);
		assert_kept(i, "hello");
	}
	trial_close(&trial);
}

static void task_chatter(void *ctx, uint32_t index, struct outlet *out)
{
	unsigned attempt = begin_running(index);
	uint8_t *bytes = malloc(FRAME_PAYLOAD_MAX);

	(void)ctx;
	for (size_t n = 0; bytes != NULL && n < (attempt > 1 ? 5 : 1000); n++) {
		for (size_t i = 0; i < FRAME_PAYLOAD_MAX; i++)
			bytes[i] =
				result_byte(index, n * FRAME_PAYLOAD_MAX + i);
		if (send_bytes(out, bytes, FRAME_PAYLOAD_MAX) == -1)
			break;
	}
	free(bytes);
}

/* A frame of the maximum never fits into a pipe: the last one is cut. */
static void kill_in_a_frame(struct trial *trial)
{
	trial_open(trial, task_chatter, 1, 1);
	submit(trial, 1);
	while (fates[0].started == 0)
		step(trial, 100);
	for (int i = 0; i < 20; i++)
		step(trial, 100);
	sleep_ms(50); /* it fills the pipe */
	kill_worker(trial, 1, SIGKILL);
}

static void test_a_frame_that_is_cut_short_does_not_count(void **state)
{
	struct trial trial = {.expected = result_byte, .once = true};

	(void)state;
	kill_in_a_frame(&trial);
	drive(&trial);
	assert_end(0, POOL_DIED, 1);
	assert_true(fates[0].len > 0);
	assert_int_equal(fates[0].len % FRAME_PAYLOAD_MAX, 0);
	trial_close(&trial);
}

static void test_a_new_worker_does_not_inherit_half_a_frame(void **state)
{
	struct trial trial = {.expected = result_byte};

	(void)state;
	kill_in_a_frame(&trial);
	drive(&trial);
	assert_end(0, POOL_DONE, 2);
	assert_int_equal(fates[0].len, 5 * FRAME_PAYLOAD_MAX);
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
	births = 2;
	trial_open(&trial, task_nothing, 2, 2);
	assert_int_equal(waitid(P_PID, (id_t)worker_pid(&trial, 2), &info,
				WSTOPPED | WNOWAIT),
			 0);
	submit(&trial, 2); /* one of them waits in the worker that stands */
	while (trial.ndone < 1)
		step(&trial, 100);
	for (size_t i = 1; i <= 3; i++) {
		kill_worker(&trial, 1, SIGKILL);
		submit(&trial, 3);
		while (trial.ndone < 1 + i * 3)
			step(&trial, 100);
	}
	kill_worker(&trial, 2, SIGCONT);
	drive(&trial);
	for (size_t i = 0; i < 11; i++)
		assert_true(fates[i].ended == 1 && fates[i].end == POOL_DONE);
	trial_close(&trial);
}

static void test_deaths_are_told_where_children_are_not_waited_for(void **state)
{
	struct trial trial = {.once = true};
	size_t ndied = 0;

	(void)state;
	(void)signal(SIGCHLD, SIG_IGN);
	trial_open(&trial, task_even_die, 2, 2);
	submit(&trial, 20);
	drive(&trial);
	for (size_t i = 0; i < 20; i++) {
		assert_int_equal(fates[i].ended, 1);
		ndied += fates[i].end == POOL_DIED;
	}
	assert_true(ndied > 0);
	trial_close(&trial);
	(void)signal(SIGCHLD, SIG_DFL);
}

/* ---- what a worker may not say ---- */

/* A raw frame; its ticket is the forger's own plus a difference. */
struct forgery {
	const char *name;
	uint32_t payload_len; /* as the header says it */
	unsigned type;
	bool own; /* the ticket that follows is counted from its own */
	uint32_t ticket;
	size_t sent; /* bytes of payload that do follow */
};

static const struct forgery forgeries[] = {
	{"a length just above", FRAME_PAYLOAD_MAX + 1, FRAME_DATA, true, 0, 0},
	{"a length far above", 0xffffffff, FRAME_DATA, true, 0, 0},
	{"type 0", 0, 0, true, 0, 0},
	{"type 4", 0, 4, true, 0, 0},
	{"type 255", 0, 255, true, 0, 0},
	{"data of another worker's task", 4, FRAME_DATA, true, 1, 4},
	{"another worker's task done", 0, FRAME_DONE, true, 1, 0},
	{"ticket 0", 0, FRAME_DONE, false, 0, 0},
	{"a ticket never given", 0, FRAME_DONE, false, 0x7fffffff, 0},
	{"the ticket in the same slot", 0, FRAME_DONE, true, 8, 0},
	{"started twice", 8, FRAME_STARTED, true, 0, 8},
	{"started without a time", 0, FRAME_STARTED, true, 0, 0},
	{"done with a payload", 1, FRAME_DONE, true, 0, 1},
};

static const struct forgery *forged; /* set before the fork */

static void write_forgery(uint32_t own)
{
	uint8_t bytes[FRAME_HEADER + 8] = {0};

	wire_put_u32(bytes, forged->payload_len);
	bytes[4] = (uint8_t)forged->type;
	wire_put_u32(bytes + 5, forged->ticket + (forged->own ? own : 0));
	if (write(CHILD_RESULT_FD, bytes, FRAME_HEADER + forged->sent) !=
	    (ssize_t)(FRAME_HEADER + forged->sent))
		atomic_store(&shared->failed, true);
}

/*
 * Four tasks on two workers; number 0 is the forger. Tickets count from 1 in
 * the order they are handed out, so at first a task's is its index plus 1.
 */
static void task_forger(void *ctx, uint32_t index, struct outlet *out)
{
	unsigned attempt = begin_running(index);

	(void)ctx;
	(void)send_text(out, "before ");
	if (index == 0 && attempt == 1) {
		while (atomic_load(&shared->running) < 4)
			sleep_until(clock_ms() + 1);
		flush(out); /* what is written now stands between frames */
		write_forgery(1);
		(void)send_text(out, "after ");
		flush(out);
	}
	await_go();
	(void)send_text(out, "end");
}

static bool all_but_the_forger(void *arg, uint32_t index)
{
	(void)arg;
	return index != 0;
}

static void on_forger_end(struct trial *trial, uint32_t index)
{
	(void)trial;
	if (index == 0)
		atomic_store(&shared->go, true);
}

static void assert_forger_alone_is_hit(const struct forgery *forgery)
{
	struct trial trial = {.on_end = on_forger_end};

	forged = forgery;
	trial_prepare(&trial, task_forger, 2, 4);
	trial.options.hooks.repeatable = all_but_the_forger;
	trial_start(&trial);
	submit(&trial, 4);
	drive(&trial);
	if (fates[0].end != POOL_DIED || fates[0].len != strlen("before "))
		fail_msg("%s: ended as %d with %zu bytes", forgery->name,
			 (int)fates[0].end, (size_t)fates[0].len);
	assert_end(0, POOL_DIED, 1);
	assert_kept(0, "before ");
	assert_lost_by(0, 1,
		       "was killed: it sent a frame that it may not send");
	assert_end(1, POOL_DONE, 1);
	assert_end(2, POOL_DONE, 2);
	assert_end(3, POOL_DONE, 1);
	for (size_t i = 1; i < 4; i++)
		assert_kept(i, "before end");
	assert_int_equal(fates[0].started, 1);
	assert_false(atomic_load(&shared->failed));
	trial_close(&trial);
}

static void test_a_forged_frame_costs_its_own_worker_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(forgeries); i++)
		assert_forger_alone_is_hit(&forgeries[i]);
}

static void put_frame(struct buf *buf, enum frame_type type, uint32_t ticket,
		      const char *text)
{
	struct iovec part = {.iov_base = (void *)(uintptr_t)text,
			     .iov_len = strlen(text)};

	(void)frame_put(buf, type, ticket, &part, 1);
}

/* A worker of its own making: it says what the test wants and sleeps. */
static void task_raw(void *ctx, uint32_t index, struct outlet *out)
{
	const struct buf *said = ctx;

	(void)out;
	(void)index;
	/* STARTED is not written yet: this comes before it. */
	if (write(CHILD_RESULT_FD, said->data, said->len) != (ssize_t)said->len)
		atomic_store(&shared->failed, true);
	flush(out);
	sleep_until(clock_ms() + LIMIT_MS);
}

static void test_nothing_counts_before_started_or_after_done(void **state)
{
	struct {
		enum frame_type types[4];
		size_t ntypes;
		enum pool_end end;
		const char *kept;
	} cases[] = {
		{{FRAME_DATA}, 1, POOL_DIED, ""},
		{{FRAME_DONE}, 1, POOL_DIED, ""},
		{{FRAME_STARTED, FRAME_DATA, FRAME_DONE, FRAME_DATA},
		 4,
		 POOL_DONE,
		 "datadata"},
		{{FRAME_STARTED, FRAME_DONE, FRAME_DONE}, 3, POOL_DONE, ""},
		{{FRAME_STARTED, FRAME_DATA, FRAME_STARTED, FRAME_DONE},
		 4,
		 POOL_DIED,
		 "datadata"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct trial trial = {.once = true};
		struct buf said;

		buf_init(&said, 1000);
		for (size_t k = 0; k < cases[i].ntypes; k++)
			put_frame(&said, cases[i].types[k], 1,
				  cases[i].types[k] == FRAME_DONE ? ""
								  : "datadata");
		trial_prepare(&trial, task_raw, 1, 1);
		trial.options.ctx = &said;
		trial_start(&trial);
		submit(&trial, 1);
		drive(&trial);
		/* Whatever it said, the worker is killed in the end. */
		while (pool_worker_pid(trial.pool, 1) != -1)
			step(&trial, 100);
		fates[0].wrong = false; /* its time is no time */
		assert_end(0, cases[i].end, 1);
		assert_kept(0, cases[i].kept);
		assert_false(atomic_load(&shared->failed));
		trial_close(&trial);
		buf_release(&said);
	}
}

static enum pool_verdict refuse_take(const uint8_t *payload, size_t len)
{
	return len >= 4 && memcmp(payload, "take", 4) == 0 ? POOL_BAD
							   : POOL_KEEP;
}

static void test_a_worker_that_the_hook_refuses_is_killed(void **state)
{
	struct trial trial = {.judge = refuse_take, .once = true};

	(void)state;
	trial_open(&trial, task_three_words, 1, 1);
	submit(&trial, 1);
	drive(&trial);
	assert_end(0, POOL_DIED, 1);
	assert_kept(0, "keep ");
	assert_lost_by(0, 1,
		       "was killed: it sent a frame that it may not send");
	trial_close(&trial);
}

static void task_closes_a_pipe(void *ctx, uint32_t index, struct outlet *out)
{
	unsigned attempt = begin_running(index);

	(void)ctx;
	(void)send_text(out, "said");
	flush(out);
	if (attempt == 1 && index < 2)
		(void)close(index == 0 ? CHILD_RESULT_FD : CHILD_TASK_FD);
	if (attempt == 1)
		sleep_until(clock_ms() + (index < 2 ? 10 * LIMIT_MS : 20));
}

static void test_a_worker_that_closes_a_pipe_is_replaced(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_open(&trial, task_closes_a_pipe, 1, 1);
	submit(&trial, 3);
	drive(&trial);
	for (size_t i = 0; i < 3; i++) {
		assert_end(i, POOL_DONE, i < 2 ? 2 : 1);
		assert_kept(i, "said");
	}
	trial_close(&trial);
}

/* ---- stopping ---- */

static void test_pool_stop_cancels_what_is_queued_and_no_more(void **state)
{
	struct trial trial = {0};

	(void)state;
	trial_open(&trial, task_wait, 2, 2);
	submit(&trial, 6);
	await_running(&trial, 2);
	pool_stop(trial.pool);
	assert_int_equal(trial.nended, 4);
	assert_int_equal(pool_pending(trial.pool), 2);
	pool_stop(trial.pool);
	atomic_store(&shared->go, true);
	drive(&trial);
	for (size_t i = 0; i < 6; i++) {
		assert_end(i, i < 2 ? POOL_DONE : POOL_CANCELLED, i < 2);
		assert_string_equal(fates[i].message,
				    i < 2 ? ""
					  : "cancelled before it was begun");
		assert_int_equal(fates[i].worker > 0, i < 2);
	}
	trial_close(&trial);
}

static void test_a_task_lost_after_pool_stop_is_not_repeated(void **state)
{
	(void)state;
	for (int once = 0; once < 2; once++) {
		struct trial trial = {.once = once};

		trial_open(&trial, task_wait, 1, 1);
		submit(&trial, 2);
		await_started(&trial, 1);
		pool_stop(trial.pool);
		kill_worker(&trial, 1, SIGKILL);
		drive(&trial);
		assert_end(0, once ? POOL_DIED : POOL_CANCELLED, 1);
		assert_lost_by(0, 1, "was killed by signal 9 (Killed)");
		assert_end(1, POOL_CANCELLED, 0);
		trial_close(&trial);
	}
}

static void task_says_and_sleeps(void *ctx, uint32_t index, struct outlet *out)
{
	(void)send_text(out, "some");
	flush(out);
	task_sleep_long(ctx, index, out);
}

static void test_pool_kill_ends_all_soon_and_keeps_what_came(void **state)
{
	struct trial trial = {.once = true};
	int64_t start;

	(void)state;
	trial_open(&trial, task_says_and_sleeps, 2, 8);
	submit(&trial, 20);
	await_started(&trial, 8);
	kill_worker(&trial, 2, SIGSTOP); /* that saves nobody */
	start = clock_ms();
	pool_kill(trial.pool);
	drive(&trial);
	assert_true(clock_ms() - start < SOON_MS);
	for (size_t i = 0; i < 20; i++) {
		assert_end(i, POOL_CANCELLED, i < 8);
		if (i < 8)
			assert_lost_by(i, fates[i].worker, "was stopped");
	}
	for (size_t i = 0; i < 8; i++)
		assert_true(fates[i].len == 0 || fates[i].len == 4);
	trial_close(&trial);
}

static void test_pool_free_leaves_running_tasks_and_no_child(void **state)
{
	int64_t start;
	struct trial trial = {0};

	(void)state;
	trial_open(&trial, task_sleep_long, 3, 12);
	submit(&trial, 30);
	await_running(&trial, 12);
	start = clock_ms();
	trial_close(&trial);
	assert_true(clock_ms() - start < SOON_MS);
	assert_int_equal(trial.nended, 0);
	/* That no child is left, end() finds. */
}

static void test_pool_free_does_not_wait_for_stopped_workers(void **state)
{
	struct trial trial = {0};
	int64_t start;

	(void)state;
	trial_open(&trial, task_nothing, 3, 3);
	submit(&trial, 3);
	drive(&trial);
	for (unsigned i = 1; i <= 3; i++)
		kill_worker(&trial, i, SIGSTOP);
	start = clock_ms();
	trial_close(&trial);
	/* One farewell for all of them, not one each. */
	assert_true(clock_ms() - start < 1000 + SOON_MS);
}

static void on_end_submit(struct trial *trial, uint32_t index)
{
	if (index % 500 == 499)
		return;
	if (pool_submit(trial->pool, (uint32_t)trial->ntasks++, NULL) == -1)
		fates[index].wrong = true;
}

static void test_a_task_may_be_submitted_as_another_ends(void **state)
{
	struct trial trial = {.on_end = on_end_submit};

	(void)state;
	trial_open(&trial, task_nothing, 2, 2);
	submit(&trial, 1);
	drive(&trial);
	assert_int_equal(trial.ntasks, 500);
	assert_all_end(&trial, POOL_DONE, 1);
	trial_close(&trial);
	/* Also where the end is a death, and where the pool is broken. */
	trial = (struct trial){.on_end = on_end_submit, .once = true};
	trial_open(&trial, task_always_dies, 1, 1);
	submit(&trial, 1);
	drive(&trial);
	assert_int_equal(trial.ntasks, 500);
	for (size_t i = 0; i < 500; i++)
		assert_end(i, POOL_DIED, i < 3 ? 1 : 0);
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
		few.rlim_cur = fds_before - 3 + more; /* ., .. and the dir */
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
		assert_int_equal(pool_start(&pool, &trial.options, &err), -1);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
		assert_int_equal(err.code, NF_SYSTEM);
		assert_null(pool);
		assert_int_equal(count_fds(), fds_before);
		assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	}
	if (UNIT_ASAN || UNIT_TSAN)
		return; /* there too much memory is not asked for, but fatal */
	trial.options.workers = 0x7fffffff;
	trial.options.fanout = 1;
	assert_int_equal(pool_start(&pool, &trial.options, &err), -1);
	assert_int_equal(err.code, NF_SYSTEM);
}

/* ---- a clean child ---- */

/* Sends "N TARGET\n" for each of its descriptors. */
static void task_descriptors(void *ctx, uint32_t index, struct outlet *out)
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *entry;

	(void)ctx;
	(void)begin_running(index);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		char path[300], target[200], line[300];
		ssize_t n;

		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), "/proc/self/fd/%s",
			       entry->d_name);
		n = readlink(path, target, sizeof(target) - 1);
		target[n > 0 ? n : 0] = '\0';
		/* A sanitizer writes its report into a file of its own. */
		if (UNIT_ASAN && strstr(target, "/sanitizer.") != NULL)
			continue;
		n = snprintf(line, sizeof(line), "%s %s\n",
			     atoi(entry->d_name) == dirfd(dir) ? "dir"
							       : entry->d_name,
			     target);
		(void)send_bytes(out, line, (size_t)n);
	}
	if (dir != NULL)
		(void)closedir(dir);
	await_go();
}

/* The target of fd N in a list that a task sent; false when it has none. */
static bool target_of(const struct fate *fate, const char *fd, char target[200])
{
	char list[KEPT_MAX + 2] = "\n", start[20];
	const char *at;

	memcpy(list + 1, fate->kept,
	       fate->len < KEPT_MAX ? fate->len : KEPT_MAX);
	(void)snprintf(start, sizeof(start), "\n%s ", fd);
	at = strstr(list, start);
	if (at == NULL)
		return false;
	at += strlen(start);
	(void)snprintf(target, 200, "%.*s", (int)strcspn(at, "\n"), at);
	return true;
}

static void assert_target(const struct fate *fate, const char *fd,
			  const char *expected)
{
	char target[200] = "nothing";

	(void)target_of(fate, fd, target);
	if (strncmp(target, expected, strlen(expected)) != 0)
		fail_msg("descriptor %s is %s, not %s, of\n%.*s", fd, target,
			 expected, (int)fate->len, (const char *)fate->kept);
}

static void assert_clean(const struct fate *fate)
{
	char stderr_target[200] = "";
	size_t nlines = 0;

	assert_true(readlink("/proc/self/fd/2", stderr_target,
			     sizeof(stderr_target) - 1) > 0);
	assert_target(fate, "0", "/dev/null");
	assert_target(fate, "1", "/dev/null");
	assert_target(fate, "2", stderr_target);
	assert_target(fate, "3", "pipe:");
	assert_target(fate, "4", "pipe:");
	assert_target(fate, "5", "anon_inode:[eventpoll]");
	assert_target(fate, "dir", "/proc/");
	for (size_t i = 0; i < fate->len; i++)
		nlines += fate->kept[i] == '\n';
	if (nlines != 7)
		fail_msg("it holds more than it should:\n%.*s", (int)fate->len,
			 (const char *)fate->kept);
}

static void test_a_worker_holds_its_own_descriptors_alone(void **state)
{
	struct trial trial = {0};
	int others[2];

	(void)state;
	assert_int_equal(pipe(others), 0); /* not even close-on-exec */
	trial_open(&trial, task_descriptors, 4, 4);
	submit(&trial, 4);
	await_started(&trial, 4);
	kill_worker(&trial, 2, SIGKILL);
	kill_worker(&trial, 3, SIGKILL);
	await_started(&trial, 6); /* in new workers, beside the old */
	atomic_store(&shared->go, true);
	drive(&trial);
	for (size_t i = 0; i < 4; i++) {
		char task_pipe[200], result_pipe[200], other[200];

		assert_int_equal(fates[i].end, POOL_DONE);
		assert_clean(&fates[i]);
		assert_true(target_of(&fates[i], "3", task_pipe));
		assert_true(target_of(&fates[i], "4", result_pipe));
		assert_string_not_equal(task_pipe, result_pipe);
		for (size_t k = 0; k < i; k++) {
			assert_true(target_of(&fates[k], "3", other));
			assert_string_not_equal(task_pipe, other);
			assert_true(target_of(&fates[k], "4", other));
			assert_string_not_equal(result_pipe, other);
		}
	}
	trial_close(&trial);
	(void)close(others[0]);
	(void)close(others[1]);
}

static void test_a_worker_survives_what_a_terminal_sends(void **state)
{
	static const int sigs[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};
	struct trial trial = {0};
	int pid;

	(void)state;
	trial_open(&trial, task_wait, 1, 2);
	submit(&trial, 2);
	await_started(&trial, 2);
	pid = worker_pid(&trial, 1);
	for (size_t i = 0; i < LENGTH(sigs); i++) {
		assert_int_equal(kill(pid, sigs[i]), 0);
		step(&trial, 5);
	}
	atomic_store(&shared->go, true);
	drive(&trial);
	assert_all_end(&trial, POOL_DONE, 1);
	assert_int_equal(worker_pid(&trial, 1), pid);
	trial_close(&trial);
}

static void note_signal(int sig)
{
	(void)sig;
}

/* "SigBlk", "SigIgn" or "SigCgt" of itself, as the kernel has them. */
static uint64_t signal_mask(const char *key)
{
	FILE *file = fopen("/proc/self/status", "re");
	char line[200];
	uint64_t mask = UINT64_MAX;

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		if (strncmp(line, key, strlen(key)) == 0)
			mask = strtoull(line + strlen(key) + 1, NULL, 16);
	}
	if (file != NULL)
		(void)fclose(file);
	return mask;
}

static void task_signals(void *ctx, uint32_t index, struct outlet *out)
{
	uint8_t masks[16];

	(void)ctx;
	(void)index;
	wire_put_u64(masks, signal_mask("SigBlk"));
	wire_put_u64(masks + 8, signal_mask("SigCgt"));
	(void)send_bytes(out, masks, sizeof(masks));
}

static void
test_a_worker_has_none_of_the_callers_handlers_or_masks(void **state)
{
	static const int sigs[] = {SIGINT,  SIGTERM, SIGHUP,
				   SIGQUIT, SIGCHLD, SIGUSR1};
	struct trial trial = {0};
	sigset_t some, before;
	uint64_t caught;

	(void)state;
	for (size_t i = 0; i < LENGTH(sigs); i++)
		(void)signal(sigs[i], note_signal);
	(void)sigemptyset(&some);
	(void)sigaddset(&some, SIGUSR2);
	(void)sigprocmask(SIG_BLOCK, &some, &before);
	trial_open(&trial, task_signals, 1, 1);
	submit(&trial, 1);
	drive(&trial);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	for (size_t i = 0; i < LENGTH(sigs); i++)
		(void)signal(sigs[i], SIG_DFL);
	assert_end(0, POOL_DONE, 1);
	assert_int_equal(fates[0].len, 16);
	assert_int_equal(wire_u64(fates[0].kept), 0);
	caught = wire_u64(fates[0].kept + 8);
	for (size_t i = 0; i < LENGTH(sigs); i++)
		assert_false(caught >> (sigs[i] - 1) & 1);
	trial_close(&trial);
}

/* ---- the parent ---- */

/* Gone, or dead and not yet reaped by whoever inherited it. */
static bool is_gone(int pid)
{
	char path[40], line[200] = "";
	const char *state;
	FILE *file;

	if (kill(pid, 0) == -1 && errno == ESRCH)
		return true;
	(void)snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	if (file == NULL)
		return true;
	if (fgets(line, sizeof(line), file) == NULL)
		line[0] = '\0';
	(void)fclose(file);
	state = strrchr(line, ')');
	return state == NULL || state[2] == 'Z' || state[2] == 'X';
}

/* A program that runs a pool of sleepers and waits for its end. */
static void run_helper(int fd)
{
	struct trial trial = {0};

	(void)alarm(60);
	trial_open(&trial, task_sleep_long, 3, 6);
	submit(&trial, 6);
	await_running(&trial, 6);
	for (unsigned i = 1; i <= 3; i++) {
		int pid = pool_worker_pid(trial.pool, i);

		if (write(fd, &pid, sizeof(pid)) != sizeof(pid))
			_exit(1);
	}
	for (;;)
		(void)pause();
}

static void test_workers_die_with_their_parent(void **state)
{
	int fds[2], pids[3], status;
	int64_t deadline_ms;
	pid_t helper;

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	helper = fork();
	assert_int_not_equal(helper, -1);
	if (helper == 0)
		run_helper(fds[1]);
	(void)close(fds[1]);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(read(fds[0], &pids[i], sizeof(pids[i])),
				 sizeof(pids[i]));
		assert_false(is_gone(pids[i]));
	}
	(void)close(fds[0]);
	assert_int_equal(kill(helper, SIGKILL), 0);
	assert_int_equal(waitpid(helper, &status, 0), helper);
	deadline_ms = clock_ms() + SOON_MS;
	for (size_t i = 0; i < 3; i++) {
		while (!is_gone(pids[i])) {
			assert_true(clock_ms() < deadline_ms);
			sleep_ms(2);
		}
	}
}

static void *sleep_in_thread(void *arg)
{
	(void)pause();
	return arg;
}

/* In a child: exit status 0 when threads are seen as they should be. */
static int look_for_threads(void)
{
	struct pool_options options = {.workers = 1,
				       .fanout = 1,
				       .stack_size = FIBER_STACK,
				       .run = task_nothing};
	struct nf_error err = {0};
	struct pool *pool = NULL;
	pthread_t thread;

	if (process_check_threads(&err) == -1)
		return 1;
	if (pthread_create(&thread, NULL, sleep_in_thread, NULL) != 0)
		return 2;
	if (process_check_threads(&err) == 0)
		return 3;
	if (err.code != NF_SYSTEM || strstr(err.message, "2 threads") == NULL)
		return 4;
	if (pool_start(&pool, &options, &err) == 0 || pool != NULL)
		return 5;
	return waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD ? 0 : 6;
}

static void test_a_program_with_threads_is_refused(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	assert_int_not_equal(pid, -1);
	if (pid == 0)
		_exit(look_for_threads());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* ---- workers killed, stopped and resumed at random ---- */

static uint32_t next_random(uint32_t *random)
{
	*random = *random * 1664525u + 1013904223u;
	return *random >> 16;
}

/* The last kill: when gentle, one at a time, and a task done in between. */
struct kills {
	unsigned worker;
	int pid; /* 0 once the pool knows of its death */
	size_t ndone; /* at that time */
};

static bool may_kill(const struct trial *trial, struct kills *kills)
{
	if (kills->pid != 0 &&
	    pool_worker_pid(trial->pool, kills->worker) != kills->pid) {
		kills->pid = 0;
		kills->ndone = trial->ndone;
	}
	return kills->pid == 0 && trial->ndone > kills->ndone;
}

/*
 * Kill, stop or resume a worker. The gentle way, the pool never takes its
 * workers for broken.
 */
static void disturb(const struct trial *trial, uint32_t *random, bool gentle,
		    struct kills *kills)
{
	unsigned worker = next_random(random) % trial->options.workers + 1;
	uint32_t what = next_random(random) % 8;
	int pid = pool_worker_pid(trial->pool, worker);
	bool may = may_kill(trial, kills) || !gentle;

	if (pid == -1)
		return;
	if (what == 0 && may) {
		*kills = (struct kills){.worker = worker, .pid = pid};
		(void)kill(pid, SIGKILL);
	} else if (what == 1) {
		(void)kill(pid, SIGSTOP);
	} else if (what > 1 && what < 5) {
		(void)kill(pid, SIGCONT);
	}
}

/* Why a fate is none that a task may have, or NULL. */
static const char *fault_of(const struct fate *fate, bool gentle)
{
	if (fate->ended != 1)
		return "it did not end once";
	if (fate->wrong || fate->len != 0)
		return "its result is wrong";
	switch (fate->end) {
	case POOL_DONE:
		if (fate->attempts < 1 || fate->attempts > 2 ||
		    fate->started < 1 || fate->started > fate->attempts)
			return "it was done in some other number of attempts";
		return NULL;
	case POOL_DIED:
		if (fate->attempts == 2)
			return strncmp(fate->message, "worker ", 7) == 0
				       ? NULL
				       : "its death has no worker";
		return gentle ? "it died without being repeated" : NULL;
	case POOL_CANCELLED:
		return "nobody cancelled it";
	case POOL_NO_ROOM:
		return "there was room";
	}
	return "it ended as nothing that there is";
}

static void run_disturbed(unsigned workers, unsigned k, uint32_t seed,
			  bool gentle)
{
	struct trial trial = {0};
	struct kills kills = {0};
	uint32_t random = seed;

	trial_open(&trial, task_nothing, workers, workers * k);
	submit(&trial, 2000);
	while (pool_pending(trial.pool) > 0) {
		disturb(&trial, &random, gentle, &kills);
		if (pool_step(trial.pool, 1, NULL) == -1)
			break;
		if (clock_ms() > trial.deadline_ms)
			break;
	}
	for (unsigned i = 1; i <= workers; i++) {
		if (pool_worker_pid(trial.pool, i) != -1)
			kill_worker(&trial, i, SIGCONT); /* to end at once */
	}
	trial_close(&trial);
	for (size_t i = 0; i < trial.ntasks; i++) {
		const char *fault = fault_of(&fates[i], gentle);

		if (fault != NULL)
			fail_msg("seed %u, %u workers, K %u, %s: task %zu: %s "
				 "(ended %u as %d, attempts %u, started %u: "
				 "%s)",
				 seed, workers, k, gentle ? "gentle" : "wild",
				 i, fault, fates[i].ended, (int)fates[i].end,
				 fates[i].attempts, fates[i].started,
				 fates[i].message);
	}
	assert_int_equal(trial.nended, trial.ntasks);
	if (gentle && trial.ndone < trial.ntasks / 4)
		fail_msg("seed %u, %u workers, K %u: %zu tasks done, not more",
			 seed, workers, k, trial.ndone);
}

static void run_all_disturbed(unsigned workers)
{
	for (uint32_t seed = 1; seed <= 5; seed++) {
		run_disturbed(workers, 1, seed, true);
		run_disturbed(workers, 16, seed, true);
		run_disturbed(workers, 1, seed + 100, false);
		run_disturbed(workers, 16, seed + 100, false);
	}
}

static void
test_each_task_ends_once_as_one_worker_is_killed_and_stopped(void **state)
{
	(void)state;
	run_all_disturbed(1);
}

static void
test_each_task_ends_once_as_two_workers_are_killed_and_stopped(void **state)
{
	(void)state;
	run_all_disturbed(2);
}

static void
test_each_task_ends_once_as_eight_workers_are_killed_and_stopped(void **state)
{
	(void)state;
	run_all_disturbed(8);
}

static const struct CMUnitTest tests[] = {
	POOL_TEST(test_a_pool_without_tasks_starts_and_ends),
	POOL_TEST(test_every_empty_task_is_done_once),
	POOL_TEST(test_no_more_than_the_fanout_runs_at_once),
	POOL_TEST(test_pool_fd_polls_readable_when_a_step_has_work),
	POOL_TEST(test_a_step_returns_at_its_timeout),
	POOL_TEST(test_tasks_that_sleep_end_with_their_own_results),
	POOL_TEST(test_results_arrive_byte_for_byte),
	POOL_TEST(test_what_the_hook_takes_is_not_spooled),
	POOL_TEST(test_a_result_that_finds_no_room_is_said_and_harms_none),
	POOL_TEST(test_a_worker_nobody_reads_does_not_grow),
	POOL_TEST(test_a_lost_task_is_repeated_and_says_all_anew),
	POOL_TEST(test_a_task_lost_twice_died_and_says_how),
	POOL_TEST(test_what_must_not_be_repeated_died_at_once),
	POOL_TEST(test_three_barren_deaths_end_what_is_left),
	POOL_TEST(test_workers_killed_together_twice_break_nothing),
	POOL_TEST(test_a_pool_that_broke_refuses_no_task_and_hangs_on_none),
	POOL_TEST(test_deaths_between_tasks_done_break_nothing),
	POOL_TEST(test_a_task_submitted_after_every_worker_died_is_done),
	POOL_TEST(test_a_worker_killed_before_its_first_ticket_costs_none),
	POOL_TEST(test_a_crash_costs_the_other_workers_nothing),
	POOL_TEST(test_a_frame_that_is_cut_short_does_not_count),
	POOL_TEST(test_a_new_worker_does_not_inherit_half_a_frame),
	POOL_TEST(test_a_newborn_that_stands_still_disturbs_no_other),
	POOL_TEST(test_deaths_are_told_where_children_are_not_waited_for),
	POOL_TEST(test_a_forged_frame_costs_its_own_worker_alone),
	POOL_TEST(test_nothing_counts_before_started_or_after_done),
	POOL_TEST(test_a_worker_that_the_hook_refuses_is_killed),
	POOL_TEST(test_a_worker_that_closes_a_pipe_is_replaced),
	POOL_TEST(test_pool_stop_cancels_what_is_queued_and_no_more),
	POOL_TEST(test_a_task_lost_after_pool_stop_is_not_repeated),
	POOL_TEST(test_pool_kill_ends_all_soon_and_keeps_what_came),
	POOL_TEST(test_pool_free_leaves_running_tasks_and_no_child),
	POOL_TEST(test_pool_free_does_not_wait_for_stopped_workers),
	POOL_TEST(test_a_task_may_be_submitted_as_another_ends),
	POOL_TEST(test_a_pool_that_cannot_be_had_leaves_nothing),
	POOL_TEST(test_a_worker_holds_its_own_descriptors_alone),
	POOL_TEST(test_a_worker_survives_what_a_terminal_sends),
	POOL_TEST(test_a_worker_has_none_of_the_callers_handlers_or_masks),
	POOL_TEST(test_workers_die_with_their_parent),
	POOL_TEST(test_a_program_with_threads_is_refused),
	POOL_TEST(test_each_task_ends_once_as_one_worker_is_killed_and_stopped),
	POOL_TEST(
		test_each_task_ends_once_as_two_workers_are_killed_and_stopped),
	POOL_TEST(
		test_each_task_ends_once_as_eight_workers_are_killed_and_stopped),
};

UNIT_MAIN(tests)
