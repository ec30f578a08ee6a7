/* A worker that its pool turns, on the caller's own stack. */
#include "worker/worker_inline.h"

#include "base/clock.h"
#include "base/deadline_clock.h"

static int inline_start(struct worker_handle *handle,
			const struct worker_options *options,
			struct nf_error *err)
{
	struct worker *worker = NULL;

	if (worker_new(&worker, options, err) == -1)
		return -1;
	handle->own = worker;
	handle->event_fd = worker_fd(worker);
	return 0;
}

static void inline_kill(struct worker_handle *handle)
{
	worker_stop(handle->own);
}

static int inline_turn(struct worker_handle *handle)
{
	return worker_turn(handle->own, 0, NULL);
}

static int64_t inline_due_ms(const struct worker_handle *handle)
{
	return worker_due_ms(handle->own);
}

/* Turn it until it ends, by a clock that no fiber holds up. */
static bool inline_await_end(struct worker_handle *handle, int64_t deadline_ms)
{
	int64_t end_us = mono_us() + (deadline_ms - deadline_clock_ms()) * 1000;

	inline_kill(handle);
	while (mono_us() < end_us &&
	       worker_turn(handle->own, deadline_ms, NULL) == 1)
		;
	deadline_clock_unwatch();
	return true;
}

/* The fibers of tasks that did not end are dropped where they stand. */
static void inline_reap(struct worker_handle *handle, char *how,
			size_t how_size)
{
	(void)how, (void)how_size;
	worker_free(handle->own);
}

const struct worker_kind worker_inline = {
	.in_process = true,
	.concurrent = false,
	.event = EVENT_TURN,
	.start = inline_start,
	.kill = inline_kill,
	.turn = inline_turn,
	.due_ms = inline_due_ms,
	.await_end = inline_await_end,
	.reap = inline_reap,
};
