/*
 * Strings and numbers of SSH (RFC 4251 section 5) in the blobs of keys: read
 * within bounds, written. What is read may come from anybody.
 */
#ifndef NETFAN_KEYS_KEY_BLOB_H
#define NETFAN_KEYS_KEY_BLOB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "keys/key.h"

/* Bytes that are read from the front. Once something was missing it is bad,
 * nothing more comes of it, and what was asked for is zero or empty. */
struct blob_reader {
	const uint8_t *at;
	size_t left;
	bool bad;
};

/* A string of a blob: points into it. */
struct blob_string {
	const uint8_t *at;
	size_t len;
};

uint32_t blob_u32(struct blob_reader *reader);
uint64_t blob_u64(struct blob_reader *reader);
struct blob_string blob_string(struct blob_reader *reader);

/* Take len bytes as they are. */
struct blob_string blob_bytes(struct blob_reader *reader, size_t len);

/* Take an mpint that is not negative: its bytes, big-endian, without zeros in
 * front. A negative one is bad. */
struct blob_string blob_number(struct blob_reader *reader);

bool blob_equals(struct blob_string string, const char *text);

/* Append: 0, or -1 as buf_append(). */
int blob_put_u32(struct buf *out, uint32_t value);
int blob_put_string(struct buf *out, const void *bytes, size_t len);
int blob_put_text(struct buf *out, const char *text);
/* An mpint of big-endian bytes, which may have zeros in front. */
int blob_put_number(struct buf *out, const uint8_t *bytes, size_t len);

#endif
