/*
 * The SSH algorithms that netfan offers. The order is by CPU time: curve25519
 * 0.56 ms a session, group14 3.8, gex and group16 26, group18 195.
 *
 * Terrapin (CVE-2023-48795) takes packets away from the start of a session by
 * ChaCha20-Poly1305, or by CBC with an EtM MAC, unless both sides speak strict
 * key exchange, as libssh2 does from 1.11.1 on. So these are not offered before
 * that. Later they may still meet a server that does not speak it, and ChaCha20
 * comes after AES, which is not concerned; CBC is weak anyhow.
 */
#include "transport/ssh/algorithms.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/printable.h"
#include "transport/ssh/greeting.h"

#define V(major, minor, patch) ALGORITHMS_VERSION(major, minor, patch)
#define THEIRS_MAX ((size_t)128)
#define STRICT "kex-strict-c-v00@openssh.com"

enum rank { GOOD, WEAK, BROKEN };

enum integrity {
	BY_MAC,
	BY_CIPHER, /* a MAC is agreed on all the same */
	BY_CIPHER_ALONE,
};

struct algorithm {
	const char *name;
	enum rank rank;
	int since; /* the first libssh2 with which we use it; 0: any */
	const char *key; /* a host key's type, where that is not its name */
	enum integrity integrity; /* of a cipher */
};

static const struct algorithm kex[] = {
	{.name = "curve25519-sha256"},
	{.name = "curve25519-sha256@libssh.org"},
	{.name = "ecdh-sha2-nistp256"},
	{.name = "ecdh-sha2-nistp521"},
	{.name = "ecdh-sha2-nistp384"},
	{.name = "diffie-hellman-group14-sha256"},
	{.name = "diffie-hellman-group-exchange-sha256"},
	{.name = "diffie-hellman-group16-sha512"},
	{.name = "diffie-hellman-group18-sha512"},
	{.name = "diffie-hellman-group14-sha1", .rank = WEAK},
	{.name = "diffie-hellman-group-exchange-sha1", .rank = BROKEN},
	{.name = "diffie-hellman-group1-sha1", .rank = BROKEN},
	{.name = NULL},
};

/* An RSA key signs in three ways; as a key it is an ssh-rsa in all of them. */
static const struct algorithm hostkey[] = {
	{.name = "ssh-ed25519"},
	{.name = "ecdsa-sha2-nistp256"},
	{.name = "ecdsa-sha2-nistp384"},
	{.name = "ecdsa-sha2-nistp521"},
	{.name = "rsa-sha2-512", .since = V(1, 11, 0), .key = "ssh-rsa"},
	{.name = "rsa-sha2-256", .since = V(1, 11, 0), .key = "ssh-rsa"},
	{.name = "ssh-rsa", .rank = WEAK},
	{.name = "ssh-dss", .rank = BROKEN},
	{.name = NULL},
};

/* 1.11.0 knows GCM, but crashes when only one direction has it. */
static const struct algorithm cipher[] = {
	{.name = "aes128-gcm@openssh.com",
	 .since = V(1, 11, 1),
	 .integrity = BY_CIPHER_ALONE},
	{.name = "aes256-gcm@openssh.com",
	 .since = V(1, 11, 1),
	 .integrity = BY_CIPHER_ALONE},
	{.name = "aes128-ctr"},
	{.name = "aes256-ctr"},
	{.name = "aes192-ctr"},
	{.name = "chacha20-poly1305@openssh.com",
	 .since = V(1, 11, 1),
	 .integrity = BY_CIPHER},
	{.name = "aes128-cbc", .rank = WEAK},
	{.name = "aes256-cbc", .rank = WEAK},
	{.name = "aes192-cbc", .rank = WEAK},
	{.name = "3des-cbc", .rank = BROKEN},
	{.name = "arcfour128", .rank = BROKEN},
	{.name = "arcfour", .rank = BROKEN},
	{.name = NULL},
};

static const struct algorithm mac[] = {
	{.name = "hmac-sha2-256-etm@openssh.com", .since = V(1, 11, 1)},
	{.name = "hmac-sha2-512-etm@openssh.com", .since = V(1, 11, 1)},
	{.name = "hmac-sha2-256"},
	{.name = "hmac-sha2-512"},
	{.name = "hmac-sha1-etm@openssh.com",
	 .rank = WEAK,
	 .since = V(1, 11, 1)},
	{.name = "hmac-sha1", .rank = WEAK},
	{.name = "hmac-sha1-96", .rank = BROKEN},
	{.name = "hmac-md5", .rank = BROKEN},
	{.name = "hmac-md5-96", .rank = BROKEN},
	{.name = NULL},
};

struct kind {
	const struct algorithm *algorithms;
	const char *what;
};

static const struct kind kinds[] = {
	[KEXINIT_KEX] = {kex, "key exchange"},
	[KEXINIT_HOSTKEY] = {hostkey, "host key algorithm"},
	[KEXINIT_CIPHER_OUT] = {cipher, "cipher"},
	[KEXINIT_CIPHER_IN] = {cipher, "cipher"},
	[KEXINIT_MAC_OUT] = {mac, "MAC"},
	[KEXINIT_MAC_IN] = {mac, "MAC"},
};

static const struct algorithm *find(enum kexinit_kind kind, const char *name)
{
	const struct algorithm *at;

	for (at = kinds[kind].algorithms; at->name != NULL; at++) {
		if (strcmp(at->name, name) == 0)
			return at;
	}
	return NULL;
}

static uint32_t bit(enum kexinit_kind kind, const struct algorithm *algorithm)
{
	return UINT32_C(1) << (algorithm - kinds[kind].algorithms);
}

void algorithms_init(struct algorithms *algorithms, enum legacy legacy,
		     int version)
{
	*algorithms = (struct algorithms){.legacy = legacy, .version = version};
}

/*
 * Strict key exchange has to be asked for in the list. libssh2 1.11.1 adds that
 * by itself; 1.11.0 with the mending of Terrapin, as Ubuntu 24.04 has it, does
 * not, but keeps to it when the server speaks it, and the two fall apart.
 */
void algorithms_speak(struct algorithms *algorithms, enum kexinit_kind kind,
		      const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct algorithm *at = find(kind, names[i]);

		if (at != NULL && at->since <= algorithms->version)
			algorithms->spoken[kind] |= bit(kind, at);
		if (kind == KEXINIT_KEX && strcmp(names[i], STRICT) == 0)
			algorithms->says_strict =
				algorithms->version < V(1, 11, 1);
	}
}

static bool spoken(const struct algorithms *algorithms, enum kexinit_kind kind,
		   const struct algorithm *algorithm)
{
	return (algorithms->spoken[kind] & bit(kind, algorithm)) != 0;
}

static bool allowed(const struct algorithms *algorithms,
		    const struct algorithm *algorithm)
{
	switch (algorithms->legacy) {
	case LEGACY_DEFAULT:
		return algorithm->rank <= WEAK;
	case LEGACY_ON:
		return true;
	case LEGACY_OFF:
		return algorithm->rank == GOOD;
	}
	return false;
}

static bool offered(const struct algorithms *algorithms, enum kexinit_kind kind,
		    const struct algorithm *algorithm)
{
	return spoken(algorithms, kind, algorithm) &&
	       allowed(algorithms, algorithm);
}

static void list_add(char out[ALGORITHMS_LIST], const char *name)
{
	size_t len = strlen(out);
	const struct kexinit_list list = {out, len};

	if (!kexinit_lists(&list,
			   name)) /* the tables are far below the bound */
		(void)snprintf(out + len, ALGORITHMS_LIST - len, "%s%s",
			       len > 0 ? "," : "", name);
}

/* Add the algorithms that are offered, or those for one type of host key. */
static void list_offered(const struct algorithms *algorithms,
			 enum kexinit_kind kind, const char *type,
			 char out[ALGORITHMS_LIST])
{
	const struct algorithm *at;

	for (at = kinds[kind].algorithms; at->name != NULL; at++) {
		const char *key = at->key != NULL ? at->key : at->name;

		if (offered(algorithms, kind, at) &&
		    (type == NULL || strcmp(key, type) == 0))
			list_add(out, at->name);
	}
}

void algorithms_list(const struct algorithms *algorithms,
		     enum kexinit_kind kind, const char *const *first,
		     size_t nfirst, char out[ALGORITHMS_LIST])
{
	out[0] = '\0';
	for (size_t i = 0; i < nfirst; i++)
		list_offered(algorithms, kind, first[i], out);
	list_offered(algorithms, kind, NULL, out);
	if (kind == KEXINIT_KEX && algorithms->says_strict)
		list_add(out, STRICT);
}

bool algorithms_weak(enum kexinit_kind kind, const char *name)
{
	const struct algorithm *at = find(kind, name);

	return at != NULL && at->rank != GOOD;
}

bool algorithms_needs_no_mac(const char *name)
{
	const struct algorithm *at = find(KEXINIT_CIPHER_OUT, name);

	return at != NULL && at->integrity != BY_MAC;
}

/* Write what would give something in common, in parentheses, or "". */
static void advise(const struct algorithms *algorithms, enum kexinit_kind kind,
		   const struct kexinit_list *theirs, char *out, size_t size)
{
	const struct algorithm *at;

	out[0] = '\0';
	for (at = kinds[kind].algorithms; at->name != NULL; at++) {
		if (!kexinit_lists(theirs, at->name))
			continue;
		if (spoken(algorithms, kind, at))
			(void)snprintf(out, size,
				       " (legacy: true adds older ones)");
		else if (at->since > algorithms->version)
			(void)snprintf(out, size,
				       " (%s takes libssh2 %d.%d.%d)", at->name,
				       at->since >> 16, at->since >> 8 & 0xff,
				       at->since & 0xff);
		else if (allowed(algorithms, at))
			(void)snprintf(out, size, " (this libssh2 has no %s)",
				       at->name);
		if (out[0] != '\0')
			return;
	}
}

/* Is a name among key exchanges the mark of an extension? */
static bool is_marker(const char *name, size_t len)
{
	static const char *const markers[] = {"ext-info-", "kex-strict-"};

	for (size_t i = 0; i < sizeof(markers) / sizeof(markers[0]); i++) {
		size_t n = strlen(markers[i]);

		if (len >= n && memcmp(name, markers[i], n) == 0)
			return true;
	}
	return false;
}

/* Write their list, cut so that ours and the advice still fit in a message. */
static void name_theirs(const struct kexinit_list *theirs, char out[THEIRS_MAX])
{
	uint8_t names[THEIRS_MAX];
	size_t len = 0, at = 0;

	while (at < theirs->len && len < sizeof(names)) {
		const char *name = theirs->names + at;
		const char *comma = memchr(name, ',', theirs->len - at);
		size_t n =
			comma ? (size_t)(comma - name) + 1 : theirs->len - at;

		at += n;
		if (is_marker(name, n))
			continue;
		if (n > sizeof(names) - len)
			n = sizeof(names) - len;
		memcpy(names + len, name, n);
		len += n;
	}
	if (len > 0 && names[len - 1] == ',')
		len--;
	printable_copy(out, THEIRS_MAX, names, len);
}

static int nothing_common(const struct algorithms *algorithms,
			  enum kexinit_kind kind,
			  const struct kexinit_list *theirs,
			  struct nf_error *err)
{
	char ours[ALGORITHMS_LIST] = "", said[THEIRS_MAX], advice[80];

	list_offered(algorithms, kind, NULL, ours);
	name_theirs(theirs, said);
	advise(algorithms, kind, theirs, advice, sizeof(advice));
	return error_set(err, NF_NO_COMMON_ALGORITHM,
			 "no common %s: it offers %s; netfan offers %s%s",
			 kinds[kind].what, said, ours, advice);
}

/* Find the algorithm that both agree on: of ours the first that they offer, or
 * NULL. */
static const struct algorithm *agreed(const struct algorithms *algorithms,
				      enum kexinit_kind kind,
				      const struct kexinit_list *theirs)
{
	const struct algorithm *at;

	for (at = kinds[kind].algorithms; at->name != NULL; at++) {
		if (offered(algorithms, kind, at) &&
		    kexinit_lists(theirs, at->name))
			return at;
	}
	return NULL;
}

static int explain_kexinit(const struct algorithms *algorithms,
			   const struct kexinit *theirs, struct nf_error *err)
{
	const struct algorithm *common[KEXINIT_NKINDS];

	for (int i = 0; i < KEXINIT_NKINDS; i++) {
		enum kexinit_kind kind = (enum kexinit_kind)i;

		common[i] = agreed(algorithms, kind, &theirs->lists[i]);
		if (common[i] != NULL)
			continue;
		if (kind >= KEXINIT_MAC_OUT &&
		    common[kind - 2]->integrity == BY_CIPHER_ALONE)
			continue;
		return nothing_common(algorithms, kind, &theirs->lists[i], err);
	}
	return 0;
}

int algorithms_explain(const struct algorithms *algorithms,
		       const uint8_t *bytes, size_t len, struct nf_error *err)
{
	const char *text = (const char *)bytes;
	const char *banner = kexinit_banner(text, len);
	struct kexinit theirs;
	size_t left;
	int found;

	if (banner == NULL)
		return greeting_explain(bytes, len, err);
	left = len - (size_t)(banner - text);
	bytes += banner - text;
	if (!greeting_speaks_version(bytes, left))
		return greeting_other_version(bytes, left, err);
	found = kexinit_find(bytes, left, &theirs, err);
	return found == 1 ? explain_kexinit(algorithms, &theirs, err) : found;
}
