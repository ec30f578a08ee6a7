/* Surrogates: the two escapes of one character in JSON. */
#include "yaml/surrogates.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ESCAPE_LEN 6 /* of "\ud83d" */
#define UNKNOWN 0xfffd

/* The value of a hexadecimal digit, 16: it is none. */
static unsigned digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *found = c != '\0' ? strchr(digits, c | 0x20) : NULL;

	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	return found != NULL && found - digits >= 10
		       ? (unsigned)(found - digits)
		       : 16;
}

/* The number of an escape \uXXXX at the start of a text; 0: none is there. */
static uint32_t escape(const char *at, size_t left)
{
	uint32_t number = 0;

	if (left < ESCAPE_LEN || at[0] != '\\' || at[1] != 'u')
		return 0;
	for (size_t i = 2; i < ESCAPE_LEN; i++) {
		unsigned value = digit(at[i]);

		if (value == 16)
			return 0;
		number = number << 4 | value;
	}
	return number;
}

static bool is_high(uint32_t number)
{
	return number >= 0xd800 && number <= 0xdbff;
}

static bool is_low(uint32_t number)
{
	return number >= 0xdc00 && number <= 0xdfff;
}

/* Write a character of three or four bytes; it is not longer than its escape. */
static size_t put(char *out, uint32_t c)
{
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

static bool has_any(const char *text, size_t len)
{
	const char *end = text + len;

	while ((text = memmem(text, (size_t)(end - text), "\\u", 2)) != NULL) {
		uint32_t number = escape(text, (size_t)(end - text));

		if (is_high(number) || is_low(number))
			return true;
		text += 2;
	}
	return false;
}

/* Write what stands at the start of a text, after a backslash: how much of it
 * was taken. */
static size_t take_escape(const char *at, size_t left, char *out, size_t *used)
{
	uint32_t high = escape(at, left), low = 0;

	if (!is_high(high) && !is_low(high)) {
		size_t taken = left > 1 ? 2 : 1;

		memcpy(out, at, taken);
		*used = taken;
		return taken;
	}
	if (is_high(high))
		low = escape(at + ESCAPE_LEN, left - ESCAPE_LEN);
	if (!is_low(low)) {
		*used = put(out, UNKNOWN);
		return ESCAPE_LEN;
	}
	*used = put(out, 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00));
	return (size_t)2 * ESCAPE_LEN;
}

int surrogates_join(char **out, const char *text, size_t *len)
{
	size_t left = *len, written = 0;
	char *copy;

	*out = NULL;
	if (!has_any(text, left))
		return 0;
	copy = malloc(left);
	if (copy == NULL)
		return -1;
	while (left > 0) {
		size_t used = 1, taken = 1;

		if (*text == '\\')
			taken = take_escape(text, left, copy + written, &used);
		else
			copy[written] = *text;
		text += taken;
		left -= taken;
		written += used;
	}
	*out = copy;
	*len = written;
	return 0;
}

void surrogates_free(char *text, size_t len)
{
	if (text != NULL)
		explicit_bzero(text, len);
	free(text);
}
