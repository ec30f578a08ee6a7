/* Facts: what is known of a device beside its secrets, as texts by key. */
#ifndef NETFAN_INVENTORY_FACTS_H
#define NETFAN_INVENTORY_FACTS_H

#include <stddef.h>

#include "inventory/inventory.h"
#include "netfan.h"

/* Takes a value, which is lent until it returns. */
typedef void fact_take(void *arg, const char *text);

/*
 * Call take with each value that a device has for a key:
 *
 *   name, host, port, username, transport
 *   platform                 as it is called here
 *   device_type              so, and as its file says
 *   group (groups)           each group that it is in
 *   a key of an inventory    but for those of secrets, which have no value here
 *   a name of its data       of a list, each text and number; of mappings, what
 *                            NAME.KEY.KEY leads to
 */
void facts_each(const struct nf_inventory *inv, const struct device *dev,
		const char *key, fact_take *take, void *arg);

/*
 * What else a value of a key is called: of platform and device_type, the name here
 * of the platform that is called so ("eos", "arista.eos.eos", "cisco_ios_ssh").
 * NULL for any other.
 */
const char *facts_other(const struct nf_inventory *inv, const char *key,
			const char *value);

/* Call take with each group that a device is in, also by its groups. */
void facts_groups(const struct nf_inventory *inv, const struct device *dev,
		  fact_take *take, void *arg);

/* The names of all groups, and keys that some device may have; NULL at the end;
 * the list is to be freed. NULL without memory. */
const char **facts_group_names(const struct nf_inventory *inv);
const char **facts_keys(const struct nf_inventory *inv);

#endif
