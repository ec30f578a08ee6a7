/* Fibers over ucontext and epoll. */
#include "fiber/fiber.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/deadline_clock.h"
#include "base/error.h"
#include "fiber/heap.h"

#define EVENTS_MAX 256
#define STACKS_KEPT 64 /* enough to spare mmap() for tasks that come and go */
#define URGENT_US 500 /* in a turn, for urgent fibers */
#define URGENT_SHARE 4 /* the others get a quarter of that time */

/*
 *   fiber is              who moves it
 *   ready   -> running    the loop, in turn
 *   running -> waiting    wait_io(), sleep_until()
 *   running -> parked     fiber_park()
 *   waiting -> ready      an event of its descriptor
 *   parked  -> ready      fiber_wake()
 *   waiting,              its deadline or limit, fiber_cancel()
 *   parked  -> ready
 *   running -> ended      the return of its function
 */
enum fiber_state {
	FIBER_READY,
	FIBER_RUNNING,
	FIBER_WAITING,
	FIBER_PARKED,
	FIBER_ENDED,
};

struct fiber {
	ucontext_t context;
	struct heap_item timer; /* in the loop's while it has a deadline */
	struct heap_item urgency; /* in loop->urgent when ready and urgent */
	struct loop *loop;
	struct fiber *next; /* in the queue of those ready and not urgent */
	fiber_fn *fn;
	void *arg;
	void *stack; /* the mapping, guard page first */
	int64_t limit_ms; /* of its life */
	int64_t spent_us; /* up to when it was last resumed */
	int64_t resumed_us;
	int64_t urgent_us; /* it is urgent until it has spent so much */
	uint32_t slot;
	uint32_t tag; /* what loop_show() tells of it */
	enum fiber_state state;
	int fd; /* that it waits for; -1 for none */
	bool timed_out; /* resumed by its deadline */
	bool cancelled; /* its waits fail */
};

struct loop {
	ucontext_t context;
	struct heap timers; /* by deadline */
	struct heap urgent; /* by the order in which they were started */
	int64_t nstarted;
	struct fiber **slots; /* by fiber->slot, NULL when free */
	size_t nslots;
	uint32_t *free_slots;
	size_t nfree;
	size_t nfibers;
	struct fiber *ready_first, *ready_last;
	struct fiber *spare[STACKS_KEPT]; /* ended, stack and all */
	size_t nspare;
	struct heartbeat *heartbeat; /* or NULL */
	size_t stack_size;
	size_t page;
	int epfd;
};

static _Thread_local struct fiber *current;

int loop_new(struct loop **out, size_t stack_size, struct nf_error *err)
{
	struct loop *loop = calloc(1, sizeof(*loop));

	if (loop == NULL)
		return error_sys(err, NF_SYSTEM, "event loop");
	loop->page = (size_t)sysconf(_SC_PAGESIZE);
	loop->stack_size =
		(stack_size + loop->page - 1) / loop->page * loop->page;
	loop->epfd = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epfd == -1) {
		(void)error_sys(err, NF_SYSTEM, "epoll_create1");
		free(loop);
		return -1;
	}
	*out = loop;
	return 0;
}

static void fiber_free(struct fiber *fiber)
{
	struct loop *loop = fiber->loop;

	(void)munmap(fiber->stack, loop->stack_size + loop->page);
	free(fiber);
}

void loop_free(struct loop *loop)
{
	if (loop == NULL)
		return;
	for (size_t i = 0; i < loop->nslots; i++) {
		if (loop->slots[i] != NULL)
			fiber_free(loop->slots[i]);
	}
	while (loop->nspare > 0)
		fiber_free(loop->spare[--loop->nspare]);
	heap_release(&loop->timers);
	heap_release(&loop->urgent);
	(void)close(loop->epfd);
	free(loop->slots);
	free(loop->free_slots);
	free(loop);
}

void loop_show(struct loop *loop, struct heartbeat *heartbeat)
{
	loop->heartbeat = heartbeat;
}

size_t loop_fibers(const struct loop *loop)
{
	return loop->nfibers;
}

static void append_ready(struct loop *loop, struct fiber *fiber)
{
	fiber->next = NULL;
	if (loop->ready_first == NULL)
		loop->ready_first = fiber;
	else
		loop->ready_last->next = fiber;
	loop->ready_last = fiber;
}

static void ready(struct fiber *fiber)
{
	struct loop *loop = fiber->loop;

	heap_remove(&loop->timers, &fiber->timer);
	fiber->state = FIBER_READY;
	fiber->fd = -1;
	if (fiber->spent_us < fiber->urgent_us)
		heap_add(&loop->urgent, &fiber->urgency);
	else
		append_ready(loop, fiber);
}

/* The main function of a fiber's stack: a round for each fiber that has it. */
static void fiber_main(void)
{
	for (;;) {
		struct fiber *fiber = current;

		fiber->fn(fiber->arg);
		fiber->state = FIBER_ENDED;
		(void)swapcontext(&fiber->context, &fiber->loop->context);
	}
}

/* Prepare the stack. Apart from fiber_new(), as getcontext() may return twice,
 * its prototype says. */
static int prepare(struct fiber *fiber)
{
	if (getcontext(&fiber->context) == -1)
		return -1;
	fiber->context.uc_stack.ss_sp =
		(char *)fiber->stack + fiber->loop->page;
	fiber->context.uc_stack.ss_size = fiber->loop->stack_size;
	makecontext(&fiber->context, fiber_main, 0);
	return 0;
}

static struct fiber *fiber_new(struct loop *loop)
{
	struct fiber *fiber = calloc(1, sizeof(*fiber));

	if (fiber == NULL)
		return NULL;
	fiber->loop = loop;
	fiber->timer.place = HEAP_IDLE;
	fiber->urgency.place = HEAP_IDLE;
	fiber->stack = mmap(NULL, loop->stack_size + loop->page,
			    PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (fiber->stack == MAP_FAILED) {
		free(fiber);
		return NULL;
	}
	if (mprotect(fiber->stack, loop->page, PROT_NONE) == -1 ||
	    prepare(fiber) == -1) {
		int saved = errno;

		fiber_free(fiber);
		errno = saved;
		return NULL;
	}
	return fiber;
}

/* Make room for a fiber more in every table, so that no later step fails. */
static int grow_slots(struct loop *loop)
{
	size_t want = loop->nslots == 0 ? 64 : loop->nslots * 2;
	struct fiber **slots;
	uint32_t *free_slots;

	if (loop->nfree > 0)
		return 0;
	slots = realloc(loop->slots, want * sizeof(struct fiber *));
	if (slots == NULL)
		return -1;
	loop->slots = slots;
	free_slots = realloc(loop->free_slots, want * sizeof(*free_slots));
	if (free_slots == NULL)
		return -1;
	loop->free_slots = free_slots;
	if (heap_reserve(&loop->timers, want) == -1 ||
	    heap_reserve(&loop->urgent, want) == -1)
		return -1;
	while (loop->nslots < want) {
		loop->slots[loop->nslots] = NULL;
		loop->free_slots[loop->nfree++] = (uint32_t)loop->nslots++;
	}
	return 0;
}

int fiber_start(struct loop *loop, fiber_fn *fn, void *arg,
		struct nf_error *err)
{
	struct fiber *fiber = NULL;

	if (grow_slots(loop) == 0)
		fiber = loop->nspare > 0 ? loop->spare[--loop->nspare]
					 : fiber_new(loop);
	if (fiber == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a fiber");
	fiber->fn = fn;
	fiber->arg = arg;
	fiber->tag = 0;
	fiber->limit_ms = NO_DEADLINE;
	fiber->spent_us = 0;
	fiber->urgent_us = 0;
	fiber->urgency.key = loop->nstarted++;
	fiber->cancelled = false;
	fiber->slot = loop->free_slots[--loop->nfree];
	loop->slots[fiber->slot] = fiber;
	loop->nfibers++;
	ready(fiber);
	return 0;
}

static void fiber_end(struct fiber *fiber)
{
	struct loop *loop = fiber->loop;

	loop->slots[fiber->slot] = NULL;
	loop->free_slots[loop->nfree++] = fiber->slot;
	loop->nfibers--;
	if (loop->nspare < STACKS_KEPT)
		loop->spare[loop->nspare++] = fiber;
	else
		fiber_free(fiber);
}

static void show(const struct loop *loop, uint32_t tag)
{
	if (loop->heartbeat != NULL)
		atomic_store_explicit(&loop->heartbeat->running, tag,
				      memory_order_relaxed);
}

static void beat(const struct loop *loop)
{
	if (loop->heartbeat != NULL)
		atomic_fetch_add_explicit(&loop->heartbeat->beats, 1,
					  memory_order_relaxed);
}

static void resume(struct fiber *fiber)
{
	fiber->state = FIBER_RUNNING;
	fiber->resumed_us = mono_us();
	current = fiber;
	show(fiber->loop, fiber->tag);
	(void)swapcontext(&fiber->loop->context, &fiber->context);
	show(fiber->loop, 0);
	beat(fiber->loop);
	current = NULL;
	fiber->spent_us += mono_us() - fiber->resumed_us;
	if (fiber->state == FIBER_ENDED)
		fiber_end(fiber);
}

/*
 * Make the fiber ready whose descriptor is. An event may be stale: its fiber
 * may have ended or wait for something else by now, so it names slot and fd.
 */
static void take_event(struct loop *loop, const struct epoll_event *event)
{
	uint32_t slot = (uint32_t)(event->data.u64 >> 32);
	int fd = (int)(uint32_t)event->data.u64;
	struct fiber *fiber = loop->slots[slot];

	if (fiber != NULL && fiber->state == FIBER_WAITING && fiber->fd == fd)
		ready(fiber);
}

/* Take every pending event first: the order by priority needs the full set. */
static int take_events(struct loop *loop, int wait_ms, struct nf_error *err)
{
	struct epoll_event events[EVENTS_MAX];
	int n;

	do {
		n = epoll_wait(loop->epfd, events, EVENTS_MAX, wait_ms);
		for (int i = 0; i < n; i++)
			take_event(loop, &events[i]);
		wait_ms = 0;
	} while (n == EVENTS_MAX);
	return n == -1 && errno != EINTR ? error_sys(err, NF_SYSTEM, "epoll")
					 : 0;
}

#define FIBER_OF(item, field)                                                  \
	((struct fiber *)(void *)((char *)(item)-offsetof(struct fiber, field)))

static void take_timers(struct loop *loop)
{
	int64_t now = deadline_clock_ms();
	struct heap_item *first;

	while ((first = heap_first(&loop->timers)) != NULL &&
	       first->key <= now) {
		struct fiber *fiber = FIBER_OF(first, timer);

		fiber->timed_out = true;
		ready(fiber);
	}
}

/*
 * Run urgent fibers for URGENT_US at most: the next turn takes events again,
 * perhaps of a fiber that is more urgent still.
 */
static void run_urgent(struct loop *loop)
{
	int64_t until_us = mono_us() + URGENT_US;
	struct heap_item *first;

	while ((first = heap_first(&loop->urgent)) != NULL) {
		heap_remove(&loop->urgent, first);
		resume(FIBER_OF(first, urgency));
		if (mono_us() >= until_us)
			break;
	}
}

/*
 * Run all fibers that are ready now; while urgent ones are left, until until_us
 * and at least one. Fibers made ready meanwhile wait for the next turn.
 */
static void run_others(struct loop *loop, int64_t until_us)
{
	struct fiber *fiber, *last = loop->ready_last;
	bool more = loop->ready_first != NULL;

	while (more) {
		fiber = loop->ready_first;
		loop->ready_first = fiber->next;
		more = fiber != last;
		resume(fiber);
		if (heap_first(&loop->urgent) != NULL && mono_us() >= until_us)
			break;
	}
}

static void run_ready(struct loop *loop)
{
	int64_t start_us = mono_us(), now_us;

	run_urgent(loop);
	now_us = mono_us();
	run_others(loop, heap_first(&loop->urgent) == NULL
				 ? now_us + URGENT_US
				 : now_us + (now_us - start_us) / URGENT_SHARE);
}

static int wait_for(const struct loop *loop, int64_t deadline_ms, int64_t now)
{
	int64_t due_ms = loop_due_ms(loop);

	if (loop->heartbeat != NULL && deadline_ms > now + HEARTBEAT_MS)
		deadline_ms = now + HEARTBEAT_MS;
	return deadline_wait_ms(due_ms < deadline_ms ? due_ms : deadline_ms,
				now);
}

int loop_step(struct loop *loop, int64_t deadline_ms, struct nf_error *err)
{
	int wait_ms = wait_for(loop, deadline_ms, deadline_clock_ms());

	assert(current == NULL);
	deadline_clock_watch(wait_ms == -1 ? NO_DEADLINE : wait_ms);
	if (take_events(loop, wait_ms, err) == -1)
		return -1;
	deadline_clock_watch(0);
	take_timers(loop);
	beat(loop);
	run_ready(loop);
	return 0;
}

int64_t loop_due_ms(const struct loop *loop)
{
	const struct heap_item *first = heap_first(&loop->timers);

	if (loop->ready_first != NULL || heap_first(&loop->urgent) != NULL)
		return 0;
	return first != NULL ? first->key : NO_DEADLINE;
}

int loop_fd(const struct loop *loop)
{
	return loop->epfd;
}

int loop_run(struct loop *loop, struct nf_error *err)
{
	int rc = 0;

	while (rc == 0 && loop->nfibers > 0)
		rc = loop_step(loop, NO_DEADLINE, err);
	deadline_clock_unwatch();
	return rc;
}

struct fiber *fiber_self(void)
{
	return current;
}

void fiber_forked(void)
{
	current = NULL;
	deadline_clock_unwatch();
}

static bool must_end(const struct fiber *fiber)
{
	return fiber->cancelled || (fiber->limit_ms != NO_DEADLINE &&
				    deadline_clock_ms() >= fiber->limit_ms);
}

/*
 * Give way in state until made ready: 1, 0 when the deadline did it, -1 when
 * the fiber must end. The other fibers run before it also then, so that a fiber
 * that ignores its end holds up nobody.
 */
static int give_way(struct fiber *self, enum fiber_state state,
		    int64_t deadline_ms)
{
	self->state = state;
	self->timed_out = false;
	if (deadline_ms > self->limit_ms)
		deadline_ms = self->limit_ms;
	if (deadline_ms != NO_DEADLINE) {
		self->timer.key = deadline_ms;
		heap_add(&self->loop->timers, &self->timer);
	}
	if (self->cancelled)
		ready(self);
	(void)swapcontext(&self->context, &self->loop->context);
	if (must_end(self)) {
		errno = ECANCELED;
		return -1;
	}
	return self->timed_out ? 0 : 1;
}

/*
 * Watch fd for a single event: a descriptor that no fiber waits for is silent
 * so, and may be closed without a word to the loop. This costs a system call of
 * 0.3 us a wait.
 */
static int watch(struct fiber *self, int fd, unsigned directions)
{
	struct epoll_event event = {
		.events = EPOLLONESHOT |
			  (directions & WAIT_IN ? EPOLLIN | EPOLLRDHUP : 0u) |
			  (directions & WAIT_OUT ? (unsigned)EPOLLOUT : 0u),
		.data.u64 = (uint64_t)self->slot << 32 | (uint32_t)fd,
	};
	int epfd = self->loop->epfd;

	if (epoll_ctl(epfd, EPOLL_CTL_MOD, fd, &event) == 0)
		return 0;
	if (errno != ENOENT)
		return -1;
	return epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &event);
}

static int poll_now(int fd, unsigned directions)
{
	struct pollfd pollfd = {
		.fd = fd,
		.events = (short)((directions & WAIT_IN ? POLLIN : 0) |
				  (directions & WAIT_OUT ? POLLOUT : 0)),
	};

	return poll(&pollfd, 1, 0) > 0 ? 1 : 0;
}

int wait_io(int fd, unsigned directions, int64_t deadline_ms)
{
	struct fiber *self = current;
	int rc;

	assert(self != NULL);
	if (watch(self, fd, directions) == -1)
		return errno == EPERM ? 1 : -1; /* a file is always ready */
	self->fd = fd;
	rc = give_way(self, FIBER_WAITING, deadline_ms);
	/* The loop may be late itself: look before fd counts as silent. */
	return rc == 0 ? poll_now(fd, directions) : rc;
}

int sleep_until(int64_t deadline_ms)
{
	return give_way(current, FIBER_WAITING, deadline_ms) == -1 ? -1 : 0;
}

int64_t fiber_limit(struct fiber *fiber, int64_t limit_ms)
{
	int64_t before = fiber->limit_ms;

	fiber->limit_ms = limit_ms;
	return before;
}

void fiber_cancel(struct fiber *fiber)
{
	fiber->cancelled = true;
	if (fiber->state == FIBER_WAITING || fiber->state == FIBER_PARKED)
		ready(fiber);
}

int64_t fiber_spent_us(void)
{
	return current->spent_us + mono_us() - current->resumed_us;
}

void fiber_prioritise(int64_t spent_us)
{
	current->urgent_us = spent_us;
}

void fiber_tag(uint32_t tag)
{
	current->tag = tag;
	show(current->loop, tag);
}

int fiber_park(int64_t deadline_ms)
{
	return give_way(current, FIBER_PARKED, deadline_ms);
}

void fiber_wake(struct fiber *fiber)
{
	if (fiber->state == FIBER_PARKED)
		ready(fiber);
}
