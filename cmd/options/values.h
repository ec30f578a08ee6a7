/* Values of options, read: false when a text is no such value. */
#ifndef NETFAN_CMD_OPTIONS_VALUES_H
#define NETFAN_CMD_OPTIONS_VALUES_H

#include <stdbool.h>
#include <stdint.h>

/* Read a whole number, 1-max. */
bool value_count(unsigned *out, const char *text, unsigned max);

/* Read a decimal number, 0.001-max. */
bool value_decimal(double *out, const char *text, double max);

/* Read a time as milliseconds, 1-max_s: seconds, or with a letter, minutes,
 * hours or days; fractions are allowed. */
bool value_duration(int64_t *ms, const char *text, int64_t max_s);

/* Read a number of bytes, of KiB, MiB or GiB with a letter. */
bool value_size(uint64_t *out, const char *text);

/* Find the place of a text among words, which end with NULL. */
bool value_word(unsigned *out, const char *text, const char *const *words);

#endif
