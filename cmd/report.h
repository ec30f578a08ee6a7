/* What a person hears on stderr: events as they come, and a summary. */
#ifndef NETFAN_CMD_REPORT_H
#define NETFAN_CMD_REPORT_H

#include "netfan.h"

#define REPORT_NAMES 10

struct report {
	const struct nf_inventory *inv; /* borrowed */
	size_t ok;
	size_t failed;
	struct {
		size_t device;
		enum nf_code code;
	} names[REPORT_NAMES]; /* the first that failed */
	int64_t start_ms;
};

void report_init(struct report *report, const struct nf_inventory *inv);

/* Count a result. */
void report_count(struct report *report, const struct nf_result *result);

/* An on_event of nf_poll_options; arg is the report. Local time. */
void report_event(void *arg, const struct nf_event *event);

/* "40 devices: 37 ok, 3 failed in 1.23 s: R7 refused, ..." */
void report_summary(const struct report *report);

#endif
