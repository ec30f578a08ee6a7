/* Which devices of the inventory a subcommand works with. */
#ifndef NETFAN_CMD_SELECTION_H
#define NETFAN_CMD_SELECTION_H

#include "netfan.h"
#include "options/options.h"

/* Are these options to leave devices out? */
bool selection_is_limited(const struct options *options);

/* Are they that, or options to name hosts that are in no inventory? */
bool selection_is_asked(const struct options *options);

/*
 * Keep the devices of some names, all if there are none, of which the options
 * select some. A name may be an expression, as --limit has them. 0, or -1 with the
 * codes of nf_inventory_select().
 */
int selection_apply(struct nf_inventory *inv, const struct options *options,
		    const char *const *names, size_t nnames,
		    struct nf_error *err);

#endif
