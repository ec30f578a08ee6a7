/* Base64 (RFC 4648) as key files have it. */
#include "base/base64.h"

/* The worth of each ASCII character, -1 for those outside the alphabet. */
static const int8_t values[128] = {
	-1, -1, -1, -1, -1, -1, -1, -1,
	-1, -1, -1, -1, -1, -1, -1, -1, /* control */
	-1, -1, -1, -1, -1, -1, -1, -1,
	-1, -1, -1, -1, -1, -1, -1, -1, /* control */
	-1, -1, -1, -1, -1, -1, -1, -1,
	-1, -1, -1, 62, -1, -1, -1, 63, /* + / */
	52, 53, 54, 55, 56, 57, 58, 59,
	60, 61, -1, -1, -1, -1, -1, -1, /* 0-9 */
	-1, 0,  1,  2,  3,  4,  5,  6,
	7,  8,  9,  10, 11, 12, 13, 14, /* A-O */
	15, 16, 17, 18, 19, 20, 21, 22,
	23, 24, 25, -1, -1, -1, -1, -1, /* P-Z */
	-1, 26, 27, 28, 29, 30, 31, 32,
	33, 34, 35, 36, 37, 38, 39, 40, /* a-o */
	41, 42, 43, 44, 45, 46, 47, 48,
	49, 50, 51, -1, -1, -1, -1, -1, /* p-z */
};

static int value_of(char c)
{
	unsigned char at = (unsigned char)c;

	return at < sizeof(values) ? values[at] : -1;
}

static size_t padding(const char *text, size_t len)
{
	if (len == 0 || text[len - 1] != '=')
		return 0;
	return text[len - 2] == '=' ? 2 : 1;
}

ssize_t base64_decode(uint8_t *out, const char *text, size_t len)
{
	uint32_t bits = 0;
	size_t noctets = 0;
	size_t pad;

	if (len % 4 != 0)
		return -1;
	pad = padding(text, len);
	for (size_t i = 0; i < len - pad; i++) {
		int value = value_of(text[i]);

		if (value == -1)
			return -1;
		bits = bits << 6 | (uint32_t)value;
		/* The write never overtakes the read: noctets < i here. */
		if (i % 4 != 0)
			out[noctets++] = (uint8_t)(bits >> (6 - i % 4 * 2));
	}
	if ((bits & ((1U << pad * 2) - 1)) != 0)
		return -1;
	return (ssize_t)noctets;
}
