/*
 * Paths: names of devices and commands as names of files. Letters, digits and
 * "._+@:-" stay, a blank is "_", any other byte is %XX; so is a "." or "-" at the
 * beginning. What would have more than 120 bytes is cut, and ends in "~" and 8
 * hex digits of the name's SHA-256. Of two that are the same to a file system
 * without capitals, the later one gets "~" and 6 hex digits of its SHA-256 behind
 * it. A "~" of a name is escaped, so that no name looks like one of these.
 */
#ifndef NETFAN_STORE_PATHS_H
#define NETFAN_STORE_PATHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netfan.h"

#define PATHS_NAME_MAX 136 /* with its end, and a NUL */

/* Write the name of a file; it never fails, and the empty name is "%". */
void paths_escape(char out[PATHS_NAME_MAX], const char *name);

/* Guess the name of a file, as far as the file tells it: what is undone makes
 * this file again, or it is the file's own. With blanks, a "_" was one. Returns
 * name. */
const char *paths_guess(char name[PATHS_NAME_MAX], const char *file,
			bool blanks);

/* Can a file have this name, by what is written above? So it has no "/", and is
 * none of ".", "..", ".git" and ".netfan". */
bool paths_is_name(const char *file);

/* A name that is taken. */
struct paths_row {
	const char *name;
	const char *file;
	size_t at; /* the caller's own: 0 at first */
};

/* The names that are taken in one directory. Zeroed, it has none. */
struct paths {
	struct paths_row *rows; /* in the order in which they were taken */
	size_t n, cap;
	/* Rows by their names, and by their folded files; none of a few. */
	uint32_t *slots;
	size_t nslots;
};

/* Take the file name of a name, which is told the same again: borrowed until
 * paths_release(). NULL without memory. */
const char *paths_take(struct paths *paths, const char *name);

/* Take a name for this file, as it was taken in an earlier run: 0; -1 with errno
 * ENOMEM, EEXIST when the name has another, or another name has it, or EINVAL
 * when it is none of paths_is_name(). */
int paths_keep(struct paths *paths, const char *name, const char *file);

/* The row of a name, good until another is taken; NULL when it has none. */
struct paths_row *paths_find(const struct paths *paths, const char *name);
void paths_release(struct paths *paths);

#endif
