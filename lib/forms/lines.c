/* Lines of a file, one after the other. */
#include "forms/lines.h"

#include <string.h>
#include <strings.h>

#include "forms/form.h"

#define BLANKS " \t\r\n\v\f"

void lines_begin(struct lines *lines, const char *bytes, size_t len)
{
	static const char mark[] = "\xef\xbb\xbf";

	if (len >= 3 && memcmp(bytes, mark, 3) == 0) {
		bytes += 3;
		len -= 3;
	}
	*lines = (struct lines){.at = bytes, .end = bytes + len};
}

bool lines_next(struct lines *lines, struct span *line)
{
	size_t left = (size_t)(lines->end - lines->at);
	const char *newline;

	if (left == 0)
		return false;
	newline = memchr(lines->at, '\n', left);
	line->at = lines->at;
	line->len = newline != NULL ? (size_t)(newline - lines->at) : left;
	lines->at += line->len + (newline != NULL);
	if (line->len > 0 && line->at[line->len - 1] == '\r')
		line->len--;
	lines->line++;
	return true;
}

static bool is_blank(char byte)
{
	return byte != '\0' && strchr(BLANKS, byte) != NULL;
}

struct span span_trim(struct span span)
{
	while (span.len > 0 && is_blank(span.at[0])) {
		span.at++;
		span.len--;
	}
	while (span.len > 0 && is_blank(span.at[span.len - 1]))
		span.len--;
	return span;
}

struct span span_word(struct span *left)
{
	struct span word;

	*left = span_trim(*left);
	word = (struct span){left->at, 0};
	while (word.len < left->len && !is_blank(word.at[word.len]))
		word.len++;
	left->at += word.len;
	left->len -= word.len;
	*left = span_trim(*left);
	return word;
}

bool span_is(struct span span, const char *text)
{
	return strlen(text) == span.len &&
	       strncasecmp(span.at, text, span.len) == 0;
}

bool span_begins(struct span span, const char *text)
{
	size_t len = strlen(text);

	return span.len >= len && strncasecmp(span.at, text, len) == 0;
}

bool span_has_any(struct span span, const char *bytes)
{
	for (size_t i = 0; i < span.len; i++) {
		if (span.at[i] != '\0' && strchr(bytes, span.at[i]) != NULL)
			return true;
	}
	return false;
}

/* The length of the character of UTF-8 that a span begins with; 0: none. */
static size_t character_len(const unsigned char *at, size_t left)
{
	static const struct {
		unsigned char first, last, second_min, second_max;
		size_t len;
	} kinds[] = {
		{0x00, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2},
		{0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
		{0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
		{0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4},
		{0xf4, 0xf4, 0x80, 0x8f, 4},
	};
	size_t kind = 0;

	while (kind < sizeof(kinds) / sizeof(kinds[0]) &&
	       (*at < kinds[kind].first || *at > kinds[kind].last))
		kind++;
	if (kind == sizeof(kinds) / sizeof(kinds[0]) || left < kinds[kind].len)
		return 0;
	for (size_t i = 1; i < kinds[kind].len; i++) {
		if (at[i] < (i == 1 ? kinds[kind].second_min : 0x80) ||
		    at[i] > (i == 1 ? kinds[kind].second_max : 0xbf))
			return 0;
	}
	return kinds[kind].len;
}

bool span_is_utf8(struct span span)
{
	size_t len;

	for (size_t at = 0; at < span.len; at += len) {
		len = character_len((const unsigned char *)span.at + at,
				    span.len - at);
		if (len == 0)
			return false;
	}
	return true;
}

/* The line in which a byte stands. */
static size_t line_at(const struct reading *reading, const char *byte)
{
	size_t line = 1;

	for (const char *at = reading->bytes; at < byte; at++)
		line += *at == '\n';
	return line;
}

int lines_check_text(const struct reading *reading)
{
	const char *bytes = reading->bytes;
	const char *nul = memchr(bytes, '\0', reading->len);
	size_t len = reading->len;

	if (len >= 2 &&
	    (memcmp(bytes, "\xff\xfe", 2) == 0 ||
	     memcmp(bytes, "\xfe\xff", 2) == 0 ||
	     (len >= 4 && ((bytes[0] == '\0') != (bytes[1] == '\0')) &&
	      (bytes[0] == '\0') == (bytes[2] == '\0') &&
	      (bytes[1] == '\0') == (bytes[3] == '\0'))))
		return reading_fault(reading, 1,
				     "text in UTF-16: save it as UTF-8");
	if (nul != NULL)
		return reading_fault(reading, line_at(reading, nul),
				     "a NUL byte: the file must be UTF-8 text");
	return 0;
}
