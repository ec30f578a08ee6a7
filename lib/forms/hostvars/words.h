/* Words of a line, as Python's shlex.split(line, comments=True) has them. */
#ifndef NETFAN_FORMS_HOSTVARS_WORDS_H
#define NETFAN_FORMS_HOSTVARS_WORDS_H

#include <stddef.h>

/*
 * Take the next word of *text, which goes on behind it, to out, which has room for
 * as many bytes as are left and a NUL: 1; 0 when there is none, or a comment
 * begins. -1 where a quote is not closed, -2 where nothing follows a backslash.
 */
int words_next(const char **text, char *out);

#endif
