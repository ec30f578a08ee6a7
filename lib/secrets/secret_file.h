/* Files that have secrets in them. */
#ifndef NETFAN_SECRETS_SECRET_FILE_H
#define NETFAN_SECRETS_SECRET_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "secrets/arena.h"

/* What was read of one. */
struct secret_file {
	char *text; /* in the arena; a NUL is behind it */
	size_t len;
	bool whole; /* there is no more than that */
	bool shared; /* others than its owner may read or write it */
};

/*
 * Read a regular file up to max bytes. 1; 0 with errno when it cannot be read,
 * ENXIO where it is no regular file: a pipe might be silent for ever; -1 with
 * errno when the arena has no room.
 */
int secret_file_read(struct secret_file *file, struct secrets *arena,
		     const char *path, size_t max);

#endif
