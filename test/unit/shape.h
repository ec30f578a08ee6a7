/*
 * Shapes of an executor or a pool: a mode, on ordinary stacks or with fibers.
 * What holds for one shape holds for all, so most tests are run in each.
 */
#ifndef NETFAN_TEST_SHAPE_H
#define NETFAN_TEST_SHAPE_H

#include <stdbool.h>

#include "netfan.h"
#include "unit/trial.h"

struct shape {
	enum nf_mode mode;
	unsigned fibers;
};

enum {
	SHAPE_PROCESS,
	SHAPE_PROCESS_FIBERS,
	SHAPE_THREAD,
	SHAPE_THREAD_FIBERS,
	SHAPE_SEQUENTIAL,
	SHAPE_SEQUENTIAL_FIBERS,
	NSHAPES
};

extern const struct shape shapes[NSHAPES];

/* Tasks run while the caller does something else. */
bool shape_overlaps(const struct shape *shape);

/* Tasks run in workers of their own, not in the steps of the caller. */
bool shape_has_workers(const struct shape *shape);

bool shape_has_fibers(const struct shape *shape);

/* A task that sleeps can be ended: not in a thread, on a stack of its own. */
bool shape_can_cut(const struct shape *shape);

/* Processes work here: TSan has a thread of its own, and an old valgrind does
 * not know of pidfds. */
bool shape_can_fork(void);

/* ---- one test that is run in each shape, one after the other */

struct shape_test {
	void (*run)(const struct shape *shape);
	bool (*fits)(const struct shape *shape); /* NULL: every shape does */
};

/*
 * An element of the tests of UNIT_MAIN. The function finds its shape in its
 * argument and may return at any time; a failure names the shape. Shapes in
 * which nothing works here are left out.
 *
 *   static void test_x(const struct shape *shape);
 *
 *   FOR_EACH_SHAPE(test_x),
 *   FOR_EACH_SHAPE_THAT(shape_overlaps, test_y),
 */
#define FOR_EACH_SHAPE(test) FOR_EACH_SHAPE_THAT(NULL, test)
#define FOR_EACH_SHAPE_THAT(fits, test)                                        \
	{                                                                      \
#test, shape_run, trial_setup, trial_teardown,                 \
			SHAPE_CASE(test, fits)                                 \
	}

/* The parts of both. */
#define SHAPE_CASE(test, fits) (&(struct shape_test){test, fits})
void shape_run(void **state);

/* ---- a test for each shape, which is its *state: for what takes long */

#define SHAPE_TEST(test, shape, name)                                          \
	{                                                                      \
#test name, test, trial_setup, trial_teardown,                 \
			(void *)(uintptr_t)&shapes[shape]                      \
	}
#define SHAPE_TESTS_PROCESS(test)                                              \
	SHAPE_TEST(test, SHAPE_PROCESS, "_in_processes"),                      \
		SHAPE_TEST(test, SHAPE_PROCESS_FIBERS,                         \
			   "_on_fibers_in_processes")
#define SHAPE_TESTS_THREAD(test)                                               \
	SHAPE_TEST(test, SHAPE_THREAD, "_in_threads"),                         \
		SHAPE_TEST(test, SHAPE_THREAD_FIBERS, "_on_fibers_in_threads")
#define SHAPE_TESTS_WORKERS(test)                                              \
	SHAPE_TESTS_PROCESS(test), SHAPE_TESTS_THREAD(test)
#define SHAPE_TESTS_OVERLAP(test)                                              \
	SHAPE_TESTS_WORKERS(test), SHAPE_TEST(test, SHAPE_SEQUENTIAL_FIBERS,   \
					      "_on_fibers_in_sequence")
#define SHAPE_TESTS_FIBERS(test)                                               \
	SHAPE_TEST(test, SHAPE_PROCESS_FIBERS, "_in_processes"),               \
		SHAPE_TEST(test, SHAPE_THREAD_FIBERS, "_in_threads"),          \
		SHAPE_TEST(test, SHAPE_SEQUENTIAL_FIBERS, "_in_sequence")
#define SHAPE_TESTS(test)                                                      \
	SHAPE_TESTS_OVERLAP(test),                                             \
		SHAPE_TEST(test, SHAPE_SEQUENTIAL, "_in_sequence")

#endif
