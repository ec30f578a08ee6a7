/* lib/fiber/fiber.c */
#include "fiber/fiber.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/deadline_clock.h"
#include "unit/loops.h"
#include "unit/unit.h"

#define NEVER_MS 60000 /* past every test's time limit: a hang, if reached */

static int64_t from_now(int64_t ms)
{
	return deadline_clock_ms() + ms;
}

/* ---- start and end ---- */

static void add_one(void *arg)
{
	int *count = arg;

	(*count)++;
}

static void test_fiber_runs_when_the_loop_turns_not_before(void **state)
{
	struct loop *loop = new_loop();
	int count = 0;

	(void)state;
	start(loop, add_one, &count);
	assert_int_equal(count, 0);
	assert_int_equal(loop_fibers(loop), 1);
	step(loop);
	assert_int_equal(count, 1);
	assert_int_equal(loop_fibers(loop), 0);
	loop_free(loop);
}

static void note_self(void *arg)
{
	struct fiber **self = arg;

	*self = fiber_self();
}

static void test_fiber_self_is_null_outside_of_a_fiber(void **state)
{
	struct loop *loop = new_loop();
	struct fiber *self = NULL;

	(void)state;
	assert_null(fiber_self());
	start(loop, note_self, &self);
	run(loop);
	assert_non_null(self);
	assert_null(fiber_self());
	loop_free(loop);
}

struct family {
	struct loop *loop;
	int born;
	int failed;
};

static void start_next(void *arg)
{
	struct family *family = arg;

	if (++family->born < 1000 &&
	    fiber_start(family->loop, start_next, family, NULL) == -1)
		family->failed++;
}

static void test_fiber_may_start_another(void **state)
{
	struct family family = {.loop = new_loop()};

	(void)state;
	start(family.loop, start_next, &family);
	run(family.loop);
	assert_int_equal(family.born, 1000);
	assert_int_equal(family.failed, 0);
	loop_free(family.loop);
}

static void test_fiber_start_says_system_when_no_stack_can_be_had(void **state)
{
	struct nf_error err = {0};
	struct loop *loop = NULL;
	int count = 0;

	(void)state;
	assert_int_equal(loop_new(&loop, (size_t)1 << 56, NULL), 0);
	assert_int_equal(fiber_start(loop, add_one, &count, &err), -1);
	assert_int_equal(err.code, NF_SYSTEM);
	assert_int_equal(err.sys_errno, ENOMEM);
	assert_int_equal(loop_fibers(loop), 0);
	run(loop);
	assert_int_equal(count, 0);
	loop_free(loop);
}

struct sleeper {
	int64_t deadline_ms;
	int64_t woke_ms;
	bool intact;
};

/* Sleeps twice with a stack full of its own bytes. */
static void sleep_twice(void *arg)
{
	struct sleeper *sleeper = arg;
	volatile uint8_t mark[4096];
	uint8_t value = (uint8_t)((uintptr_t)sleeper / sizeof(*sleeper));

	for (size_t i = 0; i < sizeof(mark); i++)
		mark[i] = value;
	sleep_until(0);
	sleep_until(sleeper->deadline_ms);
	sleeper->woke_ms = deadline_clock_ms();
	sleeper->intact = true;
	for (size_t i = 0; i < sizeof(mark); i++)
		sleeper->intact = sleeper->intact && mark[i] == value;
}

static void test_thousands_of_fibers_keep_their_stacks_and_times(void **state)
{
	enum { COUNT = 4000 };
	static struct sleeper sleepers[COUNT];
	struct loop *loop = new_loop();
	int64_t begin = deadline_clock_ms();

	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		sleepers[i].deadline_ms = begin + (int64_t)(i * 7919 % 200);
		start(loop, sleep_twice, &sleepers[i]);
	}
	assert_int_equal(loop_fibers(loop), COUNT);
	run(loop);
	for (size_t i = 0; i < COUNT; i++) {
		assert_true(sleepers[i].intact);
		assert_true(sleepers[i].woke_ms >= sleepers[i].deadline_ms);
	}
	loop_free(loop);
}

static void test_fibers_that_come_and_go_reuse_their_stacks(void **state)
{
	struct loop *loop = new_loop();
	int count = 0;

	(void)state;
	for (int i = 0; i < 500; i++) {
		for (int j = 0; j < 100; j++) /* more than are kept */
			start(loop, add_one, &count);
		step(loop);
		assert_int_equal(loop_fibers(loop), 0);
	}
	assert_int_equal(count, 50000);
	loop_free(loop);
}

/* ---- wait_io ---- */

struct waiter {
	int fd;
	unsigned directions;
	int64_t deadline_ms;
	int result;
	int sys_errno;
	bool done;
};

static void wait_once(void *arg)
{
	struct waiter *waiter = arg;

	errno = 0;
	waiter->result =
		wait_io(waiter->fd, waiter->directions, waiter->deadline_ms);
	waiter->sys_errno = errno;
	waiter->done = true;
}

static int wait_in_loop(int fd, unsigned directions, int64_t deadline_ms)
{
	struct waiter waiter = {fd, directions, deadline_ms, -2, 0, false};
	struct loop *loop = new_loop();

	start(loop, wait_once, &waiter);
	run(loop);
	loop_free(loop);
	errno = waiter.sys_errno;
	return waiter.result;
}

static void test_wait_io_goes_on_when_bytes_arrive(void **state)
{
	struct waiter waiter = {.directions = WAIT_IN};
	struct loop *loop = new_loop();
	int fds[2];

	(void)state;
	open_pipe(fds);
	waiter.fd = fds[0];
	waiter.deadline_ms = NO_DEADLINE;
	start(loop, wait_once, &waiter);
	for (int i = 0; i < 5; i++)
		step(loop);
	assert_false(waiter.done);
	assert_int_equal(write(fds[1], "x", 1), 1);
	step(loop);
	assert_true(waiter.done);
	assert_int_equal(waiter.result, 1);
	loop_free(loop);
	close_pipe(fds);
}

static void test_wait_io_finds_what_is_ready_already(void **state)
{
	int fds[2];

	(void)state;
	open_pipe(fds);
	assert_int_equal(write(fds[1], "x", 1), 1);
	assert_int_equal(wait_in_loop(fds[0], WAIT_IN, from_now(NEVER_MS)), 1);
	assert_int_equal(wait_in_loop(fds[1], WAIT_OUT, from_now(NEVER_MS)), 1);
	/* Even when its deadline is long over. */
	assert_int_equal(wait_in_loop(fds[0], WAIT_IN, 0), 1);
	close_pipe(fds);
}

static void test_wait_io_gives_up_at_its_deadline(void **state)
{
	int64_t deadline_ms = from_now(30);
	int fds[2];

	(void)state;
	open_pipe(fds);
	assert_int_equal(wait_in_loop(fds[0], WAIT_IN, deadline_ms), 0);
	assert_true(deadline_clock_ms() >= deadline_ms);
	assert_int_equal(wait_in_loop(fds[0], WAIT_IN, 0), 0);
	close_pipe(fds);
}

static void test_wait_io_waits_for_its_own_direction_only(void **state)
{
	int fds[2];

	(void)state;
	assert_int_equal(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	assert_int_equal(wait_in_loop(fds[0], WAIT_IN, from_now(10)), 0);
	assert_int_equal(wait_in_loop(fds[0], WAIT_OUT, from_now(NEVER_MS)), 1);
	while (write(fds[0], "0123456789abcdef", 16) > 0)
		;
	assert_int_equal(wait_in_loop(fds[0], WAIT_OUT, from_now(10)), 0);
	assert_int_equal(write(fds[1], "x", 1), 1);
	assert_int_equal(wait_in_loop(fds[0], WAIT_OUT, from_now(10)), 0);
	assert_int_equal(
		wait_in_loop(fds[0], WAIT_IN | WAIT_OUT, from_now(NEVER_MS)),
		1);
	close_pipe(fds);
}

static void test_wait_io_takes_a_hangup_for_ready(void **state)
{
	int fds[2];

	(void)state;
	open_pipe(fds);
	(void)close(fds[1]);
	assert_int_equal(wait_in_loop(fds[0], WAIT_IN, from_now(NEVER_MS)), 1);
	(void)close(fds[0]);

	open_pipe(fds);
	(void)close(fds[0]);
	assert_int_equal(wait_in_loop(fds[1], WAIT_OUT, from_now(NEVER_MS)), 1);
	(void)close(fds[1]);

	assert_int_equal(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	assert_int_equal(shutdown(fds[1], SHUT_WR), 0);
	assert_int_equal(wait_in_loop(fds[0], WAIT_IN, from_now(NEVER_MS)), 1);
	close_pipe(fds);
}

static void test_wait_io_finds_a_file_ready(void **state)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(wait_in_loop(fd, WAIT_IN, from_now(NEVER_MS)), 1);
	(void)close(fd);
}

static void test_wait_io_refuses_what_cannot_be_waited_for(void **state)
{
	(void)state;
	assert_int_equal(wait_in_loop(-1, WAIT_IN, from_now(NEVER_MS)), -1);
	assert_int_equal(errno, EBADF);
}

struct late_writer {
	int fd;
	int64_t at_ms;
};

static void write_at(void *arg)
{
	const struct late_writer *writer = arg;

	sleep_until(writer->at_ms);
	(void)!write(writer->fd, "x", 1);
}

/*
 * Both deadlines pass while the loop is busy elsewhere. The bytes come after
 * the loop asked for events and before the waiter learns of its deadline.
 */
static void test_wait_io_looks_once_more_before_giving_up(void **state)
{
	int64_t soon = from_now(10);
	struct late_writer writer = {.at_ms = soon};
	struct waiter waiter = {.directions = WAIT_IN, .deadline_ms = soon + 1};
	struct loop *loop = new_loop();
	int fds[2];

	(void)state;
	open_pipe(fds);
	writer.fd = fds[1];
	waiter.fd = fds[0];
	start(loop, write_at, &writer);
	start(loop, wait_once, &waiter);
	step(loop);
	(void)poll(NULL, 0, 30);
	step(loop);
	assert_true(waiter.done);
	assert_int_equal(waiter.result, 1);
	loop_free(loop);
	close_pipe(fds);
}

static void test_wait_io_wakes_more_fibers_than_one_look_takes(void **state)
{
	enum { COUNT = 400 };
	static struct waiter waiters[COUNT];
	static int fds[COUNT][2];
	struct rlimit limit;
	struct loop *loop = new_loop();

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	if (limit.rlim_cur < 2 * COUNT + 50)
		UNIT_SKIP("too few descriptors allowed (ulimit -n)");
	for (size_t i = 0; i < COUNT; i++) {
		open_pipe(fds[i]);
		waiters[i] = (struct waiter){fds[i][0], WAIT_IN, NO_DEADLINE,
					     -2,        0,       false};
		start(loop, wait_once, &waiters[i]);
	}
	step(loop);
	for (size_t i = 0; i < COUNT; i++)
		assert_int_equal(write(fds[i][1], "x", 1), 1);
	run(loop);
	for (size_t i = 0; i < COUNT; i++) {
		assert_int_equal(waiters[i].result, 1);
		close_pipe(fds[i]);
	}
	loop_free(loop);
}

struct reuse {
	int fd; /* the number that is waited for throughout */
	int other[2]; /* takes the number over */
	int writer; /* of the first pipe */
	int first, second, third;
};

static void reuse_number(void *arg)
{
	struct reuse *reuse = arg;

	reuse->first = wait_io(reuse->fd, WAIT_IN, from_now(10));
	/* Still armed: this makes an event for the number and this fiber. */
	(void)!write(reuse->writer, "x", 1);
	(void)dup2(reuse->other[0], reuse->fd);
	reuse->second = wait_io(reuse->fd, WAIT_IN, from_now(30));
	(void)!write(reuse->other[1], "x", 1);
	reuse->third = wait_io(reuse->fd, WAIT_IN, from_now(NEVER_MS));
}

static void test_wait_io_ignores_the_event_of_a_closed_namesake(void **state)
{
	struct reuse reuse = {.first = -2, .second = -2, .third = -2};
	struct loop *loop = new_loop();
	int fds[2];

	(void)state;
	open_pipe(fds);
	open_pipe(reuse.other);
	reuse.fd = fds[0];
	reuse.writer = fds[1];
	start(loop, reuse_number, &reuse);
	run(loop);
	assert_int_equal(reuse.first, 0);
	assert_int_equal(reuse.second, 0);
	assert_int_equal(reuse.third, 1);
	loop_free(loop);
	close_pipe(fds);
	close_pipe(reuse.other);
}

/*
 * A fiber ends with its descriptor still armed; the next one gets its slot, and
 * the event comes then.
 */
static void test_an_event_of_an_ended_fiber_wakes_nobody(void **state)
{
	struct waiter ended = {.directions = WAIT_IN}, next = ended;
	struct loop *loop = new_loop();
	int old[2], fds[2];

	(void)state;
	open_pipe(old);
	open_pipe(fds);
	ended.fd = old[0];
	start(loop, wait_once, &ended);
	run(loop);
	assert_int_equal(ended.result, 0);

	next.fd = fds[0];
	next.deadline_ms = from_now(50);
	start(loop, wait_once, &next);
	step(loop);
	assert_int_equal(write(old[1], "x", 1), 1);
	step(loop);
	assert_false(next.done);
	run(loop);
	assert_int_equal(next.result, 0);
	assert_true(deadline_clock_ms() >= next.deadline_ms);
	loop_free(loop);
	close_pipe(old);
	close_pipe(fds);
}

struct reader {
	int fd;
	int turn; /* 0 or 1: odd or even bytes are its own */
	int *next;
	int got;
	int failed;
};

/* Two of these share a descriptor: each waits for every other byte of it. */
static void read_in_turn(void *arg)
{
	struct reader *reader = arg;
	uint8_t byte;

	while (*reader->next < 200) {
		if (*reader->next % 2 != reader->turn) {
			sleep_until(0);
			continue;
		}
		if (wait_io(reader->fd, WAIT_IN, from_now(5000)) != 1 ||
		    read(reader->fd, &byte, 1) != 1 || byte != *reader->next)
			reader->failed++;
		reader->got++;
		(*reader->next)++;
	}
}

struct drip {
	int fd;
	const int *next;
};

/* Writes a byte only when the one before has been read. */
static void write_in_turn(void *arg)
{
	const struct drip *drip = arg;

	for (int i = 0; i < 200; i++) {
		uint8_t byte = (uint8_t)i;

		while (*drip->next < i)
			sleep_until(0);
		sleep_until(0);
		(void)!write(drip->fd, &byte, 1);
	}
}

static void test_fibers_may_wait_for_one_descriptor_in_turn(void **state)
{
	struct loop *loop = new_loop();
	int fds[2], next = 0;
	struct reader even = {.turn = 0, .next = &next};
	struct reader odd = {.turn = 1, .next = &next};
	struct drip drip = {.next = &next};

	(void)state;
	open_pipe(fds);
	even.fd = odd.fd = fds[0];
	drip.fd = fds[1];
	start(loop, read_in_turn, &odd);
	start(loop, read_in_turn, &even);
	start(loop, write_in_turn, &drip);
	run(loop);
	assert_int_equal(even.got, 100);
	assert_int_equal(odd.got, 100);
	assert_int_equal(even.failed + odd.failed, 0);
	loop_free(loop);
	close_pipe(fds);
}

struct player {
	int in, out;
	int rounds;
	int failed;
};

static void pass_on(void *arg)
{
	struct player *player = arg;
	uint32_t ball;

	for (int i = 0; i < player->rounds; i++) {
		if (wait_io(player->in, WAIT_IN, from_now(5000)) != 1 ||
		    read(player->in, &ball, sizeof(ball)) != sizeof(ball)) {
			player->failed++;
			return;
		}
		ball++;
		if (wait_io(player->out, WAIT_OUT, from_now(5000)) != 1 ||
		    write(player->out, &ball, sizeof(ball)) != sizeof(ball)) {
			player->failed++;
			return;
		}
	}
}

static void test_two_fibers_play_ping_pong_over_pipes(void **state)
{
	enum { ROUNDS = 5000 };
	struct player ping = {.rounds = ROUNDS}, pong = ping;
	struct loop *loop = new_loop();
	int there[2], back[2];
	uint32_t ball = 0;

	(void)state;
	open_pipe(there);
	open_pipe(back);
	ping.in = back[0];
	ping.out = there[1];
	pong.in = there[0];
	pong.out = back[1];
	start(loop, pass_on, &ping);
	start(loop, pass_on, &pong);
	assert_int_equal(write(back[1], &ball, sizeof(ball)), sizeof(ball));
	run(loop);
	assert_int_equal(ping.failed + pong.failed, 0);
	assert_int_equal(read(back[0], &ball, sizeof(ball)), sizeof(ball));
	assert_int_equal(ball, 2 * ROUNDS);
	loop_free(loop);
	close_pipe(there);
	close_pipe(back);
}

/* ---- sleep, park, wake ---- */

struct diary {
	int order[8];
	int len;
};

struct entry {
	struct diary *diary;
	int64_t deadline_ms;
	int name;
};

static void sleep_and_note(void *arg)
{
	const struct entry *entry = arg;

	sleep_until(entry->deadline_ms);
	entry->diary->order[entry->diary->len++] = entry->name;
}

static void test_sleepers_wake_in_the_order_of_their_deadlines(void **state)
{
	static const int delays[] = {30, 10, 40, 0, 20};
	static const int wanted[] = {3, 1, 4, 0, 2};
	struct diary diary = {0};
	struct entry entries[5];
	struct loop *loop = new_loop();
	int64_t now = deadline_clock_ms();

	(void)state;
	for (int i = 0; i < 5; i++) {
		entries[i] = (struct entry){&diary, now + delays[i], i};
		start(loop, sleep_and_note, &entries[i]);
	}
	step(loop);
	(void)poll(NULL, 0, 50); /* all are late now, and still in order */
	run(loop);
	assert_int_equal(diary.len, 5);
	assert_memory_equal(diary.order, wanted, sizeof(wanted));
	loop_free(loop);
}

struct parker {
	struct fiber *self;
	int64_t deadline_ms;
	int result;
	bool done;
};

static void park_once(void *arg)
{
	struct parker *parker = arg;

	parker->self = fiber_self();
	parker->result = fiber_park(parker->deadline_ms);
	parker->done = true;
}

static void test_fiber_park_ends_by_wake(void **state)
{
	struct parker parker = {.deadline_ms = NO_DEADLINE, .result = -2};
	struct loop *loop = new_loop();

	(void)state;
	start(loop, park_once, &parker);
	step(loop);
	assert_false(parker.done);
	fiber_wake(parker.self);
	fiber_wake(parker.self); /* twice is once */
	step(loop);
	assert_true(parker.done);
	assert_int_equal(parker.result, 1);
	assert_int_equal(loop_fibers(loop), 0);
	loop_free(loop);
}

static void test_fiber_park_ends_by_its_deadline(void **state)
{
	struct parker parker = {.deadline_ms = from_now(20), .result = -2};
	struct loop *loop = new_loop();

	(void)state;
	start(loop, park_once, &parker);
	run(loop);
	assert_int_equal(parker.result, 0);
	assert_true(deadline_clock_ms() >= parker.deadline_ms);
	loop_free(loop);
}

static void wake_other(void *arg)
{
	const struct parker *parker = arg;

	fiber_wake(parker->self);
}

static void test_fiber_wake_from_another_fiber_of_the_loop(void **state)
{
	struct parker parker = {.deadline_ms = from_now(NEVER_MS)};
	struct loop *loop = new_loop();

	(void)state;
	start(loop, park_once, &parker);
	start(loop, wake_other, &parker);
	run(loop);
	assert_int_equal(parker.result, 1);
	loop_free(loop);
}

static void park_after_work(void *arg)
{
	struct parker *parker = arg;

	parker->self = fiber_self();
	sleep_until(from_now(20));
	parker->result = fiber_park(parker->deadline_ms);
	parker->done = true;
}

static void test_fiber_wake_of_one_not_parked_has_no_effect(void **state)
{
	struct parker parker = {.result = -2};
	struct loop *loop = new_loop();
	int64_t begin = deadline_clock_ms();

	(void)state;
	parker.deadline_ms = begin + 40;
	start(loop, park_after_work, &parker);
	step(loop);
	fiber_wake(parker.self); /* it sleeps: neither woken nor remembered */
	step(loop);
	assert_false(parker.done);
	run(loop);
	assert_int_equal(parker.result, 0);
	assert_true(deadline_clock_ms() >= begin + 40);
	loop_free(loop);
}

static void note_and_wait(void *arg)
{
	struct parker *parker = arg;

	parker->self = fiber_self();
	sleep_until(parker->deadline_ms);
	parker->done = true;
}

static void park_then_sleep(void *arg)
{
	struct parker *parker = arg;

	park_once(parker);
	parker->done = false;
	parker->deadline_ms = from_now(20);
	note_and_wait(parker);
}

static void test_fiber_once_parked_is_not_woken_from_a_later_sleep(void **state)
{
	struct parker parker = {.deadline_ms = NO_DEADLINE};
	struct loop *loop = new_loop();

	(void)state;
	start(loop, park_then_sleep, &parker);
	step(loop);
	fiber_wake(parker.self);
	step(loop);
	fiber_wake(parker.self);
	assert_int_equal(loop_due_ms(loop), parker.deadline_ms);
	run(loop);
	assert_true(deadline_clock_ms() >= parker.deadline_ms);
	loop_free(loop);
}

/* ---- the loop ---- */

static void test_loop_step_returns_at_its_deadline(void **state)
{
	struct parker parker = {.deadline_ms = from_now(NEVER_MS)};
	struct loop *loop = new_loop();
	int64_t deadline_ms = from_now(20);

	(void)state;
	assert_int_equal(loop_step(loop, deadline_ms, NULL), 0);
	assert_true(deadline_clock_ms() >= deadline_ms);

	start(loop, park_once, &parker);
	step(loop);
	deadline_ms = from_now(20);
	assert_int_equal(loop_step(loop, deadline_ms, NULL), 0);
	assert_true(deadline_clock_ms() >= deadline_ms);
	assert_false(parker.done);
	loop_free(loop);
}

struct busy {
	long turns;
	bool stop;
};

static void keep_busy(void *arg)
{
	struct busy *busy = arg;

	while (!busy->stop) {
		busy->turns++;
		sleep_until(0);
	}
}

static void test_busy_fibers_starve_nobody(void **state)
{
	struct busy busy = {0};
	struct waiter waiter = {.directions = WAIT_IN};
	struct loop *loop = new_loop();
	int fds[2];

	(void)state;
	open_pipe(fds);
	waiter.fd = fds[0];
	waiter.deadline_ms = from_now(NEVER_MS);
	for (int i = 0; i < 10; i++)
		start(loop, keep_busy, &busy);
	start(loop, wait_once, &waiter);
	for (int i = 0; i < 100; i++)
		step(loop);
	assert_in_range(busy.turns, 500, 1000); /* at most one a fiber a step */
	assert_int_equal(write(fds[1], "x", 1), 1);
	step(loop);
	assert_true(waiter.done);
	busy.stop = true;
	run(loop);
	loop_free(loop);
	close_pipe(fds);
}

static void on_alarm(int signo)
{
	(void)signo;
}

static void test_loop_step_survives_a_signal(void **state)
{
	struct sigaction action = {.sa_handler = on_alarm};
	struct itimerval timer = {.it_value = {.tv_usec = 10000},
				  .it_interval = {.tv_usec = 10000}};
	struct parker parker = {.deadline_ms = from_now(60), .result = -2};
	struct loop *loop = new_loop();

	(void)state;
	assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &timer, NULL), 0);
	start(loop, park_once, &parker);
	run(loop);
	timer = (struct itimerval){0};
	assert_int_equal(setitimer(ITIMER_REAL, &timer, NULL), 0);
	assert_int_equal(parker.result, 0);
	assert_true(deadline_clock_ms() >= parker.deadline_ms);
	loop_free(loop);
}

/* Whatever they wait for; under ASan this is also a test for leaks. */
static void test_loop_free_drops_fibers_that_wait(void **state)
{
	struct parker parker = {.deadline_ms = NO_DEADLINE};
	struct parker late = {.deadline_ms = from_now(NEVER_MS)};
	struct sleeper sleeper = {.deadline_ms = from_now(NEVER_MS)};
	struct waiter waiter = {.directions = WAIT_IN};
	int fds[2], count = 0;

	(void)state;
	open_pipe(fds);
	waiter.fd = fds[0];
	waiter.deadline_ms = NO_DEADLINE;
	/* Over and over: the next stacks may lie where the last ones lay. */
	for (int i = 0; i < 50; i++) {
		struct loop *loop = new_loop();

		start(loop, park_once, &parker);
		start(loop, park_once, &late);
		start(loop, sleep_twice, &sleeper);
		start(loop, wait_once, &waiter);
		step(loop);
		step(loop);
		start(loop, add_one, &count); /* never gets its turn */
		loop_free(loop);
	}
	loop_free(NULL);
	assert_false(parker.done || late.done || waiter.done);
	assert_int_equal(count, 0);
	close_pipe(fds);
}

/* ---- the guard page ---- */

static size_t overrun(size_t depth)
{
	volatile uint8_t frame[1024];

	frame[0] = (uint8_t)depth;
	if (depth == 0)
		return 0;
	return overrun(depth - 1) + frame[0];
}

static void dig(void *arg)
{
	size_t *depth = arg;

	*depth = overrun(*depth);
}

/* How a child ends whose fiber uses so many KiB of its stack. */
static int status_of_digger(size_t kib)
{
	struct rlimit no_core = {0, 0};
	struct loop *loop = NULL;
	int status = 0;
	pid_t pid = fork();

	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		(void)signal(SIGSEGV, SIG_DFL); /* cmocka's would carry on */
		(void)setrlimit(RLIMIT_CORE, &no_core);
		if (loop_new(&loop, FIBER_STACK, NULL) == -1 ||
		    fiber_start(loop, dig, &kib, NULL) == -1 ||
		    loop_run(loop, NULL) == -1)
			_exit(1);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void test_a_fiber_that_overruns_its_stack_dies_at_the_guard(void **state)
{
	int status;

	(void)state;
	if (UNIT_ASAN || UNIT_TSAN)
		UNIT_SKIP("the sanitizer has frames and handlers of its own");
	status = status_of_digger(FIBER_STACK / 1024 / 2);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	status = status_of_digger(FIBER_STACK / 1024 + 1);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSEGV);
}

static struct heartbeat shown;

static void note_shown(void *arg)
{
	uint32_t *seen = arg;

	seen[0] = atomic_load(&shown.running); /* before it has a tag */
	fiber_tag(42);
	seen[1] = atomic_load(&shown.running);
	sleep_until(deadline_clock_ms() + 5);
	seen[2] = atomic_load(&shown.running);
}

static void test_loop_shows_which_fiber_runs(void **state)
{
	struct loop *loop = NULL;
	uint32_t one[3], two[3];

	(void)state;
	assert_int_equal(loop_new(&loop, FIBER_STACK, NULL), 0);
	loop_show(loop, &shown);
	assert_int_equal(fiber_start(loop, note_shown, one, NULL), 0);
	assert_int_equal(loop_step(loop, NO_DEADLINE, NULL), 0);
	assert_int_equal(atomic_load(&shown.running), 0); /* it waits */
	assert_int_equal(loop_run(loop, NULL), 0);
	/* The same stack again, without the tag of the one before. */
	assert_int_equal(fiber_start(loop, note_shown, two, NULL), 0);
	assert_int_equal(loop_run(loop, NULL), 0);
	assert_int_equal(one[0], 0);
	assert_int_equal(one[1], 42);
	assert_int_equal(one[2], 42);
	assert_int_equal(two[0], 0);
	loop_free(loop);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_loop_shows_which_fiber_runs),
	cmocka_unit_test(test_fiber_runs_when_the_loop_turns_not_before),
	cmocka_unit_test(test_fiber_self_is_null_outside_of_a_fiber),
	cmocka_unit_test(test_fiber_may_start_another),
	cmocka_unit_test(test_fiber_start_says_system_when_no_stack_can_be_had),
	cmocka_unit_test(test_thousands_of_fibers_keep_their_stacks_and_times),
	cmocka_unit_test(test_fibers_that_come_and_go_reuse_their_stacks),
	cmocka_unit_test(test_wait_io_goes_on_when_bytes_arrive),
	cmocka_unit_test(test_wait_io_finds_what_is_ready_already),
	cmocka_unit_test(test_wait_io_gives_up_at_its_deadline),
	cmocka_unit_test(test_wait_io_waits_for_its_own_direction_only),
	cmocka_unit_test(test_wait_io_takes_a_hangup_for_ready),
	cmocka_unit_test(test_wait_io_finds_a_file_ready),
	cmocka_unit_test(test_wait_io_refuses_what_cannot_be_waited_for),
	cmocka_unit_test(test_wait_io_looks_once_more_before_giving_up),
	cmocka_unit_test(test_wait_io_wakes_more_fibers_than_one_look_takes),
	cmocka_unit_test(test_wait_io_ignores_the_event_of_a_closed_namesake),
	cmocka_unit_test(test_an_event_of_an_ended_fiber_wakes_nobody),
	cmocka_unit_test(test_fibers_may_wait_for_one_descriptor_in_turn),
	cmocka_unit_test(test_two_fibers_play_ping_pong_over_pipes),
	cmocka_unit_test(test_sleepers_wake_in_the_order_of_their_deadlines),
	cmocka_unit_test(test_fiber_park_ends_by_wake),
	cmocka_unit_test(test_fiber_park_ends_by_its_deadline),
	cmocka_unit_test(test_fiber_wake_from_another_fiber_of_the_loop),
	cmocka_unit_test(test_fiber_wake_of_one_not_parked_has_no_effect),
	cmocka_unit_test(
		test_fiber_once_parked_is_not_woken_from_a_later_sleep),
	cmocka_unit_test(test_loop_step_returns_at_its_deadline),
	cmocka_unit_test(test_busy_fibers_starve_nobody),
	cmocka_unit_test(test_loop_step_survives_a_signal),
	cmocka_unit_test(test_loop_free_drops_fibers_that_wait),
	cmocka_unit_test(
		test_a_fiber_that_overruns_its_stack_dies_at_the_guard),
};

UNIT_MAIN(tests)
