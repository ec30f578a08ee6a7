/* A map from pairs of numbers to a number. */
#include "forms/hostvars/pairs.h"

#include <stdlib.h>

#define FIRST_SLOTS 64

static struct pairs_slot *find(const struct pairs *pairs, uint32_t one,
			       uint32_t two)
{
	uint64_t hash = ((uint64_t)one << 32 | two) * 0x9e3779b97f4a7c15u;
	size_t mask = pairs->nslots - 1, at = (size_t)(hash >> 32) & mask;

	while (pairs->slots[at].one != UINT32_MAX &&
	       (pairs->slots[at].one != one || pairs->slots[at].two != two))
		at = (at + 1) & mask;
	return &pairs->slots[at];
}

/* Keep the table at most half full. */
static int grow(struct pairs *pairs)
{
	struct pairs grown = {.nslots = pairs->nslots != 0 ? pairs->nslots * 2
							   : FIRST_SLOTS,
			      .used = pairs->used};

	if (pairs->used < pairs->nslots / 2)
		return 0;
	grown.slots = reallocarray(NULL, grown.nslots, sizeof(*grown.slots));
	if (grown.slots == NULL)
		return -1;
	for (size_t i = 0; i < grown.nslots; i++)
		grown.slots[i].one = UINT32_MAX;
	for (size_t i = 0; i < pairs->nslots; i++) {
		const struct pairs_slot *old = &pairs->slots[i];

		if (old->one != UINT32_MAX)
			*find(&grown, old->one, old->two) = *old;
	}
	free(pairs->slots);
	*pairs = grown;
	return 0;
}

uint32_t *pairs_at(struct pairs *pairs, uint32_t one, uint32_t two)
{
	struct pairs_slot *slot;

	if (grow(pairs) == -1)
		return NULL;
	slot = find(pairs, one, two);
	if (slot->one == UINT32_MAX) {
		*slot = (struct pairs_slot){one, two, UINT32_MAX};
		pairs->used++;
	}
	return &slot->value;
}

void pairs_release(struct pairs *pairs)
{
	free(pairs->slots);
	*pairs = (struct pairs){0};
}
