/* The clocks. */
#include "base/clock.h"

#include <limits.h>
#include <time.h>

static int64_t read_us(clockid_t id)
{
	struct timespec ts;

	(void)clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static _Thread_local int64_t stood_ms;

int64_t clock_ms(void)
{
	return read_us(CLOCK_MONOTONIC) / 1000 - stood_ms;
}

void clock_stand(int64_t ms)
{
	stood_ms += ms;
}

int64_t clock_worked_ms(void)
{
	return read_us(CLOCK_THREAD_CPUTIME_ID) / 1000;
}

int64_t clock_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}

int64_t clock_real_us(void)
{
	return read_us(CLOCK_REALTIME);
}

int clock_wait_ms(int64_t deadline_ms, int64_t now_ms)
{
	if (deadline_ms == NO_DEADLINE)
		return -1;
	if (deadline_ms <= now_ms)
		return 0;
	return deadline_ms - now_ms < INT_MAX ? (int)(deadline_ms - now_ms)
					      : INT_MAX;
}
