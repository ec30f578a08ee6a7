/* Host keys, generated once and kept in a directory. */
#ifndef NETFAN_DEVSIM_KEYS_H
#define NETFAN_DEVSIM_KEYS_H

#include <stdbool.h>

#include <libssh/libssh.h>

struct nf_error;

/* Is there such a type of host key: ed25519, ecdsa, rsa? */
bool keys_have_type(const char *type);

/*
 * Load the host key of a type from DIR/TYPE.key, generating it first when it is
 * not there; DIR is created as well, with mode 0700. The caller owns *out.
 */
int keys_load(ssh_key *out, const char *dir, const char *type,
	      struct nf_error *err);

#endif
