/* One line of a known_hosts file, and the names it is meant for. */
#ifndef NETFAN_SESSION_HOSTLINE_H
#define NETFAN_SESSION_HOSTLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "session/hosthash.h"

#define HOSTLINE_PORT 22 /* the one that names do not tell */

/* Room for "[host]:65535": a host of getaddrinfo(3) at its longest, 1024. */
#define HOSTLINE_NAME (1024 + sizeof("[]:65535"))

enum hostline_kind {
	HOSTLINE_PLAIN, /* names without patterns */
	HOSTLINE_PATTERN, /* names of which one has '*', '?' or '!' */
	HOSTLINE_HASHED, /* one name, as its salted HMAC */
};

/* Every pointer is into the text that was parsed. */
struct hostline {
	union {
		char *names; /* comma-separated, lower case */
		const uint8_t *hash; /* HOSTLINE_HASHED: salt, then HMAC */
	};
	const char *type; /* what the key itself says it is */
	const uint8_t *key; /* SSH public key blob */
	uint32_t key_len;
	enum hostline_kind kind;
	bool revoked;
};

/*
 * Parse a line of len bytes without its newline. The text is changed: fields
 * are ended, names lowered, base64 decoded where it stands; text[len] must be
 * writable. False when there is nothing to learn: a blank line, a comment, a
 * @cert-authority (libssh2 has no use for it), or anything that is not
 * to be understood.
 */
bool hostline_parse(struct hostline *line, char *text, size_t len);

/*
 * Whether name, as hostline_name() makes it, is one of a line's whose names are
 * plain or patterns. A hashed one is tried with hosthash_matches().
 */
bool hostline_matches(const struct hostline *line, const char *name);

/*
 * The name host:port has in the file: "host" for port 22, else "[host]:port",
 * in lower case. Its length, or -1 when host is too long to be one.
 */
int hostline_name(char out[HOSTLINE_NAME], const char *host, uint16_t port);

/* Order of two hosts, as strcmp(3) has it; 0 when they differ by case alone. */
int hostline_compare(const char *host, const char *other);

/*
 * Whether key is an SSH public key blob of that type: strings from end to end
 * (RFC 4253 section 6.6), the first of them the type. A key cut short is none.
 */
bool hostline_is_key(const char *type, const uint8_t *key, size_t len);

#endif
