/* Host keys: a known_hosts file, indexed by name. */
#include "session/hostkeys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include "base/error.h"
#include "session/hostfile.h"
#include "session/hostline.h"

#define FINGERPRINT_MARK "SHA256:"

struct lines {
	struct hostline *at;
	size_t len;
	size_t cap;
};

struct hostkeys {
	char *bytes; /* the file; every line points into it */
	struct lines plain; /* one name each, by name, then as in the file */
	struct lines scanned; /* patterns and hashed names, as in the file */
	EVP_MAC_CTX *hmac; /* for hashed names; NULL when there are none */
};

/* ---- the index */

static int lines_add(struct lines *lines, const struct hostline *line)
{
	if (lines->len == lines->cap) {
		size_t cap = lines->cap != 0 ? lines->cap * 2 : 64;
		struct hostline *at = realloc(lines->at, cap * sizeof(*at));

		if (at == NULL)
			return -1;
		lines->at = at;
		lines->cap = cap;
	}
	lines->at[lines->len++] = *line;
	return 0;
}

/* A line of plain names becomes as many lines of one name. */
static int add_plain(struct lines *plain, struct hostline line)
{
	char *rest = line.names;

	while (rest != NULL) {
		line.names = strsep(&rest, ",");
		if (*line.names != '\0' && lines_add(plain, &line) == -1)
			return -1;
	}
	return 0;
}

/* Only now, so that a lookup later need not fail for it. */
static EVP_MAC_CTX *hmac_new(void)
{
	char digest[] = "SHA1";
	const OSSL_PARAM params[] = {
		OSSL_PARAM_utf8_string(OSSL_MAC_PARAM_DIGEST, digest,
				       sizeof(digest) - 1),
		OSSL_PARAM_END,
	};
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(mac);

	EVP_MAC_free(mac); /* ctx has its own hold on it */
	if (ctx != NULL && EVP_MAC_CTX_set_params(ctx, params) != 1) {
		EVP_MAC_CTX_free(ctx);
		return NULL;
	}
	return ctx;
}

static int add_line(struct hostkeys *known, const struct hostline *line,
		    struct nf_error *err)
{
	int rc;

	if (line->kind == HOSTLINE_HASHED && known->hmac == NULL) {
		known->hmac = hmac_new();
		if (known->hmac == NULL)
			return error_set(err, NF_SYSTEM,
					 "known hosts: libcrypto has no "
					 "HMAC-SHA1 for hashed names");
	}
	rc = line->kind == HOSTLINE_PLAIN ? add_plain(&known->plain, *line)
					  : lines_add(&known->scanned, line);
	return rc == -1 ? error_sys(err, NF_SYSTEM, "known hosts") : 0;
}

static int add_lines(struct hostkeys *known, size_t len, struct nf_error *err)
{
	char *at = known->bytes;
	char *end = at + len;

	while (at < end) {
		char *newline = memchr(at, '\n', (size_t)(end - at));
		char *stop = newline != NULL ? newline : end;
		struct hostline line;

		if (hostline_parse(&line, at, (size_t)(stop - at)) &&
		    add_line(known, &line, err) == -1)
			return -1;
		at = stop + 1;
	}
	return 0;
}

/* The keys of one name in the order of the file, where all of them point. */
static int compare(const void *left, const void *right)
{
	const struct hostline *a = left;
	const struct hostline *b = right;
	int order = strcmp(a->names, b->names);

	if (order != 0)
		return order;
	return (a->key > b->key) - (a->key < b->key);
}

/* Takes bytes, which have room for one more than len, also when it fails. */
static int index_bytes(struct hostkeys **out, char *bytes, size_t len,
		       struct nf_error *err)
{
	struct hostkeys *known = calloc(1, sizeof(*known));

	if (known == NULL) {
		error_sys(err, NF_SYSTEM, "known hosts");
		free(bytes);
		return -1;
	}
	known->bytes = bytes;
	if (add_lines(known, len, err) == -1) {
		hostkeys_free(known);
		return -1;
	}
	if (known->plain.len > 0)
		qsort(known->plain.at, known->plain.len,
		      sizeof(*known->plain.at), compare);
	*out = known;
	return 0;
}

/* ---- looking up */

struct search {
	const struct hostkeys *known;
	char name[HOSTLINE_NAME];
	size_t plain;
	size_t scanned;
};

/* The first line whose name is not below name. */
static size_t lower_bound(const struct lines *plain, const char *name)
{
	size_t from = 0;
	size_t to = plain->len;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (strcmp(plain->at[middle].names, name) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static int search_init(struct search *search, const struct hostkeys *known,
		       const char *host, uint16_t port)
{
	search->known = known;
	search->scanned = 0;
	if (hostline_name(search->name, host, port) == -1)
		return -1;
	search->plain = lower_bound(&known->plain, search->name);
	return 0;
}

/* The next line for the host, plain ones first; NULL when there is no more. */
static const struct hostline *search_next(struct search *search)
{
	const struct lines *plain = &search->known->plain;
	const struct lines *scanned = &search->known->scanned;

	if (search->plain < plain->len &&
	    strcmp(plain->at[search->plain].names, search->name) == 0)
		return &plain->at[search->plain++];
	while (search->scanned < scanned->len) {
		const struct hostline *line = &scanned->at[search->scanned++];

		if (hostline_matches(line, search->name, search->known->hmac))
			return line;
	}
	return NULL;
}

static bool has_key(const struct hostline *line, const uint8_t *key, size_t len)
{
	return line->key_len == len && memcmp(line->key, key, len) == 0;
}

static bool has_type(const char **types, size_t ntypes, const char *type)
{
	for (size_t i = 0; i < ntypes; i++)
		if (strcmp(types[i], type) == 0)
			return true;
	return false;
}

/* ---- the interface */

int hostkeys_load(struct hostkeys **out, const char *path, struct nf_error *err)
{
	char *bytes;
	size_t len;

	if (hostfile_read(&bytes, &len, path, err) == -1)
		return -1;
	return index_bytes(out, bytes, len, err);
}

int hostkeys_parse(struct hostkeys **out, const char *bytes, size_t len,
		   struct nf_error *err)
{
	char *copy;

	if (len > HOSTFILE_MAX)
		return error_set(err, NF_INVALID, "known hosts: too large");
	copy = malloc(len + 1);
	if (copy == NULL)
		return error_sys(err, NF_SYSTEM, "known hosts");
	if (len > 0)
		memcpy(copy, bytes, len);
	return index_bytes(out, copy, len, err);
}

void hostkeys_free(struct hostkeys *known)
{
	if (known == NULL)
		return;
	EVP_MAC_CTX_free(known->hmac);
	free(known->scanned.at);
	free(known->plain.at);
	free(known->bytes);
	free(known);
}

enum hostkeys_verdict hostkeys_check(const struct hostkeys *known,
				     const char *host, uint16_t port,
				     const char *type, const uint8_t *key,
				     size_t len)
{
	enum hostkeys_verdict verdict = HOSTKEYS_UNKNOWN;
	const struct hostline *line;
	struct search search;

	if (search_init(&search, known, host, port) == -1)
		return HOSTKEYS_UNKNOWN;
	while ((line = search_next(&search)) != NULL) {
		bool same = has_key(line, key, len);

		if (line->revoked && same)
			return HOSTKEYS_REVOKED;
		if (line->revoked)
			continue;
		if (same && strcmp(line->type, type) == 0)
			verdict = HOSTKEYS_MATCH;
		else if (verdict == HOSTKEYS_UNKNOWN)
			verdict = HOSTKEYS_CHANGED;
	}
	return verdict;
}

size_t hostkeys_types(const struct hostkeys *known, const char *host,
		      uint16_t port, const char **types, size_t max)
{
	const struct hostline *line;
	struct search search;
	size_t ntypes = 0;

	if (search_init(&search, known, host, port) == -1)
		return 0;
	while (ntypes < max && (line = search_next(&search)) != NULL)
		if (!line->revoked && !has_type(types, ntypes, line->type))
			types[ntypes++] = line->type;
	return ntypes;
}

void hostkeys_fingerprint(const uint8_t *key, size_t len,
			  char out[HOSTKEYS_FINGERPRINT])
{
	uint8_t digest[SHA256_DIGEST_LENGTH];
	char text[(SHA256_DIGEST_LENGTH + 2) / 3 * 4 + 1];

	/* Fails when memory is short: nothing that looks like a print, then. */
	if (EVP_Digest(key, len, digest, NULL, EVP_sha256(), NULL) != 1) {
		(void)snprintf(out, HOSTKEYS_FINGERPRINT, FINGERPRINT_MARK "?");
		return;
	}
	(void)EVP_EncodeBlock((uint8_t *)text, digest, sizeof(digest));
	(void)snprintf(out, HOSTKEYS_FINGERPRINT, FINGERPRINT_MARK "%.43s",
		       text);
}
