/* A run in the system's log: a line for each device that changed or failed, and
 * one for the run. */
#ifndef NETFAN_CMD_COLLECT_SYSTEM_LOG_H
#define NETFAN_CMD_COLLECT_SYSTEM_LOG_H

#include "collect/collection.h"

#define SYSTEM_LOG "/dev/log"

/*
 * Log a collection, as daemon.err, .warning, .notice and .info, by the socket at
 * this path. Not by syslog(3), which waits for a log that hangs for ever, and with
 * it the lock of the collection. 0, or -1 with err->message: there is no log, or it
 * took no line for a second, and the rest is left out.
 */
int system_log(const struct collection *c, const char *path,
	       struct nf_error *err);

#endif
