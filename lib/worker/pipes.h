/* The two pipes between the pool and a worker, and the sockets beside them. */
#ifndef NETFAN_WORKER_PIPES_H
#define NETFAN_WORKER_PIPES_H

#include "netfan.h"

/* Each side's ends, non-blocking and close-on-exec; -1 once closed. */
struct pipe_ends {
	int task_fd; /* the pool writes, the worker reads */
	int result_fd; /* the worker writes, the pool reads */
	int passage_fd; /* the pool passes, the worker receives; or -1 */
};

/* No descriptors. */
extern const struct pipe_ends pipe_ends_none;

/*
 * Open both pipes, and the sockets for passages where there are any: -1 with
 * NF_SYSTEM, and nothing open.
 *
 * The pool keeps the worker's end of the task pipe open for itself, too: then a
 * write to a dead worker is no SIGPIPE. The end of a pipe is told by the other
 * end alone.
 */
int pipes_open(struct pipe_ends *pool, struct pipe_ends *worker, bool passes,
	       struct nf_error *err);

/*
 * Wait until fd is readable or hung up, and go on when a signal comes: false
 * when deadline_ms passed before.
 */
bool fd_await(int fd, int64_t deadline_ms);

/* Close what is open: a single end, both of a side. */
void pipe_close(int *fd);
void pipe_ends_close(struct pipe_ends *ends);

#endif
