/* The names in a folder, in order: one look at it in place of many at files. */
#ifndef NETFAN_FORMS_ANSIBLE_FOLDER_H
#define NETFAN_FORMS_ANSIBLE_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/textmap.h"
#include "forms/form.h"

struct folder {
	char *path;
	char **names; /* sorted by their bytes; not . and .. */
	size_t n;
	struct textmap places;
};

/*
 * Look into a folder that a reading means by path: 1, 0 when it is no folder, or
 * not there: it is empty then. NF_INVALID when it cannot be read, NF_SYSTEM.
 * folder_close() comes after all of these.
 */
int folder_open(struct folder *folder, const struct reading *reading,
		const char *path);
void folder_close(struct folder *folder);

bool folder_has(const struct folder *folder, const char *name);

/* Is what has that name a folder itself, or a link to one? */
bool folder_has_folder(const struct folder *folder, const char *name);

#endif
