/*
 * Busy waiting for an event that may come at once. To sleep and to be woken
 * takes some 30 us on a virtual machine, a poll takes one: a waiter whose last
 * wait was short polls for a moment before it goes to sleep.
 */
#ifndef NETFAN_WORKER_BUSY_WAIT_H
#define NETFAN_WORKER_BUSY_WAIT_H

#include <stdbool.h>

/* Zeroed, it is ready. */
struct busy_wait {
	bool awake; /* the last wait was short */
};

/* Waits as poll(2) does: the number of events, 0 after timeout_ms (-1: no
 * limit), or -1. */
typedef int busy_wait_fn(void *arg, int timeout_ms);

/* Call wait with a timeout of 0, often perhaps, then with timeout_ms, and
 * return its result. */
int busy_wait_poll(struct busy_wait *busy_wait, busy_wait_fn *wait, void *arg,
		   int timeout_ms);

#endif
