/* What a user has to prove to be who it says, in a login by SSH. */
#ifndef NETFAN_TRANSPORT_AUTH_AUTH_MEANS_H
#define NETFAN_TRANSPORT_AUTH_AUTH_MEANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/passed.h"
#include "credentials/credentials.h"
#include "keys/key.h"
#include "transport/auth/auth_order.h"

/* Calls in the course of a login, on its fiber. They may move *deadline_ms,
 * which is the login's: who waits for others is not late. */
struct auth_hooks {
	/* May the password be given? 0, or -1 with *err. Called once, before it
	 * is given first. */
	int (*on_password)(void *arg, int64_t *deadline_ms,
			   struct nf_error *err);
	/* The reply to a question of keyboard-interactive in a field that shows
	 * what is typed, a line of text; NULL: there is none. */
	const char *(*reply)(void *arg, const uint8_t *question, size_t len);
	/* Is it a question, in whatever field, that a person answers? */
	bool (*is_typed)(void *arg, const uint8_t *question, size_t len);
	/* Let a person answer it: 0 and *typed, a text with its NUL, to be
	 * released; or -1 with *err. */
	int (*type)(void *arg, const char *question, int64_t *deadline_ms,
		    struct passed *typed, struct nf_error *err);
	/* A connection to the agent that has a key: as connect() of struct
	 * agent. Not called where no key is an agent's. */
	int (*connect_agent)(void *arg, int64_t deadline_ms,
			     struct nf_error *err);
};

/* All is borrowed until the login is over. */
struct auth_means {
	const struct credentials *credentials;
	struct login_keys keys; /* of files, and an agent's: without a private
				 * part */
	bool asks; /* a person answers some questions */
	struct auth_order order;
	const struct auth_hooks *hooks;
	void *arg; /* of the hooks */
};

#endif
