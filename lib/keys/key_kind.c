/* The kinds of keys. */
#include "keys/key_kind.h"

#include <string.h>

#define TYPE(name) name, name KEY_CERTIFICATE_SUFFIX

static const struct key_kind kinds[] = {
	{TYPE("ssh-ed25519"), "ED25519", NULL, NULL, 32, NULL},
	{TYPE("ecdsa-sha2-nistp256"), "EC", "prime256v1", "nistp256", 32,
	 "SHA256"},
	{TYPE("ecdsa-sha2-nistp384"), "EC", "secp384r1", "nistp384", 48,
	 "SHA384"},
	{TYPE("ecdsa-sha2-nistp521"), "EC", "secp521r1", "nistp521", 66,
	 "SHA512"},
	{TYPE("ssh-rsa"), "RSA", NULL, NULL, 0, NULL},
};

static const struct {
	const char *algorithm;
	const char *digest;
} rsa_digests[] = {
	{"ssh-rsa", "SHA1"},
	{"rsa-sha2-256", "SHA256"},
	{"rsa-sha2-512", "SHA512"},
};

const struct key_kind *key_kind_at(size_t i)
{
	return i < sizeof(kinds) / sizeof(kinds[0]) ? &kinds[i] : NULL;
}

const struct key_kind *key_kind_of(struct blob_string type)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (blob_equals(type, kinds[i].type))
			return &kinds[i];
	}
	return NULL;
}

const struct key_kind *key_kind_of_certificate(struct blob_string type)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (blob_equals(type, kinds[i].certificate))
			return &kinds[i];
	}
	return NULL;
}

bool key_kind_is_rsa(const struct key_kind *kind)
{
	return strcmp(kind->family, "RSA") == 0;
}

bool key_kind_digest(const struct key_kind *kind, const char *algorithm,
		     const char **digest)
{
	*digest = kind->digest;
	if (!key_kind_is_rsa(kind))
		return strcmp(algorithm, kind->type) == 0;
	for (size_t i = 0; i < sizeof(rsa_digests) / sizeof(rsa_digests[0]);
	     i++) {
		*digest = rsa_digests[i].digest;
		if (strcmp(algorithm, rsa_digests[i].algorithm) == 0)
			return true;
	}
	return false;
}
