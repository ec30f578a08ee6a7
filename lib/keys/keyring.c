/* The keys of all devices, each read once. */
#include "keys/keyring.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/home.h"
#include "keys/certificate.h"
#include "keys/key_file.h"
#include "secrets/arena.h"

#define CERTIFICATE_BESIDE "-cert.pub"

/* The best first; ssh(1) makes them by these names. */
static const char *const defaults[] = {
	".ssh/id_ed25519",
	".ssh/id_ecdsa",
	".ssh/id_rsa",
};

/* A file that was read, with one passphrase. */
struct entry {
	char *path;
	const char *passphrase; /* borrowed */
	struct key key; /* or: */
	struct key_blob certificate; /* or: */
	struct nf_error failure;
	struct entry *older;
};

/* A key with a certificate that it was given: all else is an entry's. */
struct certified {
	struct key key;
	struct certified *older;
};

/* The answer to a wish. */
struct answer {
	struct keyring_wish wish;
	struct keyring_keys keys;
	struct answer *older;
};

struct keyring {
	const struct nf_log *log;
	struct secrets secrets;
	struct entry *entries;
	struct certified *certified;
	struct answer *answers;
	size_t nread;
};

static int no_memory(struct nf_error *err)
{
	return error_sys(err, NF_SYSTEM, "no memory for keys");
}

static void note(const struct keyring *ring, const struct nf_error *why)
{
	if (ring->log != NULL && ring->log->line != NULL)
		ring->log->line(ring->log->arg, why->message);
}

static bool same(const char *one, const char *two)
{
	return one == two ||
	       (one != NULL && two != NULL && strcmp(one, two) == 0);
}

/* ---- files */

/* Read the certificate beside a key. One that is of no use costs nothing. */
static void read_beside(const struct keyring *ring, struct entry *entry)
{
	struct certificate certificate;
	struct key_blob blob;
	struct nf_error why;
	char *path;
	int rc;

	if (asprintf(&path, "%s" CERTIFICATE_BESIDE, entry->path) == -1)
		return;
	rc = key_file_read_certificate(&blob, path, &why);
	if (rc == 1) {
		(void)certificate_parse(&certificate, blob.at, blob.len);
		if (certificate_is_of(&certificate, &entry->key.blob)) {
			entry->key.certificate = blob;
		} else {
			(void)error_set(&why, NF_INVALID,
					"key %.240s: it is the certificate of "
					"another key",
					path);
			free(blob.at);
			rc = -1;
		}
	}
	free(path);
	if (rc == -1)
		note(ring, &why);
}

static void read_entry(struct keyring *ring, struct entry *entry)
{
	int rc;

	ring->nread++;
	rc = key_file_read_certificate(&entry->certificate, entry->path,
				       &entry->failure);
	if (rc == 1)
		return;
	if (rc == 0)
		rc = key_file_read(&entry->key, entry->path, entry->passphrase,
				   &ring->secrets, &entry->failure);
	if (rc == 0)
		read_beside(ring, entry);
}

/* Find a file by its path, which is freed, or read it. NULL without memory. */
static const struct entry *get_entry(struct keyring *ring, char *path,
				     const char *passphrase)
{
	struct entry *entry = ring->entries;

	while (entry != NULL && (strcmp(entry->path, path) != 0 ||
				 !same(entry->passphrase, passphrase)))
		entry = entry->older;
	if (entry == NULL)
		entry = calloc(1, sizeof(*entry));
	if (entry == NULL || entry->path != NULL) {
		free(path);
		return entry;
	}
	entry->path = path;
	entry->passphrase = passphrase;
	entry->older = ring->entries;
	ring->entries = entry;
	read_entry(ring, entry);
	return entry;
}

/* ---- wishes */

/* The files of a wish, as they are put together. */
struct gathering {
	struct keyring *ring;
	const struct keyring_wish *wish;
	const struct key **keys; /* found so far */
	size_t nkeys;
	const struct entry **certificates;
	size_t ncertificates;
	struct nf_error *failure; /* the first */
	struct nf_error *locked; /* likewise, of those to be passed over */
	struct credentials *wrong; /* of that failure */
};

static void fail(struct gathering *gathering, const struct nf_error *why)
{
	bool locked = why->code == NF_AUTH_FAILED && why->sys_errno == ENOKEY;
	struct nf_error *first =
		locked ? gathering->locked : gathering->failure;

	if (first->code == NF_OK)
		*first = *why;
}

static void fail_entry(struct gathering *gathering, const struct entry *entry)
{
	if (gathering->failure->code == NF_OK &&
	    entry->failure.sys_errno == EKEYREJECTED)
		*gathering->wrong = (struct credentials){
			.username = entry->path, .password = entry->passphrase};
	fail(gathering, &entry->failure);
}

static bool has_key(const struct gathering *gathering, const struct key *key)
{
	for (size_t i = 0; i < gathering->nkeys; i++) {
		const struct key_blob *blob = &gathering->keys[i]->blob;

		if (blob->len == key->blob.len &&
		    memcmp(blob->at, key->blob.at, blob->len) == 0)
			return true;
	}
	return false;
}

/* Make room for one of each more. */
static int grow(struct gathering *gathering)
{
	const struct key **keys =
		reallocarray(gathering->keys, gathering->nkeys + 1,
			     sizeof(const struct key *));
	const struct entry **certificates;

	if (keys == NULL)
		return -1;
	gathering->keys = keys;
	certificates = reallocarray(gathering->certificates,
				    gathering->ncertificates + 1,
				    sizeof(const struct entry *));
	if (certificates == NULL)
		return -1;
	gathering->certificates = certificates;
	return 0;
}

static void take_key(struct gathering *gathering, const struct key *key)
{
	if (!has_key(gathering, key))
		gathering->keys[gathering->nkeys++] = key;
}

static void take(struct gathering *gathering, const struct entry *entry)
{
	if (entry->certificate.at != NULL)
		gathering->certificates[gathering->ncertificates++] = entry;
	else
		take_key(gathering, &entry->key);
}

/* Is a private part missing that an agent may have? */
static bool lacks_private(const struct nf_error *failure)
{
	return failure->sys_errno == ENOKEY || failure->sys_errno == ENOENT;
}

/* The agent's key that a file without a private part is of, or NULL. A public one
 * need not be the user's alone. */
static const struct key *find_agents(const struct gathering *gathering,
				     const struct entry *entry)
{
	const struct agent_keys *agent = gathering->wish->agent;
	const struct key *key = NULL;
	struct key_blob blob;

	if (agent == NULL || entry->failure.code == NF_OK ||
	    !key_file_find_public(&blob, entry->path,
				  lacks_private(&entry->failure)))
		return NULL;
	key = agent_keys_find(agent, &blob);
	free(blob.at);
	return key;
}

/* Add a path, which is freed; NULL stands for memory that was short. */
static int add_path(struct gathering *gathering, char *path,
		    struct nf_error *err)
{
	const struct entry *entry;
	const struct key *agents;

	if (path == NULL || grow(gathering) == -1) {
		free(path);
		return no_memory(err);
	}
	entry = get_entry(gathering->ring, path, gathering->wish->passphrase);
	if (entry == NULL)
		return no_memory(err);
	agents = find_agents(gathering, entry);
	if (entry->failure.code == NF_OK)
		take(gathering, entry);
	else if (agents != NULL)
		take_key(gathering, agents);
	else
		fail_entry(gathering, entry);
	return 0;
}

/* add_path() of a key that need not be there, nor be of use; nor be told of where
 * nothing gets in, as it is locked, if that is said. */
static int add_optional(struct gathering *gathering, char *path, bool locked,
			struct nf_error *err)
{
	struct nf_error *failure = gathering->failure;
	struct nf_error *was_locked = gathering->locked;
	const struct credentials wrong = *gathering->wrong;
	struct nf_error why = {.code = NF_OK};
	size_t nread = gathering->ring->nread;
	int rc;

	gathering->failure = &why;
	if (locked)
		gathering->locked = &why;
	rc = add_path(gathering, path, err);
	gathering->failure = failure;
	gathering->locked = was_locked;
	*gathering->wrong = wrong; /* it costs no login */
	if (why.code != NF_OK && why.sys_errno != ENOENT &&
	    gathering->ring->nread > nread)
		note(gathering->ring, &why);
	return rc;
}

/* Add the paths of a list with commas between, blanks beside which are skipped.
 */
static int add_list(struct gathering *gathering, const char *list,
		    struct nf_error *err)
{
	while (list != NULL && *list != '\0') {
		size_t len = strcspn(list, ","), word = len;
		char *path;
		int rc = 0;

		while (word > 0 && list[word - 1] == ' ')
			word--;
		path = strndup(list, word);
		if (path == NULL)
			return no_memory(err);
		if (*path != '\0')
			rc = gathering->wish->optional
				     ? add_optional(gathering,
						    home_expand(path), false,
						    err)
				     : add_path(gathering, home_expand(path),
						err);
		free(path);
		if (rc == -1)
			return -1;
		list += len + (list[len] == ',');
		list += strspn(list, " ");
	}
	return 0;
}

/* Add those of the default keys that are there and of use. */
static int add_defaults(struct gathering *gathering, struct nf_error *err)
{
	int rc = 0;

	for (size_t i = 0;
	     i < sizeof(defaults) / sizeof(defaults[0]) && rc == 0; i++)
		rc = add_optional(gathering, home_path(defaults[i]), true, err);
	return rc;
}

/* Add the agent's keys behind those of files. */
static int add_agents(struct gathering *gathering, struct nf_error *err)
{
	const struct agent_keys *agent = gathering->wish->agent;

	if (agent == NULL || gathering->wish->only_files)
		return 0;
	for (size_t i = 0; i < agent->n; i++) {
		if (grow(gathering) == -1)
			return no_memory(err);
		take_key(gathering, &agent->at[i]);
	}
	return 0;
}

/* Add the agent's keys that certificates are of: they are named by these. */
static int add_certified(struct gathering *gathering, struct nf_error *err)
{
	const struct agent_keys *agent = gathering->wish->agent;
	size_t n = agent != NULL ? agent->n : 0;

	for (size_t i = 0; i < gathering->ncertificates; i++) {
		const struct key_blob *blob =
			&gathering->certificates[i]->certificate;
		struct certificate certificate;

		(void)certificate_parse(&certificate, blob->at, blob->len);
		for (size_t k = 0; k < n; k++) {
			if (!certificate_is_of(&certificate,
					       &agent->at[k].blob))
				continue;
			if (grow(gathering) == -1)
				return no_memory(err);
			take_key(gathering, &agent->at[k]);
		}
	}
	return 0;
}

static int add_all(struct gathering *gathering, struct nf_error *err)
{
	const struct keyring_wish *wish = gathering->wish;

	for (size_t i = 0; i < wish->nfiles; i++) {
		if (add_path(gathering, home_expand(wish->files[i]), err) == -1)
			return -1;
	}
	if (add_list(gathering, wish->list, err) == -1)
		return -1;
	if (wish->defaults && add_defaults(gathering, err) == -1)
		return -1;
	return add_certified(gathering, err) == -1 ? -1
						   : add_agents(gathering, err);
}

/* The same key, with that certificate. */
static int certify(struct keyring *ring, const struct key **key,
		   const struct key_blob *blob)
{
	struct certified *certified = malloc(sizeof(*certified));

	if (certified == NULL)
		return -1;
	certified->key = **key;
	certified->key.certificate = *blob;
	certified->older = ring->certified;
	ring->certified = certified;
	*key = &certified->key;
	return 0;
}

static void fail_certificate(struct gathering *gathering,
			     const struct nf_error *why)
{
	if (gathering->wish->optional)
		note(gathering->ring, why);
	else
		fail(gathering, why);
}

/* Give each certificate to its key. */
static int certify_all(struct gathering *gathering, struct nf_error *err)
{
	for (size_t i = 0; i < gathering->ncertificates; i++) {
		const struct entry *entry = gathering->certificates[i];
		struct certificate certificate;
		struct nf_error why = {.code = NF_OK};
		size_t k = 0;

		(void)certificate_parse(&certificate, entry->certificate.at,
					entry->certificate.len);
		while (k < gathering->nkeys &&
		       !certificate_is_of(&certificate,
					  &gathering->keys[k]->blob))
			k++;
		if (k == gathering->nkeys) {
			(void)error_set(&why, NF_INVALID,
					"key %.240s: it is a certificate, and "
					"no key that it is of is named",
					entry->path);
			fail_certificate(gathering, &why);
		} else if (certify(gathering->ring, &gathering->keys[k],
				   &entry->certificate) == -1) {
			return no_memory(err);
		}
	}
	return 0;
}

static bool equal_wishes(const struct keyring_wish *one,
			 const struct keyring_wish *two)
{
	return one->files == two->files && one->nfiles == two->nfiles &&
	       one->agent == two->agent && one->defaults == two->defaults &&
	       one->optional == two->optional &&
	       one->only_files == two->only_files &&
	       same(one->list, two->list) &&
	       same(one->passphrase, two->passphrase);
}

int keyring_get(struct keyring *ring, const struct keyring_wish *wish,
		const struct keyring_keys **out, struct nf_error *err)
{
	struct answer *answer = ring->answers;
	struct gathering gathering = {.ring = ring, .wish = wish};

	while (answer != NULL && !equal_wishes(&answer->wish, wish))
		answer = answer->older;
	if (answer != NULL) {
		*out = &answer->keys;
		return 0;
	}
	answer = calloc(1, sizeof(*answer));
	if (answer == NULL)
		return no_memory(err);
	gathering.failure = &answer->keys.failure;
	gathering.locked = &answer->keys.locked;
	gathering.wrong = &answer->keys.wrong;
	if (add_all(&gathering, err) == -1 ||
	    certify_all(&gathering, err) == -1) {
		free(gathering.keys);
		free(gathering.certificates);
		free(answer);
		return -1;
	}
	free(gathering.certificates);
	answer->wish = *wish;
	answer->keys.keys = (struct login_keys){
		.at = gathering.keys,
		.n = gathering.nkeys,
		.locked = answer->keys.locked.code != NF_OK
				  ? answer->keys.locked.message
				  : NULL};
	answer->older = ring->answers;
	ring->answers = answer;
	*out = &answer->keys;
	return 0;
}

size_t keyring_nread(const struct keyring *ring)
{
	return ring->nread;
}

int keyring_new(struct keyring **out, const struct nf_log *log,
		struct nf_error *err)
{
	struct keyring *ring = calloc(1, sizeof(*ring));

	if (ring == NULL)
		return no_memory(err);
	ring->log = log;
	ring->secrets.lock = true;
	*out = ring;
	return 0;
}

static void free_entries(struct entry *entry)
{
	struct entry *older;

	for (; entry != NULL; entry = older) {
		older = entry->older;
		free(entry->path);
		free(entry->certificate.at);
		key_release(&entry->key);
		free(entry);
	}
}

void keyring_free(struct keyring *ring)
{
	if (ring == NULL)
		return;
	for (struct answer *at = ring->answers, *older; at != NULL;
	     at = older) {
		older = at->older;
		free((void *)(uintptr_t)at->keys.keys.at);
		free(at);
	}
	for (struct certified *at = ring->certified, *older; at != NULL;
	     at = older) {
		older = at->older;
		free(at);
	}
	free_entries(ring->entries);
	secrets_release(&ring->secrets);
	free(ring);
}
