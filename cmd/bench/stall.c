/* Stalls: time in which this program was not let run. */
#include "bench/stall.h"

#include <time.h>

static int64_t read_us(clockid_t id)
{
	struct timespec ts;

	(void)clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

void stall_clock_start(struct stall_clock *clock)
{
	clock->us = read_us(CLOCK_MONOTONIC);
	clock->cpu_us = read_us(CLOCK_PROCESS_CPUTIME_ID);
}

int64_t stall_clock_ms(struct stall_clock *clock, int64_t may_wait_ms)
{
	struct stall_clock before = *clock;
	int64_t cpu_us;

	stall_clock_start(clock);
	cpu_us = clock->cpu_us - before.cpu_us;
	return (clock->us - before.us - cpu_us) / 1000 - may_wait_ms;
}
