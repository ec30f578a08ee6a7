/* What netfan collect was asked to do, and doing it. */
#ifndef NETFAN_CMD_COLLECT_COLLECT_H
#define NETFAN_CMD_COLLECT_COLLECT_H

#include "collect/report.h"
#include "options/options.h"

#define COLLECT_FILES 8

/* What is done when another run has the folder. */
enum if_running {
	IF_RUNNING_SKIP, /* end, without a word */
	IF_RUNNING_WAIT,
	IF_RUNNING_FAIL, /* end, and tell who has it */
};

struct collect_options {
	struct options common; /* first: rows of all subcommands take it */
	struct nf_store_options store; /* strings are borrowed, lists below */
	struct texts volatile_lines, accept; /* to be freed */
	const char *push; /* a remote; or NULL, as all of these may be */
	const char *on_change, *on_failure;
	const char *metrics;
	const struct report_kind *report; /* on standard output; NULL: text */
	struct collect_file {
		const struct report_kind *kind;
		const char *path;
	} files[COLLECT_FILES]; /* reports beside it */
	size_t nfiles;
	unsigned diff_lines;
	bool show_secrets;
	bool syslog;
	enum if_running if_running;
	int64_t splay_ms; /* 0: it begins at once */
	int64_t deadline_ms; /* of the whole run; 0: none */
};

/* Collect, and tell of it. Returns the exit status. */
int collect_run(const struct collect_options *options);

#endif
