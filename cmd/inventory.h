/* The inventory that a subcommand works with. */
#ifndef NETFAN_CMD_INVENTORY_H
#define NETFAN_CMD_INVENTORY_H

#include "netfan.h"
#include "options/texts.h"

/*
 * Load all devices of the files, "-" for standard input, as one inventory;
 * those of INVENTORY_DEFAULT where no file is given. 0, or -1 with the error
 * codes of nf_inventory_add_file(), whose notes go to the log.
 */
int inventory_open(struct nf_inventory **out, const struct texts *files,
		   struct nf_platforms *platforms, const struct nf_log *log,
		   struct nf_error *err);

#endif
