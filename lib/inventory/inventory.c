/* The inventory: files and entries read, checked and turned into devices. */
#include "inventory/inventory.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/strings.h"
#include "content/rules.h"
#include "credentials/secrets.h"
#include "inventory/device_parser.h"
#include "inventory/entry.h"
#include "inventory/names.h"
#include "inventory/yaml_index.h"
#include "platform/detect.h"
#include "yaml/fault.h"
#include "yaml/source.h"

#define PORT_SSH 22

struct nf_inventory {
	struct nf_platforms *platforms;
	bool own; /* the platforms are freed with the inventory */
	struct nf_log log;
	struct device *devices;
	size_t ndevices;
	size_t nhidden; /* behind them: hops, and what was not selected */
	size_t room; /* devices that fit */
	struct names names;
	struct strings strings;
	struct secrets secrets;
	struct accesses accesses;
	const char *username; /* who runs the program; NULL: not asked yet */
	const char **volatile_lines;
	size_t nvolatile_lines;
	bool closed; /* nothing can be added any more */
};

static void NF_PRINTF(2, 3)
	note(const struct nf_inventory *inv, const char *fmt, ...)
{
	char text[512];
	va_list args;

	if (inv->log.line == NULL)
		return;
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	inv->log.line(inv->log.arg, text);
}

/* ---- adding devices */

/* Devices that are to be added, all of them or none. */
struct batch {
	const char *path; /* NULL: from memory */
	bool shared; /* a file that others may read */
	const struct entry *entries;
	size_t n;
	const struct yaml_index *index; /* NULL: from memory */
};

static int reserve(struct nf_inventory *inv, size_t more, struct nf_error *err)
{
	size_t room = inv->ndevices + inv->nhidden + more;
	struct device *grown;

	if (room <= inv->room)
		return 0;
	if (room < inv->room * 2)
		room = inv->room * 2;
	grown = room < UINT32_MAX
			? reallocarray(inv->devices, room, sizeof(*grown))
			: NULL;
	if (grown == NULL)
		return error_set(err, NF_SYSTEM, "no memory for devices");
	inv->devices = grown;
	inv->room = room;
	return 0;
}

static int read_batch(struct nf_inventory *inv, const struct batch *batch,
		      struct nf_error *err)
{
	struct device_parser parser = {.path = batch->path,
				       .platforms = inv->platforms,
				       .strings = &inv->strings,
				       .secrets = &inv->secrets,
				       .accesses = &inv->accesses,
				       .username = inv->username};
	size_t first = batch->index != NULL ? 1 : inv->ndevices + 1;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < batch->n; i++)
		rc = device_parser_parse(
			&parser, &batch->entries[i],
			batch->index != NULL ? &batch->index->devices[i] : NULL,
			first + i, &inv->devices[inv->ndevices + i], err);
	inv->username = parser.username;
	return rc;
}

/* Settle the names of devices that were settled before, which cannot clash. */
static int settle_again(struct nf_inventory *inv, struct nf_error *err)
{
	struct names_duplicates none = {0};

	names_release(&inv->names);
	for (size_t i = 0; i < inv->ndevices; i++) {
		inv->devices[i].alike = false;
		if (inv->devices[i].unnamed)
			inv->devices[i].pub.name = NULL;
	}
	return names_settle(&inv->names, inv->devices, 0, &inv->ndevices,
			    &inv->strings, &none, err);
}

static void note_batch(const struct nf_inventory *inv,
		       const struct batch *batch, size_t from,
		       const struct names_duplicates *duplicates)
{
	bool passwords = false;

	for (size_t i = from; i < inv->ndevices; i++)
		passwords |= inv->devices[i].credentials.password != NULL ||
			     inv->devices[i].credentials.secret != NULL;
	if (passwords && batch->shared)
		note(inv, "%s: others may read the passwords in it: chmod 600",
		     batch->path);
	if (duplicates->count == 1)
		note(inv, "%s", duplicates->first);
	else if (duplicates->count > 1)
		note(inv, "%s (and %zu more)", duplicates->first,
		     duplicates->count - 1);
}

static int add_batch(struct nf_inventory *inv, const struct batch *batch,
		     struct nf_error *err)
{
	struct names_duplicates duplicates = {0};
	struct nf_error again;
	size_t n = inv->ndevices + batch->n;

	if (inv->closed)
		return error_set(err, NF_INVALID,
				 "a part of the inventory was selected, or "
				 "ssh_config was asked: nothing can be added "
				 "to that");
	if (reserve(inv, batch->n, err) == -1 ||
	    read_batch(inv, batch, err) == -1)
		return -1;
	if (names_settle(&inv->names, inv->devices, inv->ndevices, &n,
			 &inv->strings, &duplicates, err) == -1) {
		if (settle_again(inv, &again) == 0)
			return -1;
		inv->ndevices = 0; /* some have no name */
		return error_set(err, NF_SYSTEM, "no memory for names");
	}
	inv->ndevices = n;
	note_batch(inv, batch, n - (batch->n - duplicates.count), &duplicates);
	return 0;
}

/* ---- files */

static void note_ignored(const struct nf_inventory *inv,
			 const struct yaml_index *index, const char *path)
{
	for (size_t i = 0; i < index->nignored; i++)
		note(inv, "%s:%u: key '%s' has no effect here%s", path,
		     index->ignored_line[i], key_name(index->ignored[i]),
		     key_instead(index->ignored[i]));
}

static int add_entries(struct nf_inventory *inv, const struct source *source,
		       const struct yaml_index *index, const char *path,
		       struct nf_error *err)
{
	struct batch batch = {
		.path = strings_add(&inv->strings, path, strlen(path)),
		.shared = source->shared,
		.index = index};
	struct entries entries;
	int rc;

	if (batch.path == NULL)
		return fault_memory(err, path);
	if (entries_load(&entries, source->bytes, source->len, index->key, path,
			 err) == -1)
		return -1;
	assert(entries.count == index->ndevices);
	batch.entries = entries.at;
	batch.n = entries.count;
	rc = add_batch(inv, &batch, err);
	entries_release(&entries);
	return rc;
}

/* Add patterns that are good, behind room for all. */
static int add_patterns(struct nf_inventory *inv,
			const struct yaml_index *index, const char *path,
			struct nf_error *err)
{
	size_t n = inv->nvolatile_lines;
	const char **lines = reallocarray(inv->volatile_lines,
					  n + index->nvolatile_lines + 1,
					  sizeof(const char *));

	if (lines == NULL)
		return fault_memory(err, path);
	inv->volatile_lines = lines;
	for (size_t i = 0; i < index->nvolatile_lines; i++) {
		const char *text = index->volatile_lines[i].text;
		struct nf_error why;

		if (rules_check(text, &why) == -1)
			return fault(err, path, index->volatile_lines[i].line,
				     "%s", why.message);
		lines[n] = strings_add(&inv->strings, text, strlen(text));
		if (lines[n++] == NULL)
			return fault_memory(err, path);
	}
	return 0;
}

static int add_source(struct nf_inventory *inv, const struct source *source,
		      const char *path, struct nf_error *err)
{
	struct yaml_index index;
	int rc;

	if (yaml_index_read(&index, source->bytes, source->len, path, err) ==
	    -1)
		return -1;
	rc = add_patterns(inv, &index, path, err);
	if (rc == 0)
		rc = add_entries(inv, source, &index, path, err);
	if (rc == 0) {
		inv->nvolatile_lines += index.nvolatile_lines;
		note_ignored(inv, &index, path);
	}
	yaml_index_release(&index);
	return rc;
}

int nf_inventory_add_file(struct nf_inventory *inv, const char *path,
			  struct nf_error *err)
{
	struct source source;
	int rc;

	if (source_read(&source, path, err) == -1)
		return -1;
	rc = add_source(inv, &source, source_name(path), err);
	source_release(&source);
	return rc;
}

/* ---- memory */

/* Lend a text of the caller: nothing is written into an entry. */
static char *lend(const char *text)
{
	return (char *)(uintptr_t)text;
}

int nf_inventory_add(struct nf_inventory *inv, const struct nf_entry *entry,
		     struct nf_error *err)
{
	const struct entry values = {
		.value = {
			[KEY_NAME] = lend(entry->name),
			[KEY_DEVICE_TYPE] = lend(entry->device_type),
			[KEY_HOST] = lend(entry->host),
			[KEY_PORT] = lend(entry->port),
			[KEY_USERNAME] = lend(entry->username),
			[KEY_PASSWORD] = lend(entry->password),
			[KEY_SECRET] = lend(entry->secret),
			[KEY_ENABLE] = lend(entry->enable),
			[KEY_TRANSPORT] = lend(entry->transport),
			[KEY_LEGACY] = lend(entry->legacy),
			[KEY_LOGIN_ANSWERS] = lend(entry->login_answers),
			[KEY_AUTH] = lend(entry->auth),
			[KEY_USE_KEYS] = lend(entry->use_keys),
			[KEY_KEY_FILE] = lend(entry->key_file),
			[KEY_PASSPHRASE] = lend(entry->passphrase),
			[KEY_ALLOW_AGENT] = lend(entry->allow_agent),
			[KEY_HOSTKEY_FINGERPRINT] =
				lend(entry->hostkey_fingerprint),
			[KEY_PROXY_JUMP] = lend(entry->proxy_jump),
			[KEY_PROXY_COMMAND] = lend(entry->proxy_command),
			[KEY_PROXY] = lend(entry->proxy),
			[KEY_SOURCE_ADDRESS] = lend(entry->source_address),
			[KEY_INTERFACE] = lend(entry->interface),
			[KEY_KEX_ALGORITHMS] = lend(entry->kex_algorithms),
			[KEY_HOSTKEY_ALGORITHMS] =
				lend(entry->hostkey_algorithms),
			[KEY_CIPHERS] = lend(entry->ciphers),
			[KEY_MACS] = lend(entry->macs),
			[KEY_CONN_TIMEOUT] = lend(entry->conn_timeout),
			[KEY_BANNER_TIMEOUT] = lend(entry->banner_timeout),
			[KEY_AUTH_TIMEOUT] = lend(entry->auth_timeout),
			[KEY_PROMPT_TIMEOUT] = lend(entry->prompt_timeout),
			[KEY_READ_TIMEOUT_OVERRIDE] =
				lend(entry->read_timeout_override),
			[KEY_KEEPALIVE] = lend(entry->keepalive),
		}};
	const struct batch batch = {.entries = &values, .n = 1};

	return add_batch(inv, &batch, err);
}

/* ---- an inventory as a whole */

int nf_inventory_new(struct nf_inventory **out, struct nf_platforms *platforms,
		     const struct nf_log *log, struct nf_error *err)
{
	struct nf_inventory *inv = calloc(1, sizeof(*inv));

	if (inv == NULL) {
		(void)error_set(err, NF_SYSTEM, "no memory for an inventory");
		return -1;
	}
	inv->platforms = platforms;
	inv->own = platforms == NULL;
	if (log != NULL)
		inv->log = *log;
	if (inv->own &&
	    nf_platforms_load(&inv->platforms, NULL, 0, log, err) == -1) {
		nf_inventory_free(inv);
		return -1;
	}
	*out = inv;
	return 0;
}

int inventory_parse(struct nf_inventory **out, const char *bytes, size_t len,
		    const char *path, struct nf_platforms *platforms,
		    const struct nf_log *log, struct nf_error *err)
{
	const struct source source = {.bytes = (char *)(uintptr_t)bytes,
				      .len = len};
	struct nf_inventory *inv = NULL;

	if (nf_inventory_new(&inv, platforms, log, err) == -1)
		return -1;
	if (add_source(inv, &source, path, err) == -1) {
		nf_inventory_free(inv);
		return -1;
	}
	*out = inv;
	return 0;
}

int nf_inventory_load(struct nf_inventory **out, const char *path,
		      struct nf_platforms *platforms, const struct nf_log *log,
		      struct nf_error *err)
{
	struct nf_inventory *inv = NULL;

	if (nf_inventory_new(&inv, platforms, log, err) == -1)
		return -1;
	if (nf_inventory_add_file(inv, path, err) == -1) {
		nf_inventory_free(inv);
		return -1;
	}
	*out = inv;
	return 0;
}

void nf_inventory_free(struct nf_inventory *inv)
{
	if (inv == NULL)
		return;
	secrets_release(&inv->secrets);
	strings_release(&inv->strings);
	accesses_release(&inv->accesses);
	names_release(&inv->names);
	if (inv->own)
		nf_platforms_free(inv->platforms);
	free(inv->volatile_lines);
	free(inv->devices);
	free(inv);
}

/* ---- selecting devices */

/* Mark the devices of a name, or of a host: how many they are. */
static size_t mark(const struct nf_inventory *inv, const char *name, bool host,
		   bool *meant)
{
	size_t count = 0;

	for (size_t i = 0; i < inv->ndevices; i++) {
		const struct nf_device *dev = &inv->devices[i].pub;

		if (strcmp(host ? dev->host : dev->name, name) != 0)
			continue;
		meant[i] = true;
		count++;
	}
	return count;
}

static int fault_name(const struct nf_inventory *inv, const char *name,
		      struct nf_error *err)
{
	const char **names = calloc(inv->ndevices + 1, sizeof(const char *));
	const char *meant = NULL;

	for (size_t i = 0; names != NULL && i < inv->ndevices; i++)
		names[i] = inv->devices[i].pub.name;
	if (names != NULL)
		meant = nf_nearest(name, names);
	free(names);
	return error_set(err, NF_INVALID,
			 "the inventory has no device '%.*s'%s%s%s",
			 fault_shown(name), name,
			 meant != NULL ? ": did you mean '" : "",
			 meant != NULL ? meant : "", meant != NULL ? "'?" : "");
}

/* Put those that are not meant behind the others: they may be hops to these. */
static int keep_meant(struct nf_inventory *inv, const bool *meant)
{
	struct device *left = calloc(inv->ndevices + 1, sizeof(*left));
	size_t kept = 0, nleft = 0;

	if (left == NULL)
		return -1;
	for (size_t i = 0; i < inv->ndevices; i++) {
		if (meant[i])
			inv->devices[kept++] = inv->devices[i];
		else
			left[nleft++] = inv->devices[i];
	}
	memcpy(inv->devices + kept, left, nleft * sizeof(*left));
	free(left);
	inv->ndevices = kept;
	inv->nhidden += nleft;
	inv->closed = true;
	return 0;
}

int nf_inventory_select(struct nf_inventory *inv, const char *const *names,
			size_t n, struct nf_error *err)
{
	bool *meant = calloc(inv->ndevices + 1, sizeof(*meant));
	int rc = 0;

	if (meant == NULL)
		return error_set(err, NF_SYSTEM, "no memory for devices");
	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (mark(inv, names[i], false, meant) == 0 &&
		    mark(inv, names[i], true, meant) == 0)
			rc = fault_name(inv, names[i], err);
	}
	if (rc == 0 && keep_meant(inv, meant) == -1)
		rc = error_set(err, NF_SYSTEM, "no memory for devices");
	free(meant);
	return rc;
}

/* ---- amending devices */

static int amend_text(struct nf_inventory *inv, const char **text,
		      const char *from)
{
	if (from == NULL)
		return 0;
	*text = strings_add(&inv->strings, from, strlen(from));
	return *text == NULL ? -1 : 0;
}

/* Secrets are no other source's to say: they stay where they are. */
static int amend_access(struct nf_inventory *inv, struct device *dev,
			const struct access *from)
{
	struct access access = *from;
	const char **const texts[] = {&access.auth,
				      &access.key_file,
				      &access.proxy_jump,
				      &access.proxy_command,
				      &access.source_address,
				      &access.interface,
				      &access.kex_algorithms,
				      &access.hostkey_algorithms,
				      &access.ciphers,
				      &access.macs,
				      &access.hostkey_fingerprint,
				      &access.hostkey_alias};
	const struct access *kept = accesses_find(&inv->accesses, from);

	for (size_t i = 0; kept == NULL && i < sizeof(texts) / sizeof(texts[0]);
	     i++) {
		if (amend_text(inv, texts[i], *texts[i]) == -1)
			return -1;
	}
	if (kept == NULL)
		kept = accesses_add(&inv->accesses, &access);
	if (kept == NULL)
		return -1;
	dev->access = kept;
	return 0;
}

int inventory_amend(struct nf_inventory *inv, size_t i,
		    const struct amendment *amendment, struct nf_error *err)
{
	struct device *dev = &inv->devices[i];

	if (amend_text(inv, &dev->pub.host, amendment->host) == -1 ||
	    amend_text(inv, &dev->credentials.username, amendment->username) ==
		    -1 ||
	    amend_text(inv, &dev->alias, amendment->alias) == -1 ||
	    amend_text(inv, &dev->fault, amendment->fault) == -1 ||
	    (amendment->access != NULL &&
	     amend_access(inv, dev, amendment->access) == -1))
		return error_set(err, NF_SYSTEM, "no memory for devices");
	dev->pub.username = dev->credentials.username;
	if (amendment->port != 0) {
		dev->alias_port = dev->pub.port;
		dev->pub.port = amendment->port;
	}
	return 0;
}

int inventory_add_hop(struct nf_inventory *inv, const struct jump_name *name,
		      struct nf_error *err)
{
	struct device_parser parser = {.platforms = inv->platforms,
				       .strings = &inv->strings,
				       .secrets = &inv->secrets,
				       .accesses = &inv->accesses,
				       .username = inv->username};
	char port[8];
	const struct entry entry = {
		.value = {[KEY_NAME] = lend(name->text),
			  [KEY_DEVICE_TYPE] = lend(DETECT_TYPE),
			  [KEY_HOST] = lend(name->host),
			  [KEY_PORT] = name->port != 0 ? port : NULL,
			  [KEY_USERNAME] = name->user[0] != '\0'
						   ? lend(name->user)
						   : NULL}};
	struct device *dev;

	(void)snprintf(port, sizeof(port), "%u", (unsigned)name->port);
	if (reserve(inv, 1, err) == -1)
		return -1;
	dev = &inv->devices[inv->ndevices + inv->nhidden];
	if (device_parser_parse(&parser, &entry, NULL, 1, dev, err) == -1)
		return -1;
	inv->username = parser.username;
	dev->alias = dev->pub.name;
	inv->nhidden++;
	inv->closed = true;
	return 0;
}

void inventory_note(const struct nf_inventory *inv, const char *text)
{
	note(inv, "%s", text);
}

size_t nf_inventory_size(const struct nf_inventory *inv)
{
	return inv->ndevices;
}

size_t inventory_hidden(const struct nf_inventory *inv)
{
	return inv->nhidden;
}

const struct nf_device *nf_inventory_device(const struct nf_inventory *inv,
					    size_t i)
{
	return &inventory_device(inv, i)->pub;
}

struct nf_platforms *inventory_platforms(const struct nf_inventory *inv)
{
	return inv->platforms;
}

const char *const *inventory_volatile(const struct nf_inventory *inv, size_t *n)
{
	*n = inv->nvolatile_lines;
	return inv->volatile_lines;
}

const struct device *inventory_device(const struct nf_inventory *inv, size_t i)
{
	assert(i < inv->ndevices + inv->nhidden);
	return &inv->devices[i];
}

struct host inventory_key_host(const struct device *dev)
{
	return dev->access->hostkey_alias != NULL
		       ? (struct host){dev->access->hostkey_alias, PORT_SSH}
		       : (struct host){dev->pub.host, dev->pub.port};
}

static const char *own_host(const struct device *dev)
{
	return dev->alias != NULL ? dev->alias : dev->pub.host;
}

/* A name that is merely the host says nothing of the port. */
static bool is_named(const struct device *dev, const char *name, uint16_t port)
{
	return strcmp(dev->pub.name, name) == 0 && !dev->unnamed &&
	       strcasecmp(own_host(dev), name) != 0 &&
	       (port == 0 || port == dev->pub.port || port == dev->alias_port);
}

static bool is_at(const struct device *dev, const char *host, uint16_t port)
{
	return (port != 0 ? port : PORT_SSH) == (dev->alias_port != 0
							 ? dev->alias_port
							 : dev->pub.port) &&
	       strcasecmp(own_host(dev), host) == 0;
}

/* The first of that name, else the first at that host; port 0: none is given. */
static const struct device *find(const struct nf_inventory *inv,
				 const char *name, uint16_t port)
{
	const struct device *at = NULL;

	for (size_t i = 0; i < inv->ndevices + inv->nhidden; i++) {
		const struct device *dev = &inv->devices[i];

		if (is_named(dev, name, port))
			return dev;
		if (at == NULL && is_at(dev, name, port))
			at = dev;
	}
	return at;
}

const struct device *inventory_find_hop(const struct nf_inventory *inv,
					const struct jump_name *name)
{
	const struct device *dev = find(inv, name->text, name->port);

	return dev != NULL ? dev : find(inv, name->host, name->port);
}

size_t inventory_index(const struct nf_inventory *inv, const struct device *dev)
{
	return (size_t)(dev - inv->devices);
}

size_t inventory_place(const struct nf_inventory *inv, const struct device *dev)
{
	size_t place = inventory_index(inv, dev);

	return place < inv->ndevices ? place : SIZE_MAX;
}
