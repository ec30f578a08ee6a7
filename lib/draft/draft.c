/* A draft: what inventory files say of devices. */
#include "draft/draft.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/large.h"

static const struct layer no_layer;
static const struct draft_list no_list;

void draft_release(struct draft *draft)
{
	for (size_t i = 0; i < draft->ngroups; i++)
		free(draft->groups[i].children);
	free(draft->groups);
	free(draft->devices);
	free(draft->patterns);
	free(draft->files);
	free(draft->data_name);
	textmap_release(&draft->texts);
	textmap_release(&draft->data_names);
	textmap_release(&draft->group_names);
	textmap_release(&draft->key_names);
	textmap_release(&draft->fine_names);
	free(draft->lists);
	textmap_release(&draft->layer_groups);
	strings_release(&draft->strings);
	*draft = (struct draft){.secrets = draft->secrets};
}

int draft_check(const struct draft *draft, struct nf_error *err)
{
	return draft->no_memory
		       ? error_set(err, NF_SYSTEM, "no memory for devices")
		       : 0;
}

/* Room for one more of n elements, which grow by doubling; false: none. */
static bool grow(struct draft *draft, void **at, size_t n, size_t size)
{
	void *grown;

	if ((n & (n - 1)) != 0 && n != 0)
		return true;
	grown = reallocarray(*at, n != 0 ? n * 2 : 1, size);
	if (grown == NULL) {
		draft->no_memory = true;
		return false;
	}
	large_hint(grown, (n != 0 ? n * 2 : 1) * size);
	*at = grown;
	return true;
}

/* ---- files and texts */

uint32_t draft_add_file(struct draft *draft, const struct draft_file *file)
{
	if (!grow(draft, (void **)&draft->files, draft->nfiles, sizeof(*file)))
		return 0;
	draft->files[draft->nfiles] = *file;
	if (file->path != NULL)
		draft->files[draft->nfiles].path =
			draft_text(draft, file->path, strlen(file->path));
	return (uint32_t)draft->nfiles++; /* files are opened one by one */
}

const struct draft_file *draft_file(const struct draft *draft, uint32_t number)
{
	return &draft->files[number];
}

const char *draft_text(struct draft *draft, const char *text, size_t len)
{
	const struct textmap_entry *found =
		textmap_find(&draft->texts, text, len);
	const char *copy;

	if (found != NULL)
		return found->text;
	copy = strings_add(&draft->strings, text, len);
	if (copy != NULL && textmap_add(&draft->texts, copy, 0) != NULL)
		return copy;
	draft->no_memory = true;
	return "";
}

/* ---- lists */

static struct draft_list *new_list(struct draft *draft,
				   const void *const *pointers, size_t n)
{
	struct draft_list *list = strings_room(
		&draft->strings, sizeof(*list) + n * sizeof(list->at[0]));

	if (list == NULL)
		return NULL;
	list->n = n;
	memcpy(list->at, pointers, n * sizeof(list->at[0]));
	return list;
}

/* The slot of a list, or the free one where it belongs. */
static const struct draft_list **
list_slot(const struct draft *draft, const void *const *pointers, size_t n)
{
	size_t mask = draft->list_slots - 1;
	size_t at =
		texthash(&draft->list_key, pointers, n * sizeof(*pointers)) &
		mask;

	while (draft->lists[at] != NULL &&
	       (draft->lists[at]->n != n ||
		memcmp(draft->lists[at]->at, pointers, n * sizeof(*pointers)) !=
			0))
		at = (at + 1) & mask;
	return &draft->lists[at];
}

/* Keep a slot of two free: the runs stay short. */
static bool grow_lists(struct draft *draft)
{
	const struct draft_list **before = draft->lists;
	size_t nbefore = draft->list_slots;

	if (draft->nlists < nbefore / 2)
		return true;
	if (nbefore == 0)
		draft->list_key = texthash_key();
	draft->list_slots = nbefore != 0 ? nbefore * 2 : 64;
	draft->lists = calloc(draft->list_slots, sizeof(*draft->lists));
	if (draft->lists == NULL) {
		draft->lists = before;
		draft->list_slots = nbefore;
		return false;
	}
	for (size_t i = 0; i < nbefore; i++) {
		if (before[i] != NULL)
			*list_slot(draft, before[i]->at, before[i]->n) =
				before[i];
	}
	free(before);
	return true;
}

static const struct draft_list *find_list(struct draft *draft,
					  const void *const *pointers, size_t n)
{
	const struct draft_list **slot;

	if (!grow_lists(draft))
		return NULL;
	slot = list_slot(draft, pointers, n);
	if (*slot == NULL) {
		*slot = new_list(draft, pointers, n);
		draft->nlists += *slot != NULL;
	}
	return *slot;
}

const struct draft_list *draft_list(struct draft *draft,
				    const void *const *pointers, size_t n)
{
	const struct draft_list *list = draft->last;

	if (n == 0)
		return &no_list;
	if (list != NULL && list->n == n &&
	    memcmp(list->at, pointers, n * sizeof(*pointers)) == 0)
		return list;
	list = find_list(draft, pointers, n);
	draft->no_memory |= list == NULL;
	draft->last = list;
	return list != NULL ? list : &no_list;
}

/* ---- devices and groups */

size_t draft_add_device(struct draft *draft, const struct draft_device *device)
{
	if (!grow(draft, (void **)&draft->devices, draft->ndevices,
		  sizeof(*device)))
		return 0;
	draft->devices[draft->ndevices] = *device;
	if (device->own == NULL)
		draft->devices[draft->ndevices].own = &no_layer;
	if (device->behind == NULL)
		draft->devices[draft->ndevices].behind = &no_list;
	if (device->groups == NULL)
		draft->devices[draft->ndevices].groups = &no_list;
	return draft->ndevices++;
}

/* The list with one more pointer behind. */
static const struct draft_list *longer_list(struct draft *draft,
					    const struct draft_list *list,
					    const void *pointer)
{
	const struct draft_list *longer = &no_list;
	const void **pointers = calloc(list->n + 1, sizeof(*pointers));

	if (pointers == NULL) {
		draft->no_memory = true;
		return list;
	}
	memcpy(pointers, list->at, list->n * sizeof(*pointers));
	pointers[list->n] = pointer;
	longer = draft_list(draft, pointers, list->n + 1);
	free(pointers);
	return longer;
}

void draft_put_behind(struct draft *draft, size_t from,
		      const struct layer *layer)
{
	const struct draft_list *list = NULL, *longer = NULL;

	for (size_t i = from; i < draft->ndevices; i++) {
		struct draft_device *device = &draft->devices[i];

		if (longer == NULL || device->behind != list) {
			list = device->behind;
			longer = longer_list(draft, list, layer);
		}
		device->behind = longer;
	}
}

struct draft_group *draft_group(struct draft *draft, const char *name)
{
	static struct draft_group none; /* written to without memory alone */
	const struct textmap_entry *found =
		textmap_find(&draft->group_names, name, strlen(name));

	if (found != NULL)
		return &draft->groups[found->value];
	name = draft_text(draft, name, strlen(name));
	if (draft->no_memory ||
	    !grow(draft, (void **)&draft->groups, draft->ngroups,
		  sizeof(draft->groups[0])) ||
	    textmap_add(&draft->group_names, name, draft->ngroups) == NULL) {
		draft->no_memory = true;
		return &none;
	}
	draft->groups[draft->ngroups] = (struct draft_group){.name = name};
	return &draft->groups[draft->ngroups++];
}

/* Is this the first time that it is put there? A group may have as many children
 * as a file has lines: pairs are kept as lists, which no device has. */
static bool is_new_child(struct draft *draft, const char *parent,
			 const char *child)
{
	const void *const pair[] = {&no_list, parent, child};
	size_t before = draft->nlists;

	draft->no_memory |= find_list(draft, pair, 3) == NULL;
	return draft->nlists != before;
}

void draft_group_child(struct draft *draft, const char *parent,
		       const char *child)
{
	const char *name = draft_group(draft, child)->name;
	struct draft_group *group = draft_group(draft, parent);

	if (draft->no_memory)
		return;
	if (!is_new_child(draft, group->name, name))
		return;
	if (grow(draft, (void **)&group->children, group->nchildren,
		 sizeof(group->children[0])))
		group->children[group->nchildren++] = name;
}

#define POINTER_TEXT (2 + 2 * sizeof(void *) + 1) /* 0x, digits, NUL */

static size_t layer_text(char text[POINTER_TEXT], const struct layer *layer)
{
	return (size_t)snprintf(text, POINTER_TEXT, "%p", (const void *)layer);
}

void draft_name_layer(struct draft *draft, const struct layer *layer,
		      const char *group)
{
	char text[POINTER_TEXT];
	size_t len = layer_text(text, layer);
	const char *key;

	if (layer == &no_layer ||
	    textmap_find(&draft->layer_groups, text, len) != NULL)
		return;
	if (group != NULL)
		group = draft_text(draft, group, strlen(group));
	key = strings_add(&draft->strings, text, len);
	if (key == NULL ||
	    textmap_add(&draft->layer_groups, key, (size_t)group) == NULL)
		draft->no_memory = true;
}

static const struct textmap_entry *find_layer(const struct draft *draft,
					      const struct layer *layer)
{
	char text[POINTER_TEXT];
	size_t len = layer_text(text, layer);

	return textmap_find(&draft->layer_groups, text, len);
}

const char *draft_layer_group(const struct draft *draft,
			      const struct layer *layer)
{
	const struct textmap_entry *found = find_layer(draft, layer);

	return found != NULL ? (const char *)found->value : NULL;
}

bool draft_layer_is_defaults(const struct draft *draft,
			     const struct layer *layer)
{
	const struct textmap_entry *found = find_layer(draft, layer);

	return found != NULL && found->value == 0;
}

void draft_group_devices(struct draft *draft, size_t from)
{
	const struct draft_list *before = &no_list;

	for (size_t i = from; i < draft->ndevices; i++) {
		const struct draft_list *groups = draft->devices[i].groups;

		for (size_t k = 0; groups != before && k < groups->n; k++)
			(void)draft_group(draft, groups->at[k]);
		before = groups;
	}
}

void draft_add_pattern(struct draft *draft, const char *text, uint32_t file,
		       size_t line)
{
	if (grow(draft, (void **)&draft->patterns, draft->npatterns,
		 sizeof(draft->patterns[0])))
		draft->patterns[draft->npatterns++] = (struct draft_pattern){
			.text = draft_text(draft, text, strlen(text)),
			.file = file,
			.line = (uint32_t)line}; /* SOURCE_MAX < 2^32 */
}

static uint32_t data_number(struct draft *draft, const char *name)
{
	const struct textmap_entry *found =
		textmap_find(&draft->data_names, name, strlen(name));

	if (found != NULL)
		return (uint32_t)found->value;
	name = draft_text(draft, name, strlen(name));
	if (draft->no_memory ||
	    !grow(draft, (void **)&draft->data_name, draft->ndata_names,
		  sizeof(draft->data_name[0])) ||
	    textmap_add(&draft->data_names, name, draft->ndata_names) == NULL) {
		draft->no_memory = true;
		return 0;
	}
	draft->data_name[draft->ndata_names] = name;
	return (uint32_t)draft->ndata_names++;
}

enum key draft_key(struct draft *draft, const char *name)
{
	const struct textmap_entry *found =
		textmap_find(&draft->key_names, name, strlen(name));
	enum key key;

	if (found != NULL)
		return (enum key)found->value; /* as below */
	key = key_find(name);
	if (key == NKEYS)
		key = key_alias(name);
	if (textmap_add(&draft->key_names,
			draft_text(draft, name, strlen(name)), key) == NULL)
		draft->no_memory = true;
	return key;
}

const char *draft_near_miss(struct draft *draft, const char *name)
{
	const char *meant;

	if (textmap_find(&draft->fine_names, name, strlen(name)) != NULL)
		return NULL;
	meant = key_near_miss(name);
	if (meant == NULL &&
	    textmap_add(&draft->fine_names,
			draft_text(draft, name, strlen(name)), 0) == NULL)
		draft->no_memory = true;
	return meant;
}

const char *draft_data_name(const struct draft *draft, uint32_t what)
{
	return draft->data_name[what];
}

/* ---- layers that are being written */

static void put(struct pen *pen, const struct said *said)
{
	if (pen->n == pen->room) {
		size_t room = pen->room != 0 ? pen->room * 2 : 32;
		struct said *grown = reallocarray(pen->at, room, sizeof(*said));

		if (grown == NULL) {
			pen->draft->no_memory = true;
			return;
		}
		pen->at = grown;
		pen->room = room;
	}
	pen->at[pen->n++] = *said;
}

static bool is_secret(enum key key)
{
	return key == KEY_PASSWORD || key == KEY_SECRET ||
	       key == KEY_PASSPHRASE || key == KEY_PROXY;
}

static const char *keep_secret(struct draft *draft, enum key key,
			       const char *text)
{
	const char **last = &draft->last_secret[key];

	if (*last != NULL && strcmp(*last, text) == 0)
		return *last;
	*last = secrets_add(draft->secrets, text);
	draft->no_memory |= *last == NULL;
	return *last != NULL ? *last : "";
}

/* Keep a text that no other device is likely to have. */
static const char *keep_single(struct draft *draft, const char *text)
{
	const char *kept = strings_add(&draft->strings, text, strlen(text));

	draft->no_memory |= kept == NULL;
	return kept != NULL ? kept : "";
}

static const char *keep(struct draft *draft, enum key key, const char *text)
{
	if (is_secret(key))
		return keep_secret(draft, key, text);
	if (key == KEY_NAME || key == KEY_HOST || key == KEY_IP)
		return keep_single(draft, text);
	return draft_text(draft, text, strlen(text));
}

const struct said *pen_said(const struct pen *pen, enum key key)
{
	for (size_t i = 0; i < pen->n; i++) {
		if (pen->at[i].what == key && !(pen->at[i].flags & SAID_DATA))
			return &pen->at[i];
	}
	return NULL;
}

void pen_unsay(struct pen *pen, enum key key)
{
	const struct said *said = pen_said(pen, key);

	if (said != NULL)
		pen->at[said - pen->at] = pen->at[--pen->n];
}

void pen_say(struct pen *pen, enum key key, const char *text, size_t line,
	     unsigned flags)
{
	struct said said = {.line = (uint32_t)line, /* SOURCE_MAX < 2^32 */
			    .flags = flags & 0xff,
			    .what = key & 0xffffff};

	pen_unsay(pen, key);
	said.text = keep(pen->draft, key, text);
	put(pen, &said);
}

void pen_say_data(struct pen *pen, const char *name, const char *text,
		  size_t line, unsigned flags)
{
	const struct said said = {
		.text = draft_text(pen->draft, text, strlen(text)),
		.line = (uint32_t)line, /* SOURCE_MAX < 2^32 */
		.flags = (flags | SAID_DATA) & 0xff,
		.what = data_number(pen->draft, name) & 0xffffff};

	put(pen, &said);
}

void pen_say_again(struct pen *pen, const struct layer *layer)
{
	for (uint32_t i = 0; i < layer->n; i++)
		put(pen, &layer->at[i]);
}

const struct layer *pen_layer(struct pen *pen, uint32_t file)
{
	struct layer *layer =
		strings_room(&pen->draft->strings,
			     sizeof(*layer) + pen->n * sizeof(*pen->at));

	if (layer == NULL) {
		pen->draft->no_memory = true;
		return &no_layer;
	}
	layer->file = file;
	layer->n = (uint32_t)pen->n; /* values of one place in a file */
	if (pen->n > 0)
		memcpy(layer->at, pen->at, pen->n * sizeof(*pen->at));
	pen->n = 0;
	return layer;
}

void pen_release(struct pen *pen)
{
	free(pen->at);
	*pen = (struct pen){.draft = pen->draft};
}

/* ---- devices as they are read */

const struct layer *draft_layer(const struct draft_device *device, size_t i)
{
	if (i == 0)
		return device->own;
	return i <= device->behind->n ? device->behind->at[i - 1] : NULL;
}

static void view_layer(struct draft_view *view, const struct layer *layer)
{
	for (uint32_t i = 0; i < layer->n; i++) {
		const struct said *said = &layer->at[i];

		if ((said->flags & SAID_DATA) != 0 ||
		    view->value[said->what] != NULL)
			continue;
		view->flags |= said->flags;
		view->keys |= DRAFT_KEY(said->what);
		view->value[said->what] = said;
		view->layer[said->what] = layer;
	}
}

void draft_view(const struct draft_device *device, struct draft_view *view)
{
	const struct layer *layer;

	*view = (struct draft_view){0};
	for (size_t i = 0; (layer = draft_layer(device, i)) != NULL; i++)
		view_layer(view, layer);
}

const struct said *draft_data(const struct draft_device *device, uint32_t what,
			      const struct layer **where)
{
	const struct layer *layer;

	for (size_t i = 0; (layer = draft_layer(device, i)) != NULL; i++) {
		for (uint32_t at = layer->n; at-- > 0;) {
			const struct said *said = &layer->at[at];

			if (said->what != what || !(said->flags & SAID_DATA))
				continue;
			if (where != NULL)
				*where = layer;
			return said;
		}
	}
	return NULL;
}

bool draft_in_group(const struct draft_device *device, const char *name)
{
	for (size_t i = 0; i < device->groups->n; i++) {
		if (strcmp(device->groups->at[i], name) == 0)
			return true;
	}
	return false;
}
