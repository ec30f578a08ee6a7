/* The parts of a pool: for the files that make it up, and no other. */
#ifndef NETFAN_POOL_POOL_PARTS_H
#define NETFAN_POOL_POOL_PARTS_H

#include "pool/inflight.h"
#include "pool/pool.h"
#include "worker/busy_wait.h"

#define READ_MAX ((size_t)64 * 1024) /* what a pipe holds */
#define FAREWELL_MS 1000 /* for workers to end by themselves */

/* How far the pool is stopped; it never goes back. */
enum pool_stage {
	POOL_OPEN,
	POOL_STOPPED, /* what waits is cancelled, lost tasks are not repeated */
	POOL_KILLED, /* and the tasks handed out are cancelled, too */
};

/* A descriptor that the pool's caller has watched. */
struct watch {
	int fd; /* -1: the place is free */
	void (*fn)(void *arg);
	void *arg;
};

struct pool {
	struct pool_options options;
	const struct worker_kind *kind; /* of its workers */
	struct worker_handle *handles;
	struct inflights inflights;
	struct queue queue;
	struct admission admission;
	uint8_t *heartbeats; /* a page a worker, which no other worker has */
	size_t page;
	uint8_t *input;
	unsigned most; /* tasks that a worker may hold */
	unsigned nalive;
	struct nf_error last_death; /* the last early death, or thread that hung
				     */
	struct nf_error broken; /* NF_OK as long as it is not */
	int64_t heartbeats_checked_ms;
	int64_t late_checked_ms; /* for late tasks */
	int64_t begun_checked_ms; /* for tasks that began */
	int64_t left_ms; /* when the last step ended */
	int64_t killed_us; /* monotonic */
	int64_t armed_us; /* when the timer rings; INT64_MAX: it does not */
	int64_t wake_us; /* when the caller wants a step; INT64_MAX: at none */
	struct watch *watches;
	size_t nwatches;
	struct busy_wait busy_wait; /* for epfd */
	int epfd;
	int timer_fd;
	enum pool_stage stage;
	bool paced; /* by admission */
	bool abandoned; /* a thread was */
	bool stepping;
};

/* ---- outcome.c: the end of a task ---- */

/* End a task that a worker holds, or that waits in the queue. */
void task_end(struct pool *pool, struct inflight *inflight, enum pool_end end,
	      const struct nf_error *error);
void task_end_queued(struct pool *pool, const struct task *task,
		     enum pool_end end, const struct nf_error *error);

/* Give back the place of a task that is not in flight any more. */
void task_release(struct pool *pool, struct inflight *inflight);

/* Take no tasks any more: those that wait have died. */
void pool_break(struct pool *pool, const struct nf_error *why);

/* Cancel every task that waits. */
void pool_cancel_queued(struct pool *pool);

/* ---- passing.c: what comes from the pool's caller ---- */

/* A watched descriptor is ready: tell its owner. */
void watch_take(const struct pool *pool, unsigned place);

/* ---- collector.c: frames in ---- */

/* Read a result pipe once and take its frames in: how many bytes it had, 0 when
 * there were none, -1 at its end. */
ssize_t collector_read(struct pool *pool, struct worker_handle *handle);

/*
 * Take from its heartbeat what a worker has begun. Tasks begin in the order of
 * their tickets; STARTED comes when the worker gets to write it: with DONE from
 * an ordinary stack, never from a worker that died.
 */
void collector_check_begun(struct pool *pool, struct worker_handle *handle);

/* ---- loss.c: a worker is gone ---- */

/* A worker has ended: read its pipe to the end, end or requeue its tasks. */
void worker_lost(struct pool *pool, struct worker_handle *handle);

/*
 * A worker hangs that cannot be killed: abandon it. The tasks that it had begun
 * fail, the others go to another worker.
 */
void worker_hung(struct pool *pool, struct worker_handle *handle,
		 const struct nf_error *error);

/* ---- timeouts.c: deadlines ---- */

/* Tell that a step begins, that it waits for timeout_ms at most, that it ends:
 * what was missed before it, and how long this thread was stopped. */
void timeouts_enter(struct pool *pool);
void timeouts_wait(struct pool *pool, int timeout_ms);
void timeouts_leave(struct pool *pool);

/* End late tasks, workers that hang, and workers that were asked to end and do
 * not. */
void timeouts_check(struct pool *pool);

/* Microseconds until a step is due whatever the descriptors say: 0 for now,
 * INT64_MAX for never. */
int64_t timeouts_due_us(struct pool *pool);

/* Let the timer ring when the next step is due, so that pool_fd() tells. */
void timeouts_arm(struct pool *pool);

/* Let the timer ring at once; take in that it has rung. */
void timeouts_arm_now(struct pool *pool);
void timeouts_rung(struct pool *pool);

#endif
