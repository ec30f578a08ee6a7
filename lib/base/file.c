/* Writing to files and pipes. */
#include "base/file.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

/* How this thread had a signal before a write. */
struct held {
	int signal;
	sigset_t mask;
	bool pending; /* it is somebody else's, and stays */
};

static void only(sigset_t *set, int signal)
{
	(void)sigemptyset(set);
	(void)sigaddset(set, signal);
}

static void hold(struct held *held, int signal)
{
	sigset_t own, pending;

	held->signal = signal;
	only(&own, signal);
	(void)pthread_sigmask(SIG_BLOCK, &own, &held->mask);
	held->pending =
		sigpending(&pending) == 0 && sigismember(&pending, signal) == 1;
}

/* The signal of our own write comes with an errno of its own: it is taken, not
 * delivered. */
static ssize_t let_go(const struct held *held, ssize_t n, int sent_with)
{
	const struct timespec now = {0};
	int saved = errno;
	sigset_t own;

	only(&own, held->signal);
	if (n == -1 && saved == sent_with && !held->pending)
		(void)sigtimedwait(&own, NULL, &now);
	(void)pthread_sigmask(SIG_SETMASK, &held->mask, NULL);
	errno = saved;
	return n;
}

ssize_t file_write(int fd, const void *bytes, size_t len)
{
	struct held held;

	hold(&held, SIGXFSZ);
	return let_go(&held, write(fd, bytes, len), EFBIG);
}

ssize_t file_pwrite(int fd, const void *bytes, size_t len, off_t at)
{
	struct held held;

	hold(&held, SIGXFSZ);
	return let_go(&held, pwrite(fd, bytes, len, at), EFBIG);
}

int file_write_all(int fd, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t n = file_write(fd, at, len);

		if (n == -1 && errno != EINTR)
			return -1;
		at += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

ssize_t pipe_write(int fd, const void *bytes, size_t len)
{
	struct held held;

	hold(&held, SIGPIPE);
	return let_go(&held, write(fd, bytes, len), EPIPE);
}
