/* Comparing what an inventory says of access to devices. */
#include "inventory/access.h"

#include <stddef.h>
#include <string.h>

/* Its texts, by where they stand. */
static const size_t texts[] = {
	offsetof(struct access, auth),
	offsetof(struct access, key_file),
	offsetof(struct access, passphrase),
	offsetof(struct access, hostkey_fingerprint),
	offsetof(struct access, proxy_jump),
	offsetof(struct access, proxy_command),
	offsetof(struct access, proxy),
	offsetof(struct access, source_address),
	offsetof(struct access, interface),
	offsetof(struct access, kex_algorithms),
	offsetof(struct access, hostkey_algorithms),
	offsetof(struct access, ciphers),
	offsetof(struct access, macs),
};

static const char *text_at(const struct access *access, size_t offset)
{
	const char *text;

	memcpy(&text, (const char *)access + offset, sizeof(text));
	return text;
}

static bool equal_times(const struct access *one, const struct access *two)
{
	return one->connect_ms == two->connect_ms &&
	       one->handshake_ms == two->handshake_ms &&
	       one->auth_ms == two->auth_ms &&
	       one->prompt_ms == two->prompt_ms &&
	       one->command_ms == two->command_ms &&
	       one->keepalive_ms == two->keepalive_ms;
}

bool access_equal(const struct access *one, const struct access *two)
{
	if (one == two)
		return true;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *a = text_at(one, texts[i]);
		const char *b = text_at(two, texts[i]);

		if (a != b && (a == NULL || b == NULL || strcmp(a, b) != 0))
			return false;
	}
	return one->use_keys == two->use_keys &&
	       one->allow_agent == two->allow_agent && equal_times(one, two);
}
