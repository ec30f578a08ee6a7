/* What a store knows of each device from one run to the next. */
#include "store/state/state.h"

#include <stdlib.h>
#include <string.h>

#define DEVICES_FIRST ((size_t)64)
#define FILES_FIRST ((size_t)4)

/* Room for one more of size bytes each in a list of n: NULL without memory. */
static void *grown(void *list, size_t n, size_t *cap, size_t first, size_t size)
{
	size_t more = *cap > 0 ? 2 * *cap : first;
	void *longer;

	if (n < *cap)
		return list;
	longer = reallocarray(list, more, size);
	if (longer != NULL)
		*cap = more;
	return longer;
}

/* The row of a name, which has a file from now on. */
static struct paths_row *take_row(struct paths *paths, const char *name)
{
	struct paths_row *row = paths_find(paths, name);

	if (row == NULL && paths_take(paths, name) != NULL)
		row = paths_find(paths, name);
	return row;
}

/* ---- patterns */

int state_add_volatile(struct state *state, const char *const *patterns,
		       size_t n)
{
	char **lines = reallocarray(state->volatile_lines,
				    state->nvolatile + n + 1, sizeof(*lines));

	if (lines == NULL)
		return -1;
	state->volatile_lines = lines;
	for (size_t i = 0; i < n; i++) {
		lines[state->nvolatile] = strdup(patterns[i]);
		if (lines[state->nvolatile] == NULL)
			return -1;
		state->nvolatile++;
	}
	return 0;
}

void state_clear_volatile(struct state *state)
{
	for (size_t i = 0; i < state->nvolatile; i++)
		free(state->volatile_lines[i]);
	free(state->volatile_lines);
	state->volatile_lines = NULL;
	state->nvolatile = 0;
}

/* ---- devices: their rows have one more than their indices, 0 if removed */

struct state_device *state_find(const struct state *state, const char *name)
{
	const struct paths_row *row = paths_find(&state->paths, name);

	return row != NULL && row->at > 0 ? &state->devices[row->at - 1] : NULL;
}

static struct state_device *add_device(struct state *state,
				       struct paths_row *row)
{
	struct state_device *devices =
		grown(state->devices, state->ndevices, &state->cap,
		      DEVICES_FIRST, sizeof(*devices));
	char *platform;

	if (devices == NULL)
		return NULL;
	state->devices = devices;
	platform = strdup("");
	if (platform == NULL)
		return NULL;
	devices += state->ndevices++;
	*devices = (struct state_device){
		.name = row->name, .dir = row->file, .platform = platform};
	row->at = state->ndevices;
	return devices;
}

struct state_device *state_device(struct state *state, const char *name)
{
	struct paths_row *row = take_row(&state->paths, name);

	if (row == NULL)
		return NULL;
	return row->at > 0 ? &state->devices[row->at - 1]
			   : add_device(state, row);
}

int state_set_platform(struct state_device *device, const char *platform)
{
	char *copy = strdup(platform);

	if (copy == NULL)
		return -1;
	free(device->platform);
	device->platform = copy;
	return 0;
}

static void device_release(struct state_device *device)
{
	paths_release(&device->paths);
	free(device->platform);
	free(device->files);
}

void state_remove(struct state *state, const char *name)
{
	struct paths_row *row = paths_find(&state->paths, name);
	struct state_device *device, *last;

	if (row == NULL || row->at == 0)
		return;
	device = &state->devices[row->at - 1];
	last = &state->devices[--state->ndevices];
	device_release(device);
	*device = *last;
	paths_find(&state->paths, last->name)->at = row->at;
	row->at = 0; /* behind the line above: it may be the last one */
}

void state_release(struct state *state)
{
	state_clear_volatile(state);
	for (size_t i = 0; i < state->ndevices; i++)
		device_release(&state->devices[i]);
	paths_release(&state->paths);
	free(state->devices);
	*state = (struct state){0};
}

/* ---- files */

struct state_file *state_find_file(const struct state_device *device,
				   const char *command)
{
	const struct paths_row *row = paths_find(&device->paths, command);

	return row != NULL && row->at > 0 ? &device->files[row->at - 1] : NULL;
}

static struct state_file *add_file(struct state_device *device,
				   struct paths_row *row)
{
	struct state_file *files =
		grown(device->files, device->nfiles, &device->cap, FILES_FIRST,
		      sizeof(*files));

	if (files == NULL)
		return NULL;
	device->files = files;
	files += device->nfiles++;
	*files = (struct state_file){.command = row->name, .file = row->file};
	row->at = device->nfiles;
	return files;
}

struct state_file *state_file(struct state_device *device, const char *command)
{
	struct paths_row *row = take_row(&device->paths, command);

	if (row == NULL)
		return NULL;
	return row->at > 0 ? &device->files[row->at - 1]
			   : add_file(device, row);
}

/* A file may be dated beyond what fits: then it wraps, which is as good. */
static int64_t mtime_ns(const struct stat *st)
{
	return (int64_t)((uint64_t)st->st_mtim.tv_sec * 1000000000 +
			 (uint64_t)st->st_mtim.tv_nsec);
}

bool state_file_is(const struct state_file *file, const struct stat *st)
{
	return S_ISREG(st->st_mode) && file->size == (uint64_t)st->st_size &&
	       file->inode == st->st_ino && file->mtime_ns == mtime_ns(st);
}

void state_file_set(struct state_file *file, const struct stat *st)
{
	file->size = (uint64_t)st->st_size;
	file->inode = st->st_ino;
	file->mtime_ns = mtime_ns(st);
}
