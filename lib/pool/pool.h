/*
 * The pool: workers, their pipes, and which of them holds what. Tasks are
 * indices; each ends exactly once.
 *
 *   task is                       who moves it
 *   queued  -> handed             pool: a free place in a worker, its ticket
 *   handed  -> running            STARTED frame
 *   running -> done               DONE frame
 *   handed, running -> lost       the worker is dead and its pipe read empty
 *   lost    -> queued             when it may be repeated, and is blamed for
 *                                 no other death
 *   lost    -> cancelled          when it might, but for pool_stop()
 *   lost    -> died               otherwise
 *   queued  -> cancelled          pool_stop()
 *   handed, running -> cancelled  pool_kill()
 *
 * Each worker shows which task it runs. When it dies in the middle of one, that
 * one alone is blamed, and tried again in a worker of its own; when it dies
 * between two, all that it held are. Their neighbours go back without blame.
 */
#ifndef NETFAN_POOL_POOL_H
#define NETFAN_POOL_POOL_H

#include "pool/spool.h"
#include "pool/worker.h"

enum pool_end {
	POOL_DONE, /* the task function returned */
	POOL_DIED, /* its worker died, and it is not to be repeated */
	POOL_CANCELLED, /* stopped before it was done */
	POOL_NO_ROOM, /* it was done, but its result could not be kept */
};

/* What became of a task. */
struct pool_outcome {
	enum pool_end end;
	uint32_t index;
	unsigned worker; /* 1..workers, 0 when no worker had it */
	unsigned attempts;
	struct spool *spool; /* what the hook kept; the callee empties it */
	const char *message; /* why, "" when done */
};

/* What to do with a DATA payload. */
enum pool_verdict {
	POOL_KEEP, /* append it to the task's spool */
	POOL_TAKEN, /* the hook has it */
	POOL_BAD, /* not what this task may say: the worker is killed */
};

/* Called from pool_step(), pool_stop() and pool_kill(). */
struct pool_hooks {
	void (*started)(void *arg, uint32_t index, unsigned worker,
			int64_t when_us);
	enum pool_verdict (*data)(void *arg, uint32_t index,
				  const uint8_t *payload, size_t len);
	bool (*repeatable)(void *arg, uint32_t index);
	void (*ended)(void *arg, const struct pool_outcome *outcome);
	void *arg;
};

struct pool_options {
	unsigned workers; /* at least 1 */
	unsigned fanout; /* tasks out in all; at least 1 */
	size_t stack_size;
	task_fn *run;
	void *ctx; /* of run; workers have it as it was when they forked */
	struct pool_hooks hooks;
};

struct pool;

/* Start the workers. */
int pool_start(struct pool **out, const struct pool_options *options,
	       struct nf_error *err);

/* Queue a task. Allowed inside a hook. */
int pool_submit(struct pool *pool, uint32_t index, struct nf_error *err);

/* Polls readable when pool_step() has something to do. */
int pool_fd(const struct pool *pool);

/* Hand out and take in what is possible, waiting at most timeout_ms (-1: no
 * limit) for something to happen. */
int pool_step(struct pool *pool, int timeout_ms, struct nf_error *err);

/* Tasks submitted and not yet ended. */
size_t pool_pending(const struct pool *pool);

void pool_stop(struct pool *pool); /* cancel what is queued */
void pool_kill(struct pool *pool); /* that too, and what is handed out */

/* End the workers, reap them, free all. Tasks not ended end nowhere. */
void pool_free(struct pool *pool);

/* Process id of worker 1..workers, -1 while it is not alive. For tests. */
int pool_worker_pid(const struct pool *pool, unsigned worker);

#endif
