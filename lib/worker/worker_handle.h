/*
 * The pool's view of one worker: what it was started as, its pipes, what it
 * holds.
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
#include "worker/pipes.h"
#include "worker/worker_process.h"
#include "worker/worker_thread.h"

struct inflight;
struct task;

/* What an epoll event of a handle is about. */
enum worker_event { EVENT_RESULT, EVENT_TASK, EVENT_DEATH, EVENT_TURN };

enum worker_state {
	WORKER_DEAD,
	WORKER_STARTING,
	WORKER_RUNNING,
	WORKER_DRAINING,
	WORKER_KILLED,
	WORKER_ABANDONED,
};

struct worker_handle {
	enum nf_mode mode;
	enum worker_state state;
	struct pipe_ends ends; /* ours */
	struct process process; /* of process mode */
	struct thread *thread; /* of thread mode */
	struct worker *worker; /* of sequential mode */
	struct pipe_ends inner; /* the worker's, as far as they are ours */
	struct frame_parser parser;
	struct buf unsent; /* tickets that the pipe did not take yet */
	struct inflight *held; /* what it holds, the newest first */
	unsigned nheld;
	unsigned number; /* 1..workers */
	unsigned ntaken; /* tickets given to it since its start */
	unsigned early_deaths; /* deaths in a row before a task had begun */
	bool greeted; /* it said HELLO */
	bool alone; /* holds a suspect, and gets nothing beside it */
	bool awaits_room; /* the task pipe is watched */
	bool late; /* it is killed for a task that did not end in time */
	bool distrusted; /* said what it may not say: nothing more counts */
	struct heartbeat *heartbeat; /* shared with it */
	uint32_t checked; /* ticket that began last, when it was last checked */
	int64_t checked_ms; /* when that was; or when it was given the first */
	uint32_t beats; /* of the heartbeat, when it was last seen to change */
	int64_t beat_ms;
	int64_t born_us; /* monotonic */
	int64_t read_ms; /* when its result pipe was last read */
	int64_t drained_ms; /* when its task pipe was ended */
	int64_t excused_ms; /* when that was last found full */
	char kill_reason[160]; /* of the state killed */
};

/* "worker 3 (pid 4711) was killed by signal 9 (Killed)" */
#define WORKER_MESSAGE 320

/* A place for worker number, which may hold up to most tickets. */
int worker_handle_init(struct worker_handle *handle, enum nf_mode mode,
		       unsigned number, unsigned most,
		       struct heartbeat *heartbeat, struct nf_error *err);
void worker_handle_release(struct worker_handle *handle);

/* Start a worker and watch it: options without descriptors and heartbeat. */
int worker_handle_start(struct worker_handle *handle,
			const struct worker_options *options, int epfd,
			struct nf_error *err);

/* Not dead, not given up. */
bool worker_handle_alive(const struct worker_handle *handle);

/* What data.u64 of an epoll event tells: number - 1, and what it is about. */
unsigned epoll_tag_index(uint64_t from);
enum worker_event epoll_tag_event(uint64_t from);

/* Is there room for a ticket with such a payload among those to be sent? Always
 * for one of any length when there are none. */
bool worker_handle_has_room(const struct worker_handle *handle,
			    size_t payload_len);

/* Add a ticket for a task to those that are to be sent: there is room for it.
 */
void worker_handle_put(struct worker_handle *handle, uint32_t ticket,
		       const struct task *task);

/* Send what the pipe takes, and watch for room when it did not take all. */
void worker_handle_send(struct worker_handle *handle, int epfd);

/* End the task pipe of one that has nothing left to do: it ends then. */
void worker_handle_drained(struct worker_handle *handle, int epfd);

/*
 * End it now: a process is killed, in the other modes its tasks are asked to
 * end. kill_reason completes "worker 3 (pid 4711) ...".
 */
void worker_handle_kill(struct worker_handle *handle, const char *kill_reason);

/* Take leave of one that has ended, and say how. */
void worker_handle_reap(struct worker_handle *handle, int epfd,
			char message[WORKER_MESSAGE]);

/* Take leave of a thread that does not end. */
void worker_handle_abandon(struct worker_handle *handle, int epfd);

/* Let it end: an idle worker does when its task pipe ends, one that still holds
 * tasks is not waited for: nobody will read what it has to say. */
void worker_handle_retire(struct worker_handle *handle);

/* Wait until it has ended, kill it or give it up at the deadline. */
void worker_handle_await_end(struct worker_handle *handle, int epfd,
			     int64_t deadline_ms);

#endif
