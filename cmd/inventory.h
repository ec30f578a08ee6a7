/* The inventory that a command works with. */
#ifndef NETFAN_CMD_INVENTORY_H
#define NETFAN_CMD_INVENTORY_H

#include "netfan.h"
#include "options/paths.h"

#define INVENTORY_DEFAULT "inventory.yaml" /* read when none is given */

/*
 * All devices of the files, "-" for standard input, as one inventory; of the
 * one that is read when none is given, where there are none. Errors and notes
 * as nf_inventory_add_file().
 */
int inventory_open(struct nf_inventory **out, const struct paths *files,
		   struct nf_platforms *platforms, const struct nf_log *log,
		   struct nf_error *err);

#endif
