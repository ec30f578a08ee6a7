/* The executor: what is submitted with a task. */
#include "netfan.h"

#include <signal.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "unit/rig.h"

#define FANOUT 32

/* Byte at of the payload of a task: no two are alike. */
static uint8_t byte_of(uint32_t index, size_t at)
{
	return (uint8_t)(index * 31 + at * 7 + (at >> 8));
}

static uint8_t *payload_of(uint32_t index, size_t len)
{
	uint8_t *bytes = malloc(len + 1);

	assert_non_null(bytes);
	for (size_t i = 0; i < len; i++)
		bytes[i] = byte_of(index, i);
	return bytes;
}

/* Its caller's bytes do not stay. */
static struct nf_future *submit(struct nf_executor *executor, uint32_t index,
				size_t len)
{
	struct nf_future *future = NULL;
	struct nf_error err = {0};
	uint8_t *bytes = payload_of(index, len);

	if (nf_submit_payload(executor, index, bytes, len, &future, &err) == -1)
		fail_msg("%s", err.message);
	memset(bytes, 0xee, len);
	free(bytes);
	return future;
}

/* ---- tasks */

/* Says what it got: "none", or the length, if all bytes are right. */
static int tell_payload(uint32_t index, struct nf_task_io *out)
{
	size_t len = 4711;
	const uint8_t *bytes = nf_payload(out, &len);
	char text[40] = "none";

	if (bytes != NULL)
		(void)snprintf(text, sizeof(text), "%zu", len);
	else if (len != 0)
		(void)snprintf(text, sizeof(text), "%zu bytes of nothing", len);
	if (bytes != NULL && (uintptr_t)bytes % alignof(max_align_t) != 0)
		(void)snprintf(text, sizeof(text), "not aligned");
	for (size_t i = 0; bytes != NULL && i < len; i++) {
		if (bytes[i] != byte_of(index, i)) {
			(void)snprintf(text, sizeof(text), "byte %zu differs",
				       i);
			break;
		}
	}
	return nf_write(out, text, strlen(text));
}

static int task_payload(void *ctx, uint32_t index, struct nf_task_io *out,
			struct nf_error *err)
{
	(void)ctx;
	(void)err;
	return tell_payload(index, out);
}

/* Waits before it looks: meanwhile the pipe behind it fills. */
static int task_late_payload(void *ctx, uint32_t index, struct nf_task_io *out,
			     struct nf_error *err)
{
	(void)ctx;
	(void)trial_begin_running(index);
	if (trial_await_go(err) == -1)
		return -1;
	return tell_payload(index, out);
}

/* Index 0 dies at its first attempt, with what came behind it. */
static int task_dies_with_payload(void *ctx, uint32_t index,
				  struct nf_task_io *out, struct nf_error *err)
{
	(void)ctx;
	(void)err;
	if (index == 0 && trial_begin_running(index) == 1)
		trial_die_by(SIGKILL);
	return tell_payload(index, out);
}

/* ---- executors with more tasks handed out than run */

static struct nf_executor *start_wide(const struct shape *shape,
				      nf_task_fn *task)
{
	struct nf_executor_options options = rig_options(shape, task, 2);

	if (shape->mode != NF_MODE_SEQUENTIAL)
		options.fanout = FANOUT;
	return rig_open(&options);
}

static void assert_all_told(struct nf_future **futures, const size_t *lens,
			    size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char text[24] = "none";

		if (lens[i] > 0)
			(void)snprintf(text, sizeof(text), "%zu", lens[i]);
		assert_done_text(futures[i], text);
	}
}

static void
test_a_task_finds_the_bytes_it_was_submitted_with(const struct shape *shape)
{
	static const size_t lens[] = {0,     1,     12,    4084,  4085,
				      0,     65535, 65536, 0,     4096,
				      65536, 65536, 8,     40000, 65536};
	struct nf_future *futures[LENGTH(lens)];
	struct nf_executor *executor = start_wide(shape, task_payload);

	for (uint32_t i = 0; i < LENGTH(lens); i++)
		futures[i] = submit(executor, i, lens[i]);
	assert_all_told(futures, lens, LENGTH(lens));
	rig_close(executor, futures, LENGTH(lens));
}

/* More than all pipes hold while nobody reads: written on as there is room. */
static void test_payloads_wait_for_room_in_the_pipe(const struct shape *shape)
{
	enum { N = FANOUT + 8 };
	struct nf_future *futures[N];
	size_t lens[N];
	struct nf_executor *executor;

	for (uint32_t i = 0; i < N; i++)
		lens[i] = 65536 - i;
	executor = start_wide(shape, task_late_payload);
	for (uint32_t i = 0; i < N; i++)
		futures[i] = submit(executor, i, lens[i]);
	rig_await_running(executor, 1);
	rig_step(executor, 0);
	rig_go();
	assert_all_told(futures, lens, N);
	rig_close(executor, futures, N);
}

static void
test_a_payload_that_is_too_large_is_refused(const struct shape *shape)
{
	static const uint8_t bytes[NF_PAYLOAD_MAX + 1];
	struct nf_executor *executor = start_wide(shape, task_payload);
	struct nf_future *future = NULL;
	struct nf_error err = {0};

	assert_refused(nf_submit_payload(executor, 0, bytes, sizeof(bytes),
					 &future, &err),
		       &err, NF_INVALID);
	assert_string_equal(err.message, "a task's payload has up to "
					 "65536 bytes, not 65537");
	assert_refused(nf_submit_payload(executor, 0, NULL, 1, &future, &err),
		       &err, NF_INVALID);
	assert_null(future);
	assert_int_equal(nf_executor_pending(executor), 0);
	future = submit(executor, 3, NF_PAYLOAD_MAX);
	assert_done_text(future, "65536");
	rig_close(executor, &future, 1);
}

/* Its bytes are freed, which leak checkers look at, and go to nobody. */
static void
test_a_task_that_is_cancelled_takes_its_payload_along(const struct shape *shape)
{
	enum { N = FANOUT + 8 };
	struct nf_future *futures[N];
	struct nf_executor *executor = start_wide(shape, task_late_payload);

	for (uint32_t i = 0; i < N; i++)
		futures[i] = submit(executor, i, 1000);
	rig_await_running(executor, 1);
	assert_true(nf_future_cancel(futures[N - 1]));
	nf_future_free(futures[N - 2]); /* goes on, wanted by nobody */
	rig_go();
	for (size_t i = 0; i < N - 2; i++)
		assert_done_text(futures[i], "1000");
	assert_failed(futures[N - 1], NF_CANCELLED, NULL);
	rig_finish(executor);
	futures[N - 2] = NULL;
	rig_close(executor, futures, N);
}

static void
test_an_executor_is_stopped_amidst_payloads(const struct shape *shape)
{
	enum { N = FANOUT + 8 };
	struct nf_future *futures[N];
	struct nf_executor *executor = start_wide(shape, task_late_payload);

	for (uint32_t i = 0; i < N; i++)
		futures[i] = submit(executor, i, NF_PAYLOAD_MAX);
	rig_await_running(executor, 1);
	nf_executor_terminate(executor);
	for (size_t i = 0; i < N; i++)
		assert_failed(futures[i], NF_CANCELLED, NULL);
	rig_release(shape);
	rig_close(executor, futures, N);
}

static void test_a_payload_outlives_the_worker_that_had_it(void **state)
{
	enum { N = 24 };
	struct nf_future *futures[N];
	size_t lens[N];

	(void)state;
	if (!shape_can_fork())
		UNIT_SKIP("no processes here");
	for (uint32_t i = 0; i < N; i++)
		lens[i] = 20000 + i;
	for (unsigned fibers = 0; fibers <= 4; fibers += 4) {
		const struct shape shape = {NF_MODE_PROCESS, fibers};
		struct nf_executor_options options =
			rig_options(&shape, task_dies_with_payload, 1);
		struct nf_executor *executor;

		options.fanout = N;
		options.on_worker_death = NF_ON_DEATH_RETRY;
		executor = rig_open(&options);
		for (uint32_t i = 0; i < N; i++)
			futures[i] = submit(executor, i, lens[i]);
		assert_all_told(futures, lens, N);
		rig_close(executor, futures, N);
	}
}

static const struct CMUnitTest tests[] = {
	FOR_EACH_SHAPE(test_a_task_finds_the_bytes_it_was_submitted_with),
	FOR_EACH_SHAPE_THAT(shape_overlaps,
			    test_payloads_wait_for_room_in_the_pipe),
	FOR_EACH_SHAPE(test_a_payload_that_is_too_large_is_refused),
	FOR_EACH_SHAPE_THAT(
		shape_overlaps,
		test_a_task_that_is_cancelled_takes_its_payload_along),
	FOR_EACH_SHAPE_THAT(shape_overlaps,
			    test_an_executor_is_stopped_amidst_payloads),
	TRIAL_TEST(test_a_payload_outlives_the_worker_that_had_it),
};

UNIT_MAIN(tests)
