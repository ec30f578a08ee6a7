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

static void release(struct pool *pool, struct slot *slot)
{
	struct member *member = slot->holder;

	slot_release(&pool->slots, slot);
	if (member->state == MEMBER_DRAINING && member->nheld == 0)
		member_drained(member, pool->epfd);
}

/* Served in whatever order: it had to wait for those before it, or for others
 * that are still at it. */
static bool is_crowded(const struct pool *pool, const struct slot *slot)
{
	return admission_crowded(&pool->admission,
				 slot->starting > pool->slots.nstarting
					 ? slot->starting
					 : pool->slots.nstarting);
}

void fate_of_slot(struct pool *pool, struct slot *slot, enum pool_end end,
		  const struct nf_error *error)
{
	struct pool_outcome outcome = {
		.end = end,
		.task = &slot->task,
		.worker = slot->holder->number,
		.spool = &slot->spool,
		.error = error,
		.crowded = is_crowded(pool, slot),
	};

	tell_end(pool, &outcome);
	release(pool, slot);
}

void fate_of_task(struct pool *pool, const struct task *task, enum pool_end end,
		  const struct nf_error *error)
{
	struct spool none;
	struct pool_outcome outcome = {
		.end = end, .task = task, .spool = &none, .error = error};

	spool_init(&none, &pool->slots.budget);
	tell_end(pool, &outcome);
	spool_release(&none);
}

static void queue_end(struct pool *pool, enum pool_end end,
		      const struct nf_error *error)
{
	struct task task;

	while (queue_take(&pool->queue, &task))
		fate_of_task(pool, &task, end, error);
}

void fate_cancel_queue(struct pool *pool)
{
	struct nf_error error;

	(void)error_set(&error, NF_CANCELLED, "cancelled before it was begun");
	queue_end(pool, POOL_CANCELLED, &error);
}

void fate_break(struct pool *pool, const struct nf_error *why)
{
	if (pool->broken.code == NF_OK)
		pool->broken = *why;
	queue_end(pool, POOL_DIED, &pool->broken);
}

/* ---- death */

/* suspect is the ticket that ran when the worker died, 0 for none. */
static void slot_lost(struct pool *pool, struct slot *slot, uint32_t suspect,
		      const struct nf_error *error)
{
	const struct pool_hooks *hooks = &pool->options.hooks;
	struct task task = slot->task;

	if (pool->broken.code != NF_OK && slot->started_ms == 0)
		error = &pool->broken;
	task.lost += slot->ticket == suspect;
	task.hurt += suspect == 0 && slot->started_ms != 0;
	task.suspect = slot->ticket == suspect || task.hurt >= HURT_MAX;
	if (!pool->killed &&
	    (pool->broken.code != NF_OK || task.lost >= LOST_MAX ||
	     !hooks->repeatable(hooks->arg, &slot->task))) {
		fate_of_slot(pool, slot, POOL_DIED, error);
		return;
	}
	if (pool->stopped) {
		struct nf_error cancelled;

		(void)error_set(&cancelled, NF_CANCELLED, "%s", error->message);
		fate_of_slot(pool, slot, POOL_CANCELLED, &cancelled);
		return;
	}
	release(pool, slot); /* with what that attempt had said */
	queue_put_back(&pool->queue, task);
	if (hooks->returned != NULL)
		hooks->returned(hooks->arg, &task);
}

/* The suspect last, so that it is the first in the queue. */
static void slots_lost(struct pool *pool, struct member *member,
		       uint32_t suspect, const struct nf_error *error)
{
	struct slot *slot, *next, *last = NULL;

	for (slot = member->held; slot != NULL; slot = next) {
		next = slot->next;
		if (slot->ticket == suspect)
			last = slot;
		else
			slot_lost(pool, slot, suspect, error);
	}
	if (last != NULL)
		slot_lost(pool, last, suspect, error);
}

static bool has_begun_any(const struct member *member)
{
	const struct slot *slot = member->held;

	while (slot != NULL && slot->started_ms == 0)
		slot = slot->next;
	return slot != NULL;
}

/*
 * A death that no task pays for with an attempt is what could go on for ever:
 * before HELLO, or with tasks in hand and none begun. Our own judgement of a
 * task that was late is none of it.
 */
static bool is_barren(const struct member *member)
{
	if (!member->greeted)
		return true;
	return member->held != NULL && !member->late && !has_begun_any(member);
}

/* The only one that it had begun, 0 when there is none or another. */
static uint32_t only_begun(const struct member *member)
{
	uint32_t only = 0;

	for (const struct slot *slot = member->held; slot != NULL;
	     slot = slot->next) {
		if (slot->started_ms == 0)
			continue;
		if (only != 0)
			return 0;
		only = slot->ticket;
	}
	return only;
}

/* The ticket to blame, 0 when it cannot be told: what the mark says counts as
 * far as it is true. */
static uint32_t suspect_of(struct pool *pool, const struct member *member)
{
	uint32_t running = atomic_load(&member->mark->running);

	if (member->late)
		return NOBODY;
	return slot_find(&pool->slots, member, running) != NULL
		       ? running
		       : only_begun(member);
}

void fate_of_dead(struct pool *pool, struct member *member)
{
	char message[MEMBER_MESSAGE];
	struct nf_error error;
	uint32_t suspect;

	while (collector_read(pool, member) > 0)
		; /* what it had said before it died counts */
	collector_look(pool, member);
	suspect = suspect_of(pool, member);
	member_bury(member, pool->epfd, message);
	(void)error_set(&error, NF_WORKER_DIED, "%s", message);
	pool->nalive--;
	member->barren = is_barren(member) ? member->barren + 1 : 0;
	if (member->barren > 0)
		pool->last_death = error;
	slots_lost(pool, member, suspect, &error);
}

void fate_of_hanging(struct pool *pool, struct member *member,
		     const struct nf_error *error)
{
	struct slot *slot, *next;

	member_give_up(member, pool->epfd);
	/* From here on it begins nothing: what it had begun by then shows. */
	collector_look(pool, member);
	pool->nalive--;
	pool->abandoned = true;
	pool->last_death = *error;
	for (slot = member->held; slot != NULL; slot = next) {
		next = slot->next;
		/* It may still be at it: what it had begun is not repeated. */
		if (slot->started_ms != 0)
			fate_of_slot(pool, slot,
				     pool->killed ? POOL_CANCELLED : POOL_DIED,
				     error);
		else
			slot_lost(pool, slot, NOBODY, error);
	}
}
