/* An archive: a store that is read, also while a run is under way. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "store/archive/archive_parts.h"

static int no_memory(struct nf_error *err)
{
	return error_set(err, NF_SYSTEM, "no memory for an archive");
}

/* ---- opening */

static int check_patterns(const struct nf_archive_options *options,
			  struct nf_error *err)
{
	for (size_t i = 0; i < options->nvolatile_lines; i++) {
		if (rules_check(options->volatile_lines[i], err) == -1)
			return -1;
	}
	return 0;
}

static int open_state(struct nf_archive *archive, struct nf_error *err)
{
	int rc = state_read(&archive->state, &archive->folder, err);
	char shown[FOLDER_SHOWN];

	if (rc != 0)
		return rc == -1 ? -1 : 0;
	folder_shown(shown, &archive->folder, "");
	return error_set(err, NF_INVALID, "%s: no run has ended yet", shown);
}

static int open_record(struct nf_archive *archive, struct nf_error *err)
{
	if (strcmp(archive->state.kind, "git") != 0)
		return 0;
	return git_open_to_read(&archive->git, &archive->folder, err);
}

/* The patterns of the last run, and the options'. */
static int join_patterns(struct nf_archive *archive, struct nf_error *err)
{
	const struct nf_archive_options *options = &archive->options;

	if (state_add_volatile(&archive->state, options->volatile_lines,
			       options->nvolatile_lines) == -1)
		return no_memory(err);
	return 0;
}

static int open_platforms(struct nf_archive *archive, struct nf_error *err)
{
	archive->platforms = archive->options.platforms;
	archive->own = archive->platforms == NULL;
	if (!archive->own)
		return 0;
	return nf_platforms_load(&archive->platforms, NULL, 0,
				 &archive->options.log, err);
}

/* ---- devices */

static size_t count_files(const struct state *state)
{
	size_t n = 0;

	for (size_t i = 0; i < state->ndevices; i++)
		n += state->devices[i].nfiles;
	return n;
}

static enum nf_device_fate fate_of(const struct state_device *device)
{
	if (device->gone)
		return NF_DEVICE_GONE;
	return device->error.code != NF_OK ? NF_DEVICE_FAILED : NF_DEVICE_SAME;
}

/* The path of an output, NULL without memory. */
static const char *path_of(struct nf_archive *archive,
			   const struct state_device *device,
			   const struct state_file *file)
{
	struct archive_place place;

	place_find(&place, archive, device->name, file->command);
	return strings_add(&archive->paths, place.path, strlen(place.path));
}

/* List what is kept of a device behind the outputs that are listed. */
static int list_outputs(struct nf_archive *archive,
			const struct state_device *device,
			struct nf_store_output *outputs,
			struct nf_store_device *out)
{
	out->outputs = outputs;
	for (size_t i = 0; i < device->nfiles; i++) {
		const struct state_file *file = &device->files[i];
		struct nf_store_output *output = &outputs[out->noutputs];

		if (!file->kept)
			continue;
		*output = (struct nf_store_output){.command = file->command,
						   .fate = NF_OUTPUT_SAME,
						   .bytes = file->bytes,
						   .bytes_before = file->bytes};
		output->path = path_of(archive, device, file);
		if (output->path == NULL)
			return -1;
		out->bytes += file->size;
		out->noutputs++;
	}
	return 0;
}

static int by_dir(const void *a, const void *b)
{
	const struct state_device *const *one = a, *const *two = b;

	return strcmp((*one)->dir, (*two)->dir);
}

/* Tell what the state has of a device, but for its outputs. */
static void tell_device(struct nf_store_device *out,
			const struct state_device *device)
{
	*out = (struct nf_store_device){
		.name = device->name,
		.host = "",
		.platform = device->platform != NULL ? device->platform : "",
		.fate = fate_of(device),
		.error = device->error,
		.tried_us = device->tried_us,
		.succeeded_us = device->succeeded_us,
		.failing_us = device->failing_us,
		.changes = device->changes,
	};
}

static int list_devices(struct nf_archive *archive, struct nf_error *err)
{
	const struct state *state = &archive->state;
	size_t n = state->ndevices, at = 0;

	archive->devices = calloc(n + 1, sizeof(*archive->devices));
	archive->outputs =
		calloc(count_files(state) + 1, sizeof(*archive->outputs));
	archive->by_dir = calloc(n + 1, sizeof(struct state_device *));
	if (archive->devices == NULL || archive->outputs == NULL ||
	    archive->by_dir == NULL)
		return no_memory(err);
	for (size_t i = 0; i < n; i++) {
		const struct state_device *device = &state->devices[i];

		tell_device(&archive->devices[i], device);
		if (list_outputs(archive, device, &archive->outputs[at],
				 &archive->devices[i]) == -1)
			return no_memory(err);
		at += archive->devices[i].noutputs;
		archive->by_dir[i] = device;
	}
	qsort(archive->by_dir, n, sizeof(struct state_device *), by_dir);
	return 0;
}

/* ---- an archive as a whole */

int nf_archive_open(struct nf_archive **out,
		    const struct nf_archive_options *options,
		    struct nf_error *err)
{
	struct nf_archive *archive = calloc(1, sizeof(*archive));

	if (archive == NULL)
		return no_memory(err);
	archive->options = *options;
	if (check_patterns(options, err) == -1 ||
	    folder_open(&archive->folder, options->dir, false, err) == -1) {
		free(archive);
		return -1;
	}
	if (open_state(archive, err) == -1 ||
	    join_patterns(archive, err) == -1 ||
	    open_record(archive, err) == -1 ||
	    open_platforms(archive, err) == -1 ||
	    list_devices(archive, err) == -1) {
		nf_archive_free(archive);
		return -1;
	}
	*out = archive;
	return 0;
}

void nf_archive_free(struct nf_archive *archive)
{
	if (archive == NULL)
		return;
	if (archive->own)
		nf_platforms_free(archive->platforms);
	free(archive->by_dir);
	free(archive->outputs);
	free(archive->devices);
	strings_release(&archive->paths);
	git_free(archive->git);
	state_release(&archive->state);
	folder_close(&archive->folder);
	free(archive);
}

int archive_needs_git(const struct nf_archive *archive, struct nf_error *err)
{
	char shown[FOLDER_SHOWN];

	folder_shown(shown, &archive->folder, "");
	return error_set(err, NF_INVALID,
			 "%s keeps dated files: history, diff and versions by "
			 "name need a collection in git",
			 shown);
}

const struct nf_store_device *
nf_archive_device(const struct nf_archive *archive, size_t i)
{
	return i < archive->state.ndevices ? &archive->devices[i] : NULL;
}
