/* Sources: the bytes of whole files. */
#ifndef NETFAN_YAML_SOURCE_H
#define NETFAN_YAML_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "netfan.h"

#define SOURCE_MAX ((size_t)200 * 1000 * 1000)

/* The bytes of a file. They may be passwords: release them soon. */
struct source {
	char *bytes;
	size_t len;
	size_t room;
	bool shared; /* a file that others than its owner may read or write */
	bool loose; /* a file that others may write, or is another user's */
};

/*
 * Read a whole file, which may be a pipe; path "-" is standard input.
 * NF_INVALID when it cannot be read or is larger than SOURCE_MAX: a regular
 * file is then not read at all. NF_SYSTEM without memory.
 */
int source_read(struct source *source, const char *path, struct nf_error *err);

/* The name of the file for messages. */
const char *source_name(const char *path);

/* Wipe the bytes and free them. */
void source_release(struct source *source);

#endif
