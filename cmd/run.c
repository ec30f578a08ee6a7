/* A run: the devices of an inventory are asked, and each result is printed as
 * it comes. */
#include "run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "format/writer.h"
#include "inventory.h"
#include "platforms.h"
#include "remedy.h"
#include "report.h"
#include "status.h"
#include "stop.h"
#include "tell.h"

enum stage {
	STAGE_RUNNING, /* devices are begun and asked */
	STAGE_STOPPING, /* none is begun any more, as a signal came */
	STAGE_KILLED, /* and none is waited for */
};

struct run {
	const struct options *options;
	const struct format *format;
	struct nf_platforms *platforms;
	struct nf_inventory *inv;
	struct nf_poll *poll;
	struct report report;
	struct stop stop;
	struct output out;
	struct writer writer;
	enum stage stage;
	bool lost; /* results, for another reason than the output's */
};

static int complain(const struct nf_error *err)
{
	tell("netfan: %s", err->message);
	return -1;
}

/* ---- the run */

/* Name the signal in the error of a device that was stopped: the library does
 * not know it. */
static void name_signal(const struct run *run, struct nf_error *error,
			bool begun)
{
	if (error->code != NF_CANCELLED || run->stop.signal == 0)
		return;
	(void)snprintf(error->message, sizeof(error->message),
		       "stopped by %s%s", stop_name(&run->stop),
		       begun ? "" : " before it was begun");
}

static int print_result(struct run *run, struct nf_result *result)
{
	const struct nf_device *dev =
		nf_inventory_device(run->inv, result->device);
	struct nf_error err;

	name_signal(run, &result->error, result->started_us != 0);
	remedy_add(&result->error);
	report_count(&run->report, result);
	if (writer_take(&run->writer, dev, result, &err) == -1) {
		run->lost = true;
		tell("netfan: %s: %s", dev->name, err.message);
	}
	return run->out.sys_errno == 0 ? 0 : -1;
}

static int print_ready(struct run *run)
{
	struct nf_result *result;

	while ((result = nf_poll_take(run->poll)) != NULL) {
		if (print_result(run, result) == -1)
			return -1;
	}
	return 0;
}

static bool interrupted(void *arg)
{
	struct stop *stop = arg;

	stop_update(stop);
	return stop->signal != 0;
}

/* Tell a user who has to wait for what, and how to end it. */
static void tell_stop(const struct run *run)
{
	size_t running = run->report.asked - run->report.ended;
	const char *name = stop_name(&run->stop);

	if (running > 0 && !run->options->quiet)
		tell("netfan: %s: nothing new is begun, and %zu device%s given "
		     "%d s to end; a second %s ends %s at once",
		     name, running, running == 1 ? " is" : "s are",
		     STOP_GRACE_MS / 1000, name, running == 1 ? "it" : "them");
}

/* Stop at the first signal, so that sessions that run may end, and kill them
 * at the second, or when they took too long. */
static void check_signals(struct run *run)
{
	stop_update(&run->stop);
	if (run->stop.signal != 0 && run->stage == STAGE_RUNNING) {
		run->stage = STAGE_STOPPING;
		tell_stop(run);
		nf_poll_stop(run->poll);
	}
	if (run->stop.now && run->stage != STAGE_KILLED) {
		run->stage = STAGE_KILLED;
		nf_poll_kill(run->poll);
	}
}

static int wait_for_more(struct run *run, struct nf_error *err)
{
	struct pollfd fds[] = {{.fd = nf_poll_fd(run->poll), .events = POLLIN},
			       {.fd = run->stop.fd, .events = POLLIN}};
	int wait_ms =
		run->stage == STAGE_KILLED ? -1 : stop_wait_ms(&run->stop);

	if (poll(fds, 2, wait_ms) == -1 && errno != EINTR) {
		(void)snprintf(err->message, sizeof(err->message), "poll: %s",
			       strerror(errno));
		return -1;
	}
	check_signals(run);
	return nf_poll_step(run->poll, 0, err);
}

static int run_all(struct run *run, struct nf_error *err)
{
	while (nf_poll_pending(run->poll) > 0) {
		if (print_ready(run) == -1)
			return 0; /* run->out knows why */
		if (nf_poll_pending(run->poll) > 0 &&
		    wait_for_more(run, err) == -1)
			return complain(err);
	}
	return 0;
}

/* ---- before and after it */

/* Begin the output, of which the workers, forked before, hold nothing. No
 * device is asked if it fails. */
static int begin_output(struct run *run, struct nf_error *err)
{
	const struct format_run about = {
		.out = &run->out, .ncommands = run->options->poll.ncommands};

	if (writer_open(&run->writer, run->format, &about, err) == 0)
		return 0;
	run->lost = true;
	return complain(err);
}

static void end_output(struct run *run)
{
	struct nf_error err;

	if (writer_close(&run->writer, &err) == 0)
		return;
	run->lost = true;
	(void)complain(&err);
}

static int read_inventory(struct run *run, const struct nf_log *log,
			  char *const *names, size_t nnames,
			  struct nf_error *err)
{
	const struct options *options = run->options;

	if (platforms_open(&run->platforms, &options->platforms, log, err) ==
		    -1 ||
	    inventory_open(&run->inv, &options->inventories, run->platforms,
			   log, err) == -1)
		return -1;
	return nnames == 0 ? 0
			   : nf_inventory_select(run->inv,
						 (const char *const *)names,
						 nnames, err);
}

static int run_open(struct run *run, char *const *names, size_t nnames,
		    struct nf_error *err)
{
	struct nf_poll_options poll = run->options->poll;

	if (!run->options->quiet)
		poll.log.line = tell_note;
	if (read_inventory(run, &poll.log, names, nnames, err) == -1) {
		tell("%s", err->message); /* "FILE:LINE: ..." */
		return -1;
	}
	if (report_init(&run->report, run->inv, run->options->verbose) == -1)
		return tell_no_memory();
	poll.on_event = report_event;
	poll.event_arg = &run->report;
	if (stop_init(&run->stop) == -1) {
		(void)snprintf(err->message, sizeof(err->message),
			       "signalfd: %s", strerror(errno));
		return complain(err);
	}
	poll.interrupted = interrupted;
	poll.interrupted_arg = &run->stop;
	output_init(&run->out, STDOUT_FILENO, &run->stop);
	if (nf_poll_open(&run->poll, run->inv, &poll, err) == -1)
		return complain(err);
	return 0;
}

static void run_close(struct run *run)
{
	nf_poll_free(run->poll);
	report_release(&run->report);
	nf_inventory_free(run->inv);
	nf_platforms_free(run->platforms);
	if (run->stop.fd != -1)
		(void)close(run->stop.fd);
	free(run);
}

static int status_of(const struct run *run)
{
	const struct report *report = &run->report;
	const char *username;

	if (run->stop.signal != 0)
		return STATUS_SIGNAL + run->stop.signal;
	if (run->out.sys_errno == EPIPE) /* nobody reads on: as if by SIGPIPE */
		return STATUS_SIGNAL + SIGPIPE;
	if (run->out.sys_errno != 0 || run->lost)
		return STATUS_OUTPUT;
	if (report->failed == 0)
		return STATUS_OK;
	if (nf_poll_skipped(run->poll, 0, &username) > 0)
		return STATUS_STOPPED;
	return report->ok > 0 ? STATUS_SOME : STATUS_ALL;
}

/* Sum the run up in a line or two, unless nobody reads on. */
static void tell_end(const struct run *run)
{
	int sys_errno = run->out.sys_errno;

	if (sys_errno != 0 && sys_errno != EPIPE && sys_errno != ECANCELED)
		tell("netfan: standard output: %s", strerror(sys_errno));
	if (run->options->quiet || sys_errno == EPIPE)
		return;
	if (sys_errno != 0 || run->lost)
		report_losses(&run->report, run->writer.written);
	else
		report_summary(&run->report);
	report_skipped(run->poll);
}

static int run_to_end(struct run *run, char *const *names, size_t nnames)
{
	struct nf_error err = {.code = NF_OK};
	int rc = run_open(run, names, nnames, &err);

	if (rc == 0 && begin_output(run, &err) == 0) {
		rc = run_all(run, &err);
		end_output(run);
	}
	if (rc == -1)
		return run->stop.signal != 0 ? STATUS_SIGNAL + run->stop.signal
					     : STATUS_USAGE;
	tell_end(run);
	return status_of(run);
}

int run_devices(const struct options *options, char *const *names,
		size_t nnames, const struct format *format)
{
	struct run *run = calloc(1, sizeof(*run));
	int status;

	if (run == NULL) {
		(void)tell_no_memory();
		return STATUS_USAGE;
	}
	run->options = options;
	run->format = format;
	run->stop.fd = -1;
	status = run_to_end(run, names, nnames);
	run_close(run);
	return status;
}
