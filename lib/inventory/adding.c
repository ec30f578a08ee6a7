/* Devices that are added to an inventory: of files, and from memory. */
#include "inventory/inventory_parts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/large.h"
#include "content/rules.h"
#include "yaml/fault.h"
#include "yaml/source.h"

/* ---- adding devices */

int inventory_reserve(struct nf_inventory *inv, size_t more,
		      struct nf_error *err)
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
	large_hint(grown, room * sizeof(*grown));
	inv->devices = grown;
	inv->room = room;
	return 0;
}

struct device_parser inventory_parser(struct nf_inventory *inv)
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
	struct device_parser parser = inventory_parser(inv);
	int rc = 0;

	for (size_t i = from; rc == 0 && i < inv->draft.ndevices; i++)
		rc = device_parser_parse(
			&parser, i, first + i - from,
			&inv->devices[inv->ndevices + i - from], err);
	inv->username = parser.username;
	inv->unread |= parser.unread;
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

/* Tell that others may read the file where a password of a device stands, if they
 * may. */
static void note_file(struct nf_inventory *inv, const struct draft_view *view,
		      enum key key)
{
	struct draft_file *file;

	if (view->layer[key] == NULL)
		return;
	file = &inv->draft.files[view->layer[key]->file];
	if (!file->shared || file->noted)
		return;
	file->noted = true;
	inventory_tell(inv,
		       "%s: others may read the passwords in it: chmod 600",
		       file->path);
}

/* Are there files that others may read, of which that was not told? */
static bool has_shared(const struct nf_inventory *inv)
{
	for (size_t i = 0; i < inv->draft.nfiles; i++) {
		if (inv->draft.files[i].shared && !inv->draft.files[i].noted)
			return true;
	}
	return false;
}

/* Tell of the files that others may read, once each, when devices from there on
 * have passwords of them. */
static void note_shared(struct nf_inventory *inv, size_t from)
{
	bool any = has_shared(inv);

	for (size_t i = from; any && i < inv->ndevices; i++) {
		const struct device *dev = &inv->devices[i];
		struct draft_view view;
		bool password = dev->credentials.password != NULL &&
				(dev->unread & UNREAD_PASSWORD) == 0;
		bool secret = dev->credentials.secret != NULL &&
			      (dev->unread & UNREAD_SECRET) == 0;

		if (!password && !secret)
			continue;
		draft_view(&inv->draft.devices[dev->draft], &view);
		if (password)
			note_file(inv, &view, KEY_PASSWORD);
		if (secret)
			note_file(inv, &view, KEY_SECRET);
	}
}

static void note_duplicates(const struct nf_inventory *inv,
			    const struct names_duplicates *duplicates)
{
	if (duplicates->count == 1)
		inventory_tell(inv, "%s", duplicates->first);
	else if (duplicates->count > 1)
		inventory_tell(inv, "%s (and %zu more)", duplicates->first,
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
	    inventory_reserve(inv, inv->draft.ndevices - from, err) == -1 ||
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

/* Draft what an entry says, which comes from memory. */
static const struct layer *draft_said(struct nf_inventory *inv,
				      const struct nf_entry *entry)
{
	struct pen pen = {.draft = &inv->draft};
	const struct layer *layer;

	if (inv->memory == UINT32_MAX)
		inv->memory =
			draft_add_file(&inv->draft, &(struct draft_file){0});
	say_entry(&pen, entry);
	layer = pen_layer(&pen, inv->memory);
	pen_release(&pen);
	return layer;
}

int inventory_draft_entry(struct nf_inventory *inv,
			  const struct nf_entry *entry, struct nf_error *err)
{
	(void)draft_add_device(
		&inv->draft,
		&(struct draft_device){.own = draft_said(inv, entry)});
	return draft_check(&inv->draft, err);
}

int nf_inventory_defaults(struct nf_inventory *inv,
			  const struct nf_entry *entry, struct nf_error *err)
{
	struct nf_entry defaults = *entry;

	defaults.name = defaults.host = NULL;
	inv->defaults = draft_said(inv, &defaults);
	draft_name_layer(&inv->draft, inv->defaults, NULL);
	return draft_check(&inv->draft, err);
}

int nf_inventory_add(struct nf_inventory *inv, const struct nf_entry *entry,
		     struct nf_error *err)
{
	size_t before = inv->draft.ndevices;

	if (check_open(inv, err) == -1 ||
	    inventory_draft_entry(inv, entry, err) == -1)
		return -1;
	if (add_devices(inv, before, inv->ndevices + 1, err) == 0)
		return 0;
	inv->draft.ndevices = before;
	return -1;
}
