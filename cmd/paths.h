/* Files or directories of the command line, in their order. */
#ifndef NETFAN_CMD_PATHS_H
#define NETFAN_CMD_PATHS_H

#include <stddef.h>

/* Zeroed, it is empty and ready. */
struct paths {
	const char **at; /* borrowed */
	size_t n;
};

/* -1 with errno ENOMEM. */
int paths_add(struct paths *paths, const char *path);
void paths_free(struct paths *paths);

#endif
