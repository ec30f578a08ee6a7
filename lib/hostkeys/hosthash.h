/*
 * The hashed names of a known_hosts file: HMAC-SHA1 of the name, its key a salt
 * of the line's own, so that each line has to be tried on each name.
 */
#ifndef NETFAN_HOSTKEYS_HOSTHASH_H
#define NETFAN_HOSTKEYS_HOSTHASH_H

#include <stddef.h>
#include <stdint.h>

#include "netfan.h"

/* Salt and HMAC-SHA1 of a hashed name, in bytes each. */
#define HOSTHASH_SIZE 20

struct hosthash;

/* NF_SYSTEM without memory, or when libcrypto has no SHA-1. */
int hosthash_new(struct hosthash **out, struct nf_error *err);
void hosthash_free(struct hosthash *hash);

/*
 * Take up a line: hashed is its salt, then its HMAC. All that depends on the
 * salt alone is done here, once for all names. 0, or -1 when libcrypto fails.
 */
int hosthash_begin(struct hosthash *hash,
		   const uint8_t hashed[2 * HOSTHASH_SIZE]);

/* Is this the name of the line? 1 or 0, or -1 when libcrypto fails. */
int hosthash_matches(struct hosthash *hash, const char *name, size_t len);

#endif
