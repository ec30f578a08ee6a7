/* A worker as a child process. */
#include "pool/process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"

/* Where a worker finds its two pipe ends. */
#define CHILD_TASK_FD 3
#define CHILD_RESULT_FD 4

int process_check_threads(struct nf_error *err)
{
	DIR *dir = opendir("/proc/self/task");
	const struct dirent *entry;
	int threads = 0;

	if (dir == NULL)
		return 0; /* cannot be told here */
	while ((entry = readdir(dir)) != NULL)
		threads += entry->d_name[0] != '.';
	(void)closedir(dir);
	if (threads > 1)
		return error_set(err, NF_SYSTEM,
				 "worker processes cannot be forked: the "
				 "program already has %d threads",
				 threads);
	return 0;
}

static void child_signals(void)
{
	/* A terminal or systemd sends these to the group: the parent decides.
	 */
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

/* Keep two pipe ends and stderr; every other descriptor is someone else's. */
static int child_descriptors(int task_fd, int result_fd)
{
	int task = fcntl(task_fd, F_DUPFD, CHILD_RESULT_FD + 1);
	int result = fcntl(result_fd, F_DUPFD, CHILD_RESULT_FD + 1);
	int null = open("/dev/null", O_RDWR);

	if (task == -1 || result == -1 || null == -1 ||
	    dup2(null, STDIN_FILENO) == -1 || dup2(null, STDOUT_FILENO) == -1 ||
	    dup2(task, CHILD_TASK_FD) == -1 ||
	    dup2(result, CHILD_RESULT_FD) == -1)
		return -1;
	close_from(CHILD_RESULT_FD + 1);
	return 0;
}

/* _exit(): exit() would flush the parent's stdio a second time. */
static void child_main(const struct worker_options *options, int task_fd,
		       int result_fd, pid_t parent)
{
	struct worker_options own = *options;
	struct nf_error err;

	child_signals();
	/* The parent may have died before the first of these two lines. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || getppid() != parent ||
	    child_descriptors(task_fd, result_fd) == -1)
		_exit(1);
	own.task_fd = CHILD_TASK_FD;
	own.result_fd = CHILD_RESULT_FD;
	_exit(worker_run(&own, &err) == 0 ? 0 : 1);
}

/* Fork with every signal held, so that no handler of ours runs in the child. */
static pid_t fork_worker(const struct worker_options *options, int task_fd,
			 int result_fd)
{
	pid_t parent = getpid(), pid;
	sigset_t all, before;
	int saved;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (pid == 0)
		child_main(options, task_fd, result_fd, parent);
	saved = errno;
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	errno = saved;
	return pid;
}

static void close_pair(const int fds[2])
{
	(void)close(fds[0]);
	(void)close(fds[1]);
}

static int start_with_pipes(struct process *process,
			    const struct worker_options *options,
			    const int task[2], const int result[2],
			    struct nf_error *err)
{
	pid_t pid = fork_worker(options, task[0], result[1]);
	int pidfd;

	if (pid == -1)
		return error_sys(err, NF_SYSTEM, "cannot fork a worker");
	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (pidfd == -1) {
		(void)error_sys(err, NF_SYSTEM, "pidfd_open");
		(void)kill(pid, SIGKILL);
		(void)waitpid(pid, NULL, 0);
		return -1;
	}
	(void)close(task[0]);
	(void)close(result[1]);
	*process = (struct process){.pid = pid,
				    .pidfd = pidfd,
				    .task_fd = task[1],
				    .result_fd = result[0]};
	return 0;
}

int process_start(struct process *process, const struct worker_options *options,
		  struct nf_error *err)
{
	int task[2], result[2];

	if (pipe2(task, O_CLOEXEC | O_NONBLOCK) == -1)
		return error_sys(err, NF_SYSTEM, "no pipe for a worker");
	if (pipe2(result, O_CLOEXEC | O_NONBLOCK) == -1) {
		(void)error_sys(err, NF_SYSTEM, "no pipe for a worker");
		close_pair(task);
		return -1;
	}
	if (start_with_pipes(process, options, task, result, err) == 0)
		return 0;
	close_pair(task);
	close_pair(result);
	return -1;
}

void process_reap(struct process *process, char *how, size_t how_size)
{
	int status;
	pid_t pid;

	do
		pid = waitpid(process->pid, &status, 0);
	while (pid == -1 && errno == EINTR);
	if (pid == -1)
		(void)snprintf(how, how_size, "vanished");
	else if (WIFSIGNALED(status))
		(void)snprintf(how, how_size, "was killed by signal %d (%s)",
			       WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		(void)snprintf(how, how_size, "ended with status %d",
			       WEXITSTATUS(status));
	process->pid = -1;
}

static void close_fd(int *fd)
{
	if (*fd != -1)
		(void)close(*fd);
	*fd = -1;
}

void process_release(struct process *process)
{
	close_fd(&process->pidfd);
	close_fd(&process->task_fd);
	close_fd(&process->result_fd);
}
