/* The parts of a worker: for worker.c and receiver.c alone. */
#ifndef NETFAN_WORKER_WORKER_PARTS_H
#define NETFAN_WORKER_WORKER_PARTS_H

#include "base/buf.h"
#include "worker/busy_wait.h"
#include "worker/inbox.h"
#include "worker/worker.h"

/* A fiber that waits for the out-buffer; lives on that fiber's stack. */
struct waiter {
	struct fiber *fiber;
	struct waiter *next;
};

/* What was passed to a task that has not taken it yet. */
struct arrival {
	struct passed passed;
	struct arrival *next;
};

/* A task that runs. */
struct nf_task_io {
	struct worker *worker;
	struct nf_task_io *prev, *next;
	struct fiber *fiber; /* NULL on the ordinary stack */
	struct ticket ticket;
	struct arrival *arrivals; /* the first that came first */
	bool receiving; /* it is parked until there is one */
};

struct worker {
	struct worker_options options;
	struct loop *loop;
	struct buf out;
	uint64_t written; /* bytes that went into the pipe so far */
	struct waiter *waiters;
	struct fiber *writer; /* parked when there is nothing to write */
	struct fiber *reader;
	struct fiber *receiver; /* of passages; NULL: none come any more */
	struct inbox inbox;
	struct nf_task_io *tasks; /* begun */
	size_t nrunning;
	struct busy_wait busy_wait; /* of a worker without fibers */
	void *state; /* what the initializer left */
	bool begun; /* HELLO was said */
	bool ready; /* the initializer went well */
	bool ended; /* no more tickets will come */
	bool broken; /* nobody reads our results, or wants them */
};

/* ---- receiver.c: passages in ---- */

void receiver_main(void *arg); /* a fiber; arg is the worker */

/* Drop what a task was passed and did not take. */
void receiver_drop(struct nf_task_io *out);

#endif
