/* The pool's view of one worker: its process, its pipes, what it holds. */
#ifndef NETFAN_POOL_MEMBER_H
#define NETFAN_POOL_MEMBER_H

#include "base/buf.h"
#include "pool/frame.h"
#include "pool/process.h"

struct slot;

/* What an epoll event of a member is about. */
enum member_event { MEMBER_RESULT, MEMBER_TASK, MEMBER_DEATH };

struct member {
	struct process process;
	struct frame_parser parser;
	struct buf unsent; /* tickets that the pipe did not take yet */
	struct slot *held; /* what it holds, the newest first */
	unsigned nheld;
	unsigned number; /* 1..workers */
	unsigned barren; /* deaths in a row without a task done */
	bool alive;
	bool alone; /* holds a suspect, and gets nothing beside it */
	bool distrusted; /* said what it may not say: nothing more counts */
	_Atomic uint32_t *running; /* shared with it: the ticket that runs */
	char verdict[160]; /* why we killed it, "" when we did not */
};

/* "worker 3 (pid 4711) was killed by signal 9 (Killed)" */
#define MEMBER_MESSAGE 320

/* A place for worker number, which may hold up to most tickets. */
int member_init(struct member *member, unsigned number, unsigned most,
		_Atomic uint32_t *running, struct nf_error *err);

/* Fork a worker and watch it: options without descriptors. */
int member_start(struct member *member, const struct worker_options *options,
		 int epfd, struct nf_error *err);

/* What data.u64 of an epoll event tells: number - 1, and what it is about. */
unsigned member_mark_index(uint64_t from);
enum member_event member_mark_event(uint64_t from);

/* Add a ticket to those that are to be sent: there is room for all. */
void member_put(struct member *member, uint32_t ticket, uint32_t index);

/* Send what the pipe takes, and watch for room when it did not take all. */
void member_send(struct member *member, int epfd);

/* Kill it; verdict completes "worker 3 (pid 4711) ...". */
void member_kill(struct member *member, const char *verdict);

/* Take leave of one that has ended, and say how. */
void member_bury(struct member *member, int epfd, char message[MEMBER_MESSAGE]);

/* End its task pipe: an idle worker ends then, one with tasks is killed. */
void member_dismiss(struct member *member);

/* Wait until it has ended, kill it at the deadline, take leave of it. */
void member_await_end(struct member *member, int epfd, int64_t deadline_ms);

#endif
