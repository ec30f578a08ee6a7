/*
 * A call to an agent: a message, and the reply to it, over a descriptor that
 * does not block. Who calls waits between two turns, in its own way.
 */
#ifndef NETFAN_KEYS_AGENT_CALL_H
#define NETFAN_KEYS_AGENT_CALL_H

#include "keys/agent_protocol.h"

/* Open a connection to the agent of a socket, close-on-exec and non-blocking: -1
 * with NF_SYSTEM, EAGAIN as sys_errno when it takes no more for now. */
int agent_connect(const char *path, struct nf_error *err);

struct agent_call {
	struct buf
		request; /* filled in by the caller: what is left to be sent */
	struct buf reply; /* its length first, until the call is done */
};

void agent_call_init(struct agent_call *call);
void agent_call_release(struct agent_call *call);

/*
 * Send and receive what can be: 1 when the reply is there, without its length;
 * 0 and *directions, when to go on; -1 with errno: EPIPE when the agent closed
 * the connection, EPROTO for a reply that is none or above its bound.
 */
int agent_call_turn(struct agent_call *call, int fd, unsigned *directions);

#endif
