/*
 * Groups of netfan's own form. Of a device, its own values come first, then those
 * of its groups, of which the last in its list comes first, each followed by the
 * groups that it is in itself; then the defaults of its file, and of the files
 * that include that.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "forms/netfan/parts.h"
#include "yaml/fault.h"

#define DEPTH_MAX 64 /* groups in groups */
#define NAMES_MAX 1024 /* groups of a device */

/* ---- reading */

void own_groups_names(struct draft *draft, const struct node *value,
		      const struct draft_list **out)
{
	const void *names[NAMES_MAX];
	size_t n = value->kind == NODE_LIST ? value->n : 1;

	*out = NULL;
	if (value->kind == NODE_MAP || n > NAMES_MAX)
		return;
	for (size_t i = 0; i < n; i++) {
		const struct node *item =
			value->kind == NODE_LIST ? value->items[i] : value;

		if (item->kind != NODE_TEXT || item->nul)
			return;
		names[i] = draft_text(draft, item->text, strlen(item->text));
	}
	*out = draft_list(draft, names, n);
}

static struct own_group *find_group(const struct own_form *form,
				    const char *name)
{
	const struct textmap_entry *found =
		textmap_find(&form->group_places, name, strlen(name));

	return found != NULL ? &form->groups[found->value] : NULL;
}

static int add_group(struct own_form *form, const struct own_group *group)
{
	struct own_group *grown =
		reallocarray(form->groups, form->ngroups + 1, sizeof(*grown));

	if (grown == NULL)
		return -1;
	form->groups = grown;
	form->groups[form->ngroups] = *group;
	return textmap_add(&form->group_places, group->name, form->ngroups++) !=
			       NULL
		       ? 0
		       : -1;
}

/* Refuse a group that is defined already. */
static int check_new(const struct own_form *form, const struct reading *reading,
		     const struct node *name)
{
	const struct own_group *first = find_group(form, name->text);

	if (first == NULL)
		return 0;
	return reading_fault(reading, name->line,
			     "group '%.*s' is defined already, in %s:%u",
			     fault_shown(name->text), name->text,
			     draft_file(form->draft, first->file)->path,
			     first->line);
}

/* Read what a group has: a mapping, or nothing. */
static int read_body(struct reading *reading, const struct node_pair *pair,
		     struct own_group *group)
{
	char label[OWN_LABEL_MAX];
	const struct own_owner owner = {.label = label};
	struct own_entry entry = {0};

	(void)snprintf(label, sizeof(label), "group '%.*s'",
		       fault_shown(pair->key->text), pair->key->text);
	if (pair->value->kind != NODE_MAP && !node_is_null(pair->value))
		return reading_fault(reading, pair->value->line,
				     "%s: must be a mapping of keys", label);
	if (pair->value->kind == NODE_MAP &&
	    own_entry_say(reading, pair->value, &owner, &entry) == -1)
		return -1;
	pen_unsay(&reading->pen, KEY_NAME); /* it would be every device's */
	group->layer = pen_layer(&reading->pen, reading->file);
	draft_name_layer(reading->draft, group->layer, pair->key->text);
	if (entry.groups == NULL || node_is_null(entry.groups))
		return 0;
	own_groups_names(reading->draft, entry.groups, &group->parents);
	if (group->parents != NULL)
		return 0;
	return reading_fault(reading, entry.groups->line,
			     "%s: groups must be a list of names", label);
}

static int read_group(struct own_form *form, struct reading *reading,
		      const struct node_pair *pair)
{
	struct own_group group = {.file = reading->file,
				  .line = pair->key->line};
	struct draft_group *drawn;

	if (pair->key->kind != NODE_TEXT || pair->key->nul)
		return reading_fault(reading, pair->key->line,
				     "the name of a group must be a text");
	group.name = draft_text(form->draft, pair->key->text,
				strlen(pair->key->text));
	if (check_new(form, reading, pair->key) == -1 ||
	    read_body(reading, pair, &group) == -1)
		return -1;
	drawn = draft_group(form->draft, group.name);
	drawn->defined = true;
	drawn->file = group.file;
	drawn->line = group.line;
	for (size_t i = 0; group.parents != NULL && i < group.parents->n; i++)
		draft_group_child(form->draft, group.parents->at[i],
				  group.name);
	return add_group(form, &group) == 0
		       ? 0
		       : fault_memory(reading->err, reading->name);
}

int own_groups_read(struct own_form *form, struct reading *reading,
		    const struct node *map)
{
	if (node_is_null(map))
		return 0;
	if (map->kind != NODE_MAP)
		return reading_fault(reading, map->line,
				     "groups must be a mapping of names to "
				     "their keys");
	for (uint32_t i = 0; i < map->n; i++) {
		if (read_group(form, reading, &map->pairs[i]) == -1)
			return -1;
	}
	return 0;
}

/* ---- loops */

static int fault_group(const struct own_form *form,
		       const struct reading *reading,
		       const struct own_group *group, const char *why)
{
	return fault(reading->err, draft_file(form->draft, group->file)->path,
		     group->line, "group '%.*s' %s", fault_shown(group->name),
		     group->name, why);
}

/* Refuse a group from which a way leads back to it, or a long one anywhere,
 * in whatever order they are defined. */
static int check_group(const struct own_form *form,
		       const struct reading *reading, struct own_group *group,
		       unsigned depth)
{
	static const char deep[] = "is in groups that are in groups, too deep";
	unsigned highest = 0;

	if (group->height != 0)
		return 0;
	if (group->open)
		return fault_group(form, reading, group,
				   "is in itself, by way of its groups");
	if (depth == DEPTH_MAX)
		return fault_group(form, reading, group, deep);
	group->open = true;
	for (size_t i = 0; group->parents != NULL && i < group->parents->n;
	     i++) {
		struct own_group *parent =
			find_group(form, group->parents->at[i]);

		if (parent == NULL)
			continue;
		if (check_group(form, reading, parent, depth + 1) == -1)
			return -1;
		if (parent->height > highest)
			highest = parent->height;
	}
	group->open = false;
	if (highest == DEPTH_MAX)
		return fault_group(form, reading, group, deep);
	group->height = highest + 1;
	return 0;
}

/* ---- resolving */

#define RESOLVED_MAX 64 /* a power of two */

/* What a device before had, which many have, too. */
struct resolved {
	const struct draft_list *names; /* as the file has them */
	uint32_t file;
	const struct draft_list *groups, *behind;
	const char *unknown;
	bool many;
};

/* The layers and groups of a device, as they are found. */
struct finding {
	const struct own_form *form;
	uint32_t visit;
	const void *layers[NAMES_MAX + 32];
	const void *names[NAMES_MAX];
	size_t nlayers, nnames;
	const char *unknown; /* the first that is not defined */
	bool many; /* they are more than fit */
	struct resolved resolved[RESOLVED_MAX];
};

static void find_groups(struct finding *finding, const struct draft_list *names)
{
	for (size_t i = names->n; i-- > 0;) {
		struct own_group *group =
			find_group(finding->form, names->at[i]);

		if (group == NULL) {
			if (finding->unknown == NULL)
				finding->unknown = names->at[i];
			continue;
		}
		if (group->visit == finding->visit)
			continue;
		finding->many |= finding->nnames == NAMES_MAX;
		if (finding->many)
			return;
		group->visit = finding->visit;
		finding->names[finding->nnames++] = group->name;
		finding->layers[finding->nlayers++] = group->layer;
		if (group->parents != NULL)
			find_groups(finding, group->parents);
	}
}

/* Add the defaults of a file, and of those that include it; their depth is
 * bounded by reading_open(). */
static void find_defaults(struct finding *finding, uint32_t file)
{
	const struct own_form *form = finding->form;
	size_t at = 0;

	while (at < form->nparts && form->parts[at].file != file)
		at++;
	for (; at < form->nparts; at = form->parts[at].parent) {
		if (form->parts[at].defaults != NULL)
			finding->layers[finding->nlayers++] =
				form->parts[at].defaults;
	}
}

/* Leave a device out, and say why. */
static void skip(const struct own_form *form, struct draft_device *device,
		 const char *why)
{
	const char *path = draft_file(form->draft, device->own->file)->path;
	const struct said *name = NULL;
	char label[LABEL_MAX];
	struct nf_error err;

	for (uint32_t i = 0; i < device->own->n; i++) {
		const struct said *said = &device->own->at[i];

		if (said->what == KEY_NAME && !(said->flags & SAID_DATA))
			name = said;
	}
	fault_label(label, name != NULL ? name->text : "its device", NULL, 0);
	(void)fault(&err, path, device->line, "%s: %s", label, why);
	device->skip =
		draft_text(form->draft, err.message, strlen(err.message));
}

static void skip_unknown(const struct own_form *form,
			 struct draft_device *device, const char *group)
{
	char why[192];

	(void)snprintf(why, sizeof(why),
		       "group '%.*s' is not defined: define it under "
		       "'groups', or take it out",
		       fault_shown(group), group);
	skip(form, device, why);
}

/* The place of what devices with this list have. Lists lie at multiples of 16. */
static struct resolved *resolved_place(struct finding *finding,
				       const struct draft_list *names)
{
	uintptr_t at = (uintptr_t)names >> 4;

	return &finding->resolved[(at ^ at >> 6) & (RESOLVED_MAX - 1)];
}

static void resolve(struct own_form *form, struct draft_device *device,
		    struct finding *finding)
{
	struct resolved *before = resolved_place(finding, device->groups);

	if (before->groups == NULL || before->names != device->groups ||
	    before->file != device->own->file) {
		finding->visit++;
		finding->nlayers = finding->nnames = 0;
		finding->unknown = NULL;
		finding->many = false;
		find_groups(finding, device->groups);
		find_defaults(finding, device->own->file);
		*before = (struct resolved){
			.names = device->groups,
			.file = device->own->file,
			.groups = draft_list(form->draft, finding->names,
					     finding->nnames),
			.behind = draft_list(form->draft, finding->layers,
					     finding->nlayers),
			.unknown = finding->unknown,
			.many = finding->many};
	}
	if (before->many && device->skip == NULL)
		skip(form, device,
		     "it is in more than 1024 groups, by way "
		     "of its groups: give it fewer");
	if (before->unknown != NULL && device->skip == NULL)
		skip_unknown(form, device, before->unknown);
	device->groups = before->groups;
	device->behind = before->behind;
}

static bool is_own(const struct own_form *form, uint32_t file)
{
	for (size_t i = 0; i < form->nparts; i++) {
		if (form->parts[i].file == file)
			return true;
	}
	return false;
}

int own_groups_resolve(struct own_form *form, struct reading *reading)
{
	struct draft *draft = form->draft;
	struct finding *finding = calloc(1, sizeof(*finding));
	uint32_t own = UINT32_MAX; /* the last file that is of this form */

	if (finding == NULL)
		return fault_memory(reading->err, reading->name);
	finding->form = form;
	for (size_t i = 0; i < form->ngroups; i++) {
		if (check_group(form, reading, &form->groups[i], 0) == -1) {
			free(finding);
			return -1;
		}
	}
	for (size_t i = form->first_device; i < draft->ndevices; i++) {
		struct draft_device *device = &draft->devices[i];

		if (device->own->file != own &&
		    !is_own(form, device->own->file))
			continue;
		own = device->own->file;
		resolve(form, device, finding);
	}
	free(finding);
	return 0;
}
