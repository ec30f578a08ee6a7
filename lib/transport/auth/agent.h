/*
 * A login's own connection to the user's agent. An agent may ask its user, or
 * wait for a touch: this login alone waits for it.
 */
#ifndef NETFAN_TRANSPORT_AUTH_AGENT_H
#define NETFAN_TRANSPORT_AUTH_AGENT_H

#include "keys/key.h"

struct agent {
	/*
	 * Get a connection, which is the caller's and does not block: -1 with
	 * NF_SYSTEM, whose sys_errno EAGAIN says to ask again a moment later,
	 * and other errors of its own.
	 */
	int (*connect)(void *arg, int64_t deadline_ms, struct nf_error *err);
	void *arg;
	int fd; /* -1: none is open yet */
};

/*
 * Let the agent sign with a key of its own, as key_sign() does. On a fiber, no
 * later than deadline_ms: -1 with NF_AUTH_FAILED when it refused, NF_TIMEOUT,
 * NF_PROTOCOL when its reply is none, NF_CANCELLED when the run is stopped,
 * NF_SYSTEM when it cannot be reached.
 */
int agent_sign(struct agent *agent, const struct key *key,
	       const char *algorithm, const uint8_t *data, size_t len,
	       struct buf *out, int64_t deadline_ms, struct nf_error *err);

void agent_close(struct agent *agent);

#endif
