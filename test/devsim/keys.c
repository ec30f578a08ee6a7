/* Host keys, generated once and kept in a directory. */
#include "devsim/keys.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

struct key_type {
	const char *name;
	enum ssh_keytypes_e type;
	int bits;
};

static const struct key_type types[] = {
	{"ed25519", SSH_KEYTYPE_ED25519, 0},
	{"ecdsa", SSH_KEYTYPE_ECDSA, 256},
	{"rsa", SSH_KEYTYPE_RSA, 2048},
};

static const struct key_type *type_find(const char *name)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(types[i].name, name) == 0)
			return &types[i];
	}
	return NULL;
}

bool keys_have_type(const char *type)
{
	return type_find(type) != NULL;
}

static int generate(const struct key_type *type, const char *path,
		    struct nf_error *err)
{
	ssh_key key = NULL;
	int rc = -1;

	if (ssh_pki_generate(type->type, type->bits, &key) != SSH_OK)
		return error_set(err, NF_SYSTEM, "cannot generate a %s key",
				 type->name);
	if (ssh_pki_export_privkey_file(key, NULL, NULL, NULL, path) == SSH_OK)
		rc = 0;
	else
		(void)error_set(err, NF_SYSTEM, "cannot write %s", path);
	ssh_key_free(key);
	return rc;
}

/*
 * By way of a link, not a rename: of two that start at once, the second must
 * not replace the key that the first has loaded already.
 */
static int make_key(const struct key_type *type, const char *path,
		    struct nf_error *err)
{
	char temp[PATH_MAX + 32];
	int rc = -1;

	(void)snprintf(temp, sizeof(temp), "%s.%ld", path, (long)getpid());
	if (generate(type, temp, err) == -1)
		goto out;
	if (chmod(temp, 0600) == -1 ||
	    (link(temp, path) == -1 && errno != EEXIST))
		(void)error_sys(err, NF_SYSTEM, "%s", path);
	else
		rc = 0;
out:
	(void)unlink(temp);
	return rc;
}

int keys_load(ssh_key *out, const char *dir, const char *type,
	      struct nf_error *err)
{
	const struct key_type *wanted = type_find(type);
	char path[PATH_MAX];
	int len = snprintf(path, sizeof(path), "%s/%s.key", dir, type);

	if (wanted == NULL || len < 0 || (size_t)len >= sizeof(path))
		return error_set(err, NF_INVALID, "no host key %s/%s", dir,
				 type);
	if (mkdir(dir, 0700) == -1 && errno != EEXIST)
		return error_sys(err, NF_SYSTEM, "%s", dir);
	if (access(path, F_OK) == -1 && make_key(wanted, path, err) == -1)
		return -1;
	if (ssh_pki_import_privkey_file(path, NULL, NULL, NULL, out) != SSH_OK)
		return error_set(err, NF_INVALID, "cannot read %s", path);
	return 0;
}
