/*
 * The end of the last output of a dialogue, which stayed open behind its prompt
 * (output/cutter.h). The echo of the logout command ends it, or the end of the
 * connection does:
 *
 *   before the echo          the device                  the output
 *   -----------------------  --------------------------  ---------------------
 *   lines, if any, and echo  any                         gets them; whole
 *   nothing, for 2 s         echoed before               whole
 *   nothing, to the end of   any                         whole
 *   the connection
 *   text, then nothing, or   echoed before, or an empty  gets it; not whole
 *   the end                  line has no prompt yet
 *   anything, for 4 round    never echoed                whole: an empty line
 *   trips, at least 50 ms                                has proven its prompt
 */
#ifndef NETFAN_EXCHANGE_CLOSING_H
#define NETFAN_EXCHANGE_CLOSING_H

#include "exchange/exchange.h"

/*
 * End the last output, which is open, by the logout command; NULL: by an empty
 * line and its prompt, unless the device answers nothing to it. NF_INCOMPLETE
 * when it is not known to be whole, and NF_TIMEOUT and NF_DISCONNECTED behind an
 * empty line; NF_OUTPUT_TOO_LARGE, NF_CANCELLED, NF_SYSTEM.
 */
int closing_run(struct exchange *exchange, const char *command,
		struct nf_error *err);

/* End it where the device takes lines, and would take a logout for one. The
 * codes of the sink. */
int closing_at_lines(struct exchange *exchange, struct nf_error *err);

#endif
