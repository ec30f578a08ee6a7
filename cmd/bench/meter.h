/* What a process and its children use, as /proc tells. */
#ifndef NETFAN_CMD_BENCH_METER_H
#define NETFAN_CMD_BENCH_METER_H

#include <stdint.h>
#include <sys/types.h>

struct stall_clock;

/*
 * Memory of pid and its children, bytes: each page that is theirs alone counts
 * once, also when several of them share it. 0 when it may not be looked at: of
 * a process that holds secrets, root alone may. The clock is read behind each
 * process, and *stalled_ms raised to the longest stall of them.
 */
uint64_t meter_memory(pid_t pid, struct stall_clock *clock,
		      int64_t *stalled_ms);

/* Of what this process has, the share of it, bytes, that children have too:
 * with it, pages that they took over from here count whole. */
uint64_t meter_lent(void);

/* CPU time of pid so far, microseconds, user and system; 0 when it is gone. */
int64_t meter_cpu(pid_t pid);

/* Processors that this process may run on. */
unsigned meter_processors(void);

#endif
