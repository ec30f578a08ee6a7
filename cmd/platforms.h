/* The platforms that a command works with. */
#ifndef NETFAN_CMD_PLATFORMS_H
#define NETFAN_CMD_PLATFORMS_H

#include "netfan.h"
#include "options/paths.h"

/*
 * The platforms compiled in, those of the user's own directory
 * (~/.config/netfan/platforms) where there are any, and those of dirs.
 */
int platforms_open(struct nf_platforms **out, const struct paths *dirs,
		   const struct nf_log *log, struct nf_error *err);

#endif
