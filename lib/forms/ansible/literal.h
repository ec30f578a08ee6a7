/*
 * Python's literals, of which Ansible makes the values of an INI inventory, as
 * its ast.literal_eval() does: numbers, strings in quotes, True, False, None,
 * lists, tuples and dictionaries of them.
 */
#ifndef NETFAN_FORMS_ANSIBLE_LITERAL_H
#define NETFAN_FORMS_ANSIBLE_LITERAL_H

#include <stddef.h>

enum literal_kind {
	LITERAL_NOT, /* the text is a text */
	LITERAL_TEXT, /* it had quotes */
	LITERAL_BARE, /* a number, true or false */
	LITERAL_NULL,
	LITERAL_JSON, /* a list or a mapping */
};

/* Bytes that the value of a text of len bytes may have, with its NUL. */
#define LITERAL_ROOM(len) ((len)*6 + 64)

/*
 * Read the literal that text is, and write its value to out, of LITERAL_ROOM():
 * what was in quotes, a number as Python prints it, or JSON. Not taken for
 * literals, so left as they are: sets, complex numbers, numbers above 64 bits
 * that are not decimal, what is nested deeper than 32 levels, \N{NAME}.
 */
enum literal_kind literal_read(const char *text, char *out);

#endif
