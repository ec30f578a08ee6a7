/*
 * Which SSH algorithms netfan offers. What libssh2 1.10 speaks was listed with
 * libssh2_session_supported_algs(3); the order is by CPU time: curve25519
 * 0.56 ms a session, group14 3.8, gex and group16 26, group18 195.
 */
#include "session/algorithms.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/wire.h"
#include "session/printable.h"

#define KEXINIT 20 /* SSH_MSG_KEXINIT */

enum rank { GOOD, WEAK, BROKEN };

struct algorithm {
	const char *name;
	enum rank rank;
};

static const struct algorithm kex[] = {
	{"curve25519-sha256", GOOD},
	{"curve25519-sha256@libssh.org", GOOD},
	{"ecdh-sha2-nistp256", GOOD},
	{"ecdh-sha2-nistp521", GOOD},
	{"ecdh-sha2-nistp384", GOOD},
	{"diffie-hellman-group14-sha256", GOOD},
	{"diffie-hellman-group-exchange-sha256", GOOD},
	{"diffie-hellman-group16-sha512", GOOD},
	{"diffie-hellman-group18-sha512", GOOD},
	{"diffie-hellman-group14-sha1", WEAK},
	{"diffie-hellman-group-exchange-sha1", BROKEN},
	{"diffie-hellman-group1-sha1", BROKEN},
	{NULL, GOOD},
};

static const struct algorithm hostkey[] = {
	{"ssh-ed25519", GOOD},
	{"ecdsa-sha2-nistp256", GOOD},
	{"ecdsa-sha2-nistp384", GOOD},
	{"ecdsa-sha2-nistp521", GOOD},
	{"ssh-rsa", WEAK},
	{"ssh-dss", BROKEN},
	{NULL, GOOD},
};

static const struct algorithm cipher[] = {
	{"aes128-ctr", GOOD}, {"aes256-ctr", GOOD},   {"aes192-ctr", GOOD},
	{"aes128-cbc", WEAK}, {"aes256-cbc", WEAK},   {"aes192-cbc", WEAK},
	{"3des-cbc", BROKEN}, {"arcfour128", BROKEN}, {"arcfour", BROKEN},
	{NULL, GOOD},
};

static const struct algorithm mac[] = {
	{"hmac-sha2-256", GOOD},
	{"hmac-sha2-512", GOOD},
	{"hmac-sha1", WEAK},
	{"hmac-sha1-96", BROKEN},
	{"hmac-md5", BROKEN},
	{"hmac-md5-96", BROKEN},
	{NULL, GOOD},
};

struct kind {
	const struct algorithm *algorithms;
	const char *what;
};

static const struct kind kinds[] = {
	[ALGORITHMS_KEX] = {kex, "key exchange"},
	[ALGORITHMS_HOSTKEY] = {hostkey, "host key algorithm"},
	[ALGORITHMS_CIPHER_OUT] = {cipher, "cipher"},
	[ALGORITHMS_CIPHER_IN] = {cipher, "cipher"},
	[ALGORITHMS_MAC_OUT] = {mac, "MAC"},
	[ALGORITHMS_MAC_IN] = {mac, "MAC"},
};

static bool allowed(const struct algorithm *algorithm, enum legacy legacy)
{
	switch (legacy) {
	case LEGACY_DEFAULT:
		return algorithm->rank <= WEAK;
	case LEGACY_ON:
		return true;
	case LEGACY_OFF:
		return algorithm->rank == GOOD;
	}
	return false;
}

static const struct algorithm *find(enum algorithms_kind kind, const char *name,
				    size_t len)
{
	const struct algorithm *at;

	for (at = kinds[kind].algorithms; at->name != NULL; at++) {
		if (strlen(at->name) == len && memcmp(at->name, name, len) == 0)
			return at;
	}
	return NULL;
}

/* Is name in the comma-separated list of list_len bytes? */
static bool listed(const char *list, size_t list_len, const char *name)
{
	size_t len = strlen(name), at = 0;

	while (at < list_len) {
		const char *comma = memchr(list + at, ',', list_len - at);
		size_t end = comma ? (size_t)(comma - list) : list_len;

		if (end - at == len && memcmp(list + at, name, len) == 0)
			return true;
		at = end + 1;
	}
	return false;
}

static void list_add(char out[ALGORITHMS_LIST], const char *name)
{
	size_t len = strlen(out);

	if (!listed(out, len, name)) /* the tables are far below the bound */
		(void)snprintf(out + len, ALGORITHMS_LIST - len, "%s%s",
			       len > 0 ? "," : "", name);
}

void algorithms_list(enum algorithms_kind kind, enum legacy legacy,
		     const char *const *first, size_t nfirst,
		     char out[ALGORITHMS_LIST])
{
	const struct algorithm *at;

	out[0] = '\0';
	for (size_t i = 0; i < nfirst; i++) {
		at = find(kind, first[i], strlen(first[i]));
		if (at != NULL && allowed(at, legacy))
			list_add(out, at->name);
	}
	for (at = kinds[kind].algorithms; at->name != NULL; at++) {
		if (allowed(at, legacy))
			list_add(out, at->name);
	}
}

bool algorithms_weak(enum algorithms_kind kind, const char *name)
{
	const struct algorithm *at = find(kind, name, strlen(name));

	return at != NULL && at->rank != GOOD;
}

/* The server's identification line (RFC 4253 section 4.2), or NULL. */
static const char *find_banner(const char *bytes, size_t len)
{
	const char *at = bytes;

	while (at != NULL && len - (size_t)(at - bytes) >= 4) {
		if (memcmp(at, "SSH-", 4) == 0)
			return at;
		at = memchr(at, '\n', len - (size_t)(at - bytes));
		at = at != NULL ? at + 1 : NULL;
	}
	return NULL;
}

static int not_ssh(const uint8_t *bytes, size_t len, struct nf_error *err)
{
	char said[64];

	if (len == 0)
		return 0;
	printable_copy(said, sizeof(said), bytes, len);
	return error_set(err, NF_PROTOCOL, "no SSH server: it said \"%s\"",
			 said);
}

static int nothing_common(enum algorithms_kind kind, const char *theirs,
			  size_t len, enum legacy legacy, struct nf_error *err)
{
	char ours[ALGORITHMS_LIST], said[200];
	const struct algorithm *at;
	bool old = false;

	algorithms_list(kind, legacy, NULL, 0, ours);
	printable_copy(said, sizeof(said), (const uint8_t *)theirs, len);
	for (at = kinds[kind].algorithms; at->name != NULL; at++)
		old |= listed(theirs, len, at->name);
	return error_set(err, NF_NO_COMMON_ALGORITHM,
			 "no common %s: it offers %s; netfan offers %s%s",
			 kinds[kind].what, said, ours,
			 old ? " (legacy: true adds older ones)" : "");
}

static bool in_common(enum algorithms_kind kind, const char *theirs, size_t len,
		      enum legacy legacy)
{
	const struct algorithm *at;

	for (at = kinds[kind].algorithms; at->name != NULL; at++) {
		if (allowed(at, legacy) && listed(theirs, len, at->name))
			return true;
	}
	return false;
}

/* A binary packet: u32 length, u8 padding, the message, its cookie, lists. */
static int explain_kexinit(const uint8_t *bytes, size_t len, enum legacy legacy,
			   struct nf_error *err)
{
	size_t at = 4 + 1 + 1 + 16;

	if (len < at || bytes[5] != KEXINIT)
		return 0;
	for (int kind = 0; kind < ALGORITHMS_NKINDS; kind++) {
		const char *theirs;
		uint32_t n;

		if (len - at < 4)
			return 0;
		n = wire_u32(bytes + at);
		at += 4;
		if (n > len - at)
			return 0;
		theirs = (const char *)bytes + at;
		at += n;
		if (!in_common((enum algorithms_kind)kind, theirs, n, legacy))
			return nothing_common((enum algorithms_kind)kind,
					      theirs, n, legacy, err);
	}
	return 0;
}

int algorithms_explain(const uint8_t *bytes, size_t len, enum legacy legacy,
		       struct nf_error *err)
{
	const char *text = (const char *)bytes;
	const char *banner = find_banner(text, len);
	const char *end;
	size_t left;

	if (banner == NULL)
		return not_ssh(bytes, len, err);
	left = len - (size_t)(banner - text);
	if (left >= 8 && memcmp(banner, "SSH-2.0-", 8) != 0 &&
	    memcmp(banner, "SSH-1.99", 8) != 0) {
		char said[64];

		printable_copy(said, sizeof(said), (const uint8_t *)banner,
			       left);
		return error_set(err, NF_PROTOCOL,
				 "it speaks another version of SSH: \"%s\"",
				 said);
	}
	end = memchr(banner, '\n', left);
	if (end == NULL)
		return 0;
	end++;
	return explain_kexinit((const uint8_t *)end, len - (size_t)(end - text),
			       legacy, err);
}
