/* The signals that stop a run: the first asks, the second insists. */
#ifndef NETFAN_CMD_STOP_H
#define NETFAN_CMD_STOP_H

#include <stdbool.h>
#include <stdint.h>

#define STOP_GRACE_MS 5000 /* for what runs, after the first signal */

struct stop {
	int fd; /* polls readable when a signal has come */
	int signal; /* the first one, 0 for none */
	bool now; /* a second one came, or the grace is over */
	int64_t deadline_ms; /* end of the grace after the first one */
};

/* Take SIGINT, SIGTERM and SIGHUP over, if they are not ignored: 0 or -1. */
int stop_init(struct stop *stop);

/* The signal that came first, as people know it: "Ctrl-C", "SIGTERM". */
const char *stop_name(const struct stop *stop);

/* Take in what has come. */
void stop_update(struct stop *stop);

/* Milliseconds until the grace ends, for poll(2): -1 when none runs. */
int stop_wait_ms(const struct stop *stop);

#endif
