/* The folder of a store: its parts, and whom they belong to. */
#include "store/folder.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/error.h"
#include "base/printable.h"
#include "store/aside.h"

#define OPEN_DIR (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define OPEN_FILE (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

void folder_shown(char out[FOLDER_SHOWN], const struct folder *folder,
		  const char *path)
{
	char whole[PATH_MAX + PATH_MAX];

	(void)snprintf(whole, sizeof(whole), "%s%s%s", folder->path,
		       *path != '\0' ? "/" : "", path);
	printable_copy(out, FOLDER_SHOWN, (const uint8_t *)whole,
		       strlen(whole));
}

int folder_refuse(const struct folder *folder, const char *what,
		  const char *path, struct nf_error *err)
{
	char shown[FOLDER_SHOWN];
	int saved = errno;

	folder_shown(shown, folder, path);
	errno = saved;
	return error_sys(err, NF_SYSTEM, "cannot %s %s", what, shown);
}

/* ---- trust */

static int check_owner(const struct stat *st, const char *shown,
		       struct nf_error *err)
{
	if (st->st_uid == geteuid())
		return 0;
	return error_set(err, NF_INVALID,
			 "%s belongs to user %u, and this is user %u: run "
			 "netfan as its owner, or name another folder",
			 shown, (unsigned)st->st_uid, (unsigned)geteuid());
}

/* Is it a directory that nobody else can change? */
static int check_dir(const struct stat *st, const char *shown,
		     struct nf_error *err)
{
	if (S_ISLNK(st->st_mode))
		return error_set(err, NF_INVALID,
				 "%s is a symbolic link, and none is followed "
				 "here: use the directory itself",
				 shown);
	if (!S_ISDIR(st->st_mode))
		return error_set(err, NF_INVALID,
				 "%s is no directory: name another folder, or "
				 "move it away",
				 shown);
	if (check_owner(st, shown, err) == -1)
		return -1;
	if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return error_set(err, NF_INVALID,
				 "others may write to %s: name a folder of "
				 "your own, or take that from them with "
				 "'chmod go-w'",
				 shown);
	return 0;
}

/* Tell why a directory cannot be opened: what is there says more than errno. */
static int refuse_dir(int at, const char *name, const char *shown,
		      struct nf_error *err)
{
	int saved = errno;
	struct stat st;

	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    check_dir(&st, shown, err) == -1)
		return -1;
	errno = saved;
	return error_sys(err, NF_SYSTEM, "cannot open %s", shown);
}

/* The umask may have taken from the mode even what its owner needs. */
static int make_dir(int at, const char *name)
{
	if (mkdirat(at, name, 0700) == -1)
		return errno == EEXIST ? 0 : -1;
	/* Where there is no /proc, the C library cannot do that. */
	return fchmodat(at, name, 0700, AT_SYMLINK_NOFOLLOW) == -1 &&
			       errno != EOPNOTSUPP
		       ? -1
		       : 0;
}

/* Open a directory that is to be trusted, path is its own below DIR. */
static int open_dir(const struct folder *folder, int at, const char *name,
		    const char *path, bool make, struct nf_error *err)
{
	char shown[FOLDER_SHOWN];
	struct stat st;
	int fd;

	folder_shown(shown, folder, path);
	fd = openat(at, name, OPEN_DIR);
	if (fd == -1 && errno == ENOENT && make) {
		if (make_dir(at, name) == -1)
			return error_sys(err, NF_SYSTEM, "cannot make %s",
					 shown);
		fd = openat(at, name, OPEN_DIR);
	}
	if (fd == -1)
		return refuse_dir(at, name, shown, err);
	if (fstat(fd, &st) == -1)
		(void)error_sys(err, NF_SYSTEM, "cannot look at %s", shown);
	else if (check_dir(&st, shown, err) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

/* ---- below DIR */

int folder_dir(const struct folder *folder, const char *path, bool make,
	       struct nf_error *err)
{
	int at = fcntl(folder->fd, F_DUPFD_CLOEXEC, 0), next;
	char part[NAME_MAX + 1], so_far[PATH_MAX];
	size_t end = 0, len;

	if (at == -1)
		return error_sys(err, NF_SYSTEM, "no descriptor is left");
	while (at != -1 && path[end] != '\0') {
		len = strcspn(path + end, "/");
		assert(len > 0 && len < sizeof(part) &&
		       end + len < sizeof(so_far));
		memcpy(part, path + end, len);
		part[len] = '\0';
		end += len;
		memcpy(so_far, path, end);
		so_far[end] = '\0';
		next = open_dir(folder, at, part, so_far, make, err);
		(void)close(at);
		at = next;
		end += path[end] == '/';
	}
	return at;
}

int folder_parent(const struct folder *folder, const char *path, bool make,
		  const char **name, struct nf_error *err)
{
	const char *slash = strrchr(path, '/');
	char dir[PATH_MAX];
	size_t len = slash != NULL ? (size_t)(slash - path) : 0;

	assert(len < sizeof(dir));
	memcpy(dir, path, len);
	dir[len] = '\0';
	*name = slash != NULL ? slash + 1 : path;
	return folder_dir(folder, dir, make, err);
}

int folder_stat(const struct folder *folder, const char *path, struct stat *st)
{
	struct nf_error ignored;
	const char *name;
	int at = folder_parent(folder, path, false, &name, &ignored), rc;

	if (at == -1)
		return -1;
	rc = fstatat(at, name, st, AT_SYMLINK_NOFOLLOW);
	(void)close(at);
	return rc;
}

/* Open a file in a directory; it shall not be what a read waits for. */
static int open_file(int at, const char *name, const char *shown,
		     struct stat *st, struct nf_error *err)
{
	int fd = openat(at, name, OPEN_FILE);

	if (fd == -1 && errno != ELOOP)
		return error_sys(err, NF_SYSTEM, "cannot open %s", shown);
	if (fd == -1)
		return error_set(err, NF_INVALID,
				 "%s is a symbolic link: remove it", shown);
	if (fstat(fd, st) == -1)
		(void)error_sys(err, NF_SYSTEM, "cannot look at %s", shown);
	else if (!S_ISREG(st->st_mode))
		(void)error_set(err, NF_INVALID, "%s is no file: move it away",
				shown);
	else if (check_owner(st, shown, err) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

int folder_file(const struct folder *folder, const char *path, struct stat *st,
		struct nf_error *err)
{
	char shown[FOLDER_SHOWN];
	const char *name;
	int at = folder_parent(folder, path, false, &name, err), fd;

	if (at == -1)
		return -1;
	folder_shown(shown, folder, path);
	fd = open_file(at, name, shown, st, err);
	(void)close(at);
	return fd;
}

/* ---- opening */

/* Without what stands for nothing at its end: "DIR/" would follow a link. */
static char *trimmed(const char *path)
{
	char *copy = strdup(path);
	size_t len = copy != NULL ? strlen(copy) : 0;

	while (len > 1 && (copy[len - 1] == '/' ||
			   (copy[len - 1] == '.' && copy[len - 2] == '/')))
		copy[--len] = '\0';
	return copy;
}

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* The absolute path of a directory that is there: NULL when it is not. */
static char *real_dir(const char *path, struct nf_error *err)
{
	char *real = realpath(path, NULL), *here;
	char shown[FOLDER_SHOWN];

	if (real != NULL)
		return real;
	printable_copy(shown, sizeof(shown), (const uint8_t *)path,
		       strlen(path));
	(void)error_sys(err, NF_SYSTEM,
			"cannot reach %s, where the folder is to be", shown);
	here = *path != '/' ? getcwd(NULL, 0) : NULL;
	if (*path != '/' && here == NULL)
		(void)error_sys(err, NF_SYSTEM,
				"the current directory is gone: go to another, "
				"or name the folder from / on");
	free(here);
	return NULL;
}

/* The path of DIR, whose last part may be missing, or a link: it is kept. */
static char *absolute(char *path, struct nf_error *err)
{
	char *slash = strrchr(path, '/');
	char *name = slash != NULL ? slash + 1 : path;
	char *parent, *whole = NULL;

	if (*name == '\0' || is_dots(name))
		return real_dir(path, err);
	if (slash == NULL) {
		parent = real_dir(".", err);
	} else {
		*slash = '\0';
		parent = real_dir(slash == path ? "/" : path, err);
	}
	if (parent == NULL)
		return NULL;
	if (asprintf(&whole, "%s/%s", strcmp(parent, "/") != 0 ? parent : "",
		     name) == -1) {
		(void)error_sys(err, NF_SYSTEM, "no memory for a path");
		whole = NULL;
	}
	free(parent);
	return whole;
}

static int set_path(struct folder *folder, const char *path,
		    struct nf_error *err)
{
	char *copy;

	if (*path == '\0')
		return error_set(err, NF_INVALID, "the folder has no name");
	copy = trimmed(path);
	if (copy == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a path");
	folder->path = absolute(copy, err);
	free(copy);
	return folder->path != NULL ? 0 : -1;
}

static bool is_empty(int fd)
{
	int copy = openat(fd, ".", OPEN_DIR);
	DIR *dir = copy != -1 ? fdopendir(copy) : NULL;
	const struct dirent *entry;
	bool empty = dir != NULL;

	if (dir == NULL) {
		if (copy != -1)
			(void)close(copy);
		return false;
	}
	while (empty && (entry = readdir(dir)) != NULL)
		empty = is_dots(entry->d_name);
	(void)closedir(dir);
	return empty;
}

static int open_root(struct folder *folder, bool make, struct nf_error *err)
{
	folder->fd = open_dir(folder, AT_FDCWD, folder->path, "", make, err);
	if (folder->fd == -1)
		return -1;
	if (make && is_empty(folder->fd) && fchmod(folder->fd, 0700) == -1)
		return folder_refuse(folder, "set the mode of", "", err);
	return 0;
}

/* The inside of a repository is where a record is pushed to. */
static int check_bare(const struct folder *folder, struct nf_error *err)
{
	char shown[FOLDER_SHOWN];
	struct stat head, objects, refs;

	if (fstatat(folder->fd, "HEAD", &head, AT_SYMLINK_NOFOLLOW) == -1 ||
	    fstatat(folder->fd, "objects", &objects, 0) == -1 ||
	    fstatat(folder->fd, "refs", &refs, 0) == -1 ||
	    !S_ISREG(head.st_mode) || !S_ISDIR(objects.st_mode) ||
	    !S_ISDIR(refs.st_mode))
		return 0;
	folder_shown(shown, folder, "");
	return error_set(err, NF_INVALID,
			 "%s is a bare repository of git: name a folder "
			 "elsewhere, which may push to it (--push)",
			 shown);
}

/* A ".git" that is a link or a file would have the record elsewhere. */
static int check_git(const struct folder *folder, struct nf_error *err)
{
	char shown[FOLDER_SHOWN];
	struct stat st;

	folder_shown(shown, folder, ".git");
	if (fstatat(folder->fd, ".git", &st, AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT ? check_bare(folder, err)
				       : error_sys(err, NF_SYSTEM,
						   "cannot look at %s", shown);
	if (!S_ISREG(st.st_mode))
		return check_dir(&st, shown, err);
	return error_set(err, NF_INVALID,
			 "%s is a file, as in a worktree or a submodule of "
			 "another repository: netfan needs a folder with one "
			 "of its own, so name another, or a new one",
			 shown);
}

/* Who looks into a directory of something else is told that, and nothing of how
 * netfan would have it. */
static int check_collection(const struct folder *folder, struct nf_error *err)
{
	char path[PATH_MAX], shown[FOLDER_SHOWN];
	struct stat st;

	if (lstat(folder->path, &st) == -1 || !S_ISDIR(st.st_mode) ||
	    snprintf(path, sizeof(path), "%s/.netfan", folder->path) >=
		    (int)sizeof(path) ||
	    lstat(path, &st) == 0 || errno != ENOENT)
		return 0;
	folder_shown(shown, folder, "");
	return error_set(err, NF_INVALID,
			 "%s is no collection: it has no .netfan", shown);
}

static int open_netfan(struct folder *folder, bool make, struct nf_error *err)
{
	folder->netfan_fd =
		open_dir(folder, folder->fd, ".netfan", ".netfan", make, err);
	if (folder->netfan_fd == -1)
		return -1;
	if (!make)
		return 0;
	if (fchmod(folder->netfan_fd, 0700) == -1)
		return folder_refuse(folder, "set the mode of", ".netfan", err);
	folder->aside_fd = open_dir(folder, folder->netfan_fd, "aside",
				    ".netfan/aside", true, err);
	return folder->aside_fd != -1 ? 0 : -1;
}

/* ---- the key */

static int random_key(uint8_t key[CONTENT_KEY], struct nf_error *err)
{
	if (getrandom(key, CONTENT_KEY, 0) != (ssize_t)CONTENT_KEY)
		return error_sys(err, NF_SYSTEM, "no random bytes");
	return 0;
}

/* Of two runs that make it at once, both use that of the first. */
static int make_key(const struct folder *folder, struct nf_error *err)
{
	uint8_t key[CONTENT_KEY];
	struct aside aside;
	int rc;

	if (random_key(key, err) == -1 ||
	    aside_begin(&aside, folder, err) == -1)
		return -1;
	rc = aside_write(&aside, key, sizeof(key), err);
	if (rc == 0)
		rc = aside_sync(&aside, err);
	if (rc == 0 &&
	    linkat(folder->aside_fd, aside.name, folder->netfan_fd, "key", 0) ==
		    -1 &&
	    errno != EEXIST)
		rc = folder_refuse(folder, "make", ".netfan/key", err);
	aside_drop(&aside);
	explicit_bzero(key, sizeof(key));
	return rc;
}

/* 1; 0 when there is none. */
static int read_key(struct folder *folder, struct nf_error *err)
{
	uint8_t bytes[CONTENT_KEY + 1];
	char shown[FOLDER_SHOWN];
	struct nf_error why;
	struct stat st;
	ssize_t n;
	int fd;

	folder_shown(shown, folder, ".netfan/key");
	fd = open_file(folder->netfan_fd, "key", shown, &st, &why);
	if (fd == -1 && why.sys_errno != ENOENT)
		*err = why;
	if (fd == -1)
		return why.sys_errno == ENOENT ? 0 : -1;
	n = read(fd, bytes, sizeof(bytes));
	(void)close(fd);
	if (n == -1)
		return error_sys(err, NF_SYSTEM, "cannot read %s", shown);
	if (n != (ssize_t)CONTENT_KEY)
		return error_set(err, NF_INVALID,
				 "%s is damaged: put back a copy of it, or "
				 "remove it, and all secrets get other marks",
				 shown);
	memcpy(folder->key, bytes, CONTENT_KEY);
	explicit_bzero(bytes, sizeof(bytes));
	return 1;
}

/* Who only looks makes none: marks of that moment will do. */
static int get_key(struct folder *folder, bool make, struct nf_error *err)
{
	int rc = read_key(folder, err);

	if (rc == 0 && !make)
		return random_key(folder->key, err);
	if (rc == 0)
		rc = make_key(folder, err) == 0 ? read_key(folder, err) : -1;
	return rc == 1 ? 0 : -1;
}

int folder_open(struct folder *folder, const char *path, bool make,
		struct nf_error *err)
{
	*folder = (struct folder){
		.fd = -1, .netfan_fd = -1, .aside_fd = -1, .lock_fd = -1};
	if (set_path(folder, path, err) == 0 &&
	    (make || check_collection(folder, err) == 0) &&
	    open_root(folder, make, err) == 0 && check_git(folder, err) == 0 &&
	    open_netfan(folder, make, err) == 0 &&
	    get_key(folder, make, err) == 0)
		return 0;
	folder_close(folder);
	return -1;
}

void folder_close(struct folder *folder)
{
	const int fds[] = {folder->lock_fd, folder->aside_fd, folder->netfan_fd,
			   folder->fd};

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		if (fds[i] != -1)
			(void)close(fds[i]);
	}
	free(folder->path);
	explicit_bzero(folder->key, sizeof(folder->key));
	*folder = (struct folder){
		.fd = -1, .netfan_fd = -1, .aside_fd = -1, .lock_fd = -1};
}

int folder_sync(const struct folder *folder, struct nf_error *err)
{
	if (syncfs(folder->fd) == 0)
		return 0;
	return folder_refuse(folder, "sync", "", err);
}
