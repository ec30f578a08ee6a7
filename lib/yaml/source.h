/* The bytes of a file. */
#ifndef NETFAN_YAML_SOURCE_H
#define NETFAN_YAML_SOURCE_H

#include <stddef.h>

#include "netfan.h"

#define SOURCE_MAX ((size_t)128 * 1024 * 1024)

/* They hold passwords: release them soon. */
struct source {
	char *bytes;
	size_t len;
	size_t room;
};

/*
 * Read a whole file, which may be a pipe. NF_INVALID when it cannot be read or
 * is larger than SOURCE_MAX.
 */
int source_read(struct source *source, const char *path, struct nf_error *err);

/* Wipe and free them. */
void source_release(struct source *source);

#endif
