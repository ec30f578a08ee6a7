/* Unfinished lines. */
#include "terminal/line.h"

#include <string.h>
#include <strings.h>

size_t trimmed(const uint8_t *line, size_t len)
{
	while (len > 0 && line[len - 1] == ' ')
		len--;
	return len;
}

/* How many bytes follow this one in its character? */
static size_t followers(uint8_t first)
{
	if (first >= 0xf0)
		return first <= 0xf4 ? 3 : 0;
	if (first >= 0xe0)
		return 2;
	return first >= 0xc2 ? 1 : 0;
}

bool line_continues(const uint8_t *line, size_t at, uint8_t byte)
{
	size_t n = 1;

	if ((byte & 0xc0) != 0x80)
		return false;
	while (n < 3 && n < at && (line[at - n] & 0xc0) == 0x80)
		n++;
	return at >= n && followers(line[at - n]) >= n;
}

bool line_is_ascii(const uint8_t *text, size_t len)
{
	uint8_t any = 0;

	for (size_t i = 0; i < len; i++)
		any |= text[i];
	return any < 0x80;
}

size_t line_char_len(const uint8_t *text, size_t len)
{
	size_t n = 1, end = followers(text[0]) + 1;

	while (n < len && n < end && (text[n] & 0xc0) == 0x80)
		n++;
	return n;
}

size_t line_columns_len(const uint8_t *text, size_t len, size_t columns)
{
	size_t n = 0;

	if (len >= columns && line_is_ascii(text, columns))
		return columns;
	while (n < len && columns-- > 0)
		n += line_char_len(text + n, len - n);
	return n;
}

size_t line_columns(const uint8_t *text, size_t len)
{
	size_t columns = 0;

	for (size_t n = 0; n < len; columns++)
		n += line_char_len(text + n, len - n);
	return columns;
}

size_t line_mark(const uint8_t *line, size_t len)
{
	static const char *const marks[] = {"%", "#", "\xe2\x8f\x8e",
					    "\xc2\xb6"};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		size_t n = strlen(marks[i]);

		if (len >= n && memcmp(line + len - n, marks[i], n) == 0)
			return n;
	}
	return 0;
}

static bool is_word(const char *text, size_t len)
{
	static const char *const words[] = {"confirm", "y", "n",     "yes",
					    "no",      "a", "all",   "q",
					    "quit",    "c", "cancel"};
	size_t digits = 0;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strlen(words[i]) == len &&
		    strncasecmp(words[i], text, len) == 0)
			return true;
	}
	while (digits < len && text[digits] >= '0' && text[digits] <= '9')
		digits++;
	return len > 0 && digits == len;
}

/* Is text the inside of brackets behind a question: the meaning of an empty
 * line, or the replies that may be given, with strokes between? */
static bool is_choice(const char *text, size_t len)
{
	size_t n;

	for (size_t at = 0; at <= len; at += n + 1) {
		const char *end = memchr(text + at, '/', len - at);

		n = end != NULL ? (size_t)(end - text) - at : len - at;
		if (!is_word(text + at, n))
			return false;
	}
	return true;
}

/* Is it a question such as "Reload now? [confirm]"? */
static bool ends_in_choice(const char *line, size_t len)
{
	const char *open;

	if (len < 4 || (line[len - 1] != ']' && line[len - 1] != ')'))
		return false;
	open = memrchr(line, line[len - 1] == ']' ? '[' : '(', len);
	return open != NULL && open > line + 1 &&
	       (open[-1] == ' ' || open[-1] == '?') &&
	       is_choice(open + 1, len - (size_t)(open + 1 - line) - 1);
}

bool line_asks(const struct buf *line)
{
	static const char *const ends[] = {"?", "]:", "):", "] :", ") :"};
	size_t len = trimmed(line->data, line->len);

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t n = strlen(ends[i]);

		if (len >= n && memcmp(line->data + len - n, ends[i], n) == 0)
			return true;
	}
	return ends_in_choice((const char *)line->data, len);
}

size_t line_before(const uint8_t *line, size_t whole, const char *prompt,
		   size_t columns)
{
	size_t prompt_len = trimmed((const uint8_t *)prompt, strlen(prompt));
	size_t len = trimmed(line, whole) - prompt_len, row;

	if (len == 0 || line_columns(line, len) % columns != 0)
		return len;
	row = trimmed(line, len);
	if (row >= prompt_len &&
	    memcmp(line + row - prompt_len, prompt, prompt_len) == 0)
		return row - prompt_len;
	return row < len && line_mark(line, row) > 0
		       ? row - line_mark(line, row)
		       : len;
}
