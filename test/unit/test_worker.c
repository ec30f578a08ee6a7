/* lib/worker/worker.c: tickets in, frames out, in this very process. */
#include "worker/worker.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/deadline_clock.h"
#include "base/error.h"
#include "base/wire.h"
#include "unit/vclock.h"
#include "worker/frame.h"
#include "worker/ticket.h"

#define PIPE_SIZE (1 << 20) /* nobody reads while it runs: all must fit */

/* A worker and the ends that a pool would have. */
struct bench {
	struct worker_options options;
	int tickets_fd; /* -1 once closed */
	int frames_fd;
	struct buf frames;
	struct frame_parser parser;
	size_t at;
};

static struct bench *bench_new(nf_task_fn *run, unsigned fibers)
{
	struct bench *bench = calloc(1, sizeof(*bench));
	int task[2], result[2];

	assert_non_null(bench);
	open_pipe(task);
	open_pipe(result);
	assert_true(fcntl(result[1], F_SETPIPE_SZ, PIPE_SIZE) > 0);
	bench->tickets_fd = task[1];
	bench->frames_fd = result[0];
	bench->options = (struct worker_options){.task_fd = task[0],
						 .result_fd = result[1],
						 .most = 100,
						 .fibers = fibers,
						 .stack_size = FIBER_STACK,
						 .run = run,
						 .ctx = bench};
	buf_init(&bench->frames, PIPE_SIZE);
	return bench;
}

static void bench_free(struct bench *bench)
{
	(void)close(bench->options.task_fd);
	(void)close(bench->options.result_fd);
	(void)close(bench->frames_fd);
	if (bench->tickets_fd != -1)
		(void)close(bench->tickets_fd);
	buf_release(&bench->frames);
	free(bench);
}

static void give(struct bench *bench, uint32_t number, uint32_t index)
{
	struct buf ticket;

	buf_init(&ticket, TICKET_HEADER);
	assert_int_equal(ticket_put(&ticket, number, index, NULL, 0), 0);
	assert_int_equal(write(bench->tickets_fd, ticket.data, ticket.len),
			 ticket.len);
	buf_release(&ticket);
}

static void no_more(struct bench *bench)
{
	(void)close(bench->tickets_fd);
	bench->tickets_fd = -1;
}

static void read_frames(struct bench *bench)
{
	static uint8_t bytes[PIPE_SIZE];
	ssize_t n;

	while ((n = read(bench->frames_fd, bytes, sizeof(bytes))) > 0)
		assert_int_equal(buf_append(&bench->frames, bytes, (size_t)n),
				 0);
}

/* Run it until all that was given is done. */
static void run(struct bench *bench)
{
	struct nf_error err = {0};

	no_more(bench);
	if (worker_run(&bench->options, &err) == -1)
		fail_msg("%s", err.message);
	read_frames(bench);
}

/* The next frame; its payload lasts until the next call. */
static struct frame next(struct bench *bench)
{
	struct frame frame = {0};
	size_t used;

	assert_int_equal(frame_parser_feed(&bench->parser,
					   bench->frames.data + bench->at,
					   bench->frames.len - bench->at, &used,
					   &frame, NULL),
			 1);
	bench->at += used;
	return frame;
}

static void assert_next(struct bench *bench, enum frame_type type,
			uint32_t ticket, uint32_t len)
{
	struct frame frame = next(bench);

	if (frame.type != type || frame.ticket != ticket || frame.len != len)
		fail_msg("frame of type %d, ticket %u, %u bytes; not type %d, "
			 "ticket %u, %u bytes",
			 (int)frame.type, frame.ticket, frame.len, (int)type,
			 ticket, len);
}

static void assert_end(struct bench *bench)
{
	assert_int_equal(bench->at, bench->frames.len);
	bench_free(bench);
}

/* ---- tasks ---- */

static int send_text(struct nf_task_io *out, const char *text)
{
	struct iovec part = {(void *)(uintptr_t)text, strlen(text)};
	int64_t waited_ms = 0;

	return task_io_send(out, &part, 1, &waited_ms);
}

/* Sends "hello"; odd ones fail. */
static int task_hello(void *ctx, uint32_t index, struct nf_task_io *out,
		      struct nf_error *err)
{
	(void)ctx;
	(void)send_text(out, "hello");
	return index % 2 == 0 ? 0 : error_set(err, NF_INVALID, "odd");
}

/* ---- what it says ---- */

static void test_a_worker_without_tickets_says_hello_and_ends(void **state)
{
	(void)state;
	for (unsigned fibers = 0; fibers < 2; fibers++) {
		struct bench *bench = bench_new(task_hello, fibers);

		run(bench);
		assert_next(bench, FRAME_HELLO, 0, 0);
		assert_end(bench);
	}
}

static void test_a_task_is_hello_started_data_done(void **state)
{
	(void)state;
	for (unsigned fibers = 0; fibers < 2; fibers++) {
		struct bench *bench = bench_new(task_hello, fibers);
		int64_t now = real_us(), when;
		struct frame frame;

		give(bench, 77, 2);
		run(bench);
		assert_next(bench, FRAME_HELLO, 0, 0);
		frame = next(bench);
		assert_int_equal(frame.type, FRAME_STARTED);
		assert_int_equal(frame.ticket, 77);
		assert_int_equal(frame.len, 8);
		when = (int64_t)wire_u64(frame.payload);
		assert_true(when >= now && when <= real_us());
		assert_next(bench, FRAME_DATA, 77, 5);
		assert_next(bench, FRAME_DONE, 77, 0);
		assert_end(bench);
	}
}

static void test_the_done_of_a_failed_task_carries_its_error(void **state)
{
	struct bench *bench = bench_new(task_hello, 1);
	struct nf_error err = {0};
	struct frame frame;

	(void)state;
	give(bench, 1, 3);
	run(bench);
	assert_next(bench, FRAME_HELLO, 0, 0);
	assert_next(bench, FRAME_STARTED, 1, 8);
	assert_next(bench, FRAME_DATA, 1, 5);
	frame = next(bench);
	assert_int_equal(frame.type, FRAME_DONE);
	assert_int_equal(error_decode(&err, frame.payload, frame.len), 0);
	assert_int_equal(err.code, NF_INVALID);
	assert_string_equal(err.message, "odd");
	assert_end(bench);
}

static int task_ready(void *ctx, uint32_t index, struct nf_task_io *out,
		      struct nf_error *err)
{
	int64_t waited_ms = 0;

	(void)ctx;
	(void)index;
	(void)err;
	vclock_work(5);
	(void)sleep_until(deadline_clock_ms() + 200);
	return task_io_ready(out, &waited_ms);
}

static void test_ready_tells_what_the_start_held_the_worker(void **state)
{
	struct bench *bench = bench_new(task_ready, 1);
	struct frame frame;

	(void)state;
	give(bench, 9, 0);
	run(bench);
	assert_next(bench, FRAME_HELLO, 0, 0);
	assert_next(bench, FRAME_STARTED, 9, 8);
	frame = next(bench);
	assert_int_equal(frame.type, FRAME_READY);
	assert_int_equal(frame.len, 4);
	assert_int_equal(wire_u32(frame.payload), 5000);
	assert_next(bench, FRAME_DONE, 9, 0);
	assert_end(bench);
}

/* ---- who goes first ---- */

static struct fiber *parked[3];
static unsigned woken[3], nwoken;

/* 0 has its start behind it, 1 has spent much on it, 2 is at it; 3 wakes them.
 */
static int task_starts(void *ctx, uint32_t index, struct nf_task_io *out,
		       struct nf_error *err)
{
	int64_t waited_ms = 0;

	(void)ctx;
	(void)err;
	if (index == 3) {
		(void)sleep_until(deadline_clock_ms() + 20);
		for (int i = 0; i < 3; i++)
			fiber_wake(parked[i]);
		return 0;
	}
	if (index == 0)
		(void)task_io_ready(out, &waited_ms);
	if (index == 1)
		vclock_work(50);
	parked[index] = fiber_self();
	(void)fiber_park(NO_DEADLINE);
	woken[nwoken++] = index;
	return 0;
}

static void test_who_is_starting_goes_first(void **state)
{
	struct bench *bench = bench_new(task_starts, 4);

	(void)state;
	nwoken = 0;
	for (uint32_t i = 0; i < 4; i++)
		give(bench, i + 1, i);
	run(bench);
	assert_int_equal(nwoken, 3);
	assert_int_equal(woken[2], 1); /* one of the others may get a turn */
	bench_free(bench);
}

/* ---- what it runs ---- */

static int running, peak;

static int task_counts(void *ctx, uint32_t index, struct nf_task_io *out,
		       struct nf_error *err)
{
	(void)ctx;
	(void)index;
	(void)out;
	(void)err;
	running++;
	peak = running > peak ? running : peak;
	if (fiber_self() != NULL)
		(void)sleep_until(deadline_clock_ms() + 2);
	running--;
	return 0;
}

static void test_a_worker_runs_as_many_as_it_has_fibers(void **state)
{
	static const unsigned fibers[] = {0, 1, 7};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct bench *bench = bench_new(task_counts, fibers[i]);

		running = peak = 0;
		for (uint32_t n = 1; n <= 40; n++)
			give(bench, n, n);
		run(bench);
		assert_int_equal(running, 0);
		assert_int_equal(peak, fibers[i] > 0 ? (int)fibers[i] : 1);
		bench_free(bench);
	}
}

static int task_looks_at_mark(void *ctx, uint32_t index, struct nf_task_io *out,
			      struct nf_error *err)
{
	const struct bench *bench = ctx;
	const struct heartbeat *heartbeat = bench->options.heartbeat;
	char text[60];

	(void)err;
	(void)snprintf(text, sizeof(text), "%u %u",
		       atomic_load(&heartbeat->running),
		       atomic_load(&heartbeat->begun));
	(void)index;
	return send_text(out, text);
}

static void test_its_mark_shows_the_ticket_that_runs(void **state)
{
	(void)state;
	for (unsigned fibers = 0; fibers < 3; fibers += 2) {
		struct bench *bench = bench_new(task_looks_at_mark, fibers);
		struct heartbeat heartbeat = {0};
		struct frame frame;

		bench->options.heartbeat = &heartbeat;
		give(bench, 41, 0);
		give(bench, 42, 0);
		run(bench);
		assert_next(bench, FRAME_HELLO, 0, 0);
		for (uint32_t ticket = 41; ticket <= 42; ticket++) {
			char text[60];
			int n = snprintf(text, sizeof(text), "%u %u", ticket,
					 ticket);

			assert_next(bench, FRAME_STARTED, ticket, 8);
			frame = next(bench);
			assert_int_equal(frame.len, n);
			assert_memory_equal(frame.payload, text, (size_t)n);
			assert_next(bench, FRAME_DONE, ticket, 0);
		}
		assert_int_equal(atomic_load(&heartbeat.running), 0);
		assert_int_equal(atomic_load(&heartbeat.begun), 42);
		assert_end(bench);
	}
}

/* ---- before and after ---- */

static int nfinalized;

static void count_finalized(void *worker_state)
{
	nfinalized += worker_state == &nfinalized;
}

static int init_well(void *ctx, void **worker_state, struct nf_error *err)
{
	(void)ctx;
	(void)err;
	*worker_state = &nfinalized;
	return 0;
}

static int init_fails(void *ctx, void **worker_state, struct nf_error *err)
{
	(void)ctx;
	(void)worker_state;
	return error_set(err, NF_INVALID, "no luck");
}

static int task_state(void *ctx, uint32_t index, struct nf_task_io *out,
		      struct nf_error *err)
{
	(void)ctx;
	(void)index;
	(void)err;
	return send_text(out, task_io_state(out) == &nfinalized ? "s" : "none");
}

static void test_the_state_is_there_from_hello_to_the_finalizer(void **state)
{
	struct bench *bench = bench_new(task_state, 1);

	(void)state;
	nfinalized = 0;
	bench->options.initializer = init_well;
	bench->options.finalizer = count_finalized;
	give(bench, 1, 0);
	run(bench);
	assert_next(bench, FRAME_HELLO, 0, 0);
	assert_next(bench, FRAME_STARTED, 1, 8);
	assert_next(bench, FRAME_DATA, 1, 1);
	assert_next(bench, FRAME_DONE, 1, 0);
	assert_int_equal(nfinalized, 1);
	assert_end(bench);
}

static void test_who_cannot_begin_says_why_and_takes_no_ticket(void **state)
{
	struct bench *bench = bench_new(task_state, 1);
	struct nf_error err = {0};
	struct frame frame;

	(void)state;
	nfinalized = 0;
	bench->options.initializer = init_fails;
	bench->options.finalizer = count_finalized;
	give(bench, 1, 0);
	run(bench);
	frame = next(bench);
	assert_int_equal(frame.type, FRAME_HELLO);
	assert_int_equal(frame.ticket, 0);
	assert_int_equal(error_decode(&err, frame.payload, frame.len), 0);
	assert_string_equal(err.message, "no luck");
	assert_int_equal(nfinalized, 0);
	assert_end(bench);
}

static int task_sleeps(void *ctx, uint32_t index, struct nf_task_io *out,
		       struct nf_error *err)
{
	int64_t waited_ms = 0;

	(void)ctx;
	(void)index;
	if (task_io_flush(out, &waited_ms) == -1 ||
	    sleep_until(deadline_clock_ms() + 60000) == -1)
		return error_set(err, NF_CANCELLED, "cut");
	return 0;
}

/* Frames in the pipe, so many turns later. */
static void turn(struct worker *worker, int times)
{
	for (int i = 0; i < times; i++)
		assert_int_equal(worker_turn(worker, 0, NULL), 1);
}

static void assert_ends_soon(struct worker *worker)
{
	int64_t end_us = mono_us() + 5000000;
	int rc;

	do
		rc = worker_turn(worker, deadline_clock_ms() + 1000, NULL);
	while (rc == 1 && mono_us() < end_us);
	assert_int_equal(rc, 0);
}

static void test_the_stop_ticket_cuts_what_runs(void **state)
{
	struct bench *bench = bench_new(task_sleeps, 2);
	struct worker *worker = NULL;

	(void)state;
	assert_int_equal(worker_new(&worker, &bench->options, NULL), 0);
	for (uint32_t n = 1; n <= 4; n++)
		give(bench, n, 0);
	turn(worker, 5);
	give(bench, 0, 0);
	assert_ends_soon(worker);
	worker_free(worker);
	read_frames(bench);
	assert_next(bench, FRAME_HELLO, 0, 0);
	assert_next(bench, FRAME_STARTED, 1, 8);
	assert_next(bench, FRAME_STARTED, 2, 8);
	assert_end(bench); /* nobody wants to know more */
}

static void test_worker_stop_does_the_same(void **state)
{
	struct bench *bench = bench_new(task_sleeps, 2);
	struct worker *worker = NULL;

	(void)state;
	assert_int_equal(worker_new(&worker, &bench->options, NULL), 0);
	give(bench, 1, 0);
	turn(worker, 5);
	worker_stop(worker);
	assert_ends_soon(worker);
	worker_free(worker);
	bench_free(bench);
}

static void test_a_worker_that_nobody_reads_any_more_ends(void **state)
{
	struct bench *bench = bench_new(task_sleeps, 2);
	struct worker *worker = NULL;

	(void)state;
	(void)signal(SIGPIPE, SIG_IGN);
	assert_int_equal(worker_new(&worker, &bench->options, NULL), 0);
	give(bench, 1, 0);
	turn(worker, 5);
	(void)close(bench->frames_fd);
	give(bench, 2, 0);
	assert_ends_soon(worker);
	worker_free(worker);
	bench->frames_fd = dup(bench->options.result_fd);
	bench_free(bench);
	(void)signal(SIGPIPE, SIG_DFL);
}

/* ---- by hand ---- */

static void test_worker_fd_and_due_tell_when_a_turn_is_due(void **state)
{
	struct bench *bench = bench_new(task_hello, 1);
	struct worker *worker = NULL;
	struct pollfd pollfd = {.events = POLLIN};

	(void)state;
	assert_int_equal(worker_new(&worker, &bench->options, NULL), 0);
	pollfd.fd = worker_fd(worker);
	assert_int_equal(worker_due_ms(worker), 0); /* its HELLO */
	while (worker_due_ms(worker) == 0)
		turn(worker, 1);
	assert_int_equal(poll(&pollfd, 1, 0), 0);
	give(bench, 1, 0);
	assert_int_equal(poll(&pollfd, 1, 0), 1);
	turn(worker, 1);
	while (worker_due_ms(worker) == 0)
		turn(worker, 1);
	read_frames(bench);
	assert_next(bench, FRAME_HELLO, 0, 0);
	assert_next(bench, FRAME_STARTED, 1, 8);
	assert_next(bench, FRAME_DATA, 1, 5);
	assert_next(bench, FRAME_DONE, 1, 0);
	no_more(bench);
	assert_int_equal(poll(&pollfd, 1, 0), 1);
	assert_ends_soon(worker);
	worker_free(worker);
	bench_free(bench);
}

/* Its limit passes while it waits for room, and is none the shorter for it. */
static int task_waits_for_room(void *ctx, uint32_t index,
			       struct nf_task_io *out, struct nf_error *err)
{
	static const uint8_t bytes[FRAME_PAYLOAD_MAX];
	struct iovec part = {(void *)(uintptr_t)bytes, sizeof(bytes)};
	int64_t waited_ms = 0;

	(void)ctx;
	(void)index;
	while (waited_ms < 250) {
		if (task_io_send(out, &part, 1, &waited_ms) == -1)
			return error_set(err, NF_CANCELLED, "no room");
	}
	return sleep_until(deadline_clock_ms() + 1);
}

static void test_time_that_a_fiber_waits_for_room_is_not_its_own(void **state)
{
	struct bench *bench = bench_new(task_waits_for_room, 1);
	struct worker *worker = NULL;
	struct frame frame;

	(void)state;
	bench->options.limit_ms = 200;
	buf_release(&bench->frames);
	buf_init(&bench->frames, (size_t)8 * PIPE_SIZE);
	assert_int_equal(worker_new(&worker, &bench->options, NULL), 0);
	give(bench, 1, 0);
	no_more(bench);
	for (int i = 0; i < 10; i++)
		turn(worker, 1);
	vclock_pass(300);
	do
		read_frames(bench);
	while (worker_turn(worker, deadline_clock_ms() + 10, NULL) == 1);
	read_frames(bench);
	worker_free(worker);
	do
		frame = next(bench);
	while (frame.type != FRAME_DONE);
	assert_int_equal(frame.len, 0);
	assert_end(bench);
}

static int task_waits_for_its_write(void *ctx, uint32_t index,
				    struct nf_task_io *out,
				    struct nf_error *err)
{
	int64_t waited_ms = 0;

	(void)ctx;
	if (index == 0 && (send_text(out, "hello") == -1 ||
			   task_io_flush(out, &waited_ms) == -1))
		return error_set(err, NF_CANCELLED, "not written");
	return 0;
}

/* A prompt end writes for all: the writer itself finds nothing left to do. */
static void
test_who_waits_for_the_writer_wakes_when_another_writes(void **state)
{
	struct bench *bench = bench_new(task_waits_for_its_write, 2);
	struct worker *worker = NULL;

	(void)state;
	bench->options.prompt = true;
	assert_int_equal(worker_new(&worker, &bench->options, NULL), 0);
	give(bench, 1, 0);
	give(bench, 2, 1);
	for (int i = 0; i < 10; i++)
		turn(worker, 1);
	read_frames(bench);
	assert_next(bench, FRAME_HELLO, 0, 0);
	assert_next(bench, FRAME_STARTED, 1, 8);
	assert_next(bench, FRAME_DATA, 1, 5);
	assert_next(bench, FRAME_STARTED, 2, 8);
	assert_next(bench, FRAME_DONE, 2, 0);
	assert_next(bench, FRAME_DONE, 1, 0);
	no_more(bench);
	assert_ends_soon(worker);
	worker_free(worker);
	assert_end(bench);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_worker_without_tickets_says_hello_and_ends),
	cmocka_unit_test(test_a_task_is_hello_started_data_done),
	cmocka_unit_test(test_the_done_of_a_failed_task_carries_its_error),
	cmocka_unit_test(test_ready_tells_what_the_start_held_the_worker),
	cmocka_unit_test(test_who_is_starting_goes_first),
	cmocka_unit_test(test_a_worker_runs_as_many_as_it_has_fibers),
	cmocka_unit_test(test_its_mark_shows_the_ticket_that_runs),
	cmocka_unit_test(test_the_state_is_there_from_hello_to_the_finalizer),
	cmocka_unit_test(test_who_cannot_begin_says_why_and_takes_no_ticket),
	cmocka_unit_test(test_the_stop_ticket_cuts_what_runs),
	cmocka_unit_test(test_worker_stop_does_the_same),
	cmocka_unit_test(test_a_worker_that_nobody_reads_any_more_ends),
	cmocka_unit_test(test_worker_fd_and_due_tell_when_a_turn_is_due),
	cmocka_unit_test(test_time_that_a_fiber_waits_for_room_is_not_its_own),
	cmocka_unit_test(
		test_who_waits_for_the_writer_wakes_when_another_writes),
};

UNIT_MAIN(tests)
