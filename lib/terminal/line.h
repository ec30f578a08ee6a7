/* Unfinished lines: what they ask and hold, whatever the platform. */
#ifndef NETFAN_TERMINAL_LINE_H
#define NETFAN_TERMINAL_LINE_H

#include <stdbool.h>

#include "base/buf.h"

/* Length of a line without the blanks at its end. */
size_t trimmed(const uint8_t *line, size_t len);

/*
 * Does a byte go on with the character before a place of the line, in UTF-8
 * (RFC 3629)? In another encoding each byte is a character.
 */
bool line_continues(const uint8_t *line, size_t at, uint8_t byte);

/* Is every byte of a text a character, whatever its encoding? */
bool line_is_ascii(const uint8_t *text, size_t len);

/* Bytes of the character that a text begins with, which is not empty. */
size_t line_char_len(const uint8_t *text, size_t len);

/* Columns that a text takes: one a character. What is wider is unknown here. */
size_t line_columns(const uint8_t *text, size_t len);

/* Bytes of a text in its first columns. */
size_t line_columns_len(const uint8_t *text, size_t len, size_t columns);

/* Bytes of the mark at the end, with which a shell shows that no newline came
 * behind an output: zsh(1) a %, or a # for root; fish(1) a return symbol, or a
 * pilcrow sign. 0: none. */
size_t line_mark(const uint8_t *line, size_t len);

/*
 * Does it ask something, as far as anybody can tell: "Continue?", "Erase it
 * (y/n)", "Choice [2]"? An empty line might mean yes.
 */
bool line_asks(const struct buf *line);

/*
 * Length of the text before the prompt, in a line of so many bytes that ends in
 * it; blanks at the end of both do not count. A shell that found the cursor
 * within a row may have filled that row up first: readline(3) with another
 * prompt and blanks, others with their mark and blanks. These are not text.
 *
 * XXX A mark in the last column of a row looks like the text's own, and stays.
 */
size_t line_before(const uint8_t *line, size_t whole, const char *prompt,
		   size_t columns);

#endif
