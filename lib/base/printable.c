/* Bytes that a device sent, made harmless for a message. */
#include "base/printable.h"

#include <stdio.h>
#include <string.h>

/* Spell one byte: at most 4 characters and the end. */
static size_t spell(char out[5], uint8_t byte)
{
	if (byte == '\n' || byte == '\r')
		(void)snprintf(out, 5, "\\%c", byte == '\n' ? 'n' : 'r');
	else if (byte >= 0x20 && byte < 0x7f)
		(void)snprintf(out, 5, "%c", byte);
	else
		(void)snprintf(out, 5, "\\x%02x", byte);
	return strlen(out);
}

void printable_copy(char *out, size_t size, const uint8_t *bytes, size_t len)
{
	size_t at = 0;

	for (size_t i = 0; i < len && bytes[i] != '\n'; i++) {
		char one[5];
		size_t n;

		if (bytes[i] == '\r')
			continue;
		n = spell(one, bytes[i]);
		if (at + n + sizeof("...") > size) {
			memcpy(out + at, "...", 3);
			at += 3;
			break;
		}
		memcpy(out + at, one, n);
		at += n;
	}
	out[at] = '\0';
}

void printable_tail(char *out, size_t size, const uint8_t *bytes, size_t len)
{
	size_t first = len, total = 0, at = 0;
	char one[5];

	while (first > 0) {
		size_t n = spell(one, bytes[first - 1]);

		if (total + n >= size)
			break;
		total += n;
		first--;
	}
	for (size_t i = first; i < len; i++) {
		size_t n = spell(one, bytes[i]);

		memcpy(out + at, one, n);
		at += n;
	}
	out[at] = '\0';
}
