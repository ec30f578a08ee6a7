/* Calls for the tasks of an executor, on a fiber or not. */
#include <errno.h>
#include <poll.h>

#include "base/deadline_clock.h"
#include "worker/frame.h"
#include "worker/worker.h"

/* Longest poll() of a task without a fiber before the stop flag is checked. */
#define SLICE_MS 100

int nf_write(struct nf_task_io *out, const void *bytes, size_t len)
{
	struct iovec part = {.iov_base = (void *)(uintptr_t)bytes};
	int64_t waited_ms = 0;

	while (len > 0) {
		part.iov_len =
			len < FRAME_PAYLOAD_MAX ? len : FRAME_PAYLOAD_MAX;
		if (task_io_send(out, &part, 1, &waited_ms) == -1)
			return -1;
		part.iov_base = (char *)part.iov_base + part.iov_len;
		len -= part.iov_len;
	}
	return 0;
}

void *nf_worker_state(const struct nf_task_io *out)
{
	return task_io_state(out);
}

const void *nf_payload(const struct nf_task_io *out, size_t *len)
{
	return task_io_payload(out, len);
}

int64_t nf_now_ms(void)
{
	return deadline_clock_ms();
}

/* The next poll() of a wait until deadline_ms. */
static int slice_ms(int64_t deadline_ms)
{
	int ms = deadline_wait_ms(deadline_ms, deadline_clock_ms());

	return ms >= 0 && ms < SLICE_MS ? ms : SLICE_MS;
}

/* poll(2) until deadline_ms or, with ECANCELED, until the task is cancelled. */
static int poll_on_stack(struct pollfd *fds, nfds_t n, int64_t deadline_ms)
{
	int rc, ms;

	do {
		if (task_io_stopped()) {
			errno = ECANCELED;
			return -1;
		}
		ms = slice_ms(deadline_ms);
		rc = poll(fds, n, ms);
	} while ((rc == -1 && errno == EINTR) ||
		 (rc == 0 && deadline_clock_ms() < deadline_ms));
	return rc;
}

int nf_wait_io(int fd, unsigned directions, int64_t deadline_ms)
{
	struct pollfd pollfd = {
		.fd = fd,
		.events = (short)((directions & NF_WAIT_IN ? POLLIN : 0) |
				  (directions & NF_WAIT_OUT ? POLLOUT : 0)),
	};
	int rc;

	if (fiber_self() != NULL)
		return wait_io(fd, directions, deadline_ms);
	rc = poll_on_stack(&pollfd, 1, deadline_ms);
	if (rc != 1 || (pollfd.revents & POLLNVAL) == 0)
		return rc;
	errno = EBADF;
	return -1;
}

int nf_sleep_until(int64_t deadline_ms)
{
	if (fiber_self() != NULL)
		return sleep_until(deadline_ms);
	return poll_on_stack(NULL, 0, deadline_ms);
}
