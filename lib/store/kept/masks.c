/*
 * Masking is a property of the folder, and stays until it is switched off: a run
 * whose command line was written anew shall not spill secrets. When it is switched
 * on later, the files that are there already get marks, also those of devices
 * that say nothing in this run. What was recorded before keeps its secrets.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "content/marks.h"
#include "store/store_parts.h"

#define PIECE ((size_t)64 * 1024)

/* ---- is there masking? */

static bool has_mark(int fd)
{
	uint8_t bytes[PIECE];
	size_t held = 0; /* of the piece before */
	ssize_t n;

	while ((n = read(fd, bytes + held, sizeof(bytes) - held)) > 0) {
		size_t len = held + (size_t)n;

		if (marks_find(bytes, len, 0) < len)
			return true;
		held = len < MARK_LEN ? len : MARK_LEN - 1;
		memmove(bytes, bytes + len - held, held);
	}
	return false;
}

static bool is_marked(const struct nf_store *store,
		      const struct state_device *device,
		      const struct state_file *file)
{
	char path[STORE_PATH_MAX];
	struct nf_error err;
	struct stat st;
	bool is = false;
	int fd = -1;

	if (file->kept && kept_find(store, device, file, path, &st) == 1)
		fd = folder_file(&store->folder, path, &st, &err);
	if (fd == -1)
		return false;
	is = has_mark(fd);
	(void)close(fd);
	return is;
}

/* Where the state is lost, its files tell. */
static bool any_is_marked(const struct nf_store *store)
{
	const struct state *state = &store->state;

	for (size_t i = 0; i < state->ndevices; i++) {
		const struct state_device *device = &state->devices[i];

		for (size_t k = 0; k < device->nfiles; k++) {
			if (is_marked(store, device, &device->files[k]))
				return true;
		}
	}
	return false;
}

static bool find_masks(const struct nf_store *store)
{
	switch (store->options.masks) {
	case NF_MASKS_ON:
		return true;
	case NF_MASKS_OFF:
		return false;
	case NF_MASKS_AS_BEFORE:
		break;
	}
	return store->state.masked ||
	       (store->rebuilt != NULL && any_is_marked(store));
}

/* ---- files that are there */

static int add_remask(struct nf_store *store, const struct remask *remask,
		      struct nf_error *err)
{
	struct remask *remasks = reallocarray(
		store->remasks, store->nremasks + 1, sizeof(*remasks));

	if (remasks == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for marks");
	store->remasks = remasks;
	remasks[store->nremasks++] = *remask;
	return 0;
}

/* Write a file aside in marks: 1 when it differs from what it was. */
static int mask_text(struct nf_store *store, const struct state_device *device,
		     struct state_file *file, int fd, struct aside *aside,
		     struct nf_error *err)
{
	const struct source source = {.fd = fd};
	struct content_end bare, masked;

	if (content_read(store, &source, device->platform, file->command,
			 CONTENT_AS_IT_CAME, &bare, err) == -1 ||
	    content_copy(store, &source, device->platform, file->command,
			 CONTENT_MASKED, aside, &masked, err) == -1)
		return -1;
	if (memcmp(bare.digest, masked.digest, NF_DIGEST) == 0) {
		aside_drop(aside);
		return 0;
	}
	/* The workers are to know it by what it will be. */
	memcpy(file->digest, masked.digest, NF_DIGEST);
	file->bytes = masked.bytes;
	return 1;
}

static int mask_file(struct nf_store *store, const struct state_device *device,
		     struct state_file *file, struct nf_error *err)
{
	struct remask remask = {device->name, file->command, {0}};
	char path[STORE_PATH_MAX];
	struct nf_error missing;
	struct stat st;
	int fd = -1, rc;

	if (file->kept && !file->guessed &&
	    kept_find(store, device, file, path, &st))
		fd = folder_file(&store->folder, path, &st, &missing);
	if (fd == -1)
		return 0;
	rc = mask_text(store, device, file, fd, &remask.aside, err);
	(void)close(fd);
	if (rc == 1 && add_remask(store, &remask, err) == -1) {
		aside_drop(&remask.aside);
		return -1;
	}
	return rc == -1 ? -1 : 0;
}

/* Write the files aside in which there are secrets. */
static int mask_files(struct nf_store *store, struct nf_error *err)
{
	const struct state *state = &store->state;

	for (size_t i = 0; i < state->ndevices; i++) {
		const struct state_device *device = &state->devices[i];

		for (size_t k = 0; k < device->nfiles; k++) {
			if (mask_file(store, device, &device->files[k], err) ==
			    -1)
				return -1;
		}
	}
	return 0;
}

int masks_prepare(struct nf_store *store, struct nf_error *err)
{
	bool masked = store->state.masked;

	store->masks = find_masks(store);
	if (masked && !store->masks)
		store_note(store,
			   "%.200s: secrets are kept from now on, no marks in "
			   "their place",
			   store->folder.path);
	if (masked || !store->masks)
		return 0;
	if (mask_files(store, err) == -1)
		return -1;
	if (store->nremasks > 0)
		store_note(store,
			   "%.200s: secrets become marks from now on, in %zu "
			   "file%s; what was kept before still has them",
			   store->folder.path, store->nremasks,
			   store->nremasks == 1 ? "" : "s");
	return 0;
}

int masks_place(struct nf_store *store, struct nf_error *err)
{
	int rc = 0;

	for (; store->nremasks > 0 && rc == 0; store->nremasks--) {
		struct remask *remask = &store->remasks[store->nremasks - 1];
		const struct state_device *device =
			state_find(&store->state, remask->device);
		struct state_file *file =
			state_find_file(device, remask->command);

		rc = kept_place(store, device, file, &remask->aside, err);
		if (rc == -1)
			break;
	}
	if (rc == 0)
		store->state.masked = store->masks;
	return rc;
}

void masks_release(struct nf_store *store)
{
	for (size_t i = 0; i < store->nremasks; i++)
		aside_drop(&store->remasks[i].aside);
	free(store->remasks);
}
