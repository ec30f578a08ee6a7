/*
 * The methods of SSH authentication (RFC 4252): each is a file, auth_NAME.c,
 * with its row of the table in auth.c.
 *
 * A login is a course over them, in the order of the means:
 *
 *   what came of a try       then
 *   let in                   the login is over
 *   a partial success        the first method that the server wants now, and
 *                            that has something left to try
 *   declined, and nothing    the same, and so on to the last
 *   secret was given
 *   refused, and a password  the login is over: no other method is tried with
 *   was given                the same one, or it would lock its user out
 *
 * Nothing is tried twice: a row knows by struct ssh_login what it has tried.
 */
#ifndef NETFAN_TRANSPORT_AUTH_AUTH_H
#define NETFAN_TRANSPORT_AUTH_AUTH_H

#include <stdbool.h>

#include "netfan.h"
#include "transport/auth/auth_order.h"

struct ssh;
struct ssh_login;

#define AUTH_KEYS_MAX 4 /* that are offered: servers count them as tries */

struct auth_method {
	const char *name; /* as the server lists it */
	/* Is there something that was not tried yet, and is to be? */
	bool (*usable)(const struct ssh_login *login);
	/*
	 * Try one thing, until login->deadline_ms: 1 when the server lets the
	 * user in, 0 when it says no, or that it wants more, -1 with *err when
	 * the login cannot go on. Notes in the login what it gave.
	 */
	int (*attempt)(struct ssh *ssh, struct nf_error *err);
};

/* What attempt() returns, by libssh2's code: NF_DISCONNECTED, NF_TIMEOUT,
 * NF_AUTH_FAILED for what is no answer of the server. */
int auth_verdict(const struct ssh *ssh, int rc, struct nf_error *err);

/* May the password be given? Errors as on_password() of the means. */
int auth_permit(struct ssh_login *login, struct nf_error *err);

extern const struct auth_method auth_publickey, auth_agent, auth_password,
	auth_keyboard;

/* Choose the kind to try next, of rows by kind (NULL: there is none): the first
 * in the order that the server offers and that is usable; or AUTH_NKINDS. */
int auth_choose(const struct auth_method *const rows[AUTH_NKINDS],
		const struct ssh_login *login);

#endif
