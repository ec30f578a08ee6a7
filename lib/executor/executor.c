/* The executor: a pool whose tasks have futures. */
#include "executor/executor.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/deadline_clock.h"
#include "base/error.h"
#include "system/limits.h"

#define STACK_MIN ((size_t)16 * 1024)
#define STACK_MAX ((size_t)1 << 40)
#define LIMIT_MAX_MS (INT64_C(1) << 40) /* 34 years: deadlines can be added */

struct nf_executor {
	struct nf_executor_options options;
	struct pool *pool;
	struct nf_future *futures; /* not yet free */
	struct nf_future *first_due, *last_due; /* callbacks to be called */
	size_t pending;
	size_t niters; /* that hold it */
	unsigned fanout;
	bool busy; /* in a step, or in a callback */
	bool shut; /* takes no more tasks */
	bool gone; /* freed, but for its futures */
};

/* ---- hooks of the pool */

static void on_handed(void *arg, const struct task *task)
{
	struct nf_future *future = task->owner;

	(void)arg;
	future->handed = true;
}

/* What was begun is not taken back: it may have had its effect. */
static void on_returned(void *arg, const struct task *task)
{
	struct nf_future *future = task->owner;

	(void)arg;
	if (future->state == NF_STATE_PENDING)
		future->handed = false;
}

static void on_started(void *arg, const struct task *task, unsigned worker,
		       int64_t when_us)
{
	struct nf_future *future = task->owner;

	(void)arg;
	(void)when_us;
	future->state = NF_STATE_RUNNING;
	future->worker = worker;
}

static enum pool_verdict on_data(void *arg, const struct task *task,
				 const uint8_t *payload, size_t len)
{
	const struct nf_future *future = task->owner;

	(void)arg;
	(void)payload;
	(void)len;
	return future->forgotten ? POOL_TAKEN : POOL_KEEP;
}

static bool on_lost(void *arg, const struct task *task)
{
	const struct nf_executor *executor = arg;
	const struct nf_future *future = task->owner;

	return future->state == NF_STATE_PENDING ||
	       executor->options.on_worker_death == NF_ON_DEATH_RETRY;
}

static bool is_cancelled(void *arg, const struct task *task)
{
	const struct nf_future *future = task->owner;

	(void)arg;
	return future->ended;
}

static enum nf_state last_state(enum pool_end end)
{
	switch (end) {
	case POOL_DONE:
		return NF_STATE_DONE;
	case POOL_CANCELLED:
		return NF_STATE_CANCELLED;
	case POOL_FAILED:
	case POOL_LATE:
	case POOL_DIED:
	case POOL_NO_ROOM:
		break;
	}
	return NF_STATE_FAILED;
}

static void on_ended(void *arg, const struct pool_outcome *outcome)
{
	struct nf_future *future = outcome->task->owner;
	const void *bytes;
	struct nf_error err;

	future->queued = false;
	free(future->payload);
	future->payload = NULL;
	if (future->ended) { /* cancelled while it waited */
		future_settle(future);
		return;
	}
	spool_move(&future->spool, outcome->spool, &future->memory);
	(void)spool_map(&future->spool, &bytes, &err); /* frees descriptors */
	future_end(future, last_state(outcome->end), outcome->error);
	executor_call_back(arg, future);
}

/* ---- callbacks */

static void call_due(struct nf_executor *executor)
{
	struct nf_future *future;

	while ((future = executor->first_due) != NULL) {
		executor->first_due = future->next_due;
		if (executor->first_due == NULL)
			executor->last_due = NULL;
		future_call_back(future);
	}
}

/* What is left of an executor goes with its last future. */
static void settle(struct nf_executor *executor)
{
	if (executor->gone && executor->futures == NULL &&
	    executor->niters == 0 && !executor->busy)
		free(executor);
}

void executor_hold(struct nf_executor *executor)
{
	executor->niters++;
}

void executor_let_go(struct nf_executor *executor)
{
	executor->niters--;
	settle(executor);
}

void executor_call_back(struct nf_executor *executor, struct nf_future *future)
{
	if (!future->due) {
		future->due = true;
		future->next_due = NULL;
		if (executor->last_due != NULL)
			executor->last_due->next_due = future;
		else
			executor->first_due = future;
		executor->last_due = future;
	}
	if (executor->busy)
		return;
	executor->busy = true;
	call_due(executor);
	executor->busy = false;
	settle(executor);
}

void executor_drop(struct nf_executor *executor, struct nf_future *future)
{
	if (future->prev != NULL)
		future->prev->next = future->next;
	else
		executor->futures = future->next;
	if (future->next != NULL)
		future->next->prev = future->prev;
	settle(executor);
}

void executor_count_end(struct nf_executor *executor)
{
	executor->pending--;
}

unsigned executor_fanout(const struct nf_executor *executor)
{
	return executor->fanout;
}

/* ---- opening */

static int check(const struct nf_executor_options *options,
		 struct nf_error *err)
{
	if (options->task == NULL)
		return error_set(err, NF_INVALID,
				 "an executor needs a task function");
	if ((unsigned)options->mode >= NF_NMODES)
		return error_set(err, NF_INVALID, "there is no such mode");
	if (options->mode == NF_MODE_SEQUENTIAL &&
	    (options->workers > 1 || options->fanout > 1))
		return error_set(err, NF_INVALID,
				 "sequential mode runs one task at a time: "
				 "workers and fanout are 0 or 1");
	if (options->stack_size != 0 && (options->stack_size < STACK_MIN ||
					 options->stack_size > STACK_MAX))
		return error_set(err, NF_INVALID,
				 "a fiber's stack has %zu to %zu bytes",
				 STACK_MIN, STACK_MAX);
	if (options->on_worker_death != NF_ON_DEATH_REPORT &&
	    options->on_worker_death != NF_ON_DEATH_RETRY)
		return error_set(err, NF_INVALID,
				 "there is no such way to take a worker's "
				 "death");
	if (options->task_timeout_ms < 0)
		return error_set(err, NF_INVALID,
				 "the time limit of tasks is negative");
	if (options->mode == NF_MODE_SEQUENTIAL && fiber_self() != NULL)
		return error_set(err, NF_INVALID,
				 "a task on a fiber cannot run others on its "
				 "own stack: give the executor another mode");
	return 0;
}

static unsigned default_workers(void)
{
	struct limits limits;

	limits_read(&limits, "");
	return limits.cores;
}

static int set_width(struct pool_options *pool,
		     const struct nf_executor_options *options,
		     struct nf_error *err)
{
	uint64_t fanout = options->fibers > 0 ? options->fibers : 1;

	pool->workers =
		options->workers > 0 ? options->workers : default_workers();
	fanout = options->fanout > 0 ? options->fanout : fanout * pool->workers;
	if (options->mode == NF_MODE_SEQUENTIAL)
		fanout = pool->workers = 1;
	pool->fanout = (unsigned)fanout;
	if (fanout > UINT_MAX)
		return error_set(err, NF_INVALID,
				 "%u workers with %u fibers each are more than "
				 "can be counted",
				 pool->workers, options->fibers);
	return 0;
}

static int start(struct nf_executor *executor, struct nf_error *err)
{
	const struct nf_executor_options *options = &executor->options;
	struct pool_options pool = {
		.mode = options->mode,
		.max_tasks = options->max_tasks_per_worker,
		.worker = {.fibers = options->fibers,
			   .stack_size = options->stack_size,
			   .limit_ms = options->task_timeout_ms < LIMIT_MAX_MS
					       ? options->task_timeout_ms
					       : LIMIT_MAX_MS,
			   .prompt = options->on_worker_death ==
				     NF_ON_DEATH_REPORT,
			   .run = options->task,
			   .ctx = options->ctx,
			   .initializer = options->initializer,
			   .finalizer = options->finalizer},
		.hooks = {.handed = on_handed,
			  .returned = on_returned,
			  .started = on_started,
			  .data = on_data,
			  .may_repeat = on_lost,
			  .is_cancelled = is_cancelled,
			  .ended = on_ended,
			  .arg = executor},
	};

	if (set_width(&pool, options, err) == -1)
		return -1;
	executor->fanout = pool.fanout;
	return pool_start(&executor->pool, &pool, err);
}

int nf_executor_open(struct nf_executor **out,
		     const struct nf_executor_options *options,
		     struct nf_error *err)
{
	struct nf_executor *executor;

	if (check(options, err) == -1)
		return -1;
	executor = calloc(1, sizeof(*executor));
	if (executor == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for an executor");
	executor->options = *options;
	if (start(executor, err) == -1) {
		free(executor);
		return -1;
	}
	*out = executor;
	return 0;
}

/* ---- submitting */

static struct nf_future *future_new(struct nf_executor *executor,
				    uint32_t index)
{
	struct nf_future *future = calloc(1, sizeof(*future));

	if (future == NULL)
		return NULL;
	future->executor = executor;
	future->index = index;
	future->queued = true;
	spool_init(&future->spool, &future->memory);
	future->next = executor->futures;
	if (future->next != NULL)
		future->next->prev = future;
	executor->futures = future;
	return future;
}

/* Bytes of the future's own: 0, or -1. */
static int take_payload(struct nf_future *future, const void *payload,
			size_t len)
{
	if (len == 0)
		return 0;
	future->payload = malloc(len);
	if (future->payload == NULL)
		return -1;
	memcpy(future->payload, payload, len);
	return 0;
}

static int check_submit(const struct nf_executor *executor, const void *payload,
			size_t len, struct nf_error *err)
{
	if (executor->shut)
		return error_set(err, NF_INVALID,
				 "the executor was shut down: it takes no "
				 "more tasks");
	if (len > NF_PAYLOAD_MAX)
		return error_set(err, NF_INVALID,
				 "a task's payload has up to %u bytes, not %zu",
				 NF_PAYLOAD_MAX, len);
	if (len > 0 && payload == NULL)
		return error_set(err, NF_INVALID,
				 "a task's payload of %zu bytes is NULL", len);
	return 0;
}

/* The future is gone when that fails. */
static int submit(struct nf_future *future, const void *payload, size_t len,
		  struct nf_error *err)
{
	int rc = take_payload(future, payload, len);

	if (rc == -1)
		(void)error_sys(err, NF_SYSTEM, "no memory for a payload");
	else
		rc = pool_submit_payload(future->executor->pool, future->index,
					 future->payload, (uint32_t)len, future,
					 err);
	if (rc == 0)
		return 0;
	future->queued = false;
	nf_future_free(future);
	return -1;
}

int nf_submit_payload(struct nf_executor *executor, uint32_t index,
		      const void *payload, size_t len, struct nf_future **out,
		      struct nf_error *err)
{
	struct nf_future *future;

	if (check_submit(executor, payload, len, err) == -1)
		return -1;
	future = future_new(executor, index);
	if (future == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a future");
	if (submit(future, payload, len, err) == -1)
		return -1;
	executor->pending++;
	if (out != NULL)
		*out = future;
	else
		nf_future_free(future);
	return 0;
}

int nf_submit(struct nf_executor *executor, uint32_t index,
	      struct nf_future **out, struct nf_error *err)
{
	return nf_submit_payload(executor, index, NULL, 0, out, err);
}

/* ---- driving */

static int refuse_inside(struct nf_error *err)
{
	return error_set(err, NF_INVALID,
			 "a callback or task may not wait for its own "
			 "executor");
}

int nf_executor_step(struct nf_executor *executor, int timeout_ms,
		     struct nf_error *err)
{
	int rc;

	if (executor->busy)
		return refuse_inside(err);
	executor->busy = true;
	rc = pool_step(executor->pool, timeout_ms, err);
	call_due(executor);
	executor->busy = false;
	return rc;
}

/* By a clock that nothing makes stand: the caller's time is no task's. */
static int64_t now_ms(void)
{
	return mono_us() / 1000;
}

int64_t executor_deadline(int timeout_ms)
{
	return timeout_ms < 0 ? NO_DEADLINE : now_ms() + timeout_ms;
}

/* One look even when no time is left. */
int executor_await(struct nf_executor *executor, const bool *flag,
		   int64_t deadline_ms, struct nf_error *err)
{
	int wait_ms;

	while (!*flag) {
		wait_ms = deadline_wait_ms(deadline_ms, now_ms());
		if (nf_executor_step(executor, wait_ms, err) == -1)
			return -1;
		if (wait_ms == 0)
			break;
	}
	return *flag ? 1 : 0;
}

size_t nf_executor_pending(const struct nf_executor *executor)
{
	return executor->pending;
}

int nf_executor_fd(const struct nf_executor *executor)
{
	return pool_fd(executor->pool);
}

/* ---- the end */

static int finish(struct nf_executor *executor, struct nf_error *err)
{
	while (executor->pending > 0) {
		if (nf_executor_step(executor, -1, err) == -1)
			return -1;
	}
	return 0;
}

int nf_executor_shutdown(struct nf_executor *executor, bool wait,
			 bool cancel_pending, struct nf_error *err)
{
	if (wait && executor->busy)
		return refuse_inside(err);
	executor->shut = true;
	if (cancel_pending)
		pool_stop(executor->pool);
	return wait ? finish(executor, err) : 0;
}

void nf_executor_terminate(struct nf_executor *executor)
{
	struct nf_error err;

	executor->shut = true;
	pool_kill(executor->pool);
	if (!executor->busy)
		(void)finish(executor, &err);
}

/* What could not be driven to its end. */
static void end_futures(struct nf_executor *executor)
{
	const struct nf_error gone = {.code = NF_CANCELLED,
				      .message = "its executor is gone"};
	struct nf_future *future, *next;

	for (future = executor->futures; future != NULL; future = next) {
		next = future->next;
		if (!future->ended)
			future_end(future, NF_STATE_CANCELLED, &gone);
		future->queued = false;
		future_settle(future);
	}
}

void nf_executor_free(struct nf_executor *executor)
{
	if (executor == NULL)
		return;
	if (executor->pending > 0)
		nf_executor_terminate(executor);
	/* Whoever hangs in a thread has its own copy of what it needs. */
	(void)pool_free(executor->pool);
	executor->busy = true;
	end_futures(executor);
	call_due(executor);
	executor->busy = false;
	executor->gone = true;
	executor->shut = true;
	settle(executor);
}
