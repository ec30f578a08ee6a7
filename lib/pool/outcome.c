/* How tasks and workers end. */
#include <stdatomic.h>

#include "base/error.h"
#include "pool/pool_parts.h"

#define LOST_MAX 2 /* workers that died of a task: then it is given up */
#define NOBODY UINT32_MAX /* a suspect that there is not */

/* Deaths for which none of those at hand is to blame, that a task is among the
 * hurt of: then it is tried alone, in case it is to blame after all. */
#define HURT_MAX 64

/* ---- ends */

static void tell_end(struct pool *pool, const struct pool_outcome *outcome)
{
	queue_settle(&pool->queue);
	pool->options.hooks.ended(pool->options.hooks.arg, outcome);
}

static void release(struct pool *pool, struct inflight *inflight)
{
	struct worker_handle *handle = inflight->holder;

	inflight_remove(&pool->inflights, inflight);
	if (handle->state == WORKER_DRAINING && handle->nheld == 0)
		worker_handle_drained(handle, pool->epfd);
}

/* Served in whatever order: it had to wait for those before it, or for others
 * that are still at it. */
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
	release(pool, inflight);
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

/* ---- death */

/* suspect is the ticket that ran when the worker died, 0 for none. */
static void task_lost(struct pool *pool, struct inflight *inflight,
		      uint32_t suspect, const struct nf_error *error)
{
	const struct pool_hooks *hooks = &pool->options.hooks;
	struct task task = inflight->task;

	if (pool->broken.code != NF_OK && inflight->started_ms == 0)
		error = &pool->broken;
	task.lost += inflight->ticket == suspect;
	task.hurt += suspect == 0 && inflight->started_ms != 0;
	task.suspect = inflight->ticket == suspect || task.hurt >= HURT_MAX;
	if (!pool->killed &&
	    (pool->broken.code != NF_OK || task.lost >= LOST_MAX ||
	     !hooks->may_repeat(hooks->arg, &inflight->task))) {
		task_end(pool, inflight, POOL_DIED, error);
		return;
	}
	if (pool->stopped) {
		struct nf_error cancelled;

		(void)error_set(&cancelled, NF_CANCELLED, "%s", error->message);
		task_end(pool, inflight, POOL_CANCELLED, &cancelled);
		return;
	}
	release(pool, inflight); /* with what that attempt had said */
	queue_put_back(&pool->queue, task);
	if (hooks->returned != NULL)
		hooks->returned(hooks->arg, &task);
}

/* The suspect last, so that it is the first in the queue. */
static void tasks_lost(struct pool *pool, struct worker_handle *handle,
		       uint32_t suspect, const struct nf_error *error)
{
	struct inflight *inflight, *next, *last = NULL;

	for (inflight = handle->held; inflight != NULL; inflight = next) {
		next = inflight->next;
		if (inflight->ticket == suspect)
			last = inflight;
		else
			task_lost(pool, inflight, suspect, error);
	}
	if (last != NULL)
		task_lost(pool, last, suspect, error);
}

static bool has_begun_any(const struct worker_handle *handle)
{
	const struct inflight *inflight = handle->held;

	while (inflight != NULL && inflight->started_ms == 0)
		inflight = inflight->next;
	return inflight != NULL;
}

/*
 * A death that no task pays for with an attempt is what could go on for ever:
 * before HELLO, or with tasks in hand and none begun. Our own judgement of a
 * task that was late is none of it.
 */
static bool died_early(const struct worker_handle *handle)
{
	if (!handle->greeted)
		return true;
	return handle->held != NULL && !handle->late && !has_begun_any(handle);
}

/* The only one that it had begun, 0 when there is none or another. */
static uint32_t only_begun(const struct worker_handle *handle)
{
	uint32_t only = 0;

	for (const struct inflight *inflight = handle->held; inflight != NULL;
	     inflight = inflight->next) {
		if (inflight->started_ms == 0)
			continue;
		if (only != 0)
			return 0;
		only = inflight->ticket;
	}
	return only;
}

/* The ticket to blame, 0 when it cannot be told: what the heartbeat says counts
 * as far as it is true. */
static uint32_t suspect_of(struct pool *pool,
			   const struct worker_handle *handle)
{
	uint32_t running = atomic_load(&handle->heartbeat->running);

	if (handle->late)
		return NOBODY;
	return inflight_find(&pool->inflights, handle, running) != NULL
		       ? running
		       : only_begun(handle);
}

void worker_lost(struct pool *pool, struct worker_handle *handle)
{
	char message[WORKER_MESSAGE];
	struct nf_error error;
	uint32_t suspect;

	while (collector_read(pool, handle) > 0)
		; /* what it had said before it died counts */
	collector_check_begun(pool, handle);
	suspect = suspect_of(pool, handle);
	worker_handle_reap(handle, pool->epfd, message);
	(void)error_set(&error, NF_WORKER_DIED, "%s", message);
	pool->nalive--;
	handle->early_deaths =
		died_early(handle) ? handle->early_deaths + 1 : 0;
	if (handle->early_deaths > 0)
		pool->last_death = error;
	tasks_lost(pool, handle, suspect, &error);
}

void worker_hung(struct pool *pool, struct worker_handle *handle,
		 const struct nf_error *error)
{
	struct inflight *inflight, *next;

	worker_handle_abandon(handle, pool->epfd);
	/* From here on it begins nothing: what it had begun by then shows. */
	collector_check_begun(pool, handle);
	pool->nalive--;
	pool->abandoned = true;
	pool->last_death = *error;
	for (inflight = handle->held; inflight != NULL; inflight = next) {
		next = inflight->next;
		/* It may still be at it: what it had begun is not repeated. */
		if (inflight->started_ms != 0)
			task_end(pool, inflight,
				 pool->killed ? POOL_CANCELLED : POOL_DIED,
				 error);
		else
			task_lost(pool, inflight, NOBODY, error);
	}
}
