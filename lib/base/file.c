/* Writing to files. */
#include "base/file.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

/* How this thread had SIGXFSZ before a write. */
struct held {
	sigset_t mask;
	bool pending; /* it is somebody else's, and stays */
};

static void only_xfsz(sigset_t *set)
{
	(void)sigemptyset(set);
	(void)sigaddset(set, SIGXFSZ);
}

static void hold(struct held *held)
{
	sigset_t xfsz, pending;

	only_xfsz(&xfsz);
	(void)pthread_sigmask(SIG_BLOCK, &xfsz, &held->mask);
	held->pending = sigpending(&pending) == 0 &&
			sigismember(&pending, SIGXFSZ) == 1;
}

/* The signal of our own write comes with EFBIG: it is taken, not delivered. */
static ssize_t let_go(const struct held *held, ssize_t n)
{
	const struct timespec now = {0};
	int saved = errno;
	sigset_t xfsz;

	only_xfsz(&xfsz);
	if (n == -1 && saved == EFBIG && !held->pending)
		(void)sigtimedwait(&xfsz, NULL, &now);
	(void)pthread_sigmask(SIG_SETMASK, &held->mask, NULL);
	errno = saved;
	return n;
}

ssize_t file_write(int fd, const void *bytes, size_t len)
{
	struct held held;

	hold(&held);
	return let_go(&held, write(fd, bytes, len));
}

ssize_t file_pwrite(int fd, const void *bytes, size_t len, off_t at)
{
	struct held held;

	hold(&held);
	return let_go(&held, pwrite(fd, bytes, len, at));
}
