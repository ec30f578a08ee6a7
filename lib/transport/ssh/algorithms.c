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

#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/printable.h"
#include "base/wildcard.h"
#include "transport/ssh/greeting.h"

#define V(major, minor, patch) ALGORITHMS_VERSION(major, minor, patch)
#define THEIRS_MAX ((size_t)128)
#define OURS_MAX 240 /* of them, so that the advice still fits */
#define STRICT "kex-strict-c-v00@openssh.com"
#define RELEASED V(1, 11, 1) /* the newest libssh2 that there is */
#define UNRELEASED (RELEASED + 1)

enum rank {
	GOOD,
	WEAK,
	BROKEN,
	NAMED, /* broken, and offered only where a list names it */
};

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
	const char *made_of; /* a cipher's name where libcrypto may lack it */
};

static const struct algorithm kex[] = {
	{.name = "curve25519-sha256"},
	{.name = "curve25519-sha256@libssh.org"},
	{.name = "ecdh-sha2-nistp256"},
	{.name = "ecdh-sha2-nistp521"},
	{.name = "ecdh-sha2-nistp384"},
	{.name = "mlkem768x25519-sha256", .since = UNRELEASED},
	{.name = "mlkem768nistp256-sha256", .since = UNRELEASED},
	{.name = "mlkem1024nistp384-sha384", .since = UNRELEASED},
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
	{.name = "arcfour128", .rank = BROKEN, .made_of = "RC4"},
	{.name = "arcfour", .rank = BROKEN, .made_of = "RC4"},
	{.name = "rijndael-cbc@lysator.liu.se", .rank = NAMED},
	{.name = "blowfish-cbc", .rank = NAMED, .made_of = "BF-CBC"},
	{.name = "cast128-cbc", .rank = NAMED, .made_of = "CAST5-CBC"},
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
	{.name = "hmac-ripemd160", .rank = NAMED},
	{.name = "hmac-ripemd160@openssh.com", .rank = NAMED},
	{.name = NULL},
};

struct kind {
	const struct algorithm *algorithms;
	const char *what;
	const char *key; /* of an inventory, which has a list of them */
};

static const struct kind kinds[] = {
	[KEXINIT_KEX] = {kex, "key exchange", "kex_algorithms"},
	[KEXINIT_HOSTKEY] = {hostkey, "host key algorithm",
			     "hostkey_algorithms"},
	[KEXINIT_CIPHER_OUT] = {cipher, "cipher", "ciphers"},
	[KEXINIT_CIPHER_IN] = {cipher, "cipher", "ciphers"},
	[KEXINIT_MAC_OUT] = {mac, "MAC", "macs"},
	[KEXINIT_MAC_IN] = {mac, "MAC", "macs"},
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
		return algorithm->rank <= BROKEN;
	case LEGACY_OFF:
		return algorithm->rank == GOOD;
	}
	return false;
}

/* ---- what is offered */

static bool has_row(const struct algorithms_order *order, uint8_t row)
{
	return memchr(order->row, row, order->n) != NULL;
}

static void add_row(struct algorithms_order *order, uint8_t row)
{
	if (!has_row(order, row) && order->n < ALGORITHMS_ROWS)
		order->row[order->n++] = row;
}

static void add_order(struct algorithms_order *order,
		      const struct algorithms_order *more)
{
	for (size_t i = 0; i < more->n; i++)
		add_row(order, more->row[i]);
}

/* Offer what we like, best first. */
static void offer_own(struct algorithms *algorithms, enum kexinit_kind kind)
{
	const struct algorithm *at;

	algorithms->offered[kind].n = 0;
	for (at = kinds[kind].algorithms; at->name != NULL; at++) {
		if (spoken(algorithms, kind, at) && allowed(algorithms, at))
			add_row(&algorithms->offered[kind],
				(uint8_t)(at - kinds[kind].algorithms));
	}
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
	offer_own(algorithms, kind);
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
	const struct algorithms_order *order = &algorithms->offered[kind];

	for (size_t i = 0; i < order->n; i++) {
		const struct algorithm *at =
			&kinds[kind].algorithms[order->row[i]];
		const char *key = at->key != NULL ? at->key : at->name;

		if (type == NULL || strcmp(key, type) == 0)
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

/* ---- lists that are wished for */

/* Find the next word of a list, which begins at *at: false at its end. */
static bool next_word(const char **at, const char **word, size_t *len)
{
	if (*at == NULL || **at == '\0')
		return false;
	*word = *at;
	*len = strcspn(*at, ",");
	*at += *len + ((*at)[*len] == ',');
	return true;
}

/* The mark before a list, which *list is moved past; 0: it has none. */
static char take_mark(const char **list)
{
	return **list != '\0' && strchr("+-^", **list) != NULL ? *(*list)++ : 0;
}

bool algorithms_is_list(const char *text)
{
	size_t len;

	(void)take_mark(&text);
	len = strlen(text);
	for (const char *at = text; *at != '\0'; at++) {
		if (*at <= ' ' || *at > '~' || *at == '"' || *at == '\'' ||
		    (*at == ',' && at[1] == ','))
			return false;
	}
	return len > 0 && len < ALGORITHMS_LIST && text[0] != ',' &&
	       text[len - 1] != ',';
}

/* Add the rows that a word matches, as far as the library speaks them: is there
 * any? */
static bool add_matching(const struct algorithms *algorithms,
			 enum kexinit_kind kind, const char *word, size_t len,
			 struct algorithms_order *order)
{
	const struct algorithm *at;
	bool any = false;

	for (at = kinds[kind].algorithms; at->name != NULL; at++) {
		if (!spoken(algorithms, kind, at) ||
		    !wildcard_matches(word, len, at->name))
			continue;
		add_row(order, (uint8_t)(at - kinds[kind].algorithms));
		any = true;
	}
	return any;
}

static void add_words(const struct algorithms *algorithms,
		      enum kexinit_kind kind, const char *list,
		      struct algorithms_order *order)
{
	const char *word;
	size_t len;

	while (next_word(&list, &word, &len))
		(void)add_matching(algorithms, kind, word, len, order);
}

/* Offer what a list says in place of our own. */
static void offer_listed(struct algorithms *algorithms, enum kexinit_kind kind,
			 const char *list)
{
	const struct algorithms_order own = algorithms->offered[kind];
	struct algorithms_order named = {.n = 0}, chosen = {.n = 0};
	char mark = take_mark(&list);

	add_words(algorithms, kind, list, &named);
	if (mark == '+')
		add_order(&chosen, &own);
	if (mark != '-')
		add_order(&chosen, &named);
	if (mark == '^')
		add_order(&chosen, &own);
	for (size_t i = 0; mark == '-' && i < own.n; i++) {
		if (!has_row(&named, own.row[i]))
			add_row(&chosen, own.row[i]);
	}
	algorithms->offered[kind] = chosen;
	algorithms->listed[kind] = true;
}

static void list_spoken(const struct algorithms *algorithms,
			enum kexinit_kind kind, char out[ALGORITHMS_LIST])
{
	const struct algorithm *at;

	out[0] = '\0';
	for (at = kinds[kind].algorithms; at->name != NULL; at++) {
		if (spoken(algorithms, kind, at))
			list_add(out, at->name);
	}
}

/* The lists of a wish, and what each is of. */
struct wished {
	enum kexinit_kind from, to; /* kinds */
	const char *list;
};

static void wish_lists(const struct algorithms_wish *wish,
		       struct wished lists[ALGORITHMS_LISTS])
{
	lists[0] = (struct wished){KEXINIT_KEX, KEXINIT_KEX, wish->kex};
	lists[1] = (struct wished){KEXINIT_HOSTKEY, KEXINIT_HOSTKEY,
				   wish->hostkeys};
	lists[2] = (struct wished){KEXINIT_CIPHER_OUT, KEXINIT_CIPHER_IN,
				   wish->ciphers};
	lists[3] = (struct wished){KEXINIT_MAC_OUT, KEXINIT_MAC_IN, wish->macs};
}

static bool libcrypto_makes(const char *name)
{
	EVP_CIPHER *made = EVP_CIPHER_fetch(NULL, name, NULL);

	ERR_clear_error();
	EVP_CIPHER_free(made);
	return made != NULL;
}

/*
 * Leave out what libssh2 lists and libcrypto does not make, as OpenSSL 3 has it in
 * a provider of its own: agreed upon, it would be the end of the process in libssh2
 * 1.10. A look for what is not there takes as long as a tenth of a session, so that
 * only those are looked for that the wish may have offered.
 */
static void leave_out_unmade(struct algorithms *algorithms,
			     const struct algorithms_wish *wish)
{
	const enum rank most = wish->ciphers != NULL       ? NAMED
			       : wish->legacy == LEGACY_ON ? BROKEN
							   : WEAK;

	for (const struct algorithm *at = cipher; at->name != NULL; at++) {
		if (at->made_of == NULL || at->rank > most ||
		    libcrypto_makes(at->made_of))
			continue;
		algorithms->spoken[KEXINIT_CIPHER_OUT] &=
			~bit(KEXINIT_CIPHER_OUT, at);
		algorithms->spoken[KEXINIT_CIPHER_IN] &=
			~bit(KEXINIT_CIPHER_IN, at);
	}
	if (most > WEAK) {
		offer_own(algorithms, KEXINIT_CIPHER_OUT);
		offer_own(algorithms, KEXINIT_CIPHER_IN);
	}
}

int algorithms_choose(struct algorithms *algorithms,
		      const struct algorithms_wish *wish, struct nf_error *err)
{
	struct wished lists[ALGORITHMS_LISTS];
	char ours[ALGORITHMS_LIST];

	leave_out_unmade(algorithms, wish);
	wish_lists(wish, lists);
	for (size_t i = 0; i < ALGORITHMS_LISTS; i++) {
		enum kexinit_kind kind = lists[i].from;

		if (lists[i].list == NULL)
			continue;
		offer_listed(algorithms, kind, lists[i].list);
		if (lists[i].to != kind)
			offer_listed(algorithms, lists[i].to, lists[i].list);
		if (algorithms->offered[kind].n > 0)
			continue;
		list_spoken(algorithms, kind, ours);
		return error_set(err, NF_INVALID,
				 "%s '%.128s' leaves nothing that this libssh2 "
				 "speaks, which is %.290s",
				 kinds[kind].key, lists[i].list, ours);
	}
	return 0;
}

/* Write what it takes to speak what a word of a list names. */
static void tell_word(const struct algorithms *algorithms,
		      enum kexinit_kind kind, const char *word, size_t len,
		      char *out, size_t size)
{
	char name[80];
	const struct algorithm *at;

	printable_copy(name, sizeof(name), (const uint8_t *)word, len);
	at = find(kind, name);
	if (at == NULL)
		(void)snprintf(out, size, "no libssh2 speaks '%s'", name);
	else if (at->since > RELEASED)
		(void)snprintf(out, size,
			       "%s takes a libssh2 newer than 1.11.1", name);
	else if (at->since > algorithms->version)
		(void)snprintf(out, size, "%s takes libssh2 %d.%d.%d", name,
			       at->since >> 16, at->since >> 8 & 0xff,
			       at->since & 0xff);
	else
		(void)snprintf(out, size, "this libssh2 has no %s", name);
}

bool algorithms_tell_lacking(const struct algorithms *algorithms,
			     const struct algorithms_wish *wish, size_t place,
			     char *out, size_t size)
{
	struct wished lists[ALGORITHMS_LISTS];
	struct algorithms_order ignored;
	const char *at, *word;
	char told[160];
	size_t len, n = 0;

	wish_lists(wish, lists);
	at = lists[place].list;
	if (at == NULL || take_mark(&at) == '-')
		return false;
	while (next_word(&at, &word, &len)) {
		ignored.n = 0;
		if (add_matching(algorithms, lists[place].from, word, len,
				 &ignored))
			continue;
		tell_word(algorithms, lists[place].from, word, len, told,
			  sizeof(told));
		if (n < size)
			n += (size_t)snprintf(
				out + n, size - n, "%s%s%s",
				n == 0 ? kinds[lists[place].from].key : "",
				n == 0 ? ": " : "; ",
				told); /* not negative: no %ls */
	}
	return n > 0;
}

void algorithms_keep_spoken(const struct algorithms *algorithms,
			    enum kexinit_kind kind, const char *list,
			    char out[ALGORITHMS_LIST])
{
	struct algorithms_order kept = {.n = 0};

	add_words(algorithms, kind, list, &kept);
	out[0] = '\0';
	for (size_t i = 0; i < kept.n; i++)
		list_add(out, kinds[kind].algorithms[kept.row[i]].name);
	if (kept.n == 0)
		(void)snprintf(out, ALGORITHMS_LIST, "%s", list);
}

/* ---- what a server has in common */

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

/* Write what would have this one offered, which the library speaks. */
static void advise_offer(const struct algorithms *algorithms,
			 enum kexinit_kind kind, const struct algorithm *at,
			 char *out, size_t size)
{
	if (algorithms->listed[kind] || at->rank == NAMED)
		(void)snprintf(out, size, "%s: +%s adds it", kinds[kind].key,
			       at->name);
	else
		(void)snprintf(out, size, "legacy: true adds older ones");
}

/* What of theirs is the first to be had: by a list that leaves it out, else by
 * what netfan does not like or the library does not speak. NULL: nothing. */
static const struct algorithm *
nearest_common(const struct algorithms *algorithms, enum kexinit_kind kind,
	       const struct kexinit_list *theirs)
{
	const struct algorithm *at, *first = NULL;

	for (at = kinds[kind].algorithms; at->name != NULL; at++) {
		if (!kexinit_lists(theirs, at->name))
			continue;
		if (spoken(algorithms, kind, at) && allowed(algorithms, at))
			return at;
		if (first == NULL)
			first = at;
	}
	return first;
}

/* Write what would give something in common. */
static void advise(const struct algorithms *algorithms, enum kexinit_kind kind,
		   const struct kexinit_list *theirs, char *out, size_t size)
{
	const struct algorithm *at = nearest_common(algorithms, kind, theirs);

	if (at == NULL)
		(void)snprintf(out, size, "no libssh2 speaks any of them");
	else if (spoken(algorithms, kind, at))
		advise_offer(algorithms, kind, at, out, size);
	else
		tell_word(algorithms, kind, at->name, strlen(at->name), out,
			  size);
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
	char ours[ALGORITHMS_LIST] = "", said[THEIRS_MAX], advice[96];

	list_offered(algorithms, kind, NULL, ours);
	name_theirs(theirs, said);
	advise(algorithms, kind, theirs, advice, sizeof(advice));
	return error_set(err, NF_NO_COMMON_ALGORITHM,
			 "no common %s: it offers %s; netfan offers %.*s (%s)",
			 kinds[kind].what, said, OURS_MAX, ours, advice);
}

/* Find the algorithm that both agree on: of ours the first that they offer, or
 * NULL. */
static const struct algorithm *agreed(const struct algorithms *algorithms,
				      enum kexinit_kind kind,
				      const struct kexinit_list *theirs)
{
	const struct algorithms_order *order = &algorithms->offered[kind];

	for (size_t i = 0; i < order->n; i++) {
		const struct algorithm *at =
			&kinds[kind].algorithms[order->row[i]];

		if (kexinit_lists(theirs, at->name))
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
