/* The collector: the only reader of what workers write. */
#include <errno.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/deadline_clock.h"
#include "base/error.h"
#include "base/wire.h"
#include "pool/pool_parts.h"

/* ---- taking in */

/* A pipe read within the last PROMPT_MS cannot have stalled its worker. */
#define PROMPT_MS 100

static int take_hello(struct pool *pool, struct worker_handle *handle,
		      const struct frame *frame)
{
	struct nf_error why, error;

	if (handle->greeted || frame->ticket != 0)
		return -1;
	handle->greeted = true;
	if (frame->len == 0) {
		if (handle->state == WORKER_STARTING)
			handle->state = WORKER_RUNNING;
		return 0;
	}
	if (error_decode(&why, frame->payload, frame->len) == -1 ||
	    why.code == NF_OK)
		return -1;
	(void)error_set(&error, NF_WORKER_DIED,
			"worker %u: its initializer failed: %s", handle->number,
			why.message);
	pool_break(pool, &error);
	return 0;
}

static int take_started(struct pool *pool, struct inflight *inflight,
			const struct frame *frame)
{
	const struct pool_hooks *hooks = &pool->options.hooks;

	if (frame->len != 8)
		return -1;
	if (inflight->state == INFLIGHT_BEGUN) { /* the heartbeat was faster */
		inflight->state = INFLIGHT_STARTED;
		return 0;
	}
	inflight->state = INFLIGHT_STARTED;
	inflight->started_ms = deadline_clock_ms();
	hooks->started(hooks->arg, &inflight->task, inflight->holder->number,
		       (int64_t)wire_u64(frame->payload));
	return 0;
}

static int take_data(struct pool *pool, struct inflight *inflight,
		     const struct frame *frame)
{
	const struct pool_hooks *hooks = &pool->options.hooks;
	enum pool_verdict verdict = hooks->data(hooks->arg, &inflight->task,
						frame->payload, frame->len);
	struct nf_error error;

	if (verdict == POOL_KEEP && inflight->room_errno == 0 &&
	    spool_append(&inflight->spool, frame->payload, frame->len,
			 &error) == -1)
		inflight->room_errno = error.sys_errno;
	return verdict == POOL_BAD ? -1 : 0;
}

static int take_done(struct pool *pool, struct inflight *inflight,
		     const struct frame *frame)
{
	struct nf_error error = {.code = NF_OK};
	enum pool_end end = POOL_DONE;

	if (frame->len > 0) {
		end = POOL_FAILED;
		if (error_decode(&error, frame->payload, frame->len) == -1 ||
		    error.code == NF_OK)
			return -1;
	} else if (inflight->room_errno != 0) {
		end = POOL_NO_ROOM;
		errno = inflight->room_errno;
		(void)error_sys(&error, NF_SYSTEM,
				"no room to keep its output");
	}
	inflight->holder->early_deaths = 0;
	task_end(pool, inflight, end, &error);
	return 0;
}

static int take_ready(struct pool *pool, struct inflight *inflight,
		      const struct frame *frame)
{
	const struct pool_hooks *hooks = &pool->options.hooks;
	int64_t took_us;

	if (inflight->state == INFLIGHT_READY || frame->len != 4)
		return -1;
	inflight_set_ready(&pool->inflights, inflight);
	admission_sample(&pool->admission, wire_u32(frame->payload));
	took_us = (deadline_clock_ms() - inflight->started_ms) * 1000;
	if (hooks->ready == NULL ||
	    hooks->ready(hooks->arg, &inflight->task, took_us))
		admission_took(&pool->admission, inflight->starting, took_us);
	return 0;
}

static int take_frame(struct pool *pool, struct worker_handle *handle,
		      const struct frame *frame)
{
	struct inflight *inflight =
		inflight_find(&pool->inflights, handle, frame->ticket);

	if (frame->type == FRAME_HELLO)
		return take_hello(pool, handle, frame);
	/* STARTED comes once and first; its hook begins the task anew. */
	if (inflight == NULL || (inflight->state < INFLIGHT_STARTED) !=
					(frame->type == FRAME_STARTED))
		return -1;
	switch (frame->type) {
	case FRAME_STARTED:
		return take_started(pool, inflight, frame);
	case FRAME_DATA:
		return take_data(pool, inflight, frame);
	case FRAME_DONE:
		return take_done(pool, inflight, frame);
	case FRAME_READY:
		return take_ready(pool, inflight, frame);
	case FRAME_HELLO:
		break;
	}
	return -1;
}

static void take_bytes(struct pool *pool, struct worker_handle *handle,
		       size_t len)
{
	size_t at = 0, used;
	struct frame frame;
	int rc = 1;

	while (rc == 1 && !handle->distrusted) {
		rc = frame_parser_feed(&handle->parser, pool->input + at,
				       len - at, &used, &frame, NULL);
		at += used;
		if (rc == 1)
			rc = take_frame(pool, handle, &frame) == 0 ? 1 : -1;
	}
	if (rc != -1)
		return;
	handle->distrusted = true;
	worker_handle_kill(handle,
			   "was killed: it sent a frame that it may not send");
}

/* A full pipe has kept its worker waiting, since our last read at most: move
 * the start of its tasks by that, so that it is not held against them. */
static void excuse(struct worker_handle *handle, int64_t now)
{
	struct inflight *inflight;

	for (inflight = handle->held; inflight != NULL;
	     inflight = inflight->next) {
		if (inflight_has_begun(inflight))
			inflight->started_ms += now - handle->read_ms;
	}
	handle->excused_ms = now;
}

ssize_t collector_read(struct pool *pool, struct worker_handle *handle)
{
	ssize_t n = read(handle->ends.result_fd, pool->input, READ_MAX);
	int64_t now = deadline_clock_ms();

	if (n >= (ssize_t)READ_MAX / 2 && now > handle->read_ms + PROMPT_MS)
		excuse(handle, now);
	handle->read_ms = now;
	if (n > 0) {
		take_bytes(pool, handle, (size_t)n);
		return n;
	}
	return n == -1 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

/* When a task began, as the worker's heartbeat says, if that can be true:
 * monotonic us. */
static int64_t begun_us(const struct worker_handle *handle, int64_t now_us)
{
	int64_t us = atomic_load(&handle->heartbeat->begun_us);

	return us > handle->born_us && us <= now_us ? us : now_us;
}

static void take_begun(struct pool *pool, struct inflight *inflight,
		       int64_t ago_us)
{
	const struct pool_hooks *hooks = &pool->options.hooks;
	const struct worker_handle *handle = inflight->holder;
	int64_t start_ms = deadline_clock_ms() - ago_us / 1000;

	/* The deadline clock may have stood still meanwhile. */
	if (start_ms < handle->checked_ms)
		start_ms = handle->checked_ms;
	if (start_ms < handle->excused_ms)
		start_ms = handle->excused_ms;
	inflight->state = INFLIGHT_BEGUN;
	inflight->started_ms = start_ms;
	hooks->started(hooks->arg, &inflight->task, inflight->holder->number,
		       real_us() - ago_us);
}

/* Held tasks are listed the newest first. When the task that the heartbeat
 * names is gone, STARTED of all before it has come, too. */
void collector_check_begun(struct pool *pool, struct worker_handle *handle)
{
	uint32_t begun = atomic_load(&handle->heartbeat->begun);
	struct inflight *inflight =
		inflight_find(&pool->inflights, handle, begun);
	int64_t now_us, ago_us;

	if (begun != handle->checked) { /* else walked at the last look */
		now_us = mono_us();
		ago_us = now_us - begun_us(handle, now_us);
		for (; inflight != NULL; inflight = inflight->next) {
			if (!inflight_has_begun(inflight))
				take_begun(pool, inflight, ago_us);
		}
	}
	handle->checked = begun;
	handle->checked_ms = deadline_clock_ms();
}
