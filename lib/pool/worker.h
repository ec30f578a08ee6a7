/*
 * A worker: reads tickets, runs each on a fiber of its own, writes frames.
 * The same function whatever it was started as.
 */
#ifndef NETFAN_POOL_WORKER_H
#define NETFAN_POOL_WORKER_H

#include <sys/uio.h>

#include "netfan.h"

/* A ticket on the task pipe: u32 ticket, u32 index, big-endian. */
#define TICKET_SIZE 8u

/* Where a task's result goes. */
struct outlet;

/* A task: runs on a fiber and sends its result through out. */
typedef void task_fn(void *ctx, uint32_t index, struct outlet *out);

struct worker_options {
	int task_fd; /* read end, non-blocking; stays the caller's */
	int result_fd; /* write end, likewise */
	size_t stack_size;
	task_fn *run;
	void *ctx;
	_Atomic uint32_t *running; /* gets the ticket that runs; or NULL */
};

/*
 * Work until the task pipe ends and what was handed out is done and written,
 * or nobody reads the result pipe any more.
 */
int worker_run(const struct worker_options *options, struct nf_error *err);

/*
 * Send a piece of a task's result, at most FRAME_PAYLOAD_MAX bytes in all, as
 * one DATA frame. Waits for room: the milliseconds are added to *waited_ms, so
 * that they are not held against a device. -1 when nobody reads any more.
 */
int outlet_send(struct outlet *out, const struct iovec *parts, size_t nparts,
		int64_t *waited_ms);

/* Wait until all that was sent so far lies in the pipe. Errors as above. */
int outlet_flush(struct outlet *out, int64_t *waited_ms);

#endif
