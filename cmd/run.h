/* A run, of poll and check: the devices of an inventory are asked, and each
 * result is printed as it comes. */
#ifndef NETFAN_CMD_RUN_H
#define NETFAN_CMD_RUN_H

#include "format/format.h"
#include "options/options.h"

/* Ask all devices, or those whose names are given, and write the results to
 * standard output in a format. Returns the exit status. */
int run_devices(const struct options *options, char *const *names,
		size_t nnames, const struct format *format);

#endif
