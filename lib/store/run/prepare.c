/* Preparing a run: what the poll is told of what is known. */
#include "netfan.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "inventory/inventory.h"
#include "store/store_parts.h"

static int no_memory(struct nf_error *err)
{
	return error_sys(err, NF_SYSTEM, "no memory for a collection");
}

/* ---- options that need the inventory */

static int check_patterns(const struct nf_store_options *options,
			  struct nf_error *err)
{
	for (size_t i = 0; i < options->nvolatile_lines; i++) {
		if (rules_check(options->volatile_lines[i], err) == -1)
			return -1;
	}
	return 0;
}

/* From now on the options have the patterns of the inventory, too. */
static int join_patterns(struct nf_store *store, struct nf_error *err)
{
	struct nf_store_options *options = &store->options;
	size_t own = options->nvolatile_lines, more;
	const char *const *lines = inventory_volatile(store->inv, &more);

	store->volatile_lines = calloc(own + more + 1, sizeof(const char *));
	if (store->volatile_lines == NULL)
		return no_memory(err);
	for (size_t i = 0; i < own; i++)
		store->volatile_lines[i] = options->volatile_lines[i];
	for (size_t i = 0; i < more; i++)
		store->volatile_lines[own + i] = lines[i];
	options->volatile_lines = store->volatile_lines;
	options->nvolatile_lines = own + more;
	return 0;
}

/* Let the state tell them to who looks back. */
static int keep_patterns(struct nf_store *store, struct nf_error *err)
{
	const struct nf_store_options *options = &store->options;

	state_clear_volatile(&store->state);
	return state_add_volatile(&store->state, options->volatile_lines,
				  options->nvolatile_lines) == 0
		       ? 0
		       : no_memory(err);
}

static bool is_called(const struct nf_store_device *device, const char *name)
{
	return strcmp(device->name, name) == 0 ||
	       strcmp(device->host, name) == 0;
}

static int accept_device(struct nf_store *store, const char *name,
			 struct nf_error *err)
{
	bool found = false;

	for (size_t i = 0; i < store->ninv; i++) {
		if (!is_called(&store->rows[i].pub, name))
			continue;
		store->rows[i].accept = true;
		found = true;
	}
	return found ? 0
		     : error_set(err, NF_INVALID,
				 "there is no device '%.200s' whose outputs "
				 "could be accepted",
				 name);
}

static int accept_devices(struct nf_store *store, struct nf_error *err)
{
	const struct nf_store_options *options = &store->options;

	for (size_t i = 0; i < options->naccept; i++) {
		if (accept_device(store, options->accept[i], err) == -1)
			return -1;
	}
	return 0;
}

/* ---- rows */

static int make_rows(struct nf_store *store, struct nf_error *err)
{
	store->ninv = nf_inventory_size(store->inv);
	store->rows = calloc(store->ninv + 1, sizeof(*store->rows));
	if (store->rows == NULL)
		return no_memory(err);
	store->nrows = store->ninv;
	for (size_t i = 0; i < store->ninv; i++) {
		const struct nf_device *device =
			nf_inventory_device(store->inv, i);

		store->rows[i].pub =
			(struct nf_store_device){.name = device->name,
						 .host = device->host,
						 .platform = device->platform};
	}
	return 0;
}

static bool has_outputs(const struct state_device *device)
{
	for (size_t i = 0; i < device->nfiles; i++) {
		if (device->files[i].kept)
			return true;
	}
	return false;
}

/* Meet the devices of the inventory. Pointers to devices of the state are good
 * once all are there. */
static int meet_devices(struct nf_store *store, struct nf_error *err)
{
	for (size_t i = 0; i < store->ninv; i++) {
		const struct nf_store_device *pub = &store->rows[i].pub;
		struct state_device *device =
			state_device(&store->state, pub->name);

		if (device == NULL ||
		    (device->platform == NULL &&
		     state_set_platform(device, pub->platform) == -1))
			return no_memory(err);
		device->met = true;
		device->gone = false;
	}
	for (size_t i = 0; i < store->ninv; i++) {
		struct row *row = &store->rows[i];

		row->state = state_find(&store->state, row->pub.name);
		row->had = store->rebuilt == NULL && has_outputs(row->state);
		row->succeeded_us = row->state->succeeded_us;
		row->failing_us = row->state->failing_us;
	}
	return 0;
}

/* ---- what is known */

/* Is the file in its place the one that the last run left there? If not it is
 * recorded, whatever comes; *doubtful counts it. */
static int check_file(struct nf_store *store, const struct state_device *device,
		      const struct state_file *file, bool *trusted,
		      size_t *doubtful, struct nf_error *err)
{
	/* The record may lack any of them. */
	bool all = store->state.head[0] == '\0' ||
		   strcmp(store->state.head, store->head) != 0;
	char path[STORE_PATH_MAX];
	struct stat st;
	bool there;

	*trusted = false;
	if (!file->kept || file->guessed)
		return 0;
	there = kept_find(store, device, file, path, &st) == 1;
	*trusted = there && state_file_is(file, &st);
	*doubtful += there && !*trusted;
	if (!there || store->options.kind != NF_STORE_GIT || (*trusted && !all))
		return 0;
	return store_record(store, path, false, err);
}

static size_t count_files(const struct state *state)
{
	size_t n = 0;

	for (size_t i = 0; i < state->ndevices; i++)
		n += state->devices[i].nfiles;
	return n;
}

static int know_device(struct nf_store *store, struct state_device *device,
		       size_t *n, size_t *doubtful, struct nf_error *err)
{
	for (size_t i = 0; i < device->nfiles; i++) {
		const struct state_file *file = &device->files[i];
		bool trusted;

		if (check_file(store, device, file, &trusted, doubtful, err) ==
		    -1)
			return -1;
		if (!trusted || !device->met)
			continue;
		store->known[*n].command = file->command;
		memcpy(store->known[*n].digest, file->digest, NF_DIGEST);
		++*n;
	}
	return 0;
}

/* Make what the workers look at, which is constant from now on, and the list of
 * files that are recorded again. */
static int know(struct nf_store *store, size_t *doubtful, struct nf_error *err)
{
	size_t n = 0;

	store->known =
		calloc(count_files(&store->state) + 1, sizeof(*store->known));
	store->known_at = calloc(store->ninv + 1, sizeof(*store->known_at));
	if (store->known == NULL || store->known_at == NULL)
		return no_memory(err);
	for (size_t i = 0; i < store->ninv; i++) {
		if (know_device(store, store->rows[i].state, &n, doubtful,
				err) == -1)
			return -1;
		store->known_at[i + 1] = n;
	}
	for (size_t i = 0; i < store->state.ndevices; i++) {
		if (!store->state.devices[i].met &&
		    know_device(store, &store->state.devices[i], &n, doubtful,
				err) == -1)
			return -1;
	}
	return 0;
}

static bool look_up(void *arg, size_t device, const char *command,
		    uint8_t digest[NF_DIGEST])
{
	const struct nf_store *store = arg;
	const struct known *known = store->known + store->known_at[device];
	const struct known *end = store->known + store->known_at[device + 1];

	for (; known < end; known++) {
		if (strcmp(known->command, command) != 0)
			continue;
		memcpy(digest, known->digest, NF_DIGEST);
		return true;
	}
	return false;
}

/* ---- what is noted */

/* One note of all that a run that did not end left behind. */
static void note_mended(const struct nf_store *store, size_t doubtful)
{
	const char *path = store->folder.path;

	if (store->rebuilt != NULL)
		store_note(store,
			   "%.200s: the state is made anew from the files: "
			   "%.200s",
			   path, store->rebuilt);
	else if (store->leftovers > 0)
		store_note(store,
			   "%.200s: an earlier run did not end: %zu leftover%s "
			   "removed, %zu file%s to be recorded again",
			   path, store->leftovers,
			   store->leftovers == 1 ? "" : "s", doubtful,
			   doubtful == 1 ? "" : "s");
	else if (doubtful > 0)
		store_note(store,
			   doubtful == 1
				   ? "%.200s: %zu file is not as the last run "
				     "left it: it is compared, and recorded "
				     "again"
				   : "%.200s: %zu files are not as the last "
				     "run left them: they are compared, and "
				     "recorded again",
			   path, doubtful);
}

static void fill_poll(struct nf_store *store, struct nf_poll_options *poll)
{
	const struct nf_store_options *options = &store->options;

	store->content = (struct nf_content){
		.known = look_up,
		.arg = store,
		.volatile_lines = options->volatile_lines,
		.nvolatile_lines = options->nvolatile_lines,
		.mask_key = store->masks ? store->folder.key : NULL};
	poll->content = &store->content;
	poll->platform_commands = poll->ncommands == 0;
}

int nf_store_prepare(struct nf_store *store, const struct nf_inventory *inv,
		     struct nf_poll_options *poll, struct nf_error *err)
{
	size_t doubtful = 0;

	assert(store->inv == NULL);
	store->inv = inv;
	if (check_patterns(&store->options, err) == -1 ||
	    join_patterns(store, err) == -1 ||
	    keep_patterns(store, err) == -1 || make_rows(store, err) == -1 ||
	    accept_devices(store, err) == -1)
		return -1;
	if (store->rebuilt != NULL && rebuild_state(store, poll, err) == -1)
		return -1;
	if (meet_devices(store, err) == -1 || masks_prepare(store, err) == -1 ||
	    know(store, &doubtful, err) == -1)
		return -1;
	note_mended(store, doubtful);
	fill_poll(store, poll);
	return 0;
}
