/* Many small strings that live and die together. */
#ifndef NETFAN_BASE_STRINGS_H
#define NETFAN_BASE_STRINGS_H

#include <stddef.h>

struct strings_block;

/* Zeroed, it is empty and ready. */
struct strings {
	struct strings_block *newest;
};

void strings_release(struct strings *strings);

/* A copy of the first len bytes of text, or NULL when memory is short. */
const char *strings_add(struct strings *strings, const char *text, size_t len);

/* Room for len bytes, aligned for anything; NULL when memory is short. */
void *strings_room(struct strings *strings, size_t len);

#endif
