/*
 * OpenSSH's own format of private keys (its PROTOCOL.key): base64 between two
 * lines, in which the private part may be encrypted with a passphrase.
 */
#ifndef NETFAN_KEYS_OPENSSH_KEY_H
#define NETFAN_KEYS_OPENSSH_KEY_H

#include "keys/key_blob.h"
#include "secrets/arena.h"

#define OPENSSH_KEY_BEGIN "-----BEGIN OPENSSH PRIVATE KEY-----"

/* A file, taken apart: it points into secrets. */
struct openssh_key {
	struct blob_string cipher; /* "none": it is not encrypted */
	struct blob_string kdf;
	struct blob_string salt; /* of the kdf, empty for none */
	uint32_t rounds;
	struct blob_string public; /* blob */
	struct blob_string private;
};

/* Take apart a text that begins so and ends with a NUL. NF_INVALID,
 * NF_SYSTEM. */
int openssh_key_open(struct openssh_key *file, const char *text,
		     struct secrets *secrets, struct nf_error *err);

bool openssh_key_is_encrypted(const struct openssh_key *file);

/* Read the private part of one that is not encrypted, the comment with it. The
 * public blob is the file's. NF_INVALID, NF_SYSTEM. */
int openssh_key_read(const struct openssh_key *file, struct key *key,
		     struct secrets *secrets, struct nf_error *err);

#endif
