/*
 * Simulated devices for a benchmark without a network. A simulator is processes
 * of the program that stands beside netfan, and a directory with an inventory
 * and known hosts for them.
 */
#ifndef NETFAN_CMD_BENCH_SIMULATE_H
#define NETFAN_CMD_BENCH_SIMULATE_H

#include <stdint.h>
#include <sys/types.h>

/* How the devices behave; times in milliseconds. */
struct simulation {
	unsigned devices; /* 0: there are none */
	unsigned connect_ms, login_ms, command_ms, jitter_ms;
	unsigned slow; /* number of a slow device, from 1; 0: none */
	unsigned slow_ms; /* that it takes more */
};

#define SIMULATOR_DIR 256
#define SIMULATOR_PROCESSES 16

struct simulator {
	pid_t pids[SIMULATOR_PROCESSES];
	unsigned n; /* processes; 0: there is no simulator */
	char dir[SIMULATOR_DIR]; /* "": there is none */
	char inventory[SIMULATOR_DIR + 32], known_hosts[SIMULATOR_DIR + 32];
};

/*
 * Start the devices: 0, or -1 as it was told on standard error. Stop them in
 * each case. Many are served by a process for each processor, 16 at most, so
 * that netfan is not measured against the speed of one.
 */
int simulator_start(struct simulator *simulator,
		    const struct simulation *simulation);
void simulator_stop(struct simulator *simulator);

/* Sum up the CPU time of all processes so far, microseconds. */
int64_t simulator_cpu(const struct simulator *simulator);

#endif
