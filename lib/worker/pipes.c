/* What lies between the pool and a worker. */
#include "worker/pipes.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "base/deadline_clock.h"
#include "base/error.h"
#include "worker/passage.h"

const struct pipe_ends pipe_ends_none = {-1, -1, -1};

static int pipe_open(int *in, int *out)
{
	int pair[2];

	if (pipe2(pair, O_CLOEXEC | O_NONBLOCK) == -1)
		return -1;
	*out = pair[0];
	*in = pair[1];
	return 0;
}

int pipes_open(struct pipe_ends *pool, struct pipe_ends *worker, bool passes,
	       struct nf_error *err)
{
	int rc = 0;

	*pool = *worker = pipe_ends_none;
	if (pipe_open(&pool->task_fd, &worker->task_fd) == -1 ||
	    pipe_open(&worker->result_fd, &pool->result_fd) == -1)
		rc = error_sys(err, NF_SYSTEM, "no pipe for a worker");
	else if (passes)
		rc = passage_open(&pool->passage_fd, &worker->passage_fd, err);
	if (rc == -1) {
		pipe_ends_close(pool);
		pipe_ends_close(worker);
	}
	return rc;
}

bool fd_await(int fd, int64_t deadline_ms)
{
	struct pollfd pollfd = {.fd = fd, .events = POLLIN};

	while (poll(&pollfd, 1,
		    deadline_wait_ms(deadline_ms, deadline_clock_ms())) == -1 &&
	       errno == EINTR)
		;
	return pollfd.revents != 0;
}

void pipe_close(int *fd)
{
	if (*fd != -1)
		(void)close(*fd);
	*fd = -1;
}

void pipe_ends_close(struct pipe_ends *ends)
{
	pipe_close(&ends->task_fd);
	pipe_close(&ends->result_fd);
	pipe_close(&ends->passage_fd);
}
