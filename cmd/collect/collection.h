/*
 * A collection: what a run of netfan collect came to, for the reports, hooks and
 * metrics that tell it.
 */
#ifndef NETFAN_CMD_COLLECT_COLLECTION_H
#define NETFAN_CMD_COLLECT_COLLECTION_H

#include "netfan.h"

#define COLLECTION_PROBLEMS 8
#define COLLECTION_LIST                                                        \
	100 /* devices that a report for people names of a kind */

/* Passes the lines of a diff on, as nf_store_diff(). */
typedef int collection_diff(void *arg, size_t device, size_t output,
			    nf_take_line *take, void *take_arg,
			    struct nf_error *err);

struct collection {
	const char *dir; /* borrowed, as are: */
	const char *commit; /* of this run, "" for none */
	const struct nf_store_device *const *devices;
	size_t ndevices;
	int64_t started_us; /* since 1970 */
	int64_t us; /* that it took */
	size_t counts[NF_NDEVICE_FATES];
	size_t failed; /* devices that failed, or should not have been skipped */
	size_t ok; /* devices of which all came */
	size_t changed; /* devices of which an output changed or was added, new
			 * ones left out, failed ones not */
	size_t shrunk; /* outputs */
	size_t left_out; /* outputs, that are told in this run */
	/* What went wrong with the record itself. */
	char problems[COLLECTION_PROBLEMS][512];
	size_t nproblems;
	unsigned diff_lines; /* of an output that are shown; 0: none */
	collection_diff *diff;
	void *diff_arg;
};

/* Count what became of the devices. */
void collection_count(struct collection *c);

/* Note what went wrong with the record; what comes behind many is dropped. */
void collection_problem(struct collection *c, const char *fmt, ...)
	NF_PRINTF(2, 3);

/* Is there anything to tell of this run? If not, it is silent. */
bool collection_has_news(const struct collection *c);

/* Did anything change, that is, is there more or less than before? */
bool collection_has_changed(const struct collection *c);

/* Did anything fail, a device or the record? */
bool collection_has_failed(const struct collection *c);

/* Has a device failed? One that is skipped has, unless there is nothing that
 * its platform would be asked. */
bool collection_failed(const struct nf_store_device *dev);

/* Has an output of a device this fate? */
bool collection_any(const struct nf_store_device *dev,
		    enum nf_output_fate fate);

/* Did an output of a device change, or come for the first time? */
bool collection_changed(const struct nf_store_device *dev);

/*
 * The first line of a report, without its end: "/var/lib/netfan: 40 devices: 37
 * same, 2 changed, 1 failed in 1.2 s; commit 4f5e0a1b2c3d".
 */
#define COLLECTION_SUMMARY 512
void collection_summary(const struct collection *c,
			char out[COLLECTION_SUMMARY]);

/* A time as people read it, local: "2026-11-30 02:17"; "never" for 0. */
#define COLLECTION_TIME ((size_t)32)
void collection_time(char out[COLLECTION_TIME], int64_t us);

/* A time for programs, "2026-11-30T02:17:00Z"; "" for 0. */
void collection_time_utc(char out[COLLECTION_TIME], int64_t us);

#endif
