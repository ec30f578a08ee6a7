/* The known_hosts file on disk: read whole, or one line longer. */
#ifndef NETFAN_SESSION_HOSTFILE_H
#define NETFAN_SESSION_HOSTFILE_H

#include <stddef.h>

#include "netfan.h"

#define HOSTFILE_MAX ((size_t)64 * 1024 * 1024)

/*
 * Read the file at path into *out, for free(3), with room for one byte more
 * past *len. A missing file is empty. NF_INVALID when it is no regular file,
 * larger than HOSTFILE_MAX or not readable; NF_SYSTEM when memory is short.
 * hostkeys_append() is here as well.
 */
int hostfile_read(char **out, size_t *len, const char *path,
		  struct nf_error *err);

#endif
