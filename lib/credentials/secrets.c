/* Memory for passwords: not in core files, wiped at the end. */
#include "credentials/secrets.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#define MAP_STEP ((size_t)64 * 1024) /* a multiple of any page size in use */

struct secrets_map {
	struct secrets_map *older;
	size_t size; /* of the whole mapping */
	size_t used; /* bytes of text */
	char text[];
};

static size_t map_room(const struct secrets_map *map)
{
	return map->size - sizeof(*map) - map->used;
}

static struct secrets_map *map_new(struct secrets_map *older, size_t need)
{
	struct secrets_map *map;
	size_t size;

	if (need > SIZE_MAX - sizeof(*map) - MAP_STEP) {
		errno = ENOMEM;
		return NULL;
	}
	size = (sizeof(*map) + need + MAP_STEP - 1) / MAP_STEP * MAP_STEP;
	map = mmap(NULL, size, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (map == MAP_FAILED)
		return NULL;
	if (madvise(map, size, MADV_DONTDUMP) == -1) {
		(void)munmap(map, size);
		return NULL;
	}
	map->older = older;
	map->size = size;
	return map;
}

const char *secrets_add(struct secrets *secrets, const char *text)
{
	struct secrets_map *map = secrets->newest;
	size_t need = strlen(text) + 1;
	char *at;

	if (map == NULL || map_room(map) < need) {
		map = map_new(map, need);
		if (map == NULL)
			return NULL;
		secrets->newest = map;
	}
	at = map->text + map->used;
	memcpy(at, text, need);
	map->used += need;
	return at;
}

void secrets_release(struct secrets *secrets)
{
	struct secrets_map *map = secrets->newest;
	struct secrets_map *older;

	for (; map != NULL; map = older) {
		older = map->older;
		explicit_bzero(map->text, map->used);
		(void)munmap(map, map->size);
	}
	secrets->newest = NULL;
}
