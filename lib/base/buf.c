/* A byte buffer that grows up to a bound. */
#include "base/buf.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUF_FIRST 256

void buf_init(struct buf *buf, size_t max)
{
	*buf = (struct buf){.max = max};
}

void buf_release(struct buf *buf)
{
	free(buf->data);
	buf_init(buf, buf->max);
}

int buf_reserve(struct buf *buf, size_t len)
{
	size_t cap = buf->cap != 0 ? buf->cap : BUF_FIRST;
	uint8_t *data;

	if (len > buf->max - buf->len) {
		errno = ENOBUFS;
		return -1;
	}
	if (buf->len + len <= buf->cap)
		return 0;
	while (cap < buf->len + len)
		cap = cap > SIZE_MAX / 2 ? buf->len + len : cap * 2;
	if (cap > buf->max)
		cap = buf->max;
	data = realloc(buf->data, cap);
	if (data == NULL)
		return -1;
	buf->data = data;
	buf->cap = cap;
	return 0;
}

uint8_t *buf_extend(struct buf *buf, size_t len)
{
	assert(len > 0);
	if (buf_reserve(buf, len) == -1)
		return NULL;
	buf->len += len;
	return buf->data + buf->len - len;
}

int buf_append(struct buf *buf, const void *bytes, size_t len)
{
	uint8_t *at;

	if (len == 0)
		return 0;
	at = buf_extend(buf, len);
	if (at == NULL)
		return -1;
	memcpy(at, bytes, len);
	return 0;
}

int buf_print(struct buf *buf, const char *fmt, ...)
{
	char *text;
	va_list args;
	int len, rc;

	va_start(args, fmt);
	len = vasprintf(&text, fmt, args);
	va_end(args);
	if (len == -1) {
		errno = ENOMEM;
		return -1;
	}
	rc = buf_append(buf, text, (size_t)len);
	free(text);
	return rc;
}

void buf_consume(struct buf *buf, size_t len)
{
	assert(len <= buf->len);
	buf->len -= len;
	if (buf->len > 0)
		memmove(buf->data, buf->data + len, buf->len);
}

size_t buf_room(const struct buf *buf)
{
	return buf->max - buf->len;
}
