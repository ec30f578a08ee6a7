/* The private part of a key, in memory for secrets. */
#include "keys/key_private.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <string.h>

#include "base/error.h"

#define NUMBER_MAX ((size_t)2048) /* bytes: RSA of 16384 bits */

/* What each family of keys has, in OpenSSL's words. */
static const struct field {
	const char *family;
	const char *name;
} fields[] = {
	{"ED25519", OSSL_PKEY_PARAM_PUB_KEY},
	{"ED25519", OSSL_PKEY_PARAM_PRIV_KEY},
	{"EC", OSSL_PKEY_PARAM_GROUP_NAME},
	{"EC", OSSL_PKEY_PARAM_PUB_KEY},
	{"EC", OSSL_PKEY_PARAM_PRIV_KEY},
	{"RSA", OSSL_PKEY_PARAM_RSA_N},
	{"RSA", OSSL_PKEY_PARAM_RSA_E},
	{"RSA", OSSL_PKEY_PARAM_RSA_D},
	{"RSA", OSSL_PKEY_PARAM_RSA_FACTOR1},
	{"RSA", OSSL_PKEY_PARAM_RSA_FACTOR2},
	{"RSA", OSSL_PKEY_PARAM_RSA_EXPONENT1},
	{"RSA", OSSL_PKEY_PARAM_RSA_EXPONENT2},
	{"RSA", OSSL_PKEY_PARAM_RSA_COEFFICIENT1},
};

/* ---- building one */

struct key_private *key_private_new(struct secrets *secrets,
				    const struct key_kind *kind)
{
	struct key_private *private = secrets_room(secrets, sizeof(*private));

	if (private == NULL)
		return NULL;
	private->kind = kind;
	private->params[0] = OSSL_PARAM_construct_end();
	return private;
}

/* Room for the bytes of a parameter more, which is none yet. */
static void *begin_param(struct key_private *private, struct secrets *secrets,
			 size_t len)
{
	if (private->n == KEY_PRIVATE_NPARAMS)
		return NULL;
	return secrets_room(secrets, len);
}

static void end_param(struct key_private *private, OSSL_PARAM param)
{
	private->params[private->n++] = param;
	private->params[private->n] = OSSL_PARAM_construct_end();
}

int key_private_add_octets(struct key_private *private, struct secrets *secrets,
			   const char *name, struct blob_string octets)
{
	void *at = begin_param(private, secrets, octets.len);

	if (at == NULL || octets.at == NULL)
		return -1;
	memcpy(at, octets.at, octets.len);
	end_param(private,
		  OSSL_PARAM_construct_octet_string(name, at, octets.len));
	return 0;
}

int key_private_add_number(struct key_private *private, struct secrets *secrets,
			   const char *name, const BIGNUM *number)
{
	size_t len = (size_t)BN_num_bytes(number);
	void *at = len > 0 && len <= NUMBER_MAX
			   ? begin_param(private, secrets, len)
			   : NULL;

	if (at == NULL || BN_bn2nativepad(number, at, (int)len) == -1)
		return -1;
	end_param(private, OSSL_PARAM_construct_BN(name, at, len));
	return 0;
}

/* ---- OpenSSL's form of it */

static const struct key_kind *find_kind(const EVP_PKEY *from)
{
	const struct key_kind *kind;
	char group[64];

	for (size_t i = 0; (kind = key_kind_at(i)) != NULL; i++) {
		if (!EVP_PKEY_is_a(from, kind->family))
			continue;
		if (kind->group == NULL)
			return kind;
		if (EVP_PKEY_get_group_name(from, group, sizeof(group), NULL) ==
			    1 &&
		    strcmp(group, kind->group) == 0)
			return kind;
	}
	return NULL;
}

static int copy_param(struct key_private *private, struct secrets *secrets,
		      const OSSL_PARAM *param)
{
	void *at = param != NULL && param->data != NULL
			   ? begin_param(private, secrets, param->data_size)
			   : NULL;

	if (at == NULL)
		return -1;
	memcpy(at, param->data, param->data_size);
	end_param(private, (OSSL_PARAM){.key = param->key,
					.data_type = param->data_type,
					.data = at,
					.data_size = param->data_size});
	return 0;
}

static int copy_params(struct key_private *private, struct secrets *secrets,
		       const OSSL_PARAM *all)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		const OSSL_PARAM *param;

		if (strcmp(fields[i].family, private->kind->family) != 0)
			continue;
		param = OSSL_PARAM_locate_const(all, fields[i].name);
		if (copy_param(private, secrets, param) == -1)
			return -1;
		private->params[private->n - 1].key = fields[i].name;
	}
	return 0;
}

/* OpenSSL frees its copies as they are. */
static void free_params(OSSL_PARAM *all)
{
	for (OSSL_PARAM *at = all; at != NULL && at->key != NULL; at++) {
		if (at->data != NULL)
			OPENSSL_cleanse(at->data, at->data_size);
	}
	OSSL_PARAM_free(all);
}

int key_private_copy(struct key_private **out, struct secrets *secrets,
		     EVP_PKEY *from, struct nf_error *err)
{
	const struct key_kind *kind = find_kind(from);
	struct key_private *private;
	OSSL_PARAM *all = NULL;
	int rc = -1;

	if (kind == NULL)
		return error_set(err, NF_INVALID,
				 "it is a key of a kind that SSH has not: "
				 "make one with ssh-keygen -t ed25519");
	if (kind->group != NULL)
		(void)EVP_PKEY_set_utf8_string_param(
			from, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
			OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_UNCOMPRESSED);
	private = key_private_new(secrets, kind);
	if (private != NULL &&
	    EVP_PKEY_todata(from, EVP_PKEY_KEYPAIR, &all) == 1)
		rc = copy_params(private, secrets, all);
	free_params(all);
	ERR_clear_error();
	if (rc == -1)
		return error_set(err, NF_INVALID,
				 "parts of the key are missing");
	*out = private;
	return 0;
}

EVP_PKEY *key_private_load(const struct key_private *private)
{
	EVP_PKEY_CTX *ctx =
		EVP_PKEY_CTX_new_from_name(NULL, private->kind->family, NULL);
	EVP_PKEY *pkey = NULL;

	if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_KEYPAIR,
			      (OSSL_PARAM *)(uintptr_t) private->params) != 1)
		ERR_clear_error();
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}

/* ---- its public part */

static const OSSL_PARAM *find_param(const struct key_private *private,
				    const char *name)
{
	return OSSL_PARAM_locate_const(private->params, name);
}

static int put_octets(const struct key_private *private, const char *name,
		      struct buf *out)
{
	const OSSL_PARAM *param = find_param(private, name);

	return param != NULL
		       ? blob_put_string(out, param->data, param->data_size)
		       : -1;
}

static int put_number(const struct key_private *private, const char *name,
		      struct buf *out)
{
	const OSSL_PARAM *param = find_param(private, name);
	uint8_t bytes[NUMBER_MAX];
	BIGNUM *number = NULL;
	int rc = -1;

	if (param != NULL && param->data_size <= sizeof(bytes) &&
	    OSSL_PARAM_get_BN(param, &number) == 1 &&
	    (size_t)BN_num_bytes(number) <= sizeof(bytes))
		rc = blob_put_number(out, bytes,
				     (size_t)BN_bn2bin(number, bytes));
	BN_free(number);
	return rc;
}

int key_private_blob(const struct key_private *private, struct buf *out)
{
	const struct key_kind *kind = private->kind;

	if (blob_put_text(out, kind->type) == -1)
		return -1;
	if (key_kind_is_rsa(kind))
		return put_number(private, OSSL_PKEY_PARAM_RSA_E, out) == -1
			       ? -1
			       : put_number(private, OSSL_PKEY_PARAM_RSA_N,
					    out);
	if (kind->curve != NULL && blob_put_text(out, kind->curve) == -1)
		return -1;
	return put_octets(private, OSSL_PKEY_PARAM_PUB_KEY, out);
}

bool key_private_fits(const struct key_private *private)
{
	static const uint8_t text[] = "netfan";
	const char *digest = private->kind->digest;
	EVP_PKEY *pkey = key_private_load(private);
	EVP_MD_CTX *sign = EVP_MD_CTX_new(), *verify = EVP_MD_CTX_new();
	uint8_t signature[NUMBER_MAX];
	size_t len = sizeof(signature);
	bool fits;

	if (key_kind_is_rsa(private->kind))
		digest = "SHA256";
	fits = pkey != NULL && sign != NULL && verify != NULL &&
	       EVP_DigestSignInit_ex(sign, NULL, digest, NULL, NULL, pkey,
				     NULL) == 1 &&
	       EVP_DigestSign(sign, signature, &len, text, sizeof(text)) == 1 &&
	       EVP_DigestVerifyInit_ex(verify, NULL, digest, NULL, NULL, pkey,
				       NULL) == 1 &&
	       EVP_DigestVerify(verify, signature, len, text, sizeof(text)) ==
		       1;
	ERR_clear_error();
	EVP_MD_CTX_free(sign);
	EVP_MD_CTX_free(verify);
	EVP_PKEY_free(pkey);
	return fits;
}
