/*
 * The clock that deadlines are measured by: each thread has one of its own. It
 * stands still while the thread cannot run, so that no device is late because
 * netfan was stopped or starved. Never compare it with mono_us(): the two may
 * be hours apart.
 */
#ifndef NETFAN_BASE_DEADLINE_CLOCK_H
#define NETFAN_BASE_DEADLINE_CLOCK_H

#include "netfan.h"

#define NO_DEADLINE NF_NO_DEADLINE

/* This thread's milliseconds. Reading the clock of a thread that is watched may
 * set it back, as deadline_clock_watch() tells. */
int64_t deadline_clock_ms(void);

/*
 * Watch this thread until the next call: it works, and waits for may_wait_ms at
 * most. Time beyond its waits and its work is time in which it could not run.
 * More than DEADLINE_CLOCK_LATE_MS of that between two readings is taken off
 * the clock by the second reading; more than that in all, by the next call,
 * which so makes up for delays that were too short one by one.
 */
#define DEADLINE_CLOCK_LATE_MS 1000
void deadline_clock_watch(int64_t may_wait_ms);
void deadline_clock_unwatch(void);

/* Take ms off this thread's clock: time in which the thread could not run. */
void deadline_clock_set_back(int64_t ms);

/* How long a wait may last, for poll(2) and epoll_wait(2): -1 for ever. */
int deadline_wait_ms(int64_t deadline_ms, int64_t now_ms);

#endif
