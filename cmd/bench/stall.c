/* Stalls: time in which this program was stopped. */
#include "bench/stall.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

static int64_t read_us(clockid_t id)
{
	struct timespec ts;

	(void)clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* The time in which the main thread was ready and others ran: the second number
 * of proc(5)'s schedstat, nanoseconds. 0 where the system does not tell. */
static int64_t queued_us(void)
{
	FILE *file = fopen("/proc/self/schedstat", "re");
	int64_t ns = 0;

	if (file == NULL)
		return 0;
	if (fscanf(file, "%*d %" SCNd64, &ns) != 1)
		ns = 0;
	(void)fclose(file);
	return ns / 1000;
}

void stall_clock_start(struct stall_clock *clock)
{
	clock->us = read_us(CLOCK_MONOTONIC);
	clock->cpu_us = read_us(CLOCK_PROCESS_CPUTIME_ID);
	clock->queued_us = queued_us();
}

int64_t stall_clock_ms(struct stall_clock *clock, int64_t may_wait_ms)
{
	struct stall_clock before = *clock;
	int64_t own_us;

	stall_clock_start(clock);
	own_us = clock->cpu_us - before.cpu_us + clock->queued_us -
		 before.queued_us;
	return (clock->us - before.us - own_us) / 1000 - may_wait_ms;
}
