/* Pins: the fingerprints of the only host keys that a device may have. */
#include "hostkeys/pins.h"

#include <string.h>
#include <strings.h>

#include <openssl/evp.h>

#include "base/base64.h"

#define BLANK " \t"
#define DIGEST_MAX 32 /* of SHA-256 */
#define BASE64_MAX 44 /* of that, with its padding */
#define MD5_SIZE 16

struct pin {
	bool md5; /* instead of SHA-256 */
	uint8_t digest[DIGEST_MAX];
};

/* Step over a mark, whatever its case; false when it is not there. */
static bool skip_mark(const char **text, size_t *len, const char *mark)
{
	size_t n = strlen(mark);

	if (*len < n || strncasecmp(*text, mark, n) != 0)
		return false;
	*text += n;
	*len -= n;
	return true;
}

static bool parse_sha256(struct pin *pin, const char *text, size_t len)
{
	char padded[BASE64_MAX];
	uint8_t bytes[BASE64_MAX / 4 * 3];

	if (len != BASE64_MAX && len != BASE64_MAX - 1)
		return false;
	memcpy(padded, text, len);
	if (len < BASE64_MAX)
		padded[len] = '=';
	if (base64_decode(bytes, padded, BASE64_MAX) != DIGEST_MAX)
		return false;
	memcpy(pin->digest, bytes, DIGEST_MAX);
	return true;
}

/* The value of a hexadecimal digit, -1 for another character. */
static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool parse_md5(struct pin *pin, const char *text, size_t len)
{
	pin->md5 = true;
	if (len != 3 * MD5_SIZE - 1)
		return false;
	for (size_t i = 0; i < MD5_SIZE; i++, text += 3) {
		int high = digit(text[0]), low = digit(text[1]);

		if (high == -1 || low == -1 ||
		    (i + 1 < MD5_SIZE && text[2] != ':'))
			return false;
		pin->digest[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static bool parse(struct pin *pin, const char *text, size_t len)
{
	*pin = (struct pin){.md5 = false};
	if (skip_mark(&text, &len, "SHA256:"))
		return parse_sha256(pin, text, len);
	(void)skip_mark(&text, &len, "MD5:");
	return parse_md5(pin, text, len);
}

/* Take the next item of *text, without the blanks around it; NULL behind the
 * last. */
static const char *next(const char **text, size_t *len)
{
	const char *item = *text;
	size_t whole;

	if (item == NULL)
		return NULL;
	whole = strcspn(item, ",");
	*text = item[whole] == ',' ? item + whole + 1 : NULL;
	while (whole > 0 && strchr(BLANK, *item) != NULL) {
		item++;
		whole--;
	}
	while (whole > 0 && strchr(BLANK, item[whole - 1]) != NULL)
		whole--;
	*len = whole;
	return item;
}

const char *pins_wrong(const char *text, size_t *len)
{
	const char *item;
	struct pin pin;

	while ((item = next(&text, len)) != NULL) {
		if (!parse(&pin, item, *len))
			return item;
	}
	return NULL;
}

/* A digest that libcrypto does not make (MD5, under FIPS) is of no key. */
static bool is_of(const struct pin *pin, const uint8_t *key, size_t len)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	return EVP_Digest(key, len, digest, &n,
			  pin->md5 ? EVP_md5() : EVP_sha256(), NULL) == 1 &&
	       memcmp(digest, pin->digest, n) == 0;
}

bool pins_match(const char *text, const uint8_t *key, size_t key_len)
{
	const char *item;
	size_t len;
	struct pin pin;

	while ((item = next(&text, &len)) != NULL) {
		if (parse(&pin, item, len) && is_of(&pin, key, key_len))
			return true;
	}
	return false;
}
