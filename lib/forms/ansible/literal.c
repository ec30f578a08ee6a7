/* Python's literals. */
#include "forms/ansible/literal.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 32
#define DIGITS_MAX 4300 /* of a number; Python has no more, either */
#define BLANKS " \t"
#define DIGITS "0123456789"

struct literal {
	const char *at; /* the text, from here on */
	char *out;
	unsigned depth;
};

static void put(struct literal *lit, const char *text)
{
	lit->out = stpcpy(lit->out, text);
}

static void skip_blanks(struct literal *lit)
{
	lit->at += strspn(lit->at, BLANKS);
}

static enum literal_kind read_value(struct literal *lit);

/* ---- numbers */

/* Copy digits of a base, without the underscores between them; false when these
 * are not between. The room is DIGITS_MAX and more. */
static bool take_digits(struct literal *lit, const char *set, char *out,
			size_t *len)
{
	bool before = false, between = false;

	for (;; lit->at++) {
		bool digit = *lit->at != '\0' && strchr(set, *lit->at) != NULL;

		if (!digit && (*lit->at != '_' || !before))
			break;
		if (digit && *len == DIGITS_MAX)
			return false;
		if (digit)
			out[(*len)++] = *lit->at;
		before = digit;
		between = !digit;
	}
	out[*len] = '\0';
	return !between;
}

static enum literal_kind read_based(struct literal *lit, int base,
				    const char *set)
{
	char digits[DIGITS_MAX + 1];
	char text[32];
	size_t len = 0;
	unsigned long long value;

	lit->at += 2;
	lit->at += *lit->at == '_';
	if (!take_digits(lit, set, digits, &len) || len == 0)
		return LITERAL_NOT;
	errno = 0;
	value = strtoull(digits, NULL, base);
	if (errno != 0)
		return LITERAL_NOT;
	(void)snprintf(text, sizeof(text), "%llu", value);
	put(lit, text);
	return LITERAL_BARE;
}

/* Write a number as Python's repr() does: as short as comes back the same. */
static void put_double(struct literal *lit, double value)
{
	char text[40], mantissa[40];
	int digits = 1, exponent;
	const char *e;

	do {
		(void)snprintf(text, sizeof(text), "%.*e", digits - 1, value);
	} while (strtod(text, NULL) != value && ++digits <= 17);
	e = strchr(text, 'e');
	exponent = atoi(e + 1);
	if (exponent >= -4 && exponent < 16) {
		int places = digits - 1 - exponent;

		(void)snprintf(text, sizeof(text), "%.*f",
			       places > 1 ? places : 1, value);
		put(lit, text);
		return;
	}
	(void)snprintf(mantissa, sizeof(mantissa), "%.*s", (int)(e - text),
		       text);
	put(lit, mantissa);
	(void)snprintf(text, sizeof(text), "e%c%02d", exponent < 0 ? '-' : '+',
		       abs(exponent));
	put(lit, text);
}

/* Take the rest of a number with a point or an exponent: 1, 0 for a whole one,
 * -1 for what is none. */
static int take_fraction(struct literal *lit, char *text, size_t *len)
{
	int found = 0;

	if (*lit->at == '.') {
		size_t before = *len;

		text[(*len)++] = *lit->at++;
		if (*lit->at == '_' || !take_digits(lit, DIGITS, text, len) ||
		    (before == 0 && *len == 1))
			return -1;
		found = 1;
	}
	if (*lit->at == 'e' || *lit->at == 'E') {
		size_t before;

		text[(*len)++] = *lit->at++;
		if (*lit->at == '+' || *lit->at == '-')
			text[(*len)++] = *lit->at++;
		before = *len;
		if (*lit->at == '_' || !take_digits(lit, DIGITS, text, len) ||
		    *len == before)
			return -1;
		found = 1;
	}
	return found;
}

static enum literal_kind read_decimal(struct literal *lit)
{
	char text[DIGITS_MAX + 8];
	size_t len = 0;
	int rc;

	if (!take_digits(lit, DIGITS, text, &len))
		return LITERAL_NOT;
	rc = take_fraction(lit, text, &len);
	text[len] = '\0';
	if (rc == -1)
		return LITERAL_NOT;
	if (rc == 1) {
		double value = strtod(text, NULL);

		if (!isfinite(value))
			return LITERAL_NOT;
		put_double(lit, value);
	} else if (text[0] == '0') {
		if (text[strspn(text, "0")] != '\0')
			return LITERAL_NOT; /* 007 is none */
		put(lit, "0");
	} else {
		put(lit, text);
	}
	return LITERAL_BARE;
}

static enum literal_kind read_number(struct literal *lit)
{
	enum literal_kind kind;

	if (lit->at[0] == '0' && (lit->at[1] == 'x' || lit->at[1] == 'X'))
		kind = read_based(lit, 16, DIGITS "abcdefABCDEF");
	else if (lit->at[0] == '0' && (lit->at[1] == 'o' || lit->at[1] == 'O'))
		kind = read_based(lit, 8, "01234567");
	else if (lit->at[0] == '0' && (lit->at[1] == 'b' || lit->at[1] == 'B'))
		kind = read_based(lit, 2, "01");
	else
		kind = read_decimal(lit);
	return kind;
}

static enum literal_kind read_signed(struct literal *lit)
{
	char *sign = lit->out;
	bool minus = *lit->at++ == '-';
	enum literal_kind kind;

	skip_blanks(lit);
	if (*lit->at == '\0' || strchr(DIGITS ".", *lit->at) == NULL)
		return LITERAL_NOT;
	if (minus)
		put(lit, "-");
	kind = read_number(lit);
	if (kind == LITERAL_BARE && strcmp(sign, "-0") == 0)
		lit->out = stpcpy(sign, "0"); /* of an integer */
	return kind;
}

/* ---- strings */

static void put_code(struct literal *lit, uint32_t code)
{
	char text[5] = "";

	if (code < 0x80) {
		text[0] = (char)code;
	} else if (code < 0x800) {
		text[0] = (char)(0xc0 | code >> 6);
		text[1] = (char)(0x80 | (code & 0x3f));
	} else if (code < 0x10000) {
		text[0] = (char)(0xe0 | code >> 12);
		text[1] = (char)(0x80 | (code >> 6 & 0x3f));
		text[2] = (char)(0x80 | (code & 0x3f));
	} else {
		text[0] = (char)(0xf0 | code >> 18);
		text[1] = (char)(0x80 | (code >> 12 & 0x3f));
		text[2] = (char)(0x80 | (code >> 6 & 0x3f));
		text[3] = (char)(0x80 | (code & 0x3f));
	}
	put(lit, text);
}

/* A character by its number in n digits of a base: false for none, and for NUL,
 * which no text of ours can have. */
static bool take_code(struct literal *lit, unsigned n, unsigned base)
{
	uint32_t code = 0;
	unsigned i = 0;

	for (; i < n && *lit->at != '\0'; i++, lit->at++) {
		static const char digits[] = "0123456789abcdef";
		char c = *lit->at;
		const char *digit =
			strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c);

		if (digit == NULL || digit - digits >= (int)base)
			break;
		code = code * base + (uint32_t)(digit - digits);
	}
	if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ||
	    (base == 16 && i < n))
		return false;
	put_code(lit, code);
	return true;
}

static bool take_escape(struct literal *lit)
{
	static const char from[] = "\\'\"abfnrtv", to[] = "\\'\"\a\b\f\n\r\t\v";
	const char *found;

	if (*lit->at == '\0')
		return false;
	found = strchr(from, *lit->at);
	if (found != NULL) {
		*lit->out++ = to[found - from];
		lit->at++;
		return true;
	}
	switch (*lit->at) {
	case 'x':
		lit->at++;
		return take_code(lit, 2, 16);
	case 'u':
		lit->at++;
		return take_code(lit, 4, 16);
	case 'U':
		lit->at++;
		return take_code(lit, 8, 16);
	case 'N':
		return false;
	}
	if (*lit->at >= '0' && *lit->at <= '7')
		return take_code(lit, 3, 8);
	*lit->out++ = '\\'; /* it means nothing, and stays */
	*lit->out++ = *lit->at++;
	return true;
}

/* Take one string; *at is at its quote. */
static bool take_string(struct literal *lit, bool raw)
{
	char quote = *lit->at;
	size_t n = lit->at[1] == quote && lit->at[2] == quote ? 3 : 1;
	const char end[] = {quote, n == 3 ? quote : '\0', quote, '\0'};

	lit->at += n;
	while (strncmp(lit->at, end, n) != 0) {
		if (*lit->at == '\0')
			return false;
		if (*lit->at != '\\') {
			*lit->out++ = *lit->at++;
			continue;
		}
		lit->at++;
		if (!raw && !take_escape(lit))
			return false;
		if (raw) {
			if (*lit->at == '\0')
				return false;
			*lit->out++ = '\\';
			*lit->out++ = *lit->at++;
		}
	}
	lit->at += n;
	return true;
}

/* The length of the letters before a string's quote, SIZE_MAX for no string. */
static size_t string_prefix(const char *text, bool *raw)
{
	size_t len = strspn(text, "rRuUbB");

	if (len > 2 || (text[len] != '\'' && text[len] != '"'))
		return SIZE_MAX;
	*raw = memchr(text, 'r', len) != NULL || memchr(text, 'R', len) != NULL;
	if (len == 2 && (!*raw || strspn(text, "rRbB") < 2 ||
			 strspn(text, "rR") == 2 || strspn(text, "bB") == 2))
		return SIZE_MAX;
	return len;
}

/* Strings side by side are one. */
static enum literal_kind read_string(struct literal *lit)
{
	bool raw;
	size_t len = string_prefix(lit->at, &raw);

	while (len != SIZE_MAX) {
		lit->at += len;
		if (!take_string(lit, raw))
			return LITERAL_NOT;
		skip_blanks(lit);
		len = string_prefix(lit->at, &raw);
	}
	*lit->out = '\0';
	return LITERAL_TEXT;
}

/* ---- lists and mappings */

/* Write what is from start to the end of out as a string of JSON, in place. */
static void quote_string(struct literal *lit, char *start)
{
	size_t len = (size_t)(lit->out - start), extra = 2;
	char *to;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)start[i];

		extra += c == '"' || c == '\\' || c == '\n' ? 1
			 : c < 0x20 || c == 0x7f            ? 5
							    : 0;
	}
	lit->out = to = start + len + extra;
	*to = '\0';
	*--to = '"';
	while (len-- > 0) {
		unsigned char c = (unsigned char)start[len];

		if (c == '"' || c == '\\' || c == '\n') {
			*--to = c == '\n' ? 'n' : (char)c;
			*--to = '\\';
		} else if (c < 0x20 || c == 0x7f) {
			static const char hex[] = "0123456789abcdef";

			*--to = hex[c & 15];
			*--to = hex[c >> 4];
			to = memcpy(to - 4, "\\u00", 4);
		} else {
			*--to = (char)c;
		}
	}
	*--to = '"';
}

/* Make JSON of a value that was read to start; of a key, any is a string. */
static void end_item(struct literal *lit, char *start, enum literal_kind kind,
		     bool key)
{
	if (kind == LITERAL_NULL)
		put(lit, "null");
	if (kind == LITERAL_TEXT || (key && kind != LITERAL_NOT))
		quote_string(lit, start);
}

static bool read_item(struct literal *lit, bool key)
{
	char *start = lit->out;
	enum literal_kind kind = read_value(lit);

	end_item(lit, start, kind, key);
	skip_blanks(lit);
	return kind != LITERAL_NOT && (!key || kind != LITERAL_JSON);
}

/* Read items up to a bracket; of a tuple without any, to the end of the text. *n
 * are there already, and then a comma. */
static bool read_items(struct literal *lit, char close, bool map, size_t *n,
		       bool *comma)
{
	skip_blanks(lit);
	while (*lit->at != close && *lit->at != '\0' && *lit->at != '#') {
		if (*n > 0 && !*comma)
			return false;
		if (*n > 0)
			put(lit, ", ");
		if (!read_item(lit, map))
			return false;
		if (map) {
			if (*lit->at++ != ':')
				return false;
			put(lit, ": ");
			skip_blanks(lit);
			if (!read_item(lit, false))
				return false;
		}
		++*n;
		*comma = *lit->at == ',';
		lit->at += *comma;
		skip_blanks(lit);
	}
	if (close == '\0')
		return true;
	return *lit->at++ == close;
}

/* A value in parentheses is itself, when no comma is behind it. */
static enum literal_kind read_tuple(struct literal *lit)
{
	char *start = lit->out, *first = start + 1;
	size_t n = 0;
	bool comma;
	enum literal_kind kind = LITERAL_NULL;

	lit->at++;
	put(lit, "[");
	skip_blanks(lit);
	if (*lit->at != ')') {
		kind = read_value(lit);
		skip_blanks(lit);
		n = 1;
	}
	if (n == 1 && *lit->at == ')' && kind != LITERAL_NOT) {
		lit->at++;
		memmove(start, first, (size_t)(lit->out - first) + 1);
		lit->out--;
		return kind;
	}
	if (n == 1 && (kind == LITERAL_NOT || *lit->at != ','))
		return LITERAL_NOT;
	if (n == 1) {
		end_item(lit, first, kind, false);
		lit->at++;
	}
	comma = n == 1;
	if (!read_items(lit, ')', false, &n, &comma))
		return LITERAL_NOT;
	put(lit, "]");
	return LITERAL_JSON;
}

static enum literal_kind read_list(struct literal *lit, bool map)
{
	size_t n = 0;
	bool comma = false;

	lit->at++;
	put(lit, map ? "{" : "[");
	if (!read_items(lit, map ? '}' : ']', map, &n, &comma))
		return LITERAL_NOT;
	put(lit, map ? "}" : "]");
	return LITERAL_JSON;
}

static enum literal_kind read_word(struct literal *lit)
{
	static const struct {
		const char *word, *json;
	} words[] = {{"True", "true"}, {"False", "false"}, {"None", ""}};

	for (size_t i = 0; i < 3; i++) {
		size_t len = strlen(words[i].word);

		if (strncmp(lit->at, words[i].word, len) != 0)
			continue;
		lit->at += len;
		put(lit, words[i].json);
		return i == 2 ? LITERAL_NULL : LITERAL_BARE;
	}
	return LITERAL_NOT;
}

static enum literal_kind read_nested(struct literal *lit)
{
	enum literal_kind kind;

	if (lit->depth == DEPTH_MAX)
		return LITERAL_NOT;
	lit->depth++;
	if (*lit->at == '(')
		kind = read_tuple(lit);
	else
		kind = read_list(lit, *lit->at == '{');
	lit->depth--;
	return kind;
}

static enum literal_kind read_value(struct literal *lit)
{
	bool raw;

	switch (*lit->at) {
	case '\0':
		return LITERAL_NOT;
	case '[':
	case '{':
	case '(':
		return read_nested(lit);
	case '+':
	case '-':
		return read_signed(lit);
	}
	if (strchr(DIGITS ".", *lit->at) != NULL)
		return read_number(lit);
	if (string_prefix(lit->at, &raw) != SIZE_MAX)
		return read_string(lit);
	return read_word(lit);
}

/* A comma makes a tuple of the whole text. */
static enum literal_kind read_bare_tuple(struct literal *lit, const char *text,
					 char *out)
{
	size_t n = 0;
	bool comma = false;

	lit->at = text;
	lit->out = out;
	put(lit, "[");
	if (!read_items(lit, '\0', false, &n, &comma))
		return LITERAL_NOT;
	put(lit, "]");
	return LITERAL_JSON;
}

enum literal_kind literal_read(const char *text, char *out)
{
	struct literal lit = {.at = text, .out = out};
	enum literal_kind kind;

	*out = '\0';
	skip_blanks(&lit);
	text = lit.at;
	kind = read_value(&lit);
	if (kind == LITERAL_NOT)
		return LITERAL_NOT;
	skip_blanks(&lit);
	if (*lit.at == ',')
		kind = read_bare_tuple(&lit, text, out);
	if (kind == LITERAL_NOT || (*lit.at != '\0' && *lit.at != '#'))
		return LITERAL_NOT;
	return kind;
}
