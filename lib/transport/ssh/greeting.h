/*
 * A greeting: what a server says before its identification line (RFC 4253
 * section 4.2), which may be lines of any text, or the first words of another
 * protocol.
 */
#ifndef NETFAN_TRANSPORT_SSH_GREETING_H
#define NETFAN_TRANSPORT_SSH_GREETING_H

#include <errno.h>

#include "netfan.h"

/* sys_errno of a server that speaks telnet. The code is NF_PROTOCOL then. */
#define GREETING_TELNET EPROTOTYPE

/* How long it stays as it is when it is another protocol's: long enough for
 * the rest of a line that was sent in two pieces. */
#define GREETING_QUIET_MS 1000

/*
 * Does it look like another protocol's? Only silence behind it tells: a line
 * before the identification may look like anything. No rule catches all: a
 * server's deadline is for the rest.
 */
bool greeting_is_foreign(const uint8_t *bytes, size_t len);

/* Explain that it is no SSH server's: -1 with NF_PROTOCOL, the protocol where
 * it is known, and the server's words. 0 when there are none. */
int greeting_explain(const uint8_t *bytes, size_t len, struct nf_error *err);

/* Is an identification line of a version that we speak, as far as it has come?
 */
bool greeting_speaks_version(const uint8_t *line, size_t len);

/* Explain an identification line of another version: -1 with NF_PROTOCOL. */
int greeting_other_version(const uint8_t *line, size_t len,
			   struct nf_error *err);

#endif
