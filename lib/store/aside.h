/*
 * Files that are written aside, in DIR/.netfan/aside, and put into their place
 * later, all together: so a reader sees the old one or the new one, whole.
 */
#ifndef NETFAN_STORE_ASIDE_H
#define NETFAN_STORE_ASIDE_H

#include <sys/stat.h>

#include "store/folder.h"

#define ASIDE_NAME 17 /* 16 hex digits, and a NUL */

/* A file that is being written. */
struct aside {
	const struct folder *folder; /* borrowed */
	char name[ASIDE_NAME]; /* in DIR/.netfan/aside: random */
	int fd; /* -1: closed */
};

/* Begin a file, 0600 whatever the umask. NF_SYSTEM. */
int aside_begin(struct aside *aside, const struct folder *folder,
		struct nf_error *err);

/* Write, and close. NF_SYSTEM, with sys_errno: ENOSPC of a full disk. */
int aside_write(struct aside *aside, const void *bytes, size_t len,
		struct nf_error *err);
int aside_end(struct aside *aside, struct nf_error *err);

/* Make what was written reach the disk, before aside_end(): where folder_sync()
 * would do more than is needed. NF_SYSTEM. */
int aside_sync(struct aside *aside, struct nf_error *err);

/* Open it again for reading: a descriptor, or -1 with NF_SYSTEM. */
int aside_open(const struct aside *aside, struct nf_error *err);

/* Put it into its place, a path below DIR, of which the directories are made.
 * The stat of the file goes to *st, which may be NULL. NF_INVALID for a
 * directory that is not to be trusted, NF_SYSTEM otherwise: then it is aside
 * still. */
int aside_place(struct aside *aside, const char *path, struct stat *st,
		struct nf_error *err);

/* Give it up; one that is in its place stays there. */
void aside_drop(struct aside *aside);

/* Remove what dead runs left aside: how many. Only for who has the lock. */
size_t aside_clean(const struct folder *folder);

/* Write a whole file atomically and durably (aside, fsync, rename, fsync of the
 * directory): path is below DIR. Errors as aside_place(). */
int aside_replace(const struct folder *folder, const char *path,
		  const void *bytes, size_t len, struct nf_error *err);

/* Put a symbolic link into the place of path, or of a link that is there,
 * atomically. Errors as aside_place(). */
int aside_link(const struct folder *folder, const char *path,
	       const char *target, struct nf_error *err);

#endif
