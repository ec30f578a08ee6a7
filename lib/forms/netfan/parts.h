/*
 * netfan's own form: a list of devices, or a mapping with `devices`, `groups`,
 * `defaults`, `include` and `volatile`. For the files of this folder alone.
 */
#ifndef NETFAN_FORMS_NETFAN_PARTS_H
#define NETFAN_FORMS_NETFAN_PARTS_H

#include "base/textmap.h"
#include "forms/form.h"
#include "yaml/fault.h"
#include "yaml/tree.h"

#define OWN_LABEL_MAX (LABEL_MAX + 8)

struct own_group {
	const char *name;
	const struct layer *layer;
	const struct draft_list *parents; /* names of the groups it is in */
	uint32_t file;
	uint32_t line;
	uint32_t visit; /* the device for which it was last come by */
	bool open; /* its parents are being gone through */
	unsigned height; /* one more than of the groups it is in; 0: they were
			  * not checked */
};

/* A file: the first, or one that was included. */
struct own_part {
	uint32_t file;
	size_t parent; /* its place; SIZE_MAX: none */
	const struct layer *defaults; /* NULL: none */
};

/* A file with all that it includes. */
struct own_form {
	struct draft *draft;
	size_t first_device;
	struct own_group *groups;
	size_t ngroups;
	struct textmap group_places;
	struct own_part *parts;
	size_t nparts;
	size_t nincluded; /* files, of any form */
};

/* ---- entry.c */

/* What a mapping says beside values: node is NULL when it does not. */
struct own_entry {
	const struct node *groups;
};

/* Whose mapping it is. Of thousands of devices, what messages call them is made
 * for those that have one. */
struct own_owner {
	const char *label; /* of a group, defaults; NULL: it is a device */
	const struct node *name; /* its key in a mapping; NULL: in a list */
	const struct node *node;
	size_t ordinal; /* from 1 */
};

/*
 * Say all values of a mapping: of a device, a group or defaults. NF_INVALID for keys that are no text, given twice, or nearly one
 * that is known.
 */
int own_entry_say(struct reading *reading, const struct node *map,
		  const struct own_owner *owner, struct own_entry *entry);

/* What messages call an owner. */
void own_owner_label(const struct own_owner *owner, char label[OWN_LABEL_MAX]);

/* ---- devices.c */

/* Read the devices of a list, or of a mapping by name. NF_INVALID as above. */
int own_devices_read(struct reading *reading, const struct tree_value *value);

/* ---- groups.c */

/* Read a mapping of groups. NF_INVALID also for a group that is there. */
int own_groups_read(struct own_form *form, struct reading *reading,
		    const struct node *map);

/* The names of a device's or a group's groups: *out is NULL when the value is
 * neither a text nor a list of texts. */
void own_groups_names(struct draft *draft, const struct node *value,
		      const struct draft_list **out);

/* Give the devices of the form their layers and groups. NF_INVALID for a loop of
 * groups; a group that is not defined is a fault of its devices. */
int own_groups_resolve(struct own_form *form, struct reading *reading);

#endif
