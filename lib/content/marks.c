/* Marks in place of secrets. */
#include "content/marks.h"

#include <errno.h>
#include <string.h>

#include <openssl/crypto.h>

#define BLOCK 64 /* bytes that SHA-256 takes in at a time */
#define DIGEST 32
#define INNER 0x36 /* RFC 2104: the pads of HMAC's key */
#define OUTER 0x5c
#define PREFIX "<secret:"
#define PREFIX_LEN (sizeof(PREFIX) - 1)

/* All that OpenSSL can lack here is memory. */
static int result(bool done)
{
	if (done)
		return 0;
	errno = ENOMEM;
	return -1;
}

static int take_pad(EVP_MD_CTX *ctx, const EVP_MD *sha256,
		    const uint8_t key[MARKS_KEY], uint8_t pad)
{
	uint8_t block[BLOCK];
	bool done;

	memset(block, pad, sizeof(block));
	for (size_t i = 0; i < MARKS_KEY; i++)
		block[i] ^= key[i];
	done = EVP_DigestInit_ex2(ctx, sha256, NULL) == 1 &&
	       EVP_DigestUpdate(ctx, block, sizeof(block)) == 1;
	OPENSSL_cleanse(block, sizeof(block));
	return result(done);
}

int marks_init(struct marks *marks, const EVP_MD *sha256,
	       const uint8_t key[MARKS_KEY])
{
	marks->inner = EVP_MD_CTX_new();
	marks->outer = EVP_MD_CTX_new();
	marks->work = EVP_MD_CTX_new();
	if (marks->inner == NULL || marks->outer == NULL ||
	    marks->work == NULL ||
	    take_pad(marks->inner, sha256, key, INNER) == -1)
		return result(false);
	return take_pad(marks->outer, sha256, key, OUTER);
}

void marks_release(struct marks *marks)
{
	EVP_MD_CTX_free(marks->inner);
	EVP_MD_CTX_free(marks->outer);
	EVP_MD_CTX_free(marks->work);
}

int marks_begin(struct marks *marks)
{
	return result(EVP_MD_CTX_copy_ex(marks->work, marks->inner) == 1);
}

int marks_add(struct marks *marks, const void *bytes, size_t len)
{
	return result(EVP_DigestUpdate(marks->work, bytes, len) == 1);
}

int marks_end(struct marks *marks, char mark[MARK_LEN])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t made[DIGEST];
	char *at = mark + PREFIX_LEN;

	if (EVP_DigestFinal_ex(marks->work, made, NULL) != 1 ||
	    EVP_MD_CTX_copy_ex(marks->work, marks->outer) != 1 ||
	    EVP_DigestUpdate(marks->work, made, sizeof(made)) != 1 ||
	    EVP_DigestFinal_ex(marks->work, made, NULL) != 1)
		return result(false);
	memcpy(mark, PREFIX, PREFIX_LEN);
	for (size_t i = 0; i < 4; i++) {
		*at++ = digits[made[i] >> 4];
		*at++ = digits[made[i] & 0xf];
	}
	*at = '>';
	return 0;
}

static bool begins_mark(const uint8_t *text)
{
	if (memcmp(text, PREFIX, PREFIX_LEN) != 0 || text[MARK_LEN - 1] != '>')
		return false;
	for (size_t i = PREFIX_LEN; i < MARK_LEN - 1; i++) {
		if (!(text[i] >= '0' && text[i] <= '9') &&
		    !(text[i] >= 'a' && text[i] <= 'f'))
			return false;
	}
	return true;
}

size_t marks_find(const uint8_t *text, size_t len, size_t from)
{
	while (from + MARK_LEN <= len) {
		const uint8_t *at =
			memchr(text + from, '<', len - from - MARK_LEN + 1);

		if (at == NULL)
			break;
		from = (size_t)(at - text);
		if (begins_mark(at))
			return from;
		from++;
	}
	return len;
}

bool marks_is(const uint8_t *text, size_t len)
{
	return len == MARK_LEN && begins_mark(text);
}
