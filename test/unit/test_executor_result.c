/* The executor: what tasks write, and how they fail. */
#include "netfan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/error.h"
#include "unit/rig.h"
#include "unit/waits.h"

#define CHUNK ((size_t)10007)

/* ---- tasks */

static int task_bytes(void *ctx, uint32_t index, struct nf_task_io *out,
		      struct nf_error *err)
{
	uint8_t bytes[256];

	(void)ctx;
	(void)index;
	(void)err;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	(void)nf_write(out, "", 0);
	if (nf_write(out, bytes, 1) == -1)
		return -1;
	return nf_write(out, bytes + 1, sizeof(bytes) - 1);
}

/* A place in the text of large results: never the same for two chunks. */
static uint8_t large_byte(size_t at)
{
	return (uint8_t)(at % CHUNK * 7 + at / CHUNK);
}

/* Writes index bytes, in pieces that are no power of two, and one large. */
static int task_large(void *ctx, uint32_t index, struct nf_task_io *out,
		      struct nf_error *err)
{
	uint8_t *bytes = malloc(CHUNK);
	int rc = bytes == NULL ? -1 : 0;

	(void)ctx;
	(void)err;
	for (size_t at = 0; rc == 0 && at < index; at += CHUNK) {
		size_t len = index - at < CHUNK ? index - at : CHUNK;

		for (size_t i = 0; i < len; i++)
			bytes[i] = large_byte(at + i);
		rc = nf_write(out, bytes, len);
	}
	free(bytes);
	return rc;
}

/* Writes a megabyte at once. */
static int task_one_piece(void *ctx, uint32_t index, struct nf_task_io *out,
			  struct nf_error *err)
{
	uint8_t *bytes = malloc(index);
	int rc;

	(void)ctx;
	(void)err;
	if (bytes == NULL)
		return -1;
	for (size_t i = 0; i < index; i++)
		bytes[i] = large_byte(i);
	rc = nf_write(out, bytes, index);
	free(bytes);
	return rc;
}

/* Fails with its index as the code. */
static int task_code(void *ctx, uint32_t index, struct nf_task_io *out,
		     struct nf_error *err)
{
	(void)ctx;
	(void)out;
	*err = (struct nf_error){.code = (enum nf_code)index,
				 .stage = NF_STAGE_PROMPT,
				 .sys_errno = 4711};
	(void)snprintf(err->message, sizeof(err->message), "code %u", index);
	return -1;
}

/* Returns its index, as an int. */
static int task_return(void *ctx, uint32_t index, struct nf_task_io *out,
		       struct nf_error *err)
{
	(void)ctx;
	(void)out;
	(void)err;
	return (int)index;
}

/* As strncpy() leaves it: no NUL. */
static int task_full_message(void *ctx, uint32_t index, struct nf_task_io *out,
			     struct nf_error *err)
{
	(void)ctx;
	(void)index;
	(void)out;
	err->code = NF_PROTOCOL;
	memset(err->message, 'x', sizeof(err->message));
	return -1;
}

/* Counts how often it began, and notes when. */
static int task_order(void *ctx, uint32_t index, struct nf_task_io *out,
		      struct nf_error *err)
{
	struct trial_shared *shared = ctx;
	unsigned at = atomic_fetch_add(&shared->running, 1);

	(void)out;
	(void)err;
	atomic_store(&shared->begun[index], at + 1);
	return 0;
}

/* ---- results */

static void test_result_of_no_bytes_is_empty(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_nothing, 2);
	struct nf_future *future = rig_submit(executor, 7);

	assert_done(future, NULL, 0);
	assert_int_equal(nf_future_index(future), 7);
	rig_close(executor, &future, 1);
}

static void test_result_is_what_the_task_wrote(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_tell, 2);
	struct nf_future *futures[3];

	rig_submit_all(executor, futures, 3);
	assert_done_text(futures[2], "task 2");
	assert_done_text(futures[0], "task 0");
	assert_done_text(futures[1], "task 1");
	rig_close(executor, futures, 3);
}

static void test_result_may_hold_any_byte(const struct shape *shape)
{
	uint8_t bytes[256];
	struct nf_executor *executor = rig_start(shape, task_bytes, 2);
	struct nf_future *future = rig_submit(executor, 0);

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	assert_done(future, bytes, sizeof(bytes));
	rig_close(executor, &future, 1);
}

static void assert_large(struct nf_future *future, size_t want_len)
{
	const void *bytes = NULL;
	const uint8_t *at;
	size_t len = 0, wrong = 0;
	struct nf_error err = {.code = NF_OK};

	if (nf_future_result(future, -1, &bytes, &len, &err) == -1)
		fail_msg("%s", err.message);
	assert_int_equal(len, want_len);
	at = bytes;
	for (size_t i = 0; i < len; i++)
		wrong += at[i] != large_byte(i);
	assert_int_equal(wrong, 0);
}

static void run_large(const struct shape *shape, nf_task_fn *task, uint32_t len)
{
	struct nf_executor *executor = rig_start(shape, task, 2);
	struct nf_future *futures[2];

	futures[0] = rig_submit(executor, len);
	futures[1] = rig_submit(executor, len + 1);
	assert_large(futures[1], len + 1);
	assert_large(futures[0], len);
	rig_finish(executor);
	/* In a file by now: it stays readable, again and again. */
	nf_executor_free(executor);
	assert_large(futures[0], len);
	assert_large(futures[1], len + 1);
	rig_close(NULL, futures, 2);
}

static void test_result_of_a_megabyte_is_whole(const struct shape *shape)
{
	run_large(shape, task_large, 1 << 20);
}

static void test_result_may_be_written_in_one_piece(const struct shape *shape)
{
	run_large(shape, task_one_piece, 1 << 20);
}

static void test_result_of_20_megabytes_is_whole(const struct shape *shape)
{
	if (rig_is_slow())
		UNIT_SKIP("it would take long here");
	run_large(shape, task_large, 20 << 20);
}

/* More results than descriptors: each is kept until its future is freed. */
static void test_large_results_take_no_descriptor_each(void **state)
{
	struct nf_executor *executor;
	struct nf_future *futures[100];
	struct rlimit before, few;
	size_t lost = 0;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = (struct rlimit){.rlim_cur = 60, .rlim_max = before.rlim_max};
	executor = rig_start(&shapes[SHAPE_SEQUENTIAL], task_one_piece, 1);
	for (size_t i = 0; i < 100; i++)
		futures[i] = rig_submit(executor, 300000);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	rig_finish(executor);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	for (size_t i = 0; i < 100; i++)
		lost += nf_future_state(futures[i]) != NF_STATE_DONE;
	rig_close(executor, futures, 100);
	assert_int_equal(lost, 0);
}

static void test_result_can_be_asked_for_without_bytes(void **state)
{
	struct nf_executor *executor =
		rig_start(&shapes[SHAPE_SEQUENTIAL], task_tell, 1);
	struct nf_future *future = rig_submit(executor, 0);
	struct nf_error err = {.code = NF_OK};
	const void *bytes = NULL;
	size_t len = 0;

	(void)state;
	assert_int_equal(nf_future_result(future, -1, NULL, NULL, &err), 0);
	assert_int_equal(nf_future_result(future, -1, NULL, &len, &err), 0);
	assert_int_equal(len, 6);
	assert_int_equal(nf_future_result(future, 0, &bytes, NULL, &err), 0);
	assert_memory_equal(bytes, "task 0", 6);
	rig_close(executor, &future, 1);
}

/* ---- failures */

static void test_failed_task_tells_its_error(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_code, 2);
	struct nf_future *futures[NF_NCODES];

	for (uint32_t code = NF_OK + 1; code < NF_NCODES; code++)
		futures[code] = rig_submit(executor, code);
	rig_finish(executor);
	for (uint32_t code = NF_OK + 1; code < NF_NCODES; code++) {
		const struct nf_error *error = nf_future_error(futures[code]);
		char message[20];

		(void)snprintf(message, sizeof(message), "code %u", code);
		assert_state(futures[code], NF_STATE_FAILED);
		assert_int_equal(error->code, code);
		assert_string_equal(error->message, message);
		assert_int_equal(error->stage, NF_STAGE_PROMPT);
		assert_int_equal(error->sys_errno, 4711);
	}
	rig_close(executor, futures + 1, NF_NCODES - 1);
}

/* A task may well say NF_CANCELLED: it failed then, it was not cancelled. */
static void test_failed_task_has_the_state_failed_whatever_its_code(
	const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_code, 2);
	struct nf_future *future = rig_submit(executor, NF_CANCELLED);

	rig_finish(executor);
	assert_state(future, NF_STATE_FAILED);
	assert_false(nf_future_cancel(future));
	rig_close(executor, &future, 1);
}

static void
test_task_that_says_no_reason_fails_all_the_same(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_return, 2);
	struct nf_future *futures[3];

	futures[0] = rig_submit(executor, UINT32_MAX); /* -1 */
	futures[1] = rig_submit(executor, 5);
	futures[2] = rig_submit(executor, 0);
	assert_failed(futures[0], NF_SYSTEM, "failed without saying why");
	assert_failed(futures[1], NF_SYSTEM, "failed without saying why");
	assert_done(futures[2], NULL, 0);
	rig_close(executor, futures, 3);
}

/* Neither may end the worker: a task's mistake is that task's failure. */
static void
test_code_outside_the_list_fails_that_task_alone(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_code, 1);
	struct nf_future *futures[4];

	futures[0] = rig_submit(executor, 1000);
	futures[1] = rig_submit(executor, NF_NCODES);
	futures[2] = rig_submit(executor, UINT32_MAX);
	futures[3] = rig_submit(executor, NF_REFUSED);
	assert_failed(futures[0], NF_SYSTEM, NULL);
	assert_failed(futures[1], NF_SYSTEM, NULL);
	assert_failed(futures[2], NF_SYSTEM, NULL);
	assert_failed(futures[3], NF_REFUSED, "code 2");
	rig_close(executor, futures, 4);
}

static void test_message_without_its_end_is_cut(const struct shape *shape)
{
	char want[sizeof(((struct nf_error *)0)->message)];
	struct nf_executor *executor = rig_start(shape, task_full_message, 1);
	struct nf_future *future = rig_submit(executor, 0);

	memset(want, 'x', sizeof(want) - 1);
	want[sizeof(want) - 1] = '\0';
	assert_failed(future, NF_PROTOCOL, want);
	rig_close(executor, &future, 1);
}

static void test_failed_tasks_leave_the_others_alone(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_fail_odd, 2);
	struct nf_future *futures[20];

	rig_submit_all(executor, futures, 20);
	rig_finish(executor);
	for (unsigned i = 0; i < 20; i++) {
		char text[30];

		(void)snprintf(text, sizeof(text),
			       i % 2 ? "task %u is wrong" : "task %u", i);
		if (i % 2 == 1)
			assert_failed(futures[i], NF_PROTOCOL, text);
		else
			assert_done_text(futures[i], text);
	}
	rig_close(executor, futures, 20);
}

/* ---- waiting for a result */

static void test_result_times_out_and_comes_later(const struct shape *shape)
{
	const void *bytes = NULL;
	size_t len = 4711;
	struct nf_executor *executor = rig_start(shape, task_wait_and_tell, 2);
	struct nf_future *futures[9];
	struct nf_error err = {.code = NF_OK};

	rig_submit_all(executor, futures, 9);
	assert_refused(nf_future_result(futures[8], 0, &bytes, &len, &err),
		       &err, NF_TIMEOUT);
	assert_state(futures[8], NF_STATE_PENDING);
	rig_await_state(executor, futures[0], NF_STATE_RUNNING);
	assert_refused(nf_future_result(futures[0], 0, &bytes, &len, &err),
		       &err, NF_TIMEOUT);
	assert_refused(nf_future_result(futures[0], 30, &bytes, &len, &err),
		       &err, NF_TIMEOUT);
	assert_state(futures[0], NF_STATE_RUNNING);
	assert_null(nf_future_error(futures[0]));
	assert_null(bytes);
	assert_int_equal(len, 4711);
	rig_go();
	assert_done_text(futures[8], "task 8");
	assert_done_text(futures[0], "task 0");
	rig_close(executor, futures, 9);
}

static void test_result_waits_as_long_as_it_was_told(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_wait_and_tell, 1);
	struct nf_future *future;
	struct nf_error err = {.code = NF_OK};
	int64_t start_ms;

	future = rig_submit(executor, 0);
	waits_longest_ms = 0;
	start_ms = nf_now_ms();
	assert_refused(nf_future_result(future, 50, NULL, NULL, &err), &err,
		       NF_TIMEOUT);
	assert_true(nf_now_ms() - start_ms >= 50);
	assert_in_range(waits_longest_ms, 0, 50);
	rig_go();
	rig_close(executor, &future, 1);
}

/* ---- futures and tasks */

static void test_future_tells_which_worker_had_it(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_tell, 3);
	struct nf_future *futures[12];
	unsigned most = shape->mode == NF_MODE_SEQUENTIAL ? 1 : 3;

	rig_submit_all(executor, futures, 12);
	assert_int_equal(nf_future_worker(futures[11]), 0);
	rig_finish(executor);
	for (size_t i = 0; i < 12; i++)
		assert_in_range(nf_future_worker(futures[i]), 1, most);
	rig_close(executor, futures, 12);
}

static void
test_any_index_may_be_submitted_any_number_of_times(const struct shape *shape)
{
	const uint32_t indices[] = {UINT32_MAX, 5, 5, 0, UINT32_MAX, 5};
	struct nf_executor *executor = rig_start(shape, task_tell, 2);
	struct nf_future *futures[6];

	for (size_t i = 0; i < 6; i++)
		futures[i] = rig_submit(executor, indices[i]);
	for (size_t i = 0; i < 6; i++) {
		char text[30];

		(void)snprintf(text, sizeof(text), "task %u", indices[i]);
		assert_done_text(futures[i], text);
	}
	rig_close(executor, futures, 6);
}

static void test_one_worker_begins_tasks_in_order(const struct shape *shape)
{
	struct nf_executor_options options = rig_options(shape, task_order, 1);
	struct nf_executor *executor;

	if (shape->mode != NF_MODE_SEQUENTIAL)
		options.fanout = 7;
	executor = rig_open(&options);
	for (uint32_t i = 0; i < 50; i++) {
		struct nf_future *future = rig_submit(executor, i);

		nf_future_free(future);
	}
	rig_finish(executor);
	for (uint32_t i = 0; i < 50; i++)
		assert_int_equal(trial_shared->begun[i], i + 1);
	nf_executor_free(executor);
}

static void test_task_that_nobody_wants_runs_too(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_order, 2);
	struct nf_error err = {.code = NF_OK};

	assert_int_equal(nf_executor_pending(executor), 0);
	for (uint32_t i = 0; i < 10; i++)
		assert_int_equal(nf_submit(executor, i, NULL, &err), 0);
	assert_int_equal(nf_executor_pending(executor), 10);
	rig_finish(executor);
	assert_int_equal(trial_shared->running, 10);
	nf_executor_free(executor);
}

static void
test_futures_stay_readable_without_their_executor(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_fail_odd, 2);
	struct nf_future *futures[2];
	struct nf_error err = {.code = NF_OK};

	rig_submit_all(executor, futures, 2);
	rig_finish(executor);
	nf_executor_free(executor);
	assert_done_text(futures[0], "task 0");
	assert_failed(futures[1], NF_PROTOCOL, "task 1 is wrong");
	assert_int_equal(nf_future_index(futures[1]), 1);
	assert_true(nf_future_worker(futures[1]) > 0);
	assert_false(nf_future_cancel(futures[0]));
	assert_int_equal(nf_wait(futures, 2, NF_ALL_COMPLETED, -1, &err), 1);
	rig_close(NULL, futures, 2);
}

static const struct CMUnitTest tests[] = {
	FOR_EACH_SHAPE(test_result_of_no_bytes_is_empty),
	FOR_EACH_SHAPE(test_result_is_what_the_task_wrote),
	FOR_EACH_SHAPE(test_result_may_hold_any_byte),
	FOR_EACH_SHAPE(test_result_of_a_megabyte_is_whole),
	FOR_EACH_SHAPE(test_result_may_be_written_in_one_piece),
	FOR_EACH_SHAPE(test_result_of_20_megabytes_is_whole),
	TRIAL_TEST(test_large_results_take_no_descriptor_each),
	TRIAL_TEST(test_result_can_be_asked_for_without_bytes),
	FOR_EACH_SHAPE(test_failed_task_tells_its_error),
	FOR_EACH_SHAPE(test_failed_task_has_the_state_failed_whatever_its_code),
	FOR_EACH_SHAPE(test_task_that_says_no_reason_fails_all_the_same),
	FOR_EACH_SHAPE(test_code_outside_the_list_fails_that_task_alone),
	FOR_EACH_SHAPE(test_message_without_its_end_is_cut),
	FOR_EACH_SHAPE(test_failed_tasks_leave_the_others_alone),
	FOR_EACH_SHAPE_THAT(shape_overlaps,
			    test_result_times_out_and_comes_later),
	FOR_EACH_SHAPE_THAT(shape_overlaps,
			    test_result_waits_as_long_as_it_was_told),
	FOR_EACH_SHAPE(test_future_tells_which_worker_had_it),
	FOR_EACH_SHAPE(test_any_index_may_be_submitted_any_number_of_times),
	FOR_EACH_SHAPE(test_one_worker_begins_tasks_in_order),
	FOR_EACH_SHAPE(test_task_that_nobody_wants_runs_too),
	FOR_EACH_SHAPE(test_futures_stay_readable_without_their_executor),
};
UNIT_MAIN(tests)
