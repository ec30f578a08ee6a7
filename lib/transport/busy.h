/*
 * Busy: what a server says, before any login, to those whom it has no room for
 * at the moment.
 */
#ifndef NETFAN_TRANSPORT_BUSY_H
#define NETFAN_TRANSPORT_BUSY_H

#include <errno.h>

#include "netfan.h"

/* sys_errno of a connection that was closed, or reset, before a byte came: so
 * do servers, too, that have no room. The code is NF_DISCONNECTED. */
#define BUSY_UNHEARD ECONNABORTED

/*
 * Bytes are all that came over a connection which the other side has ended.
 * NF_BUSY with its words when they say so; BUSY_UNHEARD in err, which tells of
 * the end, when there are none. False for everything else, err as it was.
 */
bool busy_explain(const uint8_t *bytes, size_t len, struct nf_error *err);

#endif
