/*
 * The folder of a store, and who works in it.
 *
 *   DIR/                   0700, of the user alone
 *     DEVICE/COMMAND       0600, the outputs
 *     .git/                the record, made by git
 *     .netfan/             0700, what netfan knows; ignored by git
 *       lock               who works here, and since when
 *       state              see state.h
 *       key                CONTENT_KEY random bytes
 *       aside/             files that are not in their place yet
 *       shrunk/DEVICE/COMMAND  outputs that are much shorter than before
 *
 * All paths are opened below descriptors of DIR and .netfan, with O_NOFOLLOW:
 * a link in their place is refused. Modes are as told whatever the umask.
 */
#ifndef NETFAN_STORE_FOLDER_H
#define NETFAN_STORE_FOLDER_H

#include <stdint.h>
#include <sys/stat.h>

#include "content/filter.h"
#include "netfan.h"

struct folder {
	char *path; /* absolute, as git is told */
	int fd; /* of DIR */
	int netfan_fd; /* of DIR/.netfan */
	int aside_fd; /* of DIR/.netfan/aside; -1: there is none */
	int lock_fd; /* -1: not locked */
	uint8_t key[CONTENT_KEY];
};

/*
 * Open a folder, and make what is missing of it (with make; else a DIR without
 * .netfan is NF_INVALID: "is no collection"), but not the directory that DIR is
 * in. A DIR that is made, or is empty, gets its mode; one that has more in it
 * keeps what its owner gave it. NF_INVALID when DIR, .git or .netfan has another
 * owner, is a link, is no directory, or may be written to by others, for a DIR
 * that is a bare repository, and for a key that is damaged; NF_SYSTEM for all that the system refuses. The message
 * names the path and what to do.
 */
int folder_open(struct folder *folder, const char *path, bool make,
		struct nf_error *err);
void folder_close(struct folder *folder);

/*
 * Lock the folder, waiting until deadline_ms (deadline_clock_ms(); 0: not at
 * all). NF_BUSY with a message of who has it and since when ("another run works
 * in DIR: process 1234 since 2026-11-30 02:17:00 +0100"); NF_CANCELLED when
 * interrupted (may be NULL) said so; NF_SYSTEM. The lock is an flock(2) on an open file,
 * close-on-exec and never unlinked; whoever forks has to close it in the child.
 */
int folder_lock(struct folder *folder, int64_t deadline_ms,
		bool (*interrupted)(void *arg), void *arg,
		struct nf_error *err);

/*
 * Open a directory below DIR ("DEVICE", "DEVICE/COMMAND", ".netfan/shrunk/R1"):
 * a descriptor, the caller's; each part is made when it is missing, with make.
 * -1 with NF_INVALID for a part that is not to be trusted, as DIR would not be;
 * NF_SYSTEM otherwise, sys_errno ENOENT when it is not there.
 */
int folder_dir(const struct folder *folder, const char *path, bool make,
	       struct nf_error *err);

/* Open the directory that a path below DIR is in; *name is the path's last part.
 * Errors as folder_dir(). */
int folder_parent(const struct folder *folder, const char *path, bool make,
		  const char **name, struct nf_error *err);

/* Tell the stat of what a path below DIR names, a link's its own: 0, or -1 when
 * it cannot be seen, also behind a link. */
int folder_stat(const struct folder *folder, const char *path, struct stat *st);

/* Open a regular file below DIR for reading, and tell its stat in *st: a
 * descriptor, or -1. Errors as folder_dir(). */
int folder_file(const struct folder *folder, const char *path, struct stat *st,
		struct nf_error *err);

/* Write the path of what is below DIR ("": DIR itself) for a message: cut where
 * it is long, and harmless. */
#define FOLDER_SHOWN 320
void folder_shown(char out[FOLDER_SHOWN], const struct folder *folder,
		  const char *path);

/* Tell that something cannot be done with what is below DIR, and what errno says
 * of it: -1 with NF_SYSTEM. */
int folder_refuse(const struct folder *folder, const char *what,
		  const char *path, struct nf_error *err);

/* Make all that was written reach the disk: one syncfs(2). NF_SYSTEM. */
int folder_sync(const struct folder *folder, struct nf_error *err);

#endif
