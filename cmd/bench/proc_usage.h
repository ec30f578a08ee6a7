/* Memory and CPU time of processes, as /proc tells. */
#ifndef NETFAN_CMD_BENCH_PROC_USAGE_H
#define NETFAN_CMD_BENCH_PROC_USAGE_H

#include <stdint.h>
#include <sys/types.h>

struct stall_clock;

/*
 * Sum up the memory of pid and its children, bytes: each page that is theirs
 * alone counts once, also when several of them share it. 0 when it may not be
 * read: of a process that holds secrets, root alone may. The clock is read
 * behind each process, and *stalled_ms raised to the longest stall of them.
 */
uint64_t proc_usage_memory(pid_t pid, struct stall_clock *clock,
			   int64_t *stalled_ms);

/* Sum up the share of this process, bytes, in pages that its children have,
 * too: with it, pages that they took over from here count whole. */
uint64_t proc_usage_lent(void);

/* Read the CPU time of pid so far, user and system; 0 when it is gone. */
int64_t proc_usage_cpu_us(pid_t pid);

/* Count the processors that this process may run on. */
unsigned proc_usage_processors(void);

#endif
