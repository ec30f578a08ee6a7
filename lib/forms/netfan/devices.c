/* The devices of a file in netfan's own form. */
#include <string.h>

#include "draft/address.h"
#include "forms/netfan/parts.h"
#include "yaml/fault.h"

/* A device that is being read. */
struct reading_device {
	struct reading *reading;
	const struct node *name; /* its key in a mapping; NULL: in a list */
	const struct node *node;
	size_t ordinal; /* from 1 */
};

static void make_label(const struct reading_device *at, char label[LABEL_MAX])
{
	const char *name = at->name != NULL
				   ? at->name->text
				   : node_text(node_get(at->node, "name"));
	const char *address = node_text(node_get(at->node, "ip"));

	if (address == NULL || *address == '\0')
		address = node_text(node_get(at->node, "host"));
	if (address == NULL)
		address = node_text(node_get(at->node, "hostname"));
	fault_label(label, name,
		    address != NULL ? address_shown(address) : NULL,
		    at->ordinal);
}

static void add(struct reading *reading, const struct reading_device *at,
		const struct draft_list *groups, const char *skip)
{
	draft_add_device(reading->draft,
			 &(struct draft_device){
				 .own = pen_layer(&reading->pen, reading->file),
				 .groups = groups,
				 .skip = skip,
				 .line = at->name != NULL ? at->name->line
							  : at->node->line});
}

static void say_name(const struct reading_device *at)
{
	if (at->name != NULL)
		pen_say(&at->reading->pen, KEY_NAME, at->name->text,
			at->name->line, at->name->nul ? SAID_NUL : 0);
}

/* A device that is an address alone. */
static int read_text(const struct reading_device *at)
{
	say_name(at);
	pen_say(&at->reading->pen, KEY_HOST, at->node->text, at->node->line,
		at->node->nul ? SAID_NUL : 0);
	add(at->reading, at, NULL, NULL);
	return 0;
}

/* Keep the place of what is no device: its result will tell. */
static int read_odd(const struct reading_device *at)
{
	char label[LABEL_MAX];

	make_label(at, label);
	say_name(at);
	add(at->reading, at, NULL,
	    reading_skip(at->reading, at->node->line, NULL,
			 "%s: a device must be a mapping with keys such as 'host' "
			 "and 'device_type'",
			 label));
	return 0;
}

static int read_map(const struct reading_device *at)
{
	const struct draft_list *groups = NULL;
	struct own_entry entry;
	const char *skip = NULL;
	char label[LABEL_MAX];

	make_label(at, label);
	if (own_entry_say(at->reading, at->node, label, &entry) == -1)
		return -1;
	say_name(at);
	if (entry.groups != NULL && !node_is_null(entry.groups)) {
		own_groups_names(at->reading->draft, entry.groups, &groups);
		if (groups == NULL)
			skip = reading_skip(at->reading, entry.groups->line,
					    NULL,
					    "%s: groups must be a list of names",
					    label);
	}
	add(at->reading, at, groups, skip);
	return 0;
}

static int read_device(const struct reading_device *at)
{
	if (at->node->kind == NODE_MAP)
		return read_map(at);
	if (at->node->kind == NODE_TEXT && !node_is_null(at->node))
		return read_text(at);
	return read_odd(at);
}

static int read_next(struct tree_iter *iter, struct reading_device *at)
{
	struct tree_value value;
	int rc = tree_iter_next(iter, &at->name, &value);

	if (rc != 1)
		return rc;
	at->ordinal++;
	if (tree_value_read(&value, &at->node) == -1)
		return -1;
	if (at->name != NULL && at->name->kind != NODE_TEXT)
		return reading_fault(at->reading, at->name->line,
				     "the name of a device must be a single "
				     "word");
	return read_device(at) == -1 ? -1 : 1;
}

int own_devices_read(struct reading *reading, const struct tree_value *value)
{
	struct reading_device at = {.reading = reading};
	size_t line = tree_value_line(value);
	struct tree_iter iter;
	int rc = 1;

	if (tree_value_enter(value, &iter) == -1)
		return -1;
	while (rc == 1) {
		struct tree_mark mark = tree_mark(value->tree);

		rc = read_next(&iter, &at);
		tree_rewind(value->tree, mark);
	}
	if (rc == 0 && at.ordinal == 0)
		return reading_fault(reading, line,
				     "the list of devices is empty");
	return rc;
}
