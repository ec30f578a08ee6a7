/*
 * Paths: names of devices and commands as names of files. Letters, digits and
 * "._+@:-" stay, a blank is "_", any other byte is %XX; so is a "." or "-" at the
 * beginning. A name over 120 bytes is cut, and ends in "~" and 8 hex digits of its
 * SHA-256. Of two that are the same to a file system without capitals, the later
 * one gets "~" and 6 hex digits of its SHA-256 behind it.
 */
#ifndef NETFAN_STORE_PATHS_H
#define NETFAN_STORE_PATHS_H

#include <stdbool.h>
#include <stddef.h>

#include "netfan.h"

#define PATHS_NAME_MAX 136 /* with its end, and a NUL */

/* Write the name of a file; it never fails, and the empty name is "%". */
void paths_escape(char out[PATHS_NAME_MAX], const char *name);

/* The names that are taken in one directory. Zeroed, it has none. */
struct paths {
	struct paths_row *rows; /* sorted by the folded name */
	size_t n, cap;
};

/* Take the file name of a name, which is told the same again: borrowed until
 * paths_release(). NULL without memory. */
const char *paths_take(struct paths *paths, const char *name);

/* Take a name for this file, as it was taken in an earlier run: 0, or -1
 * without memory, or when another has it. */
int paths_keep(struct paths *paths, const char *name, const char *file);
void paths_release(struct paths *paths);

#endif
