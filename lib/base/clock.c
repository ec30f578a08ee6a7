/* The clocks. */
#include "base/clock.h"

#include <limits.h>
#include <stdbool.h>
#include <time.h>

static int64_t read_us(clockid_t id)
{
	struct timespec ts;

	(void)clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static _Thread_local int64_t stood_ms;

/* A stretch in which the thread is watched. */
static _Thread_local struct {
	bool on;
	int64_t since_ms;
	int64_t seen_ms; /* when the clock was last looked at */
	int64_t stood_ms; /* so far */
	int64_t worked_ms; /* before it */
	int64_t may_wait_ms;
} watch;

static int64_t worked_ms(void)
{
	return read_us(CLOCK_THREAD_CPUTIME_ID) / 1000;
}

/*
 * Was the thread late, in so many milliseconds? What it has worked is asked for
 * when it matters: a system call.
 */
static void stand_if_late(int64_t ms)
{
	int64_t late_ms = ms - watch.may_wait_ms;

	if (late_ms <= CLOCK_LATE_MS)
		return;
	late_ms -= worked_ms() - watch.worked_ms;
	if (late_ms <= CLOCK_LATE_MS)
		return;
	clock_stand(late_ms);
	watch.stood_ms += late_ms;
}

/* Only for what nobody has seen yet: who waits in steps comes to an end. */
int64_t clock_ms(void)
{
	int64_t now = read_us(CLOCK_MONOTONIC) / 1000;

	if (watch.on) {
		stand_if_late(now - watch.seen_ms);
		watch.seen_ms = now;
	}
	return now - stood_ms;
}

void clock_stand(int64_t ms)
{
	stood_ms += ms;
}

void clock_watch(int64_t may_wait_ms)
{
	int64_t now;

	clock_unwatch();
	now = read_us(CLOCK_MONOTONIC) / 1000;
	watch.on = true;
	watch.since_ms = watch.seen_ms = now;
	watch.stood_ms = 0;
	watch.worked_ms = worked_ms();
	watch.may_wait_ms = may_wait_ms;
}

void clock_unwatch(void)
{
	int64_t now = read_us(CLOCK_MONOTONIC) / 1000;

	if (!watch.on)
		return;
	(void)clock_ms();
	stand_if_late(now - watch.since_ms - watch.stood_ms);
	watch.on = false;
}

int64_t clock_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}

int64_t clock_real_us(void)
{
	return read_us(CLOCK_REALTIME);
}

int clock_wait_ms(int64_t deadline_ms, int64_t now_ms)
{
	if (deadline_ms == NO_DEADLINE)
		return -1;
	if (deadline_ms <= now_ms)
		return 0;
	return deadline_ms - now_ms < INT_MAX ? (int)(deadline_ms - now_ms)
					      : INT_MAX;
}
