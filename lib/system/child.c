/* Children: another program as a process of its own. */
#include "system/child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"

/* Its own descriptors, and the one by which it tells why it cannot begin. */
#define NSTANDARD 3
#define FDS_MAX (NSTANDARD + PROGRAM_FDS + 1)

/* What it has to know, made before the fork: of a program with threads, a child
 * may call nothing that takes a lock. */
struct start {
	const struct program *program;
	char path[PATH_MAX];
	int fds[FDS_MAX]; /* of ours, the report's last */
	int nfds;
	int max_fd;
	pid_t parent;
};

/* ---- the child's side */

static void default_signals(void)
{
	struct sigaction action = {.sa_handler = SIG_DFL};
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		(void)sigaction(i, &action, NULL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Close all from one on but by close_range() of Linux 5.9, if there is any. */
static void close_from(int first, int max_fd)
{
	if (syscall(SYS_close_range, (unsigned)first, ~0u, 0) == 0)
		return;
	for (int fd = first; fd < max_fd; fd++)
		(void)close(fd);
}

/* Give them the numbers 0, 1, 2...: each is first moved out of the way. */
static int number_fds(const struct start *start)
{
	int moved[FDS_MAX];

	for (int i = 0; i < start->nfds; i++) {
		moved[i] = fcntl(start->fds[i], F_DUPFD, start->nfds);
		if (moved[i] == -1)
			return -1;
	}
	for (int i = 0; i < start->nfds; i++)
		if (dup2(moved[i], i) == -1)
			return -1;
	close_from(start->nfds, start->max_fd);
	return fcntl(start->nfds - 1, F_SETFD, FD_CLOEXEC);
}

static int change_place(const struct program *program)
{
	if (program->private_files)
		(void)umask(S_IRWXG | S_IRWXO);
	if (program->nice != 0 &&
	    setpriority(PRIO_PROCESS, 0,
			getpriority(PRIO_PROCESS, 0) + program->nice) == -1)
		return -1;
	return program->dir_fd == -1 ? 0 : fchdir(program->dir_fd);
}

/* What cannot be done is told by errno, which exec() alone keeps quiet. */
static void child_main(const struct start *start)
{
	int report_fd = start->fds[start->nfds - 1], why;

	(void)setsid();
	default_signals();
	/* The parent may have died before the first of these two. By SIGTERM:
	 * git takes its locks and temporary files with it then. */
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 &&
	    getppid() == start->parent && change_place(start->program) == 0 &&
	    number_fds(start) == 0) {
		report_fd = start->nfds - 1;
		(void)execve(start->path, (char *const *)start->program->argv,
			     (char *const *)start->program->env);
	}
	why = errno;
	(void)!write(report_fd, &why, sizeof(why));
	_exit(127);
}

/* ---- the parent's side */

static const char *env_path(const char *const *env)
{
	for (; *env != NULL; env++)
		if (strncmp(*env, "PATH=", 5) == 0)
			return *env + 5;
	return PROGRAM_PATH;
}

static bool is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       access(path, X_OK) == 0;
}

static int find_program(char path[PATH_MAX], const struct program *program,
			struct nf_error *err)
{
	const char *name = program->argv[0], *dir = env_path(program->env);

	if (strchr(name, '/') != NULL) {
		if (snprintf(path, PATH_MAX, "%s", name) < PATH_MAX)
			return 0;
		errno = ENAMETOOLONG;
		return error_sys(err, NF_SYSTEM, "cannot run a program");
	}
	for (; *dir != '\0'; dir += strspn(dir, ":")) {
		size_t len = strcspn(dir, ":");

		if (*dir == '/' &&
		    snprintf(path, PATH_MAX, "%.*s/%s", (int)len, dir, name) <
			    PATH_MAX &&
		    is_program(path))
			return 0;
		dir += len;
	}
	errno = ENOENT;
	return error_sys(err, NF_SYSTEM, "there is no program %s", name);
}

static void close_fd(int *fd)
{
	if (*fd != -1)
		(void)close(*fd);
	*fd = -1;
}

static void close_ours(struct child *child)
{
	close_fd(&child->in_fd);
	close_fd(&child->out_fd);
	close_fd(&child->err_fd);
	close_fd(&child->pidfd);
}

/* Of the child's, those that it was passed on are the caller's. */
static void close_theirs(struct start *start)
{
	for (int i = 0; i < NSTANDARD; i++)
		close_fd(&start->fds[i]);
	close_fd(&start->fds[start->nfds - 1]);
}

/* Open a pipe; ours never blocks. -1: errno. */
static int open_pipe_to(int *theirs, int *ours)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) == -1)
		return -1;
	*theirs = fds[0];
	*ours = fds[1];
	return fcntl(*ours, F_SETFL, O_NONBLOCK);
}

static int open_pipe_from(int *theirs, int *ours)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) == -1)
		return -1;
	*theirs = fds[1];
	*ours = fds[0];
	return fcntl(*ours, F_SETFL, O_NONBLOCK);
}

static int open_null(int *fd)
{
	*fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	return *fd == -1 ? -1 : 0;
}

/* Standard input and output: one of ours for both, or pipes. */
static int open_streams(struct start *start, struct child *child)
{
	const struct program *program = start->program;
	int *fds = start->fds;

	if (program->stream != NULL) {
		fds[0] = fcntl(*program->stream, F_DUPFD_CLOEXEC, NSTANDARD);
		fds[1] = fcntl(*program->stream, F_DUPFD_CLOEXEC, NSTANDARD);
		return fds[0] == -1 || fds[1] == -1 ? -1 : 0;
	}
	if ((program->next_input == NULL
		     ? open_null(&fds[0])
		     : open_pipe_to(&fds[0], &child->in_fd)) == -1)
		return -1;
	return program->take_output == NULL
		       ? open_null(&fds[1])
		       : open_pipe_from(&fds[1], &child->out_fd);
}

static int open_fds(struct start *start, struct child *child)
{
	return open_streams(start, child) == -1
		       ? -1
		       : open_pipe_from(&start->fds[2], &child->err_fd);
}

static void start_init(struct start *start, const struct program *program)
{
	start->program = program;
	start->nfds = NSTANDARD + (int)program->nfds + 1;
	for (int i = 0; i < start->nfds; i++)
		start->fds[i] = -1;
	for (size_t i = 0; i < program->nfds; i++)
		start->fds[NSTANDARD + i] = program->fds[i];
	start->max_fd = (int)sysconf(_SC_OPEN_MAX);
	start->parent = getpid();
}

/* Fork with every signal held, so that no handler of ours runs in the child. */
static pid_t fork_child(const struct start *start)
{
	sigset_t all, before;
	pid_t pid;
	int saved;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (pid == 0)
		child_main(start);
	saved = errno;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = saved;
	return pid;
}

static void reap_killed(pid_t pid)
{
	(void)kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		;
}

/* Nothing is heard of one that could begin. */
static int hear(int report_fd)
{
	int why = 0;
	ssize_t n;

	do
		n = read(report_fd, &why, sizeof(why));
	while (n == -1 && errno == EINTR);
	return why;
}

/* Start watching one that was forked: -1 with errno, and it is gone. That it
 * cannot be watched as it is gone already is so only if nobody has to reap. */
static int watch_child(struct child *child, int report_fd)
{
	int why = 0;

	child->pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
	if (child->pidfd == -1)
		why = errno == ESRCH ? ECHILD : errno;
	else
		why = hear(report_fd);
	if (why == 0)
		return 0;
	reap_killed(child->pid);
	errno = why;
	return -1;
}

static int fork_and_watch(struct start *start, struct child *child)
{
	int report[2], rc = -1, saved;

	if (pipe2(report, O_CLOEXEC) == -1)
		return -1;
	start->fds[start->nfds - 1] = report[1];
	child->pid = fork_child(start);
	saved = errno;
	close_theirs(start);
	errno = saved;
	if (child->pid != -1)
		rc = watch_child(child, report[0]);
	saved = errno;
	(void)close(report[0]);
	errno = saved;
	return rc;
}

int child_start(struct child *child, const struct program *program,
		struct nf_error *err)
{
	struct start start;
	int rc = -1;

	*child = (struct child){-1, -1, -1, -1, -1};
	start_init(&start, program);
	if (find_program(start.path, program, err) == -1)
		return -1;
	if (open_fds(&start, child) == 0)
		rc = fork_and_watch(&start, child);
	if (rc == -1) {
		(void)error_sys(err, NF_SYSTEM, "cannot run %s", start.path);
		close_theirs(&start);
		close_ours(child);
	}
	return rc;
}

/* One that has been reaped for us, as SIGCHLD is ignored, may have left its
 * number to another. */
static void signal_group(const struct child *child, int signal)
{
	if (syscall(SYS_pidfd_send_signal, child->pidfd, 0, NULL, 0) == 0)
		(void)kill(-child->pid, signal);
}

void child_kill(const struct child *child)
{
	signal_group(child, SIGKILL);
}

void child_ask_to_end(const struct child *child)
{
	signal_group(child, SIGTERM);
}

int child_reap(struct child *child, const char *name, struct nf_error *err)
{
	int status;
	pid_t pid;

	do
		pid = waitpid(child->pid, &status, 0);
	while (pid == -1 && errno == EINTR);
	close_ours(child);
	if (pid == -1)
		return error_sys(err, NF_SYSTEM,
				 "how %s ended is not known (SIGCHLD is "
				 "ignored?)",
				 name);
	if (WIFSIGNALED(status))
		return error_set(err, NF_SYSTEM,
				 "%s was ended by signal %d (%s)", name,
				 WTERMSIG(status), strsignal(WTERMSIG(status)));
	return WEXITSTATUS(status);
}

void child_leave(struct child *child)
{
	close_ours(child);
}
