/* The check of a host key. */
#include "session/hostcheck.h"

#include <stdio.h>

#include "base/error.h"
#include "hostkeys/pins.h"

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
	return error_set(
		err, NF_HOSTKEY_UNKNOWN, "its host key is not known: %s %s%s",
		key->type, seen->fingerprint,
		hostkeys_has_authority(check->known, check->host, check->port)
			? "; a @cert-authority line is for it, but "
			  "libssh2 can check no host certificates: "
			  "add the key itself to known_hosts, or pin "
			  "it by hostkey_fingerprint"
			: "");
}

static int judge_pinned(const struct hostcheck *check,
			const struct ssh_key *key, struct hostcheck_key *seen,
			struct nf_error *err)
{
	if (pins_match(check->pins, key->key, key->len)) {
		seen->state = NF_KEY_PINNED;
		return 0;
	}
	seen->state = NF_KEY_CHANGED;
	return error_set(
		err, NF_HOSTKEY_CHANGED,
		"its host key is not the pinned one: %s %s, and "
		"hostkey_fingerprint is %.200s; when the key is right, "
		"write its fingerprint there (several with commas)",
		key->type, seen->fingerprint, check->pins);
}

static int tell_revoked(const struct ssh_key *key, struct hostcheck_key *seen,
			struct nf_error *err)
{
	seen->state = NF_KEY_REVOKED;
	return error_set(err, NF_HOSTKEY_REVOKED,
			 "its host key is revoked: %s %s", key->type,
			 seen->fingerprint);
}

/* The line by which a host is known. */
struct known_line {
	const char *path; /* of its file */
	size_t number; /* 0: none was found */
	const char *type;
	char fingerprint[HOSTKEYS_FINGERPRINT];
};

static int find_line(void *arg, const struct hostkeys_entry *entry)
{
	struct known_line *line = arg;

	if (entry->revoked || entry->authority)
		return 0;
	if (entry->path != NULL)
		line->path = entry->path;
	line->number = entry->line;
	line->type = entry->type;
	hostkeys_fingerprint(entry->key, entry->len, line->fingerprint);
	return -1;
}

static int tell_changed(const struct hostcheck *check,
			const struct ssh_key *key, struct hostcheck_key *seen,
			struct nf_error *err)
{
	struct known_line line = {
		.path = "known_hosts", .type = "", .fingerprint = "another"};

	(void)hostkeys_each(check->known, check->host, check->port, find_line,
			    &line);
	seen->state = NF_KEY_CHANGED;
	return error_set(err, NF_HOSTKEY_CHANGED,
			 "its host key is not the known one: %s %s, and line "
			 "%zu of %.100s has %s %s; when the new one is right, "
			 "netfan hostkeys forget takes the old one out "
			 "(--known-hosts names its file)",
			 key->type, seen->fingerprint, line.number, line.path,
			 line.type, line.fingerprint);
}

static int judge_known(const struct hostcheck *check, const struct ssh_key *key,
		       struct hostcheck_key *seen, struct nf_error *err)
{
	enum hostkeys_verdict verdict =
		check->known == NULL
			? HOSTKEYS_UNKNOWN
			: hostkeys_check(check->known, check->host, check->port,
					 key->type, key->key, key->len);

	if (check->pins != NULL && verdict != HOSTKEYS_REVOKED)
		return judge_pinned(check, key, seen, err);
	switch (verdict) {
	case HOSTKEYS_MATCH:
		seen->state = NF_KEY_KNOWN;
		return 0;
	case HOSTKEYS_UNKNOWN:
		return take_new(check, key, seen, err);
	case HOSTKEYS_CHANGED:
		return tell_changed(check, key, seen, err);
	case HOSTKEYS_REVOKED:
		return tell_revoked(key, seen, err);
	}
	return -1;
}

int hostcheck_judge(const struct hostcheck *check, const struct ssh *ssh,
		    struct hostcheck_key *seen, struct nf_error *err)
{
	bool off = check->policy == NF_HOST_KEYS_OFF && check->pins == NULL;
	struct ssh_key key;

	if (ssh_host_key(ssh, &key, err) == -1)
		return off ? 0 : -1;
	see(seen, &key);
	return off ? 0 : judge_known(check, &key, seen, err);
}
