/*
 * A child of fork() that is clean: it holds the descriptors that it is given,
 * /dev/null as stdin and stdout, the caller's stderr and nothing else; the stop
 * signals of a terminal do not reach it; it dies with its parent.
 */
#ifndef NETFAN_WORKER_PROCESS_H
#define NETFAN_WORKER_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

#include "netfan.h"

#define PROCESS_FD 3 /* where the first of its descriptors is */
#define PROCESS_FDS_MAX 3

struct process_start {
	const char *what; /* for messages: "worker processes" */
	const char *instead; /* what to do where they cannot be */
	int fds[PROCESS_FDS_MAX]; /* borrowed; the child has copies */
	int nfds;
	/* Run in the child, which ends by _exit(), with status 0 or 1. */
	int (*run)(void *arg);
	void *arg;
};

struct process {
	int pid;
	int pidfd; /* readable when it has ended */
};

/* Fork. NF_SYSTEM, also when this program has threads: a fork would copy only
 * one. */
int process_fork(struct process *out, const struct process_start *start,
		 struct nf_error *err);

void process_kill(const struct process *process);

/* Wait for its end and tell it: "was killed by signal 9 (Killed)". */
void process_reap(const struct process *process, char *how, size_t how_size);

/* True when this program has but one thread, or that cannot be told. */
bool process_alone(void);

/* Let threads that were joined, and are still seen for a moment, pass. */
void process_settle(void);

#endif
