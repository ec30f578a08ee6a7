/* Whether this program was let run. */
#include "bench/lap.h"

#include <time.h>

static int64_t read_us(clockid_t id)
{
	struct timespec ts;

	(void)clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

void lap_begin(struct lap *lap)
{
	lap->us = read_us(CLOCK_MONOTONIC);
	lap->worked_us = read_us(CLOCK_PROCESS_CPUTIME_ID);
}

int64_t lap_lost_ms(struct lap *lap, int64_t may_wait_ms)
{
	struct lap before = *lap;
	int64_t worked_us;

	lap_begin(lap);
	worked_us = lap->worked_us - before.worked_us;
	return (lap->us - before.us - worked_us) / 1000 - may_wait_ms;
}
