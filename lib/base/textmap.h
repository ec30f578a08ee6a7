/*
 * A map from texts to numbers: a hash table that finds names in files of any
 * size, whoever chose them (base/texthash.h). It has no order, and cannot be gone
 * through: who has to keeps the texts in a list.
 */
#ifndef NETFAN_BASE_TEXTMAP_H
#define NETFAN_BASE_TEXTMAP_H

#include <stddef.h>

#include "base/texthash.h"

struct textmap_entry {
	const char *text; /* borrowed */
	size_t value;
};

/* Zeroed, it is empty and ready. */
struct textmap {
	struct textmap_entry *slots; /* open addressing; text NULL: free */
	size_t nslots; /* a power of two */
	size_t used;
	struct texthash_key key;
};

/* The entry of the first len bytes of text, NULL when there is none; until the
 * next is added. Its value may be changed. */
struct textmap_entry *textmap_find(const struct textmap *map, const char *text,
				   size_t len);

/* Add a text that is not there. NULL without memory. */
struct textmap_entry *textmap_add(struct textmap *map, const char *text,
				  size_t value);

void textmap_release(struct textmap *map);

#endif
