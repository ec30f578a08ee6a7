/*
 * A clock that goes by when the test says so, or when a loop waits and nothing
 * but the time can end its wait: how long anything takes on this machine is of
 * no account. For the one source of a program: what is here takes the place of
 * the system's own in all that is linked with it. Time of day stays real.
 */
#ifndef NETFAN_UNIT_VCLOCK_H
#define NETFAN_UNIT_VCLOCK_H

#include <sys/epoll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "unit/unit.h"

static int64_t vclock_us = INT64_C(1000000000); /* some time after boot */
static int64_t vclock_worked_us; /* by this thread, of those */
static int64_t vclock_stop_ms; /* the next wait is so much longer: all stand */

/* Nobody works: all wait, or are stopped. */
static inline void vclock_pass(int64_t ms)
{
	vclock_us += ms * 1000;
}

/* This thread works. */
static inline void vclock_work(int64_t ms)
{
	vclock_us += ms * 1000;
	vclock_worked_us += ms * 1000;
}

int clock_gettime(clockid_t id, struct timespec *ts)
{
	int64_t us = id == CLOCK_MONOTONIC ? vclock_us : vclock_worked_us;

	if (id != CLOCK_MONOTONIC && id != CLOCK_THREAD_CPUTIME_ID &&
	    id != CLOCK_PROCESS_CPUTIME_ID)
		return (int)syscall(SYS_clock_gettime, id, ts);
	ts->tv_sec = (time_t)(us / 1000000);
	ts->tv_nsec = (long)(us % 1000000) * 1000;
	return 0;
}

int epoll_wait(int epfd, struct epoll_event *events, int nevents,
	       int timeout_ms)
{
	int n = epoll_pwait(epfd, events, nevents, timeout_ms == -1 ? -1 : 0,
			    NULL);

	if (n == 0)
		vclock_pass(timeout_ms + vclock_stop_ms);
	vclock_stop_ms = 0;
	return n;
}

#endif
