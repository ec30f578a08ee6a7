/* Files that are written whole, or not at all. */
#include "collect/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fill(int fd, mode_t mode,
		void (*write)(struct output *out, const void *arg),
		const void *arg)
{
	struct output out;

	output_init(&out, fd, NULL);
	write(&out, arg);
	output_flush(&out);
	errno = out.sys_errno;
	if (out.sys_errno != 0 || fchmod(fd, mode) == -1)
		return -1;
	return fsync(fd);
}

static int refuse(const char *path, struct nf_error *err)
{
	(void)snprintf(err->message, sizeof(err->message), "%s: %s", path,
		       errno == EEXIST ? "it is no file that could be replaced"
				       : strerror(errno));
	return -1;
}

/* Fill the temporary file, and give it its name. */
static int put_in_place(int fd, const char *temporary, const char *path,
			mode_t mode,
			void (*write)(struct output *out, const void *arg),
			const void *arg)
{
	int rc = fill(fd, mode, write, arg), sys_errno = errno;

	if (close(fd) == -1 && rc == 0) {
		rc = -1;
		sys_errno = errno;
	}
	if (rc == 0) {
		rc = rename(temporary, path);
		sys_errno = errno;
	}
	if (rc == -1)
		(void)unlink(temporary);
	errno = sys_errno;
	return rc;
}

/* Find what is to be replaced: behind links, and a file, if anything is there. A
 * device, as /dev/null, would be gone for all, and a pipe's reader would wait for
 * ever. NULL with errno. */
static char *find_target(const char *path)
{
	struct stat st;

	if (stat(path, &st) == -1)
		return errno == ENOENT ? strdup(path) : NULL;
	if (S_ISREG(st.st_mode))
		return realpath(path, NULL);
	errno = S_ISDIR(st.st_mode) ? EISDIR : EEXIST;
	return NULL;
}

static int replace(const char *target, mode_t mode,
		   void (*write)(struct output *out, const void *arg),
		   const void *arg)
{
	char *temporary = NULL;
	int fd, rc = -1;

	if (asprintf(&temporary, "%s.XXXXXX", target) == -1)
		return -1;
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd != -1)
		rc = put_in_place(fd, temporary, target, mode, write, arg);
	free(temporary);
	return rc;
}

int whole_file_write(const char *path, mode_t mode,
		     void (*write)(struct output *out, const void *arg),
		     const void *arg, struct nf_error *err)
{
	char *target = find_target(path);
	int rc = -1;

	if (target != NULL)
		rc = replace(target, mode, write, arg);
	if (rc == -1)
		rc = refuse(path, err);
	free(target);
	return rc;
}
