/*
 * Typing the lines that a device takes: each is done by its echo, and by what
 * the device shows before the next, or when quiet, as an echo is awaited. The
 * prompt may not come with it. The one that ends them is exchanged as a command
 * is.
 */
#ifndef NETFAN_EXCHANGE_TYPING_H
#define NETFAN_EXCHANGE_TYPING_H

#include "exchange/exchange.h"

/*
 * Type a line, as exchange_command() does with a command, with its codes, and
 * NF_COMMAND_REJECTED when the device takes no more lines before their end.
 */
int typing_line(struct exchange *exchange, const char *line,
		const struct output_sink *sink, struct output_counts *counts,
		struct nf_error *err);

/*
 * Type a command with the lines of a text behind it (base/here_document.h), as
 * one command with one output, which has no echo of the lines. They are typed
 * once the device announced that it takes lines, or was silent for 3 s, without
 * a prompt; what ends them is typed as well, if it was announced and is not the
 * last line. A shell that knows of such texts is given all of it.
 *
 * Codes as of typing_line(), NF_COMMAND_REJECTED also when the device takes no
 * lines at all, and NF_INVALID when a line would end them before the last.
 */
int typing_text(struct exchange *exchange, const char *command,
		const struct output_sink *sink, struct output_counts *counts,
		struct nf_error *err);

#endif
