/* Sources: the bytes of whole files. */
#include "yaml/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/large.h"
#include "yaml/fault.h"

#define FIRST_ROOM ((size_t)64 * 1024)

static int fault_read(struct nf_error *err, const char *path)
{
	int saved = errno;

	error_set(err, NF_INVALID,
		  "%s: cannot be read: %s (check the path and its permissions)",
		  path, strerror(saved));
	if (err != NULL)
		err->sys_errno = saved;
	return -1;
}

/* Grow the room by a copy that is wiped: realloc() may leave one behind. */
static int source_grow(struct source *source, size_t room)
{
	char *bytes = malloc(room);

	if (bytes == NULL)
		return -1;
	large_hint(bytes, room);
	if (source->len > 0)
		memcpy(bytes, source->bytes, source->len);
	if (source->bytes != NULL)
		explicit_bzero(source->bytes, source->len);
	free(source->bytes);
	source->bytes = bytes;
	source->room = room;
	return 0;
}

static int fault_large(struct nf_error *err, const char *path)
{
	return error_set(err, NF_INVALID,
			 "%s: larger than %zu MB: split it into several files",
			 path, SOURCE_MAX / 1000 / 1000);
}

/* Make room for the file and one byte more, where read() meets its end. */
static int source_begin(struct source *source, int fd, const char *path,
			struct nf_error *err)
{
	size_t room = FIRST_ROOM;
	struct stat st;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0) {
		if ((uintmax_t)st.st_size > SOURCE_MAX)
			return fault_large(err, path);
		room = (size_t)st.st_size + 1;
		source->shared = (st.st_mode & 077) != 0;
		source->loose = (st.st_mode & 022) != 0 ||
				(st.st_uid != 0 && st.st_uid != geteuid());
	}
	if (source_grow(source, room) == -1)
		return fault_memory(err, path);
	return 0;
}

static int source_fill(struct source *source, int fd, const char *path,
		       struct nf_error *err)
{
	ssize_t got;

	if (source_begin(source, fd, path, err) == -1)
		return -1;
	for (;;) {
		if (source->len > SOURCE_MAX)
			return fault_large(err, path);
		if (source->len == source->room &&
		    source_grow(source, source->room * 2) == -1)
			return fault_memory(err, path);
		got = read(fd, source->bytes + source->len,
			   source->room - source->len);
		if (got == 0)
			return 0;
		if (got > 0)
			source->len += (size_t)got;
		else if (errno != EINTR)
			return fault_read(err, path);
	}
}

const char *source_name(const char *path)
{
	return strcmp(path, "-") == 0 ? "standard input" : path;
}

int source_read(struct source *source, const char *path, struct nf_error *err)
{
	bool input = strcmp(path, "-") == 0;
	int fd = STDIN_FILENO;
	int rc;

	*source = (struct source){0};
	if (!input)
		fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return fault_read(err, path);
	rc = source_fill(source, fd, source_name(path), err);
	source->shared &= !input;
	if (!input)
		(void)close(fd);
	if (rc == -1)
		source_release(source);
	return rc;
}

void source_release(struct source *source)
{
	if (source->bytes != NULL)
		explicit_bzero(source->bytes, source->len);
	free(source->bytes);
	*source = (struct source){0};
}
