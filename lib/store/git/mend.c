/* What a death in the middle of git leaves behind, and how it is removed. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "store/git/git_parts.h"

/*
 * Lies there while we are at work in the repository. Only when a run has died
 * over that work, and nobody else of ours can be at it (we have the folder's
 * lock), a lock file in the repository may be ours.
 */
#define MARK "git"

/* A lock of git's is held for some milliseconds: one that stands still for so
 * long is nobody's. It is removed only behind a run that died. */
#define STILL_MS 2000
#define LOOK_MS 50

/* All that our calls of git lock: update-ref, init, repack, gc. */
static const char *const locks[] = {
	"HEAD.lock",
	"config.lock",
	"packed-refs.lock",
	"gc.pid.lock",
	"shallow.lock",
	"logs/HEAD.lock",
	"objects/info/commit-graph.lock",
	"objects/info/commit-graphs/commit-graph-chain.lock",
	"objects/pack/multi-pack-index.lock",
};

#define NLOCKS (sizeof(locks) / sizeof(locks[0]))

int git_begin(const struct git *git, struct nf_error *err)
{
	int fd = openat(git->folder->netfan_fd, MARK,
			O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd == -1)
		return error_sys(err, NF_SYSTEM,
				 "cannot write %s/.netfan/" MARK,
				 git->folder->path);
	(void)close(fd);
	return 0;
}

void git_done(const struct git *git)
{
	(void)unlinkat(git->folder->netfan_fd, MARK, 0);
}

/* The one of the user's index that we were about to put into its place: it is
 * the same file as an index of ours. */
static size_t mend_index_lock(const struct git *git, const char *name)
{
	struct stat own, lock;
	int dir = git->folder->fd;

	if (fstatat(git->folder->netfan_fd, name, &own, AT_SYMLINK_NOFOLLOW) ==
		    -1 ||
	    fstatat(dir, ".git/index.lock", &lock, AT_SYMLINK_NOFOLLOW) == -1 ||
	    own.st_ino != lock.st_ino || own.st_dev != lock.st_dev)
		return 0;
	return unlinkat(dir, ".git/index.lock", 0) == 0;
}

static size_t mend_indexes(const struct git *git)
{
	int fd = openat(git->folder->netfan_fd, ".",
			O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd == -1 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	size_t n = 0;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (strncmp(entry->d_name, GIT_INDEX, strlen(GIT_INDEX)) != 0)
			continue;
		n += mend_index_lock(git, entry->d_name);
		n += unlinkat(git->folder->netfan_fd, entry->d_name, 0) == 0;
	}
	if (dir != NULL)
		(void)closedir(dir);
	else if (fd != -1)
		(void)close(fd);
	return n;
}

/* Remove a lock if it is there and stands still. */
static size_t mend_lock(const struct git *git, const char *name)
{
	char path[GIT_REF + 64];
	struct stat first, now;
	int dir = git->folder->fd;

	(void)snprintf(path, sizeof(path), ".git/%s", name);
	if (fstatat(dir, path, &first, AT_SYMLINK_NOFOLLOW) == -1)
		return 0;
	for (int ms = 0; ms < STILL_MS; ms += LOOK_MS) {
		(void)poll(NULL, 0, LOOK_MS);
		if (fstatat(dir, path, &now, AT_SYMLINK_NOFOLLOW) == -1 ||
		    now.st_ino != first.st_ino ||
		    now.st_ctim.tv_sec != first.st_ctim.tv_sec ||
		    now.st_ctim.tv_nsec != first.st_ctim.tv_nsec)
			return 0;
	}
	return unlinkat(dir, path, 0) == 0;
}

/* The branch's own, and that of its log. */
static size_t mend_ref_locks(const struct git *git)
{
	char ref[GIT_REF], name[GIT_REF + 16];
	size_t n;

	if (git_branch(git, ref, NULL) == -1)
		return 0;
	(void)snprintf(name, sizeof(name), "%s.lock", ref);
	n = mend_lock(git, name);
	(void)snprintf(name, sizeof(name), "logs/%s.lock", ref);
	return n + mend_lock(git, name);
}

size_t git_mend(const struct git *git)
{
	size_t n = mend_indexes(git);
	struct stat st;

	if (fstatat(git->folder->netfan_fd, MARK, &st, AT_SYMLINK_NOFOLLOW) ==
	    -1)
		return n;
	for (size_t i = 0; i < NLOCKS; i++)
		n += mend_lock(git, locks[i]);
	n += mend_ref_locks(git);
	git_done(git);
	return n;
}
