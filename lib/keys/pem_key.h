/* Private keys in PEM, as OpenSSL reads them: PKCS#8 and the older forms, each
 * encrypted or not. */
#ifndef NETFAN_KEYS_PEM_KEY_H
#define NETFAN_KEYS_PEM_KEY_H

#include <stdbool.h>

#include "keys/key.h"
#include "secrets/arena.h"

/*
 * Read the private part. passphrase may be NULL; encrypted says whether one was
 * asked for. NF_INVALID when it is no such key, or that passphrase does not
 * open it, or it is of a kind that is not known here; NF_SYSTEM.
 */
int pem_key_read(struct key *key, const char *text, const char *passphrase,
		 bool *encrypted, struct secrets *secrets,
		 struct nf_error *err);

#endif
