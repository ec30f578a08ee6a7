/*
 * Fibers: straight-line code over non-blocking descriptors. A loop runs on one
 * thread and holds any number of fibers; a fiber gives way only in the waiting
 * functions below, so nothing between two of them needs a lock. A fiber takes
 * two mappings: vm.max_map_count (65530) allows about 32,000 a process.
 *
 * On a fiber, call nothing that blocks or that needs a deep stack: no name
 * look-up, no stdio. errno means nothing after a wait, but where one fails.
 */
#ifndef NETFAN_FIBER_FIBER_H
#define NETFAN_FIBER_FIBER_H

#include "netfan.h"

struct loop;
struct fiber;

typedef void fiber_fn(void *arg);

#define WAIT_IN 1u
#define WAIT_OUT 2u

/* Bytes of stack a session needs with room to spare: painted at 14 KiB. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define FIBER_STACK ((size_t)256 * 1024)
#else
#define FIBER_STACK ((size_t)64 * 1024)
#endif

/* Make a loop whose fibers get stack_size bytes each, a guard page below. */
int loop_new(struct loop **out, size_t stack_size, struct nf_error *err);

/* Free a loop. Fibers that still wait are dropped where they stand. */
void loop_free(struct loop *loop);

/*
 * Say in *where, from now on, which fiber runs: its tag, 0 between two. Whoever
 * shares that memory can tell which one a crash happened in.
 */
void loop_show(struct loop *loop, _Atomic uint32_t *where);

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
 * run every fiber that can. Returns 0, or -1 when epoll itself fails. Not from
 * a fiber.
 */
int loop_step(struct loop *loop, int64_t deadline_ms, struct nf_error *err);

/* Turn until no fiber is left. */
int loop_run(struct loop *loop, struct nf_error *err);

/* The fiber that runs, NULL outside of one. */
struct fiber *fiber_self(void);

/* ---- on a fiber ---- */

/*
 * Wait until fd is ready for one of directions (WAIT_IN, WAIT_OUT; an error or
 * a hang-up counts as ready). Returns 1 then, 0 when deadline_ms (monotonic)
 * passed and one more look at fd found nothing, -1 with errno when fd cannot
 * be waited for. As with poll(2), a read may still say EAGAIN after 1: wait
 * again. Closing fd needs no word to the loop. Only one fiber may wait for a
 * descriptor at a time.
 */
int wait_io(int fd, unsigned directions, int64_t deadline_ms);

void sleep_until(int64_t deadline_ms);

/* Tag the running fiber for loop_show(). */
void fiber_tag(uint32_t tag);

/* Wait for fiber_wake(): 1 when woken, 0 when deadline_ms passed. */
int fiber_park(int64_t deadline_ms);

/* Let a parked fiber go on; no effect on one that waits for something else. */
void fiber_wake(struct fiber *fiber);

#endif
