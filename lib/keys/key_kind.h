/* The kinds of keys that netfan can sign with. */
#ifndef NETFAN_KEYS_KEY_KIND_H
#define NETFAN_KEYS_KEY_KIND_H

#include <stdbool.h>
#include <stddef.h>

#include "keys/key_blob.h"

#define KEY_CERTIFICATE_SUFFIX "-cert-v01@openssh.com"

struct key_kind {
	const char *type; /* as its blob begins */
	const char *certificate; /* as that of a certificate begins */
	const char *family; /* to OpenSSL: "ED25519", "EC", "RSA" */
	const char *group; /* its curve to OpenSSL; NULL: it has none */
	const char *curve; /* the same to SSH */
	size_t field; /* bytes of a number of the curve */
	const char *digest; /* that is signed; NULL: the data is, or RSA's */
};

/* The i-th kind, NULL behind the last. */
const struct key_kind *key_kind_at(size_t i);

/* The kind whose blobs begin with this name, or its certificates; or NULL. */
const struct key_kind *key_kind_of(struct blob_string type);
const struct key_kind *key_kind_of_certificate(struct blob_string type);

bool key_kind_is_rsa(const struct key_kind *kind);

/* The digest of an algorithm that this kind signs by. False: it does not. */
bool key_kind_digest(const struct key_kind *kind, const char *algorithm,
		     const char **digest);

#endif
