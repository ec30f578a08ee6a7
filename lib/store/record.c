/* Records: a line of words "key=value" to and from a struct. */
#include "store/record.h"

#include <assert.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "netfan.h"

#define NUMBER_MAX ((size_t)24) /* digits and a sign */
#define NAME_LONG ((size_t)64) /* any of a code or a stage */

/* Does it stand for itself in a word? */
static bool is_plain(char c)
{
	return c > ' ' && c <= '~' && c != '%';
}

/* ---- writing: a value goes to where there is room for it, and its end is told */

static char *put_text(char *at, const char *text)
{
	static const char digits[] = "0123456789ABCDEF";

	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (is_plain(*text)) {
			*at++ = *text;
			continue;
		}
		*at++ = '%';
		*at++ = digits[c >> 4];
		*at++ = digits[c & 15];
	}
	return at;
}

/* By hand: there are millions of them, and printf(3) takes longer. */
static char *put_number(char *at, uint64_t number)
{
	char digits[NUMBER_MAX], *first = digits + sizeof(digits);
	size_t len;

	do
		*--first = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	len = (size_t)(digits + sizeof(digits) - first);
	memcpy(at, first, len);
	return at + len;
}

static char *put_time(char *at, int64_t time)
{
	if (time >= 0)
		return put_number(at, (uint64_t)time);
	*at++ = '-';
	return put_number(at, -(uint64_t)time);
}

static char *put_digest(char *at, const uint8_t digest[NF_DIGEST])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < NF_DIGEST; i++) {
		*at++ = digits[digest[i] >> 4];
		*at++ = digits[digest[i] & 15];
	}
	return at;
}

static bool is_nothing(const struct record_key *key, const void *field)
{
	static const uint8_t zeros[NF_DIGEST];
	const char *text;

	switch (key->kind) {
	case RECORD_TEXT:
		memcpy(&text, field, sizeof(text));
		return *text == '\0';
	case RECORD_CHARS:
		return *(const char *)field == '\0';
	case RECORD_TIME:
	case RECORD_COUNT:
	case RECORD_SMALL:
	case RECORD_FLAG:
	case RECORD_DIGEST:
	case RECORD_CODE:
	case RECORD_STAGE:
		break;
	}
	assert(key->size <= sizeof(zeros));
	return memcmp(field, zeros, key->size) == 0;
}

/* Bytes that a value takes, at most. */
static size_t room_for(const struct record_key *key, const void *field)
{
	const char *text;

	switch (key->kind) {
	case RECORD_TEXT:
		memcpy(&text, field, sizeof(text));
		return 3 * strlen(text);
	case RECORD_CHARS:
		return 3 * strlen(field);
	case RECORD_TIME:
	case RECORD_COUNT:
	case RECORD_SMALL:
	case RECORD_FLAG:
		return NUMBER_MAX;
	case RECORD_DIGEST:
		return 2 * NF_DIGEST;
	case RECORD_CODE:
	case RECORD_STAGE:
		return NAME_LONG;
	}
	return 0;
}

static char *put_value(char *at, enum record_kind kind, const void *field)
{
	const char *text;

	switch (kind) {
	case RECORD_TEXT:
		memcpy(&text, field, sizeof(text));
		return put_text(at, text);
	case RECORD_CHARS:
		return put_text(at, field);
	case RECORD_TIME:
		return put_time(at, *(const int64_t *)field);
	case RECORD_COUNT:
		return put_number(at, *(const uint64_t *)field);
	case RECORD_SMALL:
		return put_number(at, *(const unsigned *)field);
	case RECORD_FLAG:
		return put_number(at, *(const bool *)field);
	case RECORD_DIGEST:
		return put_digest(at, field);
	case RECORD_CODE:
		return put_text(at, nf_code_name(*(const enum nf_code *)field));
	case RECORD_STAGE:
		return put_text(at,
				nf_stage_name(*(const enum nf_stage *)field));
	}
	return at;
}

static int put_key(struct buf *out, const struct record_key *key,
		   const void *field)
{
	size_t room = key->name_len + strlen(" =") + room_for(key, field);
	char *at;

	if (buf_reserve(out, room) == -1)
		return -1;
	at = (char *)out->data + out->len;
	*at++ = ' ';
	memcpy(at, key->name, key->name_len);
	at += key->name_len;
	*at++ = '=';
	at = put_value(at, key->kind, field);
	out->len = (size_t)(at - (char *)out->data);
	return 0;
}

int record_put(struct buf *out, const char *word,
	       const struct record_keys *keys, const void *record)
{
	if (buf_append(out, word, strlen(word)) == -1)
		return -1;
	for (size_t i = 0; i < keys->n; i++) {
		const struct record_key *key = &keys->keys[i];
		const void *field = (const char *)record + key->at;

		if (!is_nothing(key, field) && put_key(out, key, field) == -1)
			return -1;
	}
	return buf_append(out, "\n", 1);
}

/* ---- reading: 0, or -1 for what is no such value */

static int hex_value(char c)
{
	unsigned digit = (unsigned char)c - (unsigned)'0';
	unsigned letter = ((unsigned char)c | 0x20U) - (unsigned)'a';

	if (digit < 10)
		return (int)digit;
	return letter < 6 ? (int)letter + 10 : -1;
}

/* A byte of two digits: -1 when they are none. */
static int hex_byte(const char *text)
{
	int high = hex_value(text[0]);
	int low = high != -1 ? hex_value(text[1]) : -1;

	return low != -1 ? high << 4 | low : -1;
}

/* Undo put_text() into size bytes, one for the NUL. */
static int get_text(char *out, size_t size, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++, out++, size--) {
		int c = (unsigned char)text[i];

		if (c == '%') {
			c = len - i > 2 ? hex_byte(text + i + 1) : 0;
			i += 2;
		} else if (!is_plain(text[i])) {
			return -1;
		}
		if (c <= 0 || size <= 1)
			return -1;
		*out = (char)c;
	}
	*out = '\0';
	return 0;
}

static int get_number(uint64_t *number, uint64_t max, const char *text,
		      size_t len)
{
	*number = 0;
	for (size_t i = 0; i < len; i++) {
		uint64_t digit = (uint64_t)(text[i] - '0');

		if (text[i] < '0' || text[i] > '9' || digit > max ||
		    *number > (max - digit) / 10)
			return -1;
		*number = *number * 10 + digit;
	}
	return len > 0 ? 0 : -1;
}

static int get_time(int64_t *time, const char *text, size_t len)
{
	bool negative = len > 0 && *text == '-';
	uint64_t number;

	if (get_number(&number, (uint64_t)INT64_MAX + negative, text + negative,
		       len - negative) == -1)
		return -1;
	*time = (int64_t)(negative ? -number : number);
	return 0;
}

static int get_digest(uint8_t digest[NF_DIGEST], const char *text, size_t len)
{
	if (len != (size_t)2 * NF_DIGEST)
		return -1;
	for (size_t i = 0; i < NF_DIGEST; i++) {
		int byte = hex_byte(text + 2 * i);

		if (byte == -1)
			return -1;
		digest[i] = (uint8_t)byte;
	}
	return 0;
}

/* A name that a later netfan has is a failure all the same. */
static enum nf_code get_code(const char *text, size_t len)
{
	unsigned code = NF_OK;

	while (code < NF_NCODES &&
	       (strlen(nf_code_name((enum nf_code)code)) != len ||
		memcmp(nf_code_name((enum nf_code)code), text, len) != 0))
		code++;
	return code < NF_NCODES ? (enum nf_code)code : NF_SYSTEM;
}

static enum nf_stage get_stage(const char *text, size_t len)
{
	unsigned stage = 0;

	while (stage < NF_NSTAGES &&
	       (strlen(nf_stage_name((enum nf_stage)stage)) != len ||
		memcmp(nf_stage_name((enum nf_stage)stage), text, len) != 0))
		stage++;
	return stage < NF_NSTAGES ? (enum nf_stage)stage : 0;
}

/* There is room: a text is never longer than it was in the line. */
static int get_lent(struct buf *texts, void *field, const char *text,
		    size_t len)
{
	char *at = (char *)texts->data + texts->len;

	if (get_text(at, texts->cap - texts->len, text, len) == -1)
		return -1;
	texts->len += strlen(at) + 1;
	memcpy(field, &at, sizeof(at));
	return 0;
}

static int get_value(struct buf *texts, const struct record_key *key,
		     void *field, const char *text, size_t len)
{
	uint64_t number;

	switch (key->kind) {
	case RECORD_TEXT:
		return get_lent(texts, field, text, len);
	case RECORD_CHARS:
		return get_text(field, key->size, text, len);
	case RECORD_TIME:
		return get_time(field, text, len);
	case RECORD_COUNT:
		return get_number(field, UINT64_MAX, text, len);
	case RECORD_SMALL:
		if (get_number(&number, UINT_MAX, text, len) == -1)
			return -1;
		*(unsigned *)field = (unsigned)number;
		return 0;
	case RECORD_FLAG:
		if (get_number(&number, 1, text, len) == -1)
			return -1;
		*(bool *)field = number;
		return 0;
	case RECORD_DIGEST:
		return get_digest(field, text, len);
	case RECORD_CODE:
		*(enum nf_code *)field = get_code(text, len);
		return 0;
	case RECORD_STAGE:
		*(enum nf_stage *)field = get_stage(text, len);
		return 0;
	}
	return 0;
}

/* Find a key, from the one on that is due: as a rule that is it. */
static const struct record_key *find_key(const struct record_keys *keys,
					 size_t due, const char *name,
					 size_t len)
{
	for (size_t i = 0; i < keys->n; i++) {
		const struct record_key *key = &keys->keys[(due + i) % keys->n];

		if (key->name_len == len && memcmp(key->name, name, len) == 0)
			return key;
	}
	return NULL;
}

const char *record_get(const struct record_keys *keys, const char *at,
		       const char *end, void *record, struct buf *texts)
{
	const char *name, *equals;
	size_t due = 0;

	while (at < end) {
		const struct record_key *key;

		if (*at != ' ')
			return "";
		name = at + 1;
		at = memchr(name, ' ', (size_t)(end - name));
		if (at == NULL)
			at = end;
		equals = memchr(name, '=', (size_t)(at - name));
		if (equals == NULL)
			return "";
		key = find_key(keys, due, name, (size_t)(equals - name));
		if (key == NULL)
			continue;
		due = (size_t)(key - keys->keys) + 1;
		if (get_value(texts, key, (char *)record + key->at, equals + 1,
			      (size_t)(at - equals) - 1) == -1)
			return key->name;
	}
	return NULL;
}
