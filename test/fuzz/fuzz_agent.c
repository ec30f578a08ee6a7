/* What an agent replies: a list of keys, a signature, its framing. */
#include <stdlib.h>
#include <string.h>

#include "keys/agent_protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* Every key is one that a login can offer, and is found again. */
static void take_list(const uint8_t *reply, size_t len)
{
	struct agent_keys keys;
	size_t held = 0;

	if (agent_take_list(&keys, reply, len, NULL) == -1)
		return;
	for (size_t i = 0; i < keys.n; i++) {
		const struct key *key = &keys.at[i];

		if (key_type(key) == NULL ||
		    agent_keys_find(&keys, &key->blob) == NULL)
			abort();
		held += key->blob.len + key->certificate.len +
			strlen(key->comment);
	}
	if (held > len)
		abort();
	agent_keys_release(&keys);
}

static void take_signature(const uint8_t *reply, size_t len)
{
	static const char *const algorithms[] = {"ssh-ed25519", "rsa-sha2-256",
						 "ecdsa-sha2-nistp256"};
	struct buf out;

	buf_init(&out, AGENT_MESSAGE_MAX);
	for (size_t i = 0; i < 3; i++) {
		size_t before = out.len;
		int rc = agent_take_signature(&out, algorithms[i], reply, len,
					      NULL);

		if (rc == -1 ? out.len != before : out.len == before)
			abort();
	}
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (len >= AGENT_HEADER && agent_reply_len(bytes) > AGENT_MESSAGE_MAX)
		abort();
	if (len == 0)
		return 0;
	take_list(bytes, len);
	take_signature(bytes, len);
	return 0;
}
