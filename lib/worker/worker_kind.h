/* The kinds of workers, by execution mode. */
#ifndef NETFAN_WORKER_WORKER_KIND_H
#define NETFAN_WORKER_WORKER_KIND_H

#include "worker/worker_handle.h"

/* Find the kind of a mode below NF_NMODES. */
const struct worker_kind *worker_kind_find(enum nf_mode mode);

#endif
