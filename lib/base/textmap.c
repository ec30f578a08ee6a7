/* A map from texts to numbers. */
#include "base/textmap.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SLOTS 64

/* The slot of a text, or the free one where it belongs. */
static struct textmap_entry *slot(const struct textmap *map, const char *text,
				  size_t len)
{
	size_t mask = map->nslots - 1,
	       at = texthash(&map->key, text, len) & mask;

	while (map->slots[at].text != NULL &&
	       (strncmp(map->slots[at].text, text, len) != 0 ||
		map->slots[at].text[len] != '\0'))
		at = (at + 1) & mask;
	return &map->slots[at];
}

struct textmap_entry *textmap_find(const struct textmap *map, const char *text,
				   size_t len)
{
	struct textmap_entry *found;

	if (map->nslots == 0)
		return NULL;
	found = slot(map, text, len);
	return found->text != NULL ? found : NULL;
}

/* Keep the table at most half full: runs stay short, and one slot is free. */
static int grow(struct textmap *map)
{
	struct textmap grown = {.nslots = map->nslots != 0 ? map->nslots * 2
							   : FIRST_SLOTS,
				.used = map->used,
				.key = map->key};

	if (map->used < map->nslots / 2)
		return 0;
	if (map->nslots == 0)
		grown.key = texthash_key();
	grown.slots = calloc(grown.nslots, sizeof(*grown.slots));
	if (grown.slots == NULL)
		return -1;
	for (size_t i = 0; i < map->nslots; i++) {
		const struct textmap_entry *old = &map->slots[i];

		if (old->text != NULL)
			*slot(&grown, old->text, strlen(old->text)) = *old;
	}
	free(map->slots);
	*map = grown;
	return 0;
}

struct textmap_entry *textmap_add(struct textmap *map, const char *text,
				  size_t value)
{
	struct textmap_entry *at;

	if (grow(map) == -1)
		return NULL;
	at = slot(map, text, strlen(text));
	*at = (struct textmap_entry){.text = text, .value = value};
	map->used++;
	return at;
}

void textmap_release(struct textmap *map)
{
	free(map->slots);
	*map = (struct textmap){0};
}
