/* A worker as a thread. */
#include "worker/worker_thread.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "worker/ticket.h"

struct thread {
	pthread_t id;
	struct worker_options options;
	atomic_bool loose; /* ended, or abandoned: the second of both frees */
};

/* Free what an abandoned thread leaves, from either side. */
static void let_go(struct thread *thread)
{
	if (!atomic_exchange(&thread->loose, true))
		return;
	(void)close(thread->options.task_fd);
	if (thread->options.passes)
		(void)close(thread->options.passage_fd);
	free(thread);
}

static void *thread_main(void *arg)
{
	struct thread *thread = arg;
	int result_fd = thread->options.result_fd;
	struct nf_error err;

	(void)worker_run(&thread->options, &err);
	let_go(thread);
	(void)close(result_fd); /* from here on it may be joined */
	return NULL;
}

/* Threads inherit the mask: signals are the caller's, a SIGPIPE nobody's. */
static int create(struct thread *thread)
{
	sigset_t all, before;
	int rc;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&thread->id, NULL, thread_main, thread);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

static int thread_start(struct worker_handle *handle,
			const struct worker_options *options,
			struct nf_error *err)
{
	struct thread *thread = calloc(1, sizeof(*thread));

	if (thread == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a thread");
	thread->options = *options;
	errno = create(thread);
	if (errno != 0) {
		(void)error_sys(err, NF_SYSTEM, "cannot start a thread");
		free(thread);
		return -1;
	}
	handle->own = thread;
	handle->inner.result_fd = -1; /* the thread's now */
	return 0;
}

/* Ask by both: a task sees the flag, a wait for tickets the stop ticket. */
static void thread_kill(struct worker_handle *handle)
{
	static const uint8_t stop_ticket[TICKET_HEADER];

	atomic_store(&handle->heartbeat->stop, true);
	(void)!write(handle->ends.task_fd, stop_ticket, sizeof(stop_ticket));
}

/* Read away what it still says, so that it can end. */
static bool thread_await_end(struct worker_handle *handle, int64_t deadline_ms)
{
	char bytes[4096];
	ssize_t n;

	do {
		if (!fd_await(handle->ends.result_fd, deadline_ms))
			return false;
		n = read(handle->ends.result_fd, bytes, sizeof(bytes));
	} while (n > 0 || (n == -1 && (errno == EAGAIN || errno == EINTR)));
	return true;
}

static void thread_reap(struct worker_handle *handle, char *how,
			size_t how_size)
{
	struct thread *thread = handle->own;

	(void)how, (void)how_size;
	(void)pthread_join(thread->id, NULL);
	free(thread);
}

static void thread_abandon(struct worker_handle *handle)
{
	struct thread *thread = handle->own;

	/* the thread's now */
	handle->inner.task_fd = handle->inner.passage_fd = -1;
	(void)pthread_detach(thread->id);
	let_go(thread);
}

const struct worker_kind worker_thread = {
	.in_process = true,
	.concurrent = true,
	.start = thread_start,
	.kill = thread_kill,
	.await_end = thread_await_end,
	.reap = thread_reap,
	.abandon = thread_abandon,
};
