/*
 * A writer: the results of one run on their way to standard output, in a
 * format. It holds the format's state and calls it in the order that it may
 * count on.
 */
#ifndef NETFAN_CMD_FORMAT_WRITER_H
#define NETFAN_CMD_FORMAT_WRITER_H

#include <stdbool.h>

#include "format/format.h"

struct writer {
	const struct format *format; /* NULL: it is not open */
	void *ctx; /* the format's state */
	struct output *out; /* borrowed */
	size_t written; /* results that are out as a whole */
	size_t kept; /* results that close is to write */
};

/* Begin: 0, or -1 with err->message as memory is short or as the format says.
 * run is borrowed until this returns, what it points to until it is closed. */
int writer_open(struct writer *writer, const struct format *format,
		const struct format_run *run, struct nf_error *err);

/* Write a result, or have the format keep it: 0, or -1 with err->message when
 * it is lost. What goes wrong with the output itself, that output tells. */
int writer_take(struct writer *writer, const struct nf_device *dev,
		struct nf_result *result, struct nf_error *err);

/* End, and free: 0, or -1 with err->message when results are lost. A writer
 * that is zeroed or was closed before is no error. */
int writer_close(struct writer *writer, struct nf_error *err);

#endif
