/* What stands behind an option, read; false when it is none of its kind. */
#ifndef NETFAN_CMD_OPTIONS_VALUES_H
#define NETFAN_CMD_OPTIONS_VALUES_H

#include <stdbool.h>
#include <stdint.h>

/* A whole number, 1-max. */
bool value_count(unsigned *out, const char *text, unsigned max);

/* A decimal number, 0.001-max. */
bool value_decimal(double *out, const char *text, double max);

/* Bytes, or KiB, MiB, GiB with a letter. */
bool value_size(uint64_t *out, const char *text);

/* The place of text among the words, which end with NULL. */
bool value_word(unsigned *out, const char *text, const char *const *words);

#endif
