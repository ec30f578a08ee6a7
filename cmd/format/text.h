/* A result as people read it: a heading, the answers, why it failed. */
#ifndef NETFAN_CMD_FORMAT_TEXT_H
#define NETFAN_CMD_FORMAT_TEXT_H

#include "format/output.h"
#include "netfan.h"

/* Write a result of so many commands: 1, or -1 when its body cannot be read
 * (then what could be is out). */
int text_write(struct output *out, size_t ncommands,
	       const struct nf_device *dev, struct nf_result *result,
	       struct nf_error *err);

#endif
