/* Decrypting a private key in OpenSSH's own format. */
#include "keys/unlock.h"

#include <dlfcn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/error.h"

#ifdef NETFAN_BOTAN
#include <botan/build.h> /* Botan 3's ffi.h does not tell the version */
#include <botan/ffi.h>
#endif

#define REMEDY "convert it with ssh-keygen -p -m PEM -f FILE, or use the agent"
#define ROUNDS_MAX 4096 /* half a minute: ssh-keygen takes 16 or 24 */

/* ---- the key derivation of Botan */

#ifdef NETFAN_BOTAN

#define TEXT(number) TEXT_OF(number)
#define TEXT_OF(number) #number
/* Its versions are binary compatible as long as the minor one is the same. */
#define LIBRARY                                                                \
	"libbotan-" TEXT(BOTAN_VERSION_MAJOR) ".so." TEXT(BOTAN_VERSION_MINOR)

const char *unlock_version(void)
{
	return NETFAN_BOTAN;
}

/* Fill out[0..len) from the passphrase. The library stays once it is loaded. */
static int derive(const struct openssh_key *file, const char *passphrase,
		  uint8_t *out, size_t len, struct nf_error *err)
{
	void *handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	void *at = handle != NULL ? dlsym(handle, "botan_pwdhash") : NULL;
	__typeof__(&botan_pwdhash) pwdhash;

	if (at == NULL)
		return error_set(err, NF_INVALID,
				 "to decrypt it takes " LIBRARY ", which is "
				 "not here: install Botan, " REMEDY);
	/* POSIX has dlsym() give a function as a pointer to an object. */
	memcpy(&pwdhash, &at, sizeof(pwdhash));
	if (pwdhash("Bcrypt-PBKDF", file->rounds, 0, 0, out, len, passphrase,
		    strlen(passphrase), file->salt.at, file->salt.len) == 0)
		return 0;
	return error_set(err, NF_INVALID,
			 "Botan makes no key of its passphrase: " REMEDY);
}

#else

const char *unlock_version(void)
{
	return NULL;
}

static int derive(const struct openssh_key *file, const char *passphrase,
		  uint8_t *out, size_t len, struct nf_error *err)
{
	(void)file;
	(void)passphrase;
	(void)out;
	(void)len;
	return error_set(err, NF_INVALID,
			 "it is encrypted in OpenSSH's own format, which this "
			 "netfan was built without: " REMEDY);
}

#endif

/* ---- the cipher of OpenSSL */

static const struct {
	const char *name; /* in the file */
	const char *openssl;
} ciphers[] = {
	{"aes256-ctr", "AES-256-CTR"}, {"aes192-ctr", "AES-192-CTR"},
	{"aes128-ctr", "AES-128-CTR"}, {"aes256-cbc", "AES-256-CBC"},
	{"aes192-cbc", "AES-192-CBC"}, {"aes128-cbc", "AES-128-CBC"},
};

/* To be freed with EVP_CIPHER_free(). */
static EVP_CIPHER *find_cipher(struct blob_string name)
{
	for (size_t i = 0; i < sizeof(ciphers) / sizeof(ciphers[0]); i++) {
		if (blob_equals(name, ciphers[i].name))
			return EVP_CIPHER_fetch(NULL, ciphers[i].openssl, NULL);
	}
	return NULL;
}

static int check_encryption(const struct openssh_key *file,
			    const EVP_CIPHER *cipher, struct nf_error *err)
{
	if (cipher != NULL && blob_equals(file->kdf, "bcrypt") &&
	    file->rounds > 0 && file->rounds <= ROUNDS_MAX &&
	    file->salt.len > 0)
		return 0;
	return error_set(err, NF_INVALID,
			 "it is encrypted by %.*s in %u rounds, which cannot "
			 "be read here: " REMEDY,
			 file->cipher.len < 64 ? (int)file->cipher.len : 64,
			 (const char *)file->cipher.at, file->rounds);
}

/* Decrypt with a key and an IV behind it. */
static bool decrypt(const struct openssh_key *file, const EVP_CIPHER *cipher,
		    const uint8_t *key, uint8_t *out)
{
	const uint8_t *iv = key + EVP_CIPHER_get_key_length(cipher);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int len = (int)file->private.len;
	bool done =
		ctx != NULL &&
		EVP_DecryptInit_ex2(ctx, cipher, key, iv, NULL) == 1 &&
		EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 &&
		EVP_DecryptUpdate(ctx, out, &len, file->private.at, len) == 1 &&
		(size_t)len == file->private.len;

	EVP_CIPHER_CTX_free(ctx);
	ERR_clear_error();
	return done;
}

/* The first number comes twice when the passphrase was right. */
static bool is_right(const uint8_t *private, size_t len)
{
	return len >= 8 && memcmp(private, private + 4, 4) == 0;
}

static int unlock(struct openssh_key *file, const EVP_CIPHER *cipher,
		  const char *passphrase, struct secrets *secrets,
		  struct nf_error *err)
{
	size_t len = (size_t)EVP_CIPHER_get_key_length(cipher) +
		     (size_t)EVP_CIPHER_get_iv_length(cipher);
	uint8_t *key = secrets_room(secrets, len);
	uint8_t *private = secrets_room(secrets, file->private.len + len);

	if (key == NULL || private == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a key");
	/* OpenSSH encrypts with no empty one, and Botan takes none. */
	if (*passphrase != '\0' &&
	    derive(file, passphrase, key, len, err) == -1)
		return -1;
	if (*passphrase == '\0' || !decrypt(file, cipher, key, private) ||
	    !is_right(private, file->private.len))
		return error_set(err, NF_AUTH_FAILED,
				 "the passphrase is wrong");
	file->private.at = private;
	return 0;
}

int unlock_openssh(struct openssh_key *file, const char *passphrase,
		   struct secrets *secrets, struct nf_error *err)
{
	EVP_CIPHER *cipher = find_cipher(file->cipher);
	int rc = check_encryption(file, cipher, err);

	if (rc == 0)
		rc = unlock(file, cipher, passphrase, secrets, err);
	EVP_CIPHER_free(cipher);
	return rc;
}
