/* How results are printed: one way a format. */
#ifndef NETFAN_CMD_FORMAT_SINK_H
#define NETFAN_CMD_FORMAT_SINK_H

#include "netfan.h"
#include "format/output.h"

/* Print one result of so many commands, body and all. -1 when the body cannot
 * be read. */
typedef int sink_fn(struct output *out, const struct nf_device *dev,
		    struct nf_result *result, size_t ncommands,
		    struct nf_error *err);

/* For programs: one JSON object a line. */
sink_fn sink_ndjson;

#endif
