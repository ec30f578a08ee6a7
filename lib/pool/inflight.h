/* The tasks that are handed out, by ticket and by worker. */
#ifndef NETFAN_POOL_INFLIGHT_H
#define NETFAN_POOL_INFLIGHT_H

#include "pool/queue.h"
#include "worker/spool.h"
#include "worker/worker_handle.h"

/*
 * The states of a place, in their order: a later one includes what the earlier
 * ones tell.
 *
 *   place is    since
 *   free        the start, or the end of the task that it held
 *   handed      its ticket was written for a worker
 *   begun       the worker's heartbeat shows that the task began
 *   started     the STARTED frame; often straight from handed
 *   ready       the READY frame: its costly start is over
 */
enum inflight_state {
	INFLIGHT_FREE,
	INFLIGHT_HANDED,
	INFLIGHT_BEGUN,
	INFLIGHT_STARTED,
	INFLIGHT_READY,
};

/* A task that is handed out, and the place that it takes. */
struct inflight {
	enum inflight_state state;
	struct task task; /* its ticket is never 0 or UINT32_MAX */
	struct worker_handle *holder;
	struct inflight *prev, *next; /* of the same holder */
	int64_t started_ms; /* since begun; later by what it was kept waiting */
	size_t starting; /* tasks not ready as it was handed out, with itself */
	struct spool spool;
	int room_errno; /* why its result could not be kept, else 0 */
};

struct inflights {
	struct inflight *all; /* by ticket % size */
	size_t size;
	size_t used;
	size_t nstarting; /* of those used, not yet ready */
	struct spool_budget budget;
	uint32_t last_ticket;
};

/* Room for most tasks at a time. -1 with errno ENOMEM. */
int inflights_init(struct inflights *inflights, size_t most);
void inflights_release(struct inflights *inflights); /* zeroed is fine */

/* Take a place for task, held by handle's worker, with a ticket of its own. */
struct inflight *inflight_add(struct inflights *inflights,
			      struct worker_handle *handle,
			      const struct task *task);
void inflight_remove(struct inflights *inflights, struct inflight *inflight);

/* Find the task of a ticket: NULL when it is not in flight, or handle's worker
 * does not hold it. */
struct inflight *inflight_at(struct inflights *inflights, uint32_t ticket);
struct inflight *inflight_find(struct inflights *inflights,
			       const struct worker_handle *handle,
			       uint32_t ticket);

/* Has the task begun, as far as heartbeat or frames have told? */
static inline bool inflight_has_begun(const struct inflight *inflight)
{
	return inflight->state >= INFLIGHT_BEGUN;
}

/* The costly start of a task is over: it no longer counts as starting. */
void inflight_set_ready(struct inflights *inflights, struct inflight *inflight);

#endif
