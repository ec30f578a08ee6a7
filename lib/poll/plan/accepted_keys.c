/* Host keys that this run has accepted. */
#include "poll/plan/accepted_keys.h"

#include <stdatomic.h>
#include <string.h>

#include "base/error.h"

struct accepted_key {
	atomic_bool known; /* fingerprint is there */
	char fingerprint[HOSTKEYS_FINGERPRINT];
};

int accepted_keys_init(struct accepted_keys *keys, size_t n,
		       struct nf_error *err)
{
	return shared_memory_init(&keys->memory,
				  n * sizeof(struct accepted_key), "host keys",
				  err);
}

void accepted_keys_release(struct accepted_keys *keys)
{
	shared_memory_release(&keys->memory);
}

static const struct accepted_key *accepted_of(const struct accepted_keys *keys,
					      size_t endpoint)
{
	return (const struct accepted_key *)keys->memory.reading + endpoint;
}

bool accepted_keys_has(const struct accepted_keys *keys, size_t endpoint,
		       const uint8_t *key, size_t len)
{
	const struct accepted_key *accepted = accepted_of(keys, endpoint);
	char fingerprint[HOSTKEYS_FINGERPRINT];

	if (!atomic_load(&accepted->known))
		return false;
	hostkeys_fingerprint(key, len, fingerprint);
	return strcmp(accepted->fingerprint, fingerprint) == 0;
}

int accepted_keys_check(const struct accepted_keys *keys, size_t endpoint,
			const struct ssh_key *key, struct nf_error *err)
{
	char fingerprint[HOSTKEYS_FINGERPRINT];

	if (!atomic_load(&accepted_of(keys, endpoint)->known))
		return 0;
	if (accepted_keys_has(keys, endpoint, key->key, key->len))
		return 1;
	hostkeys_fingerprint(key->key, key->len, fingerprint);
	return error_set(err, NF_HOSTKEY_CHANGED,
			 "its host key changed during this run: %s %s",
			 key->type, fingerprint);
}

bool accepted_keys_put(struct accepted_keys *keys, size_t endpoint,
		       const uint8_t *key, size_t len)
{
	struct accepted_key *accepted =
		(struct accepted_key *)keys->memory.writing + endpoint;

	if (atomic_load(&accepted->known))
		return false;
	hostkeys_fingerprint(key, len, accepted->fingerprint);
	atomic_store(&accepted->known, true);
	return true;
}
