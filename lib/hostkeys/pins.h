/*
 * Pins: the fingerprints of the only host keys that a device may have, as a
 * text. One is what ssh-keygen -l prints: "SHA256:" and 43 characters of
 * base64, with or without its padding, or "MD5:" and 16 bytes in hexadecimal
 * with colons between them, of which the mark may be missing. Several have commas
 * between them, and blanks where they like.
 */
#ifndef NETFAN_HOSTKEYS_PINS_H
#define NETFAN_HOSTKEYS_PINS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Find what is no fingerprint: the place in the text, *len bytes long, or NULL
 * when each is one. An empty text is none. */
const char *pins_wrong(const char *text, size_t *len);

/* Is this key (an SSH public key blob) one of those that the text pins? */
bool pins_match(const char *text, const uint8_t *key, size_t key_len);

#endif
