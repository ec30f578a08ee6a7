/* Forking a child that is clean, and watching it. */
#include "worker/process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "fiber/fiber.h"

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
void process_settle(void)
{
	int threads = count_threads();

	for (int i = 0; threads > 1 && i < LEAVING_MS; i++) {
		(void)poll(NULL, 0, 1);
		threads = count_threads();
	}
}

static int check_threads(const struct process_start *start,
			 struct nf_error *err)
{
	int threads = count_threads();

	if (threads > 1)
		return error_set(err, NF_SYSTEM,
				 "%s cannot be forked: the program has %d "
				 "threads; %s",
				 start->what, threads, start->instead);
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

/* Put what it keeps into its places, from where none can be in the way of
 * another. */
static int keep(const struct process_start *start)
{
	int kept[PROCESS_FDS_MAX];

	for (int i = 0; i < start->nfds; i++) {
		kept[i] = fcntl(start->fds[i], F_DUPFD,
				PROCESS_FD + PROCESS_FDS_MAX);
		if (kept[i] == -1)
			return -1;
	}
	for (int i = 0; i < start->nfds; i++) {
		if (dup3(kept[i], PROCESS_FD + i, O_CLOEXEC) == -1)
			return -1;
	}
	return 0;
}

/* Keep what it is to have, and stderr: all other descriptors are the
 * parent's. */
static int child_descriptors(const struct process_start *start)
{
	int null = open("/dev/null", O_RDWR);

	if (null == -1 || keep(start) == -1 || dup2(null, STDIN_FILENO) == -1 ||
	    dup2(null, STDOUT_FILENO) == -1)
		return -1;
	close_from((unsigned)(PROCESS_FD + start->nfds));
	return 0;
}

/* _exit(): exit() would flush the parent's stdio a second time. */
static void child_main(const struct process_start *start, pid_t parent)
{
	fiber_forked();
	child_signals();
	/* The parent may have died before the first of these two lines. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || getppid() != parent ||
	    child_descriptors(start) == -1)
		_exit(1);
	_exit(start->run(start->arg) == 0 ? 0 : 1);
}

/* Fork with every signal held, so that no handler of ours runs in the child. */
static pid_t fork_child(const struct process_start *start)
{
	pid_t parent = getpid(), pid;
	sigset_t all, before;
	int saved;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (pid == 0)
		child_main(start, parent);
	saved = errno;
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	errno = saved;
	return pid;
}

int process_fork(struct process *out, const struct process_start *start,
		 struct nf_error *err)
{
	pid_t pid;
	int pidfd;

	if (check_threads(start, err) == -1)
		return -1;
	pid = fork_child(start);
	if (pid == -1)
		return error_sys(err, NF_SYSTEM, "%s cannot be forked",
				 start->what);
	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (pidfd == -1) {
		(void)error_sys(err, NF_SYSTEM,
				"%s cannot be watched here (%s): pidfd_open, "
				"of Linux 5.3",
				start->what, start->instead);
		(void)kill(pid, SIGKILL);
		(void)waitpid(pid, NULL, 0);
		return -1;
	}
	*out = (struct process){.pid = pid, .pidfd = pidfd};
	return 0;
}

/*
 * By the pidfd: where SIGCHLD is ignored, the pid may be another's by now. A tool
 * that lets pidfd_open() alone through (valgrind 3.24 does) gets kill().
 */
void process_kill(const struct process *process)
{
	if (syscall(SYS_pidfd_send_signal, process->pidfd, SIGKILL, NULL, 0) ==
		    -1 &&
	    errno == ENOSYS)
		(void)kill(process->pid, SIGKILL);
}

void process_reap(const struct process *process, char *how, size_t how_size)
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
	(void)close(process->pidfd);
}
