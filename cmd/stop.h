/* The signals that stop a run: the first asks, the second insists. */
#ifndef NETFAN_CMD_STOP_H
#define NETFAN_CMD_STOP_H

#include <stdbool.h>
#include <stdint.h>

#define STOP_GRACE_MS 5000 /* for what runs, after the first signal */

struct stop {
	int fd; /* polls readable when a signal has come */
	int signal; /* that came first, 0 for none */
	bool now; /* a second signal came, or the grace is over */
	int64_t deadline_ms; /* end of the grace, monotonic */
};

/* Take SIGINT, SIGTERM and SIGHUP over, but for those that are ignored. 0, or
 * -1 with errno. */
int stop_init(struct stop *stop);

/* Name the signal that came first, as people know it: "Ctrl-C", "SIGTERM". */
const char *stop_name(const struct stop *stop);

/* Read the signals that have come. */
void stop_update(struct stop *stop);

/* Count the milliseconds until the grace ends, for poll(2): -1 before the first
 * signal. */
int stop_wait_ms(const struct stop *stop);

#endif
