/* A run's report on standard error: events as they come, and a summary. */
#ifndef NETFAN_CMD_REPORT_H
#define NETFAN_CMD_REPORT_H

#include "netfan.h"

#define REPORT_NAMES 10

struct report {
	const struct nf_inventory *inv; /* borrowed */
	bool verbose; /* events are told, too */
	bool *begun; /* by device: a worker took it up */
	size_t asked; /* devices that were begun */
	size_t ended; /* devices that were begun and have ended */
	size_t ok;
	size_t refused; /* devices that are ok but refused a command */
	size_t failed;
	size_t codes[NF_NCODES]; /* devices that failed, by their error */
	size_t names[REPORT_NAMES]; /* the first devices that failed */
	int64_t start_ms;
};

/* Begin: 0, or -1 when memory is short. */
int report_init(struct report *report, const struct nf_inventory *inv,
		bool verbose);
void report_release(struct report *report);

/* Count a result. */
void report_count(struct report *report, const struct nf_result *result);

/* Take an event, as on_event of struct nf_poll_options; arg is the report.
 * Times are told as local ones. */
void report_event(void *arg, const struct nf_event *event);

/* Tell of each user: "user cisco: 37 devices skipped, as others refused its
 * password". */
void report_skipped(const struct nf_poll *poll);

/* Tell how it ended: "40 devices: 37 ok, 3 failed in 1.234 s: 2 auth_failed, 1
 * refused (R7, R9, R12)". */
void report_summary(const struct report *report);

/* Tell how it ended when only so many results could be written: "40 devices: 25
 * asked, 11 results written in 0.512 s". */
void report_losses(const struct report *report, size_t written);

#endif
