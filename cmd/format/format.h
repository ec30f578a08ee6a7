/*
 * Output formats: how the results of a run are laid out. A format is a file
 * that defines a struct format, and a row of the table in format.c: of them
 * --output takes its words, its errors and its help.
 */
#ifndef NETFAN_CMD_FORMAT_FORMAT_H
#define NETFAN_CMD_FORMAT_FORMAT_H

#include <stddef.h>

#include "format/output.h"
#include "netfan.h"

/* Kinds of runs, a bit each. */
#define FORMAT_POLL 1u /* commands are answered */
#define FORMAT_CHECK 2u /* devices are logged in to, no more */
#define FORMAT_LEARN 4u /* platform files are drafted */
#define FORMAT_HOSTKEYS 8u /* host keys are asked for */
#define FORMAT_ANY (FORMAT_POLL | FORMAT_CHECK | FORMAT_LEARN | FORMAT_HOSTKEYS)

/* A run, as far as it is known before its first result. */
struct format_run {
	struct output *out; /* standard output */
	size_t ncommands;
	bool host_keys; /* they are what is asked for */
	void *into; /* where results go that are not printed; or NULL */
};

/*
 * A format is driven by a writer (format/writer.h), which calls open once,
 * device for each result in the order in which devices end, and close once,
 * also when no device was asked or a result could not be written. Each of the
 * three takes the format's own state, ctx, and sets err->message where it fails
 * for another reason than *out, which keeps its own error. Two formats may have
 * one name if no kind of run has both.
 */
struct format {
	const char *name; /* the word of --output */
	unsigned runs; /* kinds of runs that it suits */
	size_t ctx_size; /* bytes of its state, zeroed before open */

	/* Begin: a header, a file. The run is borrowed until open returns,
	 * what it points to until close does. 0, or -1: nothing is asked then,
	 * and close is not called. */
	int (*open)(void *ctx, const struct format_run *run,
		    struct nf_error *err);

	/* Take a result, body and all: 1 when it is written, 0 when it is kept
	 * for close, -1 when it is lost; results of other devices may follow.
	 * dev is borrowed until close returns, the result until device does. */
	int (*device)(void *ctx, const struct nf_device *dev,
		      struct nf_result *result, struct nf_error *err);

	/* Write a footer and what was kept, and free what the state holds: 0,
	 * or -1 when results that were kept are lost. NULL: nothing to do. */
	int (*close)(void *ctx, struct nf_error *err);
};

/* Find the format of a name for a kind of run, NULL when there is none. Without
 * a name (NULL), find the default, which people read. */
const struct format *format_find(const char *name, unsigned run);

/* List the names for a kind of run, as "text or ndjson": the default first, and
 * behind that name a mark (" (default)", or ""). */
#define FORMAT_NAMES 160
void format_names(char out[FORMAT_NAMES], unsigned run, const char *mark);

#endif
