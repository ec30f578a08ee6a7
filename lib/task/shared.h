/*
 * Shared memory: pages that the parent writes and workers only read. Two views
 * of the same pages; a worker is forked without the one that can be written.
 */
#ifndef NETFAN_TASK_SHARED_H
#define NETFAN_TASK_SHARED_H

#include "netfan.h"

struct shared {
	const void *reading;
	void *writing; /* zeroed at first */
	size_t size;
};

/* NF_SYSTEM without memory; what names what it is for. */
int shared_init(struct shared *shared, size_t size, const char *what,
		struct nf_error *err);
void shared_release(struct shared *shared); /* zeroed is fine */

#endif
