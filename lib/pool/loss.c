/* The loss of a worker: what becomes of the tasks that it held. */
#include <stdatomic.h>

#include "base/error.h"
#include "pool/pool_parts.h"

/* Workers that die of a task until it is not repeated any more. */
#define LOST_MAX 2

/* Deaths of workers that held a task and of which no task is blamed: after so
 * many the task is tried alone, in case it is to blame after all. */
#define HURT_MAX 64

/* Blame for a death beside a task's ticket. */
#define BLAME_UNKNOWN 0u /* one of those begun, or something from outside */
#define BLAME_NOBODY UINT32_MAX /* no task of those at hand */

/* suspect is the ticket to blame, BLAME_UNKNOWN or BLAME_NOBODY. */
static void task_lost(struct pool *pool, struct inflight *inflight,
		      uint32_t suspect, const struct nf_error *error)
{
	const struct pool_hooks *hooks = &pool->options.hooks;
	struct task task = inflight->task;

	if (pool->broken.code != NF_OK && !inflight_has_begun(inflight))
		error = &pool->broken;
	task.lost += inflight->task.ticket == suspect;
	task.hurt += suspect == BLAME_UNKNOWN && inflight_has_begun(inflight);
	task.suspect =
		inflight->task.ticket == suspect || task.hurt >= HURT_MAX;
	if (pool->stage != POOL_KILLED &&
	    (pool->broken.code != NF_OK || task.lost >= LOST_MAX ||
	     !hooks->may_repeat(hooks->arg, &inflight->task))) {
		task_end(pool, inflight, POOL_DIED, error);
		return;
	}
	if (pool->stage != POOL_OPEN) {
		struct nf_error cancelled;

		(void)error_set(&cancelled, NF_CANCELLED, "%s", error->message);
		task_end(pool, inflight, POOL_CANCELLED, &cancelled);
		return;
	}
	task_release(pool, inflight); /* with what that attempt had said */
	queue_put_back(&pool->queue, task);
	if (hooks->returned != NULL)
		hooks->returned(hooks->arg, &task);
}

/* Lose the suspect last, so that it is the first in the queue. */
static void tasks_lost(struct pool *pool, struct worker_handle *handle,
		       uint32_t suspect, const struct nf_error *error)
{
	struct inflight *inflight, *next, *last = NULL;

	for (inflight = handle->held; inflight != NULL; inflight = next) {
		next = inflight->next;
		if (inflight->task.ticket == suspect)
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

	while (inflight != NULL && !inflight_has_begun(inflight))
		inflight = inflight->next;
	return inflight != NULL;
}

/*
 * Count deaths that cost no task an attempt and so could go on for ever: before
 * HELLO, or with tasks in hand and none begun. A worker that we killed for a
 * late task is none of them.
 */
static bool died_early(const struct worker_handle *handle)
{
	if (!handle->greeted)
		return true;
	return handle->held != NULL && !handle->late && !has_begun_any(handle);
}

/* Blame the only task that had begun: unknown for none and for several. */
static uint32_t only_begun(const struct worker_handle *handle)
{
	uint32_t only = BLAME_UNKNOWN;

	for (const struct inflight *inflight = handle->held; inflight != NULL;
	     inflight = inflight->next) {
		if (!inflight_has_begun(inflight))
			continue;
		if (only != BLAME_UNKNOWN)
			return BLAME_UNKNOWN;
		only = inflight->task.ticket;
	}
	return only;
}

/* Blame the task that ran, as far as what the heartbeat says can be true. */
static uint32_t suspect_of(struct pool *pool,
			   const struct worker_handle *handle)
{
	uint32_t running = atomic_load(&handle->heartbeat->running);

	if (handle->late)
		return BLAME_NOBODY;
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
		/* The thread may still be at a task that it began: such a task
		 * is not repeated. */
		if (inflight_has_begun(inflight))
			task_end(pool, inflight,
				 pool->stage == POOL_KILLED ? POOL_CANCELLED
							    : POOL_DIED,
				 error);
		else
			task_lost(pool, inflight, BLAME_NOBODY, error);
	}
}
