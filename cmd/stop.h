/* What stops a run: signals, of which the first asks and the second insists, and
 * the time at which it has to be over. */
#ifndef NETFAN_CMD_STOP_H
#define NETFAN_CMD_STOP_H

#include <stdbool.h>
#include <stdint.h>

#define STOP_GRACE_MS 5000 /* for what runs, after the run was asked to stop */

struct stop {
	int fd; /* polls readable when a signal has come */
	int64_t end_ms; /* when to ask without a signal, clock_ms(); 0: never */
	bool asked; /* a signal came, or the time is over */
	int signal; /* that came first, 0 for none */
	bool now; /* it came again, or the grace is over */
	int64_t deadline_ms; /* end of the grace, clock_ms() */
};

/* Take SIGINT, SIGTERM and SIGHUP over, but for those that are ignored. 0, or
 * -1 with errno. */
int stop_init(struct stop *stop);

/* Name what asked first, as people know it: "Ctrl-C", "SIGTERM", or
 * "--deadline". */
const char *stop_name(const struct stop *stop);

/* Read the signals that have come, and the clock. */
void stop_update(struct stop *stop);

/* Count the milliseconds until the clock has something to say, for poll(2): -1
 * when only a signal has. */
int stop_wait_ms(const struct stop *stop);

#endif
