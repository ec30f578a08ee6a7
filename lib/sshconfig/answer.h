/*
 * An answer of ssh -G: what OpenSSH's client would do for a host. What it says
 * is a file's, and a file may say anything: it is taken word for word or not at
 * all.
 */
#ifndef NETFAN_SSHCONFIG_ANSWER_H
#define NETFAN_SSHCONFIG_ANSWER_H

#include <stddef.h>

#include "netfan.h"

#define ANSWER_MAX ((size_t)64 * 1024) /* bytes of one */
#define ANSWER_FILES 200 /* of keys and certificates, ssh's 100 each */

enum answer_value {
	ANSWER_HOSTNAME,
	ANSWER_USER,
	ANSWER_PORT,
	ANSWER_IDENTITY_AGENT,
	ANSWER_USER_KNOWN_HOSTS,
	ANSWER_LAST_PLAIN = ANSWER_USER_KNOWN_HOSTS, /* "none" is a value */
	ANSWER_PROXY_JUMP,
	ANSWER_PROXY_COMMAND,
	ANSWER_BIND_ADDRESS,
	ANSWER_BIND_INTERFACE,
	ANSWER_KEX,
	ANSWER_HOSTKEYS,
	ANSWER_CIPHERS,
	ANSWER_MACS,
	ANSWER_CONNECT_TIMEOUT,
	ANSWER_ALIVE_INTERVAL,
	ANSWER_HOST_KEY_ALIAS,
	ANSWER_STRICT_HOST_KEYS,
	ANSWER_IDENTITIES_ONLY,
	ANSWER_PREFERRED,
	ANSWER_PUBLICKEY, /* pubkeyauthentication; as the two below */
	ANSWER_PASSWORD,
	ANSWER_KEYBOARD,
	ANSWER_PASSES_FD,
	ANSWER_ADDRESS_FAMILY,
	ANSWER_GLOBAL_KNOWN_HOSTS,
	ANSWER_KNOWN_HOSTS_COMMAND,
	ANSWER_REVOKED_KEYS,
	ANSWER_PKCS11,
	ANSWER_ATTEMPTS,
	NANSWERS,
};

/* Zeroed, it says nothing. */
struct answer {
	char *text; /* that the values are parts of */
	const char *value[NANSWERS]; /* NULL: not said, or "none" */
	/* IdentityFile and CertificateFile: % and ~ stand as in the files. */
	const char *file[ANSWER_FILES];
	size_t nfiles;
};

/* Read len bytes, lines of a keyword and its value; those that have no meaning
 * here are passed over. NF_INVALID for what ssh does not say: another form, a
 * control character, a value twice, none of host, user and port, too many files;
 * NF_SYSTEM. */
int answer_read(struct answer *answer, const char *bytes, size_t len,
		struct nf_error *err);
void answer_release(struct answer *answer); /* zeroed again */

#endif
