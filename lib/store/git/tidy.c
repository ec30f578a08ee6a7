/* Keeping the record small. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "store/git/git_parts.h"

#define LIMIT_MS (4 * 3600 * 1000)
#define WEEK_S (7 * 24 * 3600)
#define LAST "gc" /* its time is that of the last whole gc; in .netfan */

/* git's own numbers: it looks into one of the 256 directories of objects. */
#define SAMPLE ".git/objects/17"
#define LOOSE_MAX (6700 / 256)
#define PACKS ".git/objects/pack"
#define PACKS_MAX 50

static size_t count(const struct git *git, const char *path, const char *end)
{
	int fd = openat(git->folder->fd, path,
			O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd == -1 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	size_t n = 0;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		size_t len = strlen(entry->d_name), end_len = strlen(end);

		n += entry->d_name[0] != '.' && len > end_len &&
		     strcmp(entry->d_name + len - end_len, end) == 0;
	}
	if (dir != NULL)
		(void)closedir(dir);
	else if (fd != -1)
		(void)close(fd);
	return n;
}

/* Was the last whole gc a week ago? The first one is due in a week. A clock
 * that went back makes it due. */
static bool is_due(const struct git *git)
{
	time_t now = time(NULL);
	struct stat st;
	int fd;

	if (fstatat(git->folder->netfan_fd, LAST, &st, AT_SYMLINK_NOFOLLOW) ==
	    0)
		return st.st_mtim.tv_sec + WEEK_S <= now ||
		       st.st_mtim.tv_sec > now + WEEK_S;
	fd = openat(git->folder->netfan_fd, LAST,
		    O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd != -1)
		(void)close(fd);
	return false;
}

static const struct git_call whole = {
	.args = {"gc", "-q"},
	.nice = true,
	.limit_ms = LIMIT_MS,
};
static const struct git_call loose = {
	.args = {"repack", "-d", "-l", "-q"},
	.nice = true,
	.limit_ms = LIMIT_MS,
};

static int pack(const struct git *git, const struct git_call *call,
		struct nf_error *err)
{
	struct nf_error why;

	if (git_begin(git, err) == -1)
		return -1;
	if (git_run(git, call, &why) == 0) {
		git_done(git);
		return 0;
	}
	if (strstr(why.message, "already running") != NULL)
		return 0; /* the user's own */
	if (err != NULL)
		*err = why;
	return -1;
}

int git_tidy(struct git *git, struct nf_error *err)
{
	if (is_due(git) || count(git, PACKS, ".pack") > PACKS_MAX) {
		if (pack(git, &whole, err) == -1)
			return -1;
		(void)utimensat(git->folder->netfan_fd, LAST, NULL,
				AT_SYMLINK_NOFOLLOW);
		return 0;
	}
	if (count(git, SAMPLE, "") <= LOOSE_MAX)
		return 0;
	return pack(git, &loose, err);
}
