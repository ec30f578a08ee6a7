/* Deadlines: of tasks, of workers that stand still, of the pool's own steps. */
#include <stdatomic.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/deadline_clock.h"
#include "base/error.h"
#include "fiber/fiber.h"
#include "pool/pool_parts.h"

#define CUT_MS 1000 /* for a task on a fiber to end at its limit */
#define CHECK_MS 1000 /* between two checks of the workers' heartbeats */
#define STUCK_MS 10000 /* without a beat */
#define FINAL_MS 5000 /* for a finalizer */
#define READS_MAX 64 /* more than a worker has buffered */

/* ---- deadlines */

/* End a worker that does not come back from a task. */
static void cut_off(struct pool *pool, struct worker_handle *handle,
		    const char *why)
{
	const struct worker_kind *kind = handle->kind;
	struct nf_error error;

	if (kind->in_process && kind->concurrent) {
		(void)error_set(&error, NF_WORKER_DIED,
				"worker %u hangs and gets no more work",
				handle->number);
		worker_hung(pool, handle, &error);
		return;
	}
	worker_handle_kill(handle, why);
	/* The death of a process is an event to come. A worker on our own stack
	 * is lost now: its fibers are dropped where they stand. */
	if (!kind->concurrent)
		worker_lost(pool, handle);
}

/* ---- late tasks */

static int64_t limit_of(const struct pool *pool)
{
	const struct worker_options *worker = &pool->options.worker;

	return worker->limit_ms + (worker->fibers > 0 ? CUT_MS : 0);
}

static struct inflight *late_inflight(const struct pool *pool,
				      const struct worker_handle *handle)
{
	int64_t now = deadline_clock_ms();
	struct inflight *inflight = handle->held;

	while (inflight != NULL &&
	       (!inflight_has_begun(inflight) ||
		now < inflight->started_ms + limit_of(pool)))
		inflight = inflight->next;
	return inflight;
}

/* Let the time of a worker's tasks begin anew: it was stopped for a while. */
static void begin_anew(struct worker_handle *handle)
{
	for (struct inflight *inflight = handle->held; inflight != NULL;
	     inflight = inflight->next) {
		if (inflight_has_begun(inflight))
			inflight->started_ms = deadline_clock_ms();
	}
}

static void all_begin_anew(struct pool *pool)
{
	for (unsigned i = 0; i < pool->options.workers; i++)
		begin_anew(&pool->handles[i]);
}

/*
 * Before tasks are called late, read the worker's pipe once more, and see
 * whether it was stopped meanwhile.
 */
static void check_tasks_of(struct pool *pool, struct worker_handle *handle)
{
	struct nf_error error;
	struct inflight *inflight;
	bool late = false;

	for (int i = 0; i < READS_MAX && late_inflight(pool, handle) != NULL;
	     i++) {
		if (collector_read(pool, handle) <= 0)
			break;
	}
	if (late_inflight(pool, handle) != NULL &&
	    handle->kind->continued != NULL && handle->kind->continued(handle))
		begin_anew(handle);
	(void)error_set(&error, NF_TIMEOUT, "not done within %.3f s",
			(double)pool->options.worker.limit_ms / 1000);
	while ((inflight = late_inflight(pool, handle)) != NULL) {
		task_end(pool, inflight, POOL_LATE, &error);
		late = true;
	}
	handle->late = late;
	if (late)
		cut_off(pool, handle, "was killed: a task did not end in time");
}

/* Check so often that a task is late by an eighth of its limit at most. */
static int64_t check_interval_ms(const struct pool *pool)
{
	int64_t ms = pool->options.worker.limit_ms / 8 + 1;

	return ms < CHECK_MS ? ms : CHECK_MS;
}

/* Take begun tasks from the heartbeats: a task that never gives way keeps its
 * worker from writing STARTED. */
static void check_begun(struct pool *pool)
{
	int64_t now = deadline_clock_ms();

	if (now == pool->begun_checked_ms)
		return;
	pool->begun_checked_ms = now;
	for (unsigned i = 0; i < pool->options.workers; i++) {
		if (pool->handles[i].nheld > 0)
			collector_check_begun(pool, &pool->handles[i]);
	}
}

static void check_late(struct pool *pool)
{
	int64_t now = deadline_clock_ms();

	if (pool->options.worker.limit_ms == 0 ||
	    now < pool->late_checked_ms + check_interval_ms(pool))
		return;
	pool->late_checked_ms = now;
	for (unsigned i = 0; i < pool->options.workers; i++) {
		struct worker_handle *handle = &pool->handles[i];

		if (worker_handle_alive(handle) &&
		    handle->state != WORKER_KILLED)
			check_tasks_of(pool, handle);
	}
}

/* ---- workers that stand still */

static void check_heartbeat(struct pool *pool, struct worker_handle *handle,
			    bool away)
{
	uint32_t beats = atomic_load(&handle->heartbeat->beats);
	int64_t now = deadline_clock_ms();

	if (beats != handle->beats || away || handle->nheld == 0 ||
	    !handle->greeted) {
		handle->beats = beats;
		handle->beat_ms = now;
	} else if (now - handle->beat_ms > STUCK_MS) {
		cut_off(pool, handle, "was killed: it hung for 10 s");
	}
}

/* Every worker with fibers has to beat. A pause in which we did not check is no
 * proof against it. */
static void check_heartbeats(struct pool *pool)
{
	int64_t now = deadline_clock_ms();
	bool away = now - pool->heartbeats_checked_ms > 2 * CHECK_MS;

	if (now - pool->heartbeats_checked_ms < CHECK_MS)
		return;
	pool->heartbeats_checked_ms = now;
	if (pool->options.worker.fibers == 0)
		return;
	for (unsigned i = 0; i < pool->options.workers; i++) {
		struct worker_handle *handle = &pool->handles[i];

		if (worker_handle_alive(handle) && handle->kind->concurrent)
			check_heartbeat(pool, handle, away);
	}
}

/* End drained workers that do not end though their task pipe has. */
static void check_drained(struct pool *pool)
{
	for (unsigned i = 0; i < pool->options.workers; i++) {
		struct worker_handle *handle = &pool->handles[i];

		if (handle->state == WORKER_DRAINING && handle->nheld == 0 &&
		    deadline_clock_ms() > handle->drained_ms + FINAL_MS)
			cut_off(pool, handle, "was killed: it did not end");
	}
}

static bool awaits_killed(const struct pool *pool)
{
	return pool->stage == POOL_KILLED && pool->kind->in_process &&
	       pool->nalive > 0;
}

/* The time that killed workers still have, by a clock that no task holds up. */
static int64_t farewell_ms(const struct pool *pool)
{
	return FAREWELL_MS - (mono_us() - pool->killed_us) / 1000;
}

/* Leave behind the workers that were asked to end and do not. */
static void check_killed(struct pool *pool)
{
	struct nf_error error;

	if (!awaits_killed(pool) || farewell_ms(pool) > 0)
		return;
	(void)error_set(&error, NF_CANCELLED, "cancelled while it ran");
	for (unsigned i = 0; i < pool->options.workers; i++) {
		struct worker_handle *handle = &pool->handles[i];

		if (!worker_handle_alive(handle))
			continue;
		if (handle->kind->concurrent)
			worker_hung(pool, handle, &error);
		else
			worker_lost(pool, handle);
	}
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* When a step is due whatever the descriptors say: of the deadline clock. */
static int64_t due_ms(const struct pool *pool)
{
	const struct worker_handle *first = &pool->handles[0];
	int64_t due = NO_DEADLINE;

	if (pool->inflights.used > 0 || queue_len(&pool->queue) > 0)
		due = pool->heartbeats_checked_ms + CHECK_MS;
	if (pool->inflights.used > 0 && pool->options.worker.limit_ms > 0)
		due = least(due,
			    pool->late_checked_ms + check_interval_ms(pool));
	if (awaits_killed(pool))
		due = least(due, deadline_clock_ms() + farewell_ms(pool));
	if (pool->kind->due_ms != NULL && worker_handle_alive(first))
		due = least(due, pool->kind->due_ms(first));
	return due;
}

int64_t timeouts_due_us(struct pool *pool)
{
	int64_t ms = due_ms(pool), us = INT64_MAX;

	if (ms != NO_DEADLINE)
		us = (ms - deadline_clock_ms()) * 1000;
	if (pool->paced && queue_len(&pool->queue) > 0 &&
	    pool->inflights.used < pool->options.fanout) {
		int64_t opens = admission_due_us(
			&pool->admission, pool->inflights.nstarting, mono_us());

		if (opens != INT64_MAX)
			us = least(us, opens - mono_us());
	}
	if (pool->wake_us != INT64_MAX)
		us = least(us, pool->wake_us - mono_us());
	return us > 0 ? us : 0;
}

/* Arm the timer, unless it rings earlier already: that does no harm. */
void timeouts_arm(struct pool *pool)
{
	int64_t in_us = timeouts_due_us(pool), now = mono_us();
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
 * While a task is out, a caller that waits for pool_fd() comes every CHECK_MS.
 * A caller that stayed away did something else: a worker on its stack could not
 * run meanwhile, so that the deadline clock is set back by that.
 */
static void check_away(struct pool *pool)
{
	int64_t away_ms = deadline_clock_ms() - pool->left_ms;

	if (pool->inflights.used == 0 || away_ms <= 2 * CHECK_MS)
		return;
	if (!pool->kind->concurrent)
		deadline_clock_set_back(away_ms - CHECK_MS);
	/* A thread with fibers sees a stop of the process by itself and moves
	 * the limits of its tasks: let ours, which stand behind, begin anew. */
	if (pool->kind->concurrent && pool->kind->in_process &&
	    pool->options.worker.fibers > 0)
		all_begin_anew(pool);
}

/* Watch the clock of this thread, unless a task on its stack waits by itself,
 * or a fiber's loop watches it already. */
static bool is_watched(const struct pool *pool)
{
	return fiber_self() == NULL &&
	       (pool->kind->concurrent || pool->options.worker.fibers > 0);
}

void timeouts_enter(struct pool *pool)
{
	check_away(pool);
	timeouts_wait(pool, 0);
}

void timeouts_wait(struct pool *pool, int timeout_ms)
{
	if (is_watched(pool))
		deadline_clock_watch(timeout_ms == -1 ? NO_DEADLINE
						      : timeout_ms);
}

void timeouts_leave(struct pool *pool)
{
	timeouts_arm(pool);
	if (is_watched(pool))
		deadline_clock_unwatch();
	pool->left_ms = deadline_clock_ms();
}

void timeouts_arm_now(struct pool *pool)
{
	const struct itimerspec spec = {.it_value.tv_nsec = 1};

	if (pool->armed_us == 0)
		return;
	pool->armed_us = 0;
	(void)timerfd_settime(pool->timer_fd, 0, &spec, NULL);
}

void timeouts_rung(struct pool *pool)
{
	uint64_t times;

	(void)!read(pool->timer_fd, &times, sizeof(times));
	pool->armed_us = INT64_MAX;
}

void timeouts_check(struct pool *pool)
{
	check_begun(pool);
	check_late(pool);
	check_heartbeats(pool);
	check_drained(pool);
	check_killed(pool);
}
