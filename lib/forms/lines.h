/* Lines of a file, one after the other. */
#ifndef NETFAN_FORMS_LINES_H
#define NETFAN_FORMS_LINES_H

#include <stdbool.h>
#include <stddef.h>

struct reading;

/* A text with a length; no NUL behind it. */
struct span {
	const char *at;
	size_t len;
};

/* What is left of a file, and the number of its last line, from 1. */
struct lines {
	const char *at, *end;
	size_t line;
};

/* Begin with bytes, which are borrowed; a byte order mark of UTF-8 is left
 * out. */
void lines_begin(struct lines *lines, const char *bytes, size_t len);

/* The next line, without what ends it (LF, or CR LF); false at the end. */
bool lines_next(struct lines *lines, struct span *line);

/* Without the blanks (and tabs, CRs) round it. */
struct span span_trim(struct span span);

/* Take the first word, which blanks end, and the blanks behind it, off what is
 * left. Empty when there is none. */
struct span span_word(struct span *left);

/* Is it this text, whatever the case of its letters? */
bool span_is(struct span span, const char *text);

/* Does it begin with this text, whatever the case of its letters? */
bool span_begins(struct span span, const char *text);

/* Is all of it UTF-8, as RFC 3629 has it? */
bool span_is_utf8(struct span span);

/* Does any byte of it stand in the other? */
bool span_has_any(struct span span, const char *bytes);

/* Refuse bytes that are no text in UTF-8 by their kind: with a NUL in them, or
 * UTF-16. NF_INVALID, with the line. */
int lines_check_text(const struct reading *reading);

#endif
