/*
 * Typing the lines that a device takes: each is done by its echo, and by what
 * the device shows before the next, or when quiet, as an echo is awaited. The
 * prompt may not come with it. The one that ends them is exchanged as a command
 * is.
 */
#ifndef NETFAN_DIALOGUE_TYPING_H
#define NETFAN_DIALOGUE_TYPING_H

#include "dialogue/exchange.h"

/*
 * Type a line, as exchange_command() does with a command, with its codes, and
 * NF_COMMAND_REJECTED when the device takes no more lines before their end.
 */
int typing_line(struct exchange *exchange, const char *line,
		const struct output_sink *sink, struct output_counts *counts,
		struct nf_error *err);

#endif
