/* Waiting for several futures, and iterating over them as they end. */
#include "netfan.h"

#include <stdlib.h>

#include "unit/rig.h"
#include "unit/waits.h"

static struct nf_error err;

/* Runs until its place in begun, times ten, is no more than what the test has
 * let end; see let_end(). */
static int task_by_turn(void *ctx, uint32_t index, struct nf_task_io *out,
			struct nf_error *error)
{
	struct trial_shared *shared = ctx;

	while (atomic_load(&shared->begun[100 + index]) == 0 &&
	       trial_pause_ms(1))
		;
	return task_fail_odd(ctx, index, out, error);
}

static void let_end(uint32_t index)
{
	atomic_store(&trial_shared->begun[100 + index], 1);
}

/* Four tasks at once, each of which runs until it is let end. */
static struct nf_executor *start_by_turn(const struct shape *shape)
{
	return rig_start(shape, task_by_turn, shape->fibers > 0 ? 1 : 4);
}

static int wait_for(struct nf_future *const *futures, size_t n,
		    enum nf_return_when when, int timeout_ms)
{
	int rc = nf_wait(futures, n, when, timeout_ms, &err);

	if (rc == -1)
		print_message("%s\n", err.message);
	return rc;
}

/* ---- nf_wait() */

static void test_wait_for_nothing_is_over_at_once(void **state)
{
	(void)state;
	assert_int_equal(wait_for(NULL, 0, NF_ALL_COMPLETED, -1), 1);
	assert_int_equal(wait_for(NULL, 0, NF_FIRST_COMPLETED, -1), 1);
	assert_int_equal(wait_for(NULL, 0, NF_FIRST_FAILED, 0), 1);
}

static void test_wait_for_all_waits_for_all(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_fail_odd, 2);
	struct nf_future *futures[20];

	rig_submit_all(executor, futures, 20);
	assert_int_equal(wait_for(futures, 20, NF_ALL_COMPLETED, -1), 1);
	for (size_t i = 0; i < 20; i++)
		assert_state(futures[i],
			     i % 2 ? NF_STATE_FAILED : NF_STATE_DONE);
	assert_int_equal(wait_for(futures, 20, NF_ALL_COMPLETED, 0), 1);
	rig_close(executor, futures, 20);
}

static void test_wait_ends_with_the_first_that_ends(const struct shape *shape)
{
	struct nf_executor *executor = start_by_turn(shape);
	struct nf_future *futures[4];

	rig_submit_all(executor, futures, 4);
	let_end(2);
	assert_int_equal(wait_for(futures, 4, NF_FIRST_COMPLETED, -1), 1);
	assert_done_text(futures[2], "task 2");
	assert_int_equal(nf_executor_pending(executor), 3);
	/* One that has ended already will do. */
	assert_int_equal(wait_for(futures, 4, NF_FIRST_COMPLETED, -1), 1);
	assert_int_equal(wait_for(futures + 3, 1, NF_FIRST_COMPLETED, 20), 0);
	let_end(3);
	assert_int_equal(wait_for(futures + 3, 1, NF_FIRST_COMPLETED, -1), 1);
	let_end(0);
	let_end(1);
	rig_finish(executor);
	rig_close(executor, futures, 4);
}

static void test_wait_ends_with_the_first_that_fails(const struct shape *shape)
{
	struct nf_executor *executor = start_by_turn(shape);
	struct nf_future *futures[4];

	rig_submit_all(executor, futures, 4);
	let_end(0);
	rig_await_state(executor, futures[0], NF_STATE_DONE);
	assert_int_equal(wait_for(futures, 4, NF_FIRST_FAILED, 20), 0);
	let_end(3);
	assert_int_equal(wait_for(futures, 4, NF_FIRST_FAILED, -1), 1);
	assert_state(futures[3], NF_STATE_FAILED);
	assert_int_equal(nf_executor_pending(executor), 2);
	let_end(1);
	let_end(2);
	rig_finish(executor);
	rig_close(executor, futures, 4);
}

static void
test_wait_for_a_failure_ends_when_there_was_none(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_tell, 2);
	struct nf_future *futures[9];

	rig_submit_all(executor, futures, 9);
	assert_int_equal(wait_for(futures, 9, NF_FIRST_FAILED, -1), 1);
	for (size_t i = 0; i < 9; i++)
		assert_state(futures[i], NF_STATE_DONE);
	rig_close(executor, futures, 9);
}

static void
test_cancelled_future_is_no_failure_to_wait_for(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_tell, 1);
	struct nf_future *futures[9];

	rig_submit_all(executor, futures, 9);
	assert_true(nf_future_cancel(futures[8]));
	assert_int_equal(wait_for(futures + 8, 1, NF_FIRST_COMPLETED, 0), 1);
	assert_int_equal(wait_for(futures, 9, NF_FIRST_FAILED, -1), 1);
	for (size_t i = 0; i < 8; i++)
		assert_state(futures[i], NF_STATE_DONE);
	rig_close(executor, futures, 9);
}

static void
test_wait_times_out_and_can_be_taken_up_again(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_wait_and_tell, 2);
	struct nf_future *futures[9];
	int64_t start_ms;

	rig_submit_all(executor, futures, 9);
	assert_int_equal(wait_for(futures, 9, NF_ALL_COMPLETED, 0), 0);
	waits_longest_ms = 0;
	start_ms = nf_now_ms();
	assert_int_equal(wait_for(futures, 9, NF_ALL_COMPLETED, 30), 0);
	assert_true(nf_now_ms() - start_ms >= 30);
	assert_in_range(waits_longest_ms, 0, 30);
	assert_int_equal(wait_for(futures, 9, NF_FIRST_COMPLETED, 1), 0);
	rig_go();
	assert_int_equal(wait_for(futures, 9, NF_ALL_COMPLETED, -1), 1);
	rig_close(executor, futures, 9);
}

static void test_wait_takes_a_future_twice(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_tell, 1);
	struct nf_future *futures[3], *twice[6];

	rig_submit_all(executor, futures, 3);
	for (size_t i = 0; i < 6; i++)
		twice[i] = futures[i / 2];
	assert_int_equal(wait_for(twice, 6, NF_ALL_COMPLETED, -1), 1);
	rig_close(executor, futures, 3);
}

static void test_futures_of_two_executors_are_refused(const struct shape *shape)
{
	struct nf_executor_options options = rig_options(shape, task_tell, 1);
	struct nf_executor *executors[2];
	struct nf_future *futures[2];
	struct nf_iter *iter = NULL;

	executors[0] = rig_open(&options);
	/* Of any mode: threads are in the way of processes alone. */
	options.mode = NF_MODE_SEQUENTIAL;
	executors[1] = rig_open(&options);
	futures[0] = rig_submit(executors[0], 0);
	futures[1] = rig_submit(executors[1], 1);
	assert_refused(nf_wait(futures, 2, NF_ALL_COMPLETED, -1, &err), &err,
		       NF_INVALID);
	assert_refused(nf_as_completed(&iter, futures, 2, &err), &err,
		       NF_INVALID);
	assert_null(iter);
	assert_done_text(futures[1], "task 1");
	assert_done_text(futures[0], "task 0");
	/* Nobody needs to be waited for. */
	assert_int_equal(wait_for(futures, 2, NF_ALL_COMPLETED, 0), 1);
	nf_executor_free(executors[0]);
	rig_close(executors[1], futures, 2);
}

/* ---- nf_as_completed() */

static void assert_next(struct nf_iter *iter, const struct nf_future *want)
{
	struct nf_future *future = NULL;
	int rc = nf_iter_next(iter, -1, &future, &err);

	if (rc == -1)
		fail_msg("%s", err.message);
	assert_int_equal(rc, 1);
	assert_int_equal(nf_future_index(future), nf_future_index(want));
	assert_ptr_equal(future, want);
	assert_true(nf_future_state(future) >= NF_STATE_DONE);
}

static void assert_no_next(struct nf_iter *iter)
{
	struct nf_future *future = NULL;

	assert_int_equal(nf_iter_next(iter, -1, &future, &err), 0);
	assert_int_equal(nf_iter_next(iter, 0, &future, &err), 0);
	assert_null(future);
}

static struct nf_iter *iterate(struct nf_future *const *futures, size_t n)
{
	struct nf_iter *iter = NULL;

	if (nf_as_completed(&iter, futures, n, &err) == -1)
		fail_msg("%s", err.message);
	return iter;
}

static void test_iter_is_in_the_order_of_ending(const struct shape *shape)
{
	static const uint32_t order[] = {2, 0, 3, 1};
	struct nf_executor *executor = start_by_turn(shape);
	struct nf_future *futures[4];
	struct nf_iter *iter;

	rig_submit_all(executor, futures, 4);
	iter = iterate(futures, 4);
	for (size_t i = 0; i < 4; i++) {
		let_end(order[i]);
		assert_next(iter, futures[order[i]]);
	}
	assert_no_next(iter);
	nf_iter_free(iter);
	rig_close(executor, futures, 4);
}

/* They ended while nobody iterated. */
static void test_iter_remembers_the_order_of_ending(const struct shape *shape)
{
	static const uint32_t order[] = {3, 1, 0, 2};
	struct nf_executor *executor = start_by_turn(shape);
	struct nf_future *futures[4];
	struct nf_iter *iter;

	rig_submit_all(executor, futures, 4);
	iter = iterate(futures, 4);
	for (size_t i = 0; i < 4; i++) {
		let_end(order[i]);
		assert_int_equal(
			wait_for(&futures[order[i]], 1, NF_ALL_COMPLETED, -1),
			1);
	}
	for (size_t i = 0; i < 4; i++)
		assert_next(iter, futures[order[i]]);
	assert_no_next(iter);
	nf_iter_free(iter);
	rig_close(executor, futures, 4);
}

static void test_iter_begins_with_what_has_ended(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_brief, 1);
	struct nf_future *futures[6];
	struct nf_iter *iter;

	rig_submit_all(executor, futures, 6);
	assert_true(nf_future_cancel(futures[5]));
	assert_done_text(futures[0], "task 0");
	iter = iterate(futures, 6);
	assert_next(iter, futures[0]);
	/* With fibers the next may have been done in the same step. */
	for (size_t i = 1; i < 6; i++) {
		struct nf_future *future;

		assert_int_equal(nf_iter_next(iter, -1, &future, &err), 1);
	}
	assert_no_next(iter);
	nf_iter_free(iter);
	rig_close(executor, futures, 6);
}

static void test_iter_over_nothing_ends_at_once(void **state)
{
	struct nf_iter *iter = iterate(NULL, 0);

	(void)state;
	assert_no_next(iter);
	nf_iter_free(iter);
	nf_iter_free(NULL);
}

static void test_iter_times_out_and_goes_on(const struct shape *shape)
{
	struct nf_executor *executor = start_by_turn(shape);
	struct nf_future *futures[4], *next = NULL;
	struct nf_iter *iter;

	rig_submit_all(executor, futures, 4);
	iter = iterate(futures, 4);
	let_end(1);
	assert_next(iter, futures[1]);
	assert_refused(nf_iter_next(iter, 0, &next, &err), &err, NF_TIMEOUT);
	assert_refused(nf_iter_next(iter, 20, &next, &err), &err, NF_TIMEOUT);
	assert_null(next);
	for (uint32_t i = 0; i < 4; i++)
		let_end(i);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(nf_iter_next(iter, -1, &next, &err), 1);
	assert_no_next(iter);
	nf_iter_free(iter);
	rig_close(executor, futures, 4);
}

static void
test_iter_passes_a_future_as_often_as_it_was_given(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_tell, 1);
	struct nf_future *future = rig_submit(executor, 0);
	struct nf_future *thrice[] = {future, future, future};
	struct nf_iter *iter = iterate(thrice, 3);

	thrice[0] = thrice[1] = thrice[2] = NULL; /* not needed */
	for (size_t i = 0; i < 3; i++)
		assert_next(iter, future);
	assert_no_next(iter);
	nf_iter_free(iter);
	rig_close(executor, &future, 1);
}

static void test_iter_may_be_ended_in_the_middle(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_brief, 2);
	struct nf_future *futures[12], *next;
	struct nf_iter *iters[3];

	rig_submit_all(executor, futures, 12);
	for (size_t i = 0; i < 3; i++)
		iters[i] = iterate(futures, 12);
	nf_iter_free(iters[0]);
	assert_int_equal(nf_iter_next(iters[1], -1, &next, &err), 1);
	nf_iter_free(iters[1]);
	/* The tasks go on, and the other iterator is not disturbed. */
	for (size_t i = 0; i < 12; i++)
		assert_int_equal(nf_iter_next(iters[2], -1, &next, &err), 1);
	assert_no_next(iters[2]);
	nf_iter_free(iters[2]);
	assert_int_equal(wait_for(futures, 12, NF_ALL_COMPLETED, 0), 1);
	rig_close(executor, futures, 12);
}

static void
test_iter_passes_what_is_cancelled_meanwhile(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_tell, 1);
	struct nf_future *futures[9];
	struct nf_iter *iter;

	rig_submit_all(executor, futures, 9);
	iter = iterate(futures, 9);
	assert_true(nf_future_cancel(futures[8]));
	assert_true(nf_future_cancel(futures[6]));
	assert_next(iter, futures[8]);
	assert_next(iter, futures[6]);
	nf_executor_terminate(executor);
	assert_next(iter, futures[0]);
	nf_executor_free(executor);
	/* What has ended needs no executor any more. */
	assert_next(iter, futures[1]);
	nf_iter_free(iter);
	rig_close(NULL, futures, 9);
}

/* What was passed may be freed at once: it is seen no more. */
static void
test_futures_may_be_freed_once_they_were_passed(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_late_first, 2);
	struct nf_future *futures[12], *next;
	struct nf_iter *iter;
	size_t n = 0;

	rig_submit_all(executor, futures, 12);
	iter = iterate(futures, 12);
	while (nf_iter_next(iter, -1, &next, &err) == 1) {
		nf_future_free(next);
		n++;
	}
	assert_int_equal(n, 12);
	nf_iter_free(iter);
	nf_executor_free(executor);
}

static const struct CMUnitTest tests[] = {
	TRIAL_TEST(test_wait_for_nothing_is_over_at_once),
	FOR_EACH_SHAPE(test_wait_for_all_waits_for_all),
	FOR_EACH_SHAPE_THAT(shape_has_workers,
			    test_wait_ends_with_the_first_that_ends),
	FOR_EACH_SHAPE_THAT(shape_has_workers,
			    test_wait_ends_with_the_first_that_fails),
	FOR_EACH_SHAPE(test_wait_for_a_failure_ends_when_there_was_none),
	FOR_EACH_SHAPE(test_cancelled_future_is_no_failure_to_wait_for),
	FOR_EACH_SHAPE_THAT(shape_overlaps,
			    test_wait_times_out_and_can_be_taken_up_again),
	FOR_EACH_SHAPE(test_wait_takes_a_future_twice),
	FOR_EACH_SHAPE(test_futures_of_two_executors_are_refused),
	FOR_EACH_SHAPE_THAT(shape_has_workers,
			    test_iter_is_in_the_order_of_ending),
	FOR_EACH_SHAPE_THAT(shape_has_workers,
			    test_iter_remembers_the_order_of_ending),
	FOR_EACH_SHAPE(test_iter_begins_with_what_has_ended),
	TRIAL_TEST(test_iter_over_nothing_ends_at_once),
	FOR_EACH_SHAPE_THAT(shape_has_workers, test_iter_times_out_and_goes_on),
	FOR_EACH_SHAPE(test_iter_passes_a_future_as_often_as_it_was_given),
	FOR_EACH_SHAPE(test_iter_may_be_ended_in_the_middle),
	FOR_EACH_SHAPE(test_iter_passes_what_is_cancelled_meanwhile),
	FOR_EACH_SHAPE(test_futures_may_be_freed_once_they_were_passed),
};

UNIT_MAIN(tests)
