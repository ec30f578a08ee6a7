/* The platforms that a subcommand works with. */
#ifndef NETFAN_CMD_PLATFORMS_H
#define NETFAN_CMD_PLATFORMS_H

#include "netfan.h"
#include "options/texts.h"

/*
 * Load the platforms compiled in, those of the user's own directory
 * (~/.config/netfan/platforms) where there are any, and those of dirs. 0, or -1
 * with NF_SYSTEM when memory is short, or as nf_platforms_load().
 */
int platforms_open(struct nf_platforms **out, const struct texts *dirs,
		   const struct nf_log *log, struct nf_error *err);

#endif
