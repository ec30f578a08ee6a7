/*
 * Versions by date: the directory of an output has a file for each, named by the
 * time of its run, and a link to the latest.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "store/store_parts.h"

#define DAY_S ((int64_t)24 * 60 * 60)
#define US_PER_S ((int64_t)1000000)

static int stat_version(const struct nf_store *store, const char *dir,
			const char *version, struct stat *st)
{
	char path[STORE_PATH_MAX];

	kept_join(path, dir, version);
	return folder_stat(&store->folder, path, st);
}

int plain_latest(const struct nf_store *store, const char *dir,
		 char version[DATED_NAME])
{
	int at = folder_dir(&store->folder, dir, false, NULL);
	bool found;

	if (at == -1)
		return 0;
	found = dated_latest(at, version);
	(void)close(at);
	return found;
}

/* ---- all versions of an output */

struct versions {
	char (*names)[DATED_NAME]; /* sorted: the oldest first */
	size_t n, cap;
};

static int compare_versions(const void *a, const void *b)
{
	return strcmp(a, b);
}

static int add_version(struct versions *versions, const char *name)
{
	size_t cap = versions->cap != 0 ? versions->cap * 2 : 16;
	char(*names)[DATED_NAME];

	if (versions->n == versions->cap) {
		names = reallocarray(versions->names, cap, sizeof(*names));
		if (names == NULL)
			return -1;
		versions->names = names;
		versions->cap = cap;
	}
	memcpy(versions->names[versions->n++], name, strlen(name) + 1);
	return 0;
}

/* List them, none for a directory that is not there. NF_SYSTEM. */
static int list(const struct nf_store *store, const char *path,
		struct versions *versions, struct nf_error *err)
{
	struct nf_error missing = {0};
	int fd = folder_dir(&store->folder, path, false, &missing);
	DIR *dir = fd != -1 ? fdopendir(fd) : NULL;
	const struct dirent *entry;
	int rc = 0;

	*versions = (struct versions){0};
	if (fd == -1)
		return 0;
	if (dir == NULL) {
		rc = folder_refuse(&store->folder, "read", path, err);
		(void)close(fd);
		return rc;
	}
	while (rc == 0 && (entry = readdir(dir)) != NULL) {
		if (dated_is(entry->d_name))
			rc = add_version(versions, entry->d_name);
	}
	if (rc == -1)
		(void)error_sys(err, NF_SYSTEM, "no memory for versions");
	else if (versions->n > 0)
		qsort(versions->names, versions->n, sizeof(*versions->names),
		      compare_versions);
	(void)closedir(dir);
	return rc;
}

/* The version whose stat the state has: 1, 0 for none. */
static int find_known(const struct nf_store *store, const char *dir,
		      const struct state_file *file, char version[DATED_NAME])
{
	struct versions versions;
	struct stat st;
	int found = 0;

	(void)list(store, dir, &versions, NULL); /* without memory: of some */
	for (size_t i = versions.n; i-- > 0 && !found;) {
		found = stat_version(store, dir, versions.names[i], &st) == 0 &&
			state_file_is(file, &st);
		if (found)
			memcpy(version, versions.names[i], DATED_NAME);
	}
	free(versions.names);
	return found;
}

const char *plain_before(struct nf_store *store,
			 const struct state_device *device,
			 const struct state_file *file)
{
	char dir[STORE_PATH_MAX], path[STORE_PATH_MAX], version[DATED_NAME];

	kept_join(dir, device->dir, file->file);
	if (!file->kept || !find_known(store, dir, file, version))
		return NULL;
	kept_join(path, dir, version);
	return strings_add(&store->strings, path, strlen(path));
}

/* A version that is not there yet: two runs may be in one second. */
static int new_version(const struct nf_store *store, const char *dir,
		       char version[DATED_NAME], struct nf_error *err)
{
	int64_t when_s = store->began_us / US_PER_S;
	struct stat st;

	for (int i = 0; i < 100; i++) {
		dated_print(version, when_s + i);
		if (stat_version(store, dir, version, &st) == -1)
			return 0;
	}
	return error_set(err, NF_SYSTEM, "%s has a version of each second",
			 dir);
}

/* Make the link that tells which is the latest. Without it, a version would be
 * one more each night that nobody is led to. */
static int link_latest(struct nf_store *store, const char *dir,
		       const char *version, struct nf_error *err)
{
	char path[STORE_PATH_MAX];
	struct nf_error ignored;

	kept_join(path, dir, DATED_LATEST);
	if (aside_link(&store->folder, path, version, err) == 0)
		return 0;
	kept_join(path, dir, version);
	(void)kept_unlink(store, path, &ignored);
	return -1;
}

int plain_place(struct nf_store *store, const char *dir, struct aside *aside,
		struct stat *st, struct nf_error *err)
{
	char version[DATED_NAME], path[STORE_PATH_MAX];

	if (new_version(store, dir, version, err) == -1)
		return -1;
	kept_join(path, dir, version);
	if (aside_place(aside, path, st, err) == -1)
		return -1;
	return link_latest(store, dir, version, err);
}

int plain_remove(struct nf_store *store, const char *dir, struct nf_error *err)
{
	struct versions versions;
	char path[STORE_PATH_MAX];
	int rc = list(store, dir, &versions, err);

	for (size_t i = 0; rc == 0 && i < versions.n; i++) {
		kept_join(path, dir, versions.names[i]);
		rc = kept_unlink(store, path, err);
	}
	free(versions.names);
	if (rc == -1)
		return -1;
	kept_join(path, dir, DATED_LATEST);
	return kept_unlink(store, path, err);
}

/* ---- dropping versions */

static size_t find_version(const struct versions *versions, const char *name)
{
	size_t i = 0;

	while (i < versions->n && strcmp(versions->names[i], name) != 0)
		i++;
	return i;
}

/*
 * Drop what of the versions of one output is beyond a limit. The latest counts as
 * one, and stays. From there they are counted back in time; those that a clock
 * named that was ahead come last, or they would be kept in place of all others.
 */
static int tidy_output(struct nf_store *store, const char *dir,
		       struct nf_error *err)
{
	const struct nf_store_options *options = &store->options;
	char oldest[DATED_NAME] = "", latest[DATED_NAME];
	char path[STORE_PATH_MAX];
	struct versions versions;
	size_t at, n;
	int rc;

	if (plain_latest(store, dir, latest) == 0)
		return 0;
	if (options->keep_days != 0)
		dated_print(oldest, store->began_us / US_PER_S -
					    options->keep_days * DAY_S);
	rc = list(store, dir, &versions, err);
	n = versions.n;
	at = find_version(&versions, latest);
	for (size_t back = 1; rc == 0 && at < n && back < n; back++) {
		const char *version = versions.names[(at + n - back) % n];

		if (strcmp(version, oldest) >= 0 &&
		    (options->keep == 0 || back < options->keep))
			continue;
		kept_join(path, dir, version);
		rc = kept_unlink(store, path, err);
	}
	free(versions.names);
	return rc;
}

int plain_tidy(struct nf_store *store, struct nf_error *err)
{
	char dir[STORE_PATH_MAX];
	int rc = 0;

	if (store->options.keep == 0 && store->options.keep_days == 0)
		return 0;
	for (size_t i = 0; i < store->state.ndevices; i++) {
		const struct state_device *device = &store->state.devices[i];

		for (size_t k = 0; k < device->nfiles; k++) {
			kept_join(dir, device->dir, device->files[k].file);
			if (tidy_output(store, dir, err) == -1)
				rc = -1;
		}
	}
	return rc;
}
