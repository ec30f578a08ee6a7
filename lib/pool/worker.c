/* A worker: tickets in, frames out. */
#include "pool/worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/wire.h"
#include "fiber/fiber.h"
#include "pool/frame.h"

/* Room for a few full frames; a fiber waits when there is none left. */
#define OUT_MAX ((size_t)4 * (FRAME_HEADER + FRAME_PAYLOAD_MAX))

/* A fiber that waits for the out-buffer; lives on that fiber's stack. */
struct waiter {
	struct fiber *fiber;
	struct waiter *next;
};

struct worker {
	const struct worker_options *options;
	struct loop *loop;
	struct buf out;
	uint64_t written; /* bytes that went into the pipe so far */
	struct waiter *waiters;
	struct fiber *writer; /* parked when there is nothing to write */
	size_t ntasks;
	bool ended; /* no more tickets will come */
	bool broken; /* nobody reads our results */
};

struct outlet {
	struct worker *worker;
	uint32_t ticket;
	uint32_t index;
};

static void wake_writer(struct worker *worker)
{
	if (worker->writer != NULL)
		fiber_wake(worker->writer);
}

static void wake_waiters(struct worker *worker)
{
	struct waiter *waiter = worker->waiters;

	worker->waiters = NULL; /* who still finds no room queues again */
	while (waiter != NULL) {
		struct waiter *next = waiter->next;

		fiber_wake(waiter->fiber);
		waiter = next;
	}
}

/* Wait until the writer has moved something on. */
static void wait_writer(struct worker *worker, int64_t *waited_ms)
{
	struct waiter self = {.fiber = fiber_self()};
	struct waiter **last = &worker->waiters;
	int64_t start = clock_ms();

	while (*last != NULL)
		last = &(*last)->next;
	*last = &self;
	(void)fiber_park(NO_DEADLINE);
	*waited_ms += clock_ms() - start;
}

static int worker_put(struct worker *worker, enum frame_type type,
		      uint32_t ticket, const struct iovec *parts, size_t nparts,
		      int64_t *waited_ms)
{
	size_t size = frame_size(frame_payload(parts, nparts));

	while (!worker->broken && buf_room(&worker->out) < size)
		wait_writer(worker, waited_ms);
	if (worker->broken ||
	    frame_put(&worker->out, type, ticket, parts, nparts) == -1)
		return -1;
	wake_writer(worker);
	return 0;
}

int outlet_send(struct outlet *out, const struct iovec *parts, size_t nparts,
		int64_t *waited_ms)
{
	return worker_put(out->worker, FRAME_DATA, out->ticket, parts, nparts,
			  waited_ms);
}

int outlet_flush(struct outlet *out, int64_t *waited_ms)
{
	struct worker *worker = out->worker;
	uint64_t goal = worker->written + worker->out.len;

	while (!worker->broken && worker->written < goal)
		wait_writer(worker, waited_ms);
	return worker->broken ? -1 : 0;
}

/* Write what the pipe takes: 1 for some, 0 when it is full, -1 when broken. */
static int write_some(struct worker *worker)
{
	ssize_t n = write(worker->options->result_fd, worker->out.data,
			  worker->out.len);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n == -1) {
		worker->broken = true;
		return -1;
	}
	worker->written += (uint64_t)n;
	buf_consume(&worker->out, (size_t)n);
	return 1;
}

static void writer_main(void *arg)
{
	struct worker *worker = arg;

	worker->writer = fiber_self();
	while (!worker->broken) {
		if (worker->out.len > 0) {
			if (write_some(worker) == 0)
				(void)wait_io(worker->options->result_fd,
					      WAIT_OUT, NO_DEADLINE);
			wake_waiters(worker);
		} else if (worker->ended && worker->ntasks == 0) {
			break;
		} else {
			(void)fiber_park(NO_DEADLINE);
		}
	}
	wake_waiters(worker);
	worker->writer = NULL;
}

static void task_main(void *arg)
{
	struct outlet out = *(struct outlet *)arg;
	struct worker *worker = out.worker;
	int64_t waited_ms = 0;
	uint8_t when[8];
	struct iovec part = {.iov_base = when, .iov_len = sizeof(when)};

	free(arg);
	fiber_tag(out.ticket);
	wire_put_u64(when, (uint64_t)clock_real_us());
	if (worker_put(worker, FRAME_STARTED, out.ticket, &part, 1,
		       &waited_ms) == 0) {
		worker->options->run(worker->options->ctx, out.index, &out);
		(void)worker_put(worker, FRAME_DONE, out.ticket, NULL, 0,
				 &waited_ms);
	}
	worker->ntasks--;
	wake_writer(worker);
}

static int task_start(struct worker *worker, const uint8_t *ticket,
		      struct nf_error *err)
{
	struct outlet *out = malloc(sizeof(*out));

	if (out == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a task");
	*out = (struct outlet){.worker = worker,
			       .ticket = wire_u32(ticket),
			       .index = wire_u32(ticket + 4)};
	if (fiber_start(worker->loop, task_main, out, err) == -1) {
		free(out);
		return -1;
	}
	worker->ntasks++;
	return 0;
}

/*
 * Tickets are written whole (8 bytes are far below PIPE_BUF), so that a read
 * of a multiple of 8 ends between two. A ticket that cannot be started ends
 * the worker: the parent sees its death and hands the ticket out again.
 */
static void reader_main(void *arg)
{
	struct worker *worker = arg;
	uint8_t tickets[64 * TICKET_SIZE];
	struct nf_error err;
	bool failed = false;

	while (!worker->broken && !failed) {
		ssize_t n = read(worker->options->task_fd, tickets,
				 sizeof(tickets));

		if (n == -1 && (errno == EAGAIN || errno == EINTR)) {
			(void)wait_io(worker->options->task_fd, WAIT_IN,
				      NO_DEADLINE);
			continue;
		}
		if (n <= 0)
			break;
		for (ssize_t i = 0; i < n && !failed; i += TICKET_SIZE)
			failed = task_start(worker, tickets + i, &err) == -1;
	}
	worker->broken |= failed;
	worker->ended = true;
	wake_waiters(worker);
	wake_writer(worker);
}

int worker_run(const struct worker_options *options, struct nf_error *err)
{
	struct worker worker = {.options = options};
	int rc = -1;

	/* Now: a frame that found no memory would leave its task open. */
	buf_init(&worker.out, OUT_MAX);
	if (buf_reserve(&worker.out, OUT_MAX) == -1)
		return error_sys(err, NF_SYSTEM, "no memory for a worker");
	if (loop_new(&worker.loop, options->stack_size, err) == -1) {
		buf_release(&worker.out);
		return -1;
	}
	loop_show(worker.loop, options->running);
	if (fiber_start(worker.loop, reader_main, &worker, err) == 0 &&
	    fiber_start(worker.loop, writer_main, &worker, err) == 0)
		rc = loop_run(worker.loop, err);
	loop_free(worker.loop);
	buf_release(&worker.out);
	return rc;
}
