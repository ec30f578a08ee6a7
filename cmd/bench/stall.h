/*
 * Stalls: time in which this program was stopped by a signal, or its machine
 * slept. A stall clock takes from the time that went by what the program worked,
 * what it was ready while others had the processor, and what it may have waited:
 * the rest is a stall.
 */
#ifndef NETFAN_CMD_BENCH_STALL_H
#define NETFAN_CMD_BENCH_STALL_H

#include <stdint.h>

/* The time when the clock was read last, microseconds. */
struct stall_clock {
	int64_t us; /* monotonic */
	int64_t cpu_us; /* CPU time of this process */
	int64_t queued_us; /* in which it was ready, and did not run */
};

void stall_clock_start(struct stall_clock *clock);

/*
 * Read the clock, which goes on from here. Returns the milliseconds since it
 * was read last in which the program neither worked, nor was ready to, nor may have
 * waited, which was for may_wait_ms at most: below 0 where it waited for less.
 */
int64_t stall_clock_ms(struct stall_clock *clock, int64_t may_wait_ms);

#endif
