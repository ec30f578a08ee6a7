/* Passwords of a session, made unreadable. */
#include "terminal/redact.h"

#include <ctype.h>
#include <string.h>

#define SHORT 4 /* bytes of a password that counts within a word, too */
#define TEXT_MAX 512

static bool is_control(uint8_t byte)
{
	return byte < 0x20 || byte == 0x7f;
}

static bool is_word(const uint8_t *bytes, size_t len, size_t from, size_t to)
{
	return (from == 0 || !isalnum(bytes[from - 1])) &&
	       (to == len || !isalnum(bytes[to]));
}

/* How many bytes from at on spell word; 0 when they spell something else. */
static size_t spells(const char *word, const uint8_t *bytes, size_t len,
		     size_t at)
{
	size_t start = at;

	for (const char *c = word; *c != '\0'; c++) {
		while (c != word && at < len && bytes[at] != (uint8_t)*c &&
		       is_control(bytes[at]))
			at++;
		if (at == len || bytes[at] != (uint8_t)*c)
			return 0;
		at++;
	}
	return at - start;
}

static size_t one_len(const char *word, const uint8_t *bytes, size_t len,
		      size_t at)
{
	size_t n = word != NULL ? spells(word, bytes, len, at) : 0;

	if (n > 0 && strlen(word) < SHORT && !is_word(bytes, len, at, at + n))
		return 0;
	return n;
}

size_t redact_len(const struct credentials *credentials, const uint8_t *bytes,
		  size_t len, size_t at)
{
	size_t one = one_len(credentials->password, bytes, len, at);
	size_t two = one_len(credentials->secret, bytes, len, at);

	return one > two ? one : two;
}

bool redact_finds(const struct credentials *credentials, const char *text)
{
	const uint8_t *bytes = (const uint8_t *)text;
	size_t len = strlen(text);

	for (size_t at = 0; at < len; at++) {
		if (redact_len(credentials, bytes, len, at) > 0)
			return true;
	}
	return false;
}

/* Length of the longest end of a password that the bytes begin with. */
static size_t end_len(const char *word, const uint8_t *bytes, size_t len)
{
	if (word == NULL || strlen(word) < SHORT)
		return 0;
	for (word++; *word != '\0'; word++) {
		size_t n = spells(word, bytes, len, 0);

		if (n > 0)
			return n;
	}
	return 0;
}

static size_t begun_len(const struct credentials *credentials,
			const uint8_t *bytes, size_t len)
{
	size_t one = end_len(credentials->password, bytes, len);
	size_t two = end_len(credentials->secret, bytes, len);

	return one > two ? one : two;
}

size_t redact_copy(const struct credentials *credentials, uint8_t *out,
		   size_t size, const uint8_t *bytes, size_t len, bool cut)
{
	size_t used = 0;

	for (size_t at = 0; at < len;) {
		size_t n = redact_len(credentials, bytes, len, at);
		size_t more = sizeof(REDACTED) - 1;

		if (n == 0 && cut && at == 0)
			n = begun_len(credentials, bytes, len);
		if (n == 0)
			more = 1;
		if (more > size - used)
			break;
		memcpy(out + used,
		       n > 0 ? (const uint8_t *)REDACTED : bytes + at, more);
		used += more;
		at += n > 0 ? n : 1;
	}
	return used;
}

void redact_text(const struct credentials *credentials, char *text, size_t size)
{
	uint8_t redacted[TEXT_MAX];
	size_t len;

	if (!redact_finds(credentials, text))
		return;
	if (size > sizeof(redacted))
		size = sizeof(redacted);
	len = redact_copy(credentials, redacted, size - 1,
			  (const uint8_t *)text, strlen(text), false);
	memcpy(text, redacted, len);
	text[len] = '\0';
}
