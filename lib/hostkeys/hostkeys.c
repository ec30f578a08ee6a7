/* Host keys: the keys that a known_hosts file has for given hosts. */
#include "hostkeys/hostkeys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/sha.h>

#include "base/clock.h"
#include "base/error.h"
#include "hostkeys/hosthash.h"
#include "hostkeys/known_hosts_line.h"

#define FINGERPRINT_MARK "SHA256:"
#define CHECK_US 100000 /* between two checks whether to stop */
#define NONE SIZE_MAX

/* A key of a line that names one of the hosts. */
struct key {
	const char *type;
	const uint8_t *bytes;
	const char *path; /* borrowed */
	size_t line;
	uint32_t len;
	enum known_hosts_kind kind;
	bool revoked;
	bool authority;
};

/* A key of a name, and the next one. */
struct link {
	size_t key;
	size_t next;
};

/* The keys of a name: its first and last link, NONE without any. */
struct chain {
	size_t first, last;
	bool known; /* one of its keys is its own, and not revoked */
	bool certified; /* one of its keys is an authority's */
	bool listed; /* among the names that are looked for now */
};

struct hostkeys {
	struct hostnames names;
	struct chain *chains; /* one for each of names.at[] */
	struct strings texts; /* the keys' */
	const char *path; /* of what is read; borrowed */
	struct key *keys;
	size_t nkeys, keys_cap;
	struct link *links;
	size_t nlinks, links_cap;
};

/* Lines to be matched later, as no index finds their names. */
struct lines {
	struct known_hosts_line *at;
	size_t n, cap;
};

struct reading {
	struct hostkeys *known;
	struct lines hashed; /* those whose name is not yet found */
	struct lines patterns;
	struct hosthash *hash;
	const struct hostkeys_progress *progress;
	int64_t begun_us;
	int64_t checked_us;
	bool noted;
	struct nf_error *err;
};

/* Make room for one more than n elements: the array, or NULL. */
static void *grow(void *array, size_t n, size_t *cap, size_t size)
{
	size_t wanted = *cap != 0 ? *cap * 2 : 64;

	if (n < *cap)
		return array;
	array = reallocarray(array, wanted, size);
	if (array != NULL)
		*cap = wanted;
	return array;
}

static int fault_memory(struct nf_error *err)
{
	return error_sys(err, NF_SYSTEM, "known hosts");
}

/* ---- what is kept */

/* Keep the key of a line, as the last of known->keys. */
static int keep_key(struct hostkeys *known, const struct known_hosts_line *line)
{
	struct key *keys = grow(known->keys, known->nkeys, &known->keys_cap,
				sizeof(*keys));
	const char *type =
		strings_add(&known->texts, line->type, strlen(line->type));
	const char *bytes = strings_add(&known->texts, (const char *)line->key,
					line->key_len);

	if (keys != NULL)
		known->keys = keys;
	if (keys == NULL || type == NULL || bytes == NULL)
		return -1;
	keys[known->nkeys++] = (struct key){
		.type = type,
		.bytes = (const uint8_t *)bytes,
		.len = line->key_len,
		.path = known->path,
		.line = line->number,
		.kind = line->kind,
		.revoked = line->revoked,
		.authority = line->authority,
	};
	return 0;
}

/* Keep the key of a line for a name. *key is its place among the keys, NONE
 * before the line's first name. */
static int keep(struct hostkeys *known, size_t name,
		const struct known_hosts_line *line, size_t *key)
{
	struct chain *chain = &known->chains[name];
	struct link *links = grow(known->links, known->nlinks,
				  &known->links_cap, sizeof(*links));

	if (links == NULL)
		return -1;
	known->links = links;
	if (*key == NONE) {
		if (keep_key(known, line) == -1)
			return -1;
		*key = known->nkeys - 1;
	}
	links[known->nlinks] = (struct link){.key = *key, .next = NONE};
	if (chain->first == NONE)
		chain->first = known->nlinks;
	else
		links[chain->last].next = known->nlinks;
	chain->last = known->nlinks++;
	chain->known |= !line->revoked && !line->authority;
	chain->certified |= line->authority;
	return 0;
}

/* ---- plain names and patterns */

static int match_plain(struct hostkeys *known,
		       const struct known_hosts_line *line)
{
	char *rest = line->names;
	size_t key = NONE;

	while (rest != NULL) {
		size_t name = hostnames_find(&known->names, strsep(&rest, ","));

		if (name != HOSTNAMES_NONE &&
		    keep(known, name, line, &key) == -1)
			return -1;
	}
	return 0;
}

static int match_patterns(struct hostkeys *known,
			  const struct known_hosts_line *line)
{
	size_t key = NONE;

	for (size_t i = 0; i < known->names.n; i++) {
		if (known_hosts_line_matches(line, known->names.at[i].text) &&
		    keep(known, i, line, &key) == -1)
			return -1;
	}
	return 0;
}

/* ---- hashed names */

static void note_progress(struct reading *reading, size_t nnames, size_t line)
{
	const struct hostkeys_progress *progress = reading->progress;
	char text[256];

	reading->noted = true;
	if (progress->log == NULL || progress->log->line == NULL)
		return;
	(void)snprintf(
		text, sizeof(text),
		"%s: matching %zu hosts with %zu hashed names: at number "
		"%zu after %lld s; a file of plain names takes no time",
		progress->path, nnames, reading->hashed.n, line,
		(long long)((mono_us() - reading->begun_us) / 1000000));
	progress->log->line(progress->log->arg, text);
}

/* Log once that reading takes long, and check now and then whether to stop. */
static int check_progress(struct reading *reading, size_t nnames, size_t line)
{
	const struct hostkeys_progress *progress = reading->progress;
	int64_t now_us = mono_us();

	if (progress == NULL)
		return 0;
	if (!reading->noted &&
	    now_us - reading->begun_us >= progress->note_after_us)
		note_progress(reading, nnames, line);
	if (now_us - reading->checked_us < CHECK_US ||
	    progress->stopped == NULL)
		return 0;
	reading->checked_us = now_us;
	return progress->stopped(progress->arg)
		       ? error_set(reading->err, NF_CANCELLED,
				   "%s: stopped while hashed names were "
				   "matched",
				   progress->path)
		       : 0;
}

/*
 * Find the name of a line in the list: its place, or n when it is not there.
 * Most files were written in the order of some inventory, so the search begins
 * at the name of the line before: this line has that name again, or the next.
 */
static int find_hashed(struct reading *reading,
		       const struct known_hosts_line *line, const size_t *list,
		       size_t n, size_t *found)
{
	const struct hostname *names = reading->known->names.at;
	size_t at = *found;
	int rc = hosthash_begin(reading->hash, line->hash);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		const struct hostname *name = &names[list[at]];

		*found = at;
		at = at + 1 < n ? at + 1 : 0;
		rc = hosthash_matches(reading->hash, name->text, name->len);
	}
	if (rc == 0)
		*found = n;
	/* To pass the line over would make another key of its host seem new. */
	return rc == -1 ? error_set(reading->err, NF_SYSTEM,
				    "known hosts: HMAC-SHA1 failed")
			: 0;
}

/* Keep the keys of lines whose name is on the list, and drop these lines: a
 * hashed line has one name. */
static int match_hashed(struct reading *reading, const size_t *list, size_t n)
{
	struct lines *hashed = &reading->hashed;
	size_t left = 0, last = 0;

	for (size_t i = 0; n > 0 && i < hashed->n; i++) {
		struct known_hosts_line *line = &hashed->at[i];
		size_t found = last;
		size_t key = NONE;

		if (check_progress(reading, n, i + 1) == -1 ||
		    find_hashed(reading, line, list, n, &found) == -1)
			return -1;
		if (found == n) {
			hashed->at[left++] = *line;
			continue;
		}
		last = found;
		if (keep(reading->known, list[found], line, &key) == -1)
			return fault_memory(reading->err);
	}
	if (n > 0)
		hashed->n = left;
	return 0;
}

/* List the portless names of hosts of which nothing is known, each once. Those
 * that another host has as its own were looked for as such. */
static size_t list_portless(struct hostkeys *known, size_t *list)
{
	const struct hostnames *names = &known->names;
	size_t n = 0;

	for (size_t i = 0; i < names->nown; i++) {
		size_t portless = names->at[names->own[i]].portless;

		if (known->chains[names->own[i]].known ||
		    portless == HOSTNAMES_NONE || names->at[portless].own ||
		    known->chains[portless].listed)
			continue;
		known->chains[portless].listed = true;
		list[n++] = portless;
	}
	for (size_t i = 0; i < n; i++)
		known->chains[list[i]].listed = false;
	return n;
}

static int match_all_hashed(struct reading *reading)
{
	const struct hostnames *names = &reading->known->names;
	size_t *portless;
	int rc;

	if (reading->hashed.n == 0 || names->nown == 0)
		return 0;
	portless = calloc(names->nown, sizeof(*portless));
	if (portless == NULL)
		return fault_memory(reading->err);
	rc = hosthash_new(&reading->hash, reading->err);
	if (rc == 0)
		rc = match_hashed(reading, names->own, names->nown);
	if (rc == 0)
		rc = match_hashed(reading, portless,
				  list_portless(reading->known, portless));
	hosthash_free(reading->hash);
	free(portless);
	return rc;
}

/* ---- reading */

static int defer(struct lines *lines, const struct known_hosts_line *line)
{
	struct known_hosts_line *at =
		grow(lines->at, lines->n, &lines->cap, sizeof(*at));

	if (at == NULL)
		return -1;
	lines->at = at;
	at[lines->n++] = *line;
	return 0;
}

static int take_line(struct reading *reading,
		     const struct known_hosts_line *line)
{
	switch (line->kind) {
	case KNOWN_HOSTS_PLAIN:
		return match_plain(reading->known, line);
	case KNOWN_HOSTS_PATTERN:
		return defer(&reading->patterns, line);
	case KNOWN_HOSTS_HASHED:
		return defer(&reading->hashed, line);
	}
	return -1;
}

static int take_lines(struct reading *reading, char *text, size_t len)
{
	char *end = text + len;
	size_t number = 0;

	while (text < end) {
		char *newline = memchr(text, '\n', (size_t)(end - text));
		char *stop = newline != NULL ? newline : end;
		struct known_hosts_line line;

		number++;
		if (known_hosts_line_parse(&line, text,
					   (size_t)(stop - text))) {
			line.number = number;
			if (take_line(reading, &line) == -1)
				return fault_memory(reading->err);
		}
		text = stop + 1;
	}
	return 0;
}

static int match_all_patterns(struct reading *reading)
{
	const struct lines *patterns = &reading->patterns;

	for (size_t i = 0; i < patterns->n; i++) {
		if (match_patterns(reading->known, &patterns->at[i]) == -1)
			return fault_memory(reading->err);
	}
	return 0;
}

int hostkeys_read(struct hostkeys *known, char *text, size_t len,
		  const struct hostkeys_progress *progress,
		  struct nf_error *err)
{
	struct reading reading = {
		.known = known,
		.progress = progress,
		.begun_us = mono_us(),
		.err = err,
	};
	int rc;

	known->path = progress != NULL ? progress->path : NULL;
	rc = take_lines(&reading, text, len);
	if (rc == 0)
		rc = match_all_hashed(&reading);
	if (rc == 0)
		rc = match_all_patterns(&reading);
	free(reading.patterns.at);
	free(reading.hashed.at);
	return rc;
}

int hostkeys_new(struct hostkeys **out, const struct host *hosts, size_t n,
		 struct nf_error *err)
{
	struct hostkeys *known = calloc(1, sizeof(*known));

	if (known == NULL)
		return fault_memory(err);
	if (hostnames_init(&known->names, hosts, n) == -1)
		goto fail;
	known->chains = calloc(known->names.n + 1, sizeof(*known->chains));
	if (known->chains == NULL)
		goto fail;
	for (size_t i = 0; i < known->names.n; i++)
		known->chains[i] = (struct chain){.first = NONE, .last = NONE};
	*out = known;
	return 0;
fail:
	hostkeys_free(known);
	return fault_memory(err);
}

void hostkeys_free(struct hostkeys *known)
{
	if (known == NULL)
		return;
	free(known->links);
	free(known->keys);
	strings_release(&known->texts);
	free(known->chains);
	hostnames_release(&known->names);
	free(known);
}

/* ---- looking up */

static enum hostkeys_verdict judge(const struct hostkeys *known, size_t name,
				   const char *type, const uint8_t *bytes,
				   size_t len)
{
	enum hostkeys_verdict verdict = HOSTKEYS_UNKNOWN;

	for (size_t at = known->chains[name].first; at != NONE;
	     at = known->links[at].next) {
		const struct key *key = &known->keys[known->links[at].key];
		bool same =
			key->len == len && memcmp(key->bytes, bytes, len) == 0;

		if (key->revoked && same)
			return HOSTKEYS_REVOKED;
		if (key->revoked || key->authority)
			continue;
		if (same && strcmp(key->type, type) == 0)
			verdict = HOSTKEYS_MATCH;
		else if (verdict == HOSTKEYS_UNKNOWN)
			verdict = HOSTKEYS_CHANGED;
	}
	return verdict;
}

enum hostkeys_verdict hostkeys_check(const struct hostkeys *known,
				     const char *host, uint16_t port,
				     const char *type, const uint8_t *key,
				     size_t len)
{
	size_t name = hostnames_host(&known->names, host, port);
	enum hostkeys_verdict verdict;
	size_t portless;

	if (name == HOSTNAMES_NONE)
		return HOSTKEYS_CHANGED;
	verdict = judge(known, name, type, key, len);
	portless = known->names.at[name].portless;
	if (verdict != HOSTKEYS_UNKNOWN || portless == HOSTNAMES_NONE)
		return verdict;
	/* Port 22 may be another server, with a key of its own. */
	verdict = judge(known, portless, type, key, len);
	return verdict == HOSTKEYS_CHANGED ? HOSTKEYS_UNKNOWN : verdict;
}

bool hostkeys_has(const struct hostkeys *known, const char *host, uint16_t port)
{
	size_t name = hostnames_host(&known->names, host, port);

	return name != HOSTNAMES_NONE && known->chains[name].known;
}

bool hostkeys_has_authority(const struct hostkeys *known, const char *host,
			    uint16_t port)
{
	size_t name = hostnames_host(&known->names, host, port);
	size_t portless;

	if (name == HOSTNAMES_NONE)
		return false;
	portless = known->names.at[name].portless;
	return known->chains[name].certified ||
	       (portless != HOSTNAMES_NONE &&
		known->chains[portless].certified);
}

static int pass_on(const struct hostkeys *known, size_t name, bool portless,
		   int (*take)(void *arg, const struct hostkeys_entry *entry),
		   void *arg)
{
	for (size_t at = known->chains[name].first; at != NONE;
	     at = known->links[at].next) {
		const struct key *key = &known->keys[known->links[at].key];
		const struct hostkeys_entry entry = {
			.path = key->path,
			.line = key->line,
			.kind = key->kind,
			.portless = portless,
			.revoked = key->revoked,
			.authority = key->authority,
			.type = key->type,
			.key = key->bytes,
			.len = key->len,
		};

		if (take(arg, &entry) == -1)
			return -1;
	}
	return 0;
}

int hostkeys_each(const struct hostkeys *known, const char *host, uint16_t port,
		  int (*take)(void *arg, const struct hostkeys_entry *entry),
		  void *arg)
{
	size_t name = hostnames_host(&known->names, host, port);

	if (name == HOSTNAMES_NONE)
		return 0;
	if (pass_on(known, name, false, take, arg) == -1)
		return -1;
	name = known->names.at[name].portless;
	return name == HOSTNAMES_NONE ? 0
				      : pass_on(known, name, true, take, arg);
}

static bool has_type(const char **types, size_t ntypes, const char *type)
{
	for (size_t i = 0; i < ntypes; i++)
		if (strcmp(types[i], type) == 0)
			return true;
	return false;
}

size_t hostkeys_types(const struct hostkeys *known, const char *host,
		      uint16_t port, const char **types, size_t max)
{
	size_t name = hostnames_host(&known->names, host, port);
	size_t ntypes = 0;

	if (name != HOSTNAMES_NONE && !known->chains[name].known)
		name = known->names.at[name].portless;
	if (name == HOSTNAMES_NONE)
		return 0;
	for (size_t at = known->chains[name].first; at != NONE && ntypes < max;
	     at = known->links[at].next) {
		const struct key *key = &known->keys[known->links[at].key];

		if (!key->revoked && !key->authority &&
		    !has_type(types, ntypes, key->type))
			types[ntypes++] = key->type;
	}
	return ntypes;
}

void hostkeys_fingerprint(const uint8_t *key, size_t len,
			  char out[HOSTKEYS_FINGERPRINT])
{
	uint8_t digest[SHA256_DIGEST_LENGTH];
	char text[(SHA256_DIGEST_LENGTH + 2) / 3 * 4 + 1];

	/* Without memory: nothing that looks like a fingerprint. */
	if (EVP_Digest(key, len, digest, NULL, EVP_sha256(), NULL) != 1) {
		(void)snprintf(out, HOSTKEYS_FINGERPRINT, FINGERPRINT_MARK "?");
		return;
	}
	(void)EVP_EncodeBlock((uint8_t *)text, digest, sizeof(digest));
	(void)snprintf(out, HOSTKEYS_FINGERPRINT, FINGERPRINT_MARK "%.43s",
		       text);
}
