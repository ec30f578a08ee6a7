/* Bytes that a device sent, made harmless for a message. */
#ifndef NETFAN_BASE_PRINTABLE_H
#define NETFAN_BASE_PRINTABLE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Copy up to the end of the first line of bytes, with "..." where it was cut.
 * Everything but printable ASCII becomes \xNN. size is at least 4.
 */
void printable_copy(char *out, size_t size, const uint8_t *bytes, size_t len);

/* Copy the last bytes that fit, several lines too: \r and \n are spelled. */
void printable_tail(char *out, size_t size, const uint8_t *bytes, size_t len);

#endif
