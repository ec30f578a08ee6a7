/* Catalogue of all platforms. */
#include "platform/catalogue.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "platform/foreign/scrapli.h"
#include "yaml/fault.h"
#include "yaml/source.h"

#define NAME_MAX_LEN 64

struct entry {
	char *name;
	const struct builtin *builtin; /* not read yet, or ever */
	struct platform *platform; /* NULL until it is read */
};

struct nf_platforms {
	struct entry *entries; /* by name */
	size_t n;
	const char **names;
};

/* ---- entries */

static int by_name(const void *a, const void *b)
{
	const struct entry *one = a, *two = b;

	return strcmp(one->name, two->name);
}

static struct entry *find_name(const struct nf_platforms *platforms,
			       const char *name)
{
	struct entry key = {.name = (char *)(uintptr_t)name};

	if (platforms->n == 0)
		return NULL;
	return bsearch(&key, platforms->entries, platforms->n, sizeof(key),
		       by_name);
}

/* Make an entry of that name, empty, in place of the one that there may be. */
static struct entry *place(struct nf_platforms *platforms, const char *name)
{
	struct entry *entry = find_name(platforms, name), *grown;
	char *own;

	if (entry != NULL) {
		platform_free(entry->platform);
		entry->platform = NULL;
		entry->builtin = NULL;
		return entry;
	}
	own = strdup(name);
	grown = own != NULL ? reallocarray(platforms->entries, platforms->n + 1,
					   sizeof(*grown))
			    : NULL;
	if (grown == NULL) {
		free(own);
		return NULL;
	}
	platforms->entries = grown;
	grown[platforms->n++] = (struct entry){.name = own};
	qsort(grown, platforms->n, sizeof(*grown), by_name);
	return find_name(platforms, name);
}

static int add_builtins(struct nf_platforms *platforms)
{
	for (const struct builtin *at = builtins; at->name != NULL; at++) {
		struct entry *entry = place(platforms, at->name);

		if (entry == NULL)
			return -1;
		entry->builtin = at;
	}
	return 0;
}

/* ---- directories */

/* The name of a platform file: what stands before .yaml; false for others. */
static bool name_of(const char *file, char name[NAME_MAX_LEN])
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
	size_t len = strspn(file, letters);

	if (len == 0 || len >= NAME_MAX_LEN ||
	    (strcmp(file + len, ".yaml") != 0 &&
	     strcmp(file + len, ".yml") != 0))
		return false;
	memcpy(name, file, len);
	name[len] = '\0';
	return true;
}

static int add_file(struct nf_platforms *platforms, const char *name,
		    const char *path, struct nf_error *err)
{
	struct entry *entry = place(platforms, name);
	struct source source;
	int rc;

	if (entry == NULL)
		return fault_memory(err, path);
	if (source_read(&source, path, err) == -1)
		return -1;
	rc = scrapli_is(source.bytes, source.len)
		     ? scrapli_load(&entry->platform, entry->name, source.bytes,
				    source.len, path, err)
		     : platform_load(&entry->platform, entry->name,
				     source.bytes, source.len, path, err);
	source_release(&source);
	return rc;
}

/* Opening a FIFO would wait for somebody to write to it; a socket cannot be. */
static bool is_file(const char *path, const struct nf_log *log)
{
	char text[512];
	struct stat st;

	if (stat(path, &st) == -1 || S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))
		return true; /* reading it tells what is wrong */
	if (log == NULL || log->line == NULL)
		return false;
	(void)snprintf(text, sizeof(text), "%s: passed over, as it is no file",
		       path);
	log->line(log->arg, text);
	return false;
}

/* 1 when it is a platform file, 0 when it is none, or -1. */
static int add_entry(struct nf_platforms *platforms, const char *dir,
		     const char *file, const struct nf_log *log,
		     struct nf_error *err)
{
	char name[NAME_MAX_LEN];
	int rc = 0;
	char *path;

	if (!name_of(file, name))
		return 0;
	if (asprintf(&path, "%s/%s", dir, file) == -1)
		return fault_memory(err, dir);
	if (is_file(path, log))
		rc = add_file(platforms, name, path, err) == 0 ? 1 : -1;
	free(path);
	return rc;
}

static int add_directory(struct nf_platforms *platforms, const char *path,
			 const struct nf_log *log, struct nf_error *err)
{
	DIR *dir = opendir(path);
	const struct dirent *at;
	bool found = false;
	int rc = 0;

	if (dir == NULL) {
		int saved = errno;

		(void)error_set(err, NF_INVALID,
				"%s: cannot be read: %s (a directory of "
				"platform files is needed)",
				path, strerror(saved));
		return -1;
	}
	while (rc != -1 && (at = readdir(dir)) != NULL) {
		rc = add_entry(platforms, path, at->d_name, log, err);
		found |= rc == 1;
	}
	(void)closedir(dir);
	if (rc != -1 && !found)
		return error_set(err, NF_INVALID,
				 "%s: no platform file is in it, such as "
				 "my_device.yaml",
				 path);
	if (rc == -1)
		return -1;
	return 0;
}

/* ---- the catalogue */

static int list_names(struct nf_platforms *platforms)
{
	platforms->names = calloc(platforms->n + 1, sizeof(*platforms->names));
	if (platforms->names == NULL)
		return -1;
	for (size_t i = 0; i < platforms->n; i++)
		platforms->names[i] = platforms->entries[i].name;
	return 0;
}

int nf_platforms_load(struct nf_platforms **out, const char *const *dirs,
		      size_t ndirs, const struct nf_log *log,
		      struct nf_error *err)
{
	struct nf_platforms *platforms = calloc(1, sizeof(*platforms));
	int rc = 0;

	if (platforms == NULL || add_builtins(platforms) == -1) {
		nf_platforms_free(platforms);
		return error_set(err, NF_SYSTEM, "no memory for platforms");
	}
	for (size_t i = 0; rc == 0 && i < ndirs; i++)
		rc = add_directory(platforms, dirs[i], log, err);
	if (rc == 0 && list_names(platforms) == -1)
		rc = error_set(err, NF_SYSTEM, "no memory for platforms");
	if (rc == -1) {
		nf_platforms_free(platforms);
		return -1;
	}
	*out = platforms;
	return 0;
}

void nf_platforms_free(struct nf_platforms *platforms)
{
	if (platforms == NULL)
		return;
	for (size_t i = 0; i < platforms->n; i++) {
		platform_free(platforms->entries[i].platform);
		free(platforms->entries[i].name);
	}
	free(platforms->entries);
	free(platforms->names);
	free(platforms);
}

static bool has_alias(const struct entry *entry, const char *name)
{
	char padded[NAME_MAX_LEN + 2];

	if (entry->builtin != NULL) {
		(void)snprintf(padded, sizeof(padded), " %s ", name);
		return strchr(name, ' ') == NULL &&
		       strstr(entry->builtin->aliases, padded) != NULL;
	}
	for (unsigned i = 0; i < entry->platform->aliases_count; i++) {
		if (strcmp(entry->platform->aliases[i], name) == 0)
			return true;
	}
	return false;
}

/* Find an entry by its name, else by an alias; a directory's goes first. */
static struct entry *find_entry(const struct nf_platforms *platforms,
				const char *name)
{
	struct entry *found = find_name(platforms, name);

	if (found != NULL)
		return found;
	for (size_t i = 0; i < platforms->n; i++) {
		struct entry *entry = &platforms->entries[i];

		if (!has_alias(entry, name))
			continue;
		if (entry->builtin == NULL)
			return entry;
		found = entry;
	}
	return found;
}

/* Read an entry that is compiled in, unless it was read before. */
static int read_entry(struct entry *entry, struct nf_error *err)
{
	char path[NAME_MAX_LEN + sizeof(".yaml")];

	if (entry->platform != NULL || entry->builtin == NULL)
		return 0;
	(void)snprintf(path, sizeof(path), "%s.yaml", entry->name);
	return platform_load(&entry->platform, entry->name,
			     entry->builtin->bytes,
			     strlen(entry->builtin->bytes), path, err);
}

int catalogue_find(const struct platform **out, struct nf_platforms *platforms,
		   const char *device_type, struct nf_error *err)
{
	static const char ssh[] = "_ssh";
	char name[NAME_MAX_LEN];
	size_t len = strlen(device_type), ssh_len = strlen(ssh);
	struct entry *entry;

	if (len >= sizeof(name))
		return 0;
	memcpy(name, device_type, len + 1);
	entry = find_entry(platforms, name);
	if (entry == NULL && len > ssh_len &&
	    strcmp(name + len - ssh_len, ssh) == 0) {
		name[len - ssh_len] = '\0';
		entry = find_entry(platforms, name);
	}
	if (entry == NULL)
		return 0;
	if (read_entry(entry, err) == -1)
		return -1;
	*out = entry->platform;
	return 1;
}

int catalogue_all(const struct platform ***out, size_t *n,
		  struct nf_platforms *platforms, struct nf_error *err)
{
	const struct platform **all =
		calloc(platforms->n + 1, sizeof(const struct platform *));

	if (all == NULL)
		return error_set(err, NF_SYSTEM, "no memory for platforms");
	*n = 0;
	for (int builtin = 0; builtin < 2; builtin++) {
		for (size_t i = 0; i < platforms->n; i++) {
			struct entry *entry = &platforms->entries[i];

			if ((entry->builtin != NULL) != (builtin == 1))
				continue;
			if (read_entry(entry, err) == -1) {
				free(all);
				return -1;
			}
			all[(*n)++] = entry->platform;
		}
	}
	*out = all;
	return 0;
}

const char *const *nf_platforms_names(const struct nf_platforms *platforms)
{
	return platforms->names;
}

int nf_platforms_about(struct nf_platforms *platforms, const char *name,
		       const char **about, struct nf_error *err)
{
	const struct platform *platform;
	int rc = catalogue_find(&platform, platforms, name, err);

	if (rc == 1)
		*about = platform->about != NULL ? platform->about : "";
	return rc;
}
