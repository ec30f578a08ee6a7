/* One line of a known_hosts file, and the names it is meant for. */
#include "hostkeys/known_hosts_line.h"

#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/wildcard.h"
#include "base/wire.h"

#define SPACE " \t\r"
#define HASH_MARK "|1|" /* 1 is HMAC-SHA1; there never was another */

/* The number of strings in a key, to refuse one that is cut between two. */
static const struct {
	const char *prefix;
	size_t least;
} parts[] = {
	{"ecdsa-sha2-", 3}, /* type, curve, point */
	{"ssh-dss", 5}, /* type, p, q, g, y */
	{"ssh-rsa", 3}, /* type, e, n */
};

/* ---- the names */

/* Not tolower(): the program's locale must not change which host is meant. */
static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static void lower_all(char *text)
{
	for (; *text != '\0'; text++)
		*text = lower(*text);
}

/* Does a pattern match, and none of the negated ones, wherever they stand? */
static bool list_matches(const char *patterns, const char *name)
{
	bool matched = false;

	for (;;) {
		bool negated = *patterns == '!';
		size_t len;

		patterns += negated;
		len = strcspn(patterns, ",");
		if (wildcard_matches(patterns, len, name)) {
			if (negated)
				return false;
			matched = true;
		}
		if (patterns[len] == '\0')
			return matched;
		patterns += len + 1;
	}
}

/* ---- the fields */

/* End the next field of *at and step past it; NULL when there is none. */
static char *field_next(char **at)
{
	char *field = *at + strspn(*at, SPACE);
	size_t len = strcspn(field, SPACE);

	if (len == 0)
		return NULL;
	*at = field + len;
	if (**at != '\0')
		*(*at)++ = '\0';
	return field;
}

/* Decode the 20 bytes that stand in *text up to end, and step past that. */
static bool hash_part(uint8_t *out, char **text, char end)
{
	size_t len = strcspn(*text, (char[]){end, '\0'});
	uint8_t *bytes = (uint8_t *)*text; /* in place: not read again */

	if (len != (HOSTHASH_SIZE + 2) / 3 * 4 || (*text)[len] != end ||
	    base64_decode(bytes, *text, len) != HOSTHASH_SIZE)
		return false;
	memmove(out, bytes, HOSTHASH_SIZE);
	*text += len + 1;
	return true;
}

static bool parse_names(struct known_hosts_line *line, char *names)
{
	uint8_t *hash = (uint8_t *)names; /* shorter than its text */
	char *at = names + strlen(HASH_MARK);

	if (names[0] == '@') /* a second marker: ssh takes no such line */
		return false;
	if (names[0] != '|') {
		lower_all(names);
		line->names = names;
		line->kind = strpbrk(names, "*?!") != NULL ? KNOWN_HOSTS_PATTERN
							   : KNOWN_HOSTS_PLAIN;
		return true;
	}
	line->hash = hash;
	line->kind = KNOWN_HOSTS_HASHED;
	return strncmp(names, HASH_MARK, strlen(HASH_MARK)) == 0 &&
	       hash_part(hash, &at, '|') &&
	       hash_part(hash + HOSTHASH_SIZE, &at, '\0');
}

/* The number of strings that a key of this type has at least, its type
 * included. */
static size_t least_parts(const char *type)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strncmp(type, parts[i].prefix, strlen(parts[i].prefix)) ==
		    0)
			return parts[i].least;
	return 2;
}

static bool parse_key(struct known_hosts_line *line, const char *type,
		      char *text)
{
	uint8_t *key = (uint8_t *)text; /* decoded where it stands */
	size_t text_len = strlen(text);
	ssize_t len = base64_decode(key, text, text_len);

	if (len <= 0 || (size_t)len > UINT32_MAX ||
	    !known_hosts_is_key(type, key, (size_t)len))
		return false;
	line->type = type;
	line->key = key;
	line->key_len = (uint32_t)len;
	return true;
}

bool known_hosts_line_parse(struct known_hosts_line *line, char *text,
			    size_t len)
{
	char *names;
	char *type;
	char *key;

	*line = (struct known_hosts_line){0};
	text[len] = '\0';
	names = field_next(&text);
	if (names == NULL || *names == '#')
		return false;
	if (*names == '@') {
		line->revoked = strcmp(names, "@revoked") == 0;
		line->authority = strcmp(names, "@cert-authority") == 0;
		if (!line->revoked && !line->authority)
			return false;
		names = field_next(&text);
	}
	type = field_next(&text);
	key = field_next(&text);
	return key != NULL && parse_names(line, names) &&
	       parse_key(line, type, key);
}

bool known_hosts_line_matches(const struct known_hosts_line *line,
			      const char *name)
{
	return list_matches(line->names, name);
}

int known_hosts_name(char out[KNOWN_HOSTS_NAME], const char *host,
		     uint16_t port)
{
	int len;

	if (port == KNOWN_HOSTS_PORT)
		len = snprintf(out, KNOWN_HOSTS_NAME, "%s", host);
	else
		len = snprintf(out, KNOWN_HOSTS_NAME, "[%s]:%u", host,
			       (unsigned)port);
	if (len < 0 || (size_t)len >= KNOWN_HOSTS_NAME)
		return -1;
	lower_all(out);
	return len;
}

void known_hosts_lower(char *out, const char *name, size_t len)
{
	memcpy(out, name, len);
	out[len] = '\0';
	lower_all(out);
}

int known_hosts_compare(const char *host, const char *other)
{
	while (*host != '\0' && lower(*host) == lower(*other)) {
		host++;
		other++;
	}
	return (unsigned char)lower(*host) - (unsigned char)lower(*other);
}

bool known_hosts_is_key(const char *type, const uint8_t *key, size_t len)
{
	size_t type_len = strlen(type);
	size_t nparts = 0;
	size_t at = 0;

	if (type_len == 0 || len < 4 || wire_u32(key) != type_len ||
	    len - 4 < type_len || memcmp(key + 4, type, type_len) != 0)
		return false;
	while (len - at >= 4) {
		uint32_t part = wire_u32(key + at);

		at += 4;
		if (part > len - at)
			return false;
		at += part;
		nparts++;
	}
	return at == len && nparts >= least_parts(type);
}
