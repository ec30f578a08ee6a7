/*
 * The pool: workers, their pipes, and which of them holds what. Tasks are
 * indices; each ends exactly once.
 *
 *   task is                       who moves it
 *   queued  -> handed             pool: a free place in a worker, its ticket
 *   handed  -> running            STARTED frame
 *   running -> done, failed       DONE frame
 *   running -> late               its time limit, and no DONE in the pipe
 *   handed, running -> lost       the worker is dead and its pipe read empty
 *   lost    -> queued             when it may be repeated, and is not blamed
 *                                 for a second death
 *   lost    -> cancelled          when it might, but for pool_stop()
 *   lost    -> died               otherwise
 *   queued  -> cancelled          pool_stop(), or when it is unwanted
 *   queued  -> died               when the pool is broken
 *   handed, running -> cancelled  pool_kill()
 *
 * Each worker shows which task it runs. When it dies in the middle of one, or
 * has begun but one, that one alone is blamed, and tried again in a worker of
 * its own. The others go back without blame, as all do when it dies between
 * two: of something from outside, as a rule. In case it is one of them, who was
 * hurt so very often is tried alone, too.
 *
 * The pool is broken when an initializer fails, or when every worker's place
 * has seen three deaths in a row before a task had begun.
 */
#ifndef NETFAN_POOL_POOL_H
#define NETFAN_POOL_POOL_H

#include "pool/admission.h"
#include "pool/queue.h"
#include "worker/spool.h"
#include "worker/worker.h"

enum pool_end {
	POOL_DONE, /* the task function returned 0 */
	POOL_FAILED, /* it returned -1 */
	POOL_LATE, /* it did not end within its limit */
	POOL_DIED, /* its worker died, and it is not to be repeated */
	POOL_CANCELLED, /* stopped before it was done */
	POOL_NO_ROOM, /* it was done, but its result could not be kept */
};

/* What became of a task. */
struct pool_outcome {
	enum pool_end end;
	const struct task *task;
	unsigned worker; /* 1..workers, 0 when no worker had it */
	struct spool *spool; /* what the hook kept; the callee empties it */
	const struct nf_error *error; /* why; NF_OK when done */
	bool crowded; /* so many started with it that it had to be late */
};

/* What to do with a DATA payload. */
enum pool_verdict {
	POOL_KEEP, /* append it to the task's spool */
	POOL_TAKEN, /* the hook has it */
	POOL_BAD, /* not what this task may say: the worker is killed */
};

/* Called from pool_step(), pool_stop() and pool_kill(). */
struct pool_hooks {
	void (*started)(void *arg, const struct task *task, unsigned worker,
			int64_t when_us);
	enum pool_verdict (*data)(void *arg, const struct task *task,
				  const uint8_t *payload, size_t len);
	bool (*may_repeat)(void *arg, const struct task *task);
	/* Its costly start is over, which took so long. True when it went
	 * well: it shows how long they take. NULL: all do. */
	bool (*ready)(void *arg, const struct task *task, int64_t took_us);
	/* Asked before it is handed out, told when it is, and when it comes
	 * back to the queue; all may be NULL. */
	bool (*is_cancelled)(void *arg, const struct task *task);
	void (*handed)(void *arg, const struct task *task);
	void (*returned)(void *arg, const struct task *task);
	void (*ended)(void *arg, const struct pool_outcome *outcome);
	void *arg;
};

struct pool_options {
	enum nf_mode mode;
	unsigned workers; /* at least 1; 1 in sequential mode */
	unsigned fanout; /* tasks out in all; at least 1 */
	unsigned max_tasks; /* of a worker, then it is replaced; 0: no limit */
	struct worker_options worker; /* run, ctx, fibers, ...; the rest is set
					 here */
	struct admission_rules admission;
	struct pool_hooks hooks;
};

struct pool;

/* Start the workers. */
int pool_start(struct pool **out, const struct pool_options *options,
	       struct nf_error *err);

/* Queue a task; owner is the caller's own. Allowed inside a hook. */
int pool_submit(struct pool *pool, uint32_t index, void *owner,
		struct nf_error *err);

/* The same with len bytes, up to NF_PAYLOAD_MAX, for whichever worker gets it:
 * borrowed until the task has ended. */
int pool_submit_payload(struct pool *pool, uint32_t index, const void *payload,
			uint32_t len, void *owner, struct nf_error *err);

/* A step is due at this time, too (monotonic microseconds; INT64_MAX: at none):
 * the caller will have something to submit. It stays so until the next call. */
void pool_wake_at(struct pool *pool, int64_t due_us);

/* Polls readable when pool_step() has something to do, also when it is only
 * time for it. */
int pool_fd(const struct pool *pool);

/* Hand out and take in what is possible, waiting at most timeout_ms (-1: no
 * limit) for something to happen. */
int pool_step(struct pool *pool, int timeout_ms, struct nf_error *err);

/* Tasks submitted and not yet ended. */
size_t pool_pending(const struct pool *pool);

void pool_stop(struct pool *pool); /* cancel what is queued */
void pool_kill(struct pool *pool); /* that too, and what is handed out */

/* Why nothing is taken any more, NULL as long as it is. */
const struct nf_error *pool_broken(const struct pool *pool);

/*
 * End the workers, reap them, free all. Tasks not ended end nowhere. False when
 * a thread that hangs had to be left behind: what the options point to has to
 * stay then.
 */
bool pool_free(struct pool *pool);

/* Process id of worker 1..workers, -1 while it is none. For tests. */
int pool_worker_pid(const struct pool *pool, unsigned worker);

#endif
