/*
 * A keyring: the keys of all devices. Each file is read, and decrypted with each
 * passphrase, once, however many devices name it; in the parent, before any
 * fork. Private parts stand in memory for secrets.
 */
#ifndef NETFAN_KEYS_KEYRING_H
#define NETFAN_KEYS_KEYRING_H

#include <stdbool.h>

#include "credentials/credentials.h"
#include "keys/agent_protocol.h"

struct keyring;

/* What a device is to be logged in with. The pointers are borrowed for as long
 * as the keyring lives. */
struct keyring_wish {
	const char *const *files; /* each a path */
	size_t nfiles;
	const char *list; /* more paths, with commas between; NULL: none */
	const char *passphrase; /* NULL: none */
	bool defaults; /* ~/.ssh/id_ed25519 and the like, those that are there */
	bool optional; /* so are the files: of those of no use the log is told */
	/*
	 * Keys of the agent, NULL: none. One of them stands in place of a file
	 * whose private part is not to be had (encrypted without a passphrase,
	 * missing beside FILE.pub, or FILE is public itself); the others come
	 * behind all files, unless only those of files are wanted.
	 */
	const struct agent_keys *agent;
	bool only_files;
};

/*
 * Keys for a wish, in its order. Files of certificates may be among the paths,
 * and stand beside a key as KEY-cert.pub: each goes to its key.
 *
 * failure.code is NF_OK, or why a file that was named gives no key: as
 * key_file_read(). As by ssh(1), one that is encrypted and has no passphrase is
 * passed over: locked.code is NF_OK, or that.
 */
struct keyring_keys {
	struct login_keys keys;
	struct nf_error failure;
	struct nf_error locked;
	/* Of a failure by a wrong passphrase: the file, as the user, and the
	 * passphrase. Else zeroed. */
	struct credentials wrong;
};

/* The keys for a wish: they live as long as the keyring, and are the same for
 * an equal wish. NF_SYSTEM. */
int keyring_get(struct keyring *ring, const struct keyring_wish *wish,
		const struct keyring_keys **out, struct nf_error *err);

/* How many files were read, each with each of its passphrases. */
size_t keyring_nread(const struct keyring *ring);

/* log is told once of each key that need not be there, and of each certificate
 * beside a key, that is there and of no use; borrowed. NF_SYSTEM. */
int keyring_new(struct keyring **out, const struct nf_log *log,
		struct nf_error *err);
void keyring_free(struct keyring *ring); /* NULL is fine */

#endif
