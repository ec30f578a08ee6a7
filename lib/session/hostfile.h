/* The known_hosts file on disk: read as it grows, and appended to. */
#ifndef NETFAN_SESSION_HOSTFILE_H
#define NETFAN_SESSION_HOSTFILE_H

#include <stddef.h>
#include <sys/types.h>

#include "netfan.h"

#define HOSTFILE_MAX ((size_t)64 * 1024 * 1024)

/* A file, and how far it was read. Zeroed but for the path: not at all. */
struct hostfile {
	const char *path; /* borrowed */
	dev_t dev;
	ino_t ino;
	off_t end;
};

/*
 * Read what was not read yet into *out, for free(3), with room for one byte
 * more past *len: all of it at first, and when another file took its place. A
 * missing file is empty. NF_INVALID when it is no regular file, larger than
 * HOSTFILE_MAX or not readable; NF_SYSTEM when memory is short.
 */
int hostfile_read(struct hostfile *file, char **out, size_t *len,
		  struct nf_error *err);

/* The same of a file that is open. */
int hostfile_read_on(struct hostfile *file, int fd, char **out, size_t *len,
		     struct nf_error *err);

/*
 * Open it to append, under flock(2), and do not wait for that: 1 with *fd, 0
 * when another program has the lock. Makes file (mode 0600) and its directory
 * (0700) when they are missing. NF_SYSTEM when it cannot be written.
 */
int hostfile_lock(const struct hostfile *file, int *fd, struct nf_error *err);

/*
 * Append len bytes of lines with one O_APPEND write. The first of them is a
 * newline, which is left out but for a last line that lacks its own. NF_SYSTEM
 * when it cannot be written.
 */
int hostfile_append(const struct hostfile *file, int fd, const char *lines,
		    size_t len, struct nf_error *err);

/* Close it. NF_SYSTEM when only then it shows that it cannot be written. */
int hostfile_unlock(const struct hostfile *file, int fd, struct nf_error *err);

#endif
