/* The pool: workers, their pipes, and which of them holds what. */
#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/deadline_clock.h"
#include "base/error.h"
#include "pool/pool_parts.h"
#include "worker/worker_kind.h"

#define TURN_US 1000 /* of a sequential worker, in a step */
#define EARLY_DEATHS_MAX 3 /* deaths in a row before a task had begun: broken */
#define TIMER_TAG UINT64_MAX

/* ---- workers */

static int start_worker(struct pool *pool, struct worker_handle *handle,
			struct nf_error *err)
{
	if (worker_handle_start(handle, &pool->options.worker, pool->epfd,
				err) == -1)
		return -1;
	pool->nalive++;
	return 0;
}

/*
 * Start workers where dead ones stood, as long as there is work for them and
 * tasks get begun: early deaths are counted for each place, so that many
 * workers killed at once are no sign. The pool breaks when no worker is left.
 */
static void refill(struct pool *pool)
{
	struct nf_error err;

	if (queue_len(&pool->queue) == 0 ||
	    pool->nalive == pool->options.workers)
		return;
	(void)error_set(&err, NF_WORKER_DIED,
			"workers die before they finish anything: %s",
			pool->last_death.message);
	for (unsigned i = 0; i < pool->options.workers; i++) {
		struct worker_handle *handle = &pool->handles[i];

		if (handle->state != WORKER_DEAD ||
		    handle->early_deaths >= EARLY_DEATHS_MAX)
			continue;
		if (start_worker(pool, handle, &err) == -1)
			break;
	}
	if (pool->nalive == 0)
		pool_break(pool, &err);
}

/* ---- handing out */

/* Find the least loaded running worker; a suspect task needs an idle one.
 * Workers that still start get none: an initializer may take long, or hang. */
static struct worker_handle *least_loaded(struct pool *pool,
					  const struct task *task)
{
	unsigned room = task->suspect ? 1 : pool->most;
	struct worker_handle *best = NULL;

	for (unsigned i = 0; i < pool->options.workers; i++) {
		struct worker_handle *handle = &pool->handles[i];

		if (handle->state == WORKER_RUNNING && handle->nheld < room &&
		    !handle->alone &&
		    worker_handle_has_room(handle, task->payload_len) &&
		    (best == NULL || handle->nheld < best->nheld))
			best = handle;
		if (best != NULL && best->nheld == 0)
			break;
	}
	return best;
}

/* Peek at the first task that is not cancelled. */
static const struct task *next_task(struct pool *pool)
{
	const struct pool_hooks *hooks = &pool->options.hooks;
	const struct task *first;
	struct nf_error error;
	struct task task;

	while ((first = queue_peek(&pool->queue)) != NULL &&
	       hooks->is_cancelled != NULL &&
	       hooks->is_cancelled(hooks->arg, first)) {
		(void)queue_take(&pool->queue, &task);
		(void)error_set(&error, NF_CANCELLED, "cancelled");
		task_end_queued(pool, &task, POOL_CANCELLED, &error);
	}
	return first;
}

static void hand_to(struct pool *pool, struct worker_handle *handle)
{
	unsigned max = pool->options.max_tasks;
	struct inflight *inflight;
	struct task task;

	(void)queue_take(&pool->queue, &task);
	task.attempts++;
	handle->alone = task.suspect;
	if (handle->nheld == 0)
		handle->checked_ms = deadline_clock_ms();
	inflight = inflight_add(&pool->inflights, handle, &task);
	worker_handle_put(handle, inflight->task.ticket, task.index,
			  task.payload, task.payload_len);
	if (pool->options.hooks.handed != NULL)
		pool->options.hooks.handed(pool->options.hooks.arg, &task);
	if (max > 0 && handle->ntaken >= max)
		handle->state = WORKER_DRAINING;
	if (pool->paced)
		admission_started(&pool->admission, mono_us());
}

/* Send each worker its new tickets, in a single system call each. */
static void send_tickets(struct pool *pool)
{
	for (unsigned i = 0; i < pool->options.workers; i++) {
		if (pool->handles[i].unsent.len > 0 &&
		    worker_handle_alive(&pool->handles[i]))
			worker_handle_send(&pool->handles[i], pool->epfd);
	}
}

static void hand_out(struct pool *pool)
{
	const struct task *first;
	struct worker_handle *handle;
	bool some = false;

	while (pool->inflights.used < pool->options.fanout &&
	       (first = next_task(pool)) != NULL &&
	       (!pool->paced ||
		admission_open(&pool->admission, pool->inflights.nstarting,
			       mono_us())) &&
	       (handle = least_loaded(pool, first)) != NULL) {
		hand_to(pool, handle);
		some = true;
	}
	if (some)
		send_tickets(pool);
}

/* ---- the pool as a whole */

static size_t heartbeats_size(const struct pool *pool)
{
	return pool->options.workers * pool->page;
}

/* Map a page of heartbeat for each worker. No child inherits another's. */
static int map_heartbeats(struct pool *pool)
{
	void *heartbeats;

	pool->page = (size_t)sysconf(_SC_PAGESIZE);
	heartbeats = mmap(NULL, heartbeats_size(pool), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (heartbeats == MAP_FAILED)
		return -1;
	pool->heartbeats = heartbeats;
	return madvise(heartbeats, heartbeats_size(pool), MADV_DONTFORK);
}

static struct heartbeat *heartbeat_of(const struct pool *pool, unsigned worker)
{
	return (struct heartbeat *)(void *)(pool->heartbeats +
					    worker * pool->page);
}

static int watch_timer(struct pool *pool, struct nf_error *err)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u64 = TIMER_TAG};

	pool->epfd = epoll_create1(EPOLL_CLOEXEC);
	if (pool->epfd == -1)
		return error_sys(err, NF_SYSTEM, "epoll_create1");
	pool->timer_fd =
		timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (pool->timer_fd == -1 ||
	    epoll_ctl(pool->epfd, EPOLL_CTL_ADD, pool->timer_fd, &event) == -1)
		return error_sys(err, NF_SYSTEM, "timerfd");
	return 0;
}

static int pool_init(struct pool *pool, struct nf_error *err)
{
	const struct pool_options *options = &pool->options;

	if (watch_timer(pool, err) == -1)
		return -1;
	pool->handles = calloc(options->workers, sizeof(*pool->handles));
	pool->input = malloc(READ_MAX);
	if (inflights_init(&pool->inflights, options->fanout) == -1 ||
	    pool->handles == NULL || pool->input == NULL ||
	    map_heartbeats(pool) == -1)
		return error_sys(err, NF_SYSTEM, "no memory for the pool");
	for (unsigned i = 0; i < options->workers; i++) {
		if (worker_handle_init(&pool->handles[i], pool->kind, i + 1,
				       pool->most, heartbeat_of(pool, i),
				       err) == -1)
			return -1;
	}
	return 0;
}

/* Make room for a worker on our own stack that waits for it. */
static void drain_results(void *arg)
{
	struct pool *pool = arg;

	(void)collector_read(pool, &pool->handles[0]);
}

static void set_options(struct pool *pool, const struct pool_options *options)
{
	const struct admission_rules *rules = &options->admission;
	struct worker_options *worker = &pool->options.worker;

	pool->options = *options;
	pool->most =
		(options->fanout + options->workers - 1) / options->workers;
	if (options->max_tasks > 0 && pool->most > options->max_tasks)
		pool->most = options->max_tasks;
	worker->most = pool->most;
	pool->kind = worker_kind_find(options->mode);
	if (!pool->kind->concurrent) {
		worker->drain_results = drain_results;
		worker->drain_arg = pool;
	}
	admission_init(&pool->admission, rules, mono_us());
	pool->paced = rules->ahead_us > 0 || rules->rate > 0 ||
		      rules->starting_max > 0;
	pool->armed_us = pool->wake_us = INT64_MAX;
	pool->heartbeats_checked_ms = pool->left_ms = deadline_clock_ms();
}

int pool_start(struct pool **out, const struct pool_options *options,
	       struct nf_error *err)
{
	struct pool *pool = calloc(1, sizeof(*pool));

	assert(options->workers > 0 && options->fanout > 0);
	if (pool == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for the pool");
	pool->epfd = pool->timer_fd = -1;
	set_options(pool, options);
	if (pool_init(pool, err) == -1)
		goto fail;
	if (pool->kind->prepare != NULL)
		pool->kind->prepare();
	for (unsigned i = 0; i < options->workers; i++) {
		if (start_worker(pool, &pool->handles[i], err) == -1)
			goto fail;
	}
	timeouts_arm(pool);
	*out = pool;
	return 0;
fail:
	(void)pool_free(pool);
	return -1;
}

int pool_submit(struct pool *pool, uint32_t index, void *owner,
		struct nf_error *err)
{
	return pool_submit_payload(pool, index, NULL, 0, owner, err);
}

int pool_submit_payload(struct pool *pool, uint32_t index, const void *payload,
			uint32_t len, void *owner, struct nf_error *err)
{
	struct task task = {.index = index,
			    .owner = owner,
			    .payload = payload,
			    .payload_len = len};

	if (pool->broken.code != NF_OK) {
		*err = pool->broken;
		return -1;
	}
	if (queue_put(&pool->queue, task) == -1)
		return error_sys(err, NF_SYSTEM, "no memory for a task");
	/* The task waits for a step. */
	if (!pool->stepping && pool->inflights.used < pool->options.fanout)
		timeouts_arm_now(pool);
	return 0;
}

void pool_wake_at(struct pool *pool, int64_t due_us)
{
	if (pool->wake_us == due_us)
		return;
	pool->wake_us = due_us;
	if (!pool->stepping)
		timeouts_arm(pool);
}

int pool_fd(const struct pool *pool)
{
	return pool->epfd;
}

/*
 * Kill a process that has closed its result pipe: it is dying, or of no use,
 * and its pidfd will tell its death. A thread closes its pipe as its last act.
 */
static void hung_up(struct pool *pool, struct worker_handle *handle)
{
	(void)epoll_ctl(pool->epfd, EPOLL_CTL_DEL, handle->ends.result_fd,
			NULL);
	if (!handle->kind->in_process)
		handle->kind->kill(handle);
	else
		worker_lost(pool, handle);
}

static void take_event(struct pool *pool, const struct epoll_event *event)
{
	uint64_t tag = event->data.u64;
	struct worker_handle *handle;

	if (tag == TIMER_TAG) {
		timeouts_rung(pool);
		return;
	}
	if (epoll_tag_event(tag) == EVENT_WATCH) {
		watch_take(pool, epoll_tag_index(tag));
		return;
	}
	handle = &pool->handles[epoll_tag_index(tag)];
	if (!worker_handle_alive(handle))
		return; /* died earlier in this very batch */
	switch (epoll_tag_event(tag)) {
	case EVENT_RESULT:
		if (collector_read(pool, handle) == -1)
			hung_up(pool, handle);
		break;
	case EVENT_TASK:
		worker_handle_send(handle, pool->epfd);
		break;
	case EVENT_PASSAGE:
		worker_handle_send_passages(handle, pool->epfd);
		break;
	case EVENT_DEATH:
		worker_lost(pool, handle);
		break;
	case EVENT_TURN:
	case EVENT_WATCH:
		break; /* its turn comes in every step */
	}
}

/* Start the workers that are missed, and hand out tasks. */
static void provide(struct pool *pool)
{
	refill(pool);
	hand_out(pool);
}

/*
 * Turn a worker that does not run by itself: as long as there is something to
 * do at once, but for TURN_US only.
 */
static void turn(struct pool *pool)
{
	struct worker_handle *handle = &pool->handles[0];
	int64_t end_us = mono_us() + TURN_US;

	while (handle->kind->turn != NULL && worker_handle_alive(handle)) {
		if (handle->kind->turn(handle) != 1) {
			worker_lost(pool, handle);
			provide(pool);
			continue;
		}
		if (collector_read(pool, handle) <= 0 &&
		    handle->kind->due_ms(handle) > 0)
			break;
		provide(pool);
		if (mono_us() >= end_us)
			break;
	}
}

/* The events that a single epoll_wait() takes. */
struct events {
	int epfd;
	struct epoll_event at[64];
};

static int get_events(void *arg, int timeout_ms)
{
	struct events *events = arg;

	return epoll_wait(events->epfd, events->at, 64, timeout_ms);
}

static int take_events(struct pool *pool, int timeout_ms, struct nf_error *err)
{
	struct events events;
	int n;

	events.epfd = pool->epfd;
	timeouts_wait(pool, timeout_ms);
	n = busy_wait_poll(&pool->busy_wait, get_events, &events, timeout_ms);
	timeouts_wait(pool, 0);
	if (n == -1 && errno != EINTR)
		return error_sys(err, NF_SYSTEM, "epoll_wait");
	for (int i = 0; i < n; i++)
		take_event(pool, &events.at[i]);
	return 0;
}

/* How long to wait for events, at most timeout_ms (-1: no limit). */
static int wait_ms(struct pool *pool, int timeout_ms)
{
	int64_t due_us = timeouts_due_us(pool);
	int64_t due_ms = due_us / 1000 + (due_us % 1000 > 0);

	if (due_ms > INT_MAX || (timeout_ms >= 0 && timeout_ms < due_ms))
		return timeout_ms;
	return (int)due_ms;
}

static int step(struct pool *pool, int timeout_ms, struct nf_error *err)
{
	size_t before = pool_pending(pool);

	/* Workers may have died while there was nothing to do for them. */
	provide(pool);
	turn(pool);
	if (pool_pending(pool) < before)
		timeout_ms = 0; /* the caller will want to know */
	if (take_events(pool, wait_ms(pool, timeout_ms), err) == -1)
		return -1;
	timeouts_check(pool);
	provide(pool);
	return 0;
}

int pool_step(struct pool *pool, int timeout_ms, struct nf_error *err)
{
	int rc;

	pool->stepping = true;
	timeouts_enter(pool);
	rc = step(pool, timeout_ms, err);
	timeouts_leave(pool);
	pool->stepping = false;
	return rc;
}

size_t pool_pending(const struct pool *pool)
{
	return pool->inflights.used + queue_len(&pool->queue);
}

void pool_stop(struct pool *pool)
{
	if (pool->stage == POOL_OPEN)
		pool->stage = POOL_STOPPED;
	pool_cancel_queued(pool);
}

void pool_kill(struct pool *pool)
{
	pool->stage = POOL_KILLED;
	pool->killed_us = mono_us();
	pool_stop(pool);
	for (unsigned i = 0; i < pool->options.workers; i++)
		worker_handle_kill(&pool->handles[i], "was stopped");
	timeouts_arm(pool);
}

const struct nf_error *pool_broken(const struct pool *pool)
{
	return pool->broken.code != NF_OK ? &pool->broken : NULL;
}

static void end_workers(struct pool *pool)
{
	int64_t deadline_ms = deadline_clock_ms() + FAREWELL_MS;

	for (unsigned i = 0; i < pool->options.workers; i++)
		worker_handle_retire(&pool->handles[i]);
	for (unsigned i = 0; i < pool->options.workers; i++) {
		struct worker_handle *handle = &pool->handles[i];

		worker_handle_await_end(handle, pool->epfd, deadline_ms);
		pool->abandoned |= handle->state == WORKER_ABANDONED;
		worker_handle_release(handle);
	}
}

static void close_fd(int fd)
{
	if (fd != -1)
		(void)close(fd);
}

bool pool_free(struct pool *pool)
{
	bool abandoned;

	if (pool == NULL)
		return true;
	if (pool->handles != NULL)
		end_workers(pool);
	abandoned = pool->abandoned;
	inflights_release(&pool->inflights);
	close_fd(pool->timer_fd);
	close_fd(pool->epfd);
	queue_release(&pool->queue);
	free(pool->handles);
	/* An abandoned thread still writes there. */
	if (pool->heartbeats != NULL && !abandoned)
		(void)munmap(pool->heartbeats, heartbeats_size(pool));
	free(pool->input);
	free(pool->watches);
	free(pool);
	return !abandoned;
}

int pool_worker_pid(const struct pool *pool, unsigned worker)
{
	const struct worker_handle *handle = &pool->handles[worker - 1];

	return worker_handle_alive(handle) ? handle->pid : -1;
}
