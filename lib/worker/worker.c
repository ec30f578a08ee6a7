/* A worker: tickets in, frames out. */
#include "worker/worker.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/deadline_clock.h"
#include "base/error.h"
#include "base/wire.h"
#include "worker/frame.h"
#include "worker/worker_parts.h"

/* Room for a few full frames; a task waits when there is no room left. */
#define OUT_MAX ((size_t)4 * (FRAME_HEADER + FRAME_PAYLOAD_MAX))

/*
 * A task's start is urgent, from its first wait on, so that logins are over one
 * after another while the devices of the first are at work already: of 5460 of
 * 7.5 s at once, half take up to 9.1 s rather than 12.7 s, and all are done in
 * 12.2 s rather than 14.6 s. A start that has cost START_MAX_US is not urgent
 * any more.
 */
#define START_MAX_US 20000

/* Short tasks share a turn of the loop, and a write. */
#define SLICE_US 500

/* The worker of the task that runs on this thread's ordinary stack. */
static _Thread_local struct worker *on_stack;

/* ---- the result pipe */

static void cut(struct fiber *fiber)
{
	if (fiber != NULL)
		fiber_cancel(fiber);
}

static void wake_writer(struct worker *worker)
{
	if (worker->writer != NULL)
		fiber_wake(worker->writer);
}

static void wake_waiters(struct worker *worker)
{
	struct waiter *waiter = worker->waiters;

	worker->waiters = NULL; /* a task that finds no room queues again */
	while (waiter != NULL) {
		struct waiter *next = waiter->next;

		fiber_wake(waiter->fiber);
		waiter = next;
	}
}

static void show(const struct worker *worker, uint32_t ticket)
{
	if (worker->options.heartbeat != NULL)
		atomic_store_explicit(&worker->options.heartbeat->running,
				      ticket, memory_order_relaxed);
}

/* Write what the pipe takes: 1 for some, 0 when it is full, -1 when broken. */
static int write_some(struct worker *worker)
{
	ssize_t n = write(worker->options.result_fd, worker->out.data,
			  worker->out.len);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n == -1) {
		worker_stop(worker);
		return -1;
	}
	worker->written += (uint64_t)n;
	buf_consume(&worker->out, (size_t)n);
	wake_waiters(worker); /* here: the writer may find nothing left */
	return 1;
}

/* Write for a task on the ordinary stack, where there is no writer. */
static int write_on_stack(struct worker *worker)
{
	struct pollfd pollfd = {.fd = worker->options.result_fd,
				.events = POLLOUT};
	int rc;

	while ((rc = write_some(worker)) == 0) {
		if (worker->options.drain_results != NULL)
			worker->options.drain_results(
				worker->options.drain_arg);
		else
			(void)poll(&pollfd, 1, -1);
	}
	return rc;
}

static void unlink_waiter(struct worker *worker, const struct waiter *self)
{
	struct waiter **at = &worker->waiters;

	while (*at != NULL && *at != self)
		at = &(*at)->next;
	if (*at != NULL)
		*at = self->next;
}

/* Park until the writer has made room. The task's limit does not run meanwhile:
 * it waits for us, not for its device. */
static int park_for_writer(struct worker *worker, struct fiber *fiber)
{
	struct waiter self = {.fiber = fiber};
	struct waiter **last = &worker->waiters;
	int64_t limit_ms = fiber_limit(fiber, NO_DEADLINE),
		start = deadline_clock_ms();
	int rc;

	while (*last != NULL)
		last = &(*last)->next;
	*last = &self;
	rc = fiber_park(NO_DEADLINE);
	if (rc == -1)
		unlink_waiter(worker, &self);
	if (limit_ms != NO_DEADLINE)
		(void)fiber_limit(fiber,
				  limit_ms + deadline_clock_ms() - start);
	return rc;
}

/* Wait until the writer has moved something on. */
static int wait_writer(struct worker *worker, int64_t *waited_ms)
{
	struct fiber *fiber = fiber_self();
	int64_t start = deadline_clock_ms();
	int rc = fiber == NULL ? write_on_stack(worker)
			       : park_for_writer(worker, fiber);

	*waited_ms += deadline_clock_ms() - start;
	return rc == -1 ? -1 : 0;
}

/* Check the heartbeat's stop: a task on the ordinary stack does not get to see
 * the stop ticket. */
static void check_stop(struct worker *worker)
{
	const struct heartbeat *heartbeat = worker->options.heartbeat;

	if (!worker->broken && heartbeat != NULL &&
	    atomic_load(&heartbeat->stop))
		worker_stop(worker);
}

bool task_io_stopped(void)
{
	if (on_stack != NULL)
		check_stop(on_stack);
	return on_stack != NULL && on_stack->broken;
}

static int worker_put(struct worker *worker, enum frame_type type,
		      uint32_t ticket, const struct iovec *parts, size_t nparts,
		      int64_t *waited_ms)
{
	size_t size = frame_size(frame_payload(parts, nparts));

	check_stop(worker);
	while (!worker->broken && buf_room(&worker->out) < size) {
		if (wait_writer(worker, waited_ms) == -1)
			return -1;
	}
	if (worker->broken ||
	    frame_put(&worker->out, type, ticket, parts, nparts) == -1)
		return -1;
	wake_writer(worker);
	return 0;
}

int task_io_send(struct nf_task_io *out, const struct iovec *parts,
		 size_t nparts, int64_t *waited_ms)
{
	return worker_put(out->worker, FRAME_DATA, out->ticket.number, parts,
			  nparts, waited_ms);
}

int task_io_flush(struct nf_task_io *out, int64_t *waited_ms)
{
	struct worker *worker = out->worker;
	uint64_t goal = worker->written + worker->out.len;

	while (!worker->broken && worker->written < goal) {
		if (wait_writer(worker, waited_ms) == -1)
			return -1;
	}
	return worker->broken ? -1 : 0;
}

int task_io_ready(struct nf_task_io *out, int64_t *waited_ms)
{
	int64_t spent_us = fiber_spent_us();
	uint8_t cost[4];
	struct iovec part = {.iov_base = cost, .iov_len = sizeof(cost)};

	fiber_prioritise(0);
	wire_put_u32(cost,
		     spent_us < UINT32_MAX ? (uint32_t)spent_us : UINT32_MAX);
	return worker_put(out->worker, FRAME_READY, out->ticket.number, &part,
			  1, waited_ms);
}

void *task_io_state(const struct nf_task_io *out)
{
	return out->worker->state;
}

const void *task_io_payload(const struct nf_task_io *out, size_t *len)
{
	*len = out->ticket.payload_len;
	return out->ticket.payload;
}

static void writer_main(void *arg)
{
	struct worker *worker = arg;

	worker->writer = fiber_self();
	fiber_prioritise(INT64_MAX);
	while (!worker->broken) {
		if (worker->out.len > 0) {
			if (write_some(worker) == 0)
				(void)wait_io(worker->options.result_fd,
					      WAIT_OUT, NO_DEADLINE);
		} else if (worker->ended && worker->inbox.len == 0 &&
			   worker->nrunning == 0) {
			break;
		} else {
			(void)fiber_park(NO_DEADLINE);
		}
	}
	wake_waiters(worker);
	worker->writer = NULL;
	cut(worker->receiver); /* the last that waits for something to come */
}

/* ---- tasks */

static int say_started(struct nf_task_io *out)
{
	int64_t waited_ms = 0;
	uint8_t when[8];
	struct iovec part = {.iov_base = when, .iov_len = sizeof(when)};

	wire_put_u64(when, (uint64_t)real_us());
	return worker_put(out->worker, FRAME_STARTED, out->ticket.number, &part,
			  1, &waited_ms);
}

/* Show in the heartbeat that a task began: STARTED may leave this worker late,
 * or never. */
static int show_begun(const struct nf_task_io *out)
{
	struct heartbeat *heartbeat = out->worker->options.heartbeat;

	if (heartbeat == NULL)
		return 0;
	atomic_store(&heartbeat->begun_us, mono_us());
	atomic_store(&heartbeat->begun, out->ticket.number);
	/* The task of a worker abandoned before that must not begin. */
	check_stop(out->worker);
	return out->worker->broken ? -1 : 0;
}

/* Say that a task is done, or failed with err. */
static void say_end(struct worker *worker, enum frame_type type,
		    uint32_t ticket, const struct nf_error *err)
{
	int64_t waited_ms = 0;
	uint8_t bytes[ERROR_SIZE_MAX];
	struct iovec part = {.iov_base = bytes};
	bool prompt;

	if (err != NULL)
		part.iov_len = error_encode(err, bytes);
	(void)worker_put(worker, type, ticket, &part, 1, &waited_ms);
	prompt = worker->options.prompt || type == FRAME_HELLO;
	while (prompt && !worker->broken && worker->out.len > 0 &&
	       write_some(worker) == 1)
		;
}

static void begin_task(struct nf_task_io *out)
{
	struct worker *worker = out->worker;

	out->prev = NULL;
	out->next = worker->tasks;
	if (out->next != NULL)
		out->next->prev = out;
	worker->tasks = out;
}

static void end_task(struct nf_task_io *out)
{
	struct worker *worker = out->worker;

	if (out->prev != NULL)
		out->prev->next = out->next;
	else
		worker->tasks = out->next;
	if (out->next != NULL)
		out->next->prev = out->prev;
	worker->nrunning--;
	wake_writer(worker);
}

/* Replace codes and stages outside their enums, so that the error of a task can
 * be encoded. */
static void sanitise_error(struct nf_error *err)
{
	err->message[sizeof(err->message) - 1] = '\0';
	if ((unsigned)err->stage >= NF_NSTAGES)
		err->stage = (enum nf_stage)0;
	if (err->code == NF_OK && err->message[0] == '\0')
		(void)error_set(err, NF_SYSTEM, "failed without saying why");
	if (err->code == NF_OK || (unsigned)err->code >= NF_NCODES)
		err->code = NF_SYSTEM;
}

/* Run a task within its limit: 0, or -1 and why it failed. */
static int call_task(struct nf_task_io *out, struct nf_error *err)
{
	const struct worker_options *options = &out->worker->options;
	bool limited = out->fiber != NULL && options->limit_ms > 0;

	err->code = NF_OK;
	err->stage = (enum nf_stage)0;
	err->sys_errno = 0;
	err->message[0] = '\0';
	if (limited)
		(void)fiber_limit(out->fiber,
				  deadline_clock_ms() + options->limit_ms);
	if (options->run(options->ctx, out->ticket.index, out, err) == 0)
		return 0;
	if (limited &&
	    deadline_clock_ms() >= fiber_limit(out->fiber, NO_DEADLINE))
		return error_set(err, NF_TIMEOUT, "not done within %.3f s",
				 (double)options->limit_ms / 1000);
	sanitise_error(err);
	return -1;
}

static void run_task(struct nf_task_io *out)
{
	struct nf_error err;
	int rc;

	if (say_started(out) == 0 && show_begun(out) == 0) {
		rc = call_task(out, &err);
		if (out->fiber != NULL)
			(void)fiber_limit(out->fiber, NO_DEADLINE);
		say_end(out->worker, FRAME_DONE, out->ticket.number,
			rc == 0 ? NULL : &err);
	}
	end_task(out);
}

static struct nf_task_io take_task(struct worker *worker)
{
	worker->nrunning++;
	return (struct nf_task_io){.worker = worker,
				   .ticket = inbox_take(&worker->inbox)};
}

static void run_on_stack(struct worker *worker)
{
	struct nf_task_io out = take_task(worker);
	struct worker *before = on_stack; /* a task may run an executor */

	on_stack = worker;
	begin_task(&out);
	show(worker, out.ticket.number);
	run_task(&out);
	free(out.ticket.payload);
	show(worker, 0);
	on_stack = before;
}

static void task_io_free(struct nf_task_io *out)
{
	receiver_drop(out);
	free(out->ticket.payload);
	free(out);
}

static void task_main(void *arg)
{
	struct nf_task_io *out = arg;

	out->fiber = fiber_self();
	fiber_tag(out->ticket.number);
	fiber_prioritise(START_MAX_US);
	run_task(out);
	task_io_free(out);
}

/*
 * Start a fiber for every ticket that has come, as far as they may run at once.
 * A fiber that cannot be started ends the worker: the parent sees its death and
 * hands the ticket out again.
 */
static int start_fibers(struct worker *worker, struct nf_error *err)
{
	while (worker->inbox.len > 0 && !worker->broken &&
	       worker->nrunning < worker->options.fibers) {
		struct nf_task_io *out = malloc(sizeof(*out));

		if (out == NULL)
			return error_sys(err, NF_SYSTEM, "no memory");
		*out = take_task(worker);
		begin_task(out);
		if (fiber_start(worker->loop, task_main, out, err) == -1)
			return -1;
	}
	return 0;
}

/* ---- the task pipe */

/* Read as inbox_read() does, and check for a stop: a stop ticket is not seen in
 * the midst of a payload. */
static int read_tickets(struct worker *worker, bool *emptied)
{
	int rc = inbox_read(&worker->inbox, worker->options.task_fd, emptied);

	if (worker->inbox.stopped)
		worker_stop(worker);
	check_stop(worker);
	return rc;
}

static void reader_main(void *arg)
{
	struct worker *worker = arg;
	bool emptied = true;
	int rc = 1;

	worker->reader = fiber_self();
	fiber_prioritise(INT64_MAX);
	while (rc == 1 && !worker->broken) {
		rc = read_tickets(worker, &emptied);
		if (rc == 1 && emptied)
			(void)wait_io(worker->options.task_fd, WAIT_IN,
				      NO_DEADLINE);
	}
	worker->reader = NULL;
	worker->broken |= rc == -1;
	worker->ended = true;
	wake_waiters(worker);
	wake_writer(worker);
}

/* ---- a worker without fibers: it reads, runs and writes in turn */

static void run_queued(struct worker *worker)
{
	int64_t end_us = mono_us() + SLICE_US;

	while (worker->inbox.len > 0 && !worker->broken) {
		run_on_stack(worker);
		if (mono_us() >= end_us)
			break;
	}
}

static int poll_pipes(void *arg, int timeout_ms)
{
	const struct worker *worker = arg;
	struct pollfd fds[] = {
		{.fd = worker->ended ? -1 : worker->options.task_fd,
		 .events = POLLIN},
		{.fd = worker->out.len > 0 ? worker->options.result_fd : -1,
		 .events = POLLOUT},
	};

	return poll(fds, 2, timeout_ms);
}

/* Wait for a ticket, or for room in the result pipe if there is need of it. */
static void await_pipes(struct worker *worker, int64_t deadline_ms)
{
	(void)busy_wait_poll(
		&worker->busy_wait, poll_pipes, worker,
		deadline_wait_ms(deadline_ms, deadline_clock_ms()));
}

static bool has_ended(const struct worker *worker)
{
	return worker->broken || (worker->ended && worker->inbox.len == 0 &&
				  worker->out.len == 0);
}

static int turn_on_stack(struct worker *worker, int64_t deadline_ms)
{
	bool emptied;
	int rc = 1;

	if (has_ended(worker))
		return 0;
	if (worker->inbox.len == 0)
		await_pipes(worker, deadline_ms);
	if (worker->inbox.len == 0 && !worker->ended)
		rc = read_tickets(worker, &emptied);
	worker->ended |= rc != 1;
	worker->broken |= rc == -1;
	run_queued(worker);
	while (!worker->broken && worker->out.len > 0 &&
	       write_some(worker) == 1)
		;
	return has_ended(worker) ? 0 : 1;
}

/* ---- its life */

static int new_loop(struct worker *worker, struct nf_error *err)
{
	size_t stack_size = worker->options.stack_size;

	if (loop_new(&worker->loop, stack_size > 0 ? stack_size : FIBER_STACK,
		     err) == -1)
		return -1;
	loop_show(worker->loop, worker->options.heartbeat);
	return 0;
}

int worker_new(struct worker **out, const struct worker_options *options,
	       struct nf_error *err)
{
	struct worker *worker = calloc(1, sizeof(*worker));

	if (worker == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a worker");
	worker->options = *options;
	/* Reserve now: a frame without memory would leave its task open. */
	buf_init(&worker->out, OUT_MAX);
	if (inbox_init(&worker->inbox, options->most) == -1 ||
	    buf_reserve(&worker->out, OUT_MAX) == -1) {
		(void)error_sys(err, NF_SYSTEM, "no memory for a worker");
		worker_free(worker);
		return -1;
	}
	if (options->fibers > 0 && new_loop(worker, err) == -1) {
		worker_free(worker);
		return -1;
	}
	*out = worker;
	return 0;
}

void worker_free(struct worker *worker)
{
	if (worker == NULL)
		return;
	loop_free(worker->loop);
	while (worker->tasks != NULL) { /* of fibers that were dropped */
		struct nf_task_io *out = worker->tasks;

		worker->tasks = out->next;
		task_io_free(out);
	}
	if (worker->ready && worker->options.finalizer != NULL)
		worker->options.finalizer(worker->state);
	buf_release(&worker->out);
	inbox_release(&worker->inbox);
	free(worker);
}

/* Run the initializer and say HELLO. A worker whose initializer failed takes no
 * ticket: it says so and ends. */
static int begin(struct worker *worker, struct nf_error *err)
{
	const struct worker_options *options = &worker->options;
	struct nf_error why = {.code = NF_OK};

	worker->begun = true;
	worker->ready =
		options->initializer == NULL ||
		options->initializer(options->ctx, &worker->state, &why) == 0;
	if (!worker->ready)
		sanitise_error(&why);
	say_end(worker, FRAME_HELLO, 0, worker->ready ? NULL : &why);
	worker->ended = !worker->ready;
	if (options->fibers == 0)
		return 0;
	if (worker->ready &&
	    (fiber_start(worker->loop, reader_main, worker, err) == -1 ||
	     (options->passes &&
	      fiber_start(worker->loop, receiver_main, worker, err) == -1)))
		return -1;
	return fiber_start(worker->loop, writer_main, worker, err);
}

int worker_turn(struct worker *worker, int64_t deadline_ms,
		struct nf_error *err)
{
	if (!worker->begun && begin(worker, err) == -1)
		return -1;
	if (worker->loop == NULL)
		return turn_on_stack(worker, deadline_ms);
	if (loop_step(worker->loop, deadline_ms, err) == -1 ||
	    start_fibers(worker, err) == -1)
		return -1;
	return loop_fibers(worker->loop) > 0 ? 1 : 0;
}

int64_t worker_due_ms(const struct worker *worker)
{
	if (!worker->begun)
		return 0;
	if (worker->loop != NULL)
		return loop_due_ms(worker->loop);
	return worker->inbox.len > 0 || worker->out.len > 0 || worker->broken
		       ? 0
		       : NO_DEADLINE;
}

int worker_fd(const struct worker *worker)
{
	return worker->loop != NULL ? loop_fd(worker->loop)
				    : worker->options.task_fd;
}

void worker_stop(struct worker *worker)
{
	worker->broken = true;
	worker->ended = true;
	inbox_clear(&worker->inbox);
	for (struct nf_task_io *out = worker->tasks; out != NULL;
	     out = out->next)
		cut(out->fiber);
	cut(worker->reader);
	cut(worker->writer);
	cut(worker->receiver);
}

int worker_run(const struct worker_options *options, struct nf_error *err)
{
	struct worker *worker = NULL;
	int rc;

	if (worker_new(&worker, options, err) != 0 || worker == NULL)
		return -1;
	do
		rc = worker_turn(worker, NO_DEADLINE, err);
	while (rc == 1);
	worker_free(worker);
	return rc;
}
