/* Callbacks of the executor's futures. */
#include "netfan.h"

#include <string.h>

#include "unit/rig.h"

#define CALLS_MAX 64

static struct nf_error err;

/* What callbacks saw: they only note it, as a failing assertion would jump out
 * of the step. */
static struct {
	int tags[CALLS_MAX]; /* in the order of the calls */
	uint32_t indices[CALLS_MAX];
	enum nf_state states[CALLS_MAX];
	size_t n;
	int depth, deepest; /* of calls inside calls */
	int rc; /* of what the callback tried, and why it was refused */
	enum nf_code code;
	bool cancelled;
	struct nf_executor *executor; /* for callbacks that use them */
	struct nf_future *other;
	struct nf_iter *iter;
} seen;

static void seen_begin(struct nf_executor *executor, struct nf_future *other)
{
	memset(&seen, 0, sizeof(seen));
	memset(&err, 0, sizeof(err));
	seen.executor = executor;
	seen.other = other;
}

/* Called first in each callback; arg is its tag. */
static void note(void *arg, const struct nf_future *future)
{
	if (++seen.depth > seen.deepest)
		seen.deepest = seen.depth;
	if (seen.n == CALLS_MAX)
		return;
	seen.tags[seen.n] = (int)(intptr_t)arg;
	seen.indices[seen.n] = nf_future_index(future);
	seen.states[seen.n++] = nf_future_state(future);
}

static void leave(void)
{
	seen.depth--;
}

static void *tag(int n)
{
	return (void *)(intptr_t)n;
}

static void add(struct nf_future *future,
		void (*fn)(void *arg, struct nf_future *future), int n)
{
	struct nf_error error;

	if (nf_future_add_done_callback(future, fn, tag(n), &error) == -1)
		seen.rc = -1;
}

static void assert_tags(const int *tags, size_t n)
{
	assert_int_equal(seen.n, n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(seen.tags[i], tags[i]);
	assert_int_equal(seen.depth, 0);
	assert_true(n == 0 || seen.deepest == 1);
}

/* ---- callbacks */

static void on_end(void *arg, struct nf_future *future)
{
	note(arg, future);
	leave();
}

static void on_end_submit(void *arg, struct nf_future *future)
{
	struct nf_future *more = NULL;

	note(arg, future);
	seen.rc = nf_submit(seen.executor, nf_future_index(future) + 1, &more,
			    &err);
	if (seen.rc == 0 && nf_future_index(more) < 5)
		add(more, on_end_submit, 0);
	nf_future_free(more);
	leave();
}

static void on_end_cancel(void *arg, struct nf_future *future)
{
	note(arg, future);
	seen.cancelled = nf_future_cancel(seen.other);
	leave();
}

static void on_end_add(void *arg, struct nf_future *future)
{
	note(arg, future);
	add(future, on_end, 8);
	add(future, on_end, 9);
	leave();
}

static void on_end_add_to_other(void *arg, struct nf_future *future)
{
	note(arg, future);
	add(seen.other, on_end, 7);
	leave();
}

static void on_end_free(void *arg, struct nf_future *future)
{
	note(arg, future);
	nf_future_free(future);
	leave();
}

static void on_end_add_and_free(void *arg, struct nf_future *future)
{
	note(arg, future);
	add(future, on_end, 8);
	nf_future_free(future);
	leave();
}

static void on_end_free_other(void *arg, struct nf_future *future)
{
	note(arg, future);
	nf_future_free(seen.other);
	leave();
}

static void note_refusal(int rc)
{
	if (rc == -1 && err.code == NF_INVALID && err.message[0] != '\0')
		seen.rc--;
	err.code = NF_OK;
}

/* Each of them must be refused: seen.rc counts. */
static void on_end_wait(void *arg, struct nf_future *future)
{
	struct nf_future *next;

	note(arg, future);
	note_refusal(nf_executor_step(seen.executor, 0, &err));
	note_refusal(nf_executor_step(seen.executor, -1, &err));
	note_refusal(nf_future_result(seen.other, -1, NULL, NULL, &err));
	note_refusal(nf_future_result(seen.other, 0, NULL, NULL, &err));
	note_refusal(nf_wait(&seen.other, 1, NF_ALL_COMPLETED, -1, &err));
	note_refusal(nf_iter_next(seen.iter, -1, &next, &err));
	note_refusal(nf_executor_shutdown(seen.executor, true, false, &err));
	leave();
}

/* None of them needs to wait. */
static void on_end_look(void *arg, struct nf_future *future)
{
	const void *bytes = NULL;
	size_t len = 0;

	note(arg, future);
	if (nf_future_result(future, -1, &bytes, &len, &err) == 0 && len == 6 &&
	    memcmp(bytes, "task 0", 6) == 0 &&
	    nf_wait(&future, 1, NF_ALL_COMPLETED, -1, &err) == 1 &&
	    nf_executor_pending(seen.executor) == 0)
		seen.rc = 1;
	leave();
}

static void on_end_terminate(void *arg, struct nf_future *future)
{
	note(arg, future);
	nf_executor_terminate(seen.executor);
	leave();
}

static void on_end_shutdown(void *arg, struct nf_future *future)
{
	note(arg, future);
	seen.rc = nf_executor_shutdown(seen.executor, false, true, &err);
	leave();
}

/* ---- when they are called */

static void
test_callbacks_are_called_once_in_the_order_of_adding(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_fail_odd, 2);
	struct nf_future *futures[2];

	seen_begin(executor, NULL);
	rig_submit_all(executor, futures, 2);
	add(futures[0], on_end, 1);
	add(futures[0], on_end, 2);
	add(futures[0], on_end, 3);
	assert_int_equal(seen.n, 0);
	assert_done_text(futures[0], "task 0");
	assert_tags((int[]){1, 2, 3}, 3);
	assert_int_equal(seen.states[2], NF_STATE_DONE);
	add(futures[1], on_end, 4);
	rig_finish(executor);
	assert_tags((int[]){1, 2, 3, 4}, 4);
	assert_int_equal(seen.states[3], NF_STATE_FAILED);
	rig_close(executor, futures, 2);
	assert_tags((int[]){1, 2, 3, 4}, 4);
}

static void
test_callback_comes_from_the_step_that_ended_the_task(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_tell, 1);
	struct nf_future *future = rig_submit(executor, 0);

	seen_begin(executor, NULL);
	add(future, on_end, 1);
	while (nf_future_state(future) != NF_STATE_DONE) {
		assert_int_equal(seen.n, 0);
		rig_step(executor, 100);
	}
	assert_tags((int[]){1}, 1);
	rig_close(executor, &future, 1);
}

static void
test_callback_added_late_is_called_at_once(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_tell, 1);
	struct nf_future *future = rig_submit(executor, 0);

	seen_begin(executor, NULL);
	assert_done_text(future, "task 0");
	add(future, on_end, 1);
	assert_tags((int[]){1}, 1);
	nf_executor_free(executor);
	add(future, on_end, 2);
	assert_tags((int[]){1, 2}, 2);
	rig_close(NULL, &future, 1);
}

static void test_callback_hears_of_a_cancelled_future(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_tell, 1);
	struct nf_future *future = rig_submit(executor, 0);

	seen_begin(executor, NULL);
	add(future, on_end, 1);
	assert_true(nf_future_cancel(future));
	assert_tags((int[]){1}, 1);
	assert_int_equal(seen.states[0], NF_STATE_CANCELLED);
	assert_true(nf_future_cancel(future));
	rig_step(executor, 0);
	rig_finish(executor);
	assert_tags((int[]){1}, 1);
	rig_close(executor, &future, 1);
}

/* What waits, by what ends it. */
static void
test_callbacks_hear_of_every_end_of_the_executor(const struct shape *shape)
{
	for (int end = 0; end < 3; end++) {
		struct nf_executor *executor = rig_start(shape, task_tell, 1);
		struct nf_future *futures[9];

		seen_begin(executor, NULL);
		rig_submit_all(executor, futures, 9);
		for (int i = 0; i < 9; i++)
			add(futures[i], on_end, i);
		if (end == 0)
			assert_int_equal(nf_executor_shutdown(executor, true,
							      true, &err),
					 0);
		else if (end == 1)
			nf_executor_terminate(executor);
		nf_executor_free(executor);
		assert_tags((int[]){0, 1, 2, 3, 4, 5, 6, 7, 8}, 9);
		assert_int_equal(seen.states[8], NF_STATE_CANCELLED);
		rig_close(NULL, futures, 9);
	}
}

/* ---- what they may do */

static void test_callback_may_submit(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_tell, 1);
	struct nf_future *future = rig_submit(executor, 0);

	seen_begin(executor, NULL);
	add(future, on_end_submit, 0);
	while (nf_executor_pending(executor) > 0)
		rig_step(executor, -1);
	assert_tags((int[]){0, 0, 0, 0, 0}, 5);
	assert_int_equal(seen.indices[4], 4);
	rig_close(executor, &future, 1);
}

static void
test_callback_is_refused_a_submit_after_the_shutdown(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_tell, 1);
	struct nf_future *future = rig_submit(executor, 0);

	seen_begin(executor, NULL);
	add(future, on_end_submit, 0);
	rig_finish(executor);
	assert_refused(seen.rc, &err, NF_INVALID);
	rig_close(executor, &future, 1);
}

static void test_callback_may_cancel(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_brief, 1);
	struct nf_future *futures[12];

	rig_submit_all(executor, futures, 12);
	seen_begin(executor, futures[11]);
	/* From a cancel that comes from outside of any step, too. */
	add(futures[10], on_end_cancel, 1);
	add(futures[11], on_end, 2);
	assert_true(nf_future_cancel(futures[10]));
	assert_true(seen.cancelled);
	assert_tags((int[]){1, 2}, 2);
	seen_begin(executor, futures[9]);
	add(futures[0], on_end_cancel, 1);
	assert_done_text(futures[0], "task 0");
	assert_true(seen.cancelled);
	assert_state(futures[9], NF_STATE_CANCELLED);
	rig_close(executor, futures, 12);
}

static void test_callback_may_add_another(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_tell, 1);
	struct nf_future *future = rig_submit(executor, 0);

	seen_begin(executor, NULL);
	add(future, on_end_add, 1);
	add(future, on_end, 2);
	assert_done_text(future, "task 0");
	assert_tags((int[]){1, 2, 8, 9}, 4);
	/* The same for one that is called at once. */
	seen_begin(executor, NULL);
	add(future, on_end_add, 1);
	assert_tags((int[]){1, 8, 9}, 3);
	rig_close(executor, &future, 1);
}

static void test_callback_may_add_to_another_future(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_tell, 1);
	struct nf_future *futures[2];

	rig_submit_all(executor, futures, 2);
	assert_done_text(futures[1], "task 1");
	assert_done_text(futures[0], "task 0");
	seen_begin(executor, futures[1]);
	add(futures[0], on_end_add_to_other, 1);
	assert_tags((int[]){1, 7}, 2);
	rig_close(executor, futures, 2);
}

static void test_callback_without_executor_is_called_in_no_other(void **state)
{
	struct nf_executor *executor =
		rig_start(&shapes[SHAPE_SEQUENTIAL], task_tell, 1);
	struct nf_future *future = rig_submit(executor, 0);

	(void)state;
	assert_done_text(future, "task 0");
	nf_executor_free(executor);
	seen_begin(NULL, NULL);
	add(future, on_end_add, 1);
	assert_tags((int[]){1, 8, 9}, 3);
	nf_future_free(future);
}

static void test_callback_may_free_its_future(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_tell, 1);
	struct nf_future *futures[4];

	seen_begin(executor, NULL);
	rig_submit_all(executor, futures, 4);
	add(futures[0], on_end_free, 1);
	add(futures[0], on_end, 2);
	add(futures[3], on_end_add_and_free, 3);
	assert_true(nf_future_cancel(futures[3]));
	assert_tags((int[]){3, 8}, 2);
	assert_done_text(futures[1], "task 1");
	rig_finish(executor);
	assert_tags((int[]){3, 8, 1, 2}, 4);
	add(futures[1], on_end_add_and_free, 4);
	nf_executor_free(executor);
	nf_future_free(futures[2]);
}

static void test_callback_without_executor_may_free_its_future(void **state)
{
	struct nf_executor *executor =
		rig_start(&shapes[SHAPE_SEQUENTIAL], task_tell, 1);
	struct nf_future *futures[2];

	(void)state;
	rig_submit_all(executor, futures, 2);
	assert_done_text(futures[1], "task 1");
	assert_done_text(futures[0], "task 0");
	nf_executor_free(executor);
	seen_begin(NULL, NULL);
	add(futures[0], on_end_free, 1);
	add(futures[1], on_end_add_and_free, 2);
	assert_tags((int[]){1, 2, 8}, 3);
}

static void test_callback_may_free_another_future(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_tell, 2);
	struct nf_future *futures[40];

	rig_submit_all(executor, futures, 40);
	seen_begin(executor, futures[39]);
	add(futures[0], on_end_free_other, 1);
	rig_finish(executor);
	assert_tags((int[]){1}, 1);
	rig_close(executor, futures, 39);
}

static void test_callback_may_not_wait(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_brief, 1);
	struct nf_future *futures[12];

	rig_submit_all(executor, futures, 12);
	seen_begin(executor, futures[11]);
	assert_int_equal(nf_as_completed(&seen.iter, futures + 6, 3, &err), 0);
	/* From a step, and from outside of one. */
	add(futures[10], on_end_wait, 1);
	assert_true(nf_future_cancel(futures[10]));
	assert_int_equal(seen.rc, -7);
	add(futures[0], on_end_wait, 2);
	while (seen.n < 2)
		rig_step(executor, 10);
	assert_int_equal(seen.rc, -14);
	assert_tags((int[]){1, 2}, 2);
	/* None of it did any harm: it takes tasks, and does them. */
	nf_future_free(futures[0]);
	futures[0] = rig_submit(executor, 0);
	assert_done_text(futures[11], "task 11");
	nf_iter_free(seen.iter);
	rig_close(executor, futures, 12);
}

static void test_callback_may_look_at_what_has_ended(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_tell, 1);
	struct nf_future *future = rig_submit(executor, 0);

	seen_begin(executor, NULL);
	add(future, on_end_look, 1);
	rig_finish(executor);
	assert_tags((int[]){1}, 1);
	assert_int_equal(seen.rc, 1);
	rig_close(executor, &future, 1);
}

static void test_callback_may_terminate(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_brief, 1);
	struct nf_future *futures[12];

	rig_submit_all(executor, futures, 12);
	seen_begin(executor, NULL);
	add(futures[11], on_end, 5);
	add(futures[2], on_end_terminate, 1);
	while (nf_executor_pending(executor) > 0)
		rig_step(executor, -1);
	assert_tags((int[]){1, 5}, 2);
	assert_state(futures[2], NF_STATE_DONE);
	assert_state(futures[11], NF_STATE_CANCELLED);
	rig_close(executor, futures, 12);
}

static void test_callback_may_shut_down(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_tell, 1);
	struct nf_future *futures[40];

	rig_submit_all(executor, futures, 40);
	seen_begin(executor, NULL);
	add(futures[39], on_end, 5);
	add(futures[0], on_end_shutdown, 1);
	rig_finish(executor);
	assert_int_equal(seen.rc, 0);
	assert_state(futures[0], NF_STATE_DONE);
	assert_int_equal(seen.n, 2);
	rig_close(executor, futures, 40);
}

static const struct CMUnitTest tests[] = {
	FOR_EACH_SHAPE(test_callbacks_are_called_once_in_the_order_of_adding),
	FOR_EACH_SHAPE(test_callback_comes_from_the_step_that_ended_the_task),
	FOR_EACH_SHAPE(test_callback_added_late_is_called_at_once),
	FOR_EACH_SHAPE(test_callback_hears_of_a_cancelled_future),
	FOR_EACH_SHAPE(test_callbacks_hear_of_every_end_of_the_executor),
	FOR_EACH_SHAPE(test_callback_may_submit),
	FOR_EACH_SHAPE(test_callback_is_refused_a_submit_after_the_shutdown),
	FOR_EACH_SHAPE(test_callback_may_cancel),
	FOR_EACH_SHAPE(test_callback_may_add_another),
	FOR_EACH_SHAPE(test_callback_may_add_to_another_future),
	TRIAL_TEST(test_callback_without_executor_is_called_in_no_other),
	FOR_EACH_SHAPE(test_callback_may_free_its_future),
	TRIAL_TEST(test_callback_without_executor_may_free_its_future),
	FOR_EACH_SHAPE(test_callback_may_free_another_future),
	FOR_EACH_SHAPE(test_callback_may_not_wait),
	FOR_EACH_SHAPE(test_callback_may_look_at_what_has_ended),
	FOR_EACH_SHAPE(test_callback_may_terminate),
	FOR_EACH_SHAPE(test_callback_may_shut_down),
};

UNIT_MAIN(tests)
