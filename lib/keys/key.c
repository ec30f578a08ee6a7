/* A key to log in with. */
#include "keys/key.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "keys/key_private.h"

#define SIGNATURE_MAX 2048 /* bytes: RSA of 16384 bits */

void key_release(struct key *key)
{
	free(key->blob.at);
	free(key->certificate.at);
	free(key->comment);
	free(key->source);
	*key = (struct key){.private = NULL}; /* the secrets' */
}

static struct blob_string type_of(const struct key_blob *blob)
{
	struct blob_reader reader = {.at = blob->at, .left = blob->len};

	return blob_string(&reader);
}

const char *key_type(const struct key *key)
{
	const struct key_kind *kind = key_kind_of(type_of(&key->blob));

	return kind != NULL ? kind->type : NULL;
}

bool key_blob_is(const struct key_blob *blob, const char *type)
{
	return blob->at != NULL && blob_equals(type_of(blob), type);
}

/* Turn OpenSSL's signature by ECDSA, which is DER, into two mpints. */
static int put_ecdsa(struct buf *out, const uint8_t *der, size_t len)
{
	ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &der, (long)len);
	uint8_t r[66], s[66];
	int rlen = -1, slen = -1, rc = -1;

	if (signature != NULL) {
		rlen = BN_bn2binpad(ECDSA_SIG_get0_r(signature), r, sizeof(r));
		slen = BN_bn2binpad(ECDSA_SIG_get0_s(signature), s, sizeof(s));
	}
	if (rlen > 0 && slen > 0 && blob_put_number(out, r, (size_t)rlen) == 0)
		rc = blob_put_number(out, s, (size_t)slen);
	ECDSA_SIG_free(signature);
	return rc;
}

int key_sign(const struct key *key, const char *algorithm, const uint8_t *data,
	     size_t len, struct buf *out, struct nf_error *err)
{
	const struct key_private *private = key->private;
	uint8_t signature[SIGNATURE_MAX];
	size_t signed_len = sizeof(signature);
	const char *digest;
	EVP_MD_CTX *ctx;
	EVP_PKEY *pkey;
	int rc = -1;

	if (!key_kind_digest(private->kind, algorithm, &digest))
		return error_set(err, NF_INVALID,
				 "a key of type %s signs no %s",
				 private->kind->type, algorithm);
	ctx = EVP_MD_CTX_new();
	pkey = key_private_load(private);
	if (ctx != NULL && pkey != NULL &&
	    EVP_DigestSignInit_ex(ctx, NULL, digest, NULL, NULL, pkey, NULL) ==
		    1 &&
	    EVP_DigestSign(ctx, signature, &signed_len, data, len) == 1)
		rc = private->kind->group != NULL
			     ? put_ecdsa(out, signature, signed_len)
			     : buf_append(out, signature, signed_len);
	EVP_PKEY_free(pkey);
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return rc == 0 ? 0
		       : error_set(err, NF_SYSTEM,
				   "OpenSSL does not sign by %s with the key "
				   "from %s",
				   algorithm, key->source);
}
