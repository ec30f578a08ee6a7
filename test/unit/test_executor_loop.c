/* The executor in a caller's own loop, and the waits of its tasks. */
#include "netfan.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "unit/rig.h"
#include "unit/waits.h"

static struct nf_error err;

/* ---- a loop of our own */

/* Poll, then step: the calls of step. A hang ends by the test's alarm. */
static unsigned drive(struct nf_executor *executor)
{
	struct pollfd pollfd = {.fd = nf_executor_fd(executor),
				.events = POLLIN};
	unsigned steps = 0;

	while (nf_executor_pending(executor) > 0) {
		assert_int_equal(poll(&pollfd, 1, -1), 1);
		rig_step(executor, 0);
		steps++;
	}
	return steps;
}

static void test_fd_tells_of_all_there_is_to_do(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_tell, 2);
	struct nf_future *futures[200];
	unsigned steps;

	for (size_t round = 0; round < 2; round++) {
		rig_submit_all(executor, futures, 200);
		steps = drive(executor);
		for (size_t i = 0; i < 200; i++) {
			assert_state(futures[i], NF_STATE_DONE);
			nf_future_free(futures[i]);
		}
		/* To hand out, to hear of its begin, of its end. */
		assert_in_range(steps, 1, 200 * 4);
	}
	nf_executor_free(executor);
}

static void test_fd_is_silent_while_tasks_sleep(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_late_first, 2);
	struct nf_future *futures[8];
	unsigned steps;

	rig_submit_all(executor, futures, 8);
	steps = drive(executor);
	print_message("%u steps\n", steps);
	assert_in_range(steps, 1, 100);
	rig_close(executor, futures, 8);
}

/* Beyond the second after which the pool looks for itself. */
static int task_sleep_longer(void *ctx, uint32_t index, struct nf_task_io *out,
			     struct nf_error *error)
{
	if (nf_sleep_until(nf_now_ms() + 1200) == -1)
		return error_set(error, NF_CANCELLED, "cut");
	return task_tell(ctx, index, out, error);
}

static void test_fd_is_silent_for_seconds(const struct shape *shape)
{
	struct nf_executor *executor;
	struct nf_future *future;
	unsigned steps;

	if (rig_is_slow())
		UNIT_SKIP("it would take long here");
	executor = rig_start(shape, task_sleep_longer, 1);
	future = rig_submit(executor, 0);
	steps = drive(executor);
	print_message("%u steps\n", steps);
	assert_in_range(steps, 1, 20);
	assert_done_text(future, "task 0");
	rig_close(executor, &future, 1);
}

static void test_fd_tells_of_a_task_that_is_late(const struct shape *shape)
{
	struct nf_executor_options options =
		rig_options(shape, task_sleep_long, 1);
	struct nf_executor *executor;
	struct nf_future *future;
	unsigned steps;

	options.task_timeout_ms = 100;
	executor = rig_open(&options);
	future = rig_submit(executor, 0);
	steps = drive(executor);
	print_message("%u steps\n", steps);
	assert_failed(future, NF_TIMEOUT, NULL);
	assert_in_range(steps, 1, 30);
	rig_close(executor, &future, 1);
}

static void test_fd_tells_of_the_end_after_terminate(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_late_first, 2);
	struct nf_future *futures[8];

	rig_submit_all(executor, futures, 8);
	rig_step(executor, 0);
	assert_int_equal(nf_executor_shutdown(executor, false, true, &err), 0);
	assert_in_range(drive(executor), 0, 100);
	rig_close(executor, futures, 8);
}

static void
test_fd_is_silent_when_there_is_nothing_to_do(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_tell, 2);
	struct pollfd pollfd = {.fd = nf_executor_fd(executor),
				.events = POLLIN};
	struct nf_future *futures[8];
	unsigned steps = 0;

	rig_submit_all(executor, futures, 8);
	(void)drive(executor);
	/* Workers may have something to say yet, but not for long. */
	while (poll(&pollfd, 1, 50) == 1 && steps++ < 20)
		rig_step(executor, 0);
	assert_in_range(steps, 0, 19);
	rig_close(executor, futures, 8);
}

static void test_fd_tells_of_several_executors_at_once(void **state)
{
	static const int some[] = {SHAPE_SEQUENTIAL, SHAPE_SEQUENTIAL_FIBERS,
				   SHAPE_PROCESS, SHAPE_PROCESS_FIBERS};
	size_t n = shape_can_fork() ? 4 : 2;
	struct nf_executor *executors[4];
	struct pollfd pollfds[4];
	struct nf_future *futures[4][20];
	size_t pending;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		executors[i] = rig_start(&shapes[some[i]], task_late_first, 2);
		pollfds[i].fd = nf_executor_fd(executors[i]);
		pollfds[i].events = POLLIN;
		rig_submit_all(executors[i], futures[i], 20);
	}
	do {
		assert_true(poll(pollfds, n, -1) > 0);
		pending = 0;
		for (size_t i = 0; i < n; i++) {
			if (pollfds[i].revents != 0)
				rig_step(executors[i], 0);
			pending += nf_executor_pending(executors[i]);
		}
	} while (pending > 0);
	for (size_t i = 0; i < n; i++)
		rig_close(executors[i], futures[i], 20);
}

static void test_step_waits_no_longer_than_told(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_wait, 1);
	int64_t start_us;

	waits_longest_ms = 0;
	for (int i = 0; i < 5; i++)
		rig_step(executor, 0);
	start_us = mono_us();
	rig_step(executor, 40);
	rig_step(executor, 40);
	rig_step(executor, 40);
	assert_true(mono_us() - start_us >= 38000);
	assert_in_range(waits_longest_ms, 0, 40);
	nf_executor_free(executor);
}

static void on_signal(int sig)
{
	(void)sig;
}

/* A thousand times a second, and no call is taken up again. */
static void test_signals_disturb_nobody(const struct shape *shape)
{
	const struct itimerspec often = {.it_interval = {.tv_nsec = 1000000},
					 .it_value = {.tv_nsec = 1000000}};
	const struct sigaction handle = {.sa_handler = on_signal};
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
				 .sigev_signo = SIGUSR1};
	struct sigaction before;
	timer_t timer;
	struct nf_executor *executor;
	struct nf_future *futures[10];

	assert_int_equal(sigaction(SIGUSR1, &handle, &before), 0);
	assert_int_equal(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
	assert_int_equal(timer_settime(timer, 0, &often, NULL), 0);
	executor = rig_start(shape, task_brief, 2);
	rig_submit_all(executor, futures, 10);
	rig_finish(executor);
	for (size_t i = 0; i < 10; i++)
		assert_state(futures[i], NF_STATE_DONE);
	rig_close(executor, futures, 10);
	assert_int_equal(timer_delete(timer), 0);
	assert_int_equal(sigaction(SIGUSR1, &before, NULL), 0);
}

/* ---- waits of tasks */

/* What a wait gave, as the task's result: its number, and errno when -1. */
static int tell_wait(struct nf_task_io *out, int rc)
{
	char text[2] = {(char)('0' + rc), 0};

	if (rc != -1)
		return nf_write(out, text, 1);
	return errno == ECANCELED ? nf_write(out, "cancelled", 9)
	       : errno == EBADF   ? nf_write(out, "bad", 3)
				  : nf_write(out, strerror(errno),
					     strlen(strerror(errno)));
}

enum {
	WAIT_READABLE,
	WAIT_NOTHING,
	WAIT_WRITABLE,
	WAIT_FULL,
	WAIT_HANG_UP,
	WAIT_LATE_BYTE,
	WAIT_PAST,
	WAIT_BAD,
	NWAITS
};
static const char *const waited[NWAITS] = {"1", "0", "1", "0",
					   "1", "1", "1", "bad"};

/* Fill it until it would block. */
static void fill(int fd)
{
	static const char bytes[4096];

	while (send(fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		;
}

static int wait_as(uint32_t index, int here, int there, int64_t deadline_ms)
{
	switch (index) {
	case WAIT_READABLE:
	case WAIT_PAST:
		(void)!write(there, "x", 1);
		return nf_wait_io(here, NF_WAIT_IN,
				  index == WAIT_PAST ? 0 : NF_NO_DEADLINE);
	case WAIT_NOTHING:
		return nf_wait_io(here, NF_WAIT_IN, deadline_ms);
	case WAIT_WRITABLE:
		return nf_wait_io(here, NF_WAIT_IN | NF_WAIT_OUT,
				  NF_NO_DEADLINE);
	case WAIT_FULL:
		fill(here);
		return nf_wait_io(here, NF_WAIT_OUT, deadline_ms);
	case WAIT_HANG_UP:
		(void)shutdown(there, SHUT_RDWR);
		return nf_wait_io(here, NF_WAIT_IN, NF_NO_DEADLINE);
	case WAIT_LATE_BYTE:
		if (nf_wait_io(here, NF_WAIT_IN, deadline_ms) != 0)
			return -1;
		(void)!write(there, "x", 1);
		return nf_wait_io(here, NF_WAIT_IN, NF_NO_DEADLINE);
	case WAIT_BAD:
		return nf_wait_io(1000, NF_WAIT_IN, deadline_ms);
	}
	return 9;
}

static int task_wait_io(void *ctx, uint32_t index, struct nf_task_io *out,
			struct nf_error *error)
{
	int fds[2], rc;

	(void)ctx;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == -1)
		return error_sys(error, NF_SYSTEM, "socketpair");
	rc = tell_wait(out, wait_as(index, fds[0], fds[1], nf_now_ms() + 20));
	(void)close(fds[0]);
	(void)close(fds[1]);
	return rc;
}

static void
test_wait_io_tells_the_same_on_fibers_and_stacks(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_wait_io, 1);
	struct nf_future *futures[NWAITS];

	rig_submit_all(executor, futures, NWAITS);
	for (size_t i = 0; i < NWAITS; i++) {
		print_message("wait %zu\n", i);
		assert_done_text(futures[i], waited[i]);
	}
	rig_close(executor, futures, NWAITS);
}

/* Always ready, as poll(2) says; epoll(7) will not have it. */
static int task_wait_file(void *ctx, uint32_t index, struct nf_task_io *out,
			  struct nf_error *error)
{
	char path[] = "/tmp/netfan-test.XXXXXX";
	int fd = mkstemp(path), rc;

	(void)ctx;
	(void)index;
	if (fd == -1)
		return error_sys(error, NF_SYSTEM, "mkstemp");
	(void)unlink(path);
	rc = tell_wait(out, nf_wait_io(fd, NF_WAIT_IN, NF_NO_DEADLINE));
	(void)close(fd);
	return rc;
}

static void test_wait_io_finds_a_file_always_ready(const struct shape *shape)
{
	struct nf_executor *executor = rig_start(shape, task_wait_file, 1);
	struct nf_future *future = rig_submit(executor, 0);

	assert_done_text(future, "1");
	rig_close(executor, &future, 1);
}

static int64_t real_ms(void)
{
	return mono_us() / 1000;
}

/*
 * Sleeps 30 ms; one with an odd index works for 1.2 s before. Busy machines let
 * it oversleep, though not each time.
 */
static int task_sleep_after_work(void *ctx, uint32_t index,
				 struct nf_task_io *out, struct nf_error *error)
{
	int64_t start_ms = real_ms(), slept_ms;

	while (index % 2 == 1 && real_ms() < start_ms + 1200)
		;
	start_ms = real_ms();
	if (nf_sleep_until(nf_now_ms() + 30) == -1)
		return error_set(error, NF_CANCELLED, "cut");
	slept_ms = real_ms() - start_ms;
	if (slept_ms < 29 || slept_ms > 1000)
		return error_set(error,
				 slept_ms < 29 ? NF_PROTOCOL : NF_TIMEOUT,
				 "slept for %lld ms", (long long)slept_ms);
	return task_tell(ctx, index, out, error);
}

/* False when it overslept. */
static bool sleeps_as_told(const struct shape *shape, uint32_t index)
{
	struct nf_executor *executor =
		rig_start(shape, task_sleep_after_work, 1);
	struct nf_future *future = rig_submit(executor, index);
	int rc = nf_future_result(future, -1, NULL, NULL, &err);
	bool overslept = rc == -1 && err.code == NF_TIMEOUT;

	if (!overslept)
		assert_done_text(future, index == 0 ? "task 0" : "task 1");
	rig_close(executor, &future, 1);
	return !overslept;
}

static void try_sleep(const struct shape *shape, uint32_t index)
{
	int tries = TRIAL_TRIES;

	while (!sleeps_as_told(shape, index))
		assert_true(--tries > 0);
}

static void test_sleep_lasts_as_long_as_told(const struct shape *shape)
{
	try_sleep(shape, 0);
}

static void
test_sleep_lasts_as_long_as_told_after_much_work(const struct shape *shape)
{
	if (rig_is_slow())
		UNIT_SKIP("it would take long here");
	try_sleep(shape, 1);
}

/* Waits until all twenty do, in one worker: else for ever. */
static int task_wait_for_all(void *ctx, uint32_t index, struct nf_task_io *out,
			     struct nf_error *error)
{
	(void)trial_begin_running(index);
	while (atomic_load(&trial_shared->running) < 20) {
		if (nf_sleep_until(nf_now_ms() + 5) == -1)
			return error_set(error, NF_CANCELLED, "cut");
	}
	return task_tell(ctx, index, out, error);
}

static void test_fibers_wait_side_by_side(void **state)
{
	const enum nf_mode modes[] = {NF_MODE_PROCESS, NF_MODE_THREAD};

	(void)state;
	for (size_t i = shape_can_fork() ? 0 : 1; i < 2; i++) {
		const struct shape shape = {modes[i], 20};
		struct nf_executor *executor =
			rig_start(&shape, task_wait_for_all, 1);
		struct nf_future *futures[20];

		rig_submit_all(executor, futures, 20);
		rig_finish(executor);
		for (size_t j = 0; j < 20; j++)
			assert_state(futures[j], NF_STATE_DONE);
		rig_close(executor, futures, 20);
	}
}

static const struct CMUnitTest tests[] = {
	FOR_EACH_SHAPE(test_fd_tells_of_all_there_is_to_do),
	FOR_EACH_SHAPE(test_fd_is_silent_while_tasks_sleep),
	FOR_EACH_SHAPE_THAT(shape_has_fibers, test_fd_is_silent_for_seconds),
	FOR_EACH_SHAPE_THAT(shape_can_cut,
			    test_fd_tells_of_a_task_that_is_late),
	FOR_EACH_SHAPE(test_fd_tells_of_the_end_after_terminate),
	FOR_EACH_SHAPE(test_fd_is_silent_when_there_is_nothing_to_do),
	TRIAL_TEST(test_fd_tells_of_several_executors_at_once),
	FOR_EACH_SHAPE(test_step_waits_no_longer_than_told),
	FOR_EACH_SHAPE(test_signals_disturb_nobody),
	FOR_EACH_SHAPE(test_wait_io_tells_the_same_on_fibers_and_stacks),
	FOR_EACH_SHAPE(test_wait_io_finds_a_file_always_ready),
	FOR_EACH_SHAPE(test_sleep_lasts_as_long_as_told),
	FOR_EACH_SHAPE_THAT(shape_has_fibers,
			    test_sleep_lasts_as_long_as_told_after_much_work),
	TRIAL_TEST(test_fibers_wait_side_by_side),
};

UNIT_MAIN(tests)
