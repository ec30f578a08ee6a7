/* A loop and its fibers, where a failure ends the test. */
#ifndef NETFAN_UNIT_LOOPS_H
#define NETFAN_UNIT_LOOPS_H

#include "fiber/fiber.h"
#include "unit/unit.h"

/*
 * Nothing is asserted on a fiber: a failing assertion jumps to the test's
 * frame, away from a stack that the loop believes to be running. Fibers note
 * what they saw, and the test asserts on its own stack.
 */

static inline struct loop *new_loop(void)
{
	struct loop *loop = NULL;

	assert_int_equal(loop_new(&loop, FIBER_STACK, NULL), 0);
	return loop;
}

static inline void start(struct loop *loop, fiber_fn *fn, void *arg)
{
	assert_int_equal(fiber_start(loop, fn, arg, NULL), 0);
}

static inline void step(struct loop *loop)
{
	assert_int_equal(loop_step(loop, 0, NULL), 0);
}

/* Until no fiber is left. */
static inline void run(struct loop *loop)
{
	assert_int_equal(loop_run(loop, NULL), 0);
	assert_int_equal(loop_fibers(loop), 0);
}

#endif
