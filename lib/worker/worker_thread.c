/* A worker as a thread. */
#include "worker/worker_thread.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"

struct thread {
	pthread_t id;
	struct worker_options options;
	atomic_bool loose; /* ended, or abandoned: the second of both frees */
};

static void *thread_main(void *arg)
{
	struct thread *thread = arg;
	int task_fd = thread->options.task_fd;
	int result_fd = thread->options.result_fd;
	struct nf_error err;

	(void)worker_run(&thread->options, &err);
	if (atomic_exchange(&thread->loose, true)) {
		free(thread);
		(void)close(task_fd);
	}
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

int thread_start(struct thread **out, const struct worker_options *options,
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
	*out = thread;
	return 0;
}

void thread_join(struct thread *thread)
{
	(void)pthread_join(thread->id, NULL);
	free(thread);
}

void thread_abandon(struct thread *thread)
{
	int task_fd = thread->options.task_fd;

	(void)pthread_detach(thread->id);
	if (atomic_exchange(&thread->loose, true)) {
		free(thread);
		(void)close(task_fd);
	}
}
