/* Hops: the jump hosts of a run, as they are known before the fork. */
#ifndef NETFAN_JUMP_HOP_H
#define NETFAN_JUMP_HOP_H

#include <stdatomic.h>

#include "hostkeys/hostkeys.h"
#include "transport/auth/auth_means.h"
#include "transport/ssh/algorithms.h"
#include "transport/transport.h"

struct patterns;

#define HOP_NONE UINT32_MAX

/* What a run has come to know of a hop, so that the next jump process knows it,
 * too. Zeroed: nothing. */
struct hop_memory {
	struct nf_error closed; /* why it is not tried again; or NF_OK */
	uint8_t *key; /* its host key, as it was accepted; owned */
	size_t key_len;
};

/*
 * A jump host at the end of one chain of them: the same host behind others is
 * another hop. All but the memory is borrowed.
 */
struct hop {
	uint32_t before; /* the hop that it is reached by; HOP_NONE: directly */
	const char *name; /* as it was given, for messages */
	const char *host;
	uint16_t port;
	struct host key_host; /* by which known_hosts has its key */
	bool strict; /* a new key is refused, whatever the policy accepts */
	const struct address *addresses; /* of one that is reached directly */
	size_t naddresses;
	const struct origin *origin; /* likewise: from where; NULL: anywhere */
	struct credentials credentials; /* its own, never those of a device */
	struct login_keys keys; /* to be offered before the password */
	struct auth_order auth; /* which proofs are tried, in which order */
	struct nf_times times; /* of the steps; 0: as a session's */
	struct algorithms_wish algorithms;
	const char *pins; /* as hostcheck.h has them */
	/* Whether its password may be offered: the lockout's enum permit, to be
	 * asked for as a device's is. NULL: it may. */
	const atomic_uchar *permit;
	struct hop_memory known; /* its own; written by the parent alone */
};

struct hops {
	struct hop *at;
	size_t n;
	enum nf_host_keys policy;
	const struct hostkeys *known; /* NULL when the policy is off */
	const char *agent; /* path of the socket of the agent that has some of
			    * the keys; NULL: none has */
	const struct patterns *typed; /* that tell what a person answers;
				       * NULL: nobody does */
};

#endif
