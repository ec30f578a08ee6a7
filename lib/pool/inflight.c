/* The tasks that are handed out. */
#include "pool/inflight.h"

#include <stdlib.h>

int inflights_init(struct inflights *inflights, size_t most)
{
	inflights->size = most * 2;
	inflights->all = calloc(inflights->size, sizeof(*inflights->all));
	if (inflights->all == NULL)
		return -1;
	for (size_t i = 0; i < inflights->size; i++)
		spool_init(&inflights->all[i].spool, &inflights->budget);
	return 0;
}

void inflights_release(struct inflights *inflights)
{
	for (size_t i = 0; inflights->all != NULL && i < inflights->size; i++)
		spool_release(&inflights->all[i].spool);
	free(inflights->all);
}

struct inflight *inflight_add(struct inflights *inflights,
			      struct worker_handle *handle,
			      const struct task *task)
{
	struct inflight *inflight;

	/* At most half of the places are in use: a free place is near. */
	do {
		if (++inflights->last_ticket == UINT32_MAX)
			inflights->last_ticket = 1; /* neither is a ticket */
		inflight = &inflights->all[inflights->last_ticket %
					   inflights->size];
	} while (inflight->state != INFLIGHT_FREE);
	inflight->state = INFLIGHT_HANDED;
	inflight->task = *task;
	inflight->task.ticket = inflights->last_ticket;
	inflight->holder = handle;
	inflight->room_errno = 0;
	inflight->prev = NULL;
	inflight->next = handle->held;
	if (handle->held != NULL)
		handle->held->prev = inflight;
	handle->held = inflight;
	handle->nheld++;
	inflights->used++;
	inflight->starting = ++inflights->nstarting;
	return inflight;
}

void inflight_remove(struct inflights *inflights, struct inflight *inflight)
{
	struct worker_handle *handle = inflight->holder;

	if (inflight->prev != NULL)
		inflight->prev->next = inflight->next;
	else
		handle->held = inflight->next;
	if (inflight->next != NULL)
		inflight->next->prev = inflight->prev;
	inflight_set_ready(inflights, inflight);
	handle->nheld--;
	handle->alone &= handle->nheld > 0;
	inflights->used--;
	spool_release(&inflight->spool);
	inflight->state = INFLIGHT_FREE;
}

struct inflight *inflight_at(struct inflights *inflights, uint32_t ticket)
{
	struct inflight *inflight = &inflights->all[ticket % inflights->size];

	return inflight->state != INFLIGHT_FREE &&
			       inflight->task.ticket == ticket
		       ? inflight
		       : NULL;
}

struct inflight *inflight_find(struct inflights *inflights,
			       const struct worker_handle *handle,
			       uint32_t ticket)
{
	struct inflight *inflight = inflight_at(inflights, ticket);

	return inflight != NULL && inflight->holder == handle ? inflight : NULL;
}

void inflight_set_ready(struct inflights *inflights, struct inflight *inflight)
{
	inflights->nstarting -= inflight->state != INFLIGHT_READY;
	inflight->state = INFLIGHT_READY;
}
