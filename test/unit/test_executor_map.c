/* Results in index order, with a bound on what runs ahead. */
#include "netfan.h"

#include <stdio.h>
#include <stdlib.h>

#include "unit/rig.h"

static struct nf_error err;

/* Counts its beginning, then is late the sooner it comes. */
static int task_count(void *ctx, uint32_t index, struct nf_task_io *out,
		      struct nf_error *error)
{
	struct trial_shared *shared = ctx;

	atomic_fetch_add(&shared->running, 1);
	atomic_fetch_add(&shared->begun[index % TRIAL_TASKS_MAX], 1);
	return task_tell(ctx, index, out, error);
}

static struct nf_iter *map(struct nf_executor *executor,
			   const uint32_t *indices, size_t n, size_t ahead)
{
	struct nf_iter *iter = NULL;

	if (nf_map(&iter, executor, indices, n, ahead, &err) == -1)
		fail_msg("%s", err.message);
	return iter;
}

static struct nf_future *next(struct nf_iter *iter)
{
	struct nf_future *future = NULL;
	int rc = nf_iter_next(iter, -1, &future, &err);

	if (rc == -1)
		fail_msg("%s", err.message);
	assert_int_equal(rc, 1);
	return future;
}

static void assert_next_told(struct nf_iter *iter, uint32_t index)
{
	struct nf_future *future = next(iter);
	char text[30];

	(void)snprintf(text, sizeof(text), "task %u", index);
	assert_int_equal(nf_future_index(future), index);
	assert_done_text(future, text);
}

static void assert_end(struct nf_iter *iter)
{
	struct nf_future *none = NULL;

	assert_int_equal(nf_iter_next(iter, -1, &none, &err), 0);
	assert_int_equal(nf_iter_next(iter, 0, &none, &err), 0);
	assert_null(none);
}

/* ---- order */

static void
test_map_is_in_index_order_whatever_ends_first(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_late_first, 4);
	struct nf_iter *iter = map(executor, NULL, 30, 0);

	for (uint32_t i = 0; i < 30; i++)
		assert_next_told(iter, i);
	assert_end(iter);
	nf_iter_free(iter);
	assert_int_equal(nf_executor_pending(executor), 0);
	nf_executor_free(executor);
}

static void
test_map_takes_indices_of_the_callers_choice(const struct shape *shape)
{
	static const uint32_t indices[] = {9, UINT32_MAX, 3, 3, 0, 4711, 3};
	struct nf_executor *executor = rig_start(shape, task_tell, 3);
	struct nf_iter *iter = map(executor, indices, 7, 0);

	for (size_t i = 0; i < 7; i++)
		assert_next_told(iter, indices[i]);
	assert_end(iter);
	nf_iter_free(iter);
	nf_executor_free(executor);
}

static void test_map_over_nothing_ends_at_once(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_tell, 2);
	struct nf_iter *iter = map(executor, NULL, 0, 0);

	assert_end(iter);
	nf_iter_free(iter);
	nf_executor_free(executor);
}

static void
test_map_passes_failed_tasks_in_their_place(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_fail_odd, 2);
	struct nf_iter *iter = map(executor, NULL, 21, 5);

	for (uint32_t i = 0; i < 21; i++) {
		struct nf_future *future = next(iter);

		assert_int_equal(nf_future_index(future), i);
		if (i % 2 == 1)
			assert_failed(future, NF_PROTOCOL, NULL);
		else
			assert_state(future, NF_STATE_DONE);
	}
	assert_end(iter);
	nf_iter_free(iter);
	nf_executor_free(executor);
}

/* ---- ahead */

/* After each one, step for long enough that all that may begin has. */
static void run_ahead(const struct shape *shape, size_t ahead, size_t n)
{
	struct nf_executor *executor = rig_start(shape, task_count, 4);
	struct nf_iter *iter = map(executor, NULL, n, ahead);
	size_t want = ahead < n ? ahead : n;

	for (size_t taken = 0; taken < n; taken++) {
		for (int i = 0; i < 200 && trial_shared->running < want; i++)
			rig_step(executor, 10);
		rig_step(executor, 1);
		rig_step(executor, 1);
		assert_int_equal(trial_shared->running, want);
		assert_next_told(iter, (uint32_t)taken);
		/* The next call makes room for one more. */
		want = taken + ahead < n ? taken + ahead : n;
	}
	assert_end(iter);
	nf_iter_free(iter);
	nf_executor_free(executor);
}

static void test_map_runs_no_further_ahead_than_told(const struct shape *shape)
{
	run_ahead(shape, 1, 5);
	run_ahead(shape, 3, 10);
	run_ahead(shape, 20, 10);
}

static void
test_map_runs_twice_the_fanout_ahead_when_not_told(const struct shape *shape)
{
	struct nf_executor_options options = rig_options(shape, task_count, 2);
	size_t fanout = shape->mode == NF_MODE_SEQUENTIAL ? 1
			: shape->fibers > 0               ? 8
							  : 2;
	struct nf_executor *executor = rig_open(&options);
	struct nf_iter *iter = map(executor, NULL, 100, 0);

	assert_int_equal(nf_executor_pending(executor), 2 * fanout);
	for (int i = 0; i < 5; i++)
		rig_step(executor, 5);
	assert_in_range(trial_shared->running, 0, 2 * fanout);
	nf_iter_free(iter);
	nf_executor_free(executor);
}

/* Memory for what runs ahead, and not for all that is to come. */
static void test_map_may_be_much_longer_than_it_runs_ahead(void **state)
{
	struct nf_executor *executor =
		rig_start(&shapes[SHAPE_SEQUENTIAL], task_tell, 1);
	struct nf_iter *iter = map(executor, NULL, UINT32_MAX, 2);

	(void)state;
	for (uint32_t i = 0; i < 100; i++)
		assert_next_told(iter, i);
	assert_true(nf_executor_pending(executor) <= 2);
	nf_iter_free(iter);
	nf_executor_free(executor);
}

/* An index has 32 bits. */
static void test_map_beyond_the_last_index_is_refused(void **state)
{
	struct nf_executor *executor =
		rig_start(&shapes[SHAPE_SEQUENTIAL], task_tell, 1);
	struct nf_iter *iter = NULL;
	int rc = nf_map(&iter, executor, NULL, (size_t)UINT32_MAX + 2, 2, &err);

	(void)state;
	nf_iter_free(iter);
	nf_executor_free(executor);
	assert_refused(rc, &err, NF_INVALID);
}

/* ---- ends */

static void test_map_ended_early_cancels_the_rest(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_brief, 1);
	struct nf_iter *iter = map(executor, NULL, 1000, 40);

	assert_next_told(iter, 0);
	nf_iter_free(iter);
	/* Those that a worker had, at most, go on. */
	assert_in_range(nf_executor_pending(executor), 0, 4);
	rig_finish(executor);
	nf_executor_free(executor);
}

static void
test_map_that_was_never_iterated_can_be_freed(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_count, 2);
	struct nf_iter *iter = map(executor, NULL, 1000, 40);

	assert_int_equal(nf_executor_pending(executor), 40);
	nf_iter_free(iter);
	assert_int_equal(nf_executor_pending(executor), 0);
	rig_finish(executor);
	assert_int_equal(trial_shared->running, 0);
	nf_executor_free(executor);
}

static void
test_map_outlives_its_executor_to_be_freed(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_brief, 1);
	struct nf_iter *iter = map(executor, NULL, 1000, 10);

	assert_next_told(iter, 0);
	nf_executor_free(executor);
	nf_iter_free(iter);
}

static void test_map_times_out_and_goes_on(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_wait_and_tell, 2);
	struct nf_future *none = NULL;
	struct nf_iter *iter;

	iter = map(executor, NULL, 12, 3);
	assert_refused(nf_iter_next(iter, 0, &none, &err), &err, NF_TIMEOUT);
	assert_refused(nf_iter_next(iter, 20, &none, &err), &err, NF_TIMEOUT);
	assert_null(none);
	rig_go();
	for (uint32_t i = 0; i < 12; i++)
		assert_next_told(iter, i);
	assert_end(iter);
	nf_iter_free(iter);
	nf_executor_free(executor);
}

/* What was submitted is passed still, then it says why there is no more. */
static void
test_map_says_so_when_its_executor_was_shut_down(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_tell, 2);
	struct nf_future *none = NULL;
	struct nf_iter *iter = map(executor, NULL, 12, 3);

	assert_next_told(iter, 0);
	assert_int_equal(nf_executor_shutdown(executor, false, false, &err), 0);
	assert_next_told(iter, 1);
	assert_next_told(iter, 2);
	assert_refused(nf_iter_next(iter, -1, &none, &err), &err, NF_INVALID);
	assert_refused(nf_iter_next(iter, 0, &none, &err), &err, NF_INVALID);
	nf_iter_free(iter);
	nf_executor_free(executor);
}

static void test_map_is_refused_after_the_shutdown(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_tell, 2);
	struct nf_iter *iter = NULL;

	rig_finish(executor);
	assert_refused(nf_map(&iter, executor, NULL, 12, 3, &err), &err,
		       NF_INVALID);
	assert_null(iter);
	nf_executor_free(executor);
}

static void test_maps_may_be_iterated_by_turns(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_fail_odd, 3);
	struct nf_iter *iters[3];

	for (size_t i = 0; i < 3; i++)
		iters[i] = map(executor, NULL, 20, i + 1);
	for (uint32_t i = 0; i < 20; i++) {
		for (size_t j = 0; j < 3; j++)
			assert_int_equal(nf_future_index(next(iters[j])), i);
	}
	for (size_t i = 0; i < 3; i++) {
		assert_end(iters[i]);
		nf_iter_free(iters[i]);
	}
	nf_executor_free(executor);
}

static const struct CMUnitTest tests[] = {
	FOR_EACH_SHAPE(test_map_is_in_index_order_whatever_ends_first),
	FOR_EACH_SHAPE(test_map_takes_indices_of_the_callers_choice),
	FOR_EACH_SHAPE(test_map_over_nothing_ends_at_once),
	FOR_EACH_SHAPE(test_map_passes_failed_tasks_in_their_place),
	FOR_EACH_SHAPE(test_map_runs_no_further_ahead_than_told),
	FOR_EACH_SHAPE(test_map_runs_twice_the_fanout_ahead_when_not_told),
	TRIAL_TEST(test_map_may_be_much_longer_than_it_runs_ahead),
	TRIAL_TEST(test_map_beyond_the_last_index_is_refused),
	FOR_EACH_SHAPE(test_map_ended_early_cancels_the_rest),
	FOR_EACH_SHAPE(test_map_that_was_never_iterated_can_be_freed),
	FOR_EACH_SHAPE(test_map_outlives_its_executor_to_be_freed),
	FOR_EACH_SHAPE_THAT(shape_overlaps, test_map_times_out_and_goes_on),
	FOR_EACH_SHAPE(test_map_says_so_when_its_executor_was_shut_down),
	FOR_EACH_SHAPE(test_map_is_refused_after_the_shutdown),
	FOR_EACH_SHAPE(test_maps_may_be_iterated_by_turns),
};

UNIT_MAIN(tests)
