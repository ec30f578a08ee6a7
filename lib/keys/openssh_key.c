/* OpenSSH's own format of private keys. */
#include "keys/openssh_key.h"

#include <openssl/core_names.h>
#include <string.h>

#include "base/base64.h"
#include "base/error.h"
#include "keys/key_private.h"

#define END "-----END OPENSSH PRIVATE KEY-----"
#define MAGIC "openssh-key-v1" /* with its NUL */

static int malformed(struct nf_error *err)
{
	return error_set(err, NF_INVALID, "it is not a whole OpenSSH key");
}

static int no_memory(struct nf_error *err)
{
	return error_sys(err, NF_SYSTEM, "no memory for a key");
}

/* ---- the container */

/* Decode what stands between the two lines. */
static int decode(struct blob_reader *reader, const char *text,
		  struct secrets *secrets, struct nf_error *err)
{
	const char *end = strstr(text, END);
	uint8_t *bytes;
	size_t len = 0;
	ssize_t n;

	text += strlen(OPENSSH_KEY_BEGIN);
	if (end == NULL || end < text)
		return malformed(err);
	bytes = secrets_room(secrets, (size_t)(end - text) + 1);
	if (bytes == NULL)
		return no_memory(err);
	for (; text < end; text++) {
		if (strchr("\r\n", *text) == NULL)
			bytes[len++] = (uint8_t)*text;
	}
	n = base64_decode(bytes, (const char *)bytes, len);
	if (n == -1)
		return malformed(err);
	*reader = (struct blob_reader){.at = bytes, .left = (size_t)n};
	return 0;
}

/* What bcrypt takes; there is nothing for none. */
static void read_kdf_options(struct openssh_key *file,
			     struct blob_string options)
{
	struct blob_reader reader = {.at = options.at, .left = options.len};

	file->salt = blob_string(&reader);
	file->rounds = blob_u32(&reader);
}

int openssh_key_open(struct openssh_key *file, const char *text,
		     struct secrets *secrets, struct nf_error *err)
{
	struct blob_reader reader;
	struct blob_string magic;
	uint32_t n;

	if (decode(&reader, text, secrets, err) == -1)
		return -1;
	magic = blob_bytes(&reader, sizeof(MAGIC));
	file->cipher = blob_string(&reader);
	file->kdf = blob_string(&reader);
	read_kdf_options(file, blob_string(&reader));
	n = blob_u32(&reader);
	file->public = blob_string(&reader);
	file->private = blob_string(&reader);
	if (reader.bad || n != 1 || memcmp(magic.at, MAGIC, magic.len) != 0)
		return malformed(err);
	return 0;
}

bool openssh_key_is_encrypted(const struct openssh_key *file)
{
	return !blob_equals(file->cipher, "none");
}

/* ---- the private part */

/* Of a family of keys: the numbers in the order of the file. */
static const char *const rsa_numbers[] = {
	OSSL_PKEY_PARAM_RSA_N,       OSSL_PKEY_PARAM_RSA_E,
	OSSL_PKEY_PARAM_RSA_D,       OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
	OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
};

enum {
	RSA_D = 2,
	RSA_P = 4,
	RSA_Q = 5,
	RSA_NUMBERS = 6,
};

static int add_number(struct key_private *private, struct secrets *secrets,
		      const char *name, struct blob_string number)
{
	BIGNUM *bn = BN_bin2bn(number.at, (int)number.len, NULL);
	int rc = bn != NULL ? key_private_add_number(private, secrets, name, bn)
			    : -1;

	BN_clear_free(bn);
	return rc;
}

/* Add d mod (factor - 1), which OpenSSL wants and the file has not. */
static int add_exponent(struct key_private *private, struct secrets *secrets,
			const char *name, struct blob_string d_bytes,
			struct blob_string factor_bytes)
{
	BIGNUM *d = BN_bin2bn(d_bytes.at, (int)d_bytes.len, NULL);
	BIGNUM *factor =
		BN_bin2bn(factor_bytes.at, (int)factor_bytes.len, NULL);
	BIGNUM *exponent = BN_new();
	BN_CTX *ctx = BN_CTX_secure_new();
	int rc = -1;

	if (d != NULL && factor != NULL && exponent != NULL && ctx != NULL &&
	    BN_sub_word(factor, 1) == 1 &&
	    BN_mod(exponent, d, factor, ctx) == 1)
		rc = key_private_add_number(private, secrets, name, exponent);
	BN_CTX_free(ctx);
	BN_clear_free(exponent);
	BN_clear_free(factor);
	BN_clear_free(d);
	return rc;
}

static int read_rsa(struct blob_reader *reader, struct key_private *private,
		    struct secrets *secrets)
{
	struct blob_string numbers[RSA_NUMBERS];

	for (size_t i = 0; i < RSA_NUMBERS; i++) {
		numbers[i] = blob_number(reader);
		if (numbers[i].len == 0 ||
		    add_number(private, secrets, rsa_numbers[i], numbers[i]) ==
			    -1)
			return -1;
	}
	return add_exponent(private, secrets, OSSL_PKEY_PARAM_RSA_EXPONENT1,
			    numbers[RSA_D], numbers[RSA_P]) == -1
		       ? -1
		       : add_exponent(private, secrets,
				      OSSL_PKEY_PARAM_RSA_EXPONENT2,
				      numbers[RSA_D], numbers[RSA_Q]);
}

static int read_ec(struct blob_reader *reader, struct key_private *private,
		   struct secrets *secrets)
{
	const struct key_kind *kind = private->kind;
	struct blob_string group = {(const uint8_t *)kind->group,
				    strlen(kind->group)};
	struct blob_string curve = blob_string(reader);
	struct blob_string point = blob_string(reader);
	struct blob_string number = blob_number(reader);

	if (!blob_equals(curve, kind->curve) ||
	    point.len != 2 * kind->field + 1 || number.len == 0 ||
	    key_private_add_octets(private, secrets, OSSL_PKEY_PARAM_GROUP_NAME,
				   group) == -1)
		return -1;
	private->params[private->n - 1].data_type = OSSL_PARAM_UTF8_STRING;
	if (key_private_add_octets(private, secrets, OSSL_PKEY_PARAM_PUB_KEY,
				   point) == -1)
		return -1;
	return add_number(private, secrets, OSSL_PKEY_PARAM_PRIV_KEY, number);
}

/* The private string is the seed with the public key behind it. */
static int read_ed25519(struct blob_reader *reader, struct key_private *private,
			struct secrets *secrets)
{
	size_t half = private->kind->field;
	struct blob_string public = blob_string(reader);
	struct blob_string both = blob_string(reader);

	if (public.len != half || both.len != 2 * half ||
	    key_private_add_octets(private, secrets, OSSL_PKEY_PARAM_PUB_KEY,
				   public) == -1)
		return -1;
	both.len = half;
	return key_private_add_octets(private, secrets,
				      OSSL_PKEY_PARAM_PRIV_KEY, both);
}

static int read_parameters(struct blob_reader *reader,
			   struct key_private *private, struct secrets *secrets)
{
	if (key_kind_is_rsa(private->kind))
		return read_rsa(reader, private, secrets);
	return private->kind->group != NULL
		       ? read_ec(reader, private, secrets)
		       : read_ed25519(reader, private, secrets);
}

/* Behind the comment stand 1, 2, 3... up to a block of the cipher. */
static bool is_padding(const struct blob_reader *reader)
{
	for (size_t i = 0; i < reader->left; i++) {
		if (reader->at[i] != (uint8_t)(i + 1))
			return false;
	}
	return !reader->bad;
}

static int unknown_kind(struct blob_string type, struct nf_error *err)
{
	return error_set(err, NF_INVALID,
			 "it is a key of type %.*s, which netfan does not sign "
			 "with: make one with ssh-keygen -t ed25519",
			 type.len < 64 ? (int)type.len : 64,
			 (const char *)type.at);
}

int openssh_key_read(const struct openssh_key *file, struct key *key,
		     struct secrets *secrets, struct nf_error *err)
{
	struct blob_reader reader = {.at = file->private.at,
				     .left = file->private.len};
	uint32_t check = blob_u32(&reader), again = blob_u32(&reader);
	struct blob_string type = blob_string(&reader), comment;
	const struct key_kind *kind = key_kind_of(type);
	struct key_private *private;

	if (reader.bad || check != again)
		return malformed(err);
	if (kind == NULL)
		return unknown_kind(type, err);
	private = key_private_new(secrets, kind);
	if (private == NULL)
		return no_memory(err);
	if (read_parameters(&reader, private, secrets) == -1)
		return malformed(err);
	comment = blob_string(&reader);
	if (!is_padding(&reader))
		return malformed(err);
	key->comment = strndup((const char *)comment.at, comment.len);
	key->private = private;
	return key->comment != NULL ? 0 : no_memory(err);
}
