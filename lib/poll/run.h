/* A task: one device's session, run in a worker. */
#ifndef NETFAN_POLL_RUN_H
#define NETFAN_POLL_RUN_H

#include "worker/worker.h"

/*
 * An nf_task_fn: ctx is a struct plan, index a device of its inventory. How its
 * session went is said in a message; this fails without memory for a session
 * alone, by NF_SYSTEM.
 */
int task_run(void *ctx, uint32_t index, struct nf_task_io *out,
	     struct nf_error *err);

/* Make and free what a worker has for itself alone: patterns. NF_SYSTEM without
 * memory. */
int task_worker_init(void *ctx, void **state, struct nf_error *err);
void task_worker_release(void *state);

#endif
