/* Files or directories that the command line names. */
#include "options/paths.h"

#include <stdlib.h>

int paths_add(struct paths *paths, const char *path)
{
	const char **grown =
		reallocarray(paths->at, paths->n + 1, sizeof(const char *));

	if (grown == NULL)
		return -1;
	grown[paths->n++] = path;
	paths->at = grown;
	return 0;
}

void paths_free(struct paths *paths)
{
	free(paths->at);
	*paths = (struct paths){0};
}
