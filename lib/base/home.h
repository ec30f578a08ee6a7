/* The user's home directory. */
#ifndef NETFAN_BASE_HOME_H
#define NETFAN_BASE_HOME_H

/* The path of a file below it, to be freed. NULL when there is no home, or no
 * memory. */
char *home_path(const char *file);

/* A path with the home in place of a leading "~/", to be freed. NULL as
 * home_path(). */
char *home_expand(const char *path);

#endif
