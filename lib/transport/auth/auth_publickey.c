/* The publickey method (RFC 4252 section 7): a key is offered, and signed with
 * if the server takes it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "keys/key_blob.h"
#include "keys/key_kind.h"
#include "transport/auth/auth.h"
#include "transport/ssh/ssh_parts.h"

#define LIBSSH2_SIGNS_SHA2 0x010b00 /* and with every kind of certificate */
#define ALGORITHM_MAX 64
#define SIGNATURE_MAX ((size_t)4096)

/* ---- the forms in which a key is offered */

enum form {
	FORM_CERTIFICATE,
	/*
	 * An RSA key by the name of the algorithm that it signs with: libssh2
	 * below 1.11 takes that from the key's blob, and would sign by SHA-1,
	 * which OpenSSH refuses since 8.8. OpenSSH takes a blob so named; others
	 * decline it, and are offered the plain one.
	 */
	FORM_RSA_SHA2,
	FORM_PLAIN,
	NFORMS
};

static bool signs_sha2(void)
{
	return libssh2_version(LIBSSH2_SIGNS_SHA2) != NULL;
}

/* Can libssh2 name a certificate's algorithm in a signature? */
static bool takes_certificate(const struct key *key)
{
	const char *type = key_type(key);

	return signs_sha2() ||
	       (type != NULL && strncmp(type, "ecdsa-", 6) == 0);
}

/* The blob of an RSA key with another name in front. */
static int put_renamed(struct buf *out, const struct key_blob *blob,
		       const char *name)
{
	struct blob_reader reader = {.at = blob->at, .left = blob->len};

	(void)blob_string(&reader);
	return blob_put_text(out, name) == -1
		       ? -1
		       : buf_append(out, reader.at, reader.left);
}

/* Print the blob of a form: 1, 0 when the key has no such form, -1 without
 * memory. */
static int put_form(struct buf *out, const struct key *key, enum form form)
{
	const struct key_blob *blob = &key->blob;

	switch (form) {
	case FORM_CERTIFICATE:
		blob = &key->certificate;
		if (blob->at == NULL || !takes_certificate(key))
			return 0;
		break;
	case FORM_RSA_SHA2:
		if (!key_blob_is(blob, "ssh-rsa") || signs_sha2())
			return 0;
		return put_renamed(out, blob, "rsa-sha2-256") == -1 ? -1 : 1;
	case FORM_PLAIN:
	case NFORMS:
		break;
	}
	return buf_append(out, blob->at, blob->len) == -1 ? -1 : 1;
}

/* ---- signing */

struct signing {
	struct ssh *ssh;
	const struct key *key;
	struct nf_error failure; /* of the agent; or NF_OK */
};

static int sign(struct signing *signing, const char *algorithm,
		const uint8_t *data, size_t len, struct buf *out)
{
	struct ssh_login *login = &signing->ssh->login;

	return signing->key->private != NULL
		       ? key_sign(signing->key, algorithm, data, len, out, NULL)
		       : agent_sign(&login->agent, signing->key, algorithm,
				    data, len, out, login->deadline_ms,
				    &signing->failure);
}

/* Read the algorithm from what is to be signed, without what makes it that of a
 * certificate. */
static bool read_algorithm(char algorithm[ALGORITHM_MAX], const uint8_t *data,
			   size_t len)
{
	struct blob_reader reader = {.at = data, .left = len};
	struct blob_string name;
	char *suffix;

	(void)blob_string(&reader); /* of the connection */
	(void)blob_bytes(&reader, 1); /* SSH_MSG_USERAUTH_REQUEST */
	for (int i = 0; i < 3; i++)
		(void)blob_string(&reader); /* user, service, method */
	(void)blob_bytes(&reader, 1);
	name = blob_string(&reader);
	if (reader.bad || name.len >= ALGORITHM_MAX)
		return false;
	memcpy(algorithm, name.at, name.len);
	algorithm[name.len] = '\0';
	suffix = strstr(algorithm, KEY_CERTIFICATE_SUFFIX);
	if (suffix != NULL)
		*suffix = '\0';
	return true;
}

/* Called by libssh2 when the server takes the key. */
static int on_sign(LIBSSH2_SESSION *session, unsigned char **signature,
		   size_t *signature_len, const unsigned char *data, size_t len,
		   void **abstract)
{
	struct signing *signing = *abstract;
	void *owner = signing->ssh;
	char algorithm[ALGORITHM_MAX];
	uint8_t *room = NULL;
	struct buf out;

	(void)session;
	buf_init(&out, SIGNATURE_MAX);
	if (read_algorithm(algorithm, data, len) &&
	    sign(signing, algorithm, data, len, &out) == 0)
		room = ssh_alloc(out.len, &owner);
	if (room != NULL) {
		memcpy(room, out.data, out.len);
		*signature = room;
		*signature_len = out.len;
	}
	buf_release(&out);
	return room != NULL ? 0 : -1;
}

/* ---- the method */

/* The next key of a kind, which has its private part here or an agent's: NULL,
 * there is none. */
static const struct key *next_key(const struct ssh_login *login,
				  enum auth_kind kind)
{
	const struct login_keys *keys = &login->means->keys;
	bool own = kind == AUTH_PUBLICKEY;
	size_t n = login->tried[kind];

	if (login->tried[AUTH_PUBLICKEY] + login->tried[AUTH_AGENT] >=
	    AUTH_KEYS_MAX)
		return NULL;
	for (size_t i = 0; i < keys->n; i++) {
		if ((keys->at[i]->private != NULL) == own && n-- == 0)
			return keys->at[i];
	}
	return NULL;
}

/* The agent did not sign: the login goes on without, unless it is late. */
static int no_signature(struct ssh_login *login, const struct nf_error *why,
			struct nf_error *err)
{
	if (why->code == NF_TIMEOUT || why->code == NF_CANCELLED)
		return error_set(err, why->code, "%s", why->message);
	(void)snprintf(login->agent_trouble, sizeof(login->agent_trouble),
		       "; %.120s", why->message);
	login->hint = login->agent_trouble;
	return 0;
}

/* Offer a key by a blob. *over: no other form of it is of use. */
static int offer(struct ssh *ssh, const struct key *key, const struct buf *blob,
		 bool *over, struct nf_error *err)
{
	struct signing signing = {.ssh = ssh, .key = key};
	void *abstract = &signing;
	int rc;

	UNTIL_DONE(rc,
		   libssh2_userauth_publickey(
			   ssh->session,
			   ssh->login.means->credentials->username, blob->data,
			   blob->len, on_sign, &abstract),
		   ssh, ssh->login.deadline_ms, err);
	*over = signing.failure.code != NF_OK || ssh->login.failure.partial;
	return signing.failure.code != NF_OK
		       ? no_signature(&ssh->login, &signing.failure, err)
		       : auth_verdict(ssh, rc, err);
}

/* Offer a key in each of its forms, until the server takes one. */
static int attempt(struct ssh *ssh, const struct key *key, struct nf_error *err)
{
	bool over = false;
	int rc = 0;

	if (key->certificate.at != NULL && !takes_certificate(key))
		ssh->login.hint = "; its certificate was not offered, as that "
				  "takes libssh2 1.11";
	for (int form = 0; form < NFORMS && rc == 0 && !over; form++) {
		struct buf blob;

		buf_init(&blob, KEY_BLOB_MAX + ALGORITHM_MAX);
		rc = put_form(&blob, key, (enum form)form);
		if (rc == 1)
			rc = offer(ssh, key, &blob, &over, err);
		else if (rc == -1)
			(void)error_sys(err, NF_SYSTEM, "no memory for a key");
		buf_release(&blob);
	}
	return rc;
}

/* ---- the rows: keys of files, and keys of an agent */

static bool has_own(const struct ssh_login *login)
{
	return next_key(login, AUTH_PUBLICKEY) != NULL;
}

static int attempt_own(struct ssh *ssh, struct nf_error *err)
{
	return attempt(ssh, next_key(&ssh->login, AUTH_PUBLICKEY), err);
}

static bool has_agents(const struct ssh_login *login)
{
	return next_key(login, AUTH_AGENT) != NULL;
}

static int attempt_agents(struct ssh *ssh, struct nf_error *err)
{
	return attempt(ssh, next_key(&ssh->login, AUTH_AGENT), err);
}

const struct auth_method auth_publickey = {"publickey", has_own, attempt_own};
const struct auth_method auth_agent = {"publickey", has_agents, attempt_agents};
