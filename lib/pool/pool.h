/*
 * The pool: workers, their pipes, and which of them holds what. Tasks are
 * indices; each ends exactly once.
 *
 *   task is                       who moves it
 *   queued  -> handed             pool: a free place in a worker, its ticket
 *   handed  -> running            STARTED frame
 *   running -> done, failed       DONE frame
 *   running -> late               its time limit, and no DONE in the pipe
 *   handed, running -> lost       the worker is dead, its pipe read to the end
 *   lost    -> queued             when it may be repeated, and is not blamed
 *                                 for a second death
 *   lost    -> cancelled          when it might, but for pool_stop()
 *   lost    -> died               otherwise
 *   queued  -> cancelled          pool_stop(), or the hook is_cancelled()
 *   queued  -> died               when the pool is broken
 *   handed, running -> cancelled  pool_kill()
 *
 * Each worker shows which task it runs. When it dies in the middle of a task,
 * or has begun but a single task, that task alone is blamed, and tried again in
 * a worker of its own. The other tasks go back without blame, as all do when
 * the worker dies between two: of something from outside, as a rule. In case a
 * task is to blame after all, a task that was among them very often is tried
 * alone, too.
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
	POOL_DIED, /* its worker died, and it may not be repeated */
	POOL_CANCELLED, /* stopped before it was done */
	POOL_NO_ROOM, /* it was done, but its result could not be kept */
};

/* The end of a task. */
struct pool_outcome {
	enum pool_end end;
	const struct task *task;
	unsigned worker; /* 1..workers, 0 when no worker had it */
	struct spool *spool; /* data that was kept; the callee empties it */
	const struct nf_error *error; /* why; NF_OK when done */
	bool crowded; /* so many tasks started with it that it had to be late */
};

/* The verdict of the data hook on a payload. */
enum pool_verdict {
	POOL_KEEP, /* append it to the task's spool */
	POOL_TAKEN, /* the hook has it */
	POOL_BAD, /* this task may not say that: kill the worker */
};

/* Called from pool_step(), pool_stop() and pool_kill(). */
struct pool_hooks {
	/* The task began, at when_us since 1970. Again for each attempt. */
	void (*started)(void *arg, const struct task *task, unsigned worker,
			int64_t when_us);
	enum pool_verdict (*data)(void *arg, const struct task *task,
				  const uint8_t *payload, size_t len);
	/* Its worker was lost: may the task be tried again? */
	bool (*may_repeat)(void *arg, const struct task *task);
	/* Its costly start is over, and took so long. True when it went well,
	 * so that it shows how long starts take. NULL: all do. */
	bool (*ready)(void *arg, const struct task *task, int64_t took_us);
	/* Asked before a task is handed out; told when it is, and when it comes
	 * back to the queue. All may be NULL. */
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
	/* run, ctx, fibers, ...; descriptors, heartbeat and the like are set
	 * by the pool. */
	struct worker_options worker;
	struct admission_rules admission;
	struct pool_hooks hooks;
};

struct pool;

/*
 * Start the workers. -1 with NF_SYSTEM when there is no memory, descriptor,
 * process or thread for them.
 */
int pool_start(struct pool **out, const struct pool_options *options,
	       struct nf_error *err);

/*
 * Queue a task; owner is the caller's own. Allowed inside a hook. -1 with the
 * error of pool_broken(), or NF_SYSTEM when there is no memory.
 */
int pool_submit(struct pool *pool, uint32_t index, void *owner,
		struct nf_error *err);

/* Queue a task with len bytes, up to NF_PAYLOAD_MAX, that its worker gets:
 * borrowed until the task has ended. Errors as pool_submit(). */
int pool_submit_payload(struct pool *pool, uint32_t index, const void *payload,
			uint32_t len, void *owner, struct nf_error *err);

/*
 * Pass len bytes, up to PASSED_BYTES_MAX, and up to PASSED_FDS_MAX descriptors
 * to the task that runs with this ticket, which waits in task_io_receive(). The
 * bytes are copied, and wiped as they leave; the descriptors are the pool's from
 * here on: the last copy in this process is closed as soon as they are sent.
 * Never blocks. False when no such task runs: then they are closed already.
 */
bool pool_pass(struct pool *pool, uint32_t ticket, const void *bytes,
	       size_t len, const int *fds, size_t nfds);

/* Call fn(arg) in the steps in which fd is readable or hung up, and perhaps once
 * for nothing. Borrowed until
 * pool_unwatch(), which comes before it is closed. -1 with NF_SYSTEM. */
int pool_watch(struct pool *pool, int fd, void (*fn)(void *arg), void *arg,
	       struct nf_error *err);
void pool_unwatch(struct pool *pool, int fd);

/* Let a step be due at this time, too (monotonic microseconds; INT64_MAX: at
 * none), as the caller will have a task to submit. Until the next call. */
void pool_wake_at(struct pool *pool, int64_t due_us);

/* The descriptor that polls readable when pool_step() has something to do, also
 * when it is only time for it. */
int pool_fd(const struct pool *pool);

/* Hand out tasks and take in results as far as possible, waiting at most
 * timeout_ms (-1: no limit) for something to happen. -1 with NF_SYSTEM when
 * epoll fails. */
int pool_step(struct pool *pool, int timeout_ms, struct nf_error *err);

/* Count the tasks submitted and not yet ended. */
size_t pool_pending(const struct pool *pool);

void pool_stop(struct pool *pool); /* cancel what is queued */
void pool_kill(struct pool *pool); /* that too, and what is handed out */

/* Why no task is taken any more; NULL as long as tasks are. */
const struct nf_error *pool_broken(const struct pool *pool);

/*
 * End the workers, reap them, free all. Hooks are not told of tasks that have
 * not ended. False when a thread that hangs had to be abandoned: all that the
 * options point to has to stay then.
 */
bool pool_free(struct pool *pool);

/* Process id of worker 1..workers, -1 while it is none. For tests. */
int pool_worker_pid(const struct pool *pool, unsigned worker);

#endif
