/* Files that have secrets in them. */
#include "secrets/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOM_MIN ((size_t)4096) /* the files of /proc say that they are empty */

/* Read until the room is full: 1, or 0 with errno. */
static int fill(struct secret_file *file, int fd, size_t room)
{
	ssize_t got = 1;

	while (got != 0 && file->len < room) {
		got = read(fd, file->text + file->len, room - file->len);
		if (got > 0)
			file->len += (size_t)got;
		else if (got == -1 && errno != EINTR)
			return 0;
	}
	file->whole = got == 0;
	return 1;
}

/* Make room for the file and one byte more, where read() meets its end. */
static size_t room_for(const struct stat *st, size_t max)
{
	size_t size = st->st_size > 0 ? (size_t)st->st_size : 0;

	if (size >= max)
		return max + 1;
	return size + 1 > ROOM_MIN ? size + 1 : ROOM_MIN;
}

static int read_open(struct secret_file *file, struct secrets *arena, int fd,
		     size_t max)
{
	struct stat st;
	size_t room;

	if (fstat(fd, &st) == -1)
		return 0;
	if (!S_ISREG(st.st_mode)) {
		errno = S_ISDIR(st.st_mode) ? EISDIR : ENXIO;
		return 0;
	}
	room = room_for(&st, max);
	file->shared = (st.st_mode & 077) != 0;
	file->text = secrets_room(arena, room + 1);
	if (file->text == NULL)
		return -1;
	return fill(file, fd, room);
}

int secret_file_read(struct secret_file *file, struct secrets *arena,
		     const char *path, size_t max)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int rc, saved;

	*file = (struct secret_file){.text = NULL};
	if (fd == -1)
		return 0;
	rc = read_open(file, arena, fd, max);
	saved = errno;
	(void)close(fd);
	errno = saved;
	if (rc == 1 && file->len > max) {
		file->len = max;
		file->whole = false;
	}
	if (rc == 1)
		file->text[file->len] = '\0';
	return rc;
}
