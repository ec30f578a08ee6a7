/*
 * Marks in place of secrets: "<secret:1a2b3c4d>", the first 4 bytes of an
 * HMAC-SHA256 of the secret. Who does not have the key cannot try guesses.
 */
#ifndef NETFAN_CONTENT_MARKS_H
#define NETFAN_CONTENT_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>

#define MARKS_KEY ((size_t)32)
#define MARK_LEN ((size_t)17)

struct marks {
	EVP_MD_CTX *inner; /* after the block of key and pad */
	EVP_MD_CTX *outer;
	EVP_MD_CTX *work;
};

/* -1 with errno ENOMEM, here and below; to be released then, too. */
int marks_init(struct marks *marks, const EVP_MD *sha256,
	       const uint8_t key[MARKS_KEY]);
void marks_release(struct marks *marks);

/* Make the mark of a secret that comes in pieces. */
int marks_begin(struct marks *marks);
int marks_add(struct marks *marks, const void *bytes, size_t len);
int marks_end(struct marks *marks, char mark[MARK_LEN]);

/* Where a mark begins, at or behind a place; the text's length for none. */
size_t marks_find(const uint8_t *text, size_t len, size_t from);

/* Is the text a mark, and nothing else? */
bool marks_is(const uint8_t *text, size_t len);

#endif
