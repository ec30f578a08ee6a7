/*
 * A worker: reads tickets, runs tasks, writes frames. The same code whether it
 * is a process, a thread, or turned by the caller's own loop.
 */
#ifndef NETFAN_WORKER_WORKER_H
#define NETFAN_WORKER_WORKER_H

#include <sys/uio.h>

#include "base/passed.h"
#include "fiber/fiber.h"

struct worker_options {
	int task_fd; /* read end, non-blocking; stays the caller's */
	int result_fd; /* write end, likewise */
	bool passes; /* tasks may be passed something; they are fibers */
	int passage_fd; /* brings it, see passage.h; non-blocking, likewise */
	unsigned most; /* tickets that it is given at a time, at most */
	/* Tasks at once, a fiber each; 0: one at a time, on the ordinary
	 * stack. */
	unsigned fibers;
	size_t stack_size; /* of a fiber; 0: FIBER_STACK */
	int64_t limit_ms; /* of a task on a fiber; 0: none */
	/* Write the frames of a task into the pipe as it ends, so that no other
	 * task's crash can take them along. */
	bool prompt;
	nf_task_fn *run;
	void *ctx; /* of run and initializer */
	/* Both may be NULL. */
	int (*initializer)(void *ctx, void **state, struct nf_error *err);
	void (*finalizer)(void *state);
	/* Shows the ticket that runs, and the last ticket that was begun and
	 * when: they begin in the order in which they came. Its stop says the
	 * same as ticket 0. Or NULL. */
	struct heartbeat *heartbeat;
	/* Empties the result pipe for a worker that is turned by its reader
	 * and waits for room; NULL when the reader runs by itself. */
	void (*drain_results)(void *arg);
	void *drain_arg;
};

/*
 * Work until the task pipe (see ticket.h) ends and all that was handed out is
 * done and written, the stop ticket comes, or nobody reads the result pipe any
 * more. -1 with NF_SYSTEM when there is no memory, or epoll fails.
 */
int worker_run(const struct worker_options *options, struct nf_error *err);

/* ---- the same, turn by turn */

struct worker;

/* Make a worker: -1 with NF_SYSTEM when there is no memory or descriptor. */
int worker_new(struct worker **out, const struct worker_options *options,
	       struct nf_error *err);
void worker_free(struct worker *worker);

/* Turn once, waiting at most until deadline_ms: 1 to go on, 0 at the worker's
 * end, -1 with NF_SYSTEM. */
int worker_turn(struct worker *worker, int64_t deadline_ms,
		struct nf_error *err);

/* When a turn is due whatever the descriptor says (0: now), and the descriptor
 * that polls readable when a turn is. */
int64_t worker_due_ms(const struct worker *worker);
int worker_fd(const struct worker *worker);

/* Stop a worker whose work is not wanted any more: waits of its tasks fail from
 * now on. */
void worker_stop(struct worker *worker);

/* ---- for tasks */

/*
 * Send a piece of a task's result, at most FRAME_PAYLOAD_MAX bytes in all, as
 * one DATA frame. Waits for room: the milliseconds are added to *waited_ms, so
 * that they are not held against a device. -1 when nobody reads any more.
 */
int task_io_send(struct nf_task_io *out, const struct iovec *parts,
		 size_t nparts, int64_t *waited_ms);

/* Wait until all that was sent so far lies in the pipe. -1 as task_io_send().
 */
int task_io_flush(struct nf_task_io *out, int64_t *waited_ms);

/* Say that this task's costly start is over, and what it took. -1 as
 * task_io_send(). On a fiber. */
int task_io_ready(struct nf_task_io *out, int64_t *waited_ms);

/*
 * Wait for what the pool passes to this task, see pool_pass(): 1 and *passed,
 * to be released; 0 when deadline_ms went by; -1 with ECANCELED as wait_io(),
 * EPIPE when nothing will come any more. On a fiber.
 */
int task_io_receive(struct nf_task_io *out, struct passed *passed,
		    int64_t deadline_ms);

/* Is there a task on this thread's ordinary stack that nobody wants any more?
 */
bool task_io_stopped(void);

/* The state that the initializer left. */
void *task_io_state(const struct nf_task_io *out);

/* The payload that came with the task's ticket, and its length; NULL for none.
 */
const void *task_io_payload(const struct nf_task_io *out, size_t *len);

#endif
