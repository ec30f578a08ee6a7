/*
 * What is said to a user's SSH agent, and what it replies
 * (draft-ietf-sshm-ssh-agent): as far as a login needs it, which is to list
 * keys, and to sign with one of them. A message is
 *
 *   bytes 0-3   length of the rest, big-endian, 1..AGENT_MESSAGE_MAX
 *   byte  4     type
 *   bytes 5-    the body
 *
 * An agent is believed no more than a device: whatever it replies is bounded.
 */
#ifndef NETFAN_KEYS_AGENT_PROTOCOL_H
#define NETFAN_KEYS_AGENT_PROTOCOL_H

#include "keys/key.h"

#define AGENT_HEADER 4u /* bytes of the length */
#define AGENT_MESSAGE_MAX ((size_t)256 * 1024) /* as OpenSSH's has it */

/* The keys of an agent, in its order. Zeroed, there are none. */
struct agent_keys {
	struct key *at; /* without private parts */
	size_t n;
	size_t nunusable; /* that are left out: no login here can use them */
};

void agent_keys_release(struct agent_keys *keys);

/* Find the key with this public part: NULL when the agent has it not. */
const struct key *agent_keys_find(const struct agent_keys *keys,
				  const struct key_blob *blob);

/* Append a message to out: -1 with errno as buf_append(). */
int agent_put_list(struct buf *out);
int agent_put_sign(struct buf *out, const struct key *key,
		   const char *algorithm, const uint8_t *data, size_t len);

/* Read the length of a reply: 0 when it is none, or is above the maximum. */
size_t agent_reply_len(const uint8_t header[AGENT_HEADER]);

/*
 * Read the reply to a list, without its length. -1 with NF_PROTOCOL when it is
 * none, NF_SYSTEM without memory. A certificate is added to the key that it is
 * of; keys of types that netfan cannot log in with are counted.
 */
int agent_take_list(struct agent_keys *keys, const uint8_t *reply, size_t len,
		    struct nf_error *err);

/*
 * Read the reply to a request to sign, and append the signature to out as
 * key_sign() has it. -1 with NF_AUTH_FAILED when the agent refused, NF_PROTOCOL
 * when the reply is none, or is a signature by another algorithm; NF_SYSTEM.
 */
int agent_take_signature(struct buf *out, const char *algorithm,
			 const uint8_t *reply, size_t len,
			 struct nf_error *err);

#endif
