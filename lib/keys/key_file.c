/* Files of private keys, and of certificates. */
#include "keys/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/error.h"
#include "keys/certificate.h"
#include "keys/key_private.h"
#include "keys/openssh_key.h"
#include "keys/pem_key.h"
#include "keys/unlock.h"

/* ---- the bytes of a file */

static int check_file(int fd, bool secret, struct nf_error *err)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return error_sys(err, NF_INVALID, "it cannot be read");
	if (!S_ISREG(st.st_mode))
		return error_set(err, NF_INVALID, "it is no regular file");
	if (secret && st.st_uid == getuid() && (st.st_mode & 077) != 0)
		return error_set(err, NF_INVALID,
				 "others may read it, as its mode is %04o: "
				 "chmod 600 it",
				 (unsigned)(st.st_mode & 07777));
	return 0;
}

/* Read all of it into secrets, with a NUL behind it. NULL with *err. */
static char *read_all(int fd, struct secrets *secrets, struct nf_error *err)
{
	char *text = secrets_room(secrets, KEY_FILE_MAX + 1);
	size_t len = 0;
	ssize_t n;

	if (text == NULL) {
		(void)error_sys(err, NF_SYSTEM, "no memory for a key");
		return NULL;
	}
	do {
		n = read(fd, text + len, KEY_FILE_MAX + 1 - len);
		if (n == -1 && errno != EINTR) {
			(void)error_sys(err, NF_INVALID, "it cannot be read");
			return NULL;
		}
		len += n > 0 ? (size_t)n : 0;
	} while (n != 0 && len <= KEY_FILE_MAX);
	if (len > KEY_FILE_MAX) {
		(void)error_set(err, NF_INVALID, "it is too large for a key");
		return NULL;
	}
	text[len] = '\0';
	return text;
}

static char *read_file(const char *path, bool secret, struct secrets *secrets,
		       struct nf_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	char *text = NULL;

	if (fd == -1) {
		(void)error_sys(err, NF_INVALID, "it cannot be opened");
		return NULL;
	}
	if (check_file(fd, secret, err) == 0)
		text = read_all(fd, secrets, err);
	(void)close(fd);
	return text;
}

/* ---- a private key */

static int ask_for_passphrase(struct nf_error *err)
{
	(void)error_set(err, NF_AUTH_FAILED,
			"it is encrypted: give its passphrase in the "
			"inventory, or use the agent");
	err->sys_errno = ENOKEY;
	return -1;
}

static int wrong_passphrase(struct nf_error *err)
{
	(void)error_set(err, NF_AUTH_FAILED, "the passphrase is wrong");
	err->sys_errno = EKEYREJECTED;
	return -1;
}

static int read_pem(struct key *key, const char *text, const char *passphrase,
		    struct secrets *secrets, struct nf_error *err)
{
	bool encrypted;

	if (pem_key_read(key, text, passphrase, &encrypted, secrets, err) == 0)
		return 0;
	if (!encrypted || err->code != NF_INVALID)
		return -1;
	return passphrase == NULL ? ask_for_passphrase(err)
				  : wrong_passphrase(err);
}

static bool is_openssh(const char *text)
{
	return strncmp(text, OPENSSH_KEY_BEGIN, strlen(OPENSSH_KEY_BEGIN)) == 0;
}

static int read_openssh(struct key *key, const char *text,
			const char *passphrase, struct secrets *scratch,
			struct secrets *secrets, struct nf_error *err)
{
	struct openssh_key file;

	if (openssh_key_open(&file, text, scratch, err) == -1)
		return -1;
	if (!openssh_key_is_encrypted(&file))
		return openssh_key_read(&file, key, secrets, err);
	if (passphrase == NULL)
		return ask_for_passphrase(err);
	if (unlock_openssh(&file, passphrase, scratch, err) == -1)
		return err->code == NF_AUTH_FAILED ? wrong_passphrase(err) : -1;
	return openssh_key_read(&file, key, secrets, err);
}

/* What is often taken for a private key. */
static const struct {
	const char *begin;
	const char *remedy;
} others[] = {
	{"PuTTY-User-Key-File-",
	 "it is PuTTY's: convert it with puttygen -O private-openssh"},
	{"---- BEGIN SSH2",
	 "it is a public key of another format: name the private one"},
	{"ssh-", "it is a public key: name the private one"},
	{"ecdsa-", "it is a public key: name the private one"},
	{"sk-", "it is a public key: name the private one"},
};

static int is_no_private(const char *remedy, struct nf_error *err)
{
	(void)error_set(err, NF_INVALID, "%s", remedy);
	err->sys_errno = ENOKEY;
	return -1;
}

static int read_private(struct key *key, const char *text,
			const char *passphrase, struct secrets *scratch,
			struct secrets *secrets, struct nf_error *err)
{
	if (is_openssh(text))
		return read_openssh(key, text, passphrase, scratch, secrets,
				    err);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (strncmp(text, others[i].begin, strlen(others[i].begin)) ==
		    0)
			return is_no_private(others[i].remedy, err);
	}
	return read_pem(key, text, passphrase, secrets, err);
}

/* Make the public blob, and prove that both parts belong together. */
static int make_blob(struct key *key, struct nf_error *err)
{
	struct buf blob;

	buf_init(&blob, KEY_BLOB_MAX);
	if (key_private_blob(key->private, &blob) == -1 ||
	    !key_private_fits(key->private)) {
		buf_release(&blob);
		return error_set(err, NF_INVALID,
				 "its public and its private part do not fit");
	}
	key->blob = (struct key_blob){blob.data, blob.len};
	return 0;
}

/* Put the name of the file before what is wrong with it. */
static int blame(const char *path, struct nf_error *err)
{
	const struct nf_error was = *err;

	(void)error_set(err, was.code, "key %.240s: %.240s", path, was.message);
	err->sys_errno = was.sys_errno;
	return -1;
}

int key_file_read(struct key *key, const char *path, const char *passphrase,
		  struct secrets *secrets, struct nf_error *err)
{
	struct secrets scratch = {NULL};
	struct key made = {.source = strdup(path)};
	const char *text;
	int rc = -1;

	if (made.source == NULL)
		(void)error_sys(err, NF_SYSTEM, "no memory for a key");
	else if ((text = read_file(path, true, &scratch, err)) != NULL &&
		 read_private(&made, text, passphrase, &scratch, secrets,
			      err) == 0)
		rc = make_blob(&made, err);
	secrets_release(&scratch);
	if (rc == -1) {
		key_release(&made);
		return blame(path, err);
	}
	*key = made;
	return 0;
}

/* ---- a certificate */

/* Decode the second word of a line, as in FILE-cert.pub. */
static int decode_word(char *text, struct key_blob *out, struct nf_error *err)
{
	char *word = text + strcspn(text, " \t\r\n");
	size_t len;
	ssize_t n;

	word += strspn(word, " \t");
	len = strcspn(word, " \t\r\n");
	out->at = malloc(len + 1);
	if (out->at == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a key");
	n = base64_decode(out->at, word, len);
	out->len = n > 0 ? (size_t)n : 0;
	return 0;
}

/* Copy the public part of a private key: OpenSSH's format does not encrypt it. */
static int copy_public(char *text, struct secrets *scratch,
		       struct key_blob *out, struct nf_error *err)
{
	struct openssh_key file;

	if (openssh_key_open(&file, text, scratch, err) == -1)
		return -1;
	out->at = malloc(file.public.len + 1);
	if (out->at == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a key");
	memcpy(out->at, file.public.at, file.public.len);
	out->len = file.public.len;
	return 0;
}

/* inside: also one that is part of a private key. */
static bool read_public(struct key_blob *out, const char *path, bool inside)
{
	struct secrets scratch = {NULL};
	struct key key = {.source = NULL};
	struct nf_error ignored;
	char *text = read_file(path, false, &scratch, &ignored);

	if (text != NULL && is_openssh(text) && inside)
		(void)copy_public(text, &scratch, &key.blob, &ignored);
	else if (text != NULL && !is_openssh(text))
		(void)decode_word(text, &key.blob, &ignored);
	secrets_release(&scratch);
	if (key.blob.at != NULL && key_type(&key) != NULL) {
		*out = key.blob;
		return true;
	}
	key_release(&key);
	return false;
}

bool key_file_find_public(struct key_blob *out, const char *path, bool any)
{
	char *other = NULL;
	bool found = read_public(out, path, any);

	if (!found && any && asprintf(&other, "%s.pub", path) != -1) {
		found = read_public(out, other, false);
		free(other);
	}
	return found;
}

int key_file_read_certificate(struct key_blob *out, const char *path,
			      struct nf_error *err)
{
	struct certificate certificate;
	struct secrets scratch = {NULL};
	struct key_blob blob = {NULL, 0};
	char *text = read_file(path, false, &scratch, err);
	int rc = -1;

	if (text != NULL)
		rc = decode_word(text, &blob, err);
	else if (err->sys_errno == ENOENT)
		rc = 1;
	secrets_release(&scratch);
	if (rc == 0 &&
	    certificate_parse(&certificate, blob.at, blob.len) == 0) {
		if (certificate.use == CERTIFICATE_USER) {
			*out = blob;
			return 1;
		}
		rc = error_set(err, NF_INVALID,
			       "it is the certificate of a host");
	}
	free(blob.at);
	return rc == -1 ? blame(path, err) : 0;
}
