/* What a task of the public executor may call, on a fiber or not. */
#include <errno.h>
#include <poll.h>
#include <time.h>

#include "base/clock.h"
#include "pool/frame.h"
#include "pool/worker.h"

int nf_write(struct nf_outlet *out, const void *bytes, size_t len)
{
	struct iovec part = {.iov_base = (void *)(uintptr_t)bytes};
	int64_t waited_ms = 0;

	while (len > 0) {
		part.iov_len =
			len < FRAME_PAYLOAD_MAX ? len : FRAME_PAYLOAD_MAX;
		if (outlet_send(out, &part, 1, &waited_ms) == -1)
			return -1;
		part.iov_base = (char *)part.iov_base + part.iov_len;
		len -= part.iov_len;
	}
	return 0;
}

void *nf_worker_state(const struct nf_outlet *out)
{
	return outlet_state(out);
}

int64_t nf_now_ms(void)
{
	return clock_ms();
}

int nf_wait_io(int fd, unsigned directions, int64_t deadline_ms)
{
	struct pollfd pollfd = {.fd = fd};
	int rc;

	if (fiber_self() != NULL)
		return wait_io(fd, directions, deadline_ms);
	pollfd.events = (short)((directions & NF_WAIT_IN ? POLLIN : 0) |
				(directions & NF_WAIT_OUT ? POLLOUT : 0));
	do
		rc = poll(&pollfd, 1, clock_wait_ms(deadline_ms, clock_ms()));
	while (rc == -1 && errno == EINTR);
	return rc;
}

int nf_sleep_until(int64_t deadline_ms)
{
	int ms;

	if (fiber_self() != NULL)
		return sleep_until(deadline_ms);
	while ((ms = clock_wait_ms(deadline_ms, clock_ms())) != 0)
		(void)poll(NULL, 0, ms);
	return 0;
}
