/* The clocks: monotonic for deadlines and durations, real for the reader. */
#ifndef NETFAN_BASE_CLOCK_H
#define NETFAN_BASE_CLOCK_H

#include <stdint.h>

#define NO_DEADLINE INT64_MAX

int64_t clock_ms(void); /* monotonic milliseconds */
int64_t clock_us(void); /* monotonic microseconds */
int64_t clock_real_us(void); /* microseconds since 1970 */

/* How long a wait may last, for poll(2) and epoll_wait(2): -1 for ever. */
int clock_wait_ms(int64_t deadline_ms, int64_t now_ms);

#endif
