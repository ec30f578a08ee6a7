/* The pool's handle of a worker. */
#include "worker/worker_handle.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/deadline_clock.h"
#include "base/error.h"
#include "worker/ticket.h"

int worker_handle_init(struct worker_handle *handle,
		       const struct worker_kind *kind, unsigned number,
		       unsigned most, struct heartbeat *heartbeat,
		       struct nf_error *err)
{
	handle->kind = kind;
	handle->number = number;
	handle->heartbeat = heartbeat;
	handle->pid = handle->event_fd = -1;
	handle->ends = handle->inner = pipe_ends_none;
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

uint64_t epoll_tag(unsigned index, enum worker_event event)
{
	return (uint64_t)index << 8 | (uint64_t)event;
}

unsigned epoll_tag_index(uint64_t tag)
{
	return (unsigned)(tag >> 8);
}

enum worker_event epoll_tag_event(uint64_t tag)
{
	return (enum worker_event)(tag & 0xff);
}

static int watch(const struct worker_handle *handle, int epfd, int op, int fd,
		 uint32_t events, enum worker_event event)
{
	struct epoll_event wanted = {
		.events = events,
		.data.u64 = epoll_tag(handle->number - 1, event)};

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
	    (handle->event_fd != -1 &&
	     watch(handle, epfd, EPOLL_CTL_ADD, handle->event_fd, EPOLLIN,
		   handle->kind->event) == -1))
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
			   handle->ends.passage_fd, handle->event_fd};

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		if (fds[i] != -1)
			(void)epoll_ctl(epfd, EPOLL_CTL_DEL, fds[i], NULL);
	}
}

/* ---- its life */

int worker_handle_start(struct worker_handle *handle,
			const struct worker_options *options, int epfd,
			struct nf_error *err)
{
	struct worker_options own = *options;
	char message[WORKER_MESSAGE];

	if (pipes_open(&handle->ends, &handle->inner, options->passes, err) ==
	    -1)
		return -1;
	own.task_fd = handle->inner.task_fd;
	own.result_fd = handle->inner.result_fd;
	own.passage_fd = handle->inner.passage_fd;
	own.heartbeat = handle->heartbeat;
	atomic_store(&handle->heartbeat->running, 0);
	atomic_store(&handle->heartbeat->begun, 0);
	atomic_store(&handle->heartbeat->stop, false);
	if (handle->kind->start(handle, &own, err) == -1) {
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
	handle->awaits_room = handle->passages_watched = false;
	handle->state = WORKER_STARTING;
	handle->read_ms = handle->beat_ms = deadline_clock_ms();
	handle->excused_ms = 0;
	handle->born_us = mono_us();
	handle->checked = 0;
	if (watch_all(handle, epfd, err) == 0)
		return 0;
	handle->kind->kill(handle);
	worker_handle_reap(handle, epfd, message);
	return -1;
}

bool worker_handle_has_room(const struct worker_handle *handle,
			    size_t payload_len)
{
	return ticket_size(payload_len) <= buf_room(&handle->unsent);
}

void worker_handle_put(struct worker_handle *handle, uint32_t ticket,
		       uint32_t index, const void *payload, uint32_t len)
{
	/* Memory for all that may be unsent is there since the start. */
	(void)ticket_put(&handle->unsent, ticket, index, payload, len);
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

/* Unlike the task pipe, the socket is not watched all the time: it would tell
 * of a worker's end, which others tell better. */
void worker_handle_send_passages(struct worker_handle *handle, int epfd)
{
	int fd = handle->ends.passage_fd;
	bool full;

	passages_send(&handle->passages, fd);
	full = passages_wait(&handle->passages);
	if (full != handle->passages_watched)
		(void)watch(handle, epfd, full ? EPOLL_CTL_ADD : EPOLL_CTL_DEL,
			    fd, EPOLLOUT, EVENT_PASSAGE);
	handle->passages_watched = full;
}

int worker_handle_pass(struct worker_handle *handle, int epfd, uint32_t ticket,
		       const void *bytes, size_t len, const int *fds,
		       size_t nfds)
{
	int rc = passages_put(&handle->passages, handle->ends.passage_fd,
			      ticket, bytes, len, fds, nfds);

	worker_handle_send_passages(handle, epfd);
	return rc;
}

void worker_handle_drained(struct worker_handle *handle, int epfd)
{
	(void)epoll_ctl(epfd, EPOLL_CTL_DEL, handle->ends.task_fd, NULL);
	pipe_close(&handle->ends.task_fd);
	handle->drained_ms = deadline_clock_ms();
}

void worker_handle_kill(struct worker_handle *handle, const char *reason)
{
	if (!worker_handle_alive(handle))
		return;
	if (handle->state != WORKER_KILLED)
		(void)snprintf(handle->kill_reason, sizeof(handle->kill_reason),
			       "%s", reason);
	handle->state = WORKER_KILLED;
	handle->kind->kill(handle);
}

/* Forget what was the kind's own: it is freed, or left alone. */
static void forget(struct worker_handle *handle)
{
	passages_release(&handle->passages);
	handle->pid = handle->event_fd = -1;
	handle->own = NULL;
}

void worker_handle_reap(struct worker_handle *handle, int epfd,
			char message[WORKER_MESSAGE])
{
	char how[100] = "ended", pid[40] = "";

	if (handle->pid != -1)
		(void)snprintf(pid, sizeof(pid), " (pid %d)", handle->pid);
	unwatch(handle, epfd);
	handle->kind->reap(handle, how, sizeof(how));
	forget(handle);
	pipe_ends_close(&handle->ends);
	pipe_ends_close(&handle->inner);
	(void)snprintf(
		message, WORKER_MESSAGE, "worker %u%s %s", handle->number, pid,
		handle->state == WORKER_KILLED ? handle->kill_reason : how);
	handle->state = WORKER_DEAD;
}

void worker_handle_abandon(struct worker_handle *handle, int epfd)
{
	handle->kind->kill(handle); /* in case it ever looks */
	unwatch(handle, epfd);
	handle->kind->abandon(handle);
	forget(handle);
	pipe_ends_close(&handle->ends);
	handle->state = WORKER_ABANDONED;
}

void worker_handle_retire(struct worker_handle *handle)
{
	if (!worker_handle_alive(handle))
		return;
	if (handle->held != NULL)
		handle->kind->kill(handle);
	if (handle->ends.task_fd != -1)
		(void)close(handle->ends.task_fd);
	handle->ends.task_fd = -1;
}

void worker_handle_await_end(struct worker_handle *handle, int epfd,
			     int64_t deadline_ms)
{
	char message[WORKER_MESSAGE];

	if (!worker_handle_alive(handle))
		return;
	if (handle->kind->await_end(handle, deadline_ms))
		worker_handle_reap(handle, epfd, message);
	else
		worker_handle_abandon(handle, epfd);
}
