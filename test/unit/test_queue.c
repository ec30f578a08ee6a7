/* lib/pool/queue.c */
#include "pool/queue.h"

#include <stdlib.h>

#include "unit/unit.h"

static void put(struct queue *queue, uint32_t index)
{
	struct task task = {.index = index, .attempts = index % 3};

	assert_int_equal(queue_put(queue, task), 0);
}

static struct task take(struct queue *queue)
{
	struct task task = {0};

	assert_true(queue_take(queue, &task));
	return task;
}

static void assert_next(struct queue *queue, uint32_t index)
{
	struct task task = take(queue);

	assert_int_equal(task.index, index);
	assert_int_equal(task.attempts, index % 3);
}

static void test_a_zeroed_queue_is_empty(void **state)
{
	struct queue queue = {0};
	struct task task = {.index = 77};

	(void)state;
	assert_int_equal(queue_len(&queue), 0);
	assert_false(queue_take(&queue, &task));
	assert_int_equal(task.index, 77);
	queue_release(&queue);
}

static void test_tasks_come_out_in_the_order_they_went_in(void **state)
{
	struct queue queue = {0};

	(void)state;
	for (uint32_t i = 0; i < 1000; i++)
		put(&queue, i);
	assert_int_equal(queue_len(&queue), 1000);
	for (uint32_t i = 0; i < 1000; i++) {
		assert_next(&queue, i);
		queue_settle(&queue);
	}
	assert_int_equal(queue_len(&queue), 0);
	queue_release(&queue);
}

static void test_a_queue_keeps_its_order_as_it_goes_round(void **state)
{
	struct queue queue = {0};
	uint32_t in = 0, out = 0;

	(void)state;
	for (int round = 0; round < 300; round++) {
		for (int i = 0; i < 50; i++)
			put(&queue, in++);
		for (int i = 0; i < 49; i++) {
			assert_next(&queue, out++);
			queue_settle(&queue);
		}
	}
	while (out < in)
		assert_next(&queue, out++);
	queue_release(&queue);
}

static void test_what_is_put_back_comes_out_first(void **state)
{
	struct queue queue = {0};
	struct task one, two;

	(void)state;
	for (uint32_t i = 0; i < 10; i++)
		put(&queue, i);
	one = take(&queue);
	two = take(&queue);
	queue_put_back(&queue, two);
	queue_put_back(&queue, one);
	assert_int_equal(queue_len(&queue), 10);
	for (uint32_t i = 0; i < 10; i++)
		assert_next(&queue, i);
	queue_release(&queue);
}

/* Sizes around every growth of the ring. */
static void test_all_that_is_out_can_come_back_at_any_size(void **state)
{
	(void)state;
	for (uint32_t n = 1; n <= 300; n++) {
		struct queue queue = {0};
		struct task *out = calloc(n, sizeof(*out));

		assert_non_null(out);
		for (uint32_t i = 0; i < n; i++)
			put(&queue, i);
		for (uint32_t i = 0; i < n; i++)
			out[i] = take(&queue);
		/* What is put meanwhile does not take their places. */
		for (uint32_t i = 0; i < n; i++)
			put(&queue, n + i);
		for (uint32_t i = n; i-- > 0;)
			queue_put_back(&queue, out[i]);
		assert_int_equal(queue_len(&queue), 2 * n);
		for (uint32_t i = 0; i < 2 * n; i++)
			assert_next(&queue, i);
		free(out);
		queue_release(&queue);
	}
}

/* The same operations on an array that is moved by hand. */
struct model {
	struct task tasks[4096];
	size_t len;
	struct task out[4096];
	size_t nout;
};

static void model_put_front(struct model *model, struct task task)
{
	for (size_t i = model->len; i > 0; i--)
		model->tasks[i] = model->tasks[i - 1];
	model->tasks[0] = task;
	model->len++;
}

static struct task model_take(struct model *model)
{
	struct task first = model->tasks[0];

	model->len--;
	for (size_t i = 0; i < model->len; i++)
		model->tasks[i] = model->tasks[i + 1];
	return first;
}

static void turn(struct queue *queue, struct model *model, unsigned random)
{
	static uint32_t next;
	struct task task = {.index = next++, .attempts = random % 3};

	switch (random / 8 % 5) {
	case 0:
	case 1:
		assert_int_equal(queue_put(queue, task), 0);
		model->tasks[model->len++] = task;
		break;
	case 2:
		assert_int_equal(queue_take(queue, &task), model->len > 0);
		if (model->len == 0)
			break;
		assert_int_equal(task.index, model->tasks[0].index);
		assert_int_equal(task.attempts, model->tasks[0].attempts);
		model->out[model->nout++] = model_take(model);
		break;
	case 3:
		if (model->nout == 0)
			break;
		model->nout--;
		queue_settle(queue);
		break;
	case 4:
		if (model->nout == 0)
			break;
		task = model->out[--model->nout];
		queue_put_back(queue, task);
		model_put_front(model, task);
		break;
	}
	assert_int_equal(queue_len(queue), model->len);
}

static void test_a_queue_does_as_a_plain_array_would(void **state)
{
	struct model *model = calloc(1, sizeof(*model));
	struct queue queue = {0};
	uint32_t random = 1;

	(void)state;
	assert_non_null(model);
	for (int i = 0; i < 4000; i++) {
		random = random * 1664525u + 1013904223u;
		turn(&queue, model, random >> 8);
	}
	while (model->len > 0)
		assert_int_equal(take(&queue).index, model_take(model).index);
	free(model);
	queue_release(&queue);
}

static void test_a_released_queue_is_ready_again(void **state)
{
	struct queue queue = {0};

	(void)state;
	put(&queue, 1);
	(void)take(&queue);
	put(&queue, 2);
	queue_release(&queue);
	assert_int_equal(queue_len(&queue), 0);
	put(&queue, 3);
	assert_next(&queue, 3);
	queue_release(&queue);
}

static void test_queue_peek_shows_the_first_and_leaves_it(void **state)
{
	struct queue queue = {0};
	struct task task;

	(void)state;
	assert_null(queue_peek(&queue));
	assert_int_equal(queue_put(&queue, (struct task){.index = 7}), 0);
	assert_int_equal(queue_put(&queue, (struct task){.index = 8}), 0);
	assert_int_equal(queue_peek(&queue)->index, 7);
	assert_int_equal(queue_len(&queue), 2);
	assert_true(queue_take(&queue, &task));
	assert_int_equal(queue_peek(&queue)->index, 8);
	queue_put_back(&queue, task);
	assert_int_equal(queue_peek(&queue)->index, 7);
	queue_release(&queue);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_queue_peek_shows_the_first_and_leaves_it),
	cmocka_unit_test(test_a_zeroed_queue_is_empty),
	cmocka_unit_test(test_tasks_come_out_in_the_order_they_went_in),
	cmocka_unit_test(test_a_queue_keeps_its_order_as_it_goes_round),
	cmocka_unit_test(test_what_is_put_back_comes_out_first),
	cmocka_unit_test(test_all_that_is_out_can_come_back_at_any_size),
	cmocka_unit_test(test_a_queue_does_as_a_plain_array_would),
	cmocka_unit_test(test_a_released_queue_is_ready_again),
};

UNIT_MAIN(tests)
