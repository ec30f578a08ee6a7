/* The tasks that are handed out. */
#include "pool/inflight.h"

#include <stdlib.h>

int slots_init(struct slots *slots, size_t most)
{
	slots->size = most * 2;
	slots->all = calloc(slots->size, sizeof(*slots->all));
	if (slots->all == NULL)
		return -1;
	for (size_t i = 0; i < slots->size; i++)
		spool_init(&slots->all[i].spool, &slots->budget);
	return 0;
}

void slots_release(struct slots *slots)
{
	for (size_t i = 0; slots->all != NULL && i < slots->size; i++)
		spool_release(&slots->all[i].spool);
	free(slots->all);
}

struct slot *slot_take(struct slots *slots, struct member *member,
		       const struct task *task)
{
	struct slot *slot;

	/* At most half of the slots are in use: a free one is near. */
	do {
		if (++slots->last_ticket == UINT32_MAX)
			slots->last_ticket = 1; /* 0 and that are nobody's */
		slot = &slots->all[slots->last_ticket % slots->size];
	} while (slot->ticket != 0);
	slot->ticket = slots->last_ticket;
	slot->task = *task;
	slot->holder = member;
	slot->started_ms = 0;
	slot->said = false;
	slot->ready = false;
	slot->room_errno = 0;
	slot->prev = NULL;
	slot->next = member->held;
	if (member->held != NULL)
		member->held->prev = slot;
	member->held = slot;
	member->nheld++;
	slots->used++;
	slot->starting = ++slots->nstarting;
	return slot;
}

void slot_release(struct slots *slots, struct slot *slot)
{
	struct member *member = slot->holder;

	if (slot->prev != NULL)
		slot->prev->next = slot->next;
	else
		member->held = slot->next;
	if (slot->next != NULL)
		slot->next->prev = slot->prev;
	slot_ready(slots, slot);
	member->nheld--;
	member->alone &= member->nheld > 0;
	slots->used--;
	spool_release(&slot->spool);
	slot->ticket = 0;
}

struct slot *slot_find(struct slots *slots, const struct member *member,
		       uint32_t ticket)
{
	struct slot *slot = &slots->all[ticket % slots->size];

	return ticket != 0 && slot->ticket == ticket && slot->holder == member
		       ? slot
		       : NULL;
}

void slot_ready(struct slots *slots, struct slot *slot)
{
	slots->nstarting -= !slot->ready;
	slot->ready = true;
}
