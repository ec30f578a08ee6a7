/* Device parser: makes a device of its entry in a file, and checks it. */
#ifndef NETFAN_INVENTORY_DEVICE_PARSER_H
#define NETFAN_INVENTORY_DEVICE_PARSER_H

#include "base/strings.h"
#include "credentials/secrets.h"
#include "inventory/entry.h"
#include "inventory/inventory.h"
#include "inventory/yaml_index.h"
#include "netfan.h"

/* The parser of a file: all that its devices share. */
struct device_parser {
	const char *path; /* as in their struct device */
	struct nf_platforms *platforms;
	struct strings *strings; /* where the devices' texts go */
	struct secrets *secrets; /* where their passwords go */
	struct accesses *accesses; /* where what they share goes */
	const char *username; /* who runs the program; NULL: not asked yet */
};

/*
 * Fill *dev with an entry, which stands at a place of its file (NULL: it comes
 * from memory) and is the ordinal'th, from 1. A device without a name is left
 * with pub.name NULL. NF_INVALID with the line of the key at fault; NF_SYSTEM
 * without memory.
 *
 * A device whose user name or password cannot be meant (a placeholder, a line
 * break) is no error: dev->skip says why it is not asked.
 */
int device_parser_parse(struct device_parser *parser, const struct entry *entry,
			const struct yaml_index_device *place, size_t ordinal,
			struct device *dev, struct nf_error *err);

#endif
