/* lib/fiber/heap.c */
#include "fiber/heap.h"

#include <stdlib.h>

#include "unit/unit.h"

#define COUNT 1000

static struct heap_item idle(int64_t key)
{
	return (struct heap_item){key, HEAP_IDLE};
}

/* A small generator: the same numbers in every run, on every system. */
static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static int is_heap(const struct heap *heap)
{
	for (size_t i = 0; i < heap->len; i++) {
		if (heap->items[i]->place != i)
			return 0;
		if (i > 0 &&
		    heap->items[(i - 1) / 2]->key > heap->items[i]->key)
			return 0;
	}
	return 1;
}

static void test_heap_zeroed_is_empty(void **state)
{
	struct heap heap = {0};

	(void)state;
	assert_null(heap_first(&heap));
	heap_release(&heap);
}

static void test_heap_reserve_makes_room_and_keeps_what_is_in(void **state)
{
	struct heap heap = {0};
	struct heap_item item = idle(5);

	(void)state;
	assert_int_equal(heap_reserve(&heap, 1), 0);
	heap_add(&heap, &item);
	assert_int_equal(heap_reserve(&heap, 100000), 0);
	assert_true(heap.cap >= 100000);
	assert_ptr_equal(heap_first(&heap), &item);
	heap_release(&heap);
}

static void test_heap_gives_the_least_first(void **state)
{
	static struct heap_item items[COUNT];
	struct heap heap = {0};
	uint32_t seed = 1;
	int64_t last = -1;

	(void)state;
	assert_int_equal(heap_reserve(&heap, COUNT), 0);
	for (size_t i = 0; i < COUNT; i++) {
		items[i] = idle(next_random(&seed) % 300); /* many are equal */
		heap_add(&heap, &items[i]);
	}
	for (size_t i = 0; i < COUNT; i++) {
		struct heap_item *first = heap_first(&heap);

		assert_non_null(first);
		assert_true(first->key >= last);
		last = first->key;
		heap_remove(&heap, first);
		assert_int_equal(first->place, HEAP_IDLE);
	}
	assert_null(heap_first(&heap));
	heap_release(&heap);
}

static void test_heap_stays_a_heap_when_any_item_is_removed(void **state)
{
	static struct heap_item items[COUNT];
	struct heap heap = {0};
	uint32_t seed = 2;
	size_t in = 0;

	(void)state;
	assert_int_equal(heap_reserve(&heap, COUNT), 0);
	for (size_t i = 0; i < COUNT; i++)
		items[i] = idle(0);
	for (size_t i = 0; i < 20 * COUNT; i++) {
		struct heap_item *item = &items[next_random(&seed) % COUNT];

		if (item->place != HEAP_IDLE) {
			heap_remove(&heap, item);
			in--;
		} else {
			item->key = next_random(&seed);
			heap_add(&heap, item);
			in++;
		}
		assert_int_equal(heap.len, in);
		if (i % 16 == 0)
			assert_true(is_heap(&heap));
	}
	heap_release(&heap);
}

/*
 * The last item takes the place of the removed one, and may be earlier than
 * its new parent: it has to go up, not down.
 */
static void test_heap_remove_moves_the_last_item_up_if_need_be(void **state)
{
	static const int64_t keys[] = {1, 50, 2, 60, 70, 3, 4, 80};
	struct heap_item items[8];
	struct heap heap = {0};

	(void)state;
	assert_int_equal(heap_reserve(&heap, 8), 0);
	for (size_t i = 0; i < 7; i++) {
		items[i] = idle(keys[i]);
		heap_add(&heap, &items[i]);
	}
	assert_int_equal(items[6].place, 6);
	heap_remove(&heap, &items[3]); /* below 50: 4 comes there */
	assert_true(is_heap(&heap));
	assert_int_equal(items[6].place, 1);
	heap_release(&heap);
}

static void test_heap_remove_of_an_idle_item_does_nothing(void **state)
{
	struct heap heap = {0};
	struct heap_item in = idle(1), out = idle(2);

	(void)state;
	assert_int_equal(heap_reserve(&heap, 2), 0);
	heap_add(&heap, &in);
	heap_remove(&heap, &out);
	assert_int_equal(heap.len, 1);
	heap_remove(&heap, &in);
	heap_remove(&heap, &in);
	assert_int_equal(heap.len, 0);
	heap_release(&heap);
}

static void test_heap_orders_deadlines_at_both_ends_of_time(void **state)
{
	struct heap heap = {0};
	struct heap_item last = idle(INT64_MAX), first = idle(INT64_MIN);
	struct heap_item middle = idle(0);

	(void)state;
	assert_int_equal(heap_reserve(&heap, 3), 0);
	heap_add(&heap, &last);
	heap_add(&heap, &middle);
	heap_add(&heap, &first);
	assert_ptr_equal(heap_first(&heap), &first);
	heap_remove(&heap, &first);
	assert_ptr_equal(heap_first(&heap), &middle);
	heap_remove(&heap, &middle);
	assert_ptr_equal(heap_first(&heap), &last);
	heap_release(&heap);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_heap_zeroed_is_empty),
	cmocka_unit_test(test_heap_reserve_makes_room_and_keeps_what_is_in),
	cmocka_unit_test(test_heap_gives_the_least_first),
	cmocka_unit_test(test_heap_stays_a_heap_when_any_item_is_removed),
	cmocka_unit_test(test_heap_remove_moves_the_last_item_up_if_need_be),
	cmocka_unit_test(test_heap_remove_of_an_idle_item_does_nothing),
	cmocka_unit_test(test_heap_orders_deadlines_at_both_ends_of_time),
};

UNIT_MAIN(tests)
