/*
 * The pool's view of one worker: what it was started as, its pipes, what it
 * holds.
 *
 *   worker is                 who moves it
 *   starting -> running       HELLO frame: its initializer is done
 *   starting -> dead          HELLO frame with an error, or its death
 *   running -> draining       as many tickets as it may have: no more come, it
 *                             ends when these have
 *   any -> dead               the end of the process (pidfd) or of the thread
 *                             (end of its result pipe), which is read to the
 *                             end before its tasks are judged
 *   dead -> starting          when there is work and the pool is not broken
 *   running -> given up       a thread that hangs: it gets no more work
 */
#ifndef NETFAN_WORKER_WORKER_HANDLE_H
#define NETFAN_WORKER_WORKER_HANDLE_H

#include "base/buf.h"
#include "worker/frame.h"
#include "worker/pipes.h"
#include "worker/worker_process.h"
#include "worker/worker_thread.h"

struct slot;
struct task;

/* What an epoll event of a member is about. */
enum member_event { MEMBER_RESULT, MEMBER_TASK, MEMBER_DEATH, MEMBER_TURN };

enum member_state {
	MEMBER_DEAD,
	MEMBER_STARTING,
	MEMBER_RUNNING,
	MEMBER_DRAINING,
	MEMBER_GIVEN_UP,
};

struct member {
	enum nf_mode mode;
	enum member_state state;
	struct pipe_ends ends; /* ours */
	struct process process; /* of process mode */
	struct thread *thread; /* of thread mode */
	struct worker *worker; /* of sequential mode */
	struct pipe_ends inner; /* the worker's, as far as they are ours */
	struct frame_parser parser;
	struct buf unsent; /* tickets that the pipe did not take yet */
	struct slot *held; /* what it holds, the newest first */
	unsigned nheld;
	unsigned number; /* 1..workers */
	unsigned ntaken; /* tickets given to it since its start */
	unsigned barren; /* deaths in a row before a task had begun */
	bool greeted; /* it said HELLO */
	bool alone; /* holds a suspect, and gets nothing beside it */
	bool awaits_room; /* the task pipe is watched */
	bool late; /* it is killed for a task that did not end in time */
	bool distrusted; /* said what it may not say: nothing more counts */
	struct heartbeat *mark; /* shared with it */
	uint32_t looked; /* ticket that began last, when it was last looked */
	int64_t looked_ms; /* when that was; or when it was given the first */
	uint32_t beat; /* of the mark, when it was last seen to change */
	int64_t beat_ms;
	int64_t born_us; /* monotonic */
	int64_t read_ms; /* when its result pipe was last read */
	int64_t drained_ms; /* when its task pipe was ended */
	int64_t excused_ms; /* when that was last found full */
	char verdict[160]; /* why we killed it, "" when we did not */
};

/* "worker 3 (pid 4711) was killed by signal 9 (Killed)" */
#define MEMBER_MESSAGE 320

/* A place for worker number, which may hold up to most tickets. */
int member_init(struct member *member, enum nf_mode mode, unsigned number,
		unsigned most, struct heartbeat *mark, struct nf_error *err);
void member_release(struct member *member);

/* Start a worker and watch it: options without descriptors and mark. */
int member_start(struct member *member, const struct worker_options *options,
		 int epfd, struct nf_error *err);

/* Not dead, not given up. */
bool member_alive(const struct member *member);

/* What data.u64 of an epoll event tells: number - 1, and what it is about. */
unsigned member_mark_index(uint64_t from);
enum member_event member_mark_event(uint64_t from);

/* Is there room for a ticket with such a payload among those to be sent? Always
 * for one of any length when there are none. */
bool member_has_room(const struct member *member, size_t payload_len);

/* Add a ticket for a task to those that are to be sent: there is room for it.
 */
void member_put(struct member *member, uint32_t ticket,
		const struct task *task);

/* Send what the pipe takes, and watch for room when it did not take all. */
void member_send(struct member *member, int epfd);

/* End the task pipe of one that has nothing left to do: it ends then. */
void member_drained(struct member *member, int epfd);

/*
 * End it now: a process is killed, in the other modes its tasks are asked to
 * end. verdict completes "worker 3 (pid 4711) ...".
 */
void member_kill(struct member *member, const char *verdict);

/* Take leave of one that has ended, and say how. */
void member_bury(struct member *member, int epfd, char message[MEMBER_MESSAGE]);

/* Take leave of a thread that does not end. */
void member_give_up(struct member *member, int epfd);

/* Let it end: an idle worker does when its task pipe ends, one that still holds
 * tasks is not waited for: nobody will read what it has to say. */
void member_dismiss(struct member *member);

/* Wait until it has ended, kill it or give it up at the deadline. */
void member_await_end(struct member *member, int epfd, int64_t deadline_ms);

#endif
