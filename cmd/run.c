/* A run: the devices of an inventory are asked, and a format takes each result
 * as it comes. */
#include "run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inventory.h"
#include "platforms.h"
#include "remedy.h"
#include "selection.h"
#include "status.h"
#include "tell.h"

static int complain(const struct nf_error *err)
{
	tell("netfan: %s", err->message);
	return -1;
}

/* ---- the run */

/* Name what stopped a device in its error: the library does not know it. */
static void name_stop(const struct run *run, struct nf_error *error, bool begun)
{
	if (error->code != NF_CANCELLED || !run->stop.asked)
		return;
	(void)snprintf(error->message, sizeof(error->message),
		       "stopped by %s%s", stop_name(&run->stop),
		       begun ? "" : " before it was begun");
}

static int take_result(struct run *run, struct nf_result *result)
{
	const struct nf_device *dev =
		nf_inventory_device(run->inv, result->device);
	struct nf_error err;

	name_stop(run, &result->error, result->started_us != 0);
	remedy_add(&result->error);
	report_count(&run->report, result);
	if (writer_take(&run->writer, dev, result, &err) == -1) {
		run->lost = true;
		tell("netfan: %s: %s", dev->name, err.message);
	}
	return run->out.sys_errno == 0 ? 0 : -1;
}

static int take_ready(struct run *run)
{
	struct nf_result *result;

	while ((result = nf_poll_take(run->poll)) != NULL) {
		if (take_result(run, result) == -1)
			return -1;
	}
	return 0;
}

/* Tell a user who has to wait for what, and how to end it. */
static void tell_stop(const struct run *run)
{
	size_t running = run->report.asked - run->report.ended;
	const char *name = stop_name(&run->stop);
	bool one = running == 1;
	char again[64] = "";

	if (run->stop.signal != 0)
		(void)snprintf(again, sizeof(again),
			       "; a second %s ends %s at once", name,
			       one ? "it" : "them");
	if (running > 0 && !run->options->quiet)
		tell("netfan: %s: nothing new is begun, and %zu device%s given "
		     "%d s to end%s",
		     name, running, one ? " is" : "s are", STOP_GRACE_MS / 1000,
		     again);
}

/* Stop where the run is to, so that sessions that run may end, and kill them
 * when that is insisted on, or they took too long. */
static void check_stop(struct run *run)
{
	stop_update(&run->stop);
	if (run->stop.asked && run->stage == RUN_GOING) {
		run->stage = RUN_STOPPING;
		tell_stop(run);
		nf_poll_stop(run->poll);
	}
	if (run->stop.now && run->stage != RUN_KILLED) {
		run->stage = RUN_KILLED;
		nf_poll_kill(run->poll);
	}
}

static int wait_for_more(struct run *run, struct nf_error *err)
{
	struct pollfd fds[] = {{.fd = nf_poll_fd(run->poll), .events = POLLIN},
			       {.fd = run->stop.fd, .events = POLLIN},
			       {.fd = -1, .events = POLLIN}};
	int wait_ms = run->stage == RUN_KILLED ? -1 : stop_wait_ms(&run->stop);

	typing_update(&run->typing, run->poll);
	if (run->typing.number != 0)
		fds[2].fd = run->typing.fd;
	if (poll(fds, 3, wait_ms) == -1 && errno != EINTR) {
		(void)snprintf(err->message, sizeof(err->message), "poll: %s",
			       strerror(errno));
		return -1;
	}
	check_stop(run);
	if (fds[2].revents != 0)
		typing_take(&run->typing, run->poll);
	return nf_poll_step(run->poll, 0, err);
}

static int run_all(struct run *run, struct nf_error *err)
{
	while (nf_poll_pending(run->poll) > 0) {
		if (take_ready(run) == -1)
			return 0; /* run->out knows why */
		if (nf_poll_pending(run->poll) > 0 &&
		    wait_for_more(run, err) == -1)
			return -1;
	}
	return 0;
}

/* ---- before and after it */

/* Begin the output, of which the workers, forked before, hold nothing. No
 * device is asked if it fails. */
static int begin_output(struct run *run, const struct nf_poll_options *poll,
			const struct format *format, void *into,
			struct nf_error *err)
{
	const struct format_run about = {.out = &run->out,
					 .ncommands = poll->ncommands,
					 .host_keys = poll->until ==
						      NF_UNTIL_HOSTKEY,
					 .into = into};

	if (writer_open(&run->writer, format, &about, err) == 0)
		return 0;
	run->lost = true;
	return -1;
}

static void end_output(struct run *run)
{
	struct nf_error err;

	if (writer_close(&run->writer, &err) == 0)
		return;
	run->lost = true;
	(void)complain(&err);
}

static int read_inventory(struct run *run, const char *const *names,
			  size_t nnames, struct nf_error *err)
{
	const struct options *options = run->options;
	const struct nf_log log = {.line = options->quiet ? NULL : tell_note};
	const struct nf_secret_ways ways = inventory_ways(&run->stop);

	if (platforms_open(&run->platforms, &options->platforms, &log, err) ==
		    -1 ||
	    inventory_open(&run->inv, options, run->platforms, &ways, &log,
			   err) == -1)
		return -1;
	return selection_apply(run->inv, options, names, nnames, err);
}

int run_status_output(const struct run *run)
{
	if (run->stop.signal != 0)
		return STATUS_SIGNAL + run->stop.signal;
	if (run->out.sys_errno == EPIPE) /* nobody reads on: as if by SIGPIPE */
		return STATUS_SIGNAL + SIGPIPE;
	return STATUS_OUTPUT;
}

static int status_of(const struct run *run)
{
	const struct report *report = &run->report;
	struct nf_skipped skipped;

	if (run->stop.signal != 0 || run->out.sys_errno != 0 || run->lost)
		return run_status_output(run);
	if (report->failed == 0)
		return STATUS_OK;
	if (nf_poll_skipped(run->poll, 0, &skipped))
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

/* ---- its steps */

struct run *run_new(const struct options *options)
{
	struct run *run = calloc(1, sizeof(*run));

	if (run == NULL) {
		(void)tell_no_memory();
		return NULL;
	}
	run->options = options;
	run->stop.fd = run->typing.fd = -1;
	return run;
}

/* Signals end netfan as they would any program until all is read: a pipe may be
 * slow. */
int run_open(struct run *run, const char *const *names, size_t nnames)
{
	struct nf_error err = {.code = NF_OK};

	if (read_inventory(run, names, nnames, &err) == -1) {
		tell("%s", err.message); /* "FILE:LINE: ..." */
		return -1;
	}
	if (report_init(&run->report, run->inv, run->options->verbose) == -1)
		return tell_no_memory();
	if (stop_init(&run->stop) == -1) {
		(void)snprintf(err.message, sizeof(err.message), "signalfd: %s",
			       strerror(errno));
		return complain(&err);
	}
	output_init(&run->out, STDOUT_FILENO, &run->stop);
	return 0;
}

bool run_interrupted(void *stop)
{
	stop_update(stop);
	return ((struct stop *)stop)->asked;
}

int run_complete(struct run *run, const struct nf_poll_options *poll,
		 struct nf_error *err)
{
	const struct options *options = run->options;

	return options->ssh_config
		       ? nf_inventory_ssh_config(
				 run->inv, options->ssh_config_file, poll, err)
		       : 0;
}

/* Nobody has to hear that who does not want to know more. */
static void tell_unlocked(const struct run *run)
{
	if (run->options->verbose && nf_inventory_unlocked(run->inv))
		tell("netfan: passwords could not be locked in memory, and may "
		     "be written to swap: raise what may be with 'ulimit -l'");
}

int run_ask(struct run *run, struct nf_poll_options poll,
	    const struct format *format, void *into, struct nf_error *err)
{
	int rc;

	poll.log.line = run->options->quiet ? NULL : tell_note;
	poll.on_event = report_event;
	poll.event_arg = &run->report;
	poll.interrupted = run_interrupted;
	poll.interrupted_arg = &run->stop;
	if ((poll.nask > 0 && typing_open(&run->typing, err) == -1) ||
	    run_complete(run, &poll, err) == -1 ||
	    nf_poll_open(&run->poll, run->inv, &poll, err) == -1 ||
	    begin_output(run, &poll, format, into, err) == -1)
		return -1;
	tell_unlocked(run);
	rc = run_all(run, err);
	end_output(run);
	return rc;
}

int run_status_broken(const struct run *run)
{
	return run->stop.signal != 0 ? STATUS_SIGNAL + run->stop.signal
				     : STATUS_USAGE;
}

void run_free(struct run *run)
{
	typing_close(&run->typing);
	nf_poll_free(run->poll);
	report_release(&run->report);
	nf_inventory_free(run->inv);
	nf_platforms_free(run->platforms);
	if (run->stop.fd != -1)
		(void)close(run->stop.fd);
	free(run);
}

int run_devices(const struct options *options, char *const *names,
		size_t nnames, const struct format *format)
{
	struct nf_error err = {.code = NF_OK};
	struct run *run = run_new(options);
	int status;

	if (run == NULL)
		return STATUS_USAGE;
	if (run_open(run, (const char *const *)names, nnames) == -1) {
		status = run_status_broken(run);
	} else if (run_ask(run, options->poll, format, NULL, &err) == -1) {
		(void)complain(&err);
		status = run_status_broken(run);
	} else {
		tell_end(run);
		status = status_of(run);
	}
	run_free(run);
	return status;
}
