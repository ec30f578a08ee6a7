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

int worker_handle_init(struct worker_handle *handle, enum nf_mode mode,
		       unsigned number, unsigned most,
		       struct heartbeat *heartbeat, struct nf_error *err)
{
	handle->mode = mode;
	handle->number = number;
	handle->heartbeat = heartbeat;
	handle->process = (struct process){-1, -1};
	handle->ends = handle->inner = (struct pipe_ends){-1, -1};
	buf_init(&handle->unsent,
		 (size_t)most * TICKET_HEADER + NF_PAYLOAD_MAX);
	if (buf_reserve(&handle->unsent, handle->unsent.max) == -1)
		return error_sys(err, NF_SYSTEM, "no memory for a worker");
	return 0;
}

void worker_handle_release(struct worker_handle *handle)
{
	buf_release(&handle->unsent);
}

bool worker_handle_alive(const struct worker_handle *handle)
{
	return handle->state != WORKER_DEAD &&
	       handle->state != WORKER_ABANDONED;
}

/* ---- watching it */

static uint64_t epoll_tag(const struct worker_handle *handle,
			  enum worker_event event)
{
	return (uint64_t)(handle->number - 1) << 8 | (uint64_t)event;
}

unsigned epoll_tag_index(uint64_t from)
{
	return (unsigned)(from >> 8);
}

enum worker_event epoll_tag_event(uint64_t from)
{
	return (enum worker_event)(from & 0xff);
}

static int watch(const struct worker_handle *handle, int epfd, int op, int fd,
		 uint32_t events, enum worker_event event)
{
	struct epoll_event wanted = {.events = events,
				     .data.u64 = epoll_tag(handle, event)};

	return epoll_ctl(epfd, op, fd, &wanted);
}

static int watch_all(const struct worker_handle *handle, int epfd,
		     struct nf_error *err)
{
	const struct pipe_ends *ends = &handle->ends;

	if (watch(handle, epfd, EPOLL_CTL_ADD, ends->result_fd, EPOLLIN,
		  EVENT_RESULT) == -1 ||
	    watch(handle, epfd, EPOLL_CTL_ADD, ends->task_fd, 0, EVENT_TASK) ==
		    -1 ||
	    (handle->mode == NF_MODE_PROCESS &&
	     watch(handle, epfd, EPOLL_CTL_ADD, handle->process.pidfd, EPOLLIN,
		   EVENT_DEATH) == -1) ||
	    (handle->mode == NF_MODE_SEQUENTIAL &&
	     watch(handle, epfd, EPOLL_CTL_ADD, worker_fd(handle->worker),
		   EPOLLIN, EVENT_TURN) == -1))
		return error_sys(err, NF_SYSTEM, "cannot watch a worker");
	return 0;
}

/*
 * Closing alone does not end the watch: a worker just forked holds copies until
 * it has closed them, and the old events would be taken for the successor's.
 */
static void unwatch(const struct worker_handle *handle, int epfd)
{
	const int fds[] = {handle->ends.result_fd, handle->ends.task_fd,
			   handle->process.pidfd};

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		if (fds[i] != -1)
			(void)epoll_ctl(epfd, EPOLL_CTL_DEL, fds[i], NULL);
	}
}

/* ---- its life */

/* A worker inherits no other's heartbeat: it could lie about it. */
static void share(struct heartbeat *heartbeat, int how)
{
	(void)madvise(heartbeat, (size_t)sysconf(_SC_PAGESIZE), how);
}

/* What is the worker's own of handle->inner is closed, or is no longer ours. */
static int start_as(struct worker_handle *handle,
		    const struct worker_options *options, struct nf_error *err)
{
	int rc = -1;

	switch (handle->mode) {
	case NF_MODE_PROCESS:
		share(handle->heartbeat, MADV_DOFORK);
		rc = process_start(&handle->process, options, err);
		share(handle->heartbeat, MADV_DONTFORK);
		pipe_close(&handle->inner.result_fd);
		break;
	case NF_MODE_THREAD:
		rc = thread_start(&handle->thread, options, err);
		if (rc == 0)
			handle->inner.result_fd = -1;
		break;
	case NF_MODE_SEQUENTIAL:
		rc = worker_new(&handle->worker, options, err);
		break;
	case NF_NMODES:
		break;
	}
	return rc;
}

static void stop(struct worker_handle *handle)
{
	static const uint8_t stop_ticket[TICKET_HEADER];

	switch (handle->mode) {
	case NF_MODE_PROCESS:
		process_kill(&handle->process);
		break;
	case NF_MODE_THREAD:
		atomic_store(&handle->heartbeat->stop, true);
		(void)!write(handle->ends.task_fd, stop_ticket,
			     sizeof(stop_ticket));
		break;
	case NF_MODE_SEQUENTIAL:
		worker_stop(handle->worker);
		break;
	case NF_NMODES:
		break;
	}
}

static void reap(struct worker_handle *handle, char *how, size_t how_size)
{
	(void)snprintf(how, how_size, "ended");
	switch (handle->mode) {
	case NF_MODE_PROCESS:
		process_reap(&handle->process, how, how_size);
		break;
	case NF_MODE_THREAD:
		thread_join(handle->thread);
		break;
	case NF_MODE_SEQUENTIAL:
		worker_free(handle->worker);
		break;
	case NF_NMODES:
		break;
	}
	handle->thread = NULL;
	handle->worker = NULL;
}

int worker_handle_start(struct worker_handle *handle,
			const struct worker_options *options, int epfd,
			struct nf_error *err)
{
	struct worker_options own = *options;
	char message[WORKER_MESSAGE];

	if (pipes_open(&handle->ends, &handle->inner, err) == -1)
		return -1;
	own.task_fd = handle->inner.task_fd;
	own.result_fd = handle->inner.result_fd;
	own.heartbeat = handle->heartbeat;
	atomic_store(&handle->heartbeat->running, 0);
	atomic_store(&handle->heartbeat->begun, 0);
	atomic_store(&handle->heartbeat->stop, false);
	if (start_as(handle, &own, err) == -1) {
		pipe_ends_close(&handle->ends);
		pipe_ends_close(&handle->inner);
		return -1;
	}
	handle->parser.have = 0;
	handle->parser.taken = false;
	handle->unsent.len = 0;
	handle->ntaken = 0;
	handle->greeted = false;
	handle->late = false;
	handle->distrusted = false;
	handle->awaits_room = false;
	handle->state = WORKER_STARTING;
	handle->read_ms = handle->beat_ms = deadline_clock_ms();
	handle->excused_ms = 0;
	handle->born_us = mono_us();
	handle->checked = 0;
	if (watch_all(handle, epfd, err) == 0)
		return 0;
	stop(handle);
	worker_handle_reap(handle, epfd, message);
	return -1;
}

bool worker_handle_has_room(const struct worker_handle *handle,
			    size_t payload_len)
{
	return ticket_size(payload_len) <= buf_room(&handle->unsent);
}

void worker_handle_put(struct worker_handle *handle, uint32_t ticket,
		       const struct task *task)
{
	/* All that may be unsent has had its memory since the start. */
	(void)ticket_put(&handle->unsent, ticket, task->index, task->payload,
			 task->payload_len);
	handle->ntaken++;
}

void worker_handle_send(struct worker_handle *handle, int epfd)
{
	int fd = handle->ends.task_fd;
	ssize_t n = write(fd, handle->unsent.data, handle->unsent.len);
	bool full = n != -1 ? (size_t)n < handle->unsent.len : errno == EAGAIN;

	if (n > 0)
		buf_consume(&handle->unsent, (size_t)n);
	if (full != handle->awaits_room)
		(void)watch(handle, epfd, EPOLL_CTL_MOD, fd,
			    full ? EPOLLOUT : 0u, EVENT_TASK);
	handle->awaits_room = full;
}

void worker_handle_drained(struct worker_handle *handle, int epfd)
{
	(void)epoll_ctl(epfd, EPOLL_CTL_DEL, handle->ends.task_fd, NULL);
	pipe_close(&handle->ends.task_fd);
	handle->drained_ms = deadline_clock_ms();
}

void worker_handle_kill(struct worker_handle *handle, const char *kill_reason)
{
	if (!worker_handle_alive(handle))
		return;
	if (handle->state != WORKER_KILLED)
		(void)snprintf(handle->kill_reason, sizeof(handle->kill_reason),
			       "%s", kill_reason);
	handle->state = WORKER_KILLED;
	stop(handle);
}

void worker_handle_reap(struct worker_handle *handle, int epfd,
			char message[WORKER_MESSAGE])
{
	int pid = handle->process.pid;
	char how[100], who[40] = "";

	unwatch(handle, epfd);
	reap(handle, how, sizeof(how));
	pipe_ends_close(&handle->ends);
	pipe_ends_close(&handle->inner);
	if (handle->mode == NF_MODE_PROCESS)
		(void)snprintf(who, sizeof(who), " (pid %d)", pid);
	(void)snprintf(
		message, WORKER_MESSAGE, "worker %u%s %s", handle->number, who,
		handle->state == WORKER_KILLED ? handle->kill_reason : how);
	handle->state = WORKER_DEAD;
}

void worker_handle_abandon(struct worker_handle *handle, int epfd)
{
	stop(handle); /* should it ever look */
	unwatch(handle, epfd);
	thread_abandon(handle->thread);
	handle->thread = NULL;
	handle->inner.task_fd = -1; /* the thread's */
	pipe_ends_close(&handle->ends);
	handle->state = WORKER_ABANDONED;
}

void worker_handle_retire(struct worker_handle *handle)
{
	if (!worker_handle_alive(handle))
		return;
	if (handle->held != NULL)
		stop(handle);
	if (handle->ends.task_fd != -1)
		(void)close(handle->ends.task_fd);
	handle->ends.task_fd = -1;
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
static bool await_thread(const struct worker_handle *handle,
			 int64_t deadline_ms)
{
	char bytes[4096];
	ssize_t n;

	do {
		if (!await(handle->ends.result_fd, deadline_ms))
			return false;
		n = read(handle->ends.result_fd, bytes, sizeof(bytes));
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

void worker_handle_await_end(struct worker_handle *handle, int epfd,
			     int64_t deadline_ms)
{
	char message[WORKER_MESSAGE];

	if (!worker_handle_alive(handle))
		return;
	switch (handle->mode) {
	case NF_MODE_PROCESS:
		if (!await(handle->process.pidfd, deadline_ms))
			process_kill(&handle->process);
		break;
	case NF_MODE_THREAD:
		if (!await_thread(handle, deadline_ms)) {
			worker_handle_abandon(handle, epfd);
			return;
		}
		break;
	case NF_MODE_SEQUENTIAL:
		end_on_stack(handle->worker, deadline_ms);
		break;
	case NF_NMODES:
		break;
	}
	worker_handle_reap(handle, epfd, message);
}
