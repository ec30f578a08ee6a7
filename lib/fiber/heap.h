/* A binary heap, the least key first; each item knows its place. */
#ifndef NETFAN_FIBER_HEAP_H
#define NETFAN_FIBER_HEAP_H

#include <stddef.h>
#include <stdint.h>

#define HEAP_IDLE SIZE_MAX

struct heap_item {
	int64_t key;
	size_t place; /* in the heap, HEAP_IDLE when not in it */
};

/* Zeroed, it is empty and ready. */
struct heap {
	struct heap_item **items;
	size_t len;
	size_t cap;
};

void heap_release(struct heap *heap);

/* Make room for count items, so that heap_add() cannot fail: -1 with ENOMEM. */
int heap_reserve(struct heap *heap, size_t count);

void heap_add(struct heap *heap, struct heap_item *item);
void heap_remove(struct heap *heap, struct heap_item *item); /* idle is fine */
struct heap_item *heap_first(const struct heap *heap); /* NULL when empty */

#endif
