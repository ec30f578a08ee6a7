/* What a person hears on stderr: events as they come, and a summary. */
#ifndef NETFAN_CMD_REPORT_H
#define NETFAN_CMD_REPORT_H

#include "netfan.h"

#define REPORT_NAMES 10

struct report {
	const struct nf_inventory *inv; /* borrowed */
	bool verbose; /* tell events, too */
	bool *begun; /* of each device: a worker took it up */
	size_t asked; /* devices that were begun */
	size_t ended; /* of these */
	size_t ok;
	size_t refused; /* of the ok ones: it refused a command */
	size_t failed;
	size_t codes[NF_NCODES]; /* of the failed ones: how many have it */
	size_t names[REPORT_NAMES]; /* the first devices that failed */
	int64_t start_ms;
};

/* -1 as memory is short. */
int report_init(struct report *report, const struct nf_inventory *inv,
		bool verbose);
void report_release(struct report *report);

/* Count a result. */
void report_count(struct report *report, const struct nf_result *result);

/* An on_event of nf_poll_options; arg is the report. Local time. */
void report_event(void *arg, const struct nf_event *event);

/* "user cisco: 37 devices skipped, as others refused its password", each. */
void report_skipped(const struct nf_poll *poll);

/* "40 devices: 37 ok, 3 failed in 1.234 s: 2 auth_failed, 1 refused (R7, R9,
 * R12)" */
void report_summary(const struct report *report);

/* The same when only so many results could be written: "40 devices: 25 asked,
 * 11 results written in 0.512 s" */
void report_losses(const struct report *report, size_t written);

#endif
