/* From what a file says of a device to a device, checked. */
#ifndef NETFAN_INVENTORY_READING_H
#define NETFAN_INVENTORY_READING_H

#include "base/strings.h"
#include "inventory/entry.h"
#include "inventory/inventory.h"
#include "inventory/outline.h"
#include "inventory/secrets.h"
#include "netfan.h"

/* What all devices of a file share. */
struct reading {
	const char *path; /* for messages */
	struct nf_platforms *platforms;
	const struct outline *outline;
	struct strings *strings; /* where the devices' texts go */
	struct secrets *secrets; /* where their passwords go */
	const char *username; /* of who runs us; NULL: not asked yet */
};

/*
 * Fill *dev with entry i. A device without a name is left with pub.name NULL.
 * Fails with NF_INVALID and the line of the key at fault.
 */
int reading_device(struct reading *reading, const struct entry *entry, size_t i,
		   struct device *dev, struct nf_error *err);

#endif
