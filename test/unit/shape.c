/* Tests that are run in every shape of an executor or a pool. */
#include "unit/shape.h"

#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

const struct shape shapes[NSHAPES] = {
	[SHAPE_PROCESS] = {NF_MODE_PROCESS, 0},
	[SHAPE_PROCESS_FIBERS] = {NF_MODE_PROCESS, 4},
	[SHAPE_THREAD] = {NF_MODE_THREAD, 0},
	[SHAPE_THREAD_FIBERS] = {NF_MODE_THREAD, 4},
	[SHAPE_SEQUENTIAL] = {NF_MODE_SEQUENTIAL, 0},
	[SHAPE_SEQUENTIAL_FIBERS] = {NF_MODE_SEQUENTIAL, 4},
};

bool shape_overlaps(const struct shape *shape)
{
	return shape_has_workers(shape) || shape_has_fibers(shape);
}

bool shape_has_workers(const struct shape *shape)
{
	return shape->mode != NF_MODE_SEQUENTIAL;
}

bool shape_has_fibers(const struct shape *shape)
{
	return shape->fibers > 0;
}

bool shape_can_cut(const struct shape *shape)
{
	return shape_has_fibers(shape) || shape->mode == NF_MODE_PROCESS;
}

bool shape_can_fork(void)
{
	static int can = -1;
	int fd;

	if (can == -1) {
		fd = UNIT_TSAN ? -1 : (int)syscall(SYS_pidfd_open, getpid(), 0);
		can = fd != -1;
		if (can)
			(void)close(fd);
	}
	return can == 1;
}

/* Name it in the log too: a test that hangs or crashes says no more. */
static void begin(const struct shape *shape)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "%s mode, %u fibers",
		       nf_mode_name(shape->mode), shape->fibers);
	print_message("%s\n", name);
	unit_where(name);
}

static bool works(const struct shape *shape)
{
	return shape->mode != NF_MODE_PROCESS || shape_can_fork();
}

void shape_run(void **state)
{
	const struct shape_test *test = *state;
	size_t n = 0;

	for (size_t i = 0; i < NSHAPES; i++) {
		if (!works(&shapes[i]) ||
		    (test->fits != NULL && !test->fits(&shapes[i])))
			continue;
		begin(&shapes[i]);
		test->run(&shapes[i]);
		n++;
	}
	unit_where("");
	if (n == 0)
		UNIT_SKIP("none of its shapes works here");
}
