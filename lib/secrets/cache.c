/* Cache: what came of each reference to a secret. */
#include "secrets/cache.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SLOTS 16

/* The place of a key, which may be free. */
static struct cached *find_place(const struct cache *cache, const char *key,
				 uint64_t hash)
{
	size_t mask = cache->nslots - 1, at = hash & mask;

	while (cache->at[at].key != NULL &&
	       (cache->at[at].hash != hash ||
		strcmp(cache->at[at].key, key) != 0))
		at = (at + 1) & mask;
	return &cache->at[at];
}

/* Keep the table at most half full: runs stay short, and a place is free. */
static int grow(struct cache *cache)
{
	struct cache grown = {.nslots = cache->nslots != 0 ? cache->nslots * 2
							   : FIRST_SLOTS,
			      .used = cache->used,
			      .hash_key = cache->hash_key};

	if (cache->used < cache->nslots / 2)
		return 0;
	grown.at = calloc(grown.nslots, sizeof(*grown.at));
	if (grown.at == NULL)
		return -1;
	for (size_t i = 0; i < cache->nslots; i++) {
		const struct cached *old = &cache->at[i];

		if (old->key != NULL)
			*find_place(&grown, old->key, old->hash) = *old;
	}
	free(cache->at);
	*cache = grown;
	return 0;
}

struct cached *cache_find(struct cache *cache, const char *key)
{
	struct cached *place;
	uint64_t hash;

	if (cache->nslots == 0)
		cache->hash_key = texthash_key();
	if (grow(cache) == -1)
		return NULL;
	hash = texthash(&cache->hash_key, key, strlen(key));
	place = find_place(cache, key, hash);
	if (place->key != NULL)
		return place;
	place->key = strdup(key);
	if (place->key == NULL)
		return NULL;
	place->hash = hash;
	cache->used++;
	return place;
}

void cache_release(struct cache *cache)
{
	for (size_t i = 0; i < cache->nslots; i++) {
		struct cached *at = &cache->at[i];

		if (at->netrc != NULL)
			netrc_release(at->netrc);
		free(at->netrc);
		free(at->why);
		free((void *)(uintptr_t)at->key);
	}
	free(cache->at);
	*cache = (struct cache){.nslots = 0};
}
