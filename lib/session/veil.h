/* The passwords of a session, made unreadable in what its device says. */
#ifndef NETFAN_SESSION_VEIL_H
#define NETFAN_SESSION_VEIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VEIL "****" /* what stands for a password */

/* NULL and "" are none. Borrowed. */
struct veil {
	const char *password;
	const char *secret;
};

/*
 * The length of the password that begins at bytes[at], 0 when none does.
 * Control characters within it, as where a line was wrapped, belong to it. One
 * of less than 4 bytes counts only as a word of its own: nothing would be
 * readable without the letter "a".
 */
size_t veil_len(const struct veil *veil, const uint8_t *bytes, size_t len,
		size_t at);

/* Is one of them anywhere in text? */
bool veil_covers(const struct veil *veil, const char *text);

/*
 * Copy with a VEIL for each password, at most size bytes: how many. cut: what
 * came before was lost, so that the bytes may begin within one.
 */
size_t veil_copy(const struct veil *veil, uint8_t *out, size_t size,
		 const uint8_t *bytes, size_t len, bool cut);

/* The same of a text, in its own place. It never gets longer than size - 1. */
void veil_text(const struct veil *veil, char *text, size_t size);

#endif
