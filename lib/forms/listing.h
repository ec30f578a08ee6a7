/* The names in a folder, in order: one look at it in place of many at files. */
#ifndef NETFAN_FORMS_LISTING_H
#define NETFAN_FORMS_LISTING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/textmap.h"
#include "forms/form.h"

struct listing {
	char *path;
	char **names; /* sorted by their bytes; not . and .. */
	size_t n;
	struct textmap places;
};

/*
 * Look into a folder that a reading means by path: 1, 0 when it is no folder, or
 * not there: it is empty then. NF_INVALID when it cannot be read, NF_SYSTEM.
 * listing_close() comes after all of these.
 */
int listing_open(struct listing *folder, const struct reading *reading,
		 const char *path);
void listing_close(struct listing *folder);

bool listing_has(const struct listing *folder, const char *name);

/* Is what has that name a folder itself, or a link to one? */
bool listing_has_folder(const struct listing *folder, const char *name);

#endif
