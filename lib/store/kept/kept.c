/* Outputs in their places. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/store_parts.h"

static bool is_plain(const struct nf_store *store)
{
	return store->options.kind == NF_STORE_PLAIN;
}

void kept_join(char path[STORE_PATH_MAX], const char *dir, const char *name)
{
	(void)snprintf(path, STORE_PATH_MAX, "%.*s/%s",
		       (int)(STORE_PATH_MAX - PATHS_NAME_MAX - 1), dir, name);
}

int kept_find(const struct nf_store *store, const struct state_device *device,
	      const struct state_file *file, char path[STORE_PATH_MAX],
	      struct stat *st)
{
	char version[DATED_NAME], dir[STORE_PATH_MAX];

	kept_join(path, device->dir, file->file);
	if (is_plain(store)) {
		if (plain_latest(store, path, version) == 0)
			return 0;
		memcpy(dir, path, sizeof(dir));
		kept_join(path, dir, version);
	}
	return folder_stat(&store->folder, path, st) == 0 &&
	       S_ISREG(st->st_mode);
}

const char *kept_path(struct nf_store *store, const struct state_device *device,
		      const struct state_file *file)
{
	char dir[STORE_PATH_MAX], path[STORE_PATH_MAX];

	kept_join(dir, device->dir, file->file);
	kept_join(path, dir, DATED_LATEST);
	return is_plain(store)
		       ? strings_add(&store->strings, path, strlen(path))
		       : strings_add(&store->strings, dir, strlen(dir));
}

int kept_place(struct nf_store *store, const struct state_device *device,
	       struct state_file *file, struct aside *aside,
	       struct nf_error *err)
{
	char dir[STORE_PATH_MAX];
	struct stat st;
	int rc;

	kept_join(dir, device->dir, file->file);
	if (is_plain(store))
		rc = plain_place(store, dir, aside, &st, err);
	else
		rc = aside_place(aside, dir, &st, err);
	if (rc == -1)
		return -1;
	state_file_set(file, &st);
	file->kept = true;
	store->placed = true;
	return is_plain(store) ? 0 : store_record(store, dir, false, err);
}

static bool remove_dir(const struct nf_store *store, const char *path)
{
	const char *name;
	int at = folder_parent(&store->folder, path, false, &name, NULL);
	bool removed;

	if (at == -1)
		return false;
	removed = unlinkat(at, name, AT_REMOVEDIR) == 0;
	(void)close(at);
	return removed;
}

/* Remove the directories of a path, the innermost first, until one has more in
 * it. */
static void remove_dirs(const struct nf_store *store, char *path)
{
	char *slash;

	while ((slash = strrchr(path, '/')) != NULL) {
		*slash = '\0';
		if (strcmp(path, ".netfan/shrunk") == 0 ||
		    !remove_dir(store, path))
			return;
	}
}

int kept_unlink(const struct nf_store *store, const char *path,
		struct nf_error *err)
{
	struct nf_error missing = {0};
	char dirs[STORE_PATH_MAX];
	const char *name;
	int at = folder_parent(&store->folder, path, false, &name, &missing);
	int rc = 0;

	if (at == -1 && missing.sys_errno == ENOENT)
		return 0;
	if (at == -1) {
		*err = missing;
		return -1;
	}
	if (unlinkat(at, name, 0) == -1 && errno != ENOENT)
		rc = folder_refuse(&store->folder, "remove", path, err);
	(void)close(at);
	if (rc == -1)
		return -1;
	(void)snprintf(dirs, sizeof(dirs), "%s", path);
	remove_dirs(store, dirs);
	return 0;
}

int kept_remove(struct nf_store *store, const struct state_device *device,
		struct nf_error *err)
{
	char path[STORE_PATH_MAX];
	int rc = 0;

	for (size_t i = 0; i < device->nfiles; i++) {
		if (device->files[i].guessed)
			continue;
		kept_shrunk_path(path, device, &device->files[i]);
		if (kept_unlink(store, path, err) == -1)
			rc = -1;
		kept_join(path, device->dir, device->files[i].file);
		if (is_plain(store) ? plain_remove(store, path, err) == -1
				    : kept_unlink(store, path, err) == -1 ||
					      store_record(store, path, true,
							   err) == -1)
			rc = -1;
	}
	return rc;
}

void kept_shrunk_path(char path[STORE_PATH_MAX],
		      const struct state_device *device,
		      const struct state_file *file)
{
	(void)snprintf(path, STORE_PATH_MAX, ".netfan/shrunk/%s/%s",
		       device->dir, file->file);
}
