/*
 * A rig for lib/executor/executor.c: an executor in each of its shapes, and short
 * words for what tests do with one. trial.h has the rest: what surrounds a
 * test, the page that tasks and tests share, tasks.
 */
#ifndef NETFAN_TEST_RIG_H
#define NETFAN_TEST_RIG_H

#include "unit/shape.h"

/* A program runs many times slower here: leave out what is merely large. */
bool rig_is_slow(void);

/* ---- executors: what goes wrong in these fails the test */

/* Ctx is trial_shared; workers is taken for 1 in sequential mode. */
struct nf_executor_options rig_options(const struct shape *shape,
				       nf_task_fn *task, unsigned workers);

/* Wipes trial_shared. */
struct nf_executor *rig_open(const struct nf_executor_options *options);

/* Both. */
struct nf_executor *rig_start(const struct shape *shape, nf_task_fn *task,
			      unsigned workers);

struct nf_future *rig_submit(struct nf_executor *executor, uint32_t index);

/* Indices 0..n-1. */
void rig_submit_all(struct nf_executor *executor, struct nf_future **futures,
		    size_t n);

void rig_step(struct nf_executor *executor, int timeout_ms);

/* Step until n tasks that trial_begin_running() counts run. */
void rig_await_running(struct nf_executor *executor, unsigned n);

void rig_await_state(struct nf_executor *executor,
		     const struct nf_future *future, enum nf_state state);

/* Shut it down when all is done. */
void rig_finish(struct nf_executor *executor);

/* Free what a test has: the futures, and the executor when it is not NULL. */
void rig_close(struct nf_executor *executor, struct nf_future **futures,
	       size_t n);

/* Let tasks that wait for it go on. */
void rig_go(void);

/* And, of threads, wait for tasks that were left behind to end: a process was
 * killed. For tasks that count themselves as running. */
void rig_release(const struct shape *shape);

/* ---- futures */

/* Wait: it is done and its result is this. */
void assert_done(struct nf_future *future, const void *bytes, size_t len);
void assert_done_text(struct nf_future *future, const char *text);

/* Wait: it failed, or was cancelled, for this reason; NULL for any. */
void assert_failed(struct nf_future *future, enum nf_code code,
		   const char *message);

/* The state, by name in the log. */
void assert_state(const struct nf_future *future, enum nf_state state);

/* The executor refused with this code, and said why. */
void assert_refused(int rc, const struct nf_error *err, enum nf_code code);

/* ---- tasks */

/* Writes "task " and its index. */
nf_task_fn task_tell;

/* Fails as NF_PROTOCOL: "task 7 is wrong". */
nf_task_fn task_fail;

/* task_tell(), but fails when its index is odd. */
nf_task_fn task_fail_odd;

/* Like task_wait(), then tells. */
nf_task_fn task_wait_and_tell;

/* Sleeps 10 ms, which is longer than a step likes to go on for, then tells. */
nf_task_fn task_brief;

/* Sleeps 10 ms for each that its index is below 8, then tells. */
nf_task_fn task_late_first;

#endif
