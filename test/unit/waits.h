/*
 * How long this thread's steps are prepared to wait: that one waits no longer
 * than it was told is seen without a clock, on the busiest machine. For the one
 * source of a program: what is here takes the place of the system's own.
 */
#ifndef NETFAN_UNIT_WAITS_H
#define NETFAN_UNIT_WAITS_H

#include <limits.h>
#include <sys/epoll.h>

static _Thread_local int waits_longest_ms; /* INT_MAX: one had no end */

int epoll_wait(int epfd, struct epoll_event *events, int nevents,
	       int timeout_ms)
{
	int ms = timeout_ms == -1 ? INT_MAX : timeout_ms;

	if (ms > waits_longest_ms)
		waits_longest_ms = ms;
	return epoll_pwait(epfd, events, nevents, timeout_ms, NULL);
}

#endif
