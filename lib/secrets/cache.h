/* Cache: what came of each reference to a secret, so that none is looked up
 * twice: a command is run once, a person asked once. */
#ifndef NETFAN_SECRETS_CACHE_H
#define NETFAN_SECRETS_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include "base/texthash.h"
#include "secrets/netrc.h"

/* What came of one. */
struct cached {
	const char *key; /* its own; NULL: the place is free */
	uint64_t hash;
	const char *value; /* borrowed; NULL: it cannot be had */
	char *why; /* its own, as far as it cannot be had */
	struct netrc *netrc; /* its own; NULL: it is no file of netrc's */
};

/* Zeroed, it is empty. */
struct cache {
	struct cached *at;
	size_t nslots; /* a power of two, or 0 */
	size_t used;
	struct texthash_key hash_key;
};

/* Find the entry of a key, or add one that has nothing but its key, which is
 * copied. NULL with errno when memory is short. It stays where it is until the
 * next call. */
struct cached *cache_find(struct cache *cache, const char *key);

/* Free all; empty again. */
void cache_release(struct cache *cache);

#endif
