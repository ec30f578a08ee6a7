/*
 * A state made anew: from the names of the files that are there, and from the
 * record's log. Digests are not known then, so each output is compared with its
 * file when it comes.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "inventory/inventory.h"
#include "store/store_parts.h"

#define US_PER_S ((int64_t)1000000)

static int no_memory(struct nf_error *err)
{
	return error_sys(err, NF_SYSTEM, "no memory for a state");
}

/* ---- names that are there */

struct entry {
	char file[PATHS_NAME_MAX];
	bool taken; /* it is known whose it is */
};

/* Of one directory, sorted. */
struct entries {
	struct entry *rows;
	size_t n, cap;
};

static int compare_entries(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->file,
		      ((const struct entry *)b)->file);
}

static int add_entry(struct entries *entries, const char *file)
{
	size_t cap = entries->cap != 0 ? entries->cap * 2 : 64;
	struct entry *rows;

	if (entries->n == entries->cap) {
		rows = reallocarray(entries->rows, cap, sizeof(*rows));
		if (rows == NULL)
			return -1;
		entries->rows = rows;
		entries->cap = cap;
	}
	memcpy(entries->rows[entries->n].file, file, strlen(file) + 1);
	entries->rows[entries->n++].taken = false;
	return 0;
}

/* Is it what an output stands in (depth 0: a device's directory; 1: the output
 * itself)? */
static bool is_ours(const struct nf_store *store, int fd, const char *file,
		    int depth)
{
	bool dir = depth == 0 || store->options.kind == NF_STORE_PLAIN;
	struct stat st;

	return strlen(file) < PATHS_NAME_MAX && paths_is_name(file) &&
	       fstatat(fd, file, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       (dir ? S_ISDIR(st.st_mode) : S_ISREG(st.st_mode));
}

/* List the names in a directory, which is closed. NF_SYSTEM. */
static int list(const struct nf_store *store, int fd, int depth,
		struct entries *entries, struct nf_error *err)
{
	DIR *dir = fdopendir(fd);
	const struct dirent *entry;
	int rc = 0;

	*entries = (struct entries){0};
	if (dir == NULL) {
		(void)close(fd);
		return folder_refuse(&store->folder, "read", "", err);
	}
	while (rc == 0 && (entry = readdir(dir)) != NULL) {
		if (is_ours(store, fd, entry->d_name, depth))
			rc = add_entry(entries, entry->d_name);
	}
	if (rc == -1)
		(void)no_memory(err);
	else if (entries->n > 0)
		qsort(entries->rows, entries->n, sizeof(*entries->rows),
		      compare_entries);
	(void)closedir(dir);
	return rc;
}

static int list_devices(const struct nf_store *store, struct entries *entries,
			struct nf_error *err)
{
	int fd = openat(store->folder.fd, ".",
			O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	*entries = (struct entries){0};
	if (fd == -1)
		return folder_refuse(&store->folder, "read", "", err);
	return list(store, fd, 0, entries, err);
}

bool rebuild_wanted(const struct nf_store *store)
{
	struct entries entries;
	struct nf_error err;
	bool any = list_devices(store, &entries, &err) == 0 && entries.n > 0;

	free(entries.rows);
	return any;
}

/* Has a device's directory an output with versions? */
static bool has_versions(const struct nf_store *store, const char *device)
{
	char dir[STORE_PATH_MAX], version[DATED_NAME];
	struct entries outputs = {0};
	struct nf_error err;
	bool has = false;
	int fd = folder_dir(&store->folder, device, false, &err);

	if (fd != -1 && list(store, fd, 0, &outputs, &err) == 0) {
		for (size_t i = 0; i < outputs.n && !has; i++) {
			kept_join(dir, device, outputs.rows[i].file);
			has = plain_latest(store, dir, version) == 1;
		}
	}
	free(outputs.rows);
	return has;
}

bool rebuild_finds_plain(const struct nf_store *store)
{
	struct entries devices;
	struct nf_error err;
	bool plain = false;

	if (list_devices(store, &devices, &err) == 0) {
		for (size_t i = 0; i < devices.n && !plain; i++)
			plain = has_versions(store, devices.rows[i].file);
	}
	free(devices.rows);
	return plain;
}

/* ---- whose they are */

static struct entry *find_entry(const struct entries *entries, const char *file)
{
	struct entry key = {0}, *entry = NULL;

	if (entries->n > 0 && strlen(file) < sizeof(key.file)) {
		memcpy(key.file, file, strlen(file) + 1);
		entry = bsearch(&key, entries->rows, entries->n, sizeof(key),
				compare_entries);
	}
	return entry != NULL && !entry->taken ? entry : NULL;
}

/* Find the file of a name: the one that it gets where another has its first
 * choice comes first. */
static struct entry *find_of(const struct entries *entries, const char *name)
{
	char first[PATHS_NAME_MAX];
	struct paths other = {0};
	const char *second = NULL;
	struct entry *entry = NULL;

	paths_escape(first, name);
	if (paths_keep(&other, "", first) == 0)
		second = paths_take(&other, name);
	if (second != NULL)
		entry = find_entry(entries, second);
	paths_release(&other);
	return entry != NULL ? entry : find_entry(entries, first);
}

/* ---- the outputs of a device */

static int add_file(const struct nf_store *store, struct state_device *device,
		    const char *command, struct entry *entry, bool guessed,
		    struct nf_error *err)
{
	char path[STORE_PATH_MAX];
	struct state_file *file;
	struct stat st;

	entry->taken = true;
	if (paths_keep(&device->paths, command, entry->file) == -1)
		return errno == ENOMEM ? no_memory(err) : 0;
	file = state_file(device, command);
	if (file == NULL)
		return no_memory(err);
	file->kept = kept_find(store, device, file, path, &st) == 1;
	file->guessed = guessed;
	return 0;
}

static int add_command(const struct nf_store *store,
		       struct state_device *device,
		       const struct entries *entries, const char *command,
		       struct nf_error *err)
{
	struct entry *entry = find_of(entries, command);

	return entry != NULL
		       ? add_file(store, device, command, entry, false, err)
		       : 0;
}

/* Commands that this run asks the device, of whose names nothing is guessed. */
static int
add_commands(const struct nf_store *store, struct state_device *device,
	     const struct entries *entries, const struct platform *platform,
	     const struct nf_poll_options *poll, struct nf_error *err)
{
	for (size_t i = 0; i < poll->ncommands; i++) {
		if (add_command(store, device, entries, poll->commands[i],
				err) == -1)
			return -1;
	}
	for (unsigned i = 0; platform != NULL && i < platform->collect_count;
	     i++) {
		if (add_command(store, device, entries,
				platform->collect[i].command, err) == -1)
			return -1;
	}
	return 0;
}

static int add_outputs(const struct nf_store *store,
		       struct state_device *device,
		       const struct platform *platform,
		       const struct nf_poll_options *poll, struct nf_error *err)
{
	struct nf_error missing;
	struct entries entries;
	char name[PATHS_NAME_MAX];
	int fd = folder_dir(&store->folder, device->dir, false, &missing);
	int rc;

	if (fd == -1)
		return 0;
	rc = list(store, fd, 1, &entries, err);
	if (rc == 0)
		rc = add_commands(store, device, &entries, platform, poll, err);
	for (size_t i = 0; rc == 0 && i < entries.n; i++) {
		if (entries.rows[i].taken)
			continue;
		paths_guess(name, entries.rows[i].file, true);
		rc = add_file(store, device, name, &entries.rows[i], true, err);
	}
	free(entries.rows);
	return rc;
}

/* ---- devices */

static int add_device(struct nf_store *store, const char *name,
		      struct entry *entry, const char *platform,
		      struct nf_error *err)
{
	struct state_device *device;

	if (entry != NULL)
		entry->taken = true;
	if (entry != NULL &&
	    paths_keep(&store->state.paths, name, entry->file) == -1)
		return errno == ENOMEM ? no_memory(err) : 0;
	device = state_device(&store->state, name);
	if (device == NULL || state_set_platform(device, platform) == -1)
		return no_memory(err);
	return 0;
}

/* Devices of the inventory come first: of their names nothing is guessed. */
static int add_devices(struct nf_store *store, struct nf_error *err)
{
	struct entries entries;
	char name[PATHS_NAME_MAX];
	int rc = list_devices(store, &entries, err);

	for (size_t i = 0; rc == 0 && i < store->ninv; i++) {
		const struct nf_store_device *pub = &store->rows[i].pub;

		rc = add_device(store, pub->name, find_of(&entries, pub->name),
				pub->platform, err);
	}
	for (size_t i = 0; rc == 0 && i < entries.n; i++) {
		if (entries.rows[i].taken)
			continue;
		paths_guess(name, entries.rows[i].file, false);
		rc = add_device(store, name, &entries.rows[i], "generic", err);
	}
	free(entries.rows);
	return rc;
}

/* Of a directory of no device that is known, all may be the user's. */
static void guess_files(struct state_device *device)
{
	for (size_t i = 0; i < device->nfiles; i++)
		device->files[i].guessed = true;
}

static int add_all_outputs(struct nf_store *store,
			   const struct nf_poll_options *poll,
			   struct nf_error *err)
{
	struct state *state = &store->state;

	for (size_t i = 0; i < store->ninv; i++) {
		if (add_outputs(store,
				state_find(state, store->rows[i].pub.name),
				inventory_device(store->inv, i)->platform, poll,
				err) == -1)
			return -1;
	}
	for (size_t i = 0; i < state->ndevices; i++) {
		if (state->devices[i].nfiles > 0)
			continue;
		if (add_outputs(store, &state->devices[i], NULL, poll, err) ==
		    -1)
			return -1;
		guess_files(&state->devices[i]);
	}
	return 0;
}

/* ---- times, from the record */

/* A device by its directory. */
struct by_dir {
	const char *dir;
	struct state_device *device;
	char commit[72]; /* that it changed in, counted last */
};

struct log {
	struct by_dir *rows; /* sorted */
	size_t n;
};

static int compare_dirs(const void *a, const void *b)
{
	return strcmp(((const struct by_dir *)a)->dir,
		      ((const struct by_dir *)b)->dir);
}

static struct state_file *find_file(const struct state_device *device,
				    const char *name)
{
	for (size_t i = 0; i < device->nfiles; i++) {
		if (strcmp(device->files[i].file, name) == 0)
			return &device->files[i];
	}
	return NULL;
}

/* Commits come the newest first. */
static int take_commit(void *arg, const struct git_commit *commit)
{
	const struct log *log = arg;
	const char *slash = strchr(commit->path, '/');
	size_t len = slash != NULL ? (size_t)(slash - commit->path) : 0;
	char dir[PATHS_NAME_MAX];
	struct by_dir key = {.dir = dir}, *row;
	struct state_file *file;

	if (slash == NULL || len >= sizeof(dir) || log->n == 0)
		return 0;
	memcpy(dir, commit->path, len);
	dir[len] = '\0';
	row = bsearch(&key, log->rows, log->n, sizeof(key), compare_dirs);
	file = row != NULL ? find_file(row->device, slash + 1) : NULL;
	if (file == NULL)
		return 0;
	if (file->changed_us == 0)
		file->changed_us = file->seen_us = commit->when_s * US_PER_S;
	if (row->device->succeeded_us == 0)
		row->device->tried_us = row->device->succeeded_us =
			commit->when_s * US_PER_S;
	if (commit->status == 'M' && message_has_changed(commit->subject) &&
	    strcmp(row->commit, commit->commit) != 0) {
		row->device->changes++;
		memcpy(row->commit, commit->commit, sizeof(row->commit));
	}
	return 0;
}

static int add_times(struct nf_store *store, struct nf_error *err)
{
	struct state *state = &store->state;
	struct log log = {calloc(state->ndevices + 1, sizeof(*log.rows)),
			  state->ndevices};
	int rc;

	if (log.rows == NULL)
		return no_memory(err);
	for (size_t i = 0; i < log.n; i++)
		log.rows[i] = (struct by_dir){.dir = state->devices[i].dir,
					      .device = &state->devices[i]};
	qsort(log.rows, log.n, sizeof(*log.rows), compare_dirs);
	rc = git_log(store->git, NULL, take_commit, &log, err);
	free(log.rows);
	return rc;
}

int rebuild_state(struct nf_store *store, const struct nf_poll_options *poll,
		  struct nf_error *err)
{
	struct nf_error why;

	if (add_devices(store, err) == -1 ||
	    add_all_outputs(store, poll, err) == -1)
		return -1;
	/* Times are of less worth than what is collected now. */
	if (store->git != NULL && add_times(store, &why) == -1)
		store_note(store, "the record's log cannot be read: %s",
			   why.message);
	return 0;
}
