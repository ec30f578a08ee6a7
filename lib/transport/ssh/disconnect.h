/* SSH_MSG_DISCONNECT (RFC 4253 section 11.1): why the other side ends it. */
#ifndef NETFAN_TRANSPORT_SSH_DISCONNECT_H
#define NETFAN_TRANSPORT_SSH_DISCONNECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netfan.h"

#define DISCONNECT_TOO_MANY 12 /* SSH_DISCONNECT_TOO_MANY_CONNECTIONS */
#define DISCONNECT_NO_MORE_AUTH 14 /* ..._NO_MORE_AUTH_METHODS_AVAILABLE */

/* All zero: none has come. */
struct disconnect {
	bool came;
	uint32_t reason;
	char text[96]; /* made harmless; "" where it gives none */
};

/* Keep what came; text may be NULL. */
void disconnect_keep(struct disconnect *disconnect, uint32_t reason,
		     const void *text, size_t len);

/* Read the payload behind the message's number, as far as it has come. */
void disconnect_decode(struct disconnect *disconnect, const uint8_t *bytes,
		       size_t len);

#define DISCONNECT_END "the device closed the connection"

/*
 * Explain it, behind what is known of the end (DISCONNECT_END if no more is):
 * -1 with NF_BUSY when the server has no room at the moment, else
 * NF_DISCONNECTED, with the text or what the reason means.
 */
int disconnect_explain(const struct disconnect *disconnect, const char *end,
		       struct nf_error *err);

/* Does it say that no other password is to be tried, as this one is wrong? */
bool disconnect_refuses_login(const struct disconnect *disconnect);

#endif
