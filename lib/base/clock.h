/* The clocks: monotonic for deadlines and durations, real for the reader. */
#ifndef NETFAN_BASE_CLOCK_H
#define NETFAN_BASE_CLOCK_H

#include "netfan.h"

#define NO_DEADLINE NF_NO_DEADLINE

/*
 * Monotonic milliseconds, for deadlines: a clock of this thread alone, as
 * clock_watch() and clock_stand() make it stand still.
 */
int64_t clock_ms(void);

/*
 * From now on, until the next such call, the thread works, and waits for
 * may_wait_ms at most. A thread that was stopped, or starved, is no device's
 * fault: when it was late by more than CLOCK_LATE_MS between two looks at its
 * clock, that stood still for so long, already for who looks first. When it was
 * so late in all, the clock is put back with the next call: what one did to the
 * others of its thread, in steps, is not their time.
 */
#define CLOCK_LATE_MS 1000
void clock_watch(int64_t may_wait_ms);
void clock_unwatch(void);

/* Take ms off this thread's clock: time in which it could not run. */
void clock_stand(int64_t ms);

int64_t clock_us(void); /* monotonic microseconds, for durations */
int64_t clock_real_us(void); /* microseconds since 1970 */

/* How long a wait may last, for poll(2) and epoll_wait(2): -1 for ever. */
int clock_wait_ms(int64_t deadline_ms, int64_t now_ms);

#endif
