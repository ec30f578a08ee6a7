/* The check of a host key. */
#include "session/hostcheck.h"

#include <stdio.h>

#include "base/error.h"

size_t hostcheck_types(const struct hostcheck *check,
		       const char *types[HOSTCHECK_TYPES])
{
	return check->known == NULL
		       ? 0
		       : hostkeys_types(check->known, check->host, check->port,
					types, HOSTCHECK_TYPES);
}

/* Fill in a key of which it is not yet known what becomes of it. */
static void see(struct hostcheck_key *seen, const struct ssh_key *key)
{
	seen->state = NF_KEY_UNCHECKED;
	(void)snprintf(seen->type, sizeof(seen->type), "%s", key->type);
	hostkeys_fingerprint(key->key, key->len, seen->fingerprint);
}

static int take_new(const struct hostcheck *check, const struct ssh_key *key,
		    struct hostcheck_key *seen, struct nf_error *err)
{
	if (check->policy == NF_HOST_KEYS_ACCEPT_NEW) {
		int rc = check->on_new_key(check->arg, key, err);

		seen->state = rc == 0 ? NF_KEY_NEW
			      : err->code == NF_HOSTKEY_CHANGED
				      ? NF_KEY_CHANGED
				      : NF_KEY_UNKNOWN;
		return rc;
	}
	seen->state = NF_KEY_UNKNOWN;
	return error_set(err, NF_HOSTKEY_UNKNOWN,
			 "its host key is not known: %s %s", key->type,
			 seen->fingerprint);
}

static int judge_known(const struct hostcheck *check, const struct ssh_key *key,
		       struct hostcheck_key *seen, struct nf_error *err)
{
	switch (hostkeys_check(check->known, check->host, check->port,
			       key->type, key->key, key->len)) {
	case HOSTKEYS_MATCH:
		seen->state = NF_KEY_KNOWN;
		return 0;
	case HOSTKEYS_UNKNOWN:
		return take_new(check, key, seen, err);
	case HOSTKEYS_CHANGED:
		seen->state = NF_KEY_CHANGED;
		return error_set(err, NF_HOSTKEY_CHANGED,
				 "its host key is not the known one: %s %s; "
				 "when that is right, take the old one out "
				 "with ssh-keygen -R",
				 key->type, seen->fingerprint);
	case HOSTKEYS_REVOKED:
		seen->state = NF_KEY_REVOKED;
		return error_set(err, NF_HOSTKEY_REVOKED,
				 "its host key is revoked: %s %s", key->type,
				 seen->fingerprint);
	}
	return -1;
}

int hostcheck_judge(const struct hostcheck *check, const struct ssh *ssh,
		    struct hostcheck_key *seen, struct nf_error *err)
{
	bool off = check->policy == NF_HOST_KEYS_OFF;
	struct ssh_key key;

	if (ssh_host_key(ssh, &key, err) == -1)
		return off ? 0 : -1;
	see(seen, &key);
	return off ? 0 : judge_known(check, &key, seen, err);
}
