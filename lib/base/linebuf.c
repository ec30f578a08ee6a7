/* Lines in a buffer. */
#include "base/linebuf.h"

#include <string.h>

size_t linebuf_at(const struct buf *buf, size_t at)
{
	size_t left = buf->len - at;
	const uint8_t *end =
		left > 0 ? memchr(buf->data + at, '\n', left) : NULL;

	return end != NULL ? (size_t)(end - buf->data) + 1 - at : left;
}

size_t linebuf_start(const struct buf *buf, size_t end)
{
	const uint8_t *newline =
		end > 1 ? memrchr(buf->data, '\n', end - 1) : NULL;

	return newline != NULL ? (size_t)(newline - buf->data) + 1 : 0;
}

size_t linebuf_whole(const struct buf *buf)
{
	return buf->len > 0 ? linebuf_start(buf, buf->len + 1) : 0;
}

bool linebuf_is_blank(const uint8_t *bytes, size_t len)
{
	while (len > 0 && bytes[len - 1] <= ' ')
		len--;
	return len == 0;
}

size_t linebuf_bare(const char *line, size_t len)
{
	while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == ' '))
		len--;
	return len;
}

bool linebuf_same(const char *line, size_t len, const char *other,
		  size_t other_len)
{
	len = linebuf_bare(line, len);
	return len > 0 && len == linebuf_bare(other, other_len) &&
	       memcmp(line, other, len) == 0;
}

bool linebuf_is(const char *line, size_t len, const char *other)
{
	return linebuf_same(line, len, other, strlen(other));
}
