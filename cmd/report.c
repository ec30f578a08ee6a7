/* A run's report on standard error. */
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "address.h"
#include "clock.h"
#include "remedy.h"
#include "tell.h"

int report_init(struct report *report, const struct nf_inventory *inv,
		bool verbose)
{
	*report = (struct report){
		.inv = inv,
		.verbose = verbose,
		.begun = calloc(nf_inventory_size(inv) + 1, sizeof(bool)),
		.start_ms = clock_ms()};
	return report->begun != NULL ? 0 : -1;
}

void report_release(struct report *report)
{
	free(report->begun);
	report->begun = NULL;
}

void report_count(struct report *report, const struct nf_result *result)
{
	if (result->error.code == NF_OK) {
		report->ok++;
		report->refused += result->rejected > 0;
		return;
	}
	if (report->failed < REPORT_NAMES)
		report->names[report->failed] = result->device;
	report->codes[result->error.code]++;
	report->failed++;
}

/* ---- events */

/* Format a local time of day as the course's scripts log it:
 * "08:28:55.950254". */
static void time_of_day(char out[32], int64_t us)
{
	time_t seconds = (time_t)(us / 1000000);
	struct tm tm = {0};
	char text[16];

	(void)localtime_r(&seconds, &tm);
	(void)strftime(text, sizeof(text), "%H:%M:%S", &tm);
	(void)snprintf(out, 32, "%s.%06d", text, (int)(us % 1000000));
}

static void tell_event(const struct report *report,
		       const struct nf_event *event)
{
	struct nf_error error = *event->error;
	char when[32], device[TELL_MAX / 4];

	remedy_add(&error);
	time_of_day(when, event->when_us);
	address_with_name(device, sizeof(device),
			  nf_inventory_device(report->inv, event->device));
	if (event->kind == NF_EVENT_STARTED)
		tell("Worker-%u INFO: ===> %s Connection: %s", event->worker,
		     when, device);
	else if (event->kind == NF_EVENT_RETRY)
		tell("Worker-%u INFO: <--- %s Retry %u:    %s: in %.1f s, "
		     "after %s: %s",
		     event->worker, when, event->retry, device,
		     (double)event->pause_us / 1e6, nf_stage_name(error.stage),
		     error.message);
	else if (error.code == NF_OK)
		tell("Worker-%u INFO: <=== %s Received:   %s", event->worker,
		     when, device);
	else
		tell("Worker-%u ERROR: <=== %s Failed:     %s: %s: %s",
		     event->worker, when, device, nf_stage_name(error.stage),
		     error.message);
}

/* A device may be begun twice: it is tried again when its worker died. */
void report_event(void *arg, const struct nf_event *event)
{
	struct report *report = arg;
	bool *begun = &report->begun[event->device];

	if (event->kind == NF_EVENT_ENDED) {
		report->ended += *begun;
	} else if (event->kind == NF_EVENT_STARTED && !*begun) {
		*begun = true;
		report->asked++;
	}
	if (report->verbose)
		tell_event(report, event);
}

/* ---- at the end */

static double seconds_since(const struct report *report)
{
	return (double)(clock_ms() - report->start_ms) / 1000;
}

/* Print the codes, the most frequent first: "299 auth_failed, 1 refused". */
static void print_codes(FILE *out, const struct report *report)
{
	bool printed[NF_NCODES] = {false};
	const char *separator = "";

	for (;;) {
		size_t most = NF_OK;

		for (size_t code = 0; code < NF_NCODES; code++) {
			if (!printed[code] &&
			    report->codes[code] > report->codes[most])
				most = code;
		}
		if (report->codes[most] == 0 || printed[most])
			return;
		printed[most] = true;
		(void)fprintf(out, "%s%zu %s", separator, report->codes[most],
			      nf_code_name((enum nf_code)most));
		separator = ", ";
	}
}

/* Print the first devices that failed: "R7, R9, ...". */
static void print_names(FILE *out, const struct report *report)
{
	for (size_t i = 0; i < report->failed && i < REPORT_NAMES; i++)
		(void)fprintf(out, "%s%s", i == 0 ? "" : ", ",
			      nf_inventory_device(report->inv, report->names[i])
				      ->name);
	if (report->failed > REPORT_NAMES)
		(void)fputs(", ...", out);
}

void report_summary(const struct report *report)
{
	size_t total = report->ok + report->failed;
	char line[TELL_MAX] = "";
	FILE *out = fmemopen(line, sizeof(line), "w");

	if (out == NULL)
		return;
	(void)fprintf(out, "%zu device%s: %zu ok", total, total == 1 ? "" : "s",
		      report->ok);
	if (report->refused > 0)
		(void)fprintf(out, " (%zu refused a command)", report->refused);
	(void)fprintf(out, ", %zu failed in %.3f s", report->failed,
		      seconds_since(report));
	if (report->failed > 0) {
		(void)fputs(": ", out);
		print_codes(out, report);
		(void)fputs(" (", out);
		print_names(out, report);
		(void)fputs(")", out);
	}
	(void)fclose(out);
	tell("%s", line);
}

void report_losses(const struct report *report, size_t written)
{
	size_t total = nf_inventory_size(report->inv);

	tell("%zu device%s: %zu asked, %zu result%s written in %.3f s", total,
	     total == 1 ? "" : "s", report->asked, written,
	     written == 1 ? "" : "s", seconds_since(report));
}

void report_skipped(const struct nf_poll *poll)
{
	struct nf_skipped skipped;

	for (size_t i = 0; nf_poll_skipped(poll, i, &skipped); i++)
		tell("%s %s: %zu device%s skipped, as %s",
		     skipped.key ? "key" : "user", skipped.name,
		     skipped.ndevices, skipped.ndevices == 1 ? "" : "s",
		     skipped.key ? "its passphrase is wrong"
				 : "others refused its password");
}
