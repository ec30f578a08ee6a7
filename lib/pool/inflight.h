/* The tasks that are handed out, by ticket and by worker. */
#ifndef NETFAN_POOL_INFLIGHT_H
#define NETFAN_POOL_INFLIGHT_H

#include "pool/queue.h"
#include "worker/spool.h"
#include "worker/worker_handle.h"

/* A task that is handed out. Free when ticket is 0. */
struct slot {
	uint32_t ticket;
	struct task task;
	struct member *holder;
	struct slot *prev, *next; /* of the same holder */
	int64_t started_ms; /* 0: not yet; later by what it was kept waiting */
	size_t starting; /* tasks that were, as it was handed out: it, too */
	bool said; /* that it started, by STARTED */
	struct spool spool;
	bool ready; /* its costly start is over */
	int room_errno; /* why its result could not be kept, else 0 */
};

struct slots {
	struct slot *all; /* by ticket % size */
	size_t size;
	size_t used;
	size_t nstarting; /* of these, not yet ready */
	struct spool_budget budget;
	uint32_t last_ticket;
};

/* Room for most tasks at a time. -1 with errno ENOMEM. */
int slots_init(struct slots *slots, size_t most);
void slots_release(struct slots *slots); /* zeroed is fine */

/* One for task, held by member, with a ticket of its own. */
struct slot *slot_take(struct slots *slots, struct member *member,
		       const struct task *task);
void slot_release(struct slots *slots, struct slot *slot);

/* A ticket counts only from the worker that holds it: NULL otherwise. */
struct slot *slot_find(struct slots *slots, const struct member *member,
		       uint32_t ticket);

/* Its costly start is over. */
void slot_ready(struct slots *slots, struct slot *slot);

#endif
