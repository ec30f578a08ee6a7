/*
 * Simulated devices for a benchmark without a network: the program that stands
 * beside netfan is started, and an inventory and known hosts of its own made.
 */
#ifndef NETFAN_CMD_BENCH_SIMULATE_H
#define NETFAN_CMD_BENCH_SIMULATE_H

#include <stdint.h>
#include <sys/types.h>

/* What the devices are like; milliseconds. */
struct simulation {
	unsigned devices; /* 0: there are none */
	unsigned connect_ms, login_ms, command_ms, jitter_ms;
	unsigned slow; /* this one is slow, from 1; 0: none */
	unsigned slow_ms; /* by so much */
};

#define SIMULATOR_DIR 256
#define SIMULATOR_PROCESSES 16

struct simulator {
	pid_t pids[SIMULATOR_PROCESSES];
	unsigned n; /* of processes: 0 when there is none */
	char dir[SIMULATOR_DIR]; /* "" when there is none */
	char inventory[SIMULATOR_DIR + 32], known_hosts[SIMULATOR_DIR + 32];
};

/*
 * Many are served by a process for each processor, 16 at most, so that netfan
 * is not measured against one. 0, or -1 as it was told on standard error. Stop
 * in each case.
 */
int simulator_start(struct simulator *simulator,
		    const struct simulation *simulation);
void simulator_stop(struct simulator *simulator);

/* CPU time of them all so far, microseconds. */
int64_t simulator_cpu(const struct simulator *simulator);

#endif
