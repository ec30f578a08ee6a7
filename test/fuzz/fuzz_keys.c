/* libFuzzer target: any bytes are a private key, its certificate, a blob. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "keys/certificate.h"
#include "keys/key.h"
#include "keys/key_private.h"
#include "keys/openssh_key.h"
#include "keys/pem_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* A certificate points into its bytes. */
static void check_certificate(const uint8_t *bytes, size_t len)
{
	struct certificate certificate;
	struct key_blob blob = {(uint8_t *)(uintptr_t)bytes, len};

	if (certificate_parse(&certificate, bytes, len) == -1)
		return;
	assert(certificate.key.at >= bytes &&
	       certificate.key.len <=
		       len - (size_t)(certificate.key.at - bytes));
	assert(certificate.authority.at >= bytes &&
	       certificate.authority.at + certificate.authority.len <=
		       bytes + len);
	assert(!certificate_is_of(&certificate, &blob));
	for (size_t i = 0; i < len; i++)
		assert(certificate_parse(&certificate, bytes, i) == -1);
}

/* A key that was read has a blob, or numbers that OpenSSL does not take. */
static void check_private(struct key *key)
{
	struct buf blob;

	if (key->private == NULL)
		return;
	buf_init(&blob, KEY_BLOB_MAX);
	if (key_private_blob(key->private, &blob) == 0) {
		key->blob = (struct key_blob){blob.data, blob.len};
		assert(key_type(key) != NULL);
		(void)key_private_fits(key->private);
	} else {
		buf_release(&blob);
	}
}

/* The bytes of a container, without its base64. */
static void check_container(const uint8_t *bytes, size_t len)
{
	struct openssh_key file = {.private = {bytes, len}};
	struct secrets secrets = {NULL};
	struct nf_error err = {0};
	struct key key = {.private = NULL};

	if (openssh_key_read(&file, &key, &secrets, &err) == 0)
		check_private(&key);
	else
		assert(err.code != NF_OK);
	key_release(&key);
	secrets_release(&secrets);
}

static void check_text(const uint8_t *bytes, size_t len)
{
	struct secrets secrets = {NULL};
	struct nf_error err = {0};
	struct openssh_key file;
	struct key key = {.private = NULL};
	bool encrypted;
	char *text = malloc(len + 1);

	assert(text != NULL);
	if (len > 0)
		memcpy(text, bytes, len);
	text[len] = '\0';
	if (strncmp(text, OPENSSH_KEY_BEGIN, strlen(OPENSSH_KEY_BEGIN)) != 0) {
		(void)pem_key_read(&key, text, "secret", &encrypted, &secrets,
				   &err);
	} else if (openssh_key_open(&file, text, &secrets, &err) == 0 &&
		   !openssh_key_is_encrypted(&file)) {
		(void)openssh_key_read(&file, &key, &secrets, &err);
	}
	check_private(&key);
	key_release(&key);
	secrets_release(&secrets);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (len == 0)
		return 0;
	switch (bytes[0] % 3) {
	case 0:
		check_certificate(bytes + 1, len - 1);
		break;
	case 1:
		check_container(bytes + 1, len - 1);
		break;
	default:
		check_text(bytes + 1, len - 1);
	}
	return 0;
}
