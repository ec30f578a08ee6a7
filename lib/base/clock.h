/* The clocks: monotonic for deadlines and durations, real for the reader. */
#ifndef NETFAN_BASE_CLOCK_H
#define NETFAN_BASE_CLOCK_H

#include "netfan.h"

#define NO_DEADLINE NF_NO_DEADLINE

/*
 * Monotonic milliseconds, for deadlines: a clock of this thread alone, as
 * clock_stand() makes it stand still.
 */
int64_t clock_ms(void);

/* Take ms off this thread's clock: time in which it could not run. */
void clock_stand(int64_t ms);

/* Milliseconds for which this thread has run. */
int64_t clock_worked_ms(void);

int64_t clock_us(void); /* monotonic microseconds, for durations */
int64_t clock_real_us(void); /* microseconds since 1970 */

/* How long a wait may last, for poll(2) and epoll_wait(2): -1 for ever. */
int clock_wait_ms(int64_t deadline_ms, int64_t now_ms);

#endif
