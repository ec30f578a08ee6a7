/* A map from pairs of numbers to a number: who is in which group. */
#ifndef NETFAN_FORMS_HOSTVARS_PAIRS_H
#define NETFAN_FORMS_HOSTVARS_PAIRS_H

#include <stddef.h>
#include <stdint.h>

struct pairs_slot {
	uint32_t one, two, value; /* one UINT32_MAX: free */
};

/* Zeroed, it is empty and ready. */
struct pairs {
	struct pairs_slot *slots; /* open addressing */
	size_t nslots; /* a power of two */
	size_t used;
};

/* The value of a pair, below UINT32_MAX - 1, for reading and changing; of a new
 * pair it is UINT32_MAX. Good until the next call; NULL without memory. */
uint32_t *pairs_at(struct pairs *pairs, uint32_t one, uint32_t two);

void pairs_release(struct pairs *pairs);

#endif
