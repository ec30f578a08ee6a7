/* Texts as messages show them. */
#include "select/shown.h"

#include <stdbool.h>
#include <stdio.h>

#include "yaml/fault.h"

/* The length of the character that text begins with; 0: it is no UTF-8. */
static size_t character_len(const char *text)
{
	unsigned char first = (unsigned char)text[0];
	size_t len = first < 0x80   ? 1
		     : first < 0xc2 ? 0
		     : first < 0xe0 ? 2
		     : first < 0xf0 ? 3
		     : first < 0xf5 ? 4
				    : 0;

	for (size_t i = 1; i < len; i++) {
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			return 0;
	}
	return len;
}

static bool is_control(const char *text, size_t len)
{
	unsigned char first = (unsigned char)text[0];

	if (len == 1)
		return first < 0x20 || first == 0x7f;
	return len == 2 && first == 0xc2 && (unsigned char)text[1] < 0xa0;
}

const char *shown(char out[SHOWN_SIZE], const char *text)
{
	const char *end = text + fault_shown(text);
	char *at = out;

	while (text < end) {
		size_t len = character_len(text);
		bool plain = len > 0 && !is_control(text, len);

		/* Four bytes at most for each of 64. */
		for (len = len > 0 ? len : 1; len > 0; len--) {
			if (plain)
				*at++ = *text++;
			else
				at += snprintf(at, 5, "\\x%02x",
					       (unsigned char)*text++);
		}
	}
	*at = '\0';
	return out;
}
