/* Many small strings that live and die together. */
#include "base/strings.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE ((size_t)32 * 1024)

struct strings_block {
	struct strings_block *older;
	size_t used;
	size_t size; /* of text */
	char text[];
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

const char *strings_add(struct strings *strings, const char *text, size_t len)
{
	struct strings_block *block = strings->newest;
	char *at;

	if (block == NULL || block->size - block->used <= len) {
		block = block_new(block, len + 1);
		if (block == NULL)
			return NULL;
		strings->newest = block;
	}
	at = block->text + block->used;
	memcpy(at, text, len);
	at[len] = '\0';
	block->used += len + 1;
	return at;
}
