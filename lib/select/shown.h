/* Texts as messages show them: short, and harmless to a terminal. */
#ifndef NETFAN_SELECT_SHOWN_H
#define NETFAN_SELECT_SHOWN_H

#include <stddef.h>

#define SHOWN_SIZE ((size_t)260)

/*
 * Write the first 64 bytes of text, no character cut in two. Control characters
 * (C0, DEL, C1), and bytes that are no UTF-8, become \xNN. Returns out.
 */
const char *shown(char out[SHOWN_SIZE], const char *text);

#endif
