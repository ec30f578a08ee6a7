/* The two pipes between the pool and a worker. */
#include "worker/pipes.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "base/deadline_clock.h"
#include "base/error.h"

int pipes_open(struct pipe_ends *pool, struct pipe_ends *worker,
	       struct nf_error *err)
{
	int task[2], result[2];

	if (pipe2(task, O_CLOEXEC | O_NONBLOCK) == -1)
		return error_sys(err, NF_SYSTEM, "no pipe for a worker");
	if (pipe2(result, O_CLOEXEC | O_NONBLOCK) == -1) {
		(void)error_sys(err, NF_SYSTEM, "no pipe for a worker");
		(void)close(task[0]);
		(void)close(task[1]);
		return -1;
	}
	*worker =
		(struct pipe_ends){.task_fd = task[0], .result_fd = result[1]};
	*pool = (struct pipe_ends){.task_fd = task[1], .result_fd = result[0]};
	return 0;
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
}
