/* The inventory: a file read, checked and turned into devices. */
#include "inventory/inventory.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/strings.h"
#include "inventory/entry.h"
#include "yaml/fault.h"
#include "inventory/names.h"
#include "inventory/outline.h"
#include "inventory/reading.h"
#include "inventory/secrets.h"
#include "yaml/source.h"

struct nf_inventory {
	struct nf_platforms *platforms;
	bool own; /* nobody gave us them */
	struct device *devices;
	size_t ndevices;
	struct strings strings;
	struct secrets secrets;
};

static void log_ignored(const struct outline *outline, const char *path,
			const struct nf_log *log)
{
	char text[512];

	if (log == NULL || log->line == NULL)
		return;
	for (size_t i = 0; i < outline->nignored; i++) {
		(void)snprintf(text, sizeof(text),
			       "%s:%u: key '%s' has no effect here", path,
			       outline->ignored_line[i],
			       key_name(outline->ignored[i]));
		log->line(log->arg, text);
	}
}

static int read_devices(struct nf_inventory *inv, const struct outline *outline,
			const struct entries *entries, const char *path,
			struct nf_error *err)
{
	struct reading reading = {.path = path,
				  .platforms = inv->platforms,
				  .outline = outline,
				  .strings = &inv->strings,
				  .secrets = &inv->secrets};

	assert(entries->count == outline->ndevices);
	inv->devices = calloc(outline->ndevices, sizeof(*inv->devices));
	if (inv->devices == NULL)
		return fault_memory(err, path);
	inv->ndevices = outline->ndevices;
	for (size_t i = 0; i < inv->ndevices; i++) {
		if (reading_device(&reading, &entries->at[i], i,
				   &inv->devices[i], err) == -1)
			return -1;
	}
	return names_settle(inv->devices, outline, &inv->strings, path, err);
}

static int load_devices(struct nf_inventory *inv, const char *bytes, size_t len,
			const struct outline *outline, const char *path,
			struct nf_error *err)
{
	struct entries entries;
	int rc;

	if (entries_load(&entries, bytes, len, outline->key, path, err) == -1)
		return -1;
	rc = read_devices(inv, outline, &entries, path, err);
	entries_release(&entries);
	return rc;
}

int inventory_parse(struct nf_inventory **out, const char *bytes, size_t len,
		    const char *path, struct nf_platforms *platforms,
		    const struct nf_log *log, struct nf_error *err)
{
	struct nf_inventory *inv = calloc(1, sizeof(*inv));
	struct outline outline = {0};
	int rc = -1;

	if (inv == NULL)
		return fault_memory(err, path);
	inv->platforms = platforms;
	inv->own = platforms == NULL;
	if (inv->own && nf_platforms_load(&inv->platforms, NULL, 0, err) == -1)
		goto out;
	if (outline_read(&outline, bytes, len, path, err) == -1 ||
	    load_devices(inv, bytes, len, &outline, path, err) == -1)
		goto out;
	log_ignored(&outline, path, log);
	*out = inv;
	inv = NULL; /* the caller owns it now */
	rc = 0;
out:
	outline_release(&outline);
	nf_inventory_free(inv);
	return rc;
}

int nf_inventory_load(struct nf_inventory **out, const char *path,
		      struct nf_platforms *platforms, const struct nf_log *log,
		      struct nf_error *err)
{
	struct source source;
	int rc;

	if (source_read(&source, path, err) == -1)
		return -1;
	rc = inventory_parse(out, source.bytes, source.len, path, platforms,
			     log, err);
	source_release(&source);
	return rc;
}

void nf_inventory_free(struct nf_inventory *inv)
{
	if (inv == NULL)
		return;
	secrets_release(&inv->secrets);
	strings_release(&inv->strings);
	if (inv->own)
		nf_platforms_free(inv->platforms);
	free(inv->devices);
	free(inv);
}

/* ---- a part of it */

/* Mark those that are meant: how many. */
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

static void keep_meant(struct nf_inventory *inv, const bool *meant)
{
	size_t kept = 0;

	for (size_t i = 0; i < inv->ndevices; i++) {
		if (meant[i])
			inv->devices[kept++] = inv->devices[i];
	}
	inv->ndevices = kept;
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
	if (rc == 0)
		keep_meant(inv, meant);
	free(meant);
	return rc;
}

size_t nf_inventory_size(const struct nf_inventory *inv)
{
	return inv->ndevices;
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

const struct device *inventory_device(const struct nf_inventory *inv, size_t i)
{
	assert(i < inv->ndevices);
	return &inv->devices[i];
}
