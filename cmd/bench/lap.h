/*
 * Was this program let run? What went by from one look at the clock to the next
 * it has worked, or may have waited; what is more than that it was stopped for.
 */
#ifndef NETFAN_CMD_BENCH_LAP_H
#define NETFAN_CMD_BENCH_LAP_H

#include <stdint.h>

/* The last look: microseconds, monotonic and of its own CPU time. */
struct lap {
	int64_t us, worked_us;
};

void lap_begin(struct lap *lap);

/*
 * Look again. Returns the milliseconds since the look before that the program
 * neither worked nor may have waited, which was for may_wait_ms at most; below
 * 0 where it waited for less. No moment is between two laps.
 */
int64_t lap_lost_ms(struct lap *lap, int64_t may_wait_ms);

#endif
