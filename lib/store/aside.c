/* Files that are written aside, and put into their place later. */
#include "store/aside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"

#define TRIES 16 /* names that others have, which is chance */

/* A random name. */
static int make_name(char name[ASIDE_NAME], struct nf_error *err)
{
	uint64_t number;

	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		return error_sys(err, NF_SYSTEM, "no random bytes");
	(void)snprintf(name, ASIDE_NAME, "%016" PRIx64, number);
	return 0;
}

static bool is_name(const char *name)
{
	return strspn(name, "0123456789abcdef") == ASIDE_NAME - 1 &&
	       name[ASIDE_NAME - 1] == '\0';
}

static int refuse(const struct aside *aside, const char *what,
		  struct nf_error *err)
{
	char path[64];

	(void)snprintf(path, sizeof(path), ".netfan/aside/%s", aside->name);
	return folder_refuse(aside->folder, what, path, err);
}

int aside_begin(struct aside *aside, const struct folder *folder,
		struct nf_error *err)
{
	*aside = (struct aside){.folder = folder, .fd = -1};
	for (int i = 0; i < TRIES && aside->fd == -1; i++) {
		if (make_name(aside->name, err) == -1)
			return -1;
		aside->fd = openat(folder->aside_fd, aside->name,
				   O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW |
					   O_CLOEXEC,
				   0600);
		if (aside->fd == -1 && errno != EEXIST)
			break;
	}
	if (aside->fd != -1 && fchmod(aside->fd, 0600) == 0)
		return 0;
	(void)refuse(aside, "make", err);
	if (aside->fd != -1)
		aside_drop(aside);
	return -1;
}

int aside_write(struct aside *aside, const void *bytes, size_t len,
		struct nf_error *err)
{
	return file_write_all(aside->fd, bytes, len) == 0
		       ? 0
		       : refuse(aside, "write", err);
}

int aside_sync(struct aside *aside, struct nf_error *err)
{
	return fsync(aside->fd) == 0 ? 0 : refuse(aside, "write", err);
}

/* On a network a full disk is told here. Linux has closed it also with EINTR. */
int aside_end(struct aside *aside, struct nf_error *err)
{
	int rc = close(aside->fd);

	aside->fd = -1;
	return rc == 0 || errno == EINTR ? 0 : refuse(aside, "write", err);
}

int aside_open(const struct aside *aside, struct nf_error *err)
{
	int fd = openat(aside->folder->aside_fd, aside->name,
			O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	return fd != -1 ? fd : refuse(aside, "open", err);
}

void aside_drop(struct aside *aside)
{
	if (aside->fd != -1)
		(void)close(aside->fd);
	aside->fd = -1;
	(void)unlinkat(aside->folder->aside_fd, aside->name, 0);
}

/* ---- places */

/* Move it: the descriptor of the directory, or -1; *name is what it is there. */
static int move(const struct aside *aside, const char *path, const char **name,
		struct nf_error *err)
{
	int at = folder_parent(aside->folder, path, true, name, err);
	int saved;

	if (at == -1)
		return -1;
	if (renameat(aside->folder->aside_fd, aside->name, at, *name) == 0)
		return at;
	saved = errno;
	(void)close(at);
	errno = saved;
	return folder_refuse(aside->folder, "write", path, err);
}

int aside_place(struct aside *aside, const char *path, struct stat *st,
		struct nf_error *err)
{
	const char *name;
	int at = move(aside, path, &name, err), rc = 0;

	if (at == -1)
		return -1;
	if (st != NULL && fstatat(at, name, st, AT_SYMLINK_NOFOLLOW) == -1)
		rc = folder_refuse(aside->folder, "look at", path, err);
	(void)close(at);
	return rc;
}

size_t aside_clean(const struct folder *folder)
{
	int copy = openat(folder->aside_fd, ".",
			  O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = copy != -1 ? fdopendir(copy) : NULL;
	const struct dirent *entry;
	size_t n = 0;

	if (dir == NULL) {
		if (copy != -1)
			(void)close(copy);
		return 0;
	}
	while ((entry = readdir(dir)) != NULL)
		n += is_name(entry->d_name) &&
		     unlinkat(folder->aside_fd, entry->d_name, 0) == 0;
	(void)closedir(dir);
	return n;
}

/* ---- at once */

/* Put it there for good. */
static int move_synced(const struct aside *aside, const char *path,
		       struct nf_error *err)
{
	const char *name;
	int at = move(aside, path, &name, err), rc = 0;

	if (at == -1)
		return -1;
	if (fsync(at) == -1)
		rc = folder_refuse(aside->folder, "sync", path, err);
	(void)close(at);
	return rc;
}

int aside_replace(const struct folder *folder, const char *path,
		  const void *bytes, size_t len, struct nf_error *err)
{
	struct aside aside;

	if (aside_begin(&aside, folder, err) == -1)
		return -1;
	if (aside_write(&aside, bytes, len, err) == 0 &&
	    aside_sync(&aside, err) == 0 && aside_end(&aside, err) == 0 &&
	    move_synced(&aside, path, err) == 0)
		return 0;
	aside_drop(&aside);
	return -1;
}

int aside_link(const struct folder *folder, const char *path,
	       const char *target, struct nf_error *err)
{
	struct aside aside = {.folder = folder, .fd = -1};
	const char *name;
	int at;

	if (make_name(aside.name, err) == -1)
		return -1;
	if (symlinkat(target, folder->aside_fd, aside.name) == -1)
		return refuse(&aside, "make", err);
	at = move(&aside, path, &name, err);
	if (at == -1) {
		aside_drop(&aside);
		return -1;
	}
	(void)close(at);
	return 0;
}
