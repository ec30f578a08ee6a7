/* Memory for passwords: not in core files, wiped at the end. */
#include "credentials/secrets.h"

#include <errno.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#define MAP_STEP ((size_t)64 * 1024) /* a multiple of any page size in use */
#define ALIGN alignof(max_align_t)

struct secrets_map {
	struct secrets_map *older;
	size_t size; /* of the whole mapping */
	size_t used; /* bytes of text */
	alignas(max_align_t) char text[]; /* a multiple of ALIGN is used */
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

void *secrets_room(struct secrets *secrets, size_t len)
{
	struct secrets_map *map = secrets->newest;
	size_t need = (len + ALIGN - 1) / ALIGN * ALIGN;
	char *at;

	if (need < len) {
		errno = ENOMEM;
		return NULL;
	}
	if (map == NULL || map_room(map) < need) {
		map = map_new(map, need);
		if (map == NULL)
			return NULL;
		secrets->newest = map;
	}
	at = map->text + map->used;
	map->used += need;
	return at;
}

const char *secrets_add(struct secrets *secrets, const char *text)
{
	size_t need = strlen(text) + 1;
	char *at = secrets_room(secrets, need);

	if (at != NULL)
		memcpy(at, text, need);
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
