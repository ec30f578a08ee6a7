/* The names in a folder. */
#include "forms/listing.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "yaml/fault.h"

static int add_name(struct listing *folder, const char *name)
{
	if ((folder->n & (folder->n - 1)) == 0) {
		char **grown = reallocarray(folder->names,
					    folder->n != 0 ? folder->n * 2 : 1,
					    sizeof(*grown));

		if (grown == NULL)
			return -1;
		folder->names = grown;
	}
	folder->names[folder->n] = strdup(name);
	if (folder->names[folder->n] == NULL)
		return -1;
	return textmap_add(&folder->places, folder->names[folder->n++], 0) !=
			       NULL
		       ? 0
		       : -1;
}

static int compare(const void *one, const void *two)
{
	return strcmp(*(char *const *)one, *(char *const *)two);
}

static int read_names(struct listing *folder, DIR *dir)
{
	const struct dirent *entry;

	while ((entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0 &&
		    add_name(folder, entry->d_name) == -1)
			return -1;
	}
	if (folder->n > 0)
		qsort(folder->names, folder->n, sizeof(*folder->names),
		      compare);
	return 0;
}

int listing_open(struct listing *folder, const struct reading *reading,
		 const char *path)
{
	DIR *dir;
	int rc;

	*folder = (struct listing){.path = reading_beside(reading, path)};
	if (folder->path == NULL)
		return fault_memory(reading->err, reading->name);
	dir = opendir(folder->path);
	if (dir == NULL && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (dir == NULL)
		return fault(reading->err, NULL, 0,
			     "%s: cannot be read: %s (check its permissions)",
			     folder->path, strerror(errno));
	rc = read_names(folder, dir);
	(void)closedir(dir);
	return rc == 0 ? 1 : fault_memory(reading->err, folder->path);
}

void listing_close(struct listing *folder)
{
	for (size_t i = 0; i < folder->n; i++)
		free(folder->names[i]);
	free(folder->names);
	free(folder->path);
	textmap_release(&folder->places);
	*folder = (struct listing){0};
}

bool listing_has(const struct listing *folder, const char *name)
{
	return textmap_find(&folder->places, name, strlen(name)) != NULL;
}

bool listing_has_folder(const struct listing *folder, const char *name)
{
	struct stat st;
	char *path;
	bool is;

	if (asprintf(&path, "%s/%s", folder->path, name) == -1)
		return false;
	is = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
	free(path);
	return is;
}
