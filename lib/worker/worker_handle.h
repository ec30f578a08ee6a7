/*
 * The pool's handle of a worker: its kind, its pipes, the tasks that it holds.
 *
 *   worker is                 who moves it
 *   starting -> running       HELLO frame: its initializer is done
 *   starting -> dead          HELLO frame with an error, or its death
 *   running -> draining       as many tickets as it may have: no more come, it
 *                             ends when these have
 *   starting, running,        worker_handle_kill(): its reason is told when it
 *   draining -> killed        is dead
 *   any alive -> dead         the end of the process (pidfd) or of the thread
 *                             (end of its result pipe), which is read to the
 *                             end before its tasks are ended or requeued
 *   dead -> starting          when there is work and the pool is not broken
 *   any alive -> abandoned    a thread that hangs: it gets no more work
 */
#ifndef NETFAN_WORKER_WORKER_HANDLE_H
#define NETFAN_WORKER_WORKER_HANDLE_H

#include "base/buf.h"
#include "worker/frame.h"
#include "worker/passage.h"
#include "worker/pipes.h"
#include "worker/worker.h"

struct inflight; /* of the pool */

/* What an epoll event of a worker is about. */
enum worker_event {
	EVENT_RESULT,
	EVENT_TASK,
	EVENT_DEATH,
	EVENT_TURN,
	EVENT_PASSAGE, /* there is room for more of them */
	EVENT_WATCH, /* of the pool's caller, and no worker's */
};

struct worker_handle;

/*
 * A kind of worker: process, thread, or inline, which the pool turns itself.
 * Each is a file and a row of worker_kind.c. Functions marked (NULL) may be
 * missing.
 */
struct worker_kind {
	/* It lives in the pool's process and is stopped along with it. It can
	 * be asked to end, not killed. */
	bool in_process;
	/* It runs by itself; otherwise in the steps of its pool, which then
	 * has this worker alone. */
	bool concurrent;
	/* The event that handle->event_fd tells: EVENT_DEATH, EVENT_TURN. */
	enum worker_event event;

	/* (NULL) Before the first worker of a pool is started. */
	void (*prepare)(void);

	/*
	 * Start a worker that runs worker_run(), or is turned. Sets pid,
	 * event_fd and own of handle as far as the kind has them. Ends in
	 * handle->inner that the worker takes over are closed here, or set to
	 * -1. -1 with NF_SYSTEM.
	 */
	int (*start)(struct worker_handle *handle,
		     const struct worker_options *options,
		     struct nf_error *err);

	/* Kill the worker, or ask its tasks to end. Any number of times. */
	void (*kill)(struct worker_handle *handle);

	/* (NULL) Was it stopped, and goes on, since the last call? */
	bool (*continued)(const struct worker_handle *handle);

	/* (NULL) A turn of a worker that is not concurrent, and when one is
	 * due: as worker_turn() and worker_due_ms(). */
	int (*turn)(struct worker_handle *handle);
	int64_t (*due_ms)(const struct worker_handle *handle);

	/* Wait for its end until deadline_ms, then kill it. False when it has
	 * to be abandoned. */
	bool (*await_end)(struct worker_handle *handle, int64_t deadline_ms);

	/* Free a worker that has ended; how says "ended" unless it is known
	 * better. */
	void (*reap)(struct worker_handle *handle, char *how, size_t how_size);

	/* (NULL unless both in_process and concurrent) Leave alone a worker
	 * that hangs. Its own ends in handle->inner are set to -1. */
	void (*abandon)(struct worker_handle *handle);
};

enum worker_state {
	WORKER_DEAD,
	WORKER_STARTING,
	WORKER_RUNNING,
	WORKER_DRAINING,
	WORKER_KILLED,
	WORKER_ABANDONED,
};

struct worker_handle {
	const struct worker_kind *kind;
	enum worker_state state;
	int pid; /* -1 when it is no process of its own, or none */
	int event_fd; /* tells kind->event; -1 for none */
	void *own; /* of its kind, from start to reap or abandon */
	struct pipe_ends ends; /* the pool's */
	struct pipe_ends inner; /* the worker's, as far as the pool has them */
	struct frame_parser parser;
	struct buf unsent; /* tickets that the pipe did not take yet */
	struct inflight *held; /* its tasks, the newest first */
	unsigned nheld;
	unsigned number; /* 1..workers */
	unsigned ntaken; /* tickets given to it since its start */
	unsigned early_deaths; /* deaths in a row before a task had begun */
	bool greeted; /* it said HELLO */
	bool alone; /* holds a suspect, and gets nothing beside it */
	bool awaits_room; /* the task pipe is watched */
	struct passages passages; /* that the socket did not take yet */
	bool passages_watched;
	bool late; /* it is killed for a task that did not end in time */
	bool distrusted; /* broke the rules of frames: nothing more counts */
	struct heartbeat *heartbeat; /* shared with it */
	uint32_t checked; /* ticket that had begun last at the last check */
	int64_t checked_ms; /* of that check, or when it got its first task */
	uint32_t beats; /* of the heartbeat, when they were seen to change */
	int64_t beat_ms; /* when that was */
	int64_t born_us; /* monotonic */
	int64_t read_ms; /* when its result pipe was last read */
	int64_t drained_ms; /* when its task pipe was ended */
	int64_t excused_ms; /* when its result pipe was last found full */
	char kill_reason[160]; /* of the state killed */
};

/* "worker 3 (pid 4711) was killed by signal 9 (Killed)" */
#define WORKER_MESSAGE 320

/*
 * A place for worker number, which may hold up to most tickets. -1 with
 * NF_SYSTEM when there is no memory for them.
 */
int worker_handle_init(struct worker_handle *handle,
		       const struct worker_kind *kind, unsigned number,
		       unsigned most, struct heartbeat *heartbeat,
		       struct nf_error *err);
void worker_handle_release(struct worker_handle *handle);

/*
 * Start a worker and watch it: options without descriptors and heartbeat. -1
 * with NF_SYSTEM, and dead as before.
 */
int worker_handle_start(struct worker_handle *handle,
			const struct worker_options *options, int epfd,
			struct nf_error *err);

/* Is it neither dead nor abandoned? */
bool worker_handle_alive(const struct worker_handle *handle);

/* Make and read the tag of an epoll event: number - 1, and what it is about. */
uint64_t epoll_tag(unsigned index, enum worker_event event);
unsigned epoll_tag_index(uint64_t tag);
enum worker_event epoll_tag_event(uint64_t tag);

/* Is there room for a ticket with such a payload among those to be sent? Any
 * payload fits while none waits. */
bool worker_handle_has_room(const struct worker_handle *handle,
			    size_t payload_len);

/* Add a ticket to those that are to be sent: the caller saw room for it. */
void worker_handle_put(struct worker_handle *handle, uint32_t ticket,
		       uint32_t index, const void *payload, uint32_t len);

/* Send what the pipe takes, and watch for room when it did not take all. */
void worker_handle_send(struct worker_handle *handle, int epfd);

/* Pass something to a task that it holds: gives and fails as passages_put(). */
int worker_handle_pass(struct worker_handle *handle, int epfd, uint32_t ticket,
		       const void *bytes, size_t len, const int *fds,
		       size_t nfds);

/* Send what the socket for passages takes, and watch for room likewise. */
void worker_handle_send_passages(struct worker_handle *handle, int epfd);

/* End the task pipe of a worker that has nothing left to do: it ends then. */
void worker_handle_drained(struct worker_handle *handle, int epfd);

/*
 * Kill a process; ask the tasks of another kind to end. reason completes
 * "worker 3 (pid 4711) ...": the first reason counts.
 */
void worker_handle_kill(struct worker_handle *handle, const char *reason);

/* Free a worker that has ended, and say how. */
void worker_handle_reap(struct worker_handle *handle, int epfd,
			char message[WORKER_MESSAGE]);

/* Leave alone a thread that does not end. */
void worker_handle_abandon(struct worker_handle *handle, int epfd);

/*
 * Let a worker end: an idle worker does when its task pipe ends. A worker that
 * still holds tasks is killed: nobody will read what it has to say.
 */
void worker_handle_retire(struct worker_handle *handle);

/* Wait until it has ended, kill it or abandon it at the deadline. */
void worker_handle_await_end(struct worker_handle *handle, int epfd,
			     int64_t deadline_ms);

#endif
