/* Ending a run: files into their places, the record, and the state. */
#include "netfan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "store/store_parts.h"

/* The first thing that went wrong; the run goes on all the same. */
struct ending {
	struct nf_store *store;
	struct nf_error first;
	bool unrecorded; /* git has not what the files are now */
};

static void went_wrong(struct ending *ending, const struct nf_error *err)
{
	if (ending->first.code == NF_OK)
		ending->first = *err;
}

/* ---- rows */

/* Devices whose result was not taken, as the run was cut short. */
static void end_rows(struct nf_store *store)
{
	for (size_t i = 0; i < store->ninv; i++) {
		struct nf_store_device *pub = &store->rows[i].pub;

		if (store->rows[i].came)
			continue;
		pub->fate = NF_DEVICE_FAILED;
		(void)error_set(&pub->error, NF_CANCELLED,
				"the run ended before its result came");
	}
}

/* Tell of a device what the state knows. */
static void fill_row(struct row *row)
{
	const struct state_device *state = row->state;

	row->pub.tried_us = state->tried_us;
	row->pub.succeeded_us = state->succeeded_us;
	row->pub.failing_us = state->failing_us;
	row->pub.changes = state->changes;
}

static void fill_rows(struct nf_store *store)
{
	for (size_t i = 0; i < store->nrows; i++)
		fill_row(&store->rows[i]);
}

/* ---- files into their places */

static bool any_aside(const struct nf_store *store)
{
	for (size_t i = 0; i < store->ninv; i++) {
		for (size_t k = 0; k < store->rows[i].pub.noutputs; k++) {
			if (store->rows[i].outputs[k].held)
				return true;
		}
	}
	return store->nremasks > 0;
}

/* Keep what is much shorter aside, for who wants to look at it. */
static int place_shrunk(const struct row *row, const struct state_file *file,
			struct output *output, struct nf_error *err)
{
	char path[STORE_PATH_MAX];

	kept_shrunk_path(path, row->state, file);
	return aside_place(&output->aside, path, NULL, err);
}

static int place_output(struct nf_store *store, struct row *row, size_t i,
			struct nf_error *err)
{
	struct output *output = &row->outputs[i];
	struct state_file *file =
		state_find_file(row->state, row->told[i].command);

	if (!output->place)
		return place_shrunk(row, file, output, err);
	if (kept_place(store, row->state, file, &output->aside, err) == -1)
		return -1;
	output_keep(store, row->state, file, output);
	if (row->told[i].fate != NF_OUTPUT_SAME)
		file->changed_us = real_us();
	return 0;
}

/* An output that could not be put in its place is none of this run: its device
 * has not succeeded, whatever it said. */
static void lose_output(struct row *row, size_t i, const struct nf_error *why)
{
	struct nf_store_output *told = &row->told[i];
	struct nf_error error = *why;

	aside_drop(&row->outputs[i].aside);
	told->fate = NF_OUTPUT_FAILED;
	(void)snprintf(told->why, sizeof(told->why), "%.*s",
		       (int)sizeof(told->why) - 1, why->message);
	error.stage = NF_STAGE_COMMAND;
	row->state->succeeded_us = row->succeeded_us;
	row->state->failing_us = row->failing_us;
	row_fail(row, &error);
}

/* A first output is no change, nor are marks that come into a file. */
static bool is_changed(const struct row *row)
{
	for (size_t i = 0; i < row->pub.noutputs; i++) {
		if (row->told[i].fate == NF_OUTPUT_CHANGED)
			return true;
	}
	return false;
}

static void place_row(struct ending *ending, struct row *row,
		      const struct nf_error *refused)
{
	for (size_t i = 0; i < row->pub.noutputs; i++) {
		struct nf_error err = *refused;

		if (!row->outputs[i].held)
			continue;
		row->outputs[i].held = false;
		if (refused->code == NF_OK &&
		    place_output(ending->store, row, i, &err) == 0)
			continue;
		lose_output(row, i, &err);
		went_wrong(ending, &err);
	}
	if (is_changed(row))
		row->state->changes++;
}

/* What is aside has to be on the disk before it replaces anything. */
static void place_all(struct ending *ending)
{
	struct nf_store *store = ending->store;
	struct nf_error err = {0};

	if (any_aside(store) && folder_sync(&store->folder, &err) == -1)
		went_wrong(ending, &err);
	if (err.code == NF_OK && masks_place(store, &err) == -1) {
		went_wrong(ending, &err);
		err.code = NF_OK;
	}
	for (size_t i = 0; i < store->ninv; i++)
		place_row(ending, &store->rows[i], &err);
}

/* ---- devices that left the inventory */

static const char *copy(struct nf_store *store, const char *text)
{
	const char *added = strings_add(&store->strings, text, strlen(text));

	return added != NULL ? added : "";
}

static bool is_leaving(const struct nf_store *store,
		       const struct state_device *device)
{
	return store->options.whole && !device->met &&
	       (store->options.remove_gone || !device->gone);
}

static size_t count_leaving(const struct nf_store *store)
{
	size_t n = 0;

	for (size_t i = 0; i < store->state.ndevices; i++)
		n += is_leaving(store, &store->state.devices[i]);
	return n;
}

static void let_go(struct ending *ending, struct state_device *device)
{
	struct nf_store *store = ending->store;
	struct row *row = &store->rows[store->nrows++];
	struct nf_error err;

	*row = (struct row){
		.state = device,
		.pub = {.name = copy(store, device->name),
			.host = "",
			.platform = copy(store, device->platform != NULL
							? device->platform
							: ""),
			.fate = NF_DEVICE_GONE,
			.error = device->error}};
	device->gone = true;
	if (!store->options.remove_gone)
		return;
	row->removed = kept_remove(store, device, &err) == 0;
	if (!row->removed)
		went_wrong(ending, &err);
}

static void let_all_go(struct ending *ending)
{
	struct nf_store *store = ending->store;
	size_t n = count_leaving(store);
	struct row *rows;
	struct nf_error err;

	if (n == 0)
		return;
	rows = reallocarray(store->rows, store->nrows + n, sizeof(*rows));
	if (rows == NULL) {
		(void)error_sys(&err, NF_SYSTEM, "no memory for devices");
		went_wrong(ending, &err);
		return;
	}
	store->rows = rows;
	for (size_t i = 0; i < store->state.ndevices; i++) {
		if (is_leaving(store, &store->state.devices[i]))
			let_go(ending, &store->state.devices[i]);
	}
}

/* Forget those that were removed, also from the record: else the next run has to
 * know what is left to be done. It moves others, so that it comes last. */
static void forget_removed(const struct ending *ending)
{
	struct nf_store *store = ending->store;

	if (!store->options.remove_gone || ending->unrecorded)
		return;
	for (size_t i = store->ninv; i < store->nrows; i++) {
		if (store->rows[i].removed)
			state_remove(&store->state, store->rows[i].pub.name);
	}
	for (size_t i = 0; i < store->nrows; i++)
		store->rows[i].state =
			state_find(&store->state, store->rows[i].pub.name);
}

/* ---- the record */

static int compare_paths(const void *a, const void *b)
{
	return strcmp(((const struct git_path *)a)->path,
		      ((const struct git_path *)b)->path);
}

/* Sort the paths, each once: gone if it is gone at last. */
static void unite_paths(struct nf_store *store)
{
	size_t n = 0;

	if (store->npaths == 0)
		return;
	qsort(store->paths, store->npaths, sizeof(*store->paths),
	      compare_paths);
	for (size_t i = 1; i < store->npaths; i++) {
		if (compare_paths(&store->paths[n], &store->paths[i]) != 0)
			store->paths[++n] = store->paths[i];
		else
			store->paths[n].gone |= store->paths[i].gone;
	}
	store->npaths = n + 1;
}

static int record_paths(struct nf_store *store, char head[72],
			struct nf_error *err)
{
	char subject[128];
	char *body = message_body(store);
	int rc;

	if (body == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a commit");
	rc = git_record(store->git, store->paths, store->npaths,
			message_subject(store, subject, sizeof(subject)), body,
			head, err);
	free(body);
	return rc;
}

static void tell_unrecorded(struct ending *ending, const struct nf_error *why)
{
	const char *path = ending->store->folder.path;
	struct nf_error err;

	ending->unrecorded = true;
	/* The user is in the middle of something, or the record is damaged. */
	if (why->code == NF_INVALID)
		(void)error_set(&err, NF_SYSTEM,
				"the files are kept, but not recorded: "
				"%.360s: the next run records what is there "
				"then",
				why->message);
	else
		(void)error_set(
			&err, NF_SYSTEM,
			"%.150s: the files are kept, but not recorded: %.200s: "
			"the next run records them; if git calls its "
			"repository damaged, move .git away there, and a new "
			"one is made",
			path, why->message);
	err.sys_errno = why->sys_errno;
	went_wrong(ending, &err);
}

/* Record what is new, and what earlier runs left unrecorded. What could not be
 * recorded is left to the next run: then all files are in doubt. */
static void record(struct ending *ending)
{
	struct nf_store *store = ending->store;
	struct state *state = &store->state;
	char head[72] = "";
	struct nf_error err;
	int rc = 0;

	unite_paths(store);
	(void)snprintf(head, sizeof(head), "%s", store->head);
	state->head[0] = '\0';
	if (store->git == NULL) {
		tell_unrecorded(ending, &store->git_error);
		return;
	}
	if (store->npaths > 0)
		rc = record_paths(store, head, &err);
	if (rc == -1) {
		tell_unrecorded(ending, &err);
		return;
	}
	memcpy(state->head, head, sizeof(head));
	if (rc == 1)
		memcpy(store->commit, head, sizeof(head));
}

/* Let the files of a plain store reach the disk. */
static void settle_plain(struct ending *ending)
{
	struct nf_error err;

	if (folder_sync(&ending->store->folder, &err) == -1)
		went_wrong(ending, &err);
}

/* ---- the state */

/* A file that no run put there that ended, of a device that said nothing now:
 * it is what is known of it from now on. */
static void adopt(struct nf_store *store, const struct state_device *device,
		  struct state_file *file)
{
	struct source source = {.fd = -1};
	char path[STORE_PATH_MAX];
	struct content_end end;
	struct nf_error err;
	struct stat st;

	if (!file->kept || !kept_find(store, device, file, path, &st) ||
	    state_file_is(file, &st))
		return;
	source.fd = folder_file(&store->folder, path, &st, &err);
	if (source.fd == -1)
		return;
	if (content_read(store, &source, device->platform, file->command,
			 store_use(store), &end, &err) == 1) {
		memcpy(file->digest, end.digest, NF_DIGEST);
		file->bytes = end.bytes;
		file->marked = end.marked;
		state_file_set(file, &st);
	}
	(void)close(source.fd);
}

static void adopt_all(struct nf_store *store)
{
	for (size_t i = 0; i < store->state.ndevices; i++) {
		struct state_device *device = &store->state.devices[i];

		for (size_t k = 0; k < device->nfiles; k++)
			adopt(store, device, &device->files[k]);
	}
}

static void write_state(struct ending *ending)
{
	struct nf_store *store = ending->store;
	struct nf_error err;

	if (state_write(&store->state, &store->folder, &err) == -1)
		went_wrong(ending, &err);
}

int nf_store_commit(struct nf_store *store, struct nf_error *err)
{
	struct ending ending = {.store = store};

	end_rows(store);
	place_all(&ending);
	let_all_go(&ending);
	if (store->options.kind == NF_STORE_GIT)
		record(&ending);
	else if (store->placed)
		settle_plain(&ending);
	adopt_all(store);
	fill_rows(store);
	forget_removed(&ending);
	write_state(&ending);
	if (ending.first.code == NF_OK)
		return 0;
	*err = ending.first;
	return -1;
}
