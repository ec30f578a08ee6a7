/* The names of an inventory's devices: every device has one of its own. */
#ifndef NETFAN_INVENTORY_NAMES_H
#define NETFAN_INVENTORY_NAMES_H

#include <stddef.h>

#include "base/strings.h"
#include "inventory/inventory.h"
#include "inventory/outline.h"
#include "netfan.h"

/*
 * Name the devices whose pub.name is NULL after their host, with the port
 * where hosts of such devices are alike; new texts go to strings. Fails with
 * NF_INVALID when two devices then share a name. path is for messages.
 */
int names_settle(struct device *devices, const struct outline *outline,
		 struct strings *strings, const char *path,
		 struct nf_error *err);

#endif
