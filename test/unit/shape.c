/* Tests that are run in every shape of an executor or a pool. */
#include "unit/shape.h"

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

const struct shape *shape_next(const struct shape *before)
{
	const struct shape *shape = before == NULL ? shapes : before + 1;

	while (!shape_can_fork() && shape < shapes + NSHAPES &&
	       shape->mode == NF_MODE_PROCESS)
		shape++;
	if (shape == shapes + NSHAPES)
		return NULL;
	print_message("%s mode, %u fibers\n", nf_mode_name(shape->mode),
		      shape->fibers);
	return shape;
}
