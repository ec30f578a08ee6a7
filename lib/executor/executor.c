/* The executor: a pool whose tasks have futures. */
#include "executor/executor.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/deadline_clock.h"
#include "base/error.h"
#include "pool/pool.h"
#include "system/limits.h"

#define STACK_MIN ((size_t)16 * 1024)
#define STACK_MAX ((size_t)1 << 40)
#define LIMIT_MAX_MS (INT64_C(1) << 40) /* 34 years: deadlines can be added */

struct nf_executor {
	struct nf_executor_options options;
	struct pool *pool;
	struct future_set futures;
	unsigned fanout;
	bool shut; /* takes no more tasks */
};

/* ---- hooks of the pool */

static void on_handed(void *arg, const struct task *task)
{
	struct nf_future *future = task->owner;

	(void)arg;
	future->handed = true;
}

/* A task that was begun is not taken back: it may have had its effect. */
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

/* A task that was not begun had no effect, so that it is always repeated. */
static bool may_repeat(void *arg, const struct task *task)
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
	return future_has_ended(future);
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

	(void)arg;
	future->queued = false;
	free(future->payload);
	future->payload = NULL;
	if (future_has_ended(future)) { /* cancelled while it waited */
		future_settle(future);
		return;
	}
	spool_move(&future->spool, outcome->spool, &future->memory);
	/* A result in a file is mapped, so that it keeps no descriptor. */
	(void)spool_map(&future->spool, &bytes, &err);
	future_end(future, last_state(outcome->end), outcome->error);
	future_set_call_back(future->set, future);
}

struct future_set *executor_futures(struct nf_executor *executor)
{
	return &executor->futures;
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
			  .may_repeat = may_repeat,
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
	future_set_init(&executor->futures, executor);
	if (start(executor, err) == -1) {
		free(executor);
		return -1;
	}
	*out = executor;
	return 0;
}

/* ---- submitting */

/* Copy the payload: 0, or -1 without memory. */
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

/* Give the task to the pool, or free its future. */
static int submit(struct nf_future *future, const void *payload, size_t len,
		  struct nf_error *err)
{
	int rc = take_payload(future, payload, len);

	if (rc == -1)
		(void)error_sys(err, NF_SYSTEM, "no memory for a payload");
	else
		rc = pool_submit_payload(future->set->executor->pool,
					 future->index, future->payload,
					 (uint32_t)len, future, err);
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
	future = future_new(&executor->futures, index);
	if (future == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a future");
	if (submit(future, payload, len, err) == -1)
		return -1;
	executor->futures.pending++;
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

/* ---- steps */

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

	if (executor->futures.busy)
		return refuse_inside(err);
	executor->futures.busy = true;
	rc = pool_step(executor->pool, timeout_ms, err);
	future_set_call_due(&executor->futures);
	executor->futures.busy = false;
	return rc;
}

/* The clock of waits: unlike that of tasks' deadlines it never stands still. */
static int64_t now_ms(void)
{
	return mono_us() / 1000;
}

int64_t executor_deadline(int timeout_ms)
{
	return timeout_ms < 0 ? NO_DEADLINE : now_ms() + timeout_ms;
}

int executor_rest_ms(int64_t deadline_ms)
{
	return deadline_wait_ms(deadline_ms, now_ms());
}

int executor_await(struct nf_executor *executor,
		   bool (*is_over)(const void *arg), const void *arg,
		   int64_t deadline_ms, struct nf_error *err)
{
	int wait_ms = -1;

	while (!is_over(arg)) {
		if (wait_ms == 0)
			return 0;
		wait_ms = executor_rest_ms(deadline_ms);
		if (nf_executor_step(executor, wait_ms, err) == -1)
			return -1;
	}
	return 1;
}

size_t nf_executor_pending(const struct nf_executor *executor)
{
	return executor->futures.pending;
}

int nf_executor_fd(const struct nf_executor *executor)
{
	return pool_fd(executor->pool);
}

/* ---- shutdown */

static int finish(struct nf_executor *executor, struct nf_error *err)
{
	while (executor->futures.pending > 0) {
		if (nf_executor_step(executor, -1, err) == -1)
			return -1;
	}
	return 0;
}

int nf_executor_shutdown(struct nf_executor *executor, bool wait,
			 bool cancel_pending, struct nf_error *err)
{
	if (wait && executor->futures.busy)
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
	if (!executor->futures.busy)
		(void)finish(executor, &err);
}

void nf_executor_free(struct nf_executor *executor)
{
	static const struct nf_error gone = {.code = NF_CANCELLED,
					     .message = "its executor is gone"};
	struct future_set *futures;

	if (executor == NULL)
		return;
	futures = &executor->futures;
	if (futures->pending > 0)
		nf_executor_terminate(executor);
	/* A thread that hangs is left behind with memory of its own. */
	(void)pool_free(executor->pool);
	executor->shut = true;
	futures->busy = true;
	future_set_cancel(futures, &gone);
	future_set_call_due(futures);
	futures->busy = false;
	future_set_release(futures);
}
