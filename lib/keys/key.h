/*
 * A key that a user proves to be who it says with (RFC 4252 section 7): its
 * public part, perhaps a certificate, and the private part or an agent that has
 * it. Made before the fork; sessions only read it.
 */
#ifndef NETFAN_KEYS_KEY_H
#define NETFAN_KEYS_KEY_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "netfan.h"

struct key_private; /* keys/key_private.h */

/* Bytes as SSH sends them; at is NULL for none. */
struct key_blob {
	uint8_t *at;
	size_t len;
};

#define KEY_BLOB_MAX ((size_t)64 * 1024)

/* Zeroed, it is none. It owns all that it points to. */
struct key {
	struct key_blob blob; /* public key, RFC 4253 section 6.6 */
	struct key_blob certificate; /* of that key, PROTOCOL.certkeys */
	char *comment; /* may be anything: to be made harmless; or NULL */
	char *source; /* the path of its file, for messages; NULL: an agent */
	struct key_private *private; /* NULL: an agent has it */
};

/* What a login offers, in the order of trying. Borrowed from a keyring, or from
 * what an agent has listed. */
struct login_keys {
	const struct key *const *at;
	size_t n;
	/* Why a key that was named is passed over, as its file is encrypted;
	 * NULL: none is. */
	const char *locked;
};

void key_release(struct key *key);

/*
 * The name with which its blob begins: "ssh-ed25519", "ecdsa-sha2-nistp256",
 * "ssh-rsa". NULL for a type that is not known here, such as a key of hardware;
 * an agent may have that, and it is offered by the name in its blob.
 */
const char *key_type(const struct key *key);

/* Is the blob of that type? */
bool key_blob_is(const struct key_blob *blob, const char *type);

/*
 * Sign with the private part, which is there. The algorithm is the key's type,
 * for "ssh-rsa" also "rsa-sha2-256" or "rsa-sha2-512" (RFC 8332). What comes is
 * the signature without the name of its algorithm, as libssh2's callback wants
 * it: for ECDSA the mpints r and s (RFC 5656 section 3.1.2). NF_INVALID for an
 * algorithm that the key has not, NF_SYSTEM.
 */
int key_sign(const struct key *key, const char *algorithm, const uint8_t *data,
	     size_t len, struct buf *out, struct nf_error *err);

#endif
