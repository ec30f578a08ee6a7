/*
 * Fibers: straight-line code over non-blocking descriptors. A loop runs on one
 * thread and holds any number of fibers; a fiber gives way only in the waiting
 * functions below, so nothing between two of them needs a lock. A fiber takes
 * two mappings: vm.max_map_count (65530) allows about 32,000 a process.
 *
 * On a fiber, call nothing that blocks or that needs a deep stack: no name
 * poll_now-up, no stdio. errno means nothing after a wait, but where one fails.
 */
#ifndef NETFAN_FIBER_FIBER_H
#define NETFAN_FIBER_FIBER_H

#include "netfan.h"

struct loop;
struct fiber;

typedef void fiber_fn(void *arg);

#define WAIT_IN NF_WAIT_IN
#define WAIT_OUT NF_WAIT_OUT

/* Bytes of stack a session needs with room to spare: painted at 14 KiB. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define FIBER_STACK ((size_t)256 * 1024)
#else
#define FIBER_STACK ((size_t)64 * 1024)
#endif

/*
 * Make a loop whose fibers get stack_size bytes each, a guard page below.
 * -1 with NF_SYSTEM without memory or a descriptor for epoll.
 */
int loop_new(struct loop **out, size_t stack_size, struct nf_error *err);

/* Free a loop. Fibers that still wait are dropped where they stand. */
void loop_free(struct loop *loop);

/* The signs of life of a loop, for whoever shares the memory. */
struct heartbeat {
	_Atomic uint32_t running; /* tag of the fiber that runs, 0 for none */
	_Atomic uint32_t beats; /* changes as long as the loop turns */
	_Atomic uint32_t begun; /* these are the user's own */
	_Atomic int64_t begun_us;
	_Atomic bool stop;
};

/*
 * Show in *heartbeat, from now on, which fiber runs, so that a crash can be
 * blamed on it, and that the loop turns: then at least every HEARTBEAT_MS.
 */
#define HEARTBEAT_MS 1000
void loop_show(struct loop *loop, struct heartbeat *heartbeat);

/* Fibers started and not yet ended. */
size_t loop_fibers(const struct loop *loop);

/*
 * Start a fiber: fn(arg) runs when the loop next turns. From a fiber of the
 * same loop or from outside. NF_SYSTEM when there is no memory for a stack.
 */
int fiber_start(struct loop *loop, fiber_fn *fn, void *arg,
		struct nf_error *err);

/*
 * Wait until something can go on, at most until deadline_ms (monotonic), and
 * run every fiber that can. Returns 0, or -1 with NF_SYSTEM when epoll itself
 * fails. Not from a fiber. The thread's clock is watched from here on, also
 * afterwards: see deadline_clock_unwatch().
 */
int loop_step(struct loop *loop, int64_t deadline_ms, struct nf_error *err);

/* When loop_step() is due though no descriptor is ready: monotonic ms, 0 for
 * now. And a descriptor that polls readable when one is. */
int64_t loop_due_ms(const struct loop *loop);
int loop_fd(const struct loop *loop);

/* Turn until no fiber is left. Errors as loop_step(). */
int loop_run(struct loop *loop, struct nf_error *err);

/* The fiber that runs, NULL outside of one. */
struct fiber *fiber_self(void);

/* Tell, in a child of fork(), that no loop of the parent's runs here. */
void fiber_forked(void);

/*
 * Limit a fiber's life: from limit_ms on its waits fail. NO_DEADLINE takes the
 * limit off. Returns the limit that it had.
 */
int64_t fiber_limit(struct fiber *fiber, int64_t limit_ms);

/* Let every wait of a fiber fail, the present one and those to come. */
void fiber_cancel(struct fiber *fiber);

/* ---- on a fiber ---- */

/*
 * Wait until fd is ready for one of directions (WAIT_IN, WAIT_OUT; an error or
 * a hang-up counts as ready). Returns 1 then, 0 when deadline_ms (monotonic)
 * passed and one more look at fd found nothing, -1 with errno when fd cannot be
 * waited for, ECANCELED when the fiber's limit has passed or it was cancelled.
 * As with poll(2), a read may still say EAGAIN after 1: wait again. Closing fd
 * needs no word to the loop. Only one fiber may wait for a descriptor at a
 * time.
 */
int wait_io(int fd, unsigned directions, int64_t deadline_ms);

/* 0, or -1 with ECANCELED. */
int sleep_until(int64_t deadline_ms);

/*
 * Make the running fiber urgent until it has held its thread for spent_us in
 * all, microseconds; 0: no longer. Urgent fibers run before the others, and the
 * earliest started of them first: what takes many turns is soon done for one
 * after another, not for all at the end. While urgent fibers are ready, the
 * others have a fifth of the time.
 */
void fiber_prioritise(int64_t spent_us);

/* Tag the running fiber for loop_show(). */
void fiber_tag(uint32_t tag);

/* Microseconds that the running fiber has held its thread so far. */
int64_t fiber_spent_us(void);

/* Wait for fiber_wake(): 1 when woken, 0 when deadline_ms passed, -1 with
 * ECANCELED. */
int fiber_park(int64_t deadline_ms);

/* Let a parked fiber go on; no effect on one that waits for something else. */
void fiber_wake(struct fiber *fiber);

#endif
