/* Memory for passwords: not in core files, nor in swap, wiped at the end. */
#include "secrets/arena.h"

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

/* Add a map. That it cannot be locked (EPERM, ENOMEM, EAGAIN: the limit is
 * reached) is no reason to do without passwords. */
static struct secrets_map *secrets_grow(struct secrets *secrets, size_t need)
{
	struct secrets_map *map = map_new(secrets->newest, need);

	if (map == NULL)
		return NULL;
	if (secrets->lock && mlock(map, map->size) == -1)
		secrets->unlocked = true;
	secrets->newest = map;
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
		map = secrets_grow(secrets, need);
		if (map == NULL)
			return NULL;
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

bool secrets_unlocked(const struct secrets *secrets)
{
	return secrets->unlocked;
}

struct secrets_mark secrets_mark(const struct secrets *secrets)
{
	const struct secrets_map *map = secrets->newest;

	return (struct secrets_mark){.map = secrets->newest,
				     .used = map != NULL ? map->used : 0};
}

/* Wipe and give back the newest map. */
static void drop_newest(struct secrets *secrets)
{
	struct secrets_map *map = secrets->newest;

	secrets->newest = map->older;
	explicit_bzero(map->text, map->used);
	(void)munmap(map, map->size);
}

void secrets_rewind(struct secrets *secrets, struct secrets_mark mark)
{
	struct secrets_map *map;

	/* One map stays, so that one device after the other maps none. */
	while (secrets->newest != mark.map && secrets->newest != NULL &&
	       secrets->newest->older != mark.map)
		drop_newest(secrets);
	map = secrets->newest;
	if (map == NULL)
		return;
	if (map != mark.map) {
		explicit_bzero(map->text, map->used);
		map->used = 0;
		return;
	}
	explicit_bzero(map->text + mark.used, map->used - mark.used);
	map->used = mark.used;
}

void secrets_release(struct secrets *secrets)
{
	while (secrets->newest != NULL)
		drop_newest(secrets);
	secrets->unlocked = false;
}
