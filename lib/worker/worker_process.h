/* A worker as a child process: a clean fork, watched by pidfd. */
#ifndef NETFAN_WORKER_WORKER_PROCESS_H
#define NETFAN_WORKER_WORKER_PROCESS_H

#include "worker/worker_handle.h"

/*
 * The child (worker/process.h) runs worker_run() and ends. Beside what all have
 * it holds its pipe ends. start() refuses with NF_SYSTEM also when this program
 * has threads.
 */
extern const struct worker_kind worker_process;

#endif
