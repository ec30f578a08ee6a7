/* Hosts of Nornir's. */
#include <string.h>

#include "forms/nornir/parts.h"
#include "yaml/fault.h"

/* A file of hosts that is being read. */
struct file {
	struct nornir *nornir;
	struct reading *reading;
	const struct lineage *lineage; /* of the host that is being read */
};

/* The connection that a host is asked by: the first for which there are options,
 * by itself or behind it. */
static enum plugin choose_plugin(const struct lineage *lineage,
				 const struct node *host)
{
	for (unsigned i = 0; i < NPLUGINS; i++) {
		if (lineage->of[i].any ||
		    element_options(host, (enum plugin)i) != NULL)
			return (enum plugin)i;
	}
	return PLUGIN_NETMIKO;
}

/* Say what a host has, but for what options behind it are asked for before.
 * Returns what stands behind it. */
static const struct draft_list *say_host(struct file *file,
					 const struct node *host)
{
	struct reading *reading = file->reading;
	enum plugin plugin = choose_plugin(file->lineage, host);
	const struct ancestry *ancestry = &file->lineage->of[plugin];
	const struct node *options = element_options(host, plugin);
	const struct node *extras = node_get(options, "extras");
	uint64_t but = ancestry->extras_keys;

	if (extras != NULL && !node_is_null(extras)) {
		element_say_extras(file->nornir, reading, plugin, extras);
		but = 0;
	} else {
		extras = NULL;
	}
	if (options != NULL)
		element_say_attributes(reading, options, but);
	element_say_attributes(reading, host, but | ancestry->options_keys);
	element_note_others(file->nornir, reading, host);
	element_say_data(file->nornir, reading, host);
	return extras != NULL ? ancestry->without : ancestry->with_extras;
}

/* Find the groups of a host: NULL, or what is wrong with them. */
static const char *find_groups(struct file *file, const struct node *host)
{
	const struct node *groups = node_get(host, "groups");
	const struct draft_list *none =
		draft_list(file->reading->draft, NULL, 0);
	const struct draft_list *names =
		groups != NULL && !node_is_null(groups)
			? groups_names(file->reading->draft, groups)
			: none;

	file->lineage =
		lineage_find(file->nornir, names != NULL ? names : none);
	return names != NULL ? file->lineage->fault
			     : "groups must be a list of names";
}

static void read_host(struct file *file, const struct node *name,
		      const struct node *host)
{
	struct reading *reading = file->reading;
	struct draft_device device = {.line = name->line};
	const char *why = NULL;

	if (host->kind == NODE_MAP || node_is_null(host)) {
		why = find_groups(file, host);
		device.groups = file->lineage->groups;
		device.behind = say_host(file, host);
	} else {
		why = "a host must be a mapping of attributes";
	}
	if (name->kind == NODE_TEXT)
		pen_say(&reading->pen, KEY_NAME, name->text, name->line,
			name->nul ? SAID_NUL : 0);
	if (why != NULL)
		device.skip = reading_skip(reading, name->line, node_text(name),
					   "%s", why);
	device.own = pen_layer(&reading->pen, reading->file);
	(void)draft_add_device(reading->draft, &device);
}

int hosts_read(struct nornir *nornir, struct reading *reading,
	       const struct tree_value *map)
{
	struct file file = {.nornir = nornir, .reading = reading};
	struct tree_iter iter;
	int rc;

	if (tree_value_kind(map) != NODE_MAP)
		return reading_fault(reading, tree_value_line(map),
				     "hosts must be a mapping of names to "
				     "their attributes");
	if (tree_value_enter(map, &iter) == -1)
		return -1;
	do {
		struct tree_mark mark = tree_mark(map->tree);
		const struct node *name, *host;
		struct tree_value value;

		rc = tree_iter_next(&iter, &name, &value);
		if (rc == 1 && tree_value_read(&value, &host) == -1)
			rc = -1;
		if (rc == 1)
			read_host(&file, name, host);
		tree_rewind(map->tree, mark);
	} while (rc == 1);
	return rc;
}
