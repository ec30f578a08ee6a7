/* The pool's view of one worker. */
#include "worker/worker_handle.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/deadline_clock.h"
#include "base/error.h"
#include "pool/queue.h"
#include "worker/ticket.h"

int member_init(struct member *member, enum nf_mode mode, unsigned number,
		unsigned most, struct heartbeat *mark, struct nf_error *err)
{
	member->mode = mode;
	member->number = number;
	member->mark = mark;
	member->process = (struct process){-1, -1};
	member->ends = member->inner = (struct pipe_ends){-1, -1};
	buf_init(&member->unsent,
		 (size_t)most * TICKET_HEADER + NF_PAYLOAD_MAX);
	if (buf_reserve(&member->unsent, member->unsent.max) == -1)
		return error_sys(err, NF_SYSTEM, "no memory for a worker");
	return 0;
}

void member_release(struct member *member)
{
	buf_release(&member->unsent);
}

bool member_alive(const struct member *member)
{
	return member->state != MEMBER_DEAD && member->state != MEMBER_GIVEN_UP;
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
	const struct pipe_ends *ends = &member->ends;

	if (watch(member, epfd, EPOLL_CTL_ADD, ends->result_fd, EPOLLIN,
		  MEMBER_RESULT) == -1 ||
	    watch(member, epfd, EPOLL_CTL_ADD, ends->task_fd, 0, MEMBER_TASK) ==
		    -1 ||
	    (member->mode == NF_MODE_PROCESS &&
	     watch(member, epfd, EPOLL_CTL_ADD, member->process.pidfd, EPOLLIN,
		   MEMBER_DEATH) == -1) ||
	    (member->mode == NF_MODE_SEQUENTIAL &&
	     watch(member, epfd, EPOLL_CTL_ADD, worker_fd(member->worker),
		   EPOLLIN, MEMBER_TURN) == -1))
		return error_sys(err, NF_SYSTEM, "cannot watch a worker");
	return 0;
}

/*
 * Closing alone does not end the watch: a worker just forked holds copies until
 * it has closed them, and the old events would be taken for the successor's.
 */
static void unwatch(const struct member *member, int epfd)
{
	const int fds[] = {member->ends.result_fd, member->ends.task_fd,
			   member->process.pidfd};

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		if (fds[i] != -1)
			(void)epoll_ctl(epfd, EPOLL_CTL_DEL, fds[i], NULL);
	}
}

/* ---- its life */

/* A worker inherits no other's mark: it could lie about it. */
static void share(struct heartbeat *mark, int how)
{
	(void)madvise(mark, (size_t)sysconf(_SC_PAGESIZE), how);
}

/* What is the worker's own of member->inner is closed, or is no longer ours. */
static int start_as(struct member *member, const struct worker_options *options,
		    struct nf_error *err)
{
	int rc = -1;

	switch (member->mode) {
	case NF_MODE_PROCESS:
		share(member->mark, MADV_DOFORK);
		rc = process_start(&member->process, options, err);
		share(member->mark, MADV_DONTFORK);
		pipe_close(&member->inner.result_fd);
		break;
	case NF_MODE_THREAD:
		rc = thread_start(&member->thread, options, err);
		if (rc == 0)
			member->inner.result_fd = -1;
		break;
	case NF_MODE_SEQUENTIAL:
		rc = worker_new(&member->worker, options, err);
		break;
	case NF_NMODES:
		break;
	}
	return rc;
}

static void stop(struct member *member)
{
	static const uint8_t stop_ticket[TICKET_HEADER];

	switch (member->mode) {
	case NF_MODE_PROCESS:
		process_kill(&member->process);
		break;
	case NF_MODE_THREAD:
		atomic_store(&member->mark->stop, true);
		(void)!write(member->ends.task_fd, stop_ticket,
			     sizeof(stop_ticket));
		break;
	case NF_MODE_SEQUENTIAL:
		worker_stop(member->worker);
		break;
	case NF_NMODES:
		break;
	}
}

static void reap(struct member *member, char *how, size_t how_size)
{
	(void)snprintf(how, how_size, "ended");
	switch (member->mode) {
	case NF_MODE_PROCESS:
		process_reap(&member->process, how, how_size);
		break;
	case NF_MODE_THREAD:
		thread_join(member->thread);
		break;
	case NF_MODE_SEQUENTIAL:
		worker_free(member->worker);
		break;
	case NF_NMODES:
		break;
	}
	member->thread = NULL;
	member->worker = NULL;
}

int member_start(struct member *member, const struct worker_options *options,
		 int epfd, struct nf_error *err)
{
	struct worker_options own = *options;
	char message[MEMBER_MESSAGE];

	if (pipes_open(&member->ends, &member->inner, err) == -1)
		return -1;
	own.task_fd = member->inner.task_fd;
	own.result_fd = member->inner.result_fd;
	own.mark = member->mark;
	atomic_store(&member->mark->running, 0);
	atomic_store(&member->mark->begun, 0);
	atomic_store(&member->mark->stop, false);
	if (start_as(member, &own, err) == -1) {
		pipe_ends_close(&member->ends);
		pipe_ends_close(&member->inner);
		return -1;
	}
	member->parser.have = 0;
	member->parser.taken = false;
	member->unsent.len = 0;
	member->ntaken = 0;
	member->verdict[0] = '\0';
	member->greeted = false;
	member->late = false;
	member->distrusted = false;
	member->awaits_room = false;
	member->state = MEMBER_STARTING;
	member->read_ms = member->beat_ms = deadline_clock_ms();
	member->excused_ms = 0;
	member->born_us = mono_us();
	member->looked = 0;
	if (watch_all(member, epfd, err) == 0)
		return 0;
	stop(member);
	member_bury(member, epfd, message);
	return -1;
}

bool member_has_room(const struct member *member, size_t payload_len)
{
	return ticket_size(payload_len) <= buf_room(&member->unsent);
}

void member_put(struct member *member, uint32_t ticket, const struct task *task)
{
	/* All that may be unsent has had its memory since the start. */
	(void)ticket_put(&member->unsent, ticket, task->index, task->payload,
			 task->payload_len);
	member->ntaken++;
}

void member_send(struct member *member, int epfd)
{
	int fd = member->ends.task_fd;
	ssize_t n = write(fd, member->unsent.data, member->unsent.len);
	bool full = n != -1 ? (size_t)n < member->unsent.len : errno == EAGAIN;

	if (n > 0)
		buf_consume(&member->unsent, (size_t)n);
	if (full != member->awaits_room)
		(void)watch(member, epfd, EPOLL_CTL_MOD, fd,
			    full ? EPOLLOUT : 0u, MEMBER_TASK);
	member->awaits_room = full;
}

void member_drained(struct member *member, int epfd)
{
	(void)epoll_ctl(epfd, EPOLL_CTL_DEL, member->ends.task_fd, NULL);
	pipe_close(&member->ends.task_fd);
	member->drained_ms = deadline_clock_ms();
}

void member_kill(struct member *member, const char *verdict)
{
	if (!member_alive(member))
		return;
	if (member->verdict[0] == '\0')
		(void)snprintf(member->verdict, sizeof(member->verdict), "%s",
			       verdict);
	stop(member);
}

void member_bury(struct member *member, int epfd, char message[MEMBER_MESSAGE])
{
	int pid = member->process.pid;
	char how[100], who[40] = "";

	unwatch(member, epfd);
	reap(member, how, sizeof(how));
	pipe_ends_close(&member->ends);
	pipe_ends_close(&member->inner);
	member->state = MEMBER_DEAD;
	if (member->mode == NF_MODE_PROCESS)
		(void)snprintf(who, sizeof(who), " (pid %d)", pid);
	(void)snprintf(message, MEMBER_MESSAGE, "worker %u%s %s",
		       member->number, who,
		       member->verdict[0] != '\0' ? member->verdict : how);
}

void member_give_up(struct member *member, int epfd)
{
	stop(member); /* should it ever look */
	unwatch(member, epfd);
	thread_abandon(member->thread);
	member->thread = NULL;
	member->inner.task_fd = -1; /* the thread's */
	pipe_ends_close(&member->ends);
	member->state = MEMBER_GIVEN_UP;
}

void member_dismiss(struct member *member)
{
	if (!member_alive(member))
		return;
	if (member->held != NULL)
		stop(member);
	if (member->ends.task_fd != -1)
		(void)close(member->ends.task_fd);
	member->ends.task_fd = -1;
}

/* Wait for fd, and go on when a signal comes: false at the deadline. */
static bool await(int fd, int64_t deadline_ms)
{
	struct pollfd pollfd = {.fd = fd, .events = POLLIN};

	while (poll(&pollfd, 1,
		    deadline_wait_ms(deadline_ms, deadline_clock_ms())) == -1 &&
	       errno == EINTR)
		;
	return pollfd.revents != 0;
}

/* What it still says is read away, so that it can end. */
static bool await_thread(const struct member *member, int64_t deadline_ms)
{
	char bytes[4096];
	ssize_t n;

	do {
		if (!await(member->ends.result_fd, deadline_ms))
			return false;
		n = read(member->ends.result_fd, bytes, sizeof(bytes));
	} while (n > 0 || (n == -1 && (errno == EAGAIN || errno == EINTR)));
	return true;
}

/* By a clock that no fiber holds up. */
static void end_on_stack(struct worker *worker, int64_t deadline_ms)
{
	int64_t end_us = mono_us() + (deadline_ms - deadline_clock_ms()) * 1000;

	worker_stop(worker);
	while (mono_us() < end_us &&
	       worker_turn(worker, deadline_ms, NULL) == 1)
		;
	deadline_clock_unwatch();
}

void member_await_end(struct member *member, int epfd, int64_t deadline_ms)
{
	char message[MEMBER_MESSAGE];

	if (!member_alive(member))
		return;
	switch (member->mode) {
	case NF_MODE_PROCESS:
		if (!await(member->process.pidfd, deadline_ms))
			process_kill(&member->process);
		break;
	case NF_MODE_THREAD:
		if (!await_thread(member, deadline_ms)) {
			member_give_up(member, epfd);
			return;
		}
		break;
	case NF_MODE_SEQUENTIAL:
		end_on_stack(member->worker, deadline_ms);
		break;
	case NF_NMODES:
		break;
	}
	member_bury(member, epfd, message);
}
