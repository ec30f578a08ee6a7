/* A worker as a child process. */
#include "worker/worker_process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "fiber/fiber.h"

/* The descriptors of a worker's ends. */
#define CHILD_TASK_FD 3
#define CHILD_RESULT_FD 4
#define CHILD_PASSAGE_FD 5

#define LEAVING_MS 100 /* in which a thread that was joined is gone */

static int count_threads(void)
{
	DIR *dir = opendir("/proc/self/task");
	const struct dirent *entry;
	int threads = 0;

	if (dir == NULL)
		return 1; /* cannot be told here */
	while ((entry = readdir(dir)) != NULL)
		threads += entry->d_name[0] != '.';
	(void)closedir(dir);
	return threads;
}

bool process_alone(void)
{
	return count_threads() == 1;
}

/* A thread that was joined is still seen for a moment: let it pass. */
static void process_prepare(void)
{
	int threads = count_threads();

	for (int i = 0; threads > 1 && i < LEAVING_MS; i++) {
		(void)poll(NULL, 0, 1);
		threads = count_threads();
	}
}

static int check_threads(struct nf_error *err)
{
	int threads = count_threads();

	if (threads > 1)
		return error_set(err, NF_SYSTEM,
				 "worker processes cannot be forked: the "
				 "program has %d threads; use thread mode, or "
				 "begin before them",
				 threads);
	return 0;
}

static void child_signals(void)
{
	/* A terminal or systemd sends these to the group: the parent acts. */
	static const int ignored[] = {SIGINT, SIGTERM, SIGQUIT, SIGHUP,
				      SIGPIPE};
	static const int defaulted[] = {SIGCHLD, SIGUSR1, SIGUSR2, SIGALRM};
	sigset_t none;

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		(void)signal(ignored[i], SIG_IGN);
	for (size_t i = 0; i < sizeof(defaulted) / sizeof(defaulted[0]); i++)
		(void)signal(defaulted[i], SIG_DFL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void close_from(unsigned first)
{
	long max;

	if (syscall(SYS_close_range, first, ~0u, 0) == 0)
		return;
	max = sysconf(_SC_OPEN_MAX); /* Linux before 5.9 */
	for (int fd = (int)first; fd < max; fd++)
		(void)close(fd);
}

/* Put the worker's own ends into their places, from where none can be in the
 * way of another. */
static int keep_ends(const int from[], const int to[], int n)
{
	int kept[CHILD_PASSAGE_FD];

	for (int i = 0; i < n; i++) {
		kept[i] = fcntl(from[i], F_DUPFD, CHILD_PASSAGE_FD + 1);
		if (kept[i] == -1)
			return -1;
	}
	for (int i = 0; i < n; i++) {
		if (dup3(kept[i], to[i], O_CLOEXEC) == -1)
			return -1;
	}
	return 0;
}

/* Keep its ends and stderr: all other descriptors are the parent's. */
static int child_descriptors(const struct worker_options *options)
{
	const int from[] = {options->task_fd, options->result_fd,
			    options->passage_fd};
	const int to[] = {CHILD_TASK_FD, CHILD_RESULT_FD, CHILD_PASSAGE_FD};
	int n = options->passes ? 3 : 2;
	int null = open("/dev/null", O_RDWR);

	if (null == -1 || keep_ends(from, to, n) == -1 ||
	    dup2(null, STDIN_FILENO) == -1 || dup2(null, STDOUT_FILENO) == -1)
		return -1;
	close_from((unsigned)to[n - 1] + 1);
	return 0;
}

/* _exit(): exit() would flush the parent's stdio a second time. */
static void child_main(const struct worker_options *options, pid_t parent)
{
	struct worker_options own = *options;
	struct nf_error err;

	fiber_forked();
	child_signals();
	/* The parent may have died before the first of these two lines. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || getppid() != parent ||
	    child_descriptors(options) == -1)
		_exit(1);
	own.task_fd = CHILD_TASK_FD;
	own.result_fd = CHILD_RESULT_FD;
	own.passage_fd = CHILD_PASSAGE_FD;
	_exit(worker_run(&own, &err) == 0 ? 0 : 1);
}

/* Fork with every signal held, so that no handler of ours runs in the child. */
static pid_t fork_worker(const struct worker_options *options)
{
	pid_t parent = getpid(), pid;
	sigset_t all, before;
	int saved;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (pid == 0)
		child_main(options, parent);
	saved = errno;
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	errno = saved;
	return pid;
}

static int fork_and_watch(struct worker_handle *handle,
			  const struct worker_options *options,
			  struct nf_error *err)
{
	pid_t pid;
	int pidfd;

	if (check_threads(err) == -1)
		return -1;
	pid = fork_worker(options);
	if (pid == -1)
		return error_sys(err, NF_SYSTEM, "cannot fork a worker");
	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (pidfd == -1) {
		(void)error_sys(err, NF_SYSTEM,
				"worker processes cannot be watched here (use "
				"thread mode, which does without): "
				"pidfd_open, of Linux 5.3");
		(void)kill(pid, SIGKILL);
		(void)waitpid(pid, NULL, 0);
		return -1;
	}
	handle->pid = pid;
	handle->event_fd = pidfd;
	return 0;
}

/* A worker inherits no other's heartbeat: it could lie about it. */
static void share(struct heartbeat *heartbeat, int how)
{
	(void)madvise(heartbeat, (size_t)sysconf(_SC_PAGESIZE), how);
}

static int process_start(struct worker_handle *handle,
			 const struct worker_options *options,
			 struct nf_error *err)
{
	int rc;

	share(handle->heartbeat, MADV_DOFORK);
	rc = fork_and_watch(handle, options, err);
	share(handle->heartbeat, MADV_DONTFORK);
	pipe_close(&handle->inner.result_fd);
	pipe_close(&handle->inner.passage_fd);
	return rc;
}

/*
 * Kill by the pidfd: where SIGCHLD is ignored, the pid may be another's by now.
 * A tool that lets pidfd_open() alone through (valgrind 3.24 does) gets kill().
 */
static void process_kill(struct worker_handle *handle)
{
	if (syscall(SYS_pidfd_send_signal, handle->event_fd, SIGKILL, NULL,
		    0) == -1 &&
	    errno == ENOSYS)
		(void)kill(handle->pid, SIGKILL);
}

static bool process_continued(const struct worker_handle *handle)
{
	siginfo_t info = {0};

	return waitid(P_PID, (id_t)handle->pid, &info, WCONTINUED | WNOHANG) ==
		       0 &&
	       info.si_pid == handle->pid;
}

static bool process_await_end(struct worker_handle *handle, int64_t deadline_ms)
{
	if (!fd_await(handle->event_fd, deadline_ms))
		process_kill(handle);
	return true;
}

static void process_reap(struct worker_handle *handle, char *how,
			 size_t how_size)
{
	int status;
	pid_t pid;

	do
		pid = waitpid(handle->pid, &status, 0);
	while (pid == -1 && errno == EINTR);
	if (pid == -1)
		(void)snprintf(how, how_size, "vanished");
	else if (WIFSIGNALED(status))
		(void)snprintf(how, how_size, "was killed by signal %d (%s)",
			       WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		(void)snprintf(how, how_size, "ended with status %d",
			       WEXITSTATUS(status));
	(void)close(handle->event_fd);
}

const struct worker_kind worker_process = {
	.in_process = false,
	.concurrent = true,
	.event = EVENT_DEATH,
	.prepare = process_prepare,
	.start = process_start,
	.kill = process_kill,
	.continued = process_continued,
	.await_end = process_await_end,
	.reap = process_reap,
};
