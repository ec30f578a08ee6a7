/* Unified diffs of two texts, by diff(1). */
#include "store/text_diff.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/deadline_clock.h"
#include "base/error.h"
#include "system/program.h"

#define LIMIT_MS 60000
#define HEADER 2 /* lines, with names that nobody knows */
#define DIFFERENT 1 /* diff's status; more is a failure */

struct reader {
	nf_take_line *take;
	void *arg;
	struct buf line;
	size_t nlines;
};

/* Pass a line on. The time that this takes is none of diff's: a pager takes as
 * long as somebody reads. */
static int pass_on(const struct reader *reader)
{
	int64_t began_us = mono_us();
	int rc = reader->take(reader->arg, (const char *)reader->line.data,
			      reader->line.len);

	deadline_clock_set_back((mono_us() - began_us) / 1000);
	return rc;
}

static int end_line(struct reader *reader)
{
	int rc = reader->nlines < HEADER ? 0 : pass_on(reader);

	reader->nlines++;
	reader->line.len = 0;
	return rc;
}

static int take_output(void *arg, const uint8_t *bytes, size_t len)
{
	struct reader *reader = arg;

	while (len > 0) {
		const uint8_t *newline = memchr(bytes, '\n', len);
		size_t n = newline != NULL ? (size_t)(newline - bytes) : len;
		size_t room = buf_room(&reader->line);

		if (buf_append(&reader->line, bytes, n < room ? n : room) == -1)
			return -1;
		if (newline == NULL)
			return 0;
		if (end_line(reader) == -1)
			return -1;
		bytes = newline + 1;
		len -= n + 1;
	}
	return 0;
}

static int run_diff(struct reader *reader, const struct folder *folder,
		    const int fds[2], struct nf_error *err)
{
	static const char *const argv[] = {"diff",      "-a",        "-U", "3",
					   "/dev/fd/3", "/dev/fd/4", NULL};
	char path[PATH_MAX];
	const char *const env[] = {"LC_ALL=C", path, NULL};
	const struct program program = {
		.argv = argv,
		.env = env,
		.dir_fd = folder->fd,
		.fds = {fds[0], fds[1]},
		.nfds = 2,
		.deadline_ms = deadline_clock_ms() + LIMIT_MS,
		.take_output = take_output,
		.arg = reader,
	};
	char complaint[PROGRAM_COMPLAINT];
	const char *own = getenv("PATH");
	int status;

	(void)snprintf(path, sizeof(path), "PATH=%s",
		       own != NULL ? own : PROGRAM_PATH);
	status = program_run(&program, complaint, err);
	if (status > DIFFERENT)
		return error_set(err, NF_SYSTEM, "diff: %s", complaint);
	return status == -1 ? -1 : 0;
}

int text_diff(const struct folder *folder, int before_fd, int after_fd,
	      nf_take_line *take, void *arg, struct nf_error *err)
{
	struct reader reader = {.take = take, .arg = arg};
	int empty = open("/dev/null", O_RDONLY | O_CLOEXEC), rc;
	const int fds[2] = {before_fd != -1 ? before_fd : empty,
			    after_fd != -1 ? after_fd : empty};

	if (empty == -1)
		return error_sys(err, NF_SYSTEM, "cannot open /dev/null");
	buf_init(&reader.line, TEXT_DIFF_LINE);
	if (buf_reserve(&reader.line, 1) == -1) /* an empty line is one, too */
		rc = error_sys(err, NF_SYSTEM, "no memory for a line");
	else
		rc = run_diff(&reader, folder, fds, err);
	buf_release(&reader.line);
	(void)close(empty);
	return rc;
}
