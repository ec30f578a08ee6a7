/* Strings and numbers of SSH in the blobs of keys. */
#include "keys/key_blob.h"

#include <string.h>

#include "base/wire.h"

struct blob_string blob_bytes(struct blob_reader *reader, size_t len)
{
	struct blob_string string = {reader->at, len};

	if (reader->bad || len > reader->left) {
		reader->bad = true;
		return (struct blob_string){NULL, 0};
	}
	reader->at += len;
	reader->left -= len;
	return string;
}

uint32_t blob_u32(struct blob_reader *reader)
{
	struct blob_string bytes = blob_bytes(reader, 4);

	return bytes.at != NULL ? wire_u32(bytes.at) : 0;
}

uint64_t blob_u64(struct blob_reader *reader)
{
	struct blob_string bytes = blob_bytes(reader, 8);

	return bytes.at != NULL ? wire_u64(bytes.at) : 0;
}

struct blob_string blob_string(struct blob_reader *reader)
{
	return blob_bytes(reader, blob_u32(reader));
}

struct blob_string blob_number(struct blob_reader *reader)
{
	struct blob_string number = blob_string(reader);

	if (number.len > 0 && number.at[0] >= 0x80) {
		reader->bad = true;
		return (struct blob_string){NULL, 0};
	}
	while (number.len > 0 && number.at[0] == 0) {
		number.at++;
		number.len--;
	}
	return number;
}

bool blob_equals(struct blob_string string, const char *text)
{
	return string.len == strlen(text) &&
	       (string.len == 0 || memcmp(string.at, text, string.len) == 0);
}

int blob_put_u32(struct buf *out, uint32_t value)
{
	uint8_t bytes[4];

	wire_put_u32(bytes, value);
	return buf_append(out, bytes, sizeof(bytes));
}

int blob_put_string(struct buf *out, const void *bytes, size_t len)
{
	return blob_put_u32(out, (uint32_t)len) == -1
		       ? -1
		       : buf_append(out, bytes, len);
}

int blob_put_text(struct buf *out, const char *text)
{
	return blob_put_string(out, text, strlen(text));
}

int blob_put_number(struct buf *out, const uint8_t *bytes, size_t len)
{
	size_t positive;

	while (len > 0 && bytes[0] == 0) {
		bytes++;
		len--;
	}
	positive = len > 0 && bytes[0] >= 0x80;
	if (blob_put_u32(out, (uint32_t)(len + positive)) == -1 ||
	    buf_append(out, "", positive) == -1)
		return -1;
	return buf_append(out, bytes, len);
}
