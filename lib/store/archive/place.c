/* Places of an archive: where outputs are, and whose a place is. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "store/archive/archive_parts.h"

/* What it has to know is a string, and 120 bytes of it are enough to tell it. */
#define NAME "%.120s"

/* ---- from names to places */

static void copy_name(char out[PATHS_NAME_MAX], const char *file)
{
	(void)snprintf(out, PATHS_NAME_MAX, "%s", file);
}

/* Does each word of a command begin as the other's does, as in "sh run"? */
static bool is_short_for(const char *brief, const char *command)
{
	for (;;) {
		size_t len = strcspn(brief, " ");

		if (len == 0 || strncmp(brief, command, len) != 0)
			return false;
		brief += len;
		command += strcspn(command, " ");
		if (*brief == '\0' || *command == '\0')
			return *brief == *command;
		brief++;
		command++;
	}
}

/* Find the file of a command, or of the only one that it is short for. */
static const struct state_file *find_file(const struct state_device *device,
					  const char *command)
{
	const struct state_file *found = state_find_file(device, command);

	if (found != NULL)
		return found;
	for (size_t i = 0; i < device->nfiles; i++) {
		if (!is_short_for(command, device->files[i].command))
			continue;
		if (found != NULL)
			return NULL;
		found = &device->files[i];
	}
	return found;
}

void place_find(struct archive_place *place, const struct nf_archive *archive,
		const char *device, const char *command)
{
	*place = (struct archive_place){.device = device, .command = command};
	place->known = state_find(&archive->state, device);
	if (place->known != NULL)
		copy_name(place->dir, place->known->dir);
	else
		paths_escape(place->dir, device);
	if (command == NULL) {
		(void)snprintf(place->path, sizeof(place->path), "%s",
			       place->dir);
		return;
	}
	if (place->known != NULL)
		place->known_file = find_file(place->known, command);
	if (place->known_file != NULL) {
		place->command = place->known_file->command;
		copy_name(place->file, place->known_file->file);
	} else {
		paths_escape(place->file, command);
	}
	(void)snprintf(place->path, sizeof(place->path), "%s/%s", place->dir,
		       place->file);
}

/* ---- from places to names */

static int compare_dir(const void *key, const void *element)
{
	const struct state_device *const *device = element;

	return strcmp(key, (*device)->dir);
}

static const struct state_device *device_of(const struct nf_archive *archive,
					    const char *dir)
{
	const struct state_device **found =
		bsearch(dir, archive->by_dir, archive->state.ndevices,
			sizeof(struct state_device *), compare_dir);

	return found != NULL ? *found : NULL;
}

static const char *command_of(const struct state_device *device,
			      const char *file)
{
	for (size_t i = 0; device != NULL && i < device->nfiles; i++) {
		if (strcmp(device->files[i].file, file) == 0)
			return device->files[i].command;
	}
	return NULL;
}

bool place_owner(struct archive_owner *owner, const struct nf_archive *archive,
		 const char *path)
{
	size_t len = strcspn(path, "/");
	const struct state_device *device;
	char dir[PATHS_NAME_MAX];

	if (path[len] == '\0' || len >= sizeof(dir))
		return false;
	(void)snprintf(dir, sizeof(dir), "%.*s", (int)len, path);
	path += len + 1;
	if (!paths_is_name(dir) || !paths_is_name(path))
		return false;
	device = device_of(archive, dir);
	owner->device = device != NULL
				? device->name
				: paths_guess(owner->device_guess, dir, false);
	owner->command = command_of(device, path);
	if (owner->command == NULL)
		owner->command = paths_guess(owner->command_guess, path, true);
	return true;
}

/* ---- places where nothing is */

static int refuse_device(const struct nf_archive *archive, const char *device,
			 struct nf_error *err)
{
	const struct state *state = &archive->state;
	const char **names = calloc(state->ndevices + 1, sizeof(*names));
	char shown[FOLDER_SHOWN];
	const char *meant;

	for (size_t i = 0; names != NULL && i < state->ndevices; i++)
		names[i] = state->devices[i].name;
	meant = names != NULL ? nf_nearest(device, names) : NULL;
	free(names);
	folder_shown(shown, &archive->folder, "");
	if (meant != NULL)
		return error_set(err, NF_INVALID,
				 "there is no device '" NAME
				 "' in %s: did you mean '" NAME "'?",
				 device, shown, meant);
	(void)error_set(err, NF_INVALID, "there is no device '" NAME "' in %s",
			device, shown);
	err->sys_errno = ENODEV;
	return -1;
}

/* List what is kept of a device, as far as there is room. */
static void list_commands(const struct state_device *device, char *out,
			  size_t size)
{
	size_t at = 0;

	(void)snprintf(out, size, "nothing");
	for (size_t i = 0; i < device->nfiles && at < size; i++) {
		if (device->files[i].kept)
			at += (size_t)snprintf(out + at, size - at, "%s%s",
					       at > 0 ? ", " : "",
					       device->files[i].command);
	}
}

static int refuse_command(const struct archive_place *place,
			  struct nf_error *err)
{
	const struct state_device *device = place->known;
	const char **commands = calloc(device->nfiles + 1, sizeof(*commands));
	const char *meant;
	char all[200];

	for (size_t i = 0; commands != NULL && i < device->nfiles; i++)
		commands[i] = device->files[i].command;
	meant = commands != NULL ? nf_nearest(place->command, commands) : NULL;
	free(commands);
	if (meant != NULL)
		return error_set(err, NF_INVALID,
				 "nothing is kept of '" NAME "' of " NAME
				 ": did you mean '" NAME "'?",
				 place->command, place->device, meant);
	list_commands(device, all, sizeof(all));
	return error_set(err, NF_INVALID,
			 "nothing is kept of '" NAME "' of " NAME
			 ", but there is: %s",
			 place->command, place->device, all);
}

int place_refuse(const struct nf_archive *archive,
		 const struct archive_place *place, struct nf_error *err)
{
	if (place->known == NULL)
		return refuse_device(archive, place->device, err);
	if (place->command == NULL || place->known_file != NULL)
		return error_set(err, NF_INVALID,
				 "nothing is kept yet of "
				 "%s%.120s%s" NAME,
				 place->command != NULL ? "'" : "",
				 place->command != NULL ? place->command : "",
				 place->command != NULL ? "' of " : "",
				 place->device);
	return refuse_command(place, err);
}
