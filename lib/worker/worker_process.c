/* A worker as a child process. */
#include "worker/worker_process.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "worker/process.h"

static struct process process_of(const struct worker_handle *handle)
{
	return (struct process){.pid = handle->pid, .pidfd = handle->event_fd};
}

/* In the child, where its ends have their places. */
static int run(void *arg)
{
	struct worker_options *own = arg;
	struct nf_error err;

	own->task_fd = PROCESS_FD;
	own->result_fd = PROCESS_FD + 1;
	own->passage_fd = PROCESS_FD + 2;
	return worker_run(own, &err);
}

static int fork_and_watch(struct worker_handle *handle,
			  const struct worker_options *options,
			  struct nf_error *err)
{
	struct worker_options own = *options;
	const struct process_start start = {
		.what = "worker processes",
		.instead = "use thread mode, or begin before them",
		.fds = {options->task_fd, options->result_fd,
			options->passage_fd},
		.nfds = options->passes ? 3 : 2,
		.run = run,
		.arg = &own,
	};
	struct process process;

	if (process_fork(&process, &start, err) == -1)
		return -1;
	handle->pid = process.pid;
	handle->event_fd = process.pidfd;
	return 0;
}

/* A worker inherits no other's heartbeat: it could lie about it. */
static void share(struct heartbeat *heartbeat, int how)
{
	(void)madvise(heartbeat, (size_t)sysconf(_SC_PAGESIZE), how);
}

static int start(struct worker_handle *handle,
		 const struct worker_options *options, struct nf_error *err)
{
	int rc;

	share(handle->heartbeat, MADV_DOFORK);
	rc = fork_and_watch(handle, options, err);
	share(handle->heartbeat, MADV_DONTFORK);
	pipe_close(&handle->inner.result_fd);
	pipe_close(&handle->inner.passage_fd);
	return rc;
}

static void kill_process(struct worker_handle *handle)
{
	const struct process process = process_of(handle);

	process_kill(&process);
}

static bool has_continued(const struct worker_handle *handle)
{
	siginfo_t info = {0};

	return waitid(P_PID, (id_t)handle->pid, &info, WCONTINUED | WNOHANG) ==
		       0 &&
	       info.si_pid == handle->pid;
}

static bool await_end(struct worker_handle *handle, int64_t deadline_ms)
{
	if (!fd_await(handle->event_fd, deadline_ms))
		kill_process(handle);
	return true;
}

static void reap(struct worker_handle *handle, char *how, size_t how_size)
{
	const struct process process = process_of(handle);

	process_reap(&process, how, how_size);
}

const struct worker_kind worker_process = {
	.in_process = false,
	.concurrent = true,
	.event = EVENT_DEATH,
	.prepare = process_settle,
	.start = start,
	.kill = kill_process,
	.continued = has_continued,
	.await_end = await_end,
	.reap = reap,
};
