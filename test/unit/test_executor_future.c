/* Futures of the executor: cancelled, and freed at any time. */
#include "netfan.h"

#include <signal.h>
#include <stdlib.h>

#include "unit/rig.h"

/* Options with one worker that is handed more than it can run. */
static struct nf_executor_options deep_options(const struct shape *shape,
					       nf_task_fn *task)
{
	struct nf_executor_options options = rig_options(shape, task, 1);

	options.fanout = (shape->fibers > 0 ? shape->fibers : 1) + 1;
	return options;
}

static void assert_begun(uint32_t index, unsigned times)
{
	assert_int_equal(trial_shared->begun[index], times);
}

/* ---- cancelling */

static void test_future_that_waits_can_be_cancelled(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_wait, 2);
	struct nf_future *futures[12];

	rig_submit_all(executor, futures, 12);
	assert_true(nf_future_cancel(futures[11]));
	assert_state(futures[11], NF_STATE_CANCELLED);
	assert_int_equal(nf_executor_pending(executor), 11);
	assert_int_equal(nf_future_worker(futures[11]), 0);
	rig_go();
	rig_finish(executor);
	assert_failed(futures[11], NF_CANCELLED, NULL);
	assert_begun(11, 0);
	for (uint32_t i = 0; i < 11; i++) {
		assert_done(futures[i], NULL, 0);
		assert_begun(i, 1);
	}
	rig_close(executor, futures, 12);
}

static void test_all_that_wait_can_be_cancelled(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_wait, 2);
	struct nf_future *futures[12];

	rig_submit_all(executor, futures, 12);
	for (size_t i = 0; i < 12; i++)
		assert_true(nf_future_cancel(futures[i]));
	assert_int_equal(nf_executor_pending(executor), 0);
	rig_finish(executor);
	rig_step(executor, 0);
	for (uint32_t i = 0; i < 12; i++)
		assert_begun(i, 0);
	rig_close(executor, futures, 12);
}

static void
test_executor_goes_on_after_all_were_cancelled(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_tell, 2);
	struct nf_future *futures[12], *last;

	rig_submit_all(executor, futures, 12);
	for (size_t i = 0; i < 12; i++)
		assert_true(nf_future_cancel(futures[i]));
	last = rig_submit(executor, 12);
	assert_done_text(last, "task 12");
	nf_future_free(last);
	rig_close(executor, futures, 12);
}

static void test_running_future_cannot_be_cancelled(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_wait_and_tell, 1);
	struct nf_future *future;

	future = rig_submit(executor, 0);
	rig_await_running(executor, 1);
	assert_false(nf_future_cancel(future));
	rig_go();
	assert_done_text(future, "task 0");
	rig_close(executor, &future, 1);
}

/* The first dies of it. */
static int task_first_dies(void *ctx, uint32_t index, struct nf_task_io *out,
			   struct nf_error *error)
{
	if (index == 0)
		trial_die_by(SIGKILL);
	return task_tell(ctx, index, out, error);
}

static void cancel_it(void *arg, struct nf_future *future)
{
	(void)future;
	assert_true(nf_future_cancel(arg));
}

/* The worker that had it died before it was begun. */
static void test_future_that_came_back_can_be_cancelled(void **state)
{
	struct nf_executor_options options;
	struct nf_executor *executor;
	struct nf_future *futures[3];
	struct nf_error err;

	(void)state;
	if (!shape_can_fork())
		UNIT_SKIP("no process can be forked here");
	options = rig_options(&shapes[SHAPE_PROCESS], task_first_dies, 1);
	options.fanout = 3;
	executor = rig_open(&options);
	rig_submit_all(executor, futures, 3);
	assert_int_equal(nf_future_add_done_callback(futures[0], cancel_it,
						     futures[2], &err),
			 0);
	rig_finish(executor);
	assert_state(futures[0], NF_STATE_FAILED);
	assert_done_text(futures[1], "task 1");
	assert_state(futures[2], NF_STATE_CANCELLED);
	rig_close(executor, futures, 3);
}

/* A worker holds one more than it can run. */
static void
test_future_that_was_handed_out_cannot_be_cancelled(const struct shape *shape)
{
	struct nf_executor_options options;
	struct nf_executor *executor;
	struct nf_future *futures[6];
	size_t held;

	options = deep_options(shape, task_wait_and_tell);
	held = options.fanout;
	executor = rig_open(&options);
	rig_submit_all(executor, futures, held + 1);
	rig_await_running(executor, (unsigned)held - 1);
	assert_begun((uint32_t)held - 1, 0);
	assert_state(futures[held - 1], NF_STATE_PENDING);
	assert_false(nf_future_cancel(futures[held - 1]));
	assert_state(futures[held - 1], NF_STATE_PENDING);
	assert_true(nf_future_cancel(futures[held]));
	rig_go();
	rig_finish(executor);
	for (size_t i = 0; i < held; i++)
		assert_state(futures[i], NF_STATE_DONE);
	assert_state(futures[held], NF_STATE_CANCELLED);
	rig_close(executor, futures, held + 1);
}

static void test_future_that_has_ended_stays_as_it_is(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_fail_odd, 1);
	struct nf_future *futures[8];

	rig_submit_all(executor, futures, 8);
	assert_true(nf_future_cancel(futures[7]));
	assert_done_text(futures[0], "task 0");
	assert_failed(futures[1], NF_PROTOCOL, NULL);
	assert_false(nf_future_cancel(futures[0]));
	assert_false(nf_future_cancel(futures[1]));
	assert_true(nf_future_cancel(futures[7]));
	assert_state(futures[0], NF_STATE_DONE);
	assert_state(futures[1], NF_STATE_FAILED);
	assert_state(futures[7], NF_STATE_CANCELLED);
	rig_finish(executor);
	assert_failed(futures[7], NF_CANCELLED, NULL);
	rig_close(executor, futures, 8);
}

/* ---- freeing */

static void test_future_may_be_freed_while_it_waits(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_wait, 1);
	struct nf_future *futures[12];

	rig_submit_all(executor, futures, 12);
	for (size_t i = 0; i < 12; i++)
		nf_future_free(futures[i]);
	rig_go();
	assert_int_equal(nf_executor_pending(executor), 12);
	rig_finish(executor);
	for (uint32_t i = 0; i < 12; i++)
		assert_begun(i, 1);
	nf_executor_free(executor);
}

/* Its result is dropped, also a large one. */
static int task_tell_much(void *ctx, uint32_t index, struct nf_task_io *out,
			  struct nf_error *err)
{
	static const char bytes[100000];

	for (int i = 0; i < 10; i++) {
		if (nf_write(out, bytes, sizeof(bytes)) == -1)
			return -1;
	}
	if (task_wait(ctx, index, out, err) == -1)
		return -1;
	return nf_write(out, bytes, sizeof(bytes));
}

static void test_future_may_be_freed_while_it_runs(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_tell_much, 2);
	struct nf_future *futures[2];

	rig_submit_all(executor, futures, 2);
	rig_await_running(executor, 1);
	nf_future_free(futures[0]);
	nf_future_free(futures[1]);
	rig_step(executor, 0);
	rig_go();
	rig_finish(executor);
	assert_begun(0, 1);
	assert_begun(1, 1);
	nf_executor_free(executor);
}

static void test_future_may_be_freed_when_it_is_done(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_tell, 2);
	struct nf_future *futures[4];

	rig_submit_all(executor, futures, 4);
	for (size_t i = 4; i-- > 0;) {
		assert_state(futures[i], NF_STATE_PENDING);
		nf_future_free(futures[i]);
		futures[i] = rig_submit(executor, (uint32_t)i);
	}
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(
			nf_future_result(futures[i], -1, NULL, NULL, NULL), 0);
		nf_future_free(futures[i]);
	}
	rig_finish(executor);
	nf_executor_free(executor);
	nf_future_free(NULL);
}

static void
test_future_may_be_cancelled_and_freed_at_once(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_wait, 1);
	struct nf_future *futures[12];

	rig_submit_all(executor, futures, 12);
	for (size_t i = 0; i < 12; i += 2) {
		assert_true(nf_future_cancel(futures[i]));
		nf_future_free(futures[i]);
	}
	rig_go();
	rig_finish(executor);
	for (uint32_t i = 0; i < 12; i++)
		assert_begun(i, i % 2);
	for (size_t i = 1; i < 12; i += 2)
		nf_future_free(futures[i]);
	nf_executor_free(executor);
}

/* Two thousand of them, in every state there is, in any order. */
static void test_futures_may_be_freed_in_any_order(const struct shape *shape)
{
	unsigned seed = 4711;
	struct nf_executor *executor = rig_start(shape, task_fail_odd, 2);
	struct nf_future *futures[2000];

	rig_submit_all(executor, futures, 2000);
	for (size_t i = 0; i < 2000; i++) {
		size_t other = (size_t)rand_r(&seed) % 2000;
		struct nf_future *swapped = futures[i];

		futures[i] = futures[other];
		futures[other] = swapped;
	}
	for (size_t i = 0; i < 2000; i++) {
		if (i % 10 == 0)
			rig_step(executor, 0);
		if (i % 3 == 0)
			(void)nf_future_cancel(futures[i]);
		nf_future_free(futures[i]);
	}
	rig_finish(executor);
	nf_executor_free(executor);
}

static const struct CMUnitTest tests[] = {
	FOR_EACH_SHAPE(test_future_that_waits_can_be_cancelled),
	FOR_EACH_SHAPE(test_all_that_wait_can_be_cancelled),
	FOR_EACH_SHAPE(test_executor_goes_on_after_all_were_cancelled),
	FOR_EACH_SHAPE_THAT(shape_overlaps,
			    test_running_future_cannot_be_cancelled),
	TRIAL_TEST(test_future_that_came_back_can_be_cancelled),
	FOR_EACH_SHAPE_THAT(
		shape_has_workers,
		test_future_that_was_handed_out_cannot_be_cancelled),
	FOR_EACH_SHAPE(test_future_that_has_ended_stays_as_it_is),
	FOR_EACH_SHAPE(test_future_may_be_freed_while_it_waits),
	FOR_EACH_SHAPE_THAT(shape_overlaps,
			    test_future_may_be_freed_while_it_runs),
	FOR_EACH_SHAPE(test_future_may_be_freed_when_it_is_done),
	FOR_EACH_SHAPE(test_future_may_be_cancelled_and_freed_at_once),
	FOR_EACH_SHAPE(test_futures_may_be_freed_in_any_order),
};

UNIT_MAIN(tests)
