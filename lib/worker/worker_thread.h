/* A worker as a thread. */
#ifndef NETFAN_WORKER_WORKER_THREAD_H
#define NETFAN_WORKER_WORKER_THREAD_H

#include "worker/worker.h"

struct thread;

/*
 * Start a thread that runs worker_run() and then closes its end of the result
 * pipe, which tells that it has ended. No signal is delivered to it.
 */
int thread_start(struct thread **out, const struct worker_options *options,
		 struct nf_error *err);

/* Wait for its end and free it. */
void thread_join(struct thread *thread);

/*
 * Leave it alone: it does not give way. It frees itself and closes its end of
 * the task pipe if it ever ends. What its options point to has to stay.
 */
void thread_abandon(struct thread *thread);

#endif
