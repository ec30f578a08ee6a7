/* Programs: another program is run, and its output taken. */
#include "system/program.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/deadline_clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/printable.h"
#include "system/child.h"

#define PIECE ((size_t)64 * 1024) /* a pipe's */
#define SAID_MAX 1024 /* bytes of standard error that are kept */
#define DRAIN_MS 1000 /* for what is still in the pipes at its end */
#define DYING_MS 5000 /* in which one that was killed is gone */
#define ASK_MS 200 /* between two questions whether one is to be killed */

/* Where its four descriptors stand in its part of the poll set. */
enum { IN, OUT, ERR, END, NEVENTS };

enum phase {
	PHASE_RUNS,
	PHASE_DRAINS, /* it has ended; its output may be held by another */
	PHASE_DYING, /* it was killed */
	PHASE_OVER,
};

struct running {
	const struct program *program;
	struct program_end *end;
	struct child child;
	enum phase phase;
	int64_t until_ms; /* of the phase */
	const uint8_t *bytes; /* of its input, to be written next */
	size_t len;
	char said[SAID_MAX + 1]; /* of standard error; a NUL is behind it */
	size_t said_len;
	struct nf_error err; /* why it was killed; NF_OK: it was not */
};

static void close_end(int *fd)
{
	(void)close(*fd);
	*fd = -1;
}

static void stop(struct running *run)
{
	if (run->phase == PHASE_OVER || run->phase == PHASE_DYING)
		return;
	child_kill(&run->child);
	run->phase = PHASE_DYING;
	run->until_ms = deadline_clock_ms() + DYING_MS;
}

static void stop_as_cancelled(struct running *run, const char *what)
{
	(void)error_set(&run->err, NF_CANCELLED, "%s %s was given up", what,
			run->program->argv[0]);
	stop(run);
}

/* ---- its three pipes */

/* Have a piece to write: 1, 0 at the end, -1 to give up. */
static int fetch_input(struct running *run)
{
	const void *bytes;

	if (run->len > 0)
		return 1;
	if (run->program->next_input(run->program->arg, &bytes, &run->len) ==
	    -1)
		return -1;
	run->bytes = bytes;
	return run->len > 0;
}

/* A program that does not read all of its input is no error: its status tells. */
static void write_input(struct running *run)
{
	int rc = fetch_input(run);
	ssize_t n = 0;

	if (rc == -1) {
		stop_as_cancelled(run, "the input of");
		return;
	}
	if (rc == 1)
		n = pipe_write(run->child.in_fd, run->bytes, run->len);
	if (n > 0) {
		run->bytes += n;
		run->len -= (size_t)n;
	} else if (rc == 0 || (errno != EAGAIN && errno != EINTR)) {
		close_end(&run->child.in_fd);
	}
}

static void take_output(struct running *run, const uint8_t *bytes, size_t len)
{
	if (run->phase != PHASE_DYING &&
	    run->program->take_output(run->program->arg, bytes, len) == -1)
		stop_as_cancelled(run, "the output of");
}

static void take_said(struct running *run, const uint8_t *bytes, size_t len)
{
	size_t room = SAID_MAX - run->said_len;

	len = len < room ? len : room;
	memcpy(run->said + run->said_len, bytes, len);
	run->said_len += len;
}

static void read_pipe(struct running *run, int *fd,
		      void (*take)(struct running *run, const uint8_t *bytes,
				   size_t len))
{
	uint8_t bytes[PIECE];
	ssize_t n = read(*fd, bytes, sizeof(bytes));

	if (n > 0) {
		take(run, bytes, (size_t)n);
		if (run->program->secret)
			explicit_bzero(bytes, (size_t)n);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		close_end(fd);
	}
}

/* ---- its end */

static void tell_complaint(const struct running *run)
{
	char *out = run->end->complaint;
	const char *at = run->said, *end = at + run->said_len;
	size_t len = 0;

	out[0] = '\0';
	while (at < end && PROGRAM_COMPLAINT - len > sizeof("; ...")) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *stop = newline != NULL ? newline : end;

		at += strspn(at, " \t\r");
		if (at < stop) {
			if (len > 0)
				len = (size_t)(stpcpy(out + len, "; ") - out);
			printable_copy(out + len, PROGRAM_COMPLAINT - len,
				       (const uint8_t *)at,
				       (size_t)(stop - at));
			len = strlen(out);
		}
		at = stop + 1;
	}
}

static void finish(struct running *run)
{
	struct nf_error err = {.code = NF_OK};
	int status;

	child_kill(&run->child); /* what it left behind */
	status = child_reap(&run->child, run->program->argv[0], &err);
	if (status == -1 && run->err.code == NF_OK)
		run->err = err;
	run->end->status = status == -1 ? 0 : status;
	tell_complaint(run);
	if (run->program->secret)
		explicit_bzero(run->said, run->said_len);
	run->phase = PHASE_OVER;
}

static bool is_drained(const struct running *run)
{
	return run->child.out_fd == -1 && run->child.err_fd == -1;
}

static void mark_ended(struct running *run)
{
	if (run->phase != PHASE_RUNS)
		return;
	run->phase = PHASE_DRAINS;
	run->until_ms = deadline_clock_ms() + DRAIN_MS;
}

static void miss_deadline(struct running *run)
{
	switch (run->phase) {
	case PHASE_RUNS:
		(void)error_set(&run->err, NF_TIMEOUT,
				"%s did not end in time and was stopped",
				run->program->argv[0]);
		stop(run);
		break;
	case PHASE_DRAINS:
		finish(run);
		break;
	case PHASE_DYING:
		child_leave(&run->child);
		run->phase = PHASE_OVER;
		break;
	case PHASE_OVER:
		break;
	}
}

/* ---- the loop */

static void watch(const struct running *run, struct pollfd *events)
{
	const struct child *child = &run->child;
	bool runs = run->phase == PHASE_RUNS;
	bool over = run->phase == PHASE_OVER;
	/* The end is seen once; then only the pipes are of interest. */
	bool ended = over || run->phase == PHASE_DRAINS;

	events[IN] = (struct pollfd){runs ? child->in_fd : -1, POLLOUT, 0};
	events[OUT] = (struct pollfd){over ? -1 : child->out_fd, POLLIN, 0};
	events[ERR] = (struct pollfd){over ? -1 : child->err_fd, POLLIN, 0};
	events[END] = (struct pollfd){ended ? -1 : child->pidfd, POLLIN, 0};
}

static void turn(struct running *run, const struct pollfd *events)
{
	if (run->phase == PHASE_OVER)
		return;
	if (events[OUT].revents != 0)
		read_pipe(run, &run->child.out_fd, take_output);
	if (events[ERR].revents != 0)
		read_pipe(run, &run->child.err_fd, take_said);
	if (events[IN].revents != 0 && run->phase == PHASE_RUNS)
		write_input(run);
	if (events[END].revents != 0 && run->phase == PHASE_DYING)
		finish(run);
	else if (events[END].revents != 0)
		mark_ended(run);
	if (run->phase == PHASE_DRAINS && is_drained(run))
		finish(run);
	else if (run->phase != PHASE_OVER && run->until_ms != NO_DEADLINE &&
		 deadline_clock_ms() >= run->until_ms)
		miss_deadline(run);
}

static void stop_all(struct running *runs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		stop(&runs[i]);
}

/* Only one that was started has a time until which it runs. */
static bool excused(const struct running *run)
{
	return run->program->alone && run->until_ms != 0;
}

/* Find one that failed: it takes the others with it, so that its error is the
 * one to tell. */
static const struct nf_error *find_failed(const struct running *runs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (runs[i].err.code != NF_OK && !excused(&runs[i]))
			return &runs[i].err;
	return NULL;
}

/* Kill those that are to be, and tell when to ask again. */
static int64_t ask_whether_interrupted(struct running *runs, size_t n)
{
	int64_t until_ms = NO_DEADLINE;

	for (size_t i = 0; i < n; i++) {
		const struct program *program = runs[i].program;

		if (runs[i].phase == PHASE_OVER ||
		    runs[i].phase == PHASE_DYING ||
		    program->interrupted == NULL)
			continue;
		until_ms = deadline_clock_ms() + ASK_MS;
		if (program->interrupted(program->arg))
			stop_as_cancelled(&runs[i], "running");
	}
	return until_ms;
}

/* Wait for any of them, and let each go on: false when all are over. */
static bool turn_all(struct running *runs, struct pollfd *events, size_t n)
{
	int64_t until_ms = ask_whether_interrupted(runs, n);
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		watch(&runs[i], events + i * NEVENTS);
		if (runs[i].phase == PHASE_OVER)
			continue;
		any = true;
		if (runs[i].until_ms < until_ms)
			until_ms = runs[i].until_ms;
	}
	if (!any)
		return false;
	if (poll(events, n * NEVENTS,
		 deadline_wait_ms(until_ms, deadline_clock_ms())) == -1)
		return true; /* a signal came */
	for (size_t i = 0; i < n; i++)
		turn(&runs[i], events + i * NEVENTS);
	return true;
}

static int start_all(struct running *runs, const struct program *programs,
		     struct program_end *ends, size_t n)
{
	for (size_t i = 0; i < n; i++)
		runs[i].phase = PHASE_OVER;
	for (size_t i = 0; i < n; i++) {
		runs[i].program = &programs[i];
		runs[i].end = &ends[i];
		if (child_start(&runs[i].child, &programs[i], &runs[i].err) ==
		    -1)
			return -1;
		runs[i].phase = PHASE_RUNS;
		runs[i].until_ms = programs[i].deadline_ms != 0
					   ? programs[i].deadline_ms
					   : NO_DEADLINE;
	}
	return 0;
}

int programs_run(const struct program *programs, size_t n,
		 struct program_end *ends, struct nf_error *err)
{
	struct running *runs = calloc(n, sizeof(*runs));
	struct pollfd *events = calloc(n * NEVENTS, sizeof(*events));
	const struct nf_error *failed = NULL;
	int rc = -1;

	if (runs == NULL || events == NULL) {
		(void)error_sys(err, NF_SYSTEM, "no memory to run programs");
		goto out;
	}
	(void)start_all(runs, programs, ends, n);
	do {
		if (failed == NULL)
			failed = find_failed(runs, n);
		if (failed != NULL)
			stop_all(runs, n);
	} while (turn_all(runs, events, n));
	for (size_t i = 0; i < n; i++)
		ends[i].err = runs[i].err;
	if (failed == NULL)
		rc = 0;
	else if (err != NULL)
		*err = *failed;
out:
	free(events);
	free(runs);
	return rc;
}

int program_run(const struct program *program,
		char complaint[PROGRAM_COMPLAINT], struct nf_error *err)
{
	struct program_end end = {0};
	int rc = programs_run(program, 1, &end, err);

	memcpy(complaint, end.complaint, PROGRAM_COMPLAINT);
	return rc == -1 ? -1 : end.status;
}
