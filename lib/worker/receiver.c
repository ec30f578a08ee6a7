/* The receiver of a worker: passages in, each to its task. */
#include <errno.h>
#include <stdlib.h>

#include "base/deadline_clock.h"
#include "worker/passage.h"
#include "worker/worker_parts.h"

static struct nf_task_io *find_task(const struct worker *worker,
				    uint32_t ticket)
{
	struct nf_task_io *out = worker->tasks;

	while (out != NULL && out->ticket.number != ticket)
		out = out->next;
	return out;
}

/* Give a passage to its task: of a task that is over, it is dropped. */
static int deliver(const struct worker *worker, uint32_t ticket,
		   struct passed *passed)
{
	struct nf_task_io *out = find_task(worker, ticket);
	struct arrival *arrival, **last;

	arrival = out != NULL ? malloc(sizeof(*arrival)) : NULL;
	if (arrival == NULL) {
		passed_release(passed);
		return out == NULL ? 0 : -1;
	}
	*arrival = (struct arrival){.passed = *passed};
	for (last = &out->arrivals; *last != NULL; last = &(*last)->next)
		;
	*last = arrival;
	if (out->receiving)
		fiber_wake(out->fiber);
	return 0;
}

/* No passage comes any more: let tasks know that wait for one. */
static void end_passages(struct worker *worker)
{
	worker->receiver = NULL;
	for (struct nf_task_io *out = worker->tasks; out != NULL;
	     out = out->next) {
		if (out->receiving)
			fiber_wake(out->fiber);
	}
}

void receiver_main(void *arg)
{
	struct worker *worker = arg;
	int fd = worker->options.passage_fd, rc = 0;
	struct passed passed;
	uint32_t ticket;

	worker->receiver = fiber_self();
	fiber_prioritise(INT64_MAX);
	while (!worker->broken && rc != -1) {
		rc = passage_receive(fd, &ticket, &passed);
		if (rc == 1)
			rc = deliver(worker, ticket, &passed);
		else if (rc == 0)
			rc = wait_io(fd, WAIT_IN, NO_DEADLINE);
	}
	end_passages(worker);
}

static int await_arrival(struct nf_task_io *out, int64_t deadline_ms)
{
	int rc;

	if (out->worker->receiver == NULL) {
		errno = EPIPE;
		return -1;
	}
	out->receiving = true;
	rc = fiber_park(deadline_ms);
	out->receiving = false;
	return rc;
}

int task_io_receive(struct nf_task_io *out, struct passed *passed,
		    int64_t deadline_ms)
{
	struct arrival *arrival;
	int rc = 1;

	while (rc == 1 && out->arrivals == NULL)
		rc = await_arrival(out, deadline_ms);
	arrival = out->arrivals;
	if (rc == -1 || arrival == NULL)
		return rc;
	*passed = arrival->passed;
	out->arrivals = arrival->next;
	free(arrival);
	return 1;
}

void receiver_drop(struct nf_task_io *out)
{
	while (out->arrivals != NULL) {
		struct arrival *arrival = out->arrivals;

		out->arrivals = arrival->next;
		passed_release(&arrival->passed);
		free(arrival);
	}
}
