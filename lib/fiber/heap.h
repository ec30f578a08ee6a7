/* Timers: a binary heap of deadlines, each knowing its place. */
#ifndef NETFAN_FIBER_HEAP_H
#define NETFAN_FIBER_HEAP_H

#include <stddef.h>
#include <stdint.h>

#define TIMER_IDLE SIZE_MAX

struct timer {
	int64_t deadline_ms;
	size_t place; /* in the heap, TIMER_IDLE when not in it */
};

/* Zeroed, it is empty and ready. */
struct heap {
	struct timer **items;
	size_t len;
	size_t cap;
};

void heap_release(struct heap *heap);

/* Make sure that count timers fit, so that heap_add() cannot fail. */
int heap_reserve(struct heap *heap, size_t count);

void heap_add(struct heap *heap, struct timer *timer);
void heap_remove(struct heap *heap, struct timer *timer); /* idle is fine */
struct timer *heap_first(const struct heap *heap); /* NULL when empty */

#endif
