/*
 * Waiting for what may come at once. To sleep and to be woken takes some 30 us
 * where the machine is a virtual one, a look takes one: who had not to wait
 * long the last time looks for a moment before going to sleep.
 */
#ifndef NETFAN_WORKER_BUSY_WAIT_H
#define NETFAN_WORKER_BUSY_WAIT_H

#include <stdbool.h>

/* Zeroed, it is ready. */
struct busy_wait {
	bool awake; /* the last wait was short */
};

/* As poll(2): the number of events, 0 after timeout_ms (-1: no limit), or -1.
 */
typedef int busy_wait_fn(void *arg, int timeout_ms);

/* What wait returns; it is called with 0, often perhaps, and with timeout_ms.
 */
int busy_wait_poll(struct busy_wait *busy_wait, busy_wait_fn *wait, void *arg,
		   int timeout_ms);

#endif
