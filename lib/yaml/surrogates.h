/* Surrogates: the two escapes of one character in JSON, which YAML has not. */
#ifndef NETFAN_YAML_SURROGATES_H
#define NETFAN_YAML_SURROGATES_H

#include <stddef.h>

/*
 * The text with the character itself in place of each pair, such as
 * "\ud83d\ude00", and U+FFFD for one alone; len becomes its length. NULL when it
 * has none: it can be read as it is. For surrogates_free(), which wipes it, with
 * that length. -1: no memory, else 0.
 */
int surrogates_join(char **out, const char *text, size_t *len);
void surrogates_free(char *text, size_t len);

#endif
