/*
 * The check of a host key, between the handshake and the login: the same for
 * every SSH connection, to a device or to a hop before it.
 */
#ifndef NETFAN_SESSION_HOSTCHECK_H
#define NETFAN_SESSION_HOSTCHECK_H

#include "hostkeys/hostkeys.h"
#include "transport/ssh/ssh.h"

#define HOSTCHECK_TYPES 8 /* of keys to ask for first */

/* What a host key has to be. Every pointer is borrowed. */
struct hostcheck {
	const char *host; /* as known_hosts names it */
	uint16_t port;
	enum nf_host_keys policy;
	const struct hostkeys *known; /* NULL when the policy is off */
	/* Fingerprints of the only keys it may be (hostkeys/pins.h), whatever
	 * the policy, and whatever is known but for what is revoked; NULL: it
	 * may be any. */
	const char *pins;
	/* May this key of a host that has none yet be accepted? 0, or -1 with
	 * *err. Called when new keys are accepted. */
	int (*on_new_key)(void *arg, const struct ssh_key *key,
			  struct nf_error *err);
	void *arg;
};

/* The key that was seen. Zeroed: none was. */
struct hostcheck_key {
	enum nf_key state;
	char type[32];
	char fingerprint[HOSTKEYS_FINGERPRINT];
};

/* The key types to ask the server for before all others, for ssh_open(); how
 * many. */
size_t hostcheck_types(const struct hostcheck *check,
		       const char *types[HOSTCHECK_TYPES]);

/*
 * Judge the key of a server, and fill *seen, on failure too. NF_HOSTKEY_UNKNOWN,
 * NF_HOSTKEY_CHANGED, NF_HOSTKEY_REVOKED; NF_PROTOCOL for a key of no known
 * type; the codes of on_new_key().
 */
int hostcheck_judge(const struct hostcheck *check, const struct ssh *ssh,
		    struct hostcheck_key *seen, struct nf_error *err);

#endif
