/* The clock that deadlines are measured by. */
#include "base/deadline_clock.h"

#include <limits.h>
#include <stdbool.h>
#include <time.h>

#include "base/clock.h"

static _Thread_local int64_t set_back_ms;

/* The stretch in which the thread is watched. */
static _Thread_local struct {
	bool on;
	int64_t since_ms;
	int64_t seen_ms; /* when the clock was last read */
	int64_t set_back_ms; /* so far */
	int64_t worked_ms; /* before it */
	int64_t may_wait_ms;
} watch;

static int64_t mono_ms(void)
{
	return mono_us() / 1000;
}

static int64_t worked_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/*
 * Set the clock back if the thread was late, after ms of the stretch. What it
 * has worked is a system call: it is asked for when it matters.
 */
static void set_back_if_late(int64_t ms)
{
	int64_t late_ms = ms - watch.may_wait_ms;

	if (late_ms <= DEADLINE_CLOCK_LATE_MS)
		return;
	late_ms -= worked_ms() - watch.worked_ms;
	if (late_ms <= DEADLINE_CLOCK_LATE_MS)
		return;
	deadline_clock_set_back(late_ms);
	watch.set_back_ms += late_ms;
}

/* Only time that no reading has shown yet is taken off: a wait that is made in
 * steps, each to the same deadline, comes to an end. */
int64_t deadline_clock_ms(void)
{
	int64_t now = mono_ms();

	if (watch.on) {
		set_back_if_late(now - watch.seen_ms);
		watch.seen_ms = now;
	}
	return now - set_back_ms;
}

void deadline_clock_set_back(int64_t ms)
{
	set_back_ms += ms;
}

void deadline_clock_watch(int64_t may_wait_ms)
{
	int64_t now;

	deadline_clock_unwatch();
	now = mono_ms();
	watch.on = true;
	watch.since_ms = watch.seen_ms = now;
	watch.set_back_ms = 0;
	watch.worked_ms = worked_ms();
	watch.may_wait_ms = may_wait_ms;
}

void deadline_clock_unwatch(void)
{
	int64_t now = mono_ms();

	if (!watch.on)
		return;
	(void)deadline_clock_ms();
	set_back_if_late(now - watch.since_ms - watch.set_back_ms);
	watch.on = false;
}

int deadline_wait_ms(int64_t deadline_ms, int64_t now_ms)
{
	if (deadline_ms == NO_DEADLINE)
		return -1;
	if (deadline_ms <= now_ms)
		return 0;
	return deadline_ms - now_ms < INT_MAX ? (int)(deadline_ms - now_ms)
					      : INT_MAX;
}
