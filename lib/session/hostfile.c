/* The known_hosts file on disk: read whole, or one line longer. */
#include "session/hostfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "session/hostkeys.h"
#include "session/hostline.h"

#define LOCK_WAIT_MS 5000
#define LOCK_STEP_NS (20L * 1000 * 1000)
#define KEY_MAX ((size_t)64 * 1024) /* far above the packet it came in */

/* A failed call: what could not be done, what errno says, what may help. */
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

static int fault_memory(struct nf_error *err, const char *path)
{
	errno = ENOMEM;
	return error_sys(err, NF_SYSTEM, "%s", path);
}

/* ---- read */

static int check_file(int fd, size_t *size, const char *path,
		      struct nf_error *err)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return fault_read(err, path);
	if (!S_ISREG(st.st_mode))
		return error_set(err, NF_INVALID,
				 "%s: known hosts must be a regular file: "
				 "name another",
				 path);
	if ((uintmax_t)st.st_size > HOSTFILE_MAX)
		return error_set(err, NF_INVALID,
				 "%s: known hosts are larger than %zu MiB: "
				 "name a smaller file",
				 path, HOSTFILE_MAX / 1024 / 1024);
	*size = (size_t)st.st_size;
	return 0;
}

/* What others append meanwhile is not read. */
static int read_all(int fd, char *bytes, size_t size, size_t *len)
{
	*len = 0;
	while (*len < size) {
		ssize_t got = read(fd, bytes + *len, size - *len);

		if (got == 0)
			return 0;
		if (got > 0)
			*len += (size_t)got;
		else if (errno != EINTR)
			return -1;
	}
	return 0;
}

static int read_file(int fd, char **out, size_t *len, const char *path,
		     struct nf_error *err)
{
	size_t size = 0;
	char *bytes;

	if (check_file(fd, &size, path, err) == -1)
		return -1;
	bytes = malloc(size + 1);
	if (bytes == NULL)
		return fault_memory(err, path);
	if (read_all(fd, bytes, size, len) == -1) {
		fault_read(err, path);
		free(bytes);
		return -1;
	}
	*out = bytes;
	return 0;
}

static int read_nothing(char **out, size_t *len, const char *path,
			struct nf_error *err)
{
	char *bytes = malloc(1);

	if (bytes == NULL)
		return fault_memory(err, path);
	*out = bytes;
	*len = 0;
	return 0;
}

int hostfile_read(char **out, size_t *len, const char *path,
		  struct nf_error *err)
{
	/* Not blocking: a FIFO would hold us up before it can be refused. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int rc;

	if (fd == -1 && errno == ENOENT)
		return read_nothing(out, len, path, err);
	if (fd == -1)
		return fault_read(err, path);
	rc = read_file(fd, out, len, path, err);
	(void)close(fd);
	return rc;
}

/* ---- append */

static bool is_one_word(const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c <= ' ' || c == 0x7f)
			return false;
	}
	return true;
}

/* Whether the name would be read back as this one host and nothing else. */
static bool is_writable_name(const char *host)
{
	return *host != '\0' && is_one_word(host) &&
	       strpbrk(host, ",*?!|@#[]") == NULL;
}

static bool is_writable_key(const char *type, const uint8_t *key, size_t len)
{
	return len <= KEY_MAX && is_one_word(type) &&
	       hostline_is_key(type, key, len);
}

/* "\nNAME TYPE BASE64\n": the first newline is for a file that lacks one. */
static char *line_make(const char *name, const char *type, const uint8_t *key,
		       size_t len)
{
	size_t head = strlen(name) + strlen(type) + strlen("\n  ");
	size_t tail = (len + 2) / 3 * 4 + strlen("\n");
	char *line = malloc(head + tail + 1);

	if (line == NULL)
		return NULL;
	(void)snprintf(line, head + 1, "\n%s %s ", name, type);
	/* An int is enough for KEY_MAX. */
	(void)EVP_EncodeBlock((unsigned char *)line + head, key, (int)len);
	line[head + tail - 1] = '\n';
	line[head + tail] = '\0';
	return line;
}

/* Make the directory that path is in; true when it is there now. */
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

/* Wait for the lock, but not for ever: its holder may be stopped. */
static int lock(int fd)
{
	const struct timespec step = {.tv_nsec = LOCK_STEP_NS};
	int64_t deadline_ms = clock_ms() + LOCK_WAIT_MS;

	while (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -1;
		if (clock_ms() >= deadline_ms) {
			errno = ETIMEDOUT;
			return -1;
		}
		(void)nanosleep(&step, NULL);
	}
	return 0;
}

/* Whether the last line lacks its newline: 1 or 0, or -1 with errno. */
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
 * One write: ssh(1) takes no lock, and could come between two. What a full disk
 * cuts short stays: a line that is not whole is passed over, and ended by the
 * next one.
 */
static int write_line(int fd, const char *line)
{
	int torn;
	size_t len;
	ssize_t put;

	if (lock(fd) == -1)
		return -1;
	torn = is_torn(fd);
	if (torn == -1)
		return -1;
	line += torn == 0;
	len = strlen(line);
	do
		put = file_write(fd, line, len);
	while (put == -1 && errno == EINTR);
	if (put >= 0 && (size_t)put < len) {
		errno = ENOSPC;
		line += put;
		len -= (size_t)put;
		put = file_write(fd, line, len); /* tells what is in the way */
	}
	return put == (ssize_t)len ? 0 : -1;
}

static int append_line(const char *path, const char *line, struct nf_error *err)
{
	int fd = open_to_append(path);

	if (fd == -1)
		return fault_write(err, path);
	if (write_line(fd, line) == -1) {
		fault_write(err, path);
		(void)close(fd);
		return -1;
	}
	if (close(fd) == -1) /* some file systems only now say it is full */
		return fault_write(err, path);
	return 0;
}

int hostkeys_append(const char *path, const char *host, uint16_t port,
		    const char *type, const uint8_t *key, size_t len,
		    struct nf_error *err)
{
	char name[HOSTLINE_NAME];
	char *line;
	int rc;

	if (!is_writable_name(host) || hostline_name(name, host, port) == -1)
		return error_set(
			err, NF_INVALID,
			"%s: host name cannot be written there: it is "
			"empty, too long or has a character of special "
			"meaning",
			path);
	if (!is_writable_key(type, key, len))
		return error_set(err, NF_INVALID,
				 "%s: host key of %s cannot be kept: malformed",
				 path, name);
	line = line_make(name, type, key, len);
	if (line == NULL)
		return fault_memory(err, path);
	rc = append_line(path, line, err);
	free(line);
	return rc;
}
