/* Bytes of a device, made harmless. */
#include "format/escape.h"

#include <string.h>

void escape_init(struct escape *escape, enum escape_style style)
{
	*escape = (struct escape){.style = style};
}

/* Find how HTML spells a character that would be markup, NULL if it is none. */
static const char *entity(uint8_t byte)
{
	switch (byte) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static bool is_json(const struct escape *escape)
{
	return escape->style == ESCAPE_JSON ||
	       escape->style == ESCAPE_JSON_WHOLE;
}

static void put_ascii_json(struct output *out, uint8_t byte)
{
	switch (byte) {
	case '"':
		output_text(out, "\\\"");
		break;
	case '\\':
		output_text(out, "\\\\");
		break;
	case '\n':
		output_text(out, "\\n");
		break;
	case '\r':
		output_text(out, "\\r");
		break;
	case '\t':
		output_text(out, "\\t");
		break;
	default:
		output_format(out, "\\u%04x", byte);
		break;
	}
}

static void put_ascii(const struct escape *escape, struct output *out,
		      uint8_t byte)
{
	if (is_json(escape))
		put_ascii_json(out, byte);
	else if (escape->style == ESCAPE_HTML && entity(byte) != NULL)
		output_text(out, entity(byte));
	else
		output_format(out, "\\x%02x", byte);
}

static void put_bad(const struct escape *escape, struct output *out,
		    const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!is_json(escape))
			output_format(out, "\\x%02x", bytes[i]);
		else
			output_text(out, "\\ufffd");
	}
}

/* Is this character in its shortest form, no surrogate, and at most U+10FFFF?
 */
static bool valid(const uint8_t *c, size_t len)
{
	if (len == 3)
		return !(c[0] == 0xe0 && c[1] < 0xa0) &&
		       !(c[0] == 0xed && c[1] >= 0xa0);
	if (len == 4)
		return !(c[0] == 0xf0 && c[1] < 0x90) &&
		       !(c[0] == 0xf4 && c[1] >= 0x90);
	return true;
}

/* Write the character of two bytes or more that is held, now that it is whole.
 */
static void put_character(struct escape *escape, struct output *out)
{
	const uint8_t *c = escape->held;

	if (!valid(c, escape->want))
		put_bad(escape, out, c, escape->want);
	else if (c[0] == 0xc2 && c[1] < 0xa0) /* C1 controls drive terminals */
		if (!is_json(escape))
			put_bad(escape, out, c, 2);
		else
			output_format(out, "\\u%04x", c[1]);
	else
		output_bytes(out, c, escape->want);
	escape->nheld = 0;
}

/* Count the bytes of a character by its first: 0 when it begins none. */
static size_t character_len(uint8_t lead)
{
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if (lead >= 0xe0 && lead <= 0xef)
		return 3;
	return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

/* Is this byte harmless as it is? */
static bool is_plain(const struct escape *escape, uint8_t byte)
{
	if (byte >= 0x80 || byte == 0x7f)
		return false;
	if (escape->style == ESCAPE_JSON_WHOLE)
		return byte >= 0x20;
	if (escape->style == ESCAPE_JSON)
		return byte >= 0x20 && byte != '"' && byte != '\\';
	if (escape->style == ESCAPE_HTML && entity(byte) != NULL)
		return false;
	return byte >= 0x20 ||
	       (escape->style != ESCAPE_LINE && (byte == '\n' || byte == '\t'));
}

static void put_byte(struct escape *escape, struct output *out, uint8_t byte)
{
	if (escape->nheld > 0 && (byte & 0xc0) == 0x80) {
		escape->held[escape->nheld++] = byte;
		if (escape->nheld == escape->want)
			put_character(escape, out);
		return;
	}
	put_bad(escape, out, escape->held, escape->nheld);
	escape->nheld = 0;
	if (is_plain(escape, byte)) {
		output_bytes(out, &byte, 1);
		return;
	}
	if (byte < 0x80) {
		put_ascii(escape, out, byte);
		return;
	}
	escape->want = character_len(byte);
	if (escape->want == 0) {
		put_bad(escape, out, &byte, 1);
		return;
	}
	escape->held[escape->nheld++] = byte;
}

void escape_bytes(struct escape *escape, struct output *out,
		  const uint8_t *bytes, size_t len)
{
	size_t at = 0;

	while (at < len) {
		size_t run = 0;

		while (escape->nheld == 0 && at + run < len &&
		       is_plain(escape, bytes[at + run]))
			run++;
		if (run > 0)
			output_bytes(out, bytes + at, run);
		else
			put_byte(escape, out, bytes[at]);
		at += run > 0 ? run : 1;
	}
	if (len > 0)
		escape->last = bytes[len - 1];
}

void escape_end(struct escape *escape, struct output *out)
{
	put_bad(escape, out, escape->held, escape->nheld);
	escape->nheld = 0;
}

static void escape_part(struct output *out, enum escape_style style,
			const char *text, size_t len)
{
	struct escape escape;

	escape_init(&escape, style);
	escape_bytes(&escape, out, (const uint8_t *)text, len);
	escape_end(&escape, out);
}

void escape_text(struct output *out, enum escape_style style, const char *text)
{
	escape_part(out, style, text, strlen(text));
}

void escape_first_line(struct output *out, enum escape_style style,
		       const char *text)
{
	escape_part(out, style, text, strcspn(text, "\n"));
}

void escape_copy(char *copy, size_t size, enum escape_style style,
		 const char *text)
{
	struct output out;
	size_t len;

	output_init(&out, -1, NULL); /* the buffer is never flushed */
	escape_text(&out, style, text);
	len = out.len < size ? out.len : size - 1;
	memcpy(copy, out.bytes, len);
	copy[len] = '\0';
}
