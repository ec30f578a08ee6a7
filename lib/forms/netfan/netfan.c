/* netfan's own form: a file as a whole, and those that it includes. */
#include "forms/netfan/netfan.h"

#include <stdlib.h>
#include <string.h>

#include "forms/netfan/parts.h"
#include "yaml/fault.h"

#define SHAPES                                                                 \
	"an inventory is a list of devices, or a mapping with 'devices', or "  \
	"one key (such as 'routers') that holds them"

#define INCLUDED_MAX 1000 /* files, each time that one is */

/* A file that is being read. */
struct file {
	struct own_form *form;
	struct reading *reading;
	size_t part; /* its place in the form */
	bool devices; /* they were seen, or an include was */
	size_t odd_line; /* of a key of the user's that holds them; 0: none */
	bool groups, defaults, patterns; /* which keys were seen */
};

static int read_file(struct own_form *form, struct reading *reading,
		     size_t parent);

/* ---- include */

static int include(struct file *file, const struct node *path)
{
	struct reading other;
	const struct form *form;
	int rc;

	if (path->kind != NODE_TEXT || path->nul || node_is_null(path))
		return reading_fault(file->reading, path->line,
				     "include must be a path, or a list of "
				     "paths");
	if (++file->form->nincluded > INCLUDED_MAX)
		return reading_fault(file->reading, path->line,
				     "more than %d files are included, by way "
				     "of others: put devices of several files "
				     "into one",
				     INCLUDED_MAX);
	if (reading_open(file->reading, path->text, true, &other) == -1)
		return -1;
	rc = form_recognise(&form, &other);
	if (rc == 0 && form->read == netfan_read)
		rc = read_file(file->form, &other, file->part);
	else if (rc == 0) {
		other.draft->files[other.file].own = false;
		rc = form->read(&other);
	}
	reading_close(&other);
	return rc;
}

static int read_include(struct file *file, const struct node *value)
{
	file->devices = true;
	if (value->kind != NODE_LIST)
		return include(file, value);
	for (uint32_t i = 0; i < value->n; i++) {
		if (include(file, value->items[i]) == -1)
			return -1;
	}
	return 0;
}

/* ---- the keys of a file */

static int read_defaults(struct file *file, const struct node *value)
{
	struct reading *reading = file->reading;
	static const struct own_owner owner = {.label = "defaults"};
	const struct layer *layer;
	struct own_entry entry;

	if (node_is_null(value))
		return 0;
	if (value->kind != NODE_MAP)
		return reading_fault(reading, value->line,
				     "defaults must be a mapping of keys");
	if (own_entry_say(reading, value, &owner, &entry) == -1)
		return -1;
	if (entry.groups != NULL)
		return reading_fault(reading, entry.groups->line,
				     "defaults: groups are a device's, or a "
				     "group's");
	pen_unsay(&reading->pen, KEY_NAME);
	layer = pen_layer(&reading->pen, reading->file);
	draft_name_layer(reading->draft, layer, NULL);
	file->form->parts[file->part].defaults = layer;
	return 0;
}

static int read_patterns(const struct file *file, const struct node *value)
{
	const struct reading *reading = file->reading;

	if (value->kind != NODE_LIST)
		return reading_fault(reading, value->line,
				     "volatile must be a list of patterns");
	for (uint32_t i = 0; i < value->n; i++) {
		const struct node *item = value->items[i];

		if (item->kind != NODE_TEXT || node_is_null(item) || item->nul)
			return reading_fault(reading, item->line,
					     "volatile: a pattern must be a "
					     "text");
		draft_add_pattern(reading->draft, item->text, reading->file,
				  item->line);
	}
	return 0;
}

static int check_once(const struct file *file, const struct node *key,
		      bool *seen)
{
	if (*seen)
		return reading_fault(file->reading, key->line,
				     "%s is given twice", key->text);
	*seen = true;
	return 0;
}

static int fault_top(const struct file *file, const struct node *key)
{
	static const char *const names[] = {"devices",  "groups",  "defaults",
					    "volatile", "include", NULL};
	const char *meant = nf_nearest(key->text, names);

	return reading_fault(file->reading, key->line,
			     "unknown key '%.*s'%s%s%s: a file has devices, "
			     "groups, defaults, volatile, include",
			     fault_shown(key->text), key->text,
			     meant != NULL ? ": did you mean '" : "",
			     meant != NULL ? meant : "",
			     meant != NULL ? "'?" : "");
}

/* Are these devices by name: mappings, all of them? */
static bool are_mappings(const struct node *map)
{
	for (uint32_t i = 0; i < map->n; i++) {
		if (map->pairs[i].value->kind != NODE_MAP)
			return false;
	}
	return map->n > 0;
}

/* Read devices that stand under a key of the user's own. */
static int read_odd(struct file *file, const struct node *key,
		    struct tree_value *value)
{
	enum node_kind kind = tree_value_kind(value);

	if (kind == NODE_MAP && tree_value_read(value, &value->node) == -1)
		return -1;
	if (kind == NODE_TEXT || (kind == NODE_MAP && value->node->n > 0 &&
				  !are_mappings(value->node)))
		return file->devices || file->groups || file->defaults
			       ? fault_top(file, key)
			       : reading_fault(file->reading, key->line,
					       SHAPES);
	if (file->devices)
		return fault_top(file, key);
	file->devices = true;
	file->odd_line = key->line;
	return own_devices_read(file->reading, value);
}

static int read_devices(struct file *file, const struct node *key,
			const struct tree_value *value)
{
	if (file->odd_line != 0)
		return reading_fault(file->reading, file->odd_line,
				     "unknown key beside 'devices'");
	(void)key;
	file->devices = true;
	if (tree_value_kind(value) == NODE_TEXT)
		return reading_fault(file->reading, tree_value_line(value),
				     SHAPES);
	return own_devices_read(file->reading, value);
}

static bool is_any(const struct node *key, const char *one, const char *two,
		   const char *three)
{
	return node_is(key, one) || node_is(key, two) || node_is(key, three);
}

/* Read what is not devices: 1, 0 for another key. */
static int read_part(struct file *file, const struct node *key,
		     const struct tree_value *value)
{
	bool defaults = is_any(key, "defaults", "Globals", "globals");
	bool groups = node_is(key, "groups");
	bool patterns = node_is(key, "volatile");
	const struct node *node;
	bool *seen = defaults ? &file->defaults
		     : groups ? &file->groups
			      : &file->patterns;
	int rc;

	if (!defaults && !groups && !patterns && !node_is(key, "include"))
		return 0;
	if ((defaults || groups || patterns) &&
	    check_once(file, key, seen) == -1)
		return -1;
	if (tree_value_read(value, &node) == -1)
		return -1;
	if (defaults)
		rc = read_defaults(file, node);
	else if (groups)
		rc = own_groups_read(file->form, file->reading, node);
	else
		rc = patterns ? read_patterns(file, node)
			      : read_include(file, node);
	return rc == -1 ? -1 : 1;
}

static int read_key(struct file *file, const struct node *key,
		    struct tree_value *value)
{
	int rc;

	if (key->kind != NODE_TEXT)
		return reading_fault(file->reading, key->line, SHAPES);
	rc = read_part(file, key, value);
	if (rc != 0)
		return rc == -1 ? -1 : 0;
	if (node_is(key, "devices"))
		return read_devices(file, key, value);
	return read_odd(file, key, value);
}

static int read_mapping(struct file *file, const struct tree_value *root)
{
	size_t line = tree_value_line(root);
	struct tree_iter iter;
	int rc;

	if (tree_value_enter(root, &iter) == -1)
		return -1;
	for (;;) {
		const struct node *key;
		struct tree_value value;

		rc = tree_iter_next(&iter, &key, &value);
		if (rc != 1)
			break;
		if (read_key(file, key, &value) == -1)
			return -1;
	}
	if (rc == 0 && !file->devices)
		return reading_fault(file->reading, line, SHAPES);
	return rc;
}

/* A scalar, where devices should be. */
static int refuse_text(const struct file *file, const struct tree_value *root)
{
	const struct node *node;

	if (tree_value_read(root, &node) == -1)
		return -1;
	if (node_is_null(node))
		return reading_fault(file->reading, node->line,
				     "the file is empty: " SHAPES);
	return reading_fault(file->reading, node->line, SHAPES);
}

static int read_root(struct file *file, const struct tree_value *root)
{
	switch (tree_value_kind(root)) {
	case NODE_TEXT:
		return refuse_text(file, root);
	case NODE_LIST:
		return own_devices_read(file->reading, root);
	case NODE_MAP:
		return read_mapping(file, root);
	}
	return 0;
}

static int add_part(struct own_form *form, const struct reading *reading,
		    size_t parent)
{
	struct own_part *grown =
		reallocarray(form->parts, form->nparts + 1, sizeof(*grown));

	if (grown == NULL)
		return fault_memory(reading->err, reading->name);
	form->parts = grown;
	form->parts[form->nparts++] =
		(struct own_part){.file = reading->file, .parent = parent};
	return 0;
}

static int read_file(struct own_form *form, struct reading *reading,
		     size_t parent)
{
	struct file file = {
		.form = form, .reading = reading, .part = form->nparts};
	struct tree tree;
	struct tree_value root;
	int rc = add_part(form, reading, parent);

	if (rc == -1)
		return -1;
	rc = tree_open(&tree, &root, reading->bytes, reading->len,
		       reading->name, reading->err);
	if (rc == 0)
		rc = read_root(&file, &root);
	if (rc == 0)
		rc = tree_end(&tree);
	tree_close(&tree);
	return rc;
}

int netfan_read(struct reading *reading)
{
	struct own_form form = {.draft = reading->draft,
				.first_device = reading->draft->ndevices};
	int rc;

	reading->draft->files[reading->file].own = true;
	rc = read_file(&form, reading, SIZE_MAX);
	if (rc == 0)
		rc = own_groups_resolve(&form, reading);
	textmap_release(&form.group_places);
	free(form.groups);
	free(form.parts);
	return rc;
}
