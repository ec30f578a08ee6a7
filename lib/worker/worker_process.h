/* A worker as a child process: a clean fork, watched by pidfd. */
#ifndef NETFAN_WORKER_WORKER_PROCESS_H
#define NETFAN_WORKER_WORKER_PROCESS_H

#include <sys/types.h>

#include "worker/worker.h"

struct process {
	pid_t pid;
	int pidfd; /* polls readable when the child has ended */
};

/*
 * Fork a child that runs worker_run() and ends. It holds the two pipe ends of
 * options, /dev/null as stdin and stdout, the caller's stderr and nothing else;
 * the stop signals of a terminal do not reach it; it dies with its parent.
 * NF_SYSTEM also when this program has threads: a fork would copy only one.
 */
int process_start(struct process *process, const struct worker_options *options,
		  struct nf_error *err);

void process_kill(const struct process *process);

/* True when it was stopped, and goes on, since the last call: once for each. */
bool process_continued(const struct process *process);

/* Reap a child that has ended and say how, e.g. "killed by signal 9". */
void process_reap(struct process *process, char *how, size_t how_size);

/* True when this program has but one thread, or that cannot be told. */
bool process_alone(void);

/* A thread that was joined is still seen for a moment: let it pass. */
void process_await_alone(void);

#endif
