/*
 * The user's SSH agent, as a plan has it: its socket, and the keys that it
 * listed before the fork. It is asked once, by the parent, which also opens the
 * connections over which sessions let it sign.
 */
#ifndef NETFAN_POLL_PLAN_KEY_AGENT_H
#define NETFAN_POLL_PLAN_KEY_AGENT_H

#include "keys/agent_protocol.h"
#include "netfan.h"

#define KEY_AGENT_MS 10000 /* for the list */

/* Zeroed, it is none, and not asked for. */
struct key_agent {
	char *path; /* of its socket; NULL: none is known */
	struct agent_keys keys;
	struct nf_error trouble; /* why it has none; or NF_OK */
};

/* Waiting for the list may be ended by the caller: true then. */
struct key_agent_patience {
	bool (*interrupted)(void *arg); /* or NULL */
	void *arg;
	int64_t deadline_ms;
};

/*
 * Ask the agent at path, as SSH_AUTH_SOCK has it (NULL: there is none), for its
 * keys. One that is not there, is silent or has none is no error: trouble tells.
 * NF_CANCELLED when it was interrupted; NF_SYSTEM without memory.
 */
int key_agent_ask(struct key_agent *agent, const char *path,
		  const struct key_agent_patience *patience,
		  struct nf_error *err);
void key_agent_release(struct key_agent *agent);

#endif
