/* Timers: a binary heap of deadlines. */
#include "fiber/heap.h"

#include <assert.h>
#include <stdlib.h>

void heap_release(struct heap *heap)
{
	free(heap->items);
	*heap = (struct heap){0};
}

int heap_reserve(struct heap *heap, size_t count)
{
	size_t cap = heap->cap != 0 ? heap->cap : 64;
	struct timer **items;

	if (count <= heap->cap)
		return 0;
	while (cap < count)
		cap *= 2;
	items = realloc(heap->items, cap * sizeof(struct timer *));
	if (items == NULL)
		return -1;
	heap->items = items;
	heap->cap = cap;
	return 0;
}

static void put(struct heap *heap, size_t place, struct timer *timer)
{
	heap->items[place] = timer;
	timer->place = place;
}

static void sift_up(struct heap *heap, size_t place, struct timer *timer)
{
	while (place > 0) {
		size_t parent = (place - 1) / 2;

		if (heap->items[parent]->deadline_ms <= timer->deadline_ms)
			break;
		put(heap, place, heap->items[parent]);
		place = parent;
	}
	put(heap, place, timer);
}

static void sift_down(struct heap *heap, size_t place, struct timer *timer)
{
	for (;;) {
		size_t child = place * 2 + 1;

		if (child >= heap->len)
			break;
		if (child + 1 < heap->len &&
		    heap->items[child + 1]->deadline_ms <
			    heap->items[child]->deadline_ms)
			child++;
		if (timer->deadline_ms <= heap->items[child]->deadline_ms)
			break;
		put(heap, place, heap->items[child]);
		place = child;
	}
	put(heap, place, timer);
}

void heap_add(struct heap *heap, struct timer *timer)
{
	assert(timer->place == TIMER_IDLE && heap->len < heap->cap);
	heap->len++;
	sift_up(heap, heap->len - 1, timer);
}

void heap_remove(struct heap *heap, struct timer *timer)
{
	size_t place = timer->place;
	struct timer *last;

	if (place == TIMER_IDLE)
		return;
	timer->place = TIMER_IDLE;
	last = heap->items[--heap->len];
	if (last == timer)
		return;
	if (place > 0 &&
	    heap->items[(place - 1) / 2]->deadline_ms > last->deadline_ms)
		sift_up(heap, place, last);
	else
		sift_down(heap, place, last);
}

struct timer *heap_first(const struct heap *heap)
{
	return heap->len > 0 ? heap->items[0] : NULL;
}
