/* The pool's view of one worker. */
#include "pool/member.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/wire.h"

int member_init(struct member *member, unsigned number, unsigned most,
		_Atomic uint32_t *running, struct nf_error *err)
{
	member->number = number;
	member->running = running;
	member->process = (struct process){-1, -1, -1, -1};
	buf_init(&member->unsent, (size_t)most * TICKET_SIZE);
	if (buf_reserve(&member->unsent, member->unsent.max) == -1)
		return error_sys(err, NF_SYSTEM, "no memory for a worker");
	return 0;
}

/* ---- watching it */

static uint64_t mark(const struct member *member, enum member_event event)
{
	return (uint64_t)(member->number - 1) << 8 | (uint64_t)event;
}

unsigned member_mark_index(uint64_t from)
{
	return (unsigned)(from >> 8);
}

enum member_event member_mark_event(uint64_t from)
{
	return (enum member_event)(from & 0xff);
}

static int watch(const struct member *member, int epfd, int op, int fd,
		 uint32_t events, enum member_event event)
{
	struct epoll_event wanted = {.events = events,
				     .data.u64 = mark(member, event)};

	return epoll_ctl(epfd, op, fd, &wanted);
}

static int watch_all(const struct member *member, int epfd,
		     struct nf_error *err)
{
	const struct process *process = &member->process;

	if (watch(member, epfd, EPOLL_CTL_ADD, process->result_fd, EPOLLIN,
		  MEMBER_RESULT) == -1 ||
	    watch(member, epfd, EPOLL_CTL_ADD, process->pidfd, EPOLLIN,
		  MEMBER_DEATH) == -1 ||
	    watch(member, epfd, EPOLL_CTL_ADD, process->task_fd, 0,
		  MEMBER_TASK) == -1)
		return error_sys(err, NF_SYSTEM, "cannot watch a worker");
	return 0;
}

/*
 * Closing alone does not end the watch: a worker just forked holds copies until
 * it has closed them, and the old events would be taken for the successor's.
 */
static void release(struct member *member, int epfd)
{
	struct process *process = &member->process;
	const int fds[] = {process->result_fd, process->pidfd,
			   process->task_fd};

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		(void)epoll_ctl(epfd, EPOLL_CTL_DEL, fds[i], NULL);
	process_release(process);
	member->alive = false;
}

/* ---- its life */

int member_start(struct member *member, const struct worker_options *options,
		 int epfd, struct nf_error *err)
{
	struct worker_options own = *options;
	char how[100];

	own.running = member->running;
	atomic_store(member->running, 0);
	if (process_start(&member->process, &own, err) == -1)
		return -1;
	if (watch_all(member, epfd, err) == -1) {
		(void)kill(member->process.pid, SIGKILL);
		process_reap(&member->process, how, sizeof(how));
		release(member, epfd);
		return -1;
	}
	member->parser.have = 0;
	member->parser.taken = false;
	member->unsent.len = 0;
	member->verdict[0] = '\0';
	member->distrusted = false;
	member->alive = true;
	return 0;
}

void member_put(struct member *member, uint32_t ticket, uint32_t index)
{
	uint8_t bytes[TICKET_SIZE];

	wire_put_u32(bytes, ticket);
	wire_put_u32(bytes + 4, index);
	/* Room for all that it may hold was made at the start. */
	(void)buf_append(&member->unsent, bytes, sizeof(bytes));
}

void member_send(struct member *member, int epfd)
{
	int fd = member->process.task_fd;
	sigset_t pipe_only, before;
	ssize_t n;

	/* A dead worker's pipe: the signal is held back and taken away. */
	(void)sigemptyset(&pipe_only);
	(void)sigaddset(&pipe_only, SIGPIPE);
	(void)pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
	n = write(fd, member->unsent.data, member->unsent.len);
	if (n == -1 && errno == EPIPE && !sigismember(&before, SIGPIPE))
		(void)sigtimedwait(&pipe_only, NULL, &(struct timespec){0});
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (n > 0)
		buf_consume(&member->unsent, (size_t)n);
	(void)watch(member, epfd, EPOLL_CTL_MOD, fd,
		    n != -1 && member->unsent.len > 0 ? EPOLLOUT : 0u,
		    MEMBER_TASK);
}

void member_kill(struct member *member, const char *verdict)
{
	if (!member->alive)
		return;
	if (member->verdict[0] == '\0')
		(void)snprintf(member->verdict, sizeof(member->verdict), "%s",
			       verdict);
	(void)kill(member->process.pid, SIGKILL);
}

void member_bury(struct member *member, int epfd, char message[MEMBER_MESSAGE])
{
	int pid = member->process.pid;
	char how[100];

	process_reap(&member->process, how, sizeof(how));
	release(member, epfd);
	(void)snprintf(message, MEMBER_MESSAGE, "worker %u (pid %d) %s",
		       member->number, pid,
		       member->verdict[0] != '\0' ? member->verdict : how);
}

void member_dismiss(struct member *member)
{
	if (!member->alive)
		return;
	(void)close(member->process.task_fd);
	member->process.task_fd = -1;
	if (member->held != NULL)
		(void)kill(member->process.pid, SIGKILL);
}

void member_await_end(struct member *member, int epfd, int64_t deadline_ms)
{
	struct pollfd pollfd = {.fd = member->process.pidfd, .events = POLLIN};
	char message[MEMBER_MESSAGE];

	if (!member->alive)
		return;
	while (poll(&pollfd, 1, clock_wait_ms(deadline_ms, clock_ms())) == -1 &&
	       errno == EINTR)
		;
	if ((pollfd.revents & POLLIN) == 0)
		(void)kill(member->process.pid, SIGKILL);
	member_bury(member, epfd, message);
}
