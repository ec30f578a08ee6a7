/*
 * All platforms that there are: those compiled in, each read when it is first
 * asked for, and those of directories, which come before them.
 */
#ifndef NETFAN_PLATFORM_CATALOGUE_H
#define NETFAN_PLATFORM_CATALOGUE_H

#include "platform/platform.h"

/* A platform file that is compiled in. */
struct builtin {
	const char *name;
	const char *aliases; /* with a blank before and behind each */
	const char *bytes;
};

/* Made from lib/platform/NAME.yaml; ends with a name that is NULL. */
extern const struct builtin builtins[];

/*
 * The platform of a device_type: a name, an alias, or either with _ssh behind
 * it, as netmiko has them. 1 when there is one, borrowed from the catalogue, 0
 * when not. NF_SYSTEM without memory.
 */
int catalogue_find(const struct platform **out, struct nf_platforms *platforms,
		   const char *device_type, struct nf_error *err);

/*
 * List all platforms, each read: *out is freed by the caller, what it points to
 * is the catalogue's. Those of directories come first. NF_SYSTEM without
 * memory.
 */
int catalogue_all(const struct platform ***out, size_t *n,
		  struct nf_platforms *platforms, struct nf_error *err);

#endif
