/* Base64 (RFC 4648) as key files have it: to the letter, in one piece. */
#ifndef NETFAN_BASE_BASE64_H
#define NETFAN_BASE_BASE64_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Decode len characters to out, which may be text itself and needs len / 4 * 3
 * bytes. Returns how many bytes came, or -1 for a character that is not of the
 * alphabet, for missing padding and for bits left over that are not zero: one
 * key has one text, as with ssh(1). After -1 out holds anything.
 */
ssize_t base64_decode(uint8_t *out, const char *text, size_t len);

#endif
