/*
 * How far each device's session has come: a byte a device in memory that the
 * workers share, as one that was killed says nothing any more. A frame a step
 * would cost a write, a read and a wakeup each.
 */
#ifndef NETFAN_POLL_STAGES_H
#define NETFAN_POLL_STAGES_H

#include <stdatomic.h>

#include "netfan.h"

struct stages {
	atomic_uchar *at; /* by device: an enum nf_stage, to be judged */
	size_t n;
};

/* NF_SYSTEM. */
int stages_init(struct stages *stages, size_t n, struct nf_error *err);
void stages_release(struct stages *stages); /* zeroed is fine */

/* The step in which a device is or was last; connect, before the first. */
enum nf_stage stages_of(const struct stages *stages, uint32_t device);

#endif
