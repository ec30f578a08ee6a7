/* What a person hears on stderr. */
#include "report.h"

#include <stdio.h>
#include <time.h>

static int64_t now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void report_init(struct report *report, const struct nf_inventory *inv)
{
	*report = (struct report){.inv = inv, .start_ms = now_ms()};
}

void report_count(struct report *report, const struct nf_result *result)
{
	if (result->error.code == NF_OK) {
		report->ok++;
		return;
	}
	if (report->failed < REPORT_NAMES) {
		report->names[report->failed].device = result->device;
		report->names[report->failed].code = result->error.code;
	}
	report->failed++;
}

/* "08:28:55.950254", as the course's scripts log it. */
static void time_of_day(char out[32], int64_t us)
{
	time_t seconds = (time_t)(us / 1000000);
	struct tm tm = {0};
	char text[16];

	(void)localtime_r(&seconds, &tm);
	(void)strftime(text, sizeof(text), "%H:%M:%S", &tm);
	(void)snprintf(out, 32, "%s.%06d", text, (int)(us % 1000000));
}

void report_event(void *arg, const struct nf_event *event)
{
	const struct report *report = arg;
	const char *host =
		nf_inventory_device(report->inv, event->device)->host;
	const struct nf_error *error = event->error;
	char when[32];

	time_of_day(when, event->when_us);
	if (event->kind == NF_EVENT_STARTED)
		(void)fprintf(stderr,
			      "Worker-%u INFO: ===> %s Connection: %s\n",
			      event->worker, when, host);
	else if (error->code == NF_OK)
		(void)fprintf(stderr,
			      "Worker-%u INFO: <=== %s Received:   %s\n",
			      event->worker, when, host);
	else
		(void)fprintf(stderr,
			      "Worker-%u ERROR: <=== %s Failed:     %s: %s: "
			      "%s\n",
			      event->worker, when, host,
			      nf_stage_name(error->stage), error->message);
}

void report_summary(const struct report *report)
{
	size_t total = report->ok + report->failed;

	(void)fprintf(stderr, "%zu device%s: %zu ok, %zu failed in %.3f s",
		      total, total == 1 ? "" : "s", report->ok, report->failed,
		      (double)(now_ms() - report->start_ms) / 1000);
	for (size_t i = 0; i < report->failed && i < REPORT_NAMES; i++)
		(void)fprintf(stderr, "%s %s (%s)", i == 0 ? ":" : ",",
			      nf_inventory_device(report->inv,
						  report->names[i].device)
				      ->name,
			      nf_code_name(report->names[i].code));
	(void)fputs(report->failed > REPORT_NAMES ? ", ...\n" : "\n", stderr);
}
