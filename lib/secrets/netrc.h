/*
 * Netrc: the file in which ftp(1), curl and Python keep passwords of machines.
 *
 *   machine NAME [login USER] [password TEXT] [account TEXT]
 *   default [login USER] [password TEXT]
 *   macdef NAME, and lines up to an empty one, which are passed over
 *
 * Its words stand between blanks and line ends, as they come; "user" is login. A
 * word in double quotes may have blanks, and ends with its line. A backslash takes
 * the next character as it is, as in ftp and Python (curl: only within quotes). A
 * # where a keyword may stand begins a comment. What is none of these is passed
 * over: other tools have words of their own, and one odd entry costs no other.
 */
#ifndef NETFAN_SECRETS_NETRC_H
#define NETFAN_SECRETS_NETRC_H

#include <stddef.h>

/* An entry with a password. */
struct netrc_entry {
	const char *machine; /* "": the default */
	const char *login; /* NULL: anybody's */
	const char *password;
	size_t order; /* in the file, from 0 */
	size_t first; /* of the first of the run of its machine: see netrc.c */
};

/* Zeroed, it is empty. */
struct netrc {
	struct netrc_entry *at; /* sorted by machine, then login */
	size_t n;
	size_t room;
};

/* Read a text, which is changed, and has to live as long. 0, or -1 with errno
 * ENOMEM: it is to be released all the same. */
int netrc_parse(struct netrc *netrc, char *text);

/* Free the entries; the text is who gave it's to wipe. Empty again. */
void netrc_release(struct netrc *netrc);

/*
 * Find the entry of a machine, whose letters count alike, "" for the default: of
 * a login, else anybody's; without a login (NULL) the first in the file. NULL
 * for none. Of two alike, the first in the file counts. Takes logarithmic time.
 */
const struct netrc_entry *netrc_find(const struct netrc *netrc,
				     const char *machine, const char *login);

#endif
