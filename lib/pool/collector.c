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

/* Who reads at such intervals keeps nobody waiting. */
#define PROMPT_MS 100

static int take_hello(struct pool *pool, struct member *member,
		      const struct frame *frame)
{
	struct nf_error why, error;

	if (member->greeted || frame->ticket != 0)
		return -1;
	member->greeted = true;
	if (frame->len == 0) {
		if (member->state == MEMBER_STARTING)
			member->state = MEMBER_RUNNING;
		return 0;
	}
	if (error_decode(&why, frame->payload, frame->len) == -1 ||
	    why.code == NF_OK)
		return -1;
	(void)error_set(&error, NF_WORKER_DIED,
			"worker %u: its initializer failed: %s", member->number,
			why.message);
	fate_break(pool, &error);
	return 0;
}

static int take_started(struct pool *pool, struct slot *slot,
			const struct frame *frame)
{
	const struct pool_hooks *hooks = &pool->options.hooks;

	if (frame->len != 8)
		return -1;
	slot->said = true;
	if (slot->started_ms != 0) /* its mark was faster */
		return 0;
	slot->started_ms = deadline_clock_ms();
	hooks->started(hooks->arg, &slot->task, slot->holder->number,
		       (int64_t)wire_u64(frame->payload));
	return 0;
}

static int take_data(struct pool *pool, struct slot *slot,
		     const struct frame *frame)
{
	const struct pool_hooks *hooks = &pool->options.hooks;
	enum pool_verdict verdict = hooks->data(hooks->arg, &slot->task,
						frame->payload, frame->len);
	struct nf_error error;

	if (verdict == POOL_KEEP && slot->room_errno == 0 &&
	    spool_append(&slot->spool, frame->payload, frame->len, &error) ==
		    -1)
		slot->room_errno = error.sys_errno;
	return verdict == POOL_BAD ? -1 : 0;
}

static int take_done(struct pool *pool, struct slot *slot,
		     const struct frame *frame)
{
	struct nf_error error = {.code = NF_OK};
	enum pool_end end = POOL_DONE;

	if (frame->len > 0) {
		end = POOL_FAILED;
		if (error_decode(&error, frame->payload, frame->len) == -1 ||
		    error.code == NF_OK)
			return -1;
	} else if (slot->room_errno != 0) {
		end = POOL_NO_ROOM;
		errno = slot->room_errno;
		(void)error_sys(&error, NF_SYSTEM,
				"no room to keep its output");
	}
	slot->holder->barren = 0;
	fate_of_slot(pool, slot, end, &error);
	return 0;
}

static int take_ready(struct pool *pool, struct slot *slot,
		      const struct frame *frame)
{
	const struct pool_hooks *hooks = &pool->options.hooks;
	int64_t took_us;

	if (slot->ready || frame->len != 4)
		return -1;
	slot_ready(&pool->slots, slot);
	admission_sample(&pool->admission, wire_u32(frame->payload));
	took_us = (deadline_clock_ms() - slot->started_ms) * 1000;
	if (hooks->ready == NULL ||
	    hooks->ready(hooks->arg, &slot->task, took_us))
		admission_took(&pool->admission, slot->starting, took_us);
	return 0;
}

static int take_frame(struct pool *pool, struct member *member,
		      const struct frame *frame)
{
	struct slot *slot = slot_find(&pool->slots, member, frame->ticket);

	if (frame->type == FRAME_HELLO)
		return take_hello(pool, member, frame);
	/* STARTED once and first; its hook begins the task anew. */
	if (slot == NULL || slot->said == (frame->type == FRAME_STARTED))
		return -1;
	switch (frame->type) {
	case FRAME_STARTED:
		return take_started(pool, slot, frame);
	case FRAME_DATA:
		return take_data(pool, slot, frame);
	case FRAME_DONE:
		return take_done(pool, slot, frame);
	case FRAME_READY:
		return take_ready(pool, slot, frame);
	case FRAME_HELLO:
		break;
	}
	return -1;
}

static void take_bytes(struct pool *pool, struct member *member, size_t len)
{
	size_t at = 0, used;
	struct frame frame;
	int rc = 1;

	while (rc == 1 && !member->distrusted) {
		rc = frame_parser_feed(&member->parser, pool->input + at,
				       len - at, &used, &frame, NULL);
		at += used;
		if (rc == 1)
			rc = take_frame(pool, member, &frame) == 0 ? 1 : -1;
	}
	if (rc != -1)
		return;
	member->distrusted = true;
	member_kill(member, "was killed: it sent a frame that it may not send");
}

/* A pipe that is full has kept its worker waiting, since we read last at most:
 * that is not held against its tasks. */
static void excuse(struct member *member, int64_t now)
{
	struct slot *slot;

	for (slot = member->held; slot != NULL; slot = slot->next) {
		if (slot->started_ms != 0)
			slot->started_ms += now - member->read_ms;
	}
	member->excused_ms = now;
}

ssize_t collector_read(struct pool *pool, struct member *member)
{
	ssize_t n = read(member->ends.result_fd, pool->input, READ_MAX);
	int64_t now = deadline_clock_ms();

	if (n >= (ssize_t)READ_MAX / 2 && now > member->read_ms + PROMPT_MS)
		excuse(member, now);
	member->read_ms = now;
	if (n > 0) {
		take_bytes(pool, member, (size_t)n);
		return n;
	}
	return n == -1 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

/* When it began, as its mark has it, if that can be true: monotonic us. */
static int64_t begun_us(const struct member *member, int64_t now_us)
{
	int64_t us = atomic_load(&member->mark->begun_us);

	return us > member->born_us && us <= now_us ? us : now_us;
}

static void take_begun(struct pool *pool, struct slot *slot, int64_t ago_us)
{
	const struct pool_hooks *hooks = &pool->options.hooks;
	const struct member *member = slot->holder;
	int64_t start_ms = deadline_clock_ms() - ago_us / 1000;

	/* Our clock may have stood meanwhile. */
	if (start_ms < member->looked_ms)
		start_ms = member->looked_ms;
	if (start_ms < member->excused_ms)
		start_ms = member->excused_ms;
	slot->started_ms = start_ms;
	hooks->started(hooks->arg, &slot->task, slot->holder->number,
		       real_us() - ago_us);
}

/* Slots are listed the newest first. When the one that the mark names is gone,
 * STARTED of all before it has come, too. */
void collector_look(struct pool *pool, struct member *member)
{
	uint32_t begun = atomic_load(&member->mark->begun);
	struct slot *slot = slot_find(&pool->slots, member, begun);
	int64_t now_us, ago_us;

	if (begun != member->looked) { /* else walked at the last look */
		now_us = mono_us();
		ago_us = now_us - begun_us(member, now_us);
		for (; slot != NULL; slot = slot->next) {
			if (slot->started_ms == 0)
				take_begun(pool, slot, ago_us);
		}
	}
	member->looked = begun;
	member->looked_ms = deadline_clock_ms();
}
