/* A task: one device's session, run in a worker. */
#ifndef NETFAN_POLL_TASK_RUN_H
#define NETFAN_POLL_TASK_RUN_H

#include "worker/worker.h"

/*
 * An nf_task_fn: ctx is a struct plan, index a device of its inventory. How its
 * session went is said in a message; this fails without memory for a session
 * alone, by NF_SYSTEM.
 */
int task_run(void *ctx, uint32_t index, struct nf_task_io *out,
	     struct nf_error *err);

#endif
