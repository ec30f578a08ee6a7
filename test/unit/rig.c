/* A rig for the executor. */
#include "unit/rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/deadline_clock.h"
#include "base/error.h"

bool rig_is_slow(void)
{
	return UNIT_TSAN || getenv("NETFAN_TEST_SLOW") != NULL;
}

struct nf_executor_options rig_options(const struct shape *shape,
				       nf_task_fn *task, unsigned workers)
{
	return (struct nf_executor_options){
		.task = task,
		.ctx = trial_shared,
		.mode = shape->mode,
		.workers = shape->mode == NF_MODE_SEQUENTIAL ? 1 : workers,
		.fibers = shape->fibers,
	};
}

struct nf_executor *rig_open(const struct nf_executor_options *options)
{
	struct nf_executor *executor = NULL;
	struct nf_error err = {.code = NF_OK};

	memset(trial_shared, 0, sizeof(*trial_shared));
	if (nf_executor_open(&executor, options, &err) == -1)
		fail_msg("%s", err.message);
	return executor;
}

struct nf_executor *rig_start(const struct shape *shape, nf_task_fn *task,
			      unsigned workers)
{
	struct nf_executor_options options = rig_options(shape, task, workers);

	return rig_open(&options);
}

struct nf_future *rig_submit(struct nf_executor *executor, uint32_t index)
{
	struct nf_future *future = NULL;
	struct nf_error err = {.code = NF_OK};

	if (nf_submit(executor, index, &future, &err) == -1)
		fail_msg("%s", err.message);
	return future;
}

void rig_submit_all(struct nf_executor *executor, struct nf_future **futures,
		    size_t n)
{
	for (size_t i = 0; i < n; i++)
		futures[i] = rig_submit(executor, (uint32_t)i);
}

void rig_step(struct nf_executor *executor, int timeout_ms)
{
	struct nf_error err = {.code = NF_OK};

	if (nf_executor_step(executor, timeout_ms, &err) == -1)
		fail_msg("%s", err.message);
}

void rig_await_running(struct nf_executor *executor, unsigned n)
{
	while (atomic_load(&trial_shared->running) < n)
		rig_step(executor, 1);
}

void rig_await_state(struct nf_executor *executor,
		     const struct nf_future *future, enum nf_state state)
{
	while (nf_future_state(future) != state)
		rig_step(executor, 10);
}

void rig_finish(struct nf_executor *executor)
{
	struct nf_error err = {.code = NF_OK};

	if (nf_executor_shutdown(executor, true, false, &err) == -1)
		fail_msg("%s", err.message);
	assert_int_equal(nf_executor_pending(executor), 0);
}

void rig_close(struct nf_executor *executor, struct nf_future **futures,
	       size_t n)
{
	nf_executor_free(executor);
	for (size_t i = 0; i < n; i++)
		nf_future_free(futures[i]);
}

void rig_go(void)
{
	atomic_store(&trial_shared->go, true);
}

void rig_release(const struct shape *shape)
{
	int64_t deadline_ms = deadline_clock_ms() + TRIAL_LIMIT_MS;

	rig_go();
	while (shape->mode == NF_MODE_THREAD &&
	       deadline_clock_ms() < deadline_ms &&
	       atomic_load(&trial_shared->running) > 0)
		trial_sleep_ms(1);
}

/* ---- futures */

static const char *state_name(enum nf_state state)
{
	static const char *const names[] = {"pending", "running", "done",
					    "failed", "cancelled"};

	return names[state];
}

void assert_state(const struct nf_future *future, enum nf_state state)
{
	assert_string_equal(state_name(nf_future_state(future)),
			    state_name(state));
}

void assert_done(struct nf_future *future, const void *bytes, size_t len)
{
	const void *result = NULL;
	size_t result_len = 0;
	struct nf_error err = {.code = NF_OK};

	if (nf_future_result(future, -1, &result, &result_len, &err) == -1)
		fail_msg("task %u: %s: %s", nf_future_index(future),
			 nf_code_name(err.code), err.message);
	assert_int_equal(result_len, len);
	if (len > 0)
		assert_memory_equal(result, bytes, len);
	assert_state(future, NF_STATE_DONE);
	assert_null(nf_future_error(future));
}

void assert_done_text(struct nf_future *future, const char *text)
{
	assert_done(future, text, strlen(text));
}

void assert_failed(struct nf_future *future, enum nf_code code,
		   const char *message)
{
	struct nf_error err = {.code = NF_OK};

	if (nf_future_result(future, -1, NULL, NULL, &err) == 0)
		fail_msg("task %u is done", nf_future_index(future));
	if (err.code != code)
		fail_msg("task %u: %s: %s", nf_future_index(future),
			 nf_code_name(err.code), err.message);
	assert_string_equal(err.message,
			    message != NULL ? message : err.message);
	assert_state(future, code == NF_CANCELLED ? NF_STATE_CANCELLED
						  : NF_STATE_FAILED);
	assert_non_null(nf_future_error(future));
	assert_string_equal(nf_future_error(future)->message, err.message);
}

void assert_refused(int rc, const struct nf_error *err, enum nf_code code)
{
	assert_int_equal(rc, -1);
	assert_string_equal(nf_code_name(err->code), nf_code_name(code));
	assert_true(err->message[0] != '\0');
}

/* ---- tasks */

int task_tell(void *ctx, uint32_t index, struct nf_task_io *out,
	      struct nf_error *err)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "task %u", index);

	(void)ctx;
	(void)err;
	return nf_write(out, text, (size_t)len);
}

int task_fail(void *ctx, uint32_t index, struct nf_task_io *out,
	      struct nf_error *err)
{
	(void)ctx;
	(void)out;
	return error_set(err, NF_PROTOCOL, "task %u is wrong", index);
}

int task_fail_odd(void *ctx, uint32_t index, struct nf_task_io *out,
		  struct nf_error *err)
{
	return index % 2 == 1 ? task_fail(ctx, index, out, err)
			      : task_tell(ctx, index, out, err);
}

int task_wait_and_tell(void *ctx, uint32_t index, struct nf_task_io *out,
		       struct nf_error *err)
{
	if (task_wait(ctx, index, out, err) == -1)
		return -1;
	return task_tell(ctx, index, out, err);
}

static int sleep_and_tell(int64_t ms, uint32_t index, struct nf_task_io *out,
			  struct nf_error *err)
{
	if (nf_sleep_until(nf_now_ms() + ms) == -1)
		return error_set(err, NF_CANCELLED, "its sleep was cut");
	return task_tell(NULL, index, out, err);
}

int task_brief(void *ctx, uint32_t index, struct nf_task_io *out,
	       struct nf_error *err)
{
	(void)ctx;
	return sleep_and_tell(10, index, out, err);
}

int task_late_first(void *ctx, uint32_t index, struct nf_task_io *out,
		    struct nf_error *err)
{
	int64_t ms = index < 8 ? (8 - (int64_t)index) * 10 : 0;

	(void)ctx;
	return sleep_and_tell(ms, index, out, err);
}
