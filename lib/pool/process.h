/* A worker as a child process: a clean fork, watched by pidfd. */
#ifndef NETFAN_POOL_PROCESS_H
#define NETFAN_POOL_PROCESS_H

#include <sys/types.h>

#include "pool/worker.h"

/* The parent's side. Descriptors are -1 once closed. */
struct process {
	pid_t pid;
	int pidfd; /* polls readable when the child has ended */
	int task_fd; /* write end, non-blocking */
	int result_fd; /* read end, non-blocking */
};

/*
 * Fork a child that runs worker_run() with options (whose descriptors are set
 * here) and ends. It holds its two pipe ends, /dev/null as stdin and stdout,
 * the caller's stderr and nothing else; the stop signals of a terminal do not
 * reach it; it dies with its parent.
 */
int process_start(struct process *process, const struct worker_options *options,
		  struct nf_error *err);

/* Reap a child that has ended and say how, e.g. "killed by signal 9". */
void process_reap(struct process *process, char *how, size_t how_size);

/* Close what is still open; the child is not touched. */
void process_release(struct process *process);

/* NF_SYSTEM when this program has threads: a fork would copy only one. */
int process_check_threads(struct nf_error *err);

#endif
