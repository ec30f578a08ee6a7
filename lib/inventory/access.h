/*
 * Access: what an inventory says of how a device is reached and let in, beside
 * its address, its user and its password. Most devices of a file have the same,
 * and share one.
 */
#ifndef NETFAN_INVENTORY_ACCESS_H
#define NETFAN_INVENTORY_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

/* A key that is true, false, or not given. */
enum wish {
	WISH_NONE,
	WISH_YES,
	WISH_NO,
};

#define KEEPALIVE_NONE (-1)

/* Zeroed, nothing is given. Texts are NULL then, times 0. All is borrowed from
 * the inventory. */
struct access {
	/* Proof, as the texts stand in the file. */
	const char *auth; /* methods in the order of trying, with commas */
	enum wish use_keys;
	const char *key_file; /* a leading ~ is the user's home */
	const char *passphrase; /* a secret */
	enum wish allow_agent;
	/* Of the host key, as ssh-keygen -l prints it: "SHA256:..."; several
	 * with commas. Checked: they are as hostkeys/pins.h has them. */
	const char *hostkey_fingerprint;
	/* What ssh_config(5) alone says: */
	const char *hostkey_alias; /* its name in known_hosts, without a port */
	bool strict_hostkeys; /* a key of which none is known is refused */
	bool identities_only; /* the agent's keys count as of key files alone */
	bool keys_optional; /* key files that are of no use are passed over */
	/* Ways in; the first that is given counts. */
	const char *proxy_jump; /* [user@]host[:port], with commas, or "none" */
	const char *proxy_command;
	const char *proxy; /* socks5://[user:password@]host[:port]; a secret */
	const char *source_address; /* to connect from */
	const char *interface; /* likewise */
	/* Lists of names, as ssh_config(5) has them: a leading + adds, - takes
	 * away, ^ puts first. */
	const char *kex_algorithms;
	const char *hostkey_algorithms;
	const char *ciphers;
	const char *macs;
	/* Deadlines of the steps, milliseconds. */
	int64_t connect_ms;
	int64_t handshake_ms;
	int64_t auth_ms;
	int64_t prompt_ms;
	int64_t command_ms;
	/* Between two, in a command that is silent; KEEPALIVE_NONE: none are sent. */
	int64_t keepalive_ms;
};

/* All of an inventory. Zeroed, they are none. */
struct access_node {
	struct access access;
	struct access_node *older;
};

struct accesses {
	struct access_node *newest;
};

/* One of the newest that is equal, NULL for none. */
const struct access *accesses_find(const struct accesses *accesses,
				   const struct access *access);

/* Add one, whose texts live as long as the others'. NULL without memory. */
const struct access *accesses_add(struct accesses *accesses,
				  const struct access *access);

void accesses_release(struct accesses *accesses);

/* Equal in every value? */
bool access_equal(const struct access *one, const struct access *two);

#endif
