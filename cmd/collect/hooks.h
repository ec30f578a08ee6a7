/*
 * Hooks: commands of the user's that are told what a run came to. One has the
 * report on its standard input and numbers in its environment: nothing that a
 * device said is in its command line or a variable. No other NETFAN_ variable
 * gets there, as one may have been meant for netfan alone.
 */
#ifndef NETFAN_CMD_COLLECT_HOOKS_H
#define NETFAN_CMD_COLLECT_HOOKS_H

#include "collect/collection.h"
#include "stop.h"

#define HOOK_MS 60000 /* that one may take */

struct hook {
	const char *option; /* that gave it, for what is told of it */
	const char *command; /* of /bin/sh */
	int report_fd; /* its standard input, read from the beginning */
	const char *report_path; /* a report in JSON, or "" for none */
	int64_t limit_ms; /* how long it may take */
};

/*
 * Run a hook to its end, in a process group of its own, which is killed when
 * its time is over, or when a signal comes to us. What goes wrong is told, and
 * changes nothing else.
 */
void hook_run(const struct hook *hook, const struct collection *c,
	      struct stop *stop);

#endif
