/* The pool: workers, their pipes, and which of them holds what. */
#include "pool/pool.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/wire.h"
#include "pool/frame.h"
#include "pool/member.h"
#include "pool/queue.h"

#define READ_MAX ((size_t)64 * 1024)
#define LOST_MAX 2 /* a task that is lost is repeated once */
#define BARREN_MAX 3 /* deaths in a row without a task done: broken */
#define FAREWELL_MS 1000 /* for workers to end by themselves */

/* A task that is handed out. Free when ticket is 0. */
struct slot {
	uint32_t ticket;
	struct task task;
	struct member *holder;
	struct slot *prev, *next; /* of the same holder */
	struct spool spool;
	bool started;
	bool no_room;
};

/* What a worker shows of itself, a cache line each. */
struct shared {
	_Alignas(64) _Atomic uint32_t running;
};

struct pool {
	struct pool_options options;
	struct member *members;
	struct slot *slots; /* by ticket % nslots */
	struct queue queue;
	struct spool_budget budget;
	struct shared *shared; /* by worker, with the workers */
	uint8_t *input;
	size_t nslots;
	size_t nout; /* slots in use */
	unsigned most; /* tasks that one worker may hold */
	unsigned nalive;
	char last_death[MEMBER_MESSAGE]; /* of the last worker that died with a
					    task */
	uint32_t last_ticket;
	int epfd;
	bool stopped;
	bool killed;
};

/* ---- slots */

static struct slot *slot_take(struct pool *pool, struct member *member,
			      struct task task)
{
	struct slot *slot;

	/* At most half of the slots are in use: a free one is near. */
	do {
		if (++pool->last_ticket == 0)
			pool->last_ticket = 1;
		slot = &pool->slots[pool->last_ticket % pool->nslots];
	} while (slot->ticket != 0);
	slot->ticket = pool->last_ticket;
	slot->task = task;
	slot->holder = member;
	slot->started = false;
	slot->no_room = false;
	slot->prev = NULL;
	slot->next = member->held;
	if (member->held != NULL)
		member->held->prev = slot;
	member->held = slot;
	member->nheld++;
	pool->nout++;
	return slot;
}

static void slot_release(struct pool *pool, struct slot *slot)
{
	struct member *member = slot->holder;

	if (slot->prev != NULL)
		slot->prev->next = slot->next;
	else
		member->held = slot->next;
	if (slot->next != NULL)
		slot->next->prev = slot->prev;
	member->nheld--;
	member->alone &= member->nheld > 0;
	pool->nout--;
	spool_release(&slot->spool);
	slot->ticket = 0;
}

/* A ticket counts only from the worker that holds it. */
static struct slot *slot_find(struct pool *pool, const struct member *member,
			      uint32_t ticket)
{
	struct slot *slot = &pool->slots[ticket % pool->nslots];

	return ticket != 0 && slot->ticket == ticket && slot->holder == member
		       ? slot
		       : NULL;
}

static void slot_end(struct pool *pool, struct slot *slot, enum pool_end end,
		     const char *message)
{
	struct pool_outcome outcome = {
		.end = end,
		.index = slot->task.index,
		.worker = slot->holder->number,
		.attempts = slot->task.attempts,
		.spool = &slot->spool,
		.message = message,
	};

	queue_settle(&pool->queue);
	pool->options.hooks.ended(pool->options.hooks.arg, &outcome);
	slot_release(pool, slot);
}

/* End a task that no worker holds. */
static void task_end(struct pool *pool, struct task task, enum pool_end end,
		     const char *message)
{
	struct spool none;
	struct pool_outcome outcome = {
		.end = end,
		.index = task.index,
		.attempts = task.attempts,
		.spool = &none,
		.message = message,
	};

	queue_settle(&pool->queue);
	spool_init(&none, &pool->budget);
	pool->options.hooks.ended(pool->options.hooks.arg, &outcome);
	spool_release(&none);
}

static void queue_end(struct pool *pool, enum pool_end end, const char *message)
{
	struct task task;

	while (queue_take(&pool->queue, &task))
		task_end(pool, task, end, message);
}

/* ---- taking in */

static int take_frame(struct pool *pool, struct member *member,
		      const struct frame *frame)
{
	const struct pool_hooks *hooks = &pool->options.hooks;
	struct slot *slot = slot_find(pool, member, frame->ticket);
	enum pool_verdict verdict;

	/* STARTED once and first; its hook begins the task anew. */
	if (slot == NULL || slot->started == (frame->type == FRAME_STARTED))
		return -1;
	switch (frame->type) {
	case FRAME_STARTED:
		if (frame->len != 8)
			return -1;
		slot->started = true;
		hooks->started(hooks->arg, slot->task.index, member->number,
			       (int64_t)wire_u64(frame->payload));
		return 0;
	case FRAME_DATA:
		verdict = hooks->data(hooks->arg, slot->task.index,
				      frame->payload, frame->len);
		if (verdict == POOL_KEEP && !slot->no_room)
			slot->no_room =
				spool_append(&slot->spool, frame->payload,
					     frame->len, NULL) == -1;
		return verdict == POOL_BAD ? -1 : 0;
	case FRAME_DONE:
		if (frame->len != 0)
			return -1;
		member->barren = 0;
		slot_end(pool, slot, slot->no_room ? POOL_NO_ROOM : POOL_DONE,
			 slot->no_room ? "no room to keep its output" : "");
		return 0;
	}
	return -1;
}

static void take_bytes(struct pool *pool, struct member *member, size_t len)
{
	size_t at = 0, used;
	struct frame frame;
	int rc = 1;

	while (rc == 1 && !member->distrusted) {
		rc = frame_parser_feed(&member->parser, pool->input + at,
				       len - at, &used, &frame, NULL);
		at += used;
		if (rc == 1)
			rc = take_frame(pool, member, &frame) == 0 ? 1 : -1;
	}
	if (rc != -1)
		return;
	member->distrusted = true;
	member_kill(member, "was killed: it sent a frame that it may not send");
}

/* Read once: 1 when there was something, 0 when not now, -1 at the end. */
static int take_results(struct pool *pool, struct member *member)
{
	ssize_t n = read(member->process.result_fd, pool->input, READ_MAX);

	if (n > 0) {
		take_bytes(pool, member, (size_t)n);
		return 1;
	}
	return n == -1 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

/* ---- death */

/* suspect is the ticket that ran when the worker died, 0 for none. */
static void slot_lost(struct pool *pool, struct slot *slot, uint32_t suspect,
		      const char *message)
{
	const struct pool_hooks *hooks = &pool->options.hooks;
	struct task task = slot->task;

	task.suspect = slot->ticket == suspect;
	task.lost += suspect == 0 || task.suspect;
	if (!pool->killed && (task.lost >= LOST_MAX ||
			      !hooks->repeatable(hooks->arg, task.index))) {
		slot_end(pool, slot, POOL_DIED, message);
		return;
	}
	if (pool->stopped) {
		slot_end(pool, slot, POOL_CANCELLED, message);
		return;
	}
	slot_release(pool, slot); /* with what that attempt had said */
	queue_put_back(&pool->queue, task);
}

/* The suspect last, so that it is the first in the queue. */
static void slots_lost(struct pool *pool, struct member *member,
		       uint32_t suspect, const char *message)
{
	struct slot *slot, *next, *last = NULL;

	for (slot = member->held; slot != NULL; slot = next) {
		next = slot->next;
		if (slot->ticket == suspect)
			last = slot;
		else
			slot_lost(pool, slot, suspect, message);
	}
	if (last != NULL)
		slot_lost(pool, last, suspect, message);
}

static void take_death(struct pool *pool, struct member *member)
{
	char message[MEMBER_MESSAGE];

	while (take_results(pool, member) == 1)
		; /* what it had said before it died counts */
	member_bury(member, pool->epfd, message);
	pool->nalive--;
	if (member->held != NULL) {
		member->barren++;
		memcpy(pool->last_death, message, sizeof(message));
	}
	slots_lost(pool, member, atomic_load(member->running), message);
}

static int start_worker(struct pool *pool, struct member *member,
			struct nf_error *err)
{
	struct worker_options options = {.stack_size = pool->options.stack_size,
					 .run = pool->options.run,
					 .ctx = pool->options.ctx};

	if (member_start(member, &options, pool->epfd, err) == -1)
		return -1;
	pool->nalive++;
	return 0;
}

/*
 * Put new workers where dead ones stood, as long as there is work for them and
 * they get something done: each place is counted by itself, so that many killed
 * at once are no sign. When none is left, what waits cannot be done.
 */
static void refill(struct pool *pool)
{
	struct nf_error err;

	if (queue_len(&pool->queue) == 0)
		return;
	(void)error_set(&err, NF_WORKER_DIED,
			"workers die before they finish anything: %s",
			pool->last_death);
	for (unsigned i = 0; i < pool->options.workers; i++) {
		struct member *member = &pool->members[i];

		if (member->alive || member->barren >= BARREN_MAX)
			continue;
		if (start_worker(pool, member, &err) == -1)
			break;
	}
	if (pool->nalive == 0)
		queue_end(pool, POOL_DIED, err.message);
}

/* ---- handing out */

/* Where a task finds a place: a suspect where nobody else is. */
static struct member *place_for(struct pool *pool, const struct task *task)
{
	unsigned room = task->suspect ? 1 : pool->most;
	struct member *best = NULL;

	for (unsigned i = 0; i < pool->options.workers; i++) {
		struct member *member = &pool->members[i];

		if (member->alive && !member->alone &&
		    member->verdict[0] == '\0' && member->nheld < room &&
		    (best == NULL || member->nheld < best->nheld))
			best = member;
	}
	return best;
}

static void hand_out(struct pool *pool)
{
	const struct task *first;
	struct member *member;
	struct task task;

	while (pool->nout < pool->options.fanout &&
	       (first = queue_peek(&pool->queue)) != NULL &&
	       (member = place_for(pool, first)) != NULL &&
	       queue_take(&pool->queue, &task)) {
		task.attempts++;
		member->alone = task.suspect;
		member_put(member, slot_take(pool, member, task)->ticket,
			   task.index);
	}
	for (unsigned i = 0; i < pool->options.workers; i++) {
		if (pool->members[i].alive && pool->members[i].unsent.len > 0)
			member_send(&pool->members[i], pool->epfd);
	}
}

/* ---- the pool as a whole */

static size_t shared_size(unsigned workers)
{
	return (size_t)workers * sizeof(struct shared);
}

static int pool_init(struct pool *pool, const struct pool_options *options,
		     struct nf_error *err)
{
	pool->options = *options;
	pool->most =
		(options->fanout + options->workers - 1) / options->workers;
	pool->nslots = (size_t)options->fanout * 2;
	pool->epfd = epoll_create1(EPOLL_CLOEXEC);
	if (pool->epfd == -1)
		return error_sys(err, NF_SYSTEM, "epoll_create1");
	pool->slots = calloc(pool->nslots, sizeof(*pool->slots));
	for (size_t i = 0; pool->slots && i < pool->nslots; i++)
		spool_init(&pool->slots[i].spool, &pool->budget);
	pool->members = calloc(options->workers, sizeof(*pool->members));
	pool->input = malloc(READ_MAX);
	pool->shared =
		mmap(NULL, shared_size(options->workers),
		     PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (pool->slots == NULL || pool->members == NULL ||
	    pool->input == NULL || pool->shared == MAP_FAILED)
		return error_sys(err, NF_SYSTEM, "no memory for the pool");
	for (unsigned i = 0; i < options->workers; i++) {
		if (member_init(&pool->members[i], i + 1, pool->most,
				&pool->shared[i].running, err) == -1)
			return -1;
	}
	return 0;
}

int pool_start(struct pool **out, const struct pool_options *options,
	       struct nf_error *err)
{
	struct pool *pool;

	assert(options->workers > 0 && options->fanout > 0);
	if (process_check_threads(err) == -1)
		return -1;
	pool = calloc(1, sizeof(*pool));
	if (pool == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for the pool");
	pool->epfd = -1;
	pool->shared = MAP_FAILED;
	if (pool_init(pool, options, err) == -1)
		goto fail;
	for (unsigned i = 0; i < options->workers; i++) {
		if (start_worker(pool, &pool->members[i], err) == -1)
			goto fail;
	}
	*out = pool;
	return 0;
fail:
	pool_free(pool);
	return -1;
}

int pool_submit(struct pool *pool, uint32_t index, struct nf_error *err)
{
	if (queue_put(&pool->queue, (struct task){.index = index}) == -1)
		return error_sys(err, NF_SYSTEM, "no memory for a task");
	return 0;
}

int pool_fd(const struct pool *pool)
{
	return pool->epfd;
}

/*
 * A worker that has closed a pipe is dying, which changes nothing, or of no
 * use: either way its death is told by the pidfd.
 */
static void hung_up(struct pool *pool, struct member *member, int fd)
{
	(void)epoll_ctl(pool->epfd, EPOLL_CTL_DEL, fd, NULL);
	(void)kill(member->process.pid, SIGKILL);
}

static void take_event(struct pool *pool, const struct epoll_event *event)
{
	uint64_t mark = event->data.u64;
	struct member *member = &pool->members[member_mark_index(mark)];

	if (!member->alive)
		return; /* died earlier in this very batch */
	switch (member_mark_event(mark)) {
	case MEMBER_RESULT:
		if (take_results(pool, member) == -1)
			hung_up(pool, member, member->process.result_fd);
		break;
	case MEMBER_TASK:
		if ((event->events & EPOLLERR) != 0)
			hung_up(pool, member, member->process.task_fd);
		else
			member_send(member, pool->epfd);
		break;
	case MEMBER_DEATH:
		take_death(pool, member);
		break;
	}
}

int pool_step(struct pool *pool, int timeout_ms, struct nf_error *err)
{
	struct epoll_event events[64];
	size_t before = pool_pending(pool);
	int n;

	/* Workers may have died while there was nothing to do for them. */
	refill(pool);
	hand_out(pool);
	if (pool_pending(pool) < before)
		timeout_ms = 0; /* nobody is left who could wake us */
	n = epoll_wait(pool->epfd, events, 64, timeout_ms);
	if (n == -1 && errno != EINTR)
		return error_sys(err, NF_SYSTEM, "epoll_wait");
	for (int i = 0; i < n; i++)
		take_event(pool, &events[i]);
	refill(pool);
	hand_out(pool);
	return 0;
}

size_t pool_pending(const struct pool *pool)
{
	return pool->nout + queue_len(&pool->queue);
}

void pool_stop(struct pool *pool)
{
	pool->stopped = true;
	queue_end(pool, POOL_CANCELLED, "cancelled before it was begun");
}

void pool_kill(struct pool *pool)
{
	pool->killed = true;
	pool_stop(pool);
	for (unsigned i = 0; i < pool->options.workers; i++)
		member_kill(&pool->members[i], "was stopped");
}

/*
 * An idle worker ends when its task pipe does. One that still holds tasks is
 * not waited for: nobody will read what it has to say.
 */
void pool_free(struct pool *pool)
{
	int64_t deadline_ms = clock_ms() + FAREWELL_MS;

	if (pool == NULL)
		return;
	for (unsigned i = 0; pool->members && i < pool->options.workers; i++)
		member_dismiss(&pool->members[i]);
	for (unsigned i = 0; pool->members && i < pool->options.workers; i++) {
		member_await_end(&pool->members[i], pool->epfd, deadline_ms);
		buf_release(&pool->members[i].unsent);
	}
	for (size_t i = 0; pool->slots && i < pool->nslots; i++)
		spool_release(&pool->slots[i].spool);
	if (pool->epfd != -1)
		(void)close(pool->epfd);
	queue_release(&pool->queue);
	free(pool->members);
	free(pool->slots);
	if (pool->shared != MAP_FAILED)
		(void)munmap(pool->shared, shared_size(pool->options.workers));
	free(pool->input);
	free(pool);
}

int pool_worker_pid(const struct pool *pool, unsigned worker)
{
	const struct member *member = &pool->members[worker - 1];

	return member->alive ? member->process.pid : -1;
}
