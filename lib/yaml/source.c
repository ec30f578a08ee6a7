/* The bytes of a file. */
#include "yaml/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
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

/* Not by realloc(), which may leave a copy behind. */
static int source_grow(struct source *source, size_t room)
{
	char *bytes = malloc(room);

	if (bytes == NULL)
		return -1;
	if (source->len > 0)
		memcpy(bytes, source->bytes, source->len);
	if (source->bytes != NULL)
		explicit_bzero(source->bytes, source->len);
	free(source->bytes);
	source->bytes = bytes;
	source->room = room;
	return 0;
}

/* Room for the file and one byte more, where end of file is met. */
static size_t first_room(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) || st.st_size <= 0)
		return FIRST_ROOM;
	if ((uintmax_t)st.st_size > SOURCE_MAX)
		return FIRST_ROOM; /* it will be refused */
	return (size_t)st.st_size + 1;
}

static int source_fill(struct source *source, int fd, const char *path,
		       struct nf_error *err)
{
	ssize_t got;

	if (source_grow(source, first_room(fd)) == -1)
		return fault_memory(err, path);
	for (;;) {
		if (source->len > SOURCE_MAX)
			return error_set(err, NF_INVALID,
					 "%s: larger than %zu MiB: split it",
					 path, SOURCE_MAX / 1024 / 1024);
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

int source_read(struct source *source, const char *path, struct nf_error *err)
{
	int fd;
	int rc;

	*source = (struct source){0};
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return fault_read(err, path);
	rc = source_fill(source, fd, path, err);
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
