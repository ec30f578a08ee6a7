/* The hashed names of a known_hosts file. */
#include "hostkeys/hosthash.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/error.h"

#define BLOCK 64 /* bytes that SHA-1 takes in at a time */
#define INNER 0x36 /* RFC 2104: the pads of HMAC's key */
#define OUTER 0x5c

/*
 * HMAC by hand, of RFC 2104: EVP_MAC can start again from a key it has, but
 * takes a quarter longer for it, and twice as long as this from a new one.
 */
struct hosthash {
	EVP_MD *sha1;
	EVP_MD_CTX *inner; /* after the block of salt and pad */
	EVP_MD_CTX *outer;
	EVP_MD_CTX *work;
	uint8_t wanted[HOSTHASH_SIZE];
};

int hosthash_new(struct hosthash **out, struct nf_error *err)
{
	struct hosthash *hash = calloc(1, sizeof(*hash));

	if (hash == NULL)
		return error_sys(err, NF_SYSTEM, "hashed names");
	hash->sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
	hash->inner = EVP_MD_CTX_new();
	hash->outer = EVP_MD_CTX_new();
	hash->work = EVP_MD_CTX_new();
	if (hash->sha1 == NULL || hash->inner == NULL || hash->outer == NULL ||
	    hash->work == NULL) {
		hosthash_free(hash);
		return error_set(err, NF_SYSTEM,
				 "libcrypto has no SHA-1 for hashed names");
	}
	*out = hash;
	return 0;
}

void hosthash_free(struct hosthash *hash)
{
	if (hash == NULL)
		return;
	EVP_MD_CTX_free(hash->work);
	EVP_MD_CTX_free(hash->outer);
	EVP_MD_CTX_free(hash->inner);
	EVP_MD_free(hash->sha1);
	free(hash);
}

static int take_pad(EVP_MD_CTX *ctx, const EVP_MD *sha1, const uint8_t *salt,
		    uint8_t pad)
{
	uint8_t block[BLOCK];

	memset(block, pad, sizeof(block));
	for (size_t i = 0; i < HOSTHASH_SIZE; i++)
		block[i] ^= salt[i];
	return EVP_DigestInit_ex2(ctx, sha1, NULL) == 1 &&
			       EVP_DigestUpdate(ctx, block, sizeof(block)) == 1
		       ? 0
		       : -1;
}

int hosthash_begin(struct hosthash *hash,
		   const uint8_t hashed[2 * HOSTHASH_SIZE])
{
	memcpy(hash->wanted, hashed + HOSTHASH_SIZE, HOSTHASH_SIZE);
	return take_pad(hash->inner, hash->sha1, hashed, INNER) == -1
		       ? -1
		       : take_pad(hash->outer, hash->sha1, hashed, OUTER);
}

/* Go on from the state of ctx, which is not changed. */
static int digest(struct hosthash *hash, const EVP_MD_CTX *ctx,
		  const void *bytes, size_t len, uint8_t out[HOSTHASH_SIZE])
{
	return EVP_MD_CTX_copy_ex(hash->work, ctx) == 1 &&
			       EVP_DigestUpdate(hash->work, bytes, len) == 1 &&
			       EVP_DigestFinal_ex(hash->work, out, NULL) == 1
		       ? 0
		       : -1;
}

int hosthash_matches(struct hosthash *hash, const char *name, size_t len)
{
	uint8_t made[HOSTHASH_SIZE];

	if (digest(hash, hash->inner, name, len, made) == -1 ||
	    digest(hash, hash->outer, made, sizeof(made), made) == -1)
		return -1;
	return memcmp(made, hash->wanted, sizeof(made)) == 0;
}
