/* The platforms that a command works with. */
#ifndef NETFAN_CMD_PLATFORMS_H
#define NETFAN_CMD_PLATFORMS_H

#include "netfan.h"

/* Directories given with --platforms, in their order. */
struct directories {
	const char **at; /* point into argv */
	size_t n;
};

/* -1 with errno ENOMEM. */
int directories_add(struct directories *dirs, const char *dir);
void directories_free(struct directories *dirs);

/*
 * The platforms compiled in, those of the user's own directory
 * (~/.config/netfan/platforms) where there is one, and those of dirs.
 */
int platforms_open(struct nf_platforms **out, const struct directories *dirs,
		   struct nf_error *err);

#endif
