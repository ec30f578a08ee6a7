/* Files or directories that the command line names, in their order. */
#ifndef NETFAN_CMD_OPTIONS_PATHS_H
#define NETFAN_CMD_OPTIONS_PATHS_H

#include <stddef.h>

/* A zeroed list is empty and ready. */
struct paths {
	const char **at; /* borrowed */
	size_t n;
};

/* Append a path, which is borrowed: 0, or -1 with errno ENOMEM. */
int paths_add(struct paths *paths, const char *path);
void paths_free(struct paths *paths);

#endif
