/* A line of a known_hosts file, and the names it is meant for. */
#ifndef NETFAN_HOSTKEYS_KNOWN_HOSTS_LINE_H
#define NETFAN_HOSTKEYS_KNOWN_HOSTS_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hostkeys/hosthash.h"

#define KNOWN_HOSTS_PORT 22 /* the one that names do not tell */

/* Room for "[host]:65535": a host of getaddrinfo(3) at its longest, 1024. */
#define KNOWN_HOSTS_NAME (1024 + sizeof("[]:65535"))

enum known_hosts_kind {
	KNOWN_HOSTS_PLAIN, /* names without patterns */
	KNOWN_HOSTS_PATTERN, /* names of which one has '*', '?' or '!' */
	KNOWN_HOSTS_HASHED, /* one name, as its salted HMAC */
};

/* Every pointer is into the text that was parsed. */
struct known_hosts_line {
	union {
		char *names; /* comma-separated, lower case */
		const uint8_t *hash; /* KNOWN_HOSTS_HASHED: salt, then HMAC */
	};
	const char *type; /* of the key, as the key says itself */
	const uint8_t *key; /* SSH public key blob */
	uint32_t key_len;
	size_t number; /* of the line, from 1; known_hosts_line_parse()'s is 0 */
	enum known_hosts_kind kind;
	bool revoked;
	bool authority; /* the key signs those of hosts, and is of none */
};

/*
 * Parse a line of len bytes without its newline. The text is changed: fields
 * are ended, names lowered, base64 decoded where it stands; text[len] must be
 * writable. False when the line has no key: it is blank, a comment, or cannot
 * be understood.
 */
bool known_hosts_line_parse(struct known_hosts_line *line, char *text,
			    size_t len);

/*
 * Is name, as known_hosts_name() makes it, one of a line's plain names or
 * patterns? A hashed name is tried with hosthash_matches().
 */
bool known_hosts_line_matches(const struct known_hosts_line *line,
			      const char *name);

/*
 * Write the name that host:port has in the file: "host" for port 22, else
 * "[host]:port", in lower case. Its length, or -1 when host is too long.
 */
int known_hosts_name(char out[KNOWN_HOSTS_NAME], const char *host,
		     uint16_t port);

/* Write a name as it is compared: len bytes in lower case, and a NUL. */
void known_hosts_lower(char *out, const char *name, size_t len);

/* Order two hosts, as strcmp(3); 0 when they differ by case alone. */
int known_hosts_compare(const char *host, const char *other);

/*
 * Is key an SSH public key blob of that type: strings from end to end (RFC 4253
 * section 6.6), of which the first is the type? A key cut short is none.
 */
bool known_hosts_is_key(const char *type, const uint8_t *key, size_t len);

#endif
