/* A worker as a thread. */
#ifndef NETFAN_WORKER_WORKER_THREAD_H
#define NETFAN_WORKER_WORKER_THREAD_H

#include "worker/worker_handle.h"

/*
 * The thread runs worker_run() and then closes its end of the result pipe,
 * which tells that it has ended. No signal is delivered to it. An abandoned
 * thread frees itself and closes its end of the task pipe if it ever ends: what
 * its options point to has to stay.
 */
extern const struct worker_kind worker_thread;

#endif
