/*
 * Shared memory: pages that the parent writes and workers only read. Two views
 * of the same pages; a worker is forked without the one that can be written.
 */
#ifndef NETFAN_BASE_SHARED_MEMORY_H
#define NETFAN_BASE_SHARED_MEMORY_H

#include "netfan.h"

struct shared_memory {
	const void *reading;
	void *writing; /* zeroed at first */
	size_t size;
};

/* NF_SYSTEM without memory; what names what it is for. */
int shared_memory_init(struct shared_memory *shared, size_t size,
		       const char *what, struct nf_error *err);
void shared_memory_release(struct shared_memory *shared); /* zeroed is fine */

#endif
