/* A run in the system's log: a line for each device that changed or failed, and
 * one for the run. */
#ifndef NETFAN_CMD_COLLECT_SYSTEM_LOG_H
#define NETFAN_CMD_COLLECT_SYSTEM_LOG_H

#include "collect/collection.h"

/* Log a collection, as daemon.err, .warning, .notice and .info. */
void system_log(const struct collection *c);

#endif
