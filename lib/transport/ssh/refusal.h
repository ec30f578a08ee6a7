/*
 * Refusals that libssh2 does not tell: read from the payloads of messages as it
 * frees them.
 */
#ifndef NETFAN_TRANSPORT_SSH_REFUSAL_H
#define NETFAN_TRANSPORT_SSH_REFUSAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AUTH_WANTED_MAX 128 /* of a list of methods, with a NUL */

#define SSH_REFUSAL_MAX 96 /* of a channel refusal's words, and a NUL */

/* SSH_MSG_USERAUTH_FAILURE (RFC 4252 section 5.1). */
struct auth_failure {
	bool partial; /* the method did prove what it can: another is wanted */
	/* Methods that may go on, comma-separated and made harmless. */
	char wanted[AUTH_WANTED_MAX];
};

/* Read a failure from a whole payload, which bytes of other memory may follow:
 * false for any other payload. */
bool auth_failure_decode(struct auth_failure *failure, const uint8_t *bytes,
			 size_t len);

/* SSH_MSG_CHANNEL_OPEN_FAILURE (RFC 4254 section 5.1). Zeroed: none has come. */
struct channel_refusal {
	uint32_t reason; /* from 1 on, as section 5.1 numbers them */
	char words[SSH_REFUSAL_MAX]; /* made harmless; "" without any */
};

/* Read a channel's refusal from a whole payload, which bytes of other memory may
 * follow; leave it as it is for any other payload. */
void channel_refusal_decode(struct channel_refusal *refusal,
			    const uint8_t *bytes, size_t len);

#endif
