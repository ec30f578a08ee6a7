/* lib/base/buf.c */
#include "base/buf.h"

#include <errno.h>
#include <string.h>

#include "unit/unit.h"

static void test_buf_with_only_max_set_is_ready(void **state)
{
	struct buf buf = {.max = 10};

	(void)state;
	assert_int_equal(buf_append(&buf, "abc", 3), 0);
	assert_int_equal(buf.len, 3);
	assert_memory_equal(buf.data, "abc", 3);
	buf_release(&buf);
}

static void test_buf_append_keeps_the_order_over_many_growths(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 100000);
	for (unsigned i = 0; i < 10000; i++) {
		uint8_t bytes[] = {(uint8_t)(i >> 8), (uint8_t)i};

		assert_int_equal(buf_append(&buf, bytes, sizeof(bytes)), 0);
	}
	assert_int_equal(buf.len, 20000);
	for (unsigned i = 0; i < 10000; i++)
		assert_int_equal(buf.data[2 * i] << 8 | buf.data[2 * i + 1], i);
	buf_release(&buf);
}

static void test_buf_append_fills_up_to_max_and_refuses_more(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 5);
	assert_int_equal(buf_append(&buf, "abcde", 5), 0);
	assert_int_equal(buf_room(&buf), 0);
	errno = 0;
	assert_int_equal(buf_append(&buf, "f", 1), -1);
	assert_int_equal(errno, ENOBUFS);
	assert_int_equal(buf.len, 5);
	assert_memory_equal(buf.data, "abcde", 5);
	buf_release(&buf);
}

static void test_buf_capacity_never_exceeds_max(void **state)
{
	static const size_t maxima[] = {1, 255, 256, 257, 300, 511, 513, 4097};

	(void)state;
	for (size_t i = 0; i < LENGTH(maxima); i++) {
		struct buf buf;

		buf_init(&buf, maxima[i]);
		for (size_t n = 0; n < maxima[i]; n++)
			assert_int_equal(buf_append(&buf, "x", 1), 0);
		assert_int_equal(buf.len, maxima[i]);
		assert_true(buf.cap <= maxima[i]);
		assert_int_equal(buf_append(&buf, "x", 1), -1);
		buf_release(&buf);
	}
}

static void test_buf_reserve_refuses_a_length_whose_sum_wraps(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, SIZE_MAX - 1);
	assert_int_equal(buf_append(&buf, "abc", 3), 0);
	errno = 0;
	assert_int_equal(buf_reserve(&buf, SIZE_MAX - 1), -1);
	assert_int_equal(errno, ENOBUFS);
	assert_int_equal(buf.len, 3);
	buf_release(&buf);
}

static void test_buf_reserve_says_enomem_and_keeps_the_bytes(void **state)
{
	struct buf buf;

	(void)state;
	if (UNIT_ASAN || UNIT_TSAN)
		UNIT_SKIP("sanitizers stop a program that asks for so much");
	buf_init(&buf, SIZE_MAX);
	assert_int_equal(buf_append(&buf, "abc", 3), 0);
	errno = 0;
	assert_int_equal(buf_reserve(&buf, SIZE_MAX / 2 + 1), -1);
	assert_int_equal(errno, ENOMEM);
	assert_int_equal(buf.len, 3);
	assert_memory_equal(buf.data, "abc", 3);
	buf_release(&buf);
}

static void test_buf_extend_gives_the_place_behind_what_is_there(void **state)
{
	struct buf buf;
	uint8_t *at;

	(void)state;
	buf_init(&buf, 5);
	assert_int_equal(buf_append(&buf, "abc", 3), 0);
	at = buf_extend(&buf, 2);
	assert_non_null(at);
	at[0] = 'd';
	at[1] = 'e';
	assert_int_equal(buf.len, 5);
	assert_memory_equal(buf.data, "abcde", 5);
	errno = 0;
	assert_null(buf_extend(&buf, 1));
	assert_int_equal(errno, ENOBUFS);
	assert_int_equal(buf.len, 5);
	buf_release(&buf);
}

static void test_buf_reserve_makes_room_without_adding(void **state)
{
	struct buf buf;
	uint8_t *data;

	(void)state;
	buf_init(&buf, 10000);
	assert_int_equal(buf_reserve(&buf, 5000), 0);
	assert_int_equal(buf.len, 0);
	assert_true(buf.cap >= 5000);
	data = buf.data;
	memset(data, 'x', 5000);
	for (int i = 0; i < 50; i++)
		assert_int_equal(buf_append(&buf, data, 0), 0);
	assert_int_equal(buf.len, 0);
	assert_ptr_equal(buf.data, data);
	buf_release(&buf);
}

static void test_buf_append_of_nothing_works_on_an_empty_buf(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 0);
	assert_int_equal(buf_append(&buf, NULL, 0), 0);
	assert_int_equal(buf_append(&buf, "x", 1), -1);
	buf_consume(&buf, 0);
	buf_release(&buf);
}

static void test_buf_consume_drops_from_the_front(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 8);
	assert_int_equal(buf_append(&buf, "abcdefgh", 8), 0);
	buf_consume(&buf, 3);
	assert_int_equal(buf.len, 5);
	assert_int_equal(buf_room(&buf), 3);
	assert_memory_equal(buf.data, "defgh", 5);
	assert_int_equal(buf_append(&buf, "ijk", 3), 0);
	assert_memory_equal(buf.data, "defghijk", 8);
	buf_consume(&buf, 8);
	assert_int_equal(buf.len, 0);
	buf_release(&buf);
}

static void test_buf_released_can_be_used_again(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 7);
	assert_int_equal(buf_append(&buf, "abc", 3), 0);
	buf_release(&buf);
	buf_release(&buf);
	assert_null(buf.data);
	assert_int_equal(buf_room(&buf), 7);
	assert_int_equal(buf_append(&buf, "def", 3), 0);
	assert_memory_equal(buf.data, "def", 3);
	buf_release(&buf);
}

static void test_what_is_printed_is_whole_or_not_there(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 10);
	assert_int_equal(buf_print(&buf, "%s-%d", "ab", 12), 0);
	assert_int_equal(buf_print(&buf, "%s", ""), 0);
	assert_int_equal(buf.len, 5);
	assert_memory_equal(buf.data, "ab-12", 5);
	assert_int_equal(buf_print(&buf, "%06d", 1), -1);
	assert_int_equal(errno, ENOBUFS);
	assert_int_equal(buf.len, 5);
	buf_release(&buf);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_buf_with_only_max_set_is_ready),
	cmocka_unit_test(test_buf_append_keeps_the_order_over_many_growths),
	cmocka_unit_test(test_buf_append_fills_up_to_max_and_refuses_more),
	cmocka_unit_test(test_buf_capacity_never_exceeds_max),
	cmocka_unit_test(test_buf_reserve_refuses_a_length_whose_sum_wraps),
	cmocka_unit_test(test_buf_reserve_says_enomem_and_keeps_the_bytes),
	cmocka_unit_test(test_buf_extend_gives_the_place_behind_what_is_there),
	cmocka_unit_test(test_buf_reserve_makes_room_without_adding),
	cmocka_unit_test(test_buf_append_of_nothing_works_on_an_empty_buf),
	cmocka_unit_test(test_buf_consume_drops_from_the_front),
	cmocka_unit_test(test_buf_released_can_be_used_again),
	cmocka_unit_test(test_what_is_printed_is_whole_or_not_there),
};

UNIT_MAIN(tests)
