/* Directories of inventories. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "forms/form.h"
#include "forms/listing.h"
#include "yaml/fault.h"

#define DEPTH_MAX 16 /* of folders in folders */

/* A directory that is being read. */
struct directory {
	struct reading *reading;
	const char *path; /* below it; NULL: itself */
	struct listing listing;
	unsigned depth;
	size_t nread; /* files, also those of folders in it */
	struct nf_error why; /* of the last file that was no inventory */
};

static bool ends_in(const char *name, const char *end)
{
	size_t len = strlen(name), end_len = strlen(end);

	return len >= end_len && strcmp(name + len - end_len, end) == 0;
}

/* Is it none of the user's inventories, by its name: hidden, a copy, a text? */
static bool is_ignored(const char *name)
{
	static const char *const ends[] = {".orig", ".bak",   ".rpm", ".pyc",
					   ".pyo",  ".retry", ".swp", ".md",
					   ".rst",  "~"};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (ends_in(name, ends[i]))
			return true;
	}
	return name[0] == '.';
}

/* Is it one of the names that Ansible's inventories have? */
static bool has_ansible_names(const struct listing *listing)
{
	static const char *const names[] = {"group_vars", "host_vars", "hosts",
					    "inventory"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (listing_has(listing, names[i]))
			return true;
	}
	return false;
}

/* Does a file belong to another one, which names it or reads it by itself? */
static bool is_part(const struct directory *at, const char *name)
{
	static const char *const nornir[] = {"groups.", "defaults.", "config."};

	if (ends_in(name, ".db"))
		return listing_has(&at->listing, "config");
	if (!listing_has(&at->listing, "hosts.yaml") &&
	    !listing_has(&at->listing, "hosts.yml"))
		return false;
	for (size_t i = 0; i < sizeof(nornir) / sizeof(nornir[0]); i++) {
		size_t len = strlen(nornir[i]);

		if (strncmp(name, nornir[i], len) == 0 &&
		    (strcmp(name + len, "yaml") == 0 ||
		     strcmp(name + len, "yml") == 0))
			return true;
	}
	return false;
}

/* The path of a name, as the reading of the directory means it; to be freed. */
static char *path_of(const struct directory *at, const char *name)
{
	char *path;

	if (asprintf(&path, "%s%s%s", at->path != NULL ? at->path : "",
		     at->path != NULL ? "/" : "", name) != -1)
		return path;
	(void)fault_memory(at->reading->err, at->reading->name);
	return NULL;
}

/* ---- is it Ansible's */

/* Is a file known as Ansible's: 1, 0 or -1. */
static int is_ansible_file(const struct directory *at, const char *name)
{
	char *path = path_of(at, name);
	const struct form *form = NULL;
	struct reading file;
	int rc;

	if (path == NULL)
		return -1;
	rc = reading_open(at->reading, path, false, &file);
	free(path);
	if (rc == -1)
		return -1;
	rc = form_recognise(&form, &file);
	reading_close(&file);
	if (rc == -1 && at->reading->err->code == NF_SYSTEM)
		return -1;
	return rc == 0 && form == form_find("ansible");
}

static int is_ansible(const struct directory *at)
{
	int rc = has_ansible_names(&at->listing);

	for (size_t i = 0; rc == 0 && i < at->listing.n; i++) {
		const char *name = at->listing.names[i];

		if (!is_ignored(name) &&
		    !listing_has_folder(&at->listing, name))
			rc = is_ansible_file(at, name);
	}
	return rc;
}

/* ---- any files */

/* Read a file by its marks. One that is no inventory is left out, and told. */
static int read_file(struct directory *at, const char *path)
{
	const struct form *form = NULL;
	struct reading file;
	int rc = reading_open(at->reading, path, false, &file);

	if (rc == -1)
		return -1;
	rc = form_recognise(&form, &file);
	if (rc == 0) {
		at->nread++;
		rc = form->read(&file);
	} else if (file.err->code != NF_SYSTEM) {
		at->why = *file.err;
		reading_note(at->reading, 0, "left out: %s", at->why.message);
		rc = 0;
	}
	reading_close(&file);
	return rc;
}

static int read_all(struct directory *at);

static int read_folder(struct directory *at, const char *path)
{
	struct directory inside = {
		.reading = at->reading, .path = path, .depth = at->depth + 1};
	int rc;

	if (inside.depth > DEPTH_MAX)
		return reading_fault(at->reading, 0,
				     "%s: folders deeper than %d levels", path,
				     DEPTH_MAX);
	rc = listing_open(&inside.listing, at->reading, path);
	if (rc == 1)
		rc = read_all(&inside);
	listing_close(&inside.listing);
	at->nread += inside.nread;
	if (inside.why.code != NF_OK)
		at->why = inside.why;
	return rc;
}

static int read_all(struct directory *at)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < at->listing.n; i++) {
		const char *name = at->listing.names[i];
		char *path;

		if (is_ignored(name) || is_part(at, name))
			continue;
		path = path_of(at, name);
		if (path == NULL)
			return -1;
		rc = listing_has_folder(&at->listing, name)
			     ? read_folder(at, path)
			     : read_file(at, path);
		free(path);
	}
	return rc;
}

static int read_any(struct directory *at)
{
	if (read_all(at) == -1)
		return -1;
	if (at->nread > 0)
		return 0;
	if (at->why.code != NF_OK) {
		*at->reading->err = at->why;
		return -1;
	}
	return reading_fault(at->reading, 0, "no inventory is in it");
}

int directory_read(struct reading *reading)
{
	struct directory at = {.reading = reading};
	int rc = listing_open(&at.listing, reading, ".");

	if (rc == 1)
		rc = is_ansible(&at);
	if (rc == 1)
		rc = form_find("ansible")->read_directory(reading);
	else if (rc == 0)
		rc = read_any(&at);
	listing_close(&at.listing);
	return rc;
}
