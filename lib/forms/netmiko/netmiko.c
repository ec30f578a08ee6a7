/* Netmiko's own file of devices. */
#include "forms/netmiko/netmiko.h"

#include <stdlib.h>
#include <string.h>

#include "forms/form.h"
#include "forms/netmiko/arguments.h"
#include "yaml/fault.h"

#define SHAPE                                                                  \
	"a file of netmiko's is a mapping of names to devices, which are "     \
	"mappings, and to groups, which are lists of devices"
#define GROUPS_MAX 1024 /* of a device */

/* A device that a group names. */
struct member {
	const char *name;
	const char *group;
	uint32_t line;
	size_t device; /* its place in places; SIZE_MAX: it is none */
};

/* A file that is being read. */
struct file {
	struct reading *reading;
	size_t first; /* device of it in the draft */
	struct textmap places; /* of its devices by name, from first */
	struct member *members;
	size_t nmembers, room;
	struct arguments arguments;
	const struct layer *globals; /* of all devices; NULL: none */
	struct tally strays; /* members that are no devices */
};

/* ---- devices */

static void add(struct file *file, const struct node *name,
		const struct node *node, const char *skip)
{
	struct reading *reading = file->reading;
	struct draft *draft = reading->draft;
	size_t place;

	if (name != NULL && name->kind == NODE_TEXT)
		pen_say(&reading->pen, KEY_NAME, name->text, name->line,
			name->nul ? SAID_NUL : 0);
	place = draft_add_device(
		draft, &(struct draft_device){
			       .own = pen_layer(&reading->pen, reading->file),
			       .skip = skip,
			       .line = name != NULL ? name->line : node->line});
	if (name == NULL || name->kind != NODE_TEXT ||
	    textmap_find(&file->places, name->text, strlen(name->text)) != NULL)
		return;
	if (textmap_add(&file->places,
			draft_text(draft, name->text, strlen(name->text)),
			place - file->first) == NULL)
		draft->no_memory = true;
}

static void read_device(struct file *file, const struct node *name,
			const struct node *node)
{
	const char *skip = NULL;
	const char *label = node_text(name);
	enum key encrypted;

	if (node->kind != NODE_MAP) {
		skip = reading_skip(file->reading, node->line, label,
				    "a device must be a mapping with keys such "
				    "as 'host' and 'device_type'");
	} else {
		encrypted =
			arguments_say(&file->arguments, file->reading, node);
		if (encrypted != NKEYS)
			skip = reading_skip(file->reading, node->line, label,
					    "%s is encrypted by netmiko's "
					    "tools: write the value itself",
					    key_name(encrypted));
	}
	add(file, name, node, skip);
}

/* ---- groups */

static void add_member(struct file *file, const struct member *member)
{
	size_t room = file->room != 0 ? file->room * 2 : 64;
	struct member *grown = file->members;

	if (file->nmembers == file->room) {
		grown = reallocarray(grown, room, sizeof(*grown));
		if (grown == NULL) {
			file->reading->draft->no_memory = true;
			return;
		}
		file->members = grown;
		file->room = room;
	}
	file->members[file->nmembers++] = *member;
}

static void read_group(struct file *file, const struct node *name,
		       const struct node *list)
{
	struct reading *reading = file->reading;
	struct draft_group *group = draft_group(reading->draft, name->text);
	const char *group_name = group->name;

	group->defined = true;
	group->file = reading->file;
	group->line = name->line;
	for (uint32_t i = 0; i < list->n; i++) {
		const char *text = node_text(list->items[i]);

		if (text == NULL)
			tally_count(&file->strays, reading,
				    list->items[i]->line,
				    "group '%.*s': a device must be a name",
				    fault_shown(group_name), group_name);
		else
			add_member(file, &(struct member){
						 .name = draft_text(
							 reading->draft, text,
							 strlen(text)),
						 .group = group_name,
						 .line = list->items[i]->line});
	}
}

/* Find the devices of members, and count those of each in starts[1..]. */
static void count_members(struct file *file, size_t *starts)
{
	for (size_t i = 0; i < file->nmembers; i++) {
		struct member *member = &file->members[i];
		const struct textmap_entry *found = textmap_find(
			&file->places, member->name, strlen(member->name));

		member->device = found != NULL ? found->value : SIZE_MAX;
		if (found != NULL) {
			starts[found->value + 1]++;
			continue;
		}
		tally_count(&file->strays, file->reading, member->line,
			    "group '%.*s' has '%.*s', which is no device here",
			    fault_shown(member->group), member->group,
			    fault_shown(member->name), member->name);
	}
}

/* Give a device its groups, each once. */
static void set_groups(struct draft *draft, struct draft_device *device,
		       const void **groups, size_t n)
{
	const void *once[GROUPS_MAX];
	size_t nonce = 0;

	for (size_t i = 0; i < n && nonce < GROUPS_MAX; i++) {
		bool there = false;

		for (size_t k = 0; k < nonce && !there; k++)
			there = once[k] == groups[i];
		if (!there)
			once[nonce++] = groups[i];
	}
	device->groups = draft_list(draft, once, nonce);
}

/* Put members in the order of devices. starts[i + 1] is where those of device i
 * end, and becomes where they begin. */
static void sort_members(const struct file *file, size_t *starts,
			 const void **groups)
{
	for (size_t i = file->nmembers; i-- > 0;) {
		const struct member *member = &file->members[i];

		if (member->device != SIZE_MAX)
			groups[--starts[member->device + 1]] = member->group;
	}
}

static int resolve(struct file *file)
{
	struct draft *draft = file->reading->draft;
	size_t n = draft->ndevices - file->first;
	size_t *starts = calloc(n + 2, sizeof(*starts));
	const void **groups = calloc(file->nmembers + 1, sizeof(*groups));

	if (starts == NULL || groups == NULL) {
		free(starts);
		free(groups);
		return fault_memory(file->reading->err, file->reading->name);
	}
	count_members(file, starts);
	for (size_t i = 1; i <= n + 1; i++)
		starts[i] += starts[i - 1];
	sort_members(file, starts, groups);
	for (size_t i = 0; i < n; i++)
		set_groups(draft, &draft->devices[file->first + i],
			   groups + starts[i + 1],
			   starts[i + 2] - starts[i + 1]);
	free(starts);
	free(groups);
	return 0;
}

/* ---- the file */

/* Is it no device, but what all devices have? netmiko's tools would take it for
 * one, to which there is no way. */
static bool are_globals(const struct node *name, const struct node *node)
{
	static const char *const names[] = {"Globals", "globals", "defaults"};
	bool named = false;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		named |= node_is(name, names[i]);
	return named && node->kind == NODE_MAP &&
	       node_get(node, "host") == NULL && node_get(node, "ip") == NULL &&
	       node_get(node, "hostname") == NULL;
}

static void read_globals(struct file *file, const struct node *node)
{
	struct reading *reading = file->reading;

	/* A value that is encrypted is found to be one in each device. */
	(void)arguments_say(&file->arguments, reading, node);
	pen_unsay(&reading->pen, KEY_NAME);
	file->globals = pen_layer(&reading->pen, reading->file);
	draft_name_layer(reading->draft, file->globals, NULL);
}

static void read_entry(struct file *file, const struct node *name,
		       const struct node *node)
{
	if (name != NULL && node_is(name, "__meta__"))
		return;
	if (name != NULL && are_globals(name, node))
		read_globals(file, node);
	else if (name != NULL && name->kind == NODE_TEXT &&
		 node->kind == NODE_LIST)
		read_group(file, name, node);
	else
		read_device(file, name, node);
}

static int read_entries(struct file *file, const struct tree_value *root)
{
	struct tree_iter iter;
	int rc;

	if (tree_value_enter(root, &iter) == -1)
		return -1;
	do {
		struct tree_mark mark = tree_mark(root->tree);
		const struct node *name, *node;
		struct tree_value value;

		rc = tree_iter_next(&iter, &name, &value);
		if (rc == 1 && tree_value_read(&value, &node) == -1)
			rc = -1;
		if (rc == 1)
			read_entry(file, name, node);
		tree_rewind(root->tree, mark);
	} while (rc == 1);
	return rc;
}

static int read_root(struct file *file, const struct tree_value *root)
{
	if (tree_value_kind(root) == NODE_TEXT)
		return reading_fault(file->reading, tree_value_line(root),
				     SHAPE);
	if (read_entries(file, root) == -1)
		return -1;
	if (file->reading->draft->ndevices == file->first)
		return reading_fault(file->reading, 0, "no devices: " SHAPE);
	if (file->globals != NULL)
		draft_put_behind(file->reading->draft, file->first,
				 file->globals);
	return resolve(file);
}

int netmiko_read(struct reading *reading)
{
	struct file file = {.reading = reading,
			    .first = reading->draft->ndevices};
	struct tree_value root;
	struct tree tree;
	int rc = tree_open(&tree, &root, reading->bytes, reading->len,
			   reading->name, reading->err);

	if (rc == 0)
		rc = read_root(&file, &root);
	if (rc == 0)
		rc = tree_end(&tree);
	tree_close(&tree);
	if (rc == 0)
		tally_tell(&file.strays, reading);
	arguments_end(&file.arguments, reading);
	textmap_release(&file.places);
	free(file.members);
	return rc;
}
