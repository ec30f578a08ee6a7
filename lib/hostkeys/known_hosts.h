/* The known_hosts file on disk: read as it grows, and appended to. */
#ifndef NETFAN_HOSTKEYS_KNOWN_HOSTS_H
#define NETFAN_HOSTKEYS_KNOWN_HOSTS_H

#include <stddef.h>
#include <sys/types.h>

#include "netfan.h"

#define KNOWN_HOSTS_MAX ((size_t)64 * 1024 * 1024)

/* A file, and how far it was read: not at all when zeroed but for its path. */
struct known_hosts {
	const char *path; /* borrowed */
	dev_t dev;
	ino_t ino;
	off_t end;
};

/*
 * Read the bytes that were not read yet into *out, for free(3), with room for
 * one byte more past *len: the whole file at first, and when another file took
 * its place. A missing file is empty. NF_INVALID when the file is not a regular
 * one, larger than KNOWN_HOSTS_MAX or not readable; NF_SYSTEM without memory.
 */
int known_hosts_read(struct known_hosts *file, char **out, size_t *len,
		     struct nf_error *err);

/* known_hosts_read() of a file that is open, with the same codes. */
int known_hosts_read_on(struct known_hosts *file, int fd, char **out,
			size_t *len, struct nf_error *err);

/*
 * Open the file to append, under flock(2), without waiting for the lock: 1 with
 * *fd, 0 when another program has it, or has just put another file into its
 * place. Makes file (mode 0600) and its directory
 * (0700) when they are missing. NF_SYSTEM when the file cannot be written.
 */
int known_hosts_lock(const struct known_hosts *file, int *fd,
		     struct nf_error *err);

/*
 * Append len bytes of lines with one O_APPEND write. The first byte of them is
 * a newline, written only to end a last line that lacks its own. NF_SYSTEM when
 * the file cannot be written.
 */
int known_hosts_append(const struct known_hosts *file, int fd,
		       const char *lines, size_t len, struct nf_error *err);

/*
 * Put len bytes of text into the place of the file that is locked by fd, in one
 * step and with its mode and owner; what it was is kept as PATH.old. The new file
 * is locked, too, until all is there that others appended to the old one
 * meanwhile: ssh(1) asks for no lock. Where the path is a symbolic link, it stays
 * one. NF_SYSTEM when that cannot be done: the file is as it was then.
 */
int known_hosts_replace(struct known_hosts *file, int fd, const char *text,
			size_t len, struct nf_error *err);

/* Close the file. NF_SYSTEM when closing shows that it was not written. */
int known_hosts_unlock(const struct known_hosts *file, int fd,
		       struct nf_error *err);

#endif
