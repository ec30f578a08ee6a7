/*
 * A trial of lib/pool/pool.c: real workers are started, and what becomes of
 * each task is noted as its record. Hooks only note what they saw and the test
 * asserts when the pool is back: a failing assertion jumps, and would leave the
 * pool in the middle of a step. One trial at a time.
 */
#ifndef NETFAN_TEST_TRIAL_H
#define NETFAN_TEST_TRIAL_H

#include <stdatomic.h>
#include <stdbool.h>

#include "pool/pool.h"
#include "unit/unit.h"

struct shape;

#define TRIAL_TASKS_MAX 2048
#define TRIAL_LIMIT_MS 500000 /* a hang, beyond: test/run's limit is longer */
#define TRIAL_TRIES 10 /* of what is quick, save where the machine is busy */
#define FATE_KEPT_MAX 1024 /* bytes of a result that are kept */

/* What the parent saw of a task. */
struct trial_task {
	unsigned started;
	unsigned ended;
	enum pool_end end;
	unsigned worker;
	unsigned first_worker; /* at its first STARTED */
	int pid; /* of the worker at its last STARTED */
	int64_t started_us; /* monotonic, when that was told */
	unsigned attempts;
	uint64_t len;
	uint8_t kept[FATE_KEPT_MAX];
	bool wrong; /* its bytes are not what they should be */
	struct nf_error error;
};

/* What tasks and tests tell each other, in memory that all processes share. */
struct trial_shared {
	atomic_uint begun[TRIAL_TASKS_MAX]; /* how often a task was run */
	atomic_int pids[TRIAL_TASKS_MAX]; /* where it was run last */
	atomic_uint running;
	atomic_uint peak; /* highest value of running */
	atomic_uint lives, ended_lives; /* of workers, by their initializers and
					   finalizers */
	atomic_bool go;
	atomic_bool failed;
	atomic_bool deadly; /* initializers die: for trial_init_dies() */
};

struct trial {
	struct pool *pool;
	struct pool_options options;
	size_t ntasks;
	size_t nended;
	size_t ndone;
	size_t nrefused; /* for a test to count */
	int64_t deadline_ms;
	bool once; /* no task may be repeated */
	/* Checks a byte of a result, when there is a rule for it. */
	uint8_t (*expected)(uint32_t index, uint64_t at);
	enum pool_verdict (*judge)(const uint8_t *payload, size_t len);
	void (*on_end)(struct trial *trial, uint32_t index);
};

extern struct trial_shared *trial_shared; /* there from trial_setup() on */
extern struct trial_task
	trial_tasks[TRIAL_TASKS_MAX]; /* by index of the task */
extern size_t trial_fds_before; /* trial_count_fds() as the test began */
extern int trial_births; /* forks to come up to the one that stops the child */

/* ---- around each test: no child and no descriptor may be left behind */

#define TRIAL_TEST(test)                                                       \
	cmocka_unit_test_setup_teardown(test, trial_setup, trial_teardown)

int trial_setup(void **state);
int trial_teardown(void **state);

/* Open descriptors, and with them ".", ".." and the one that counts. */
size_t trial_count_fds(void);

/*
 * Where some tasks are to be late and others are not: attempt it with this
 * limit and, as long as the machine is too busy for that, with longer ones. An
 * attempt is false when a task was late without need.
 */
void trial_with_patience(bool (*attempt)(const void *arg, int64_t limit_ms),
			 const void *arg, int64_t limit_ms);

/* ---- a trial; what goes wrong in it fails the test */

/* Forget the trial before and fill in the options, for trial_start(). */
void trial_prepare(struct trial *trial, nf_task_fn *run, unsigned workers,
		   unsigned fanout);

/* The same for a shape: each worker has one task, or one on each of its fibers.
 * In sequence there is one worker. */
void trial_prepare_shape(struct trial *trial, const struct shape *shape,
			 nf_task_fn *run, unsigned workers);

/* Leave the test, as skipped, where no worker can be forked: trial_start() does
 * so for one of processes. */
void trial_need_processes(void);
void trial_start(struct trial *trial);

/* Both of them. */
void trial_open(struct trial *trial, nf_task_fn *run, unsigned workers,
		unsigned fanout);
void trial_open_shape(struct trial *trial, const struct shape *shape,
		      nf_task_fn *run, unsigned workers);

/* Submit the next ntasks indices, each owned by its record. */
int trial_submit_one(struct trial *trial, struct nf_error *err);
void trial_submit(struct trial *trial, size_t ntasks);

/* One pool_step(). */
void trial_step(struct trial *trial, int timeout_ms);

/*
 * Step for ms: nothing happens that would call for more than a few steps. A
 * pool that turns without rest takes thousands.
 */
void trial_assert_rests(struct trial *trial, int64_t ms);

/* Step until nothing is pending. */
void trial_drive(struct trial *trial);

/* Step until n tasks run. */
void trial_await_running(struct trial *trial, unsigned n);

/* Step until n STARTED frames were told. */
void trial_await_started(struct trial *trial, size_t n);

/* Of a worker that must be there. */
int trial_worker_pid(const struct trial *trial, unsigned worker);
void trial_kill_worker(const struct trial *trial, unsigned worker, int sig);

void trial_close(struct trial *trial);

/* Sleep as a plain process does, outside any fiber. */
void trial_sleep_ms(long ms);

/* ---- records */

/* It ended once and so, with the bytes that it should have. */
void assert_ended(size_t index, enum pool_end end, unsigned attempts);

/* assert_ended() of every task that was submitted. */
void assert_all_ended(const struct trial *trial, enum pool_end end,
		      unsigned attempts);

/* The whole result is text. */
void assert_kept(size_t index, const char *text);

/* "worker N (pid P) HOW", the message of a task that its worker lost. */
void assert_lost_by(size_t index, unsigned worker, const char *how);

/* ---- for tasks, in a worker */

int trial_send_bytes(struct nf_task_io *out, const void *bytes, size_t len);
int trial_send_text(struct nf_task_io *out, const char *text);
void trial_flush(struct nf_task_io *out);

/* Count this task among those that run; returns which attempt it is. */
unsigned trial_begin_running(uint32_t index);

/* Sleep: a fiber gives way. False when its wait was cut short. */
bool trial_pause_ms(int64_t ms);

/* Wait for the test's go, then count this task out again: 0, or -1 and *err
 * NF_CANCELLED when its waits are cut. */
int trial_await_go(struct nf_error *err);

/* A byte of a result, by a rule of its task and place: for expected. */
uint8_t trial_result_byte(uint32_t index, uint64_t at);

/* Die by a signal that no sanitizer takes for its own. */
void trial_die_by(int sig);

/* An initializer that dies by SIGKILL when shared->deadly is set. */
int trial_init_dies(void *ctx, void **state, struct nf_error *err);

/* Says "begun " and dies by a signal on its first n attempts. */
void trial_die_often(uint32_t index, struct nf_task_io *out, int sig,
		     unsigned n);

/* ---- tasks */

nf_task_fn task_nothing;

/* Runs until the test says go. */
nf_task_fn task_wait;

/* Sleeps beyond the end of any test, or until it is cut. */
nf_task_fn task_sleep_long;

/* Sends "keep ", "take ", an empty frame and "keep too". */
nf_task_fn task_three_words;

/* Dies by SIGKILL on every attempt. */
nf_task_fn task_always_dies;

#endif
