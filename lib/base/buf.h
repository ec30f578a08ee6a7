/* A byte buffer that grows up to a bound. */
#ifndef NETFAN_BASE_BUF_H
#define NETFAN_BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

/* data[0..len) is valid. Zeroed but for max, it is empty and ready. */
struct buf {
	uint8_t *data;
	size_t len;
	size_t cap;
	size_t max; /* len never exceeds it */
};

void buf_init(struct buf *buf, size_t max);
void buf_release(struct buf *buf);

/* Append len bytes. -1 with errno ENOBUFS (over max) or ENOMEM. */
int buf_append(struct buf *buf, const void *bytes, size_t len);

/* Append as printf(3) would write it. Errors as buf_append(). */
int buf_print(struct buf *buf, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Make room for len more bytes without adding them; errors as buf_append(). */
int buf_reserve(struct buf *buf, size_t len);

/*
 * Append len bytes, one at least, for the caller to fill in. Returns where they
 * begin, NULL with errno as buf_append().
 */
uint8_t *buf_extend(struct buf *buf, size_t len);

/* Drop len bytes from the front. */
void buf_consume(struct buf *buf, size_t len);

/* Bytes that still fit. */
size_t buf_room(const struct buf *buf);

#endif
