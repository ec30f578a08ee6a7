/*
 * Bytes of a device, made harmless: as text for a terminal, or as the inside of
 * a JSON string or of an element of HTML. Characters may be split between two calls.
 */
#ifndef NETFAN_CMD_FORMAT_ESCAPE_H
#define NETFAN_CMD_FORMAT_ESCAPE_H

#include "format/output.h"

enum escape_style {
	ESCAPE_TEXT, /* control characters and bad UTF-8 as \xNN */
	ESCAPE_LINE, /* as ESCAPE_TEXT, newlines and tabs too */
	ESCAPE_JSON, /* as JSON has it; bad UTF-8 becomes U+FFFD */
	ESCAPE_JSON_WHOLE, /* what is JSON: its characters alone */
	ESCAPE_HTML, /* as ESCAPE_TEXT, and no markup, in quotes neither */
};

struct escape {
	enum escape_style style;
	uint8_t held[4]; /* the start of a character that is not whole yet */
	size_t nheld;
	size_t want; /* bytes of that character in all */
	uint8_t last; /* byte that was taken last, 0 at the start */
};

void escape_init(struct escape *escape, enum escape_style style);

/* Write bytes; a character that is not whole waits for the next call. */
void escape_bytes(struct escape *escape, struct output *out,
		  const uint8_t *bytes, size_t len);

/* Write a character that will never be whole, as bad UTF-8. */
void escape_end(struct escape *escape, struct output *out);

/* Write a whole string. */
void escape_text(struct output *out, enum escape_style style, const char *text);

/* Write the first line of a string: of a command with lines behind it. */
void escape_first_line(struct output *out, enum escape_style style,
		       const char *text);

/* Copy a whole string; the end of one that does not fit is cut off. */
void escape_copy(char *copy, size_t size, enum escape_style style,
		 const char *text);

#endif
