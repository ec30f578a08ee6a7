/* The tasks that are handed out, by ticket and by worker. */
#ifndef NETFAN_POOL_INFLIGHT_H
#define NETFAN_POOL_INFLIGHT_H

#include "pool/queue.h"
#include "worker/spool.h"
#include "worker/worker_handle.h"

/* A task that is handed out. Free when ticket is 0. */
struct inflight {
	uint32_t ticket;
	struct task task;
	struct worker_handle *holder;
	struct inflight *prev, *next; /* of the same holder */
	int64_t started_ms; /* 0: not yet; later by what it was kept waiting */
	size_t starting; /* tasks that were, as it was handed out: it, too */
	bool said; /* that it started, by STARTED */
	struct spool spool;
	bool ready; /* its costly start is over */
	int room_errno; /* why its result could not be kept, else 0 */
};

struct inflights {
	struct inflight *all; /* by ticket % size */
	size_t size;
	size_t used;
	size_t nstarting; /* of these, not yet ready */
	struct spool_budget budget;
	uint32_t last_ticket;
};

/* Room for most tasks at a time. -1 with errno ENOMEM. */
int inflights_init(struct inflights *inflights, size_t most);
void inflights_release(struct inflights *inflights); /* zeroed is fine */

/* One for task, held by handle, with a ticket of its own. */
struct inflight *inflight_add(struct inflights *inflights,
			      struct worker_handle *handle,
			      const struct task *task);
void inflight_remove(struct inflights *inflights, struct inflight *inflight);

/* A ticket counts only from the worker that holds it: NULL otherwise. */
struct inflight *inflight_find(struct inflights *inflights,
			       const struct worker_handle *handle,
			       uint32_t ticket);

/* Its costly start is over. */
void inflight_set_ready(struct inflights *inflights, struct inflight *inflight);

#endif
