/* The end of a task: its outcome told, its place given back. */
#include "base/error.h"
#include "pool/pool_parts.h"

static void tell_end(struct pool *pool, const struct pool_outcome *outcome)
{
	queue_settle(&pool->queue);
	pool->options.hooks.ended(pool->options.hooks.arg, outcome);
}

void task_release(struct pool *pool, struct inflight *inflight)
{
	struct worker_handle *handle = inflight->holder;

	inflight_remove(&pool->inflights, inflight);
	if (handle->state == WORKER_DRAINING && handle->nheld == 0)
		worker_handle_drained(handle, pool->epfd);
}

/* Starts are served in any order: a task had to wait for those that started
 * before it, or for those that are starting still, whichever are more. */
static bool is_crowded(const struct pool *pool, const struct inflight *inflight)
{
	return admission_crowded(&pool->admission,
				 inflight->starting > pool->inflights.nstarting
					 ? inflight->starting
					 : pool->inflights.nstarting);
}

void task_end(struct pool *pool, struct inflight *inflight, enum pool_end end,
	      const struct nf_error *error)
{
	struct pool_outcome outcome = {
		.end = end,
		.task = &inflight->task,
		.worker = inflight->holder->number,
		.spool = &inflight->spool,
		.error = error,
		.crowded = is_crowded(pool, inflight),
	};

	tell_end(pool, &outcome);
	task_release(pool, inflight);
}

void task_end_queued(struct pool *pool, const struct task *task,
		     enum pool_end end, const struct nf_error *error)
{
	struct spool none;
	struct pool_outcome outcome = {
		.end = end, .task = task, .spool = &none, .error = error};

	spool_init(&none, &pool->inflights.budget);
	tell_end(pool, &outcome);
	spool_release(&none);
}

static void queue_end(struct pool *pool, enum pool_end end,
		      const struct nf_error *error)
{
	struct task task;

	while (queue_take(&pool->queue, &task))
		task_end_queued(pool, &task, end, error);
}

void pool_cancel_queued(struct pool *pool)
{
	struct nf_error error;

	(void)error_set(&error, NF_CANCELLED, "cancelled before it was begun");
	queue_end(pool, POOL_CANCELLED, &error);
}

void pool_break(struct pool *pool, const struct nf_error *why)
{
	if (pool->broken.code == NF_OK)
		pool->broken = *why;
	queue_end(pool, POOL_DIED, &pool->broken);
}
