/* An output stream that may be slow. */
#include "format/output.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void output_init(struct output *out, int fd, struct stop *stop)
{
	struct stat st;

	out->stop = stop;
	out->fd = fd;
	out->may_block =
		stop == NULL || (fstat(fd, &st) == 0 && S_ISREG(st.st_mode));
	out->sys_errno = 0;
	out->len = 0;
}

/* Wait until the reader takes more, or the run is to end now. */
static void wait_writable(struct output *out)
{
	struct pollfd fds[] = {{.fd = out->fd, .events = POLLOUT},
			       {.fd = out->stop->fd, .events = POLLIN}};

	if (poll(fds, 2, stop_wait_ms(out->stop)) == -1 && errno != EINTR)
		out->sys_errno = errno;
	stop_update(out->stop);
	if (out->stop->now && fds[0].revents == 0)
		out->sys_errno = ECANCELED;
}

/*
 * Standard output is shared with other programs and stays blocking. A pipe that
 * polls writable takes PIPE_BUF bytes without blocking.
 */
void output_flush(struct output *out)
{
	size_t at = 0;

	while (at < out->len && out->sys_errno == 0) {
		size_t n = out->len - at;
		ssize_t done;

		if (!out->may_block) {
			wait_writable(out);
			n = n < PIPE_BUF ? n : PIPE_BUF;
		}
		if (out->sys_errno != 0)
			break;
		done = write(out->fd, out->bytes + at, n);
		if (done >= 0)
			at += (size_t)done;
		else if (errno != EINTR && (errno != EAGAIN || out->may_block))
			out->sys_errno = errno;
	}
	out->len = 0;
}

void output_bytes(struct output *out, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	while (len > 0) {
		size_t n = OUTPUT_BUFFER - out->len;

		if (n > len)
			n = len;
		memcpy(out->bytes + out->len, at, n);
		out->len += n;
		at += n;
		len -= n;
		if (out->len == OUTPUT_BUFFER)
			output_flush(out);
	}
}

void output_text(struct output *out, const char *text)
{
	output_bytes(out, text, strlen(text));
}

void output_format(struct output *out, const char *fmt, ...)
{
	char text[1024];
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (len > 0)
		output_bytes(out, text,
			     (size_t)len < sizeof(text) ? (size_t)len
							: sizeof(text) - 1);
}
