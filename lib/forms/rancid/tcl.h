/*
 * Words of a line of Tcl, as .cloginrc has them. A line is not run: what Tcl
 * would look up or run is refused, but for three variables of the environment.
 */
#ifndef NETFAN_FORMS_RANCID_TCL_H
#define NETFAN_FORMS_RANCID_TCL_H

#include <stddef.h>

#include "secrets/arena.h"
#include "forms/lines.h"

#define TCL_WORDS_MAX 64

struct tcl_words {
	const char *at[TCL_WORDS_MAX]; /* in the arena that was given */
	size_t n;
	const char
		*why; /* what is wrong behind the last of them; NULL: nothing */
};

/*
 * Take the next command off the rest of a line, with its words: braces keep what
 * is in them, quotes and bare words are read with backslashes and $env(HOME),
 * $env(USER), $env(LOGNAME). No words: the rest was a comment, or nothing. -1: no
 * memory, else 0.
 */
int tcl_take(struct tcl_words *words, struct span *rest, struct secrets *arena);

/* The elements of a word, as Tcl reads a list, put together without the blanks
 * between them; NULL: it is no list, or there is no memory. */
const char *tcl_join(const char *word, struct secrets *arena);

#endif
