/* Busy: the words by which a server turns clients away, before any login, as it
 * has no room at the moment. */
#ifndef NETFAN_TRANSPORT_BUSY_H
#define NETFAN_TRANSPORT_BUSY_H

#include <errno.h>

#include "netfan.h"

/* sys_errno of a connection that was closed, or reset, before a byte came: some
 * servers without room say nothing. The code is NF_DISCONNECTED then. */
#define BUSY_UNHEARD ECONNABORTED

/*
 * Explain the end of a connection, of which err tells, from all the bytes that
 * came over it. True with NF_BUSY and the server's words when they say so, and
 * with BUSY_UNHEARD in err when there are none; else false, err as it was.
 */
bool busy_explain(const uint8_t *bytes, size_t len, struct nf_error *err);

#endif
