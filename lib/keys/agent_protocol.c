/* What is said to a user's SSH agent, and what it replies. */
#include "keys/agent_protocol.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/wire.h"
#include "keys/certificate.h"

enum agent_type {
	AGENT_FAILURE = 5,
	AGENT_REQUEST_IDENTITIES = 11,
	AGENT_IDENTITIES_ANSWER = 12,
	AGENT_SIGN_REQUEST = 13,
	AGENT_SIGN_RESPONSE = 14,
};

/* ---- said */

/* The bit of a request by which an RSA key signs by another digest than SHA-1
 * (RFC 8332). */
static uint32_t sign_flags(const char *algorithm)
{
	if (strcmp(algorithm, "rsa-sha2-256") == 0)
		return 2;
	return strcmp(algorithm, "rsa-sha2-512") == 0 ? 4 : 0;
}

static int put_header(struct buf *out, size_t body_len, enum agent_type type)
{
	const uint8_t byte = (uint8_t)type;

	return blob_put_u32(out, (uint32_t)(1 + body_len)) == -1
		       ? -1
		       : buf_append(out, &byte, 1);
}

int agent_put_list(struct buf *out)
{
	return put_header(out, 0, AGENT_REQUEST_IDENTITIES);
}

int agent_put_sign(struct buf *out, const struct key *key,
		   const char *algorithm, const uint8_t *data, size_t len)
{
	size_t body_len = 4 + key->blob.len + 4 + len + 4;

	if (body_len >= AGENT_MESSAGE_MAX) {
		errno = ENOBUFS;
		return -1;
	}
	return put_header(out, body_len, AGENT_SIGN_REQUEST) == -1 ||
			       blob_put_string(out, key->blob.at,
					       key->blob.len) == -1 ||
			       blob_put_string(out, data, len) == -1 ||
			       blob_put_u32(out, sign_flags(algorithm)) == -1
		       ? -1
		       : 0;
}

/* ---- replied */

size_t agent_reply_len(const uint8_t header[AGENT_HEADER])
{
	size_t len = wire_u32(header);

	return len <= AGENT_MESSAGE_MAX ? len : 0;
}

void agent_keys_release(struct agent_keys *keys)
{
	for (size_t i = 0; i < keys->n; i++)
		key_release(&keys->at[i]);
	free(keys->at);
	*keys = (struct agent_keys){0};
}

const struct key *agent_keys_find(const struct agent_keys *keys,
				  const struct key_blob *blob)
{
	for (size_t i = 0; i < keys->n; i++) {
		const struct key_blob *one = &keys->at[i].blob;

		if (one->len == blob->len &&
		    memcmp(one->at, blob->at, one->len) == 0)
			return &keys->at[i];
	}
	return NULL;
}

static int no_memory(struct nf_error *err)
{
	return error_sys(err, NF_SYSTEM, "no memory for an agent's keys");
}

static int copy_blob(struct key_blob *blob, struct blob_string bytes)
{
	blob->at = malloc(bytes.len);
	if (blob->at == NULL)
		return -1;
	memcpy(blob->at, bytes.at, bytes.len);
	blob->len = bytes.len;
	return 0;
}

static struct blob_string type_of(struct blob_string blob)
{
	struct blob_reader reader = {.at = blob.at, .left = blob.len};

	return blob_string(&reader);
}

/* Add a certificate to its key, if the agent has that, too: one alone is of no
 * use, as it is the key that signs. */
static int add_certificate(struct agent_keys *keys, struct blob_string blob)
{
	struct certificate certificate;

	if (certificate_parse(&certificate, blob.at, blob.len) == -1)
		return 0;
	for (size_t i = 0; i < keys->n; i++) {
		struct key *key = &keys->at[i];

		if (key->certificate.at == NULL &&
		    certificate_is_of(&certificate, &key->blob))
			return copy_blob(&key->certificate, blob);
	}
	return 0;
}

static int add_key(struct agent_keys *keys, struct blob_string blob,
		   struct blob_string comment)
{
	struct key *more = reallocarray(keys->at, keys->n + 1, sizeof(*more));
	struct key *key;

	if (more == NULL)
		return -1;
	keys->at = more;
	key = &more[keys->n++];
	*key = (struct key){.comment = malloc(comment.len + 1)};
	if (key->comment == NULL)
		return -1;
	if (comment.len > 0)
		memcpy(key->comment, comment.at, comment.len);
	key->comment[comment.len] = '\0';
	return copy_blob(&key->blob, blob);
}

/* Take the keys of a list, or the certificates among them. */
static int take_keys(struct agent_keys *keys, struct blob_reader reader,
		     bool certificates)
{
	uint32_t n = blob_u32(&reader);
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0 && !reader.bad; i++) {
		struct blob_string blob = blob_string(&reader);
		struct blob_string comment = blob_string(&reader);
		struct blob_string type = type_of(blob);
		bool is_certificate = key_kind_of_certificate(type) != NULL;

		if (reader.bad)
			break;
		if (is_certificate && certificates)
			rc = add_certificate(keys, blob);
		else if (key_kind_of(type) != NULL && !certificates)
			rc = add_key(keys, blob, comment);
		else
			keys->nunusable += !is_certificate && !certificates;
	}
	return rc;
}

/* Is it a list, to its last byte? */
static bool is_list(struct blob_reader reader)
{
	uint32_t n = blob_u32(&reader);

	for (uint32_t i = 0; i < n && !reader.bad; i++) {
		(void)blob_string(&reader);
		(void)blob_string(&reader);
	}
	return !reader.bad && reader.left == 0;
}

int agent_take_list(struct agent_keys *keys, const uint8_t *reply, size_t len,
		    struct nf_error *err)
{
	struct blob_reader reader = {.at = reply + 1, .left = len - 1};

	*keys = (struct agent_keys){0};
	if (len == 0 || reply[0] != AGENT_IDENTITIES_ANSWER || !is_list(reader))
		return error_set(err, NF_PROTOCOL,
				 "what it replies is no list of keys");
	if (take_keys(keys, reader, false) == -1 ||
	    take_keys(keys, reader, true) == -1) {
		agent_keys_release(keys);
		return no_memory(err);
	}
	return 0;
}

int agent_take_signature(struct buf *out, const char *algorithm,
			 const uint8_t *reply, size_t len, struct nf_error *err)
{
	struct blob_reader reader = {.at = reply, .left = len};
	struct blob_string type = blob_bytes(&reader, 1);
	struct blob_reader inner;
	struct blob_string signature = blob_string(&reader);
	struct blob_string name, bytes;

	if (type.len == 1 && type.at[0] == AGENT_FAILURE)
		return error_set(err, NF_AUTH_FAILED,
				 "the agent refused to sign");
	inner = (struct blob_reader){.at = signature.at, .left = signature.len};
	name = blob_string(&inner);
	bytes = blob_string(&inner);
	if (type.len != 1 || type.at[0] != AGENT_SIGN_RESPONSE || reader.bad ||
	    reader.left > 0 || inner.bad || inner.left > 0 || bytes.len == 0)
		return error_set(err, NF_PROTOCOL,
				 "what the agent replies is no signature");
	if (!blob_equals(name, algorithm))
		return error_set(err, NF_PROTOCOL,
				 "the agent signed by another algorithm than "
				 "%s",
				 algorithm);
	return buf_append(out, bytes.at, bytes.len) == 0 ? 0 : no_memory(err);
}
