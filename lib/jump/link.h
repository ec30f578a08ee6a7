/*
 * Link: a connection to a hop, by a fiber of its own that alone calls libssh2 for
 * it. It takes calls of its gate, opens one after the other, as libssh2 can, and
 * moves the bytes of all that are open.
 */
#ifndef NETFAN_JUMP_LINK_H
#define NETFAN_JUMP_LINK_H

#include "jump/gate.h"

/* Start a link, which connects and logs in from begin_ms on. It tells its gate
 * how that went, and frees itself when it has fallen. NF_SYSTEM. */
int link_start(struct link **out, struct gate *gate, int64_t begin_ms,
	       struct nf_error *err);

/* Calls wait, or there is room for one more. */
void link_wake(struct link *link);

/* Would it take a call at once, or soon, as it is on the way? */
bool link_is_free(const struct link *link);

/* Has it no call, or will it have none yet? */
bool link_is_empty(const struct link *link);

/* Say goodbye to the hop, without waiting; not from a fiber. */
void link_say_goodbye(struct link *link);

#endif
