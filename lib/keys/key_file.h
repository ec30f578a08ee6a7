/*
 * Files of private keys: OpenSSH's own format and PEM, encrypted or not; and of
 * certificates. Read in the parent, before any fork.
 */
#ifndef NETFAN_KEYS_KEY_FILE_H
#define NETFAN_KEYS_KEY_FILE_H

#include <stdbool.h>

#include "keys/key.h"
#include "secrets/arena.h"

#define KEY_FILE_MAX ((size_t)64 * 1024)

/*
 * Read a private key; the private part stands in secrets. As ssh(1), it takes no
 * file of the user's that others may read. passphrase may be NULL, and is of no
 * use for a key that is not encrypted.
 *
 * NF_AUTH_FAILED with sys_errno EKEYREJECTED when the passphrase is wrong,
 * ENOKEY when there is none; NF_INVALID for a file that cannot be read, with
 * sys_errno ENOENT where there is none, and for what is no key; NF_SYSTEM. The
 * message names the file and what to do.
 */
int key_file_read(struct key *key, const char *path, const char *passphrase,
		  struct secrets *secrets, struct nf_error *err);

/* Read the public key of a file that is one, or, if any will do, has one in the
 * clear (OpenSSH's format, encrypted or not), or of FILE.pub: false when there is
 * none. */
bool key_file_find_public(struct key_blob *out, const char *path, bool any);

/*
 * Read the certificate of a user in a file: 1, or 0 when there is no such file,
 * or there is something else in it: no certificate. NF_INVALID, NF_SYSTEM.
 */
int key_file_read_certificate(struct key_blob *out, const char *path,
			      struct nf_error *err);

#endif
