/* Access: what an inventory says of it, each once. */
#include "inventory/access.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define SEARCHED_MAX 16 /* of the newest, for one that is equal */

/* Its texts, by where they stand. */
static const size_t texts[] = {
	offsetof(struct access, auth),
	offsetof(struct access, key_file),
	offsetof(struct access, passphrase),
	offsetof(struct access, hostkey_fingerprint),
	offsetof(struct access, hostkey_alias),
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
	       one->allow_agent == two->allow_agent &&
	       one->strict_hostkeys == two->strict_hostkeys &&
	       one->identities_only == two->identities_only &&
	       one->keys_optional == two->keys_optional &&
	       equal_times(one, two);
}

const struct access *accesses_find(const struct accesses *accesses,
				   const struct access *access)
{
	const struct access_node *node = accesses->newest;

	for (int i = 0; node != NULL && i < SEARCHED_MAX; i++) {
		if (access_equal(&node->access, access))
			return &node->access;
		node = node->older;
	}
	return NULL;
}

const struct access *accesses_add(struct accesses *accesses,
				  const struct access *access)
{
	struct access_node *node = calloc(1, sizeof(*node));

	if (node == NULL)
		return NULL;
	node->access = *access;
	node->older = accesses->newest;
	accesses->newest = node;
	return &node->access;
}

void accesses_release(struct accesses *accesses)
{
	struct access_node *older;

	for (; accesses->newest != NULL; accesses->newest = older) {
		older = accesses->newest->older;
		free(accesses->newest);
	}
}
