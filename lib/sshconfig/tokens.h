/* Tokens: what ssh -G leaves in file names, filled in for a device. */
#ifndef NETFAN_SSHCONFIG_TOKENS_H
#define NETFAN_SSHCONFIG_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netfan.h"

#define TOKENS_TEXT 1024 /* of what is filled in, with its NUL */

/* Whose they are; all is borrowed. */
struct tokens {
	const char *host; /* %h, the HostName */
	const char *name; /* %n, what it was asked by */
	const char *user; /* %r */
	const char *key_name; /* %k, a HostKeyAlias; NULL: name */
	uint16_t port; /* %p */
};

/*
 * Is this a host, a user or an alias that may stand in a command line? Letters,
 * digits and ._-:%@ alone, no - before all, and at least one of them.
 */
bool tokens_safe(const char *text);

/*
 * Fill in the path of a file: a ~ before all, ${VARIABLE}s, and the tokens of
 * ssh_config(5) but for %C. NF_INVALID for a token or a variable that there is
 * not, and a path that is too long.
 */
int tokens_fill(char out[TOKENS_TEXT], const char *text,
		const struct tokens *tokens, struct nf_error *err);

#endif
