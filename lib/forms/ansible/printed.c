/* Ansible's inventory as JSON, as ansible-inventory and scripts print it. */
#include <string.h>

#include "forms/ansible/readers.h"
#include "yaml/fault.h"

#define META "_meta"

bool printed_is(const struct node *root)
{
	const struct node *meta = node_get(root, META);

	return meta != NULL && meta->kind == NODE_MAP;
}

static int fault_shape(const struct reading *reading, const struct node *node,
		       const char *group, const char *what)
{
	return reading_fault(reading, node->line, "group '%.*s': %s",
			     fault_shown(group), group, what);
}

static int add_host(struct model *model, const struct reading *reading,
		    uint32_t group, const char *name, size_t line)
{
	uint32_t host;

	if (*name == '\0')
		return reading_fault(reading, line, "a host without a name");
	if (model_host(model, reading, name, NULL, line, &host) == -1)
		return -1;
	model_join(model, host, group);
	return 0;
}

static int read_hosts(struct model *model, const struct reading *reading,
		      uint32_t group, const struct node *list)
{
	if (list->kind != NODE_LIST)
		return fault_shape(reading, list, model->groups[group].name,
				   "hosts must be a list of names");
	for (uint32_t i = 0; i < list->n; i++) {
		const struct node *name = list->items[i];

		if (name->kind != NODE_TEXT || name->nul)
			return fault_shape(reading, name,
					   model->groups[group].name,
					   "the name of a host must be a text");
		if (add_host(model, reading, group, name->text, name->line) ==
		    -1)
			return -1;
	}
	return 0;
}

static int read_children(struct model *model, const struct reading *reading,
			 uint32_t group, const struct node *list)
{
	if (list->kind != NODE_LIST)
		return fault_shape(reading, list, model->groups[group].name,
				   "children must be a list of names");
	for (uint32_t i = 0; i < list->n; i++) {
		const struct node *name = list->items[i];
		uint32_t child;

		if (name->kind != NODE_TEXT || name->nul || *name->text == '\0')
			return fault_shape(reading, name,
					   model->groups[group].name,
					   "the name of a group must be a "
					   "text");
		child = model_group(model, reading, name->text, name->line);
		if (child == MODEL_NONE)
			return fault_memory(reading->err, reading->name);
		model_nest(model, group, child);
	}
	return 0;
}

static int read_vars(struct model *model, const struct reading *reading,
		     uint32_t group, const struct node *map)
{
	if (map->kind != NODE_MAP)
		return fault_shape(reading, map, model->groups[group].name,
				   "vars must be a mapping");
	return node_say_all(model, reading, &model->groups[group].vars, group,
			    map);
}

static int read_body(struct model *model, const struct reading *reading,
		     uint32_t group, const struct node *map)
{
	const struct node *hosts = node_get(map, "hosts");
	const struct node *vars = node_get(map, "vars");
	const struct node *children = node_get(map, "children");

	/* A short form: a host of the group's name, with these variables. */
	if (hosts == NULL && vars == NULL && children == NULL)
		return add_host(model, reading, group,
				model->groups[group].name, map->line) == -1
			       ? -1
			       : read_vars(model, reading, group, map);
	if (hosts != NULL && read_hosts(model, reading, group, hosts) == -1)
		return -1;
	if (vars != NULL && read_vars(model, reading, group, vars) == -1)
		return -1;
	return children != NULL ? read_children(model, reading, group, children)
				: 0;
}

static int read_group(struct model *model, const struct reading *reading,
		      const struct node *name, const struct node *value)
{
	uint32_t group;

	if (name->kind != NODE_TEXT || name->nul || *name->text == '\0')
		return reading_fault(reading, name->line,
				     "the name of a group must be a text");
	group = model_group(model, reading, name->text, name->line);
	if (group == MODEL_NONE)
		return fault_memory(reading->err, reading->name);
	return value->kind == NODE_MAP
		       ? read_body(model, reading, group, value)
		       : read_hosts(model, reading, group, value);
}

/* Say the variables of hosts; those of no group are not there. */
static int read_meta(struct model *model, const struct reading *reading,
		     const struct node *meta)
{
	const struct node *map = node_get(meta, "hostvars");

	if (map == NULL || map->kind != NODE_MAP) {
		reading_note(reading, 0,
			     "no _meta with hostvars: hosts have the "
			     "variables of their groups alone");
		return 0;
	}
	for (uint32_t i = 0; i < map->n; i++) {
		const struct node *name = map->pairs[i].key;
		const struct node *vars = map->pairs[i].value;
		uint32_t host = name->kind == NODE_TEXT
					? model_find_host(model, name->text)
					: MODEL_NONE;

		if (host == MODEL_NONE || node_is_null(vars))
			continue;
		if (vars->kind != NODE_MAP)
			return reading_fault(reading, vars->line,
					     "what host '%.*s' has must be a "
					     "mapping of variables",
					     fault_shown(name->text),
					     name->text);
		if (node_say_all(model, reading, model_host_vars(model, host),
				 MODEL_NONE, vars) == -1)
			return -1;
	}
	return 0;
}

int printed_read(struct model *model, const struct reading *reading,
		 const struct node *root)
{
	if (root->kind != NODE_MAP)
		return reading_fault(reading, root->line,
				     "an inventory in JSON is a mapping of "
				     "groups");
	for (uint32_t i = 0; i < root->n; i++) {
		const struct node_pair *pair = &root->pairs[i];

		if (!node_is(pair->key, META) &&
		    read_group(model, reading, pair->key, pair->value) == -1)
			return -1;
	}
	return read_meta(model, reading, node_get(root, META));
}
