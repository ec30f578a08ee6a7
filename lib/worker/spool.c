/* A task's result on its way. */
#include "worker/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"

void spool_init(struct spool *spool, struct spool_budget *budget)
{
	*spool = (struct spool){.budget = budget, .fd = -1};
	buf_init(&spool->memory, SPOOL_MEMORY);
}

void spool_release(struct spool *spool)
{
	spool->budget->used -= spool->memory.len;
	buf_release(&spool->memory);
	if (spool->fd != -1)
		(void)close(spool->fd);
	if (spool->map != NULL)
		(void)munmap(spool->map, (size_t)spool->file_len);
	spool_init(spool, spool->budget);
}

void spool_move(struct spool *spool, struct spool *from,
		struct spool_budget *budget)
{
	*spool = *from;
	spool->budget = budget;
	budget->used += from->memory.len;
	from->budget->used -= from->memory.len;
	spool_init(from, from->budget);
}

uint64_t spool_len(const struct spool *spool)
{
	return spool->memory.len + spool->file_len;
}

/* Open an unlinked file, in /var/tmp before /tmp: that is memory often. */
static int temporary_file(void)
{
	const char *dirs[] = {getenv("TMPDIR"), "/var/tmp", "/tmp"};
	int fd = -1;

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]) && fd == -1;
	     i++) {
		char path[4096];

		if (dirs[i] == NULL || dirs[i][0] == '\0')
			continue;
		fd = open(dirs[i], O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
		if (fd != -1 || (errno != EOPNOTSUPP && errno != EISDIR))
			continue;
		if (snprintf(path, sizeof(path), "%s/netfan.XXXXXX", dirs[i]) >=
		    (int)sizeof(path))
			continue;
		fd = mkostemp(path, O_CLOEXEC);
		if (fd != -1)
			(void)unlink(path);
	}
	return fd;
}

static int write_at(const struct spool *spool, uint64_t at,
		    const uint8_t *bytes, size_t len, struct nf_error *err)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = file_pwrite(spool->fd, bytes + done, len - done,
					(off_t)(at + done));

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return error_sys(err, NF_SYSTEM,
					 "no room for its output");
		done += (size_t)n;
	}
	return 0;
}

/* Append to the file: a byte lies there at its place in the whole, so that the
 * bytes in memory leave a hole at the start, which spool_map() fills. */
static int file_append(struct spool *spool, const uint8_t *bytes, size_t len,
		       struct nf_error *err)
{
	if (spool->fd == -1)
		spool->fd = temporary_file();
	if (spool->fd == -1)
		return error_sys(err, NF_SYSTEM,
				 "no temporary file for its output");
	if (write_at(spool, spool_len(spool), bytes, len, err) == -1)
		return -1;
	spool->file_len += len; /* whole or not at all */
	return 0;
}

int spool_append(struct spool *spool, const void *bytes, size_t len,
		 struct nf_error *err)
{
	bool fits = spool->fd == -1 && len <= buf_room(&spool->memory) &&
		    len <= SPOOL_MEMORY_ALL - spool->budget->used;

	if (!fits || buf_append(&spool->memory, bytes, len) == -1)
		return file_append(spool, bytes, len, err);
	spool->budget->used += len;
	return 0;
}

static ssize_t file_read(struct spool *spool, uint8_t *bytes, size_t len,
			 struct nf_error *err)
{
	uint64_t at = spool->read_at;
	size_t done = 0;

	if (len > spool_len(spool) - at)
		len = (size_t)(spool_len(spool) - at);
	while (done < len) {
		ssize_t n = pread(spool->fd, bytes + done, len - done,
				  (off_t)(at + done));

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return error_sys(err, NF_SYSTEM,
					 "its output cannot be read back");
		done += (size_t)n;
	}
	spool->read_at += done;
	return (ssize_t)done;
}

ssize_t spool_read(struct spool *spool, void *bytes, size_t len,
		   struct nf_error *err)
{
	size_t head = 0;
	ssize_t rest;

	if (spool->read_at < spool->memory.len) {
		head = spool->memory.len - (size_t)spool->read_at;
		if (head > len)
			head = len;
		memcpy(bytes, spool->memory.data + spool->read_at, head);
		spool->read_at += head;
	}
	if (head == len || spool->file_len == 0)
		return (ssize_t)head;
	rest = file_read(spool, (uint8_t *)bytes + head, len - head, err);
	return rest == -1 ? -1 : (ssize_t)head + rest;
}

int spool_map(struct spool *spool, const void **bytes, struct nf_error *err)
{
	size_t len = (size_t)spool_len(spool);
	void *map;

	if (spool->fd == -1) {
		*bytes = spool->map != NULL ? spool->map : spool->memory.data;
		return 0;
	}
	if (write_at(spool, 0, spool->memory.data, spool->memory.len, err) ==
	    -1)
		return -1;
	map = mmap(NULL, len, PROT_READ, MAP_PRIVATE, spool->fd, 0);
	if (map == MAP_FAILED)
		return error_sys(err, NF_SYSTEM, "no memory for a result");
	spool_release(spool);
	spool->map = map;
	spool->file_len = len;
	*bytes = map;
	return 0;
}
