/*
 * Credentials: what a device is logged in with.
 *
 * Every device of the inventory has one struct. The session, the methods of SSH
 * authentication, the login inside the terminal, enable and the redaction of
 * logs all read it through a pointer; none of them copies a string of it.
 *
 * The strings of secrets stand in the inventory's struct secrets (see
 * secrets/arena.h): outside of core files, wiped when the inventory is
 * freed. They are loaded before workers fork, so that a worker opens no file.
 */
#ifndef NETFAN_CREDENTIALS_CREDENTIALS_H
#define NETFAN_CREDENTIALS_CREDENTIALS_H

#include <stdbool.h>

/* When a device is asked for its privileged mode. */
enum enable_wish {
	ENABLE_WITH_SECRET, /* where there is a secret for it */
	ENABLE_ALWAYS, /* without a secret as well */
	ENABLE_NEVER,
};

/* Zeroed, it holds nothing. The strings are borrowed. */
struct credentials {
	const char *username; /* NULL: not known */
	const char *password; /* NULL: none is given; "" is a password */
	const char *secret; /* for enable; NULL: none is given */
	enum enable_wish enable;
};

/* Is the privileged mode asked for? */
bool credentials_enable(const struct credentials *credentials);

/* Equal in every value? */
bool credentials_equal(const struct credentials *one,
		       const struct credentials *two);

/*
 * Order of two by user, then by password: 0 when a server that refuses one of
 * them refuses the other. Both have a user; without a password comes first.
 */
int credentials_compare_login(const struct credentials *one,
			      const struct credentials *two);

#endif
