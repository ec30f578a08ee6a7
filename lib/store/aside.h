/*
 * Files that are written aside, in DIR/.netfan/aside, and put into their place
 * later, all together: so a reader sees the old one or the new one, whole.
 */
#ifndef NETFAN_STORE_ASIDE_H
#define NETFAN_STORE_ASIDE_H

#include <stdint.h>
#include <sys/stat.h>

#include "store/folder.h"

/* A file that is being written. */
struct aside {
	const struct folder *folder; /* borrowed */
	char name[32]; /* in DIR/.netfan/aside */
	int fd; /* -1: closed */
	uint64_t bytes;
};

/* Begin a file, 0600 whatever the umask. NF_SYSTEM. */
int aside_begin(struct aside *aside, const struct folder *folder,
		struct nf_error *err);

/* Write, and close. NF_SYSTEM, with sys_errno: a full disk. */
int aside_write(struct aside *aside, const void *bytes, size_t len,
		struct nf_error *err);
int aside_end(struct aside *aside, struct nf_error *err);

/* Open it again for reading: a descriptor, or -1 with NF_SYSTEM. */
int aside_open(const struct aside *aside, struct nf_error *err);

/* Put it into its place: dir, a path below DIR (DEVICE, DEVICE/COMMAND or
 * .netfan/shrunk/DEVICE; 0700, made as needed), and file. The stat of the file
 * goes to *st. NF_SYSTEM. */
int aside_place(struct aside *aside, const char *dir, const char *file,
		struct stat *st, struct nf_error *err);

/* Give it up. */
void aside_drop(struct aside *aside);

/* Remove what dead runs left aside: how many. Only for who has the lock. */
size_t aside_clean(const struct folder *folder);

/* Write a whole file atomically and durably (aside, fsync, rename, fsync of the
 * directory): path is below DIR. NF_SYSTEM. */
int aside_replace(const struct folder *folder, const char *path,
		  const void *bytes, size_t len, struct nf_error *err);

#endif
