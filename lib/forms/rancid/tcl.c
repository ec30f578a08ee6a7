/* Words of a line of Tcl. */
#include "forms/rancid/tcl.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/home.h"

#define BLANKS " \t\v\f\r\n"
#define VARIABLE_MAX ((size_t)4096) /* bytes of its value */

/* A text that is being read, and where its words are written. */
struct scan {
	const char *at, *end;
	bool list; /* of Tcl's, not a command */
	char *out;
	const char *why;
};

static bool is_blank(const struct scan *scan)
{
	return scan->at < scan->end && *scan->at != '\0' &&
	       strchr(BLANKS, *scan->at) != NULL;
}

/* Does a word end here? */
static bool is_end(const struct scan *scan)
{
	return scan->at == scan->end || is_blank(scan) ||
	       (!scan->list && *scan->at == ';');
}

static void skip_blanks(struct scan *scan)
{
	while (is_blank(scan))
		scan->at++;
}

/* ---- substitution */

/* The number that digits of a base make, at most max of them. */
static unsigned take_number(struct scan *scan, size_t max, const char *digits)
{
	unsigned base = (unsigned)strlen(digits); /* 8 or 16 */
	unsigned number = 0;

	for (size_t i = 0; i < max && scan->at < scan->end; i++) {
		char c = *scan->at;
		const char *found =
			c != '\0' ? strchr(digits,
					   c >= 'A' && c <= 'F' ? c | 0x20 : c)
				  : NULL;

		if (found == NULL)
			break;
		number = number * base + (unsigned)(found - digits);
		scan->at++;
	}
	return number;
}

/* Write a character of the first plane. */
static void put_character(struct scan *scan, unsigned c)
{
	if (c < 0x80) {
		*scan->out++ = (char)c;
	} else if (c < 0x800) {
		*scan->out++ = (char)(0xc0 | c >> 6);
		*scan->out++ = (char)(0x80 | (c & 0x3f));
	} else {
		*scan->out++ = (char)(0xe0 | c >> 12);
		*scan->out++ = (char)(0x80 | (c >> 6 & 0x3f));
		*scan->out++ = (char)(0x80 | (c & 0x3f));
	}
}

/* Take a backslash and what it stands for. Not more is written than taken: an
 * escape of three bytes has six. */
static void take_backslash(struct scan *scan)
{
	static const char names[] = "abfnrtv", values[] = "\a\b\f\n\r\t\v";
	static const char octal[] = "01234567", hex[] = "0123456789abcdef";
	const char *name, *start;
	char c;

	if (++scan->at == scan->end) {
		*scan->out++ = '\\';
		return;
	}
	c = *scan->at;
	name = c != '\0' ? strchr(names, c) : NULL;
	if (c >= '0' && c <= '7') {
		put_character(scan, take_number(scan, c <= '3' ? 3 : 2, octal));
		return;
	}
	start = ++scan->at;
	if (c == 'x' || c == 'u') {
		unsigned number = take_number(scan, c == 'x' ? 2 : 4, hex);

		if (scan->at > start) {
			put_character(scan, number);
			return;
		}
	}
	*scan->out++ = name != NULL ? values[name - names] : c;
}

/* Take a variable: that of the environment, else a dollar sign that is none. */
static void take_variable(struct scan *scan)
{
	static const char *const names[] = {"HOME", "USER", "LOGNAME"};
	size_t left = (size_t)(scan->end - scan->at);

	for (size_t i = 0; i < 3; i++) {
		size_t len = strlen(names[i]);
		const char *value = getenv(names[i]);

		if (left < len + 6 || memcmp(scan->at, "$env(", 5) != 0 ||
		    memcmp(scan->at + 5, names[i], len) != 0 ||
		    scan->at[5 + len] != ')' || value == NULL)
			continue;
		len = strnlen(value, VARIABLE_MAX);
		memcpy(scan->out, value, len);
		scan->out += len;
		scan->at += strlen(names[i]) + 6;
		return;
	}
	if (left > 1 &&
	    (scan->at[1] == '{' || scan->at[1] == '_' || scan->at[1] == ':' ||
	     (scan->at[1] >= '0' && scan->at[1] <= '9') ||
	     ((scan->at[1] | 0x20) >= 'a' && (scan->at[1] | 0x20) <= 'z')))
		scan->why = "a '$' begins the name of a variable there: put "
			    "braces around the value";
	*scan->out++ = *scan->at++;
}

static void take_byte(struct scan *scan)
{
	if (*scan->at == '\\') {
		take_backslash(scan);
	} else if (!scan->list && *scan->at == '$') {
		take_variable(scan);
	} else {
		if (!scan->list && *scan->at == '[')
			scan->why = "a '[' begins a command there: put braces "
				    "around the value";
		*scan->out++ = *scan->at++;
	}
}

/* ---- words */

static void take_braces(struct scan *scan)
{
	unsigned long depth = 1;

	for (scan->at++; scan->at < scan->end; scan->at++) {
		if (*scan->at == '\\' && scan->at + 1 < scan->end)
			*scan->out++ = *scan->at++;
		else if (*scan->at == '{')
			depth++;
		else if (*scan->at == '}' && --depth == 0)
			break;
		*scan->out++ = *scan->at;
	}
	if (scan->at == scan->end) {
		scan->why = "a '{' has no '}'";
		return;
	}
	scan->at++;
	if (!is_end(scan))
		scan->why = "something stands right behind a '}'";
}

static void take_quotes(struct scan *scan)
{
	scan->at++;
	while (scan->why == NULL && scan->at < scan->end && *scan->at != '"')
		take_byte(scan);
	if (scan->why != NULL)
		return;
	if (scan->at == scan->end) {
		scan->why = "a '\"' has no other";
		return;
	}
	scan->at++;
	if (!is_end(scan))
		scan->why = "something stands right behind a '\"'";
}

static void take_word(struct scan *scan)
{
	if (*scan->at == '{') {
		take_braces(scan);
	} else if (*scan->at == '"') {
		take_quotes(scan);
	} else {
		while (scan->why == NULL && !is_end(scan))
			take_byte(scan);
	}
}

/* Bytes that words of a text may take: a NUL behind each, and variables. */
static size_t room_of(const struct span *text)
{
	size_t room = 2 * text->len + 2;

	for (size_t i = 0; i < text->len; i++) {
		if (text->at[i] == '$')
			room += VARIABLE_MAX;
	}
	return room;
}

int tcl_take(struct tcl_words *words, struct span *rest, struct secrets *arena)
{
	struct scan scan = {.at = rest->at, .end = rest->at + rest->len};

	*words = (struct tcl_words){.n = 0};
	while (is_blank(&scan) || (scan.at < scan.end && *scan.at == ';'))
		scan.at++;
	if (scan.at == scan.end || *scan.at == '#') {
		rest->len = 0;
		return 0;
	}
	scan.out = secrets_room(arena, room_of(rest));
	if (scan.out == NULL)
		return -1;
	while (scan.at < scan.end && *scan.at != ';') {
		const char *word = scan.out;

		if (words->n == TCL_WORDS_MAX) {
			scan.why = "too many words";
			break;
		}
		take_word(&scan);
		if (scan.why != NULL)
			break;
		*scan.out++ = '\0';
		words->at[words->n++] = word;
		skip_blanks(&scan);
	}
	words->why = scan.why;
	rest->at = scan.at;
	rest->len = scan.why == NULL ? (size_t)(scan.end - scan.at) : 0;
	return 0;
}

const char *tcl_join(const char *word, struct secrets *arena)
{
	size_t len = strlen(word);
	struct scan scan = {.at = word, .end = word + len, .list = true};
	const char *out;

	scan.out = secrets_room(arena, len + 1);
	out = scan.out;
	if (out == NULL)
		return NULL;
	skip_blanks(&scan);
	while (scan.at < scan.end) {
		take_word(&scan);
		if (scan.why != NULL)
			return NULL;
		skip_blanks(&scan);
	}
	*scan.out = '\0';
	return out;
}
