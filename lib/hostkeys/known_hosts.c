/* The known_hosts file on disk: read as it grows, and appended to. */
#include "hostkeys/known_hosts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"

/* Set the error of a failed call: what could not be done, errno, and advice. */
static int fault(struct nf_error *err, enum nf_code code, const char *path,
		 const char *what, const char *advice)
{
	int saved = errno;

	error_set(err, code, "%s: %s: %s (%s)", path, what, strerror(saved),
		  advice);
	if (err != NULL)
		err->sys_errno = saved;
	return -1;
}

static int fault_read(struct nf_error *err, const char *path)
{
	return fault(err, NF_INVALID, path, "known hosts cannot be read",
		     "check its permissions or name another file");
}

static int fault_write(struct nf_error *err, const char *path)
{
	return fault(err, NF_SYSTEM, path, "host key cannot be kept",
		     "check permissions and disk space");
}

/* ---- read */

static int check_file(const struct known_hosts *file, const struct stat *st,
		      struct nf_error *err)
{
	if (!S_ISREG(st->st_mode))
		return error_set(err, NF_INVALID,
				 "%s: known hosts must be a regular file: "
				 "name another",
				 file->path);
	if ((uintmax_t)st->st_size > KNOWN_HOSTS_MAX)
		return error_set(err, NF_INVALID,
				 "%s: known hosts are larger than %zu MiB: "
				 "name a smaller file",
				 file->path, KNOWN_HOSTS_MAX / 1024 / 1024);
	return 0;
}

/* Read up to size bytes; lines that others append meanwhile are left for the
 * next time. */
static int read_all(int fd, char *bytes, size_t size, off_t from, size_t *len)
{
	*len = 0;
	while (*len < size) {
		ssize_t got = pread(fd, bytes + *len, size - *len,
				    from + (off_t)*len);

		if (got == 0)
			return 0;
		if (got > 0)
			*len += (size_t)got;
		else if (errno != EINTR)
			return -1;
	}
	return 0;
}

/* The offset of bytes not read yet: 0 where another file took its place. */
static off_t unread(const struct known_hosts *file, const struct stat *st)
{
	bool same = file->dev == st->st_dev && file->ino == st->st_ino &&
		    file->end <= st->st_size;

	return same ? file->end : 0;
}

int known_hosts_read_on(struct known_hosts *file, int fd, char **out,
			size_t *len, struct nf_error *err)
{
	struct stat st;
	off_t from;
	char *bytes;

	if (fstat(fd, &st) == -1)
		return fault_read(err, file->path);
	if (check_file(file, &st, err) == -1)
		return -1;
	from = unread(file, &st);
	bytes = malloc((size_t)(st.st_size - from) + 1);
	if (bytes == NULL) {
		(void)error_sys(err, NF_SYSTEM, "%s", file->path);
		return -1;
	}
	if (read_all(fd, bytes, (size_t)(st.st_size - from), from, len) == -1) {
		fault_read(err, file->path);
		free(bytes);
		return -1;
	}
	file->dev = st.st_dev;
	file->ino = st.st_ino;
	file->end = from + (off_t)*len;
	*out = bytes;
	return 0;
}

static int read_nothing(char **out, size_t *len, const char *path,
			struct nf_error *err)
{
	char *bytes = malloc(1);

	if (bytes == NULL)
		return error_sys(err, NF_SYSTEM, "%s", path);
	*out = bytes;
	*len = 0;
	return 0;
}

int known_hosts_read(struct known_hosts *file, char **out, size_t *len,
		     struct nf_error *err)
{
	/* Not blocking: a FIFO would hold us up before it can be refused. */
	int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int rc;

	if (fd == -1 && errno == ENOENT)
		return read_nothing(out, len, file->path, err);
	if (fd == -1)
		return fault_read(err, file->path);
	rc = known_hosts_read_on(file, fd, out, len, err);
	(void)close(fd);
	return rc;
}

/* ---- append */

/* Make the directory of path; true when it is there now. */
static bool parent_make(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *parent;
	bool made;

	if (slash == NULL || slash == path)
		return false;
	parent = strndup(path, (size_t)(slash - path));
	if (parent == NULL)
		return false;
	made = mkdir(parent, 0700) == 0 || errno == EEXIST;
	free(parent);
	return made;
}

static int open_to_append(const char *path)
{
	int flags = O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC;
	int fd = open(path, flags, 0600);

	if (fd == -1 && errno == ENOENT && parent_make(path))
		fd = open(path, flags, 0600);
	return fd;
}

/* Does the last line lack its newline? 1 or 0, or -1 with errno. */
static int is_torn(int fd)
{
	struct stat st;
	char last = '\n';

	if (fstat(fd, &st) == -1)
		return -1;
	if (!S_ISREG(st.st_mode)) {
		errno = EINVAL;
		return -1;
	}
	if (st.st_size > 0 && pread(fd, &last, 1, st.st_size - 1) == -1)
		return -1;
	return last != '\n';
}

/*
 * Append in one write, as ssh(1) takes no lock and could come between two. A
 * line that a full disk cuts short stays: readers pass it over, and the next
 * append ends it.
 */
static int write_lines(int fd, const char *lines, size_t len)
{
	int torn = is_torn(fd);
	ssize_t put;

	if (torn == -1)
		return -1;
	lines += torn == 0;
	len -= torn == 0;
	do
		put = file_write(fd, lines, len);
	while (put == -1 && errno == EINTR);
	if (put >= 0 && (size_t)put < len) {
		errno = ENOSPC;
		lines += put;
		len -= (size_t)put;
		put = file_write(fd, lines, len); /* for its errno */
	}
	return put == (ssize_t)len ? 0 : -1;
}

/* Is fd the file that the path leads to? Another may have come into its place
 * before we had the lock, and what is appended to the old one is lost. */
static bool is_current(const char *path, int fd)
{
	struct stat now, ours;

	return stat(path, &now) == 0 && fstat(fd, &ours) == 0 &&
	       now.st_dev == ours.st_dev && now.st_ino == ours.st_ino;
}

int known_hosts_lock(const struct known_hosts *file, int *out,
		     struct nf_error *err)
{
	int fd = open_to_append(file->path);
	int rc;

	if (fd == -1)
		return fault_write(err, file->path);
	if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
		if (is_current(file->path, fd)) {
			*out = fd;
			return 1;
		}
		(void)close(fd);
		return 0;
	}
	rc = errno == EWOULDBLOCK || errno == EINTR
		     ? 0
		     : fault_write(err, file->path);
	(void)close(fd);
	return rc;
}

int known_hosts_append(const struct known_hosts *file, int fd,
		       const char *lines, size_t len, struct nf_error *err)
{
	return write_lines(fd, lines, len) == -1 ? fault_write(err, file->path)
						 : 0;
}

int known_hosts_unlock(const struct known_hosts *file, int fd,
		       struct nf_error *err)
{
	/* Some file systems say only on closing that they are full. */
	return close(fd) == -1 ? fault_write(err, file->path) : 0;
}

/* ---- replace */

/* A file that is to come into the place of another. */
struct replacement {
	char *path; /* of the file itself, no link to it */
	char *old; /* where it is kept */
	char *made; /* the new file, until it is in its place */
	int fd; /* of that, or -1 */
};

/* Make the new file, with the mode and owner of the one that fd is. */
static int make(struct replacement *new, int fd)
{
	struct stat st, own;

	new->fd = mkostemp(new->made, O_APPEND | O_CLOEXEC);
	if (new->fd == -1 || fstat(fd, &st) == -1 || fstat(new->fd, &own) == -1)
		return -1;
	if ((st.st_uid != own.st_uid || st.st_gid != own.st_gid) &&
	    fchown(new->fd, st.st_uid, st.st_gid) == -1)
		return -1;
	return fchmod(new->fd, st.st_mode & 07777);
}

static int fill(const struct replacement *new, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t put = file_write(new->fd, text, len);

		if (put == -1 && errno != EINTR)
			return -1;
		text += put > 0 ? put : 0;
		len -= put > 0 ? (size_t)put : 0;
	}
	return fsync(new->fd);
}

/* Once the lock of the new file is ours, nobody appends before we are done. */
static int swap(struct replacement *new)
{
	if (flock(new->fd, LOCK_EX | LOCK_NB) == -1 ||
	    (unlink(new->old) == -1 && errno != ENOENT) ||
	    link(new->path, new->old) == -1 ||
	    rename(new->made, new->path) == -1)
		return -1;
	free(new->made);
	new->made = NULL;
	return 0;
}

/* Append what came to the old file since it was read. */
static int follow(struct known_hosts *file, const struct replacement *new,
		  int fd, struct nf_error *err)
{
	char *text, *lines;
	size_t len;
	int rc;

	if (known_hosts_read_on(file, fd, &text, &len, err) == -1)
		return -1;
	lines = malloc(len + 1);
	if (lines == NULL) {
		free(text);
		return error_sys(err, NF_SYSTEM, "%s", file->path);
	}
	lines[0] = '\n';
	memcpy(lines + 1, text, len);
	rc = len == 0 ? 0
		      : known_hosts_append(file, new->fd, lines, len + 1, err);
	free(lines);
	free(text);
	return rc;
}

/* Find the file itself, and name those beside it. */
static int name(struct replacement *new, const char *path)
{
	new->path = realpath(path, NULL);
	if (new->path == NULL)
		return -1;
	if (asprintf(&new->old, "%s.old", new->path) == -1) {
		new->old = NULL;
		return -1;
	}
	if (asprintf(&new->made, "%s.XXXXXX", new->path) == -1) {
		new->made = NULL;
		return -1;
	}
	return 0;
}

static int replace(struct known_hosts *file, struct replacement *new, int fd,
		   const char *text, size_t len, struct nf_error *err)
{
	if (name(new, file->path) == -1 || make(new, fd) == -1 ||
	    fill(new, text, len) == -1 || swap(new) == -1)
		return fault(err, NF_SYSTEM, file->path,
			     "host keys cannot be taken out",
			     "check permissions and disk space");
	return follow(file, new, fd, err);
}

int known_hosts_replace(struct known_hosts *file, int fd, const char *text,
			size_t len, struct nf_error *err)
{
	struct replacement new = {.fd = -1};
	int rc = replace(file, &new, fd, text, len, err);

	if (new.fd != -1 && new.made != NULL)
		(void)unlink(new.made);
	if (new.fd != -1 && close(new.fd) == -1 && rc == 0)
		rc = fault_write(err, file->path);
	free(new.made);
	free(new.old);
	free(new.path);
	return rc;
}
