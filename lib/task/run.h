/* A task: one device's session, run in a worker. */
#ifndef NETFAN_TASK_RUN_H
#define NETFAN_TASK_RUN_H

#include "pool/worker.h"

/* A task_fn: ctx is a struct plan, index a device of its inventory. */
void task_run(void *ctx, uint32_t index, struct outlet *out);

#endif
