/* A binary heap. */
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
	struct heap_item **items;

	if (count <= heap->cap)
		return 0;
	while (cap < count)
		cap *= 2;
	items = realloc(heap->items, cap * sizeof(struct heap_item *));
	if (items == NULL)
		return -1;
	heap->items = items;
	heap->cap = cap;
	return 0;
}

static void put(struct heap *heap, size_t place, struct heap_item *item)
{
	heap->items[place] = item;
	item->place = place;
}

static void sift_up(struct heap *heap, size_t place, struct heap_item *item)
{
	while (place > 0) {
		size_t parent = (place - 1) / 2;

		if (heap->items[parent]->key <= item->key)
			break;
		put(heap, place, heap->items[parent]);
		place = parent;
	}
	put(heap, place, item);
}

static void sift_down(struct heap *heap, size_t place, struct heap_item *item)
{
	for (;;) {
		size_t child = place * 2 + 1;

		if (child >= heap->len)
			break;
		if (child + 1 < heap->len &&
		    heap->items[child + 1]->key < heap->items[child]->key)
			child++;
		if (item->key <= heap->items[child]->key)
			break;
		put(heap, place, heap->items[child]);
		place = child;
	}
	put(heap, place, item);
}

void heap_add(struct heap *heap, struct heap_item *item)
{
	assert(item->place == HEAP_IDLE && heap->len < heap->cap);
	heap->len++;
	sift_up(heap, heap->len - 1, item);
}

void heap_remove(struct heap *heap, struct heap_item *item)
{
	size_t place = item->place;
	struct heap_item *last;

	if (place == HEAP_IDLE)
		return;
	item->place = HEAP_IDLE;
	last = heap->items[--heap->len];
	if (last == item)
		return;
	if (place > 0 && heap->items[(place - 1) / 2]->key > last->key)
		sift_up(heap, place, last);
	else
		sift_down(heap, place, last);
}

struct heap_item *heap_first(const struct heap *heap)
{
	return heap->len > 0 ? heap->items[0] : NULL;
}
