/*
 * The private part of a key, as OpenSSL takes it. It stands in struct secrets
 * and nowhere else: OpenSSL's own form of it is made for one signature, and
 * wiped behind it.
 */
#ifndef NETFAN_KEYS_KEY_PRIVATE_H
#define NETFAN_KEYS_KEY_PRIVATE_H

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "keys/key_kind.h"
#include "secrets/arena.h"

#define KEY_PRIVATE_NPARAMS 8 /* RSA's */

struct key_private {
	const struct key_kind *kind;
	OSSL_PARAM params[KEY_PRIVATE_NPARAMS + 1]; /* an end behind them */
	size_t n;
};

/* Begin one without parameters; it lives as long as the secrets. NULL with
 * errno. */
struct key_private *key_private_new(struct secrets *secrets,
				    const struct key_kind *kind);

/* Add a parameter by OpenSSL's name for it (openssl/core_names.h), octets or a
 * number: 0, or -1 without memory. */
int key_private_add_octets(struct key_private *private, struct secrets *secrets,
			   const char *name, struct blob_string octets);
int key_private_add_number(struct key_private *private, struct secrets *secrets,
			   const char *name, const BIGNUM *number);

/* Copy all that there is of OpenSSL's form. NF_INVALID for a kind of key that
 * is not known here, NF_SYSTEM. */
int key_private_copy(struct key_private **out, struct secrets *secrets,
		     EVP_PKEY *from, struct nf_error *err);

/* Print the public blob: 0, or -1 without memory or with wrong parameters. */
int key_private_blob(const struct key_private *private, struct buf *out);

/* Make OpenSSL's form, for EVP_PKEY_free(), which wipes it. NULL when it takes
 * it for no key. */
EVP_PKEY *key_private_load(const struct key_private *private);

/* Does a signature of it fit its public part? */
bool key_private_fits(const struct key_private *private);

#endif
