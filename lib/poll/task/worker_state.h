/*
 * What a worker has for itself alone: matching keeps state in patterns, and
 * outputs are held in its own memory.
 */
#ifndef NETFAN_POLL_TASK_WORKER_STATE_H
#define NETFAN_POLL_TASK_WORKER_STATE_H

#include "poll/plan/plan.h"
#include "worker/spool.h"

struct worker_state {
	size_t npatterns;
	struct patterns **patterns; /* as in the plan */
	struct content_rules **rules; /* likewise; NULL: no digests are made */
	struct spool_budget budget; /* of outputs that are held: its share */
};

/* Make and free it, for a pool: ctx is a struct plan. NF_SYSTEM without
 * memory. */
int worker_state_init(void *ctx, void **state, struct nf_error *err);
void worker_state_release(void *state);

#endif
