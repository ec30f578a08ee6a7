/*
 * The methods of SSH authentication (RFC 4252): each is a file, auth_NAME.c,
 * with its row of the table in auth.c.
 */
#ifndef NETFAN_TRANSPORT_SSH_AUTH_H
#define NETFAN_TRANSPORT_SSH_AUTH_H

#include <stdbool.h>
#include <stdint.h>

#include "credentials/credentials.h"
#include "netfan.h"

struct ssh;

struct auth_method {
	const char *name; /* as the server lists it */
	/* Do the credentials have what the method proves? */
	bool (*usable)(const struct credentials *credentials);
	/*
	 * Prove it, once: 0 when the server lets the user in, else libssh2's
	 * code; *err is set when that is LIBSSH2_ERROR_EAGAIN, by ssh_wait().
	 */
	int (*attempt)(struct ssh *ssh, const struct credentials *credentials,
		       int64_t deadline_ms, struct nf_error *err);
};

extern const struct auth_method auth_password, auth_keyboard;

/*
 * Choose the first of the methods, which NULL ends, that the server offers in
 * its comma-separated list and that the credentials have something for. NULL
 * when there is none.
 */
const struct auth_method *auth_choose(const struct auth_method *const *methods,
				      const char *offered,
				      const struct credentials *credentials);

#endif
