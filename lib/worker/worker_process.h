/* A worker as a child process: a clean fork, watched by pidfd. */
#ifndef NETFAN_WORKER_WORKER_PROCESS_H
#define NETFAN_WORKER_WORKER_PROCESS_H

#include "worker/worker_handle.h"

/*
 * The child runs worker_run() and ends. It holds its two pipe ends, /dev/null
 * as stdin and stdout, the caller's stderr and nothing else; the stop signals
 * of a terminal do not reach it; it dies with its parent. start() refuses with
 * NF_SYSTEM also when this program has threads: a fork would copy only one.
 */
extern const struct worker_kind worker_process;

/* True when this program has but one thread, or that cannot be told. */
bool process_alone(void);

#endif
