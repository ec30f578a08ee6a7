/* Busy waiting for an event that may come at once. */
#include "worker/busy_wait.h"

#include <sched.h>

#include "base/clock.h"

#define AWAKE_US 20 /* polling before sleep, at most */
#define SHORT_US 100 /* a wait after which polling pays */

static int poll_awake(busy_wait_fn *wait, void *arg, int64_t begin_us)
{
	int n;

	while ((n = wait(arg, 0)) == 0 && mono_us() - begin_us < AWAKE_US)
		(void)sched_yield(); /* the event's source may need the core */
	return n;
}

int busy_wait_poll(struct busy_wait *busy_wait, busy_wait_fn *wait, void *arg,
		   int timeout_ms)
{
	int64_t begin_us = mono_us();
	int n = 0;

	if (busy_wait->awake && timeout_ms != 0)
		n = poll_awake(wait, arg, begin_us);
	if (n == 0)
		n = wait(arg, timeout_ms);
	busy_wait->awake = n > 0 && mono_us() - begin_us < SHORT_US;
	return n;
}
