/*
 * Bytes of a device, made harmless: as text for a terminal or as the inside of
 * a JSON string. Characters may be split between two calls.
 */
#ifndef NETFAN_CMD_FORMAT_ESCAPE_H
#define NETFAN_CMD_FORMAT_ESCAPE_H

#include "format/output.h"

enum escape_style {
	ESCAPE_TEXT, /* control characters and bad UTF-8 as \xNN */
	ESCAPE_LINE, /* the same, newlines and tabs too */
	ESCAPE_JSON, /* as JSON has it; bad UTF-8 becomes U+FFFD */
};

struct escape {
	enum escape_style style;
	uint8_t held[4]; /* the start of a character */
	size_t nheld;
	size_t want; /* bytes of that character in all */
	uint8_t last; /* written last, 0 at the start */
};

void escape_init(struct escape *escape, enum escape_style style);
void escape_bytes(struct escape *escape, struct output *out,
		  const uint8_t *bytes, size_t len);
void escape_end(struct escape *escape, struct output *out);

/* A whole string at once. */
void escape_text(struct output *out, enum escape_style style, const char *text);

/* The same as a string; what does not fit is cut off. */
void escape_copy(char *copy, size_t size, enum escape_style style,
		 const char *text);

#endif
