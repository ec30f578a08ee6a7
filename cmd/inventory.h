/* The inventory that a subcommand works with. */
#ifndef NETFAN_CMD_INVENTORY_H
#define NETFAN_CMD_INVENTORY_H

#include "netfan.h"
#include "options/options.h"

/* An empty inventory that will read files as the options say: of a form, with
 * vault passwords, strictly. Errors as nf_inventory_new(). */
int inventory_new(struct nf_inventory **out, const struct options *options,
		  struct nf_platforms *platforms, const struct nf_log *log,
		  struct nf_error *err);

/* Add a list of hosts, a value of --host. Errors as nf_inventory_add_hosts(). */
int inventory_add_hosts(struct nf_inventory *inv, const struct options *options,
			const char *hosts, struct nf_error *err);

/* How a subcommand that stop stops has secrets that are not in the files: a person
 * is asked at the terminal. */
struct stop;
struct nf_secret_ways inventory_ways(struct stop *stop);

/*
 * Load all devices of the options' files, "-" for standard input, as one
 * inventory; those of INVENTORY_DEFAULT where no file is given; where hosts are,
 * these alone. What is to be typed is asked for first. ways may be NULL.
 * 0, or -1 with the error codes of nf_inventory_add_file(), whose notes go to the
 * log.
 */
int inventory_open(struct nf_inventory **out, const struct options *options,
		   struct nf_platforms *platforms,
		   const struct nf_secret_ways *ways, const struct nf_log *log,
		   struct nf_error *err);

#endif
