/* Passwords of a session, made unreadable in the words of its device. */
#ifndef NETFAN_TERMINAL_REDACT_H
#define NETFAN_TERMINAL_REDACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "credentials/credentials.h"

#define REDACTED "****" /* what stands for a password */

/*
 * The length of the password, or of the secret for enable, that begins at
 * bytes[at]; 0 when neither does. An empty one is none.
 * Control characters within it, as where a line was wrapped, belong to it. One
 * of less than 4 bytes counts only as a word of its own: nothing would be
 * readable without the letter "a".
 */
size_t redact_len(const struct credentials *credentials, const uint8_t *bytes,
		  size_t len, size_t at);

/* Is a password anywhere in text? */
bool redact_finds(const struct credentials *credentials, const char *text);

/*
 * Copy at most size bytes, with REDACTED in place of each password, and return
 * how many. cut: bytes before these were lost, so that they may begin within a
 * password.
 */
size_t redact_copy(const struct credentials *credentials, uint8_t *out,
		   size_t size, const uint8_t *bytes, size_t len, bool cut);

/* Redact a text in its own place. It never gets longer than size - 1. */
void redact_text(const struct credentials *credentials, char *text,
		 size_t size);

#endif
