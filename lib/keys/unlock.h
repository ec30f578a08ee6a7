/*
 * Decrypting a private key in OpenSSH's own format. Its passphrase goes through
 * bcrypt_pbkdf, which OpenSSL has not, and Botan has: that is loaded when the
 * first such key is met, as to link it would make every start of netfan slower.
 */
#ifndef NETFAN_KEYS_UNLOCK_H
#define NETFAN_KEYS_UNLOCK_H

#include "keys/openssh_key.h"
#include "secrets/arena.h"

/* The version of Botan that netfan was built for, NULL: without it. */
const char *unlock_version(void);

/*
 * Decrypt the private part of a file, in secrets, where it points from then on.
 * NF_AUTH_FAILED when the passphrase is wrong; NF_INVALID for an encryption that
 * is not known here, or where Botan is not there; NF_SYSTEM.
 */
int unlock_openssh(struct openssh_key *file, const char *passphrase,
		   struct secrets *secrets, struct nf_error *err);

#endif
