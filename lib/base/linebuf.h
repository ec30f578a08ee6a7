/* Lines in a buffer, each with its newline; the last may be unfinished. */
#ifndef NETFAN_BASE_LINEBUF_H
#define NETFAN_BASE_LINEBUF_H

#include <stdbool.h>

#include "base/buf.h"

/* Length of the line at a place; 0: the buffer ends there. */
size_t linebuf_at(const struct buf *buf, size_t at);

/* Where the line begins that ends at end, which is above 0. */
size_t linebuf_start(const struct buf *buf, size_t end);

/* Length of all lines but an unfinished one. */
size_t linebuf_whole(const struct buf *buf);

/* Are there only blanks and newlines? */
bool linebuf_is_blank(const uint8_t *bytes, size_t len);

/* Length of a line without the newline and the blanks that end it. */
size_t linebuf_bare(const char *line, size_t len);

/* Are two lines the same, but for what ends them, and not empty? */
bool linebuf_same(const char *line, size_t len, const char *other,
		  size_t other_len);

/* Is a line this one, but for what ends it, and not empty? */
bool linebuf_is(const char *line, size_t len, const char *other);

#endif
