/* Deadlines: of tasks, of workers that stand still, of the pool's own steps. */
#include <stdatomic.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/deadline_clock.h"
#include "base/error.h"
#include "fiber/fiber.h"
#include "pool/pool_parts.h"

#define CUT_MS 1000 /* for a task on a fiber to heed its limit */
#define LOOK_MS 1000 /* between two looks at the workers' beats */
#define STUCK_MS 10000 /* without a beat */
#define FINAL_MS 5000 /* for a finalizer */
#define READS_MAX 64 /* more than a worker has buffered */

/* ---- deadlines */

/* End a worker that does not come back from a task. */
static void cut_off(struct pool *pool, struct member *member, const char *why)
{
	struct nf_error error;

	switch (member->mode) {
	case NF_MODE_PROCESS:
		member_kill(member, why);
		break;
	case NF_MODE_SEQUENTIAL:
		/* Its fiber is dropped where it stands, with what it has. */
		member_kill(member, why);
		fate_of_dead(pool, member);
		break;
	case NF_MODE_THREAD:
		(void)error_set(&error, NF_WORKER_DIED,
				"worker %u hangs and gets no more work",
				member->number);
		fate_of_hanging(pool, member, &error);
		break;
	case NF_NMODES:
		break;
	}
}

/* ---- late tasks */

static int64_t limit_of(const struct pool *pool)
{
	const struct worker_options *worker = &pool->options.worker;

	return worker->limit_ms + (worker->fibers > 0 ? CUT_MS : 0);
}

static struct slot *late_slot(const struct pool *pool,
			      const struct member *member)
{
	int64_t now = deadline_clock_ms();
	struct slot *slot = member->held;

	while (slot != NULL && (slot->started_ms == 0 ||
				now < slot->started_ms + limit_of(pool)))
		slot = slot->next;
	return slot;
}

/* It was stopped for a while: the time of its tasks begins anew. */
static void begin_anew(struct member *member)
{
	for (struct slot *slot = member->held; slot != NULL;
	     slot = slot->next) {
		if (slot->started_ms != 0)
			slot->started_ms = deadline_clock_ms();
	}
}

static void all_begin_anew(struct pool *pool)
{
	for (unsigned i = 0; i < pool->options.workers; i++)
		begin_anew(&pool->members[i]);
}

/* One more look, at its pipe and at whether it could run at all. */
static void judge_member(struct pool *pool, struct member *member)
{
	struct nf_error error;
	struct slot *slot;
	bool late = false;

	for (int i = 0; i < READS_MAX && late_slot(pool, member) != NULL; i++) {
		if (collector_read(pool, member) <= 0)
			break;
	}
	if (late_slot(pool, member) != NULL &&
	    member->mode == NF_MODE_PROCESS &&
	    process_continued(&member->process))
		begin_anew(member);
	(void)error_set(&error, NF_TIMEOUT, "not done within %.3f s",
			(double)pool->options.worker.limit_ms / 1000);
	while ((slot = late_slot(pool, member)) != NULL) {
		fate_of_slot(pool, slot, POOL_LATE, &error);
		late = true;
	}
	member->late = late;
	if (late)
		cut_off(pool, member, "was killed: a task did not end in time");
}

/* How often to look: tasks are late by an eighth of their limit at most. */
static int64_t judge_ms(const struct pool *pool)
{
	int64_t ms = pool->options.worker.limit_ms / 8 + 1;

	return ms < LOOK_MS ? ms : LOOK_MS;
}

/* A task that gives way to nobody is only by its mark seen to begin. */
static void look_at_marks(struct pool *pool)
{
	int64_t now = deadline_clock_ms();

	if (now == pool->marked_ms)
		return;
	pool->marked_ms = now;
	for (unsigned i = 0; i < pool->options.workers; i++) {
		if (pool->members[i].nheld > 0)
			collector_look(pool, &pool->members[i]);
	}
}

static void judge_late(struct pool *pool)
{
	int64_t now = deadline_clock_ms();

	if (pool->options.worker.limit_ms == 0 ||
	    now < pool->judged_ms + judge_ms(pool))
		return;
	pool->judged_ms = now;
	for (unsigned i = 0; i < pool->options.workers; i++) {
		struct member *member = &pool->members[i];

		if (member_alive(member) && member->verdict[0] == '\0')
			judge_member(pool, member);
	}
}

/* ---- workers that stand still */

static void look_at(struct pool *pool, struct member *member, bool away)
{
	uint32_t beat = atomic_load(&member->mark->beat);
	int64_t now = deadline_clock_ms();

	if (beat != member->beat || away || member->nheld == 0 ||
	    !member->greeted) {
		member->beat = beat;
		member->beat_ms = now;
	} else if (now - member->beat_ms > STUCK_MS) {
		cut_off(pool, member, "was killed: it hung for 10 s");
	}
}

/* Every worker with fibers turns; what we were not there to see is no proof. */
static void judge_stuck(struct pool *pool)
{
	int64_t now = deadline_clock_ms();
	bool away = now - pool->looked_ms > 2 * LOOK_MS;

	if (now - pool->looked_ms < LOOK_MS)
		return;
	pool->looked_ms = now;
	if (pool->options.worker.fibers == 0)
		return;
	for (unsigned i = 0; i < pool->options.workers; i++) {
		struct member *member = &pool->members[i];

		if (member_alive(member) && member->mode != NF_MODE_SEQUENTIAL)
			look_at(pool, member, away);
	}
}

/* One whose task pipe was ended, and that does not end. */
static void judge_drained(struct pool *pool)
{
	for (unsigned i = 0; i < pool->options.workers; i++) {
		struct member *member = &pool->members[i];

		if (member->state == MEMBER_DRAINING && member->nheld == 0 &&
		    member->verdict[0] == '\0' &&
		    deadline_clock_ms() > member->drained_ms + FINAL_MS)
			cut_off(pool, member, "was killed: it did not end");
	}
}

static bool awaits_killed(const struct pool *pool)
{
	return pool->killed && pool->options.mode != NF_MODE_PROCESS &&
	       pool->nalive > 0;
}

/* How long they still have, by a clock that none of them holds up. */
static int64_t farewell_ms(const struct pool *pool)
{
	return FAREWELL_MS - (mono_us() - pool->killed_us) / 1000;
}

/* What does not end though it was asked to is left behind. */
static void judge_killed(struct pool *pool)
{
	struct nf_error error;

	if (!awaits_killed(pool) || farewell_ms(pool) > 0)
		return;
	(void)error_set(&error, NF_CANCELLED, "cancelled while it ran");
	for (unsigned i = 0; i < pool->options.workers; i++) {
		struct member *member = &pool->members[i];

		if (!member_alive(member))
			continue;
		if (member->mode == NF_MODE_THREAD)
			fate_of_hanging(pool, member, &error);
		else
			fate_of_dead(pool, member);
	}
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* When a step is due whatever the descriptors say: monotonic ms. */
static int64_t due_ms(const struct pool *pool)
{
	int64_t due = NO_DEADLINE;

	if (pool->slots.used > 0 || queue_len(&pool->queue) > 0)
		due = pool->looked_ms + LOOK_MS;
	if (pool->slots.used > 0 && pool->options.worker.limit_ms > 0)
		due = least(due, pool->judged_ms + judge_ms(pool));
	if (awaits_killed(pool))
		due = least(due, deadline_clock_ms() + farewell_ms(pool));
	if (pool->members[0].worker != NULL)
		due = least(due, worker_due_ms(pool->members[0].worker));
	return due;
}

int64_t watch_due_us(struct pool *pool)
{
	int64_t ms = due_ms(pool), us = INT64_MAX;

	if (ms != NO_DEADLINE)
		us = (ms - deadline_clock_ms()) * 1000;
	if (pool->paced && queue_len(&pool->queue) > 0 &&
	    pool->slots.used < pool->options.fanout) {
		int64_t opens = admission_due_us(
			&pool->admission, pool->slots.nstarting, mono_us());

		if (opens != INT64_MAX)
			us = least(us, opens - mono_us());
	}
	if (pool->wake_us != INT64_MAX)
		us = least(us, pool->wake_us - mono_us());
	return us > 0 ? us : 0;
}

/* A timer that rings early does no harm. */
void watch_arm(struct pool *pool)
{
	int64_t in_us = watch_due_us(pool), now = mono_us();
	struct itimerspec spec = {0};

	if (in_us == INT64_MAX ||
	    (pool->armed_us > now && pool->armed_us <= now + in_us))
		return;
	pool->armed_us = now + in_us;
	spec.it_value.tv_sec = (time_t)(in_us / 1000000);
	spec.it_value.tv_nsec = (long)(in_us % 1000000) * 1000 + 1;
	(void)timerfd_settime(pool->timer_fd, 0, &spec, NULL);
}

/*
 * While a task is out, a caller that waits for pool_fd() comes every LOOK_MS.
 * One that stayed away did something else: a worker on its own stack could not
 * run, and its clock stands still for so long.
 */
static void judge_away(struct pool *pool)
{
	int64_t away_ms = deadline_clock_ms() - pool->left_ms;

	if (pool->slots.used == 0 || away_ms <= 2 * LOOK_MS)
		return;
	if (pool->options.mode == NF_MODE_SEQUENTIAL)
		deadline_clock_set_back(away_ms - LOOK_MS);
	/* Threads with fibers have seen for themselves whether all stood. */
	if (pool->options.mode == NF_MODE_THREAD &&
	    pool->options.worker.fibers > 0)
		all_begin_anew(pool);
}

/* A task on our own stack waits by itself; a fiber's loop watches already. */
static bool is_watched(const struct pool *pool)
{
	return fiber_self() == NULL &&
	       (pool->options.mode != NF_MODE_SEQUENTIAL ||
		pool->options.worker.fibers > 0);
}

void watch_enter(struct pool *pool)
{
	judge_away(pool);
	watch_wait(pool, 0);
}

void watch_wait(struct pool *pool, int timeout_ms)
{
	if (is_watched(pool))
		deadline_clock_watch(timeout_ms == -1 ? NO_DEADLINE
						      : timeout_ms);
}

void watch_leave(struct pool *pool)
{
	watch_arm(pool);
	if (is_watched(pool))
		deadline_clock_unwatch();
	pool->left_ms = deadline_clock_ms();
}

void watch_arm_now(struct pool *pool)
{
	const struct itimerspec spec = {.it_value.tv_nsec = 1};

	if (pool->armed_us == 0)
		return;
	pool->armed_us = 0;
	(void)timerfd_settime(pool->timer_fd, 0, &spec, NULL);
}

void watch_rung(struct pool *pool)
{
	uint64_t times;

	(void)!read(pool->timer_fd, &times, sizeof(times));
	pool->armed_us = INT64_MAX;
}

void watch_judge(struct pool *pool)
{
	look_at_marks(pool);
	judge_late(pool);
	judge_stuck(pool);
	judge_drained(pool);
	judge_killed(pool);
}
