/* Many small strings that live and die together. */
#include "base/strings.h"

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE ((size_t)32 * 1024)
#define ALIGN alignof(max_align_t)

struct strings_block {
	struct strings_block *older;
	size_t used;
	size_t size; /* of text */
	alignas(max_align_t) char text[];
};

static struct strings_block *block_new(struct strings_block *older, size_t need)
{
	size_t size = need > BLOCK_SIZE ? need : BLOCK_SIZE;
	struct strings_block *block;

	if (size > SIZE_MAX - sizeof(*block))
		return NULL;
	block = malloc(sizeof(*block) + size);
	if (block == NULL)
		return NULL;
	block->older = older;
	block->used = 0;
	block->size = size;
	return block;
}

void strings_release(struct strings *strings)
{
	struct strings_block *older;

	for (; strings->newest != NULL; strings->newest = older) {
		older = strings->newest->older;
		free(strings->newest);
	}
}

/* The next len bytes; aligned where align is a power of two, up to ALIGN. */
static char *take(struct strings *strings, size_t len, size_t align)
{
	struct strings_block *block = strings->newest;
	size_t used = 0;

	if (block != NULL)
		used = (block->used + align - 1) & ~(align - 1);
	if (block == NULL || used > block->size || block->size - used < len) {
		block = block_new(block, len);
		if (block == NULL)
			return NULL;
		strings->newest = block;
		used = 0;
	}
	block->used = used + len;
	return block->text + used;
}

const char *strings_add(struct strings *strings, const char *text, size_t len)
{
	char *at = take(strings, len + 1, 1);

	if (at == NULL)
		return NULL;
	memcpy(at, text, len);
	at[len] = '\0';
	return at;
}

void *strings_room(struct strings *strings, size_t len)
{
	return take(strings, len, ALIGN);
}
