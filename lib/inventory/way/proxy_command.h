/*
 * Proxy commands: commands of a shell whose standard input and output are the
 * connection to a device, with tokens in them as ssh_config(5) has them:
 *
 *   %h  its host    %r  its user
 *   %p  its port    %n  its name
 *   %%  a %
 */
#ifndef NETFAN_INVENTORY_WAY_PROXY_COMMAND_H
#define NETFAN_INVENTORY_WAY_PROXY_COMMAND_H

#include "netfan.h"

#define PROXY_COMMAND_MAX 4096 /* bytes of one that is filled in, and its NUL */

/* The words about a token that there is not. */
#define PROXY_COMMAND_FAULT                                                    \
	"there is no token %%%c: write %%%% for a %%, %%h for the host, %%p "  \
	"for the port, %%r for the user, %%n for the name"

/* The first token that there is not: its letter, 0 for none, '%' for a % at the
 * end. */
char proxy_command_fault(const char *text);

/*
 * Fill in the tokens for a device. NF_INVALID when it becomes too long, and when
 * what is filled in is no plain word: a shell would read it. A word is of
 * letters, digits and ._-:%@, without a - at its beginning.
 */
int proxy_command_fill(char out[PROXY_COMMAND_MAX], const char *text,
		       const struct nf_device *dev, struct nf_error *err);

#endif
