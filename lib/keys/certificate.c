/* Certificates of OpenSSH. */
#include "keys/certificate.h"

#include <string.h>

/* Skip the fields of the key. */
static void skip_key(struct blob_reader *reader, const struct key_kind *kind)
{
	(void)blob_string(reader);
	if (kind->group != NULL || key_kind_is_rsa(kind))
		(void)blob_string(reader);
}

int certificate_parse(struct certificate *certificate, const uint8_t *bytes,
		      size_t len)
{
	struct blob_reader reader = {.at = bytes, .left = len};
	const struct key_kind *kind =
		key_kind_of_certificate(blob_string(&reader));
	const uint8_t *key;

	if (kind == NULL)
		return -1;
	(void)blob_string(&reader); /* nonce */
	key = reader.at;
	skip_key(&reader, kind);
	*certificate = (struct certificate){
		.kind = kind, .key = {key, (size_t)(reader.at - key)}};
	(void)blob_u64(&reader); /* serial */
	certificate->use = blob_u32(&reader);
	certificate->id = blob_string(&reader);
	certificate->principals = blob_string(&reader);
	certificate->after = blob_u64(&reader);
	certificate->before = blob_u64(&reader);
	(void)blob_string(&reader); /* critical options */
	(void)blob_string(&reader); /* extensions */
	(void)blob_string(&reader); /* reserved */
	certificate->authority = blob_string(&reader);
	(void)blob_string(&reader); /* signature */
	return reader.bad || reader.left > 0 ? -1 : 0;
}

bool certificate_is_of(const struct certificate *certificate,
		       const struct key_blob *key)
{
	struct blob_reader reader = {.at = key->at, .left = key->len};
	const struct key_kind *kind = key_kind_of(blob_string(&reader));

	return kind == certificate->kind &&
	       reader.left == certificate->key.len &&
	       memcmp(reader.at, certificate->key.at, reader.left) == 0;
}
