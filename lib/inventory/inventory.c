/* The inventory: files and entries read, checked and turned into devices. */
#include "inventory/inventory.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/strings.h"
#include "content/rules.h"
#include "draft/draft.h"
#include "forms/form.h"
#include "inventory/device_parser.h"
#include "inventory/names.h"
#include "platform/detect.h"
#include "secrets/arena.h"
#include "yaml/fault.h"
#include "yaml/source.h"

#define PORT_SSH 22

struct nf_inventory {
	struct nf_platforms *platforms;
	bool own; /* the platforms are freed with the inventory */
	struct nf_log log;
	const struct form *form; /* of its files; NULL: by their marks */
	struct form_options options;
	bool strict; /* what is wrong with a device is wrong with its file */
	struct draft draft;
	const struct layer *defaults; /* NULL: none */
	uint32_t memory; /* the draft's file of entries; UINT32_MAX: none yet */
	struct device *devices;
	size_t ndevices;
	size_t nhidden; /* behind them: hops, and what was not selected */
	size_t room; /* devices that fit */
	struct names names;
	struct strings strings;
	struct secrets secrets;
	struct secret_sources sources;
	struct accesses accesses;
	const char *username; /* who runs the program; NULL: not asked yet */
	const char **volatile_lines; /* as many as the draft has patterns */
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

static int reserve(struct nf_inventory *inv, size_t more, struct nf_error *err)
{
	size_t room = inv->ndevices + inv->nhidden + more;
	struct device *grown;

	if (room <= inv->room)
		return 0;
	if (room < inv->room + inv->room / 8 + 16)
		room = inv->room + inv->room / 8 + 16;
	grown = room < UINT32_MAX
			? reallocarray(inv->devices, room, sizeof(*grown))
			: NULL;
	if (grown == NULL)
		return error_set(err, NF_SYSTEM, "no memory for devices");
	inv->devices = grown;
	inv->room = room;
	return 0;
}

static struct device_parser parser_of(struct nf_inventory *inv)
{
	return (struct device_parser){.draft = &inv->draft,
				      .strict = inv->strict,
				      .platforms = inv->platforms,
				      .strings = &inv->strings,
				      .secrets = &inv->secrets,
				      .sources = &inv->sources,
				      .accesses = &inv->accesses,
				      .username = inv->username};
}

/* Make devices of those of the draft from there on; of one from memory, first is
 * its ordinal. */
static int parse_devices(struct nf_inventory *inv, size_t from, size_t first,
			 struct nf_error *err)
{
	struct device_parser parser = parser_of(inv);
	int rc = 0;

	for (size_t i = from; rc == 0 && i < inv->draft.ndevices; i++)
		rc = device_parser_parse(
			&parser, i, first + i - from,
			&inv->devices[inv->ndevices + i - from], err);
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
			    inv->strict, &inv->strings, &none, err);
}

/* Tell of the files that others may read, once each, when devices from there on
 * have passwords in them. */
static void note_shared(struct nf_inventory *inv, size_t from)
{
	for (size_t i = from; i < inv->ndevices; i++) {
		const struct device *dev = &inv->devices[i];
		struct draft_file *file;

		if ((dev->credentials.password == NULL ||
		     (dev->unread & UNREAD_PASSWORD) != 0) &&
		    (dev->credentials.secret == NULL ||
		     (dev->unread & UNREAD_SECRET) != 0))
			continue;
		file = &inv->draft.files[inv->draft.devices[dev->draft]
						 .own->file];
		if (!file->shared || file->noted)
			continue;
		file->noted = true;
		note(inv, "%s: others may read the passwords in it: chmod 600",
		     file->path);
	}
}

static void note_duplicates(const struct nf_inventory *inv,
			    const struct names_duplicates *duplicates)
{
	if (duplicates->count == 1)
		note(inv, "%s", duplicates->first);
	else if (duplicates->count > 1)
		note(inv, "%s (and %zu more)", duplicates->first,
		     duplicates->count - 1);
}

static int check_open(const struct nf_inventory *inv, struct nf_error *err)
{
	return inv->closed ? error_set(err, NF_INVALID,
				       "a part of the inventory was selected, "
				       "or ssh_config was asked: nothing can "
				       "be added to that")
			   : 0;
}

/* Add the devices of the draft from there on, all of them or none. */
static int add_devices(struct nf_inventory *inv, size_t from, size_t first,
		       struct nf_error *err)
{
	struct names_duplicates duplicates = {0};
	struct nf_error again;
	size_t before = inv->ndevices;
	size_t n = inv->ndevices + inv->draft.ndevices - from;

	if (inv->defaults != NULL)
		draft_put_behind(&inv->draft, from, inv->defaults);
	if (draft_check(&inv->draft, err) == -1 ||
	    reserve(inv, inv->draft.ndevices - from, err) == -1 ||
	    parse_devices(inv, from, first, err) == -1)
		return -1;
	if (names_settle(&inv->names, inv->devices, inv->ndevices, &n,
			 inv->strict, &inv->strings, &duplicates, err) == -1) {
		if (settle_again(inv, &again) == 0)
			return -1;
		inv->ndevices = 0; /* some have no name */
		return error_set(err, NF_SYSTEM, "no memory for names");
	}
	inv->ndevices = n;
	note_shared(inv, before);
	note_duplicates(inv, &duplicates);
	return 0;
}

/* ---- files */

/* Add patterns of the draft from there on. */
static int add_patterns(struct nf_inventory *inv, size_t from,
			struct nf_error *err)
{
	size_t n = inv->draft.npatterns;
	const char **lines =
		reallocarray(inv->volatile_lines, n + 1, sizeof(*lines));

	if (lines == NULL)
		return error_set(err, NF_SYSTEM, "no memory for patterns");
	inv->volatile_lines = lines;
	for (size_t i = from; i < n; i++) {
		const struct draft_pattern *pattern = &inv->draft.patterns[i];
		struct nf_error why;

		if (rules_check(pattern->text, &why) == -1)
			return fault(err, inv->draft.files[pattern->file].path,
				     pattern->line, "%s", why.message);
		lines[i] = pattern->text;
	}
	return 0;
}

/* Read a file into the draft, and add what it has. source is NULL for a
 * directory. */
static int add_source(struct nf_inventory *inv, const struct source *source,
		      const char *path, struct nf_error *err)
{
	size_t devices = inv->draft.ndevices, patterns = inv->draft.npatterns;
	struct reading reading = {.draft = &inv->draft,
				  .options = &inv->options,
				  .log = &inv->log,
				  .path = path,
				  .name = source_name(path),
				  .bytes =
					  source != NULL ? source->bytes : NULL,
				  .len = source != NULL ? source->len : 0,
				  .err = err};
	int rc;

	reading.file = draft_add_file(
		&inv->draft,
		&(struct draft_file){.path = reading.name,
				     .shared = source != NULL && source->shared,
				     .loose = source != NULL && source->loose});
	rc = draft_check(&inv->draft, err);
	if (rc == 0)
		rc = reading_run(&reading, inv->form);
	draft_group_devices(&inv->draft, devices);
	if (rc == 0)
		rc = draft_check(&inv->draft, err);
	if (rc == 0)
		rc = add_patterns(inv, patterns, err);
	if (rc == 0)
		rc = add_devices(inv, devices, 1, err);
	if (rc == -1) {
		inv->draft.ndevices = devices;
		inv->draft.npatterns = patterns;
	}
	return rc;
}

static bool is_directory(const char *path)
{
	struct stat st;

	return strcmp(path, "-") != 0 && stat(path, &st) == 0 &&
	       S_ISDIR(st.st_mode);
}

int nf_inventory_add_file(struct nf_inventory *inv, const char *path,
			  struct nf_error *err)
{
	struct source source;
	int rc;

	if (check_open(inv, err) == -1)
		return -1;
	if (is_directory(path))
		return add_source(inv, NULL, path, err);
	if (source_read(&source, path, err) == -1)
		return -1;
	rc = add_source(inv, &source, path, err);
	source_release(&source);
	return rc;
}

int inventory_add_bytes(struct nf_inventory *inv, const char *bytes, size_t len,
			const char *path, struct nf_error *err)
{
	const struct source source = {.bytes = (char *)(uintptr_t)bytes,
				      .len = len};

	if (check_open(inv, err) == -1)
		return -1;
	return add_source(inv, &source, path, err);
}

int nf_inventory_format(struct nf_inventory *inv, const char *name,
			struct nf_error *err)
{
	const struct form *form = form_find(name);
	const char *meant;

	if (form == NULL) {
		meant = nf_nearest(name, form_names());
		return error_set(err, NF_INVALID,
				 "no form of inventory is called '%.*s'%s%s%s",
				 fault_shown(name), name,
				 meant != NULL ? ": did you mean '" : "",
				 meant != NULL ? meant : "",
				 meant != NULL ? "'?" : "");
	}
	inv->form = form;
	return 0;
}

int nf_inventory_vault_password_file(struct nf_inventory *inv, const char *path,
				     struct nf_error *err)
{
	inv->options.vault_password_file =
		strings_add(&inv->strings, path, strlen(path));
	return inv->options.vault_password_file != NULL
		       ? 0
		       : error_set(err, NF_SYSTEM, "no memory for a path");
}

const char *const *nf_inventory_formats(void)
{
	return form_names();
}

void nf_inventory_strict(struct nf_inventory *inv)
{
	inv->strict = true;
}

/* ---- memory */

static void say_entry(struct pen *pen, const struct nf_entry *entry)
{
	const char *const values[NKEYS_READ] = {
		[KEY_NAME] = entry->name,
		[KEY_DEVICE_TYPE] = entry->device_type,
		[KEY_HOST] = entry->host,
		[KEY_PORT] = entry->port,
		[KEY_USERNAME] = entry->username,
		[KEY_PASSWORD] = entry->password,
		[KEY_SECRET] = entry->secret,
		[KEY_ENABLE] = entry->enable,
		[KEY_TRANSPORT] = entry->transport,
		[KEY_LEGACY] = entry->legacy,
		[KEY_LOGIN_ANSWERS] = entry->login_answers,
		[KEY_AUTH] = entry->auth,
		[KEY_USE_KEYS] = entry->use_keys,
		[KEY_KEY_FILE] = entry->key_file,
		[KEY_PASSPHRASE] = entry->passphrase,
		[KEY_ALLOW_AGENT] = entry->allow_agent,
		[KEY_HOSTKEY_FINGERPRINT] = entry->hostkey_fingerprint,
		[KEY_PROXY_JUMP] = entry->proxy_jump,
		[KEY_PROXY_COMMAND] = entry->proxy_command,
		[KEY_PROXY] = entry->proxy,
		[KEY_SOURCE_ADDRESS] = entry->source_address,
		[KEY_INTERFACE] = entry->interface,
		[KEY_KEX_ALGORITHMS] = entry->kex_algorithms,
		[KEY_HOSTKEY_ALGORITHMS] = entry->hostkey_algorithms,
		[KEY_CIPHERS] = entry->ciphers,
		[KEY_MACS] = entry->macs,
		[KEY_CONN_TIMEOUT] = entry->conn_timeout,
		[KEY_BANNER_TIMEOUT] = entry->banner_timeout,
		[KEY_AUTH_TIMEOUT] = entry->auth_timeout,
		[KEY_PROMPT_TIMEOUT] = entry->prompt_timeout,
		[KEY_READ_TIMEOUT_OVERRIDE] = entry->read_timeout_override,
		[KEY_KEEPALIVE] = entry->keepalive,
	};

	for (unsigned key = 0; key < NKEYS_READ; key++) {
		if (values[key] != NULL)
			pen_say(pen, (enum key)key, values[key], 0, 0);
	}
}

/* Draft a device that comes from memory, the last. */
static int draft_entry(struct nf_inventory *inv, const struct nf_entry *entry,
		       struct nf_error *err)
{
	struct pen pen = {.draft = &inv->draft};

	if (inv->memory == UINT32_MAX)
		inv->memory =
			draft_add_file(&inv->draft, &(struct draft_file){0});
	say_entry(&pen, entry);
	(void)draft_add_device(
		&inv->draft,
		&(struct draft_device){.own = pen_layer(&pen, inv->memory)});
	pen_release(&pen);
	return draft_check(&inv->draft, err);
}

int nf_inventory_add(struct nf_inventory *inv, const struct nf_entry *entry,
		     struct nf_error *err)
{
	size_t before = inv->draft.ndevices;

	if (check_open(inv, err) == -1 || draft_entry(inv, entry, err) == -1)
		return -1;
	if (add_devices(inv, before, inv->ndevices + 1, err) == 0)
		return 0;
	inv->draft.ndevices = before;
	return -1;
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
	inv->draft.secrets = &inv->secrets;
	inv->memory = UINT32_MAX;
	inv->platforms = platforms;
	inv->own = platforms == NULL;
	inv->secrets.lock = true;
	inv->sources.arena = &inv->secrets;
	inv->sources.log = &inv->log;
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
	draft_release(&inv->draft);
	secret_sources_release(&inv->sources);
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

/* Put those that are not chosen behind the others: they may be hops to these. */
int inventory_keep(struct nf_inventory *inv, const bool *chosen,
		   struct nf_error *err)
{
	struct device *left = calloc(inv->ndevices + 1, sizeof(*left));
	size_t kept = 0, nleft = 0;

	if (left == NULL)
		return error_set(err, NF_SYSTEM, "no memory for devices");
	for (size_t i = 0; i < inv->ndevices; i++) {
		if (chosen[i])
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
	struct device_parser parser = parser_of(inv);
	char port[8];
	const struct nf_entry entry = {
		.name = name->text,
		.device_type = DETECT_TYPE,
		.host = name->host,
		.port = name->port != 0 ? port : NULL,
		.username = name->user[0] != '\0' ? name->user : NULL};
	struct device *dev;

	(void)snprintf(port, sizeof(port), "%u", (unsigned)name->port);
	if (reserve(inv, 1, err) == -1 || draft_entry(inv, &entry, err) == -1)
		return -1;
	dev = &inv->devices[inv->ndevices + inv->nhidden];
	if (device_parser_parse(&parser, inv->draft.ndevices - 1, 1, dev,
				err) == -1)
		return -1;
	inv->username = parser.username;
	dev->alias = dev->pub.name;
	inv->nhidden++;
	inv->closed = true;
	return 0;
}

size_t inventory_index(const struct nf_inventory *inv, const struct device *dev)
{
	return (size_t)(dev - inv->devices);
}

int inventory_read_secrets(struct nf_inventory *inv, const struct device *dev,
			   struct nf_error *err)
{
	struct device_parser parser = parser_of(inv);

	if (dev->unread == 0 || dev->skip != NULL)
		return 0;
	return device_parser_read_secrets(
		&parser, &inv->devices[inventory_index(inv, dev)], err);
}

void nf_inventory_secret_ways(struct nf_inventory *inv,
			      const struct nf_secret_ways *ways)
{
	inv->sources.ask = ways->ask;
	inv->sources.interrupted = ways->interrupted;
	inv->sources.arg = ways->arg;
	inv->sources.own_environment = ways->own_environment;
}

int nf_inventory_read_secrets(struct nf_inventory *inv, bool trial,
			      struct nf_error *err)
{
	int rc = 0;

	inv->sources.trial = trial;
	for (size_t i = 0; rc == 0 && i < inv->ndevices; i++)
		rc = inventory_read_secrets(inv, &inv->devices[i], err);
	inv->sources.trial = false;
	return rc;
}

bool nf_inventory_unlocked(const struct nf_inventory *inv)
{
	return secrets_unlocked(&inv->secrets);
}

const struct draft *inventory_draft(const struct nf_inventory *inv)
{
	return &inv->draft;
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
	*n = inv->draft.npatterns;
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

size_t inventory_place(const struct nf_inventory *inv, const struct device *dev)
{
	size_t place = inventory_index(inv, dev);

	return place < inv->ndevices ? place : SIZE_MAX;
}
