/* A worker that its pool turns, on the caller's own stack. */
#ifndef NETFAN_WORKER_WORKER_INLINE_H
#define NETFAN_WORKER_WORKER_INLINE_H

#include "worker/worker_handle.h"

/*
 * Nothing runs beside the caller: the worker works in the steps of its pool. A
 * worker with fibers that is lost drops its tasks where they stand.
 */
extern const struct worker_kind worker_inline;

#endif
