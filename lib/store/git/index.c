/* Indexes of our own. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/wire.h"
#include "store/git/git_parts.h"

#define USERS ".git/index"
#define USERS_LOCK ".git/index.lock"
#define BEHIND "behind" /* lies in .netfan while the user's is behind */

static int fail(const struct git *git, const struct git_index *index,
		struct nf_error *err)
{
	return error_sys(err, NF_SYSTEM, "cannot write %s/.netfan/%s",
			 git->folder->path, index->name);
}

/* ---- making one */

static int copy_bytes(int from, int to)
{
	uint8_t bytes[65536];
	ssize_t n;

	while ((n = read(from, bytes, sizeof(bytes))) != 0)
		if (n == -1 ? errno != EINTR
			    : file_write_all(to, bytes, (size_t)n) == -1)
			return -1;
	return 0;
}

/* Its time stays: by that git knows which files may have changed unseen. */
static int copy_users(const struct git *git, struct git_index *index, int from)
{
	const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT},
					  index->of.st_mtim};
	int to = openat(git->folder->netfan_fd, index->name,
			O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int rc = -1, saved;

	if (to == -1)
		return -1;
	if (copy_bytes(from, to) == 0 && futimens(to, times) == 0)
		rc = 0;
	saved = errno;
	(void)close(to);
	errno = saved;
	return rc;
}

int git_index_begin(const struct git *git, struct git_index *index, bool copy,
		    struct nf_error *err)
{
	int from = openat(git->folder->fd, USERS,
			  O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	int rc = 0;

	(void)snprintf(index->name, sizeof(index->name), GIT_INDEX "%d-%llx",
		       (int)getpid(), (unsigned long long)real_us());
	index->of = (struct stat){0};
	if (from == -1)
		return 0;
	if (fstat(from, &index->of) == -1 ||
	    (copy && copy_users(git, index, from) == -1)) {
		rc = fail(git, index, err);
		git_index_drop(git, index);
	}
	(void)close(from);
	return rc;
}

void git_index_drop(const struct git *git, const struct git_index *index)
{
	(void)unlinkat(git->folder->netfan_fd, index->name, 0);
}

/* ---- what stands in one: gitformat-index(5) */

#define HEADER 12 /* "DIRC", version, number of entries */
#define ENTRY_ID 40 /* in an entry, behind its stat */
#define FLAG_EXTENDED 0x4000
#define FLAGS_STAGE 0x3000

struct index_text {
	uint8_t *data;
	size_t len; /* with the checksum */
	size_t id_len; /* bytes of a hash */
	bool changed;
};

struct index_entry {
	uint8_t *stat;
	const uint8_t *id;
	uint16_t flags;
	const char *path;
};

/* Find the entry at a place: the next one's, or 0 when there is none whole. */
static size_t entry_at(const struct index_text *text, size_t at,
		       struct index_entry *entry)
{
	size_t end = text->len - text->id_len, path, path_len;

	if (end - at < ENTRY_ID + text->id_len + 4)
		return 0;
	entry->stat = text->data + at;
	entry->id = entry->stat + ENTRY_ID;
	path = at + ENTRY_ID + text->id_len;
	entry->flags = (uint16_t)(text->data[path] << 8 | text->data[path + 1]);
	path += entry->flags & FLAG_EXTENDED ? 4 : 2;
	path_len = strnlen((const char *)text->data + path, end - path);
	if (path + path_len >= end)
		return 0;
	entry->path = (const char *)text->data + path;
	/* 1 to 8 NULs, to a multiple of eight bytes */
	at += (path + path_len - at + 8) & ~(size_t)7;
	return at <= end ? at : 0;
}

static bool is_id(const struct index_entry *entry, const char *hex, size_t len)
{
	char own[GIT_ID];

	for (size_t i = 0; i < len; i++)
		(void)snprintf(own + 2 * i, 3, "%02x", entry->id[i]);
	return strcmp(own, hex) == 0;
}

static void put_stat(uint8_t *at, const struct stat *st)
{
	wire_put_u32(at, (uint32_t)st->st_ctim.tv_sec);
	wire_put_u32(at + 4, (uint32_t)st->st_ctim.tv_nsec);
	wire_put_u32(at + 8, (uint32_t)st->st_mtim.tv_sec);
	wire_put_u32(at + 12, (uint32_t)st->st_mtim.tv_nsec);
	wire_put_u32(at + 16, (uint32_t)st->st_dev);
	wire_put_u32(at + 20, (uint32_t)st->st_ino);
	/* 24: the mode, which is git's */
	wire_put_u32(at + 28, st->st_uid);
	wire_put_u32(at + 32, st->st_gid);
	wire_put_u32(at + 36, (uint32_t)st->st_size);
}

/* Both are sorted by path. */
static void fill(struct index_text *text, const struct git_file *files,
		 size_t n)
{
	uint32_t left = wire_u32(text->data + 8);
	size_t at = HEADER, i = 0;
	struct index_entry entry;

	for (; left > 0 && i < n; left--) {
		at = entry_at(text, at, &entry);
		if (at == 0)
			return;
		while (i < n && strcmp(files[i].path, entry.path) < 0)
			i++;
		if (i == n || strcmp(files[i].path, entry.path) != 0 ||
		    (entry.flags & FLAGS_STAGE) != 0 ||
		    !is_id(&entry, files[i].id, text->id_len))
			continue;
		put_stat(entry.stat, &files[i].st);
		text->changed = true;
	}
}

/* The version of an index with hashes of that length: 0 when it is none. */
static uint32_t version_of(const struct index_text *text)
{
	return text->len >= HEADER + text->id_len &&
			       memcmp(text->data, "DIRC", 4) == 0
		       ? wire_u32(text->data + 4)
		       : 0;
}

static bool is_understood(const struct index_text *text)
{
	uint32_t version = version_of(text);

	return version == 2 || version == 3;
}

/* What stands at its end. */
static uint8_t *checksum_of(const struct index_text *text)
{
	return text->data + text->len - text->id_len;
}

/* A checksum of zeros is none: index.skipHash. */
static bool has_checksum(const struct index_text *text)
{
	static const uint8_t none[EVP_MAX_MD_SIZE];

	return memcmp(checksum_of(text), none, text->id_len) != 0;
}

static void make_checksum(const struct index_text *text, uint8_t *sum)
{
	const EVP_MD *md = text->id_len == 20 ? EVP_sha1() : EVP_sha256();

	(void)EVP_Digest(text->data, text->len - text->id_len, sum, NULL, md,
			 NULL);
}

static int read_all(int fd, struct index_text *text)
{
	struct stat st;
	size_t len = 0;

	if (fstat(fd, &st) == -1)
		return -1;
	text->data = calloc(1, (size_t)st.st_size + 1);
	if (text->data == NULL)
		return -1;
	while (len < (size_t)st.st_size) {
		ssize_t n =
			read(fd, text->data + len, (size_t)st.st_size - len);

		if (n == 0 || (n == -1 && errno != EINTR))
			break;
		len += n > 0 ? (size_t)n : 0;
	}
	text->len = len;
	return 0;
}

/* Bytes of a hash: those that are gone have none. */
static size_t id_len_of(const struct git_file *files, size_t n)
{
	while (n > 0 && files->id[0] == '\0') {
		files++;
		n--;
	}
	return n > 0 ? strlen(files->id) / 2 : 0;
}

/* It is nobody's but ours, so that it is written where it stands. */
static int fill_file(int fd, const struct git_file *files, size_t n)
{
	struct index_text text = {.id_len = id_len_of(files, n)};
	int rc;

	if (text.id_len == 0)
		return 0;
	rc = read_all(fd, &text);
	if (rc == 0 && is_understood(&text))
		fill(&text, files, n);
	if (rc == 0 && text.changed) {
		if (has_checksum(&text))
			make_checksum(&text, checksum_of(&text));
		rc = lseek(fd, 0, SEEK_SET) == -1
			     ? -1
			     : file_write_all(fd, text.data, text.len);
	}
	free(text.data);
	return rc;
}

int git_index_fill(const struct git *git, const struct git_index *index,
		   const struct git_file *files, size_t n, struct nf_error *err)
{
	int fd, rc;

	if (n == 0)
		return 0;
	fd = openat(git->folder->netfan_fd, index->name, O_RDWR | O_CLOEXEC);
	rc = fd == -1 ? -1 : fill_file(fd, files, n);
	if (rc == -1)
		(void)fail(git, index, err);
	if (fd != -1)
		(void)close(fd);
	return rc;
}

/* ---- its place */

static bool is_users(const struct git *git, const struct stat *of)
{
	struct stat st = {0};

	if (fstatat(git->folder->fd, USERS, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return of->st_ino == 0;
	return st.st_ino == of->st_ino && st.st_size == of->st_size &&
	       st.st_mtim.tv_sec == of->st_mtim.tv_sec &&
	       st.st_mtim.tv_nsec == of->st_mtim.tv_nsec;
}

bool git_index_is_behind(const struct git *git)
{
	return faccessat(git->folder->netfan_fd, BEHIND, F_OK, 0) == 0;
}

static void set_behind(const struct git *git)
{
	int fd = openat(git->folder->netfan_fd, BEHIND,
			O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd != -1)
		(void)close(fd);
}

/* The lock has the new index in it from the beginning. A file system without
 * hard links is as one that somebody has locked. */
bool git_index_place(const struct git *git, const struct git_index *index)
{
	int dir = git->folder->fd, own = git->folder->netfan_fd;
	bool same;

	if (linkat(own, index->name, dir, USERS_LOCK, 0) == -1) {
		set_behind(git);
		return true;
	}
	same = is_users(git, &index->of);
	if (same && renameat(dir, USERS_LOCK, dir, USERS) == 0)
		(void)unlinkat(own, BEHIND, 0);
	else
		(void)unlinkat(dir, USERS_LOCK, 0);
	return same;
}

bool git_index_is_held(const struct git *git)
{
	return git_index_is_behind(git) &&
	       faccessat(git->folder->fd, USERS_LOCK, F_OK, 0) == 0;
}

/* ---- of HEAD */

/* Make the user's index one of what HEAD has; keep: with what his knows of the
 * files. Not while he is in the middle of something. */
static bool renew(const struct git *git, bool keep)
{
	char ref[GIT_REF], tip[GIT_ID], tree[GIT_ID];
	struct git_call call = {.args = {"read-tree", "--reset", tip}};
	struct git_index index = {0};
	bool done = false;

	if (git_check_rest(git, NULL) == -1 ||
	    git_branch(git, ref, NULL) == -1 ||
	    git_tip(git, ref, tip, tree, NULL) == -1 || tip[0] == '\0' ||
	    git_index_begin(git, &index, keep, NULL) == -1)
		return false;
	call.index = index.name;
	if (git_run(git, &call, NULL) == 0)
		done = git_index_place(git, &index) &&
		       !git_index_is_behind(git);
	git_index_drop(git, &index);
	return done;
}

bool git_index_catch_up(const struct git *git)
{
	return git_index_is_behind(git) && renew(git, true);
}

/* Does it end with its sum? With hashes of SHA-1, or of SHA-256. */
static bool has_its_sum(struct index_text *text)
{
	uint8_t sum[EVP_MAX_MD_SIZE];

	for (text->id_len = 20; text->id_len <= 32; text->id_len += 12) {
		if (version_of(text) == 0)
			return false;
		make_checksum(text, sum);
		if (memcmp(sum, checksum_of(text), text->id_len) == 0)
			return true;
	}
	return false;
}

/* One without a sum, as a user may have it, is asked git about. */
static bool is_read_by_git(const struct git *git, struct index_text *text)
{
	const struct git_call call = {.args = {"ls-files"}};

	text->id_len = 20;
	return version_of(text) != 0 && !has_checksum(text) &&
	       git_run(git, &call, NULL) == 0;
}

/* The user's index is not there, or not as git wrote it. One that cannot be
 * looked at is not for us to judge. */
static bool is_damaged(const struct git *git)
{
	int fd = openat(git->folder->fd, USERS,
			O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct index_text text = {0};
	bool damaged;

	if (fd == -1)
		return errno == ENOENT;
	damaged = read_all(fd, &text) == 0 && !has_its_sum(&text) &&
		  !is_read_by_git(git, &text);
	free(text.data);
	(void)close(fd);
	return damaged;
}

bool git_restore_index(struct git *git)
{
	return is_damaged(git) && renew(git, false);
}
