/* Private keys in PEM. */
#include "keys/pem_key.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

#include "base/error.h"
#include "keys/key_private.h"

/* What OpenSSL asks. */
struct question {
	const char *passphrase; /* NULL: there is none */
	bool asked;
};

/* Without such a callback OpenSSL would ask at the terminal. */
static int give_passphrase(char *out, int size, int writing, void *arg)
{
	struct question *question = arg;
	size_t len;

	(void)writing;
	question->asked = true;
	if (question->passphrase == NULL)
		return -1;
	len = strlen(question->passphrase);
	if (len > (size_t)size)
		return -1;
	memcpy(out, question->passphrase, len);
	return (int)len;
}

int pem_key_read(struct key *key, const char *text, const char *passphrase,
		 bool *encrypted, struct secrets *secrets, struct nf_error *err)
{
	struct question question = {.passphrase = passphrase};
	BIO *bio = BIO_new_mem_buf(text, -1);
	EVP_PKEY *pkey;
	int rc;

	if (bio == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a key");
	pkey = PEM_read_bio_PrivateKey(bio, NULL, give_passphrase, &question);
	BIO_free(bio);
	ERR_clear_error();
	*encrypted = question.asked;
	if (pkey == NULL)
		return error_set(err, NF_INVALID,
				 "OpenSSL reads no private key in it");
	rc = key_private_copy(&key->private, secrets, pkey, err);
	EVP_PKEY_free(pkey);
	return rc;
}
