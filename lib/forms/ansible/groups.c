/* Ansible's groups in YAML, and variables in YAML. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "forms/ansible/hostpattern.h"
#include "forms/ansible/readers.h"
#include "yaml/fault.h"
#include "yaml/json.h"

#define DATA_MAX ((size_t)1024 * 1024) /* bytes of one value as JSON */

/* ---- variables */

bool priority_is(const char *name)
{
	return strcmp(name, "ansible_group_priority") == 0;
}

int priority_set(struct model *model, const struct reading *reading,
		 uint32_t group, const char *text, size_t line)
{
	char *end;
	long priority;

	errno = 0;
	priority = strtol(text, &end, 10);
	if (*text == '\0' || *end != '\0' || errno != 0)
		return reading_fault(reading, line,
				     "ansible_group_priority must be a whole "
				     "number");
	model->groups[group].priority = priority;
	return 0;
}

/* Is it a number of YAML's that does not stand for itself: 0123, 1_000, 1e3? */
static bool is_odd_number(const char *text)
{
	return strchr("0123456789", *text) != NULL && *text != '\0' &&
	       text[strspn(text, "0123456789abcdefABCDEFxo_.+-:")] == '\0' &&
	       (*text == '0' || strpbrk(text, "_eE:") != NULL) &&
	       text[1] != '\0';
}

static void say_text(struct model *model, const struct reading *reading,
		     struct variables *vars, struct variable *variable,
		     const struct node *value)
{
	static const char core[] = "tag:yaml.org,2002:";

	variable->text = value->text;
	if (json_bare(value) != NULL)
		variable->flags |= SAID_PLAIN;
	if (value->nul)
		variable->flags |= SAID_NUL;
	if (node_is_vault(value) ||
	    (value->tag != NULL && strcmp(value->tag, "!vault-encrypted") == 0))
		variable->flags |= SAID_VAULT;
	else if (value->tag != NULL && strcmp(value->tag, "!unsafe") == 0)
		variable->flags |= VARIABLE_RAW;
	else if (value->tag != NULL && strcmp(value->tag, "!") != 0 &&
		 strncmp(value->tag, core, strlen(core)) != 0)
		variable->flags |= SAID_TAG;
	if (node_is_null(value)) {
		variable->text = "null";
		variable->flags = VARIABLE_NULL | SAID_PLAIN;
	}
	if (value->plain && known_is_secret(known_find(variable->name)) &&
	    is_odd_number(value->text))
		reading_note(reading, value->line,
			     "%s may be another number to Ansible, and is "
			     "taken as it is written: put quotes around it",
			     variable->name);
	model_say(model, reading, vars, variable);
}

void node_say(struct model *model, const struct reading *reading,
	      struct variables *vars, const struct node *name,
	      const struct node *value)
{
	struct variable variable = {.name = name->text, .line = value->line};
	struct buf json;

	if (value->kind == NODE_TEXT) {
		say_text(model, reading, vars, &variable, value);
		return;
	}
	buf_init(&json, DATA_MAX);
	if (json_node(&json, value) == -1 || buf_append(&json, "", 1) == -1) {
		reading_note(reading, value->line,
			     "'%.*s' is larger than %zu bytes, and left out",
			     fault_shown(name->text), name->text, DATA_MAX);
	} else {
		variable.text = (const char *)json.data;
		variable.flags = SAID_JSON;
		model_say(model, reading, vars, &variable);
	}
	if (json.data != NULL)
		explicit_bzero(json.data, json.len);
	buf_release(&json);
}

int node_say_all(struct model *model, const struct reading *reading,
		 struct variables *vars, uint32_t group, const struct node *map)
{
	for (uint32_t i = 0; i < map->n; i++) {
		const struct node *name = map->pairs[i].key;
		const struct node *value = map->pairs[i].value;

		if (name->kind != NODE_TEXT || name->nul)
			return reading_fault(reading, name->line,
					     "the name of a variable must be a "
					     "text");
		if (group != MODEL_NONE && priority_is(name->text)) {
			const char *text = node_text(value);

			if (priority_set(model, reading, group,
					 text != NULL ? text : "",
					 value->line) == -1)
				return -1;
			continue;
		}
		node_say(model, reading, vars, name, value);
	}
	return 0;
}

/* ---- groups */

/* A mapping of which the last pair of each key counts. */
struct last {
	const struct node *map;
	struct textmap places;
};

static int last_init(struct last *last, const struct reading *reading,
		     const struct node *map)
{
	*last = (struct last){.map = map};
	for (uint32_t i = 0; i < map->n; i++) {
		const struct node *key = map->pairs[i].key;
		struct textmap_entry *entry;

		if (key->kind != NODE_TEXT || key->nul) {
			(void)reading_fault(reading, key->line,
					    "the name of a group or a host "
					    "must be a text");
			return -1;
		}
		entry = textmap_find(&last->places, key->text,
				     strlen(key->text));
		if (entry != NULL) {
			reading_note(reading, key->line,
				     "'%.*s' is given twice in one mapping: "
				     "the last one counts",
				     fault_shown(key->text), key->text);
			entry->value = i;
		} else if (textmap_add(&last->places, key->text, i) == NULL) {
			return fault_memory(reading->err, reading->name);
		}
	}
	return 0;
}

static const struct node *last_value(const struct last *last, uint32_t i)
{
	const char *key = last->map->pairs[i].key->text;
	const struct textmap_entry *entry =
		textmap_find(&last->places, key, strlen(key));

	return entry->value == i ? last->map->pairs[i].value : NULL;
}

/* A group that is being read, for its hosts. */
struct group_hosts {
	struct model *model;
	const struct reading *reading;
	uint32_t group;
	const struct node *vars; /* of the host; NULL: none */
};

static int take_host(void *arg, uint32_t host)
{
	const struct group_hosts *hosts = arg;

	model_join(hosts->model, host, hosts->group);
	if (hosts->vars == NULL)
		return 0;
	return node_say_all(hosts->model, hosts->reading,
			    model_host_vars(hosts->model, host), MODEL_NONE,
			    hosts->vars);
}

/* Are these no variables, where a mapping of them should be? */
static bool is_nothing(const struct node *node)
{
	return node->kind == NODE_TEXT
		       ? node_is_null(node) || *node->text == '\0'
		       : node->n == 0;
}

static int read_hosts(struct group_hosts *hosts, const struct node *map)
{
	struct last last;
	int rc = last_init(&last, hosts->reading, map);

	for (uint32_t i = 0; rc == 0 && i < map->n; i++) {
		const struct node *name = map->pairs[i].key;
		const struct node *value = last_value(&last, i);

		if (value == NULL)
			continue;
		hosts->vars = is_nothing(value) ? NULL : value;
		if (hosts->vars != NULL && value->kind != NODE_MAP)
			rc = reading_fault(hosts->reading, value->line,
					   "what host '%.*s' has must be a "
					   "mapping of variables",
					   fault_shown(name->text), name->text);
		else
			rc = hostpattern_add(hosts->model, hosts->reading,
					     name->text, name->line, take_host,
					     hosts);
	}
	textmap_release(&last.places);
	return rc;
}

static int read_group(struct model *model, const struct reading *reading,
		      const struct node *name, const struct node *value,
		      uint32_t *group);

static int read_children(struct group_hosts *hosts, const struct node *map)
{
	struct last last;
	int rc = last_init(&last, hosts->reading, map);

	for (uint32_t i = 0; rc == 0 && i < map->n; i++) {
		const struct node *value = last_value(&last, i);
		uint32_t child;

		if (value == NULL)
			continue;
		rc = read_group(hosts->model, hosts->reading, map->pairs[i].key,
				value, &child);
		if (rc == 0 && child == MODEL_NONE)
			rc = reading_fault(hosts->reading, value->line,
					   "what a group has must be a mapping "
					   "with hosts, children or vars");
		if (rc == 0)
			model_nest(hosts->model, hosts->group, child);
	}
	textmap_release(&last.places);
	return rc;
}

/* A text where names should be is one of them. */
static int read_one(struct group_hosts *hosts, bool host,
		    const struct node *name)
{
	uint32_t child;

	hosts->vars = NULL;
	if (host)
		return hostpattern_add(hosts->model, hosts->reading, name->text,
				       name->line, take_host, hosts);
	child = model_group(hosts->model, hosts->reading, name->text,
			    name->line);
	if (child == MODEL_NONE)
		return fault_memory(hosts->reading->err, hosts->reading->name);
	hosts->model->groups[child].declared = true;
	model_nest(hosts->model, hosts->group, child);
	return 0;
}

static int read_section(struct group_hosts *hosts, const struct node *key,
			const struct node *value)
{
	bool of_hosts = node_is(key, "hosts"), vars = node_is(key, "vars");
	const char *group = hosts->model->groups[hosts->group].name;

	if (!of_hosts && !vars && !node_is(key, "children")) {
		reading_note(hosts->reading, key->line,
			     "'%.*s' in group '%.*s' means nothing: a group "
			     "has hosts, children and vars",
			     fault_shown(key->text), key->text,
			     fault_shown(group), group);
		return 0;
	}
	if (node_is_null(value))
		return 0;
	if (value->kind == NODE_TEXT && !vars)
		return read_one(hosts, of_hosts, value);
	if (value->kind != NODE_MAP)
		return reading_fault(hosts->reading, value->line,
				     "'%s' of group '%.*s' must be a mapping: "
				     "each name with a ':' behind it",
				     key->text, fault_shown(group), group);
	if (vars)
		return node_say_all(hosts->model, hosts->reading,
				    &hosts->model->groups[hosts->group].vars,
				    hosts->group, value);
	return of_hosts ? read_hosts(hosts, value)
			: read_children(hosts, value);
}

/* Depth is that of the tree, which is bounded. A body that is no mapping makes
 * no group: MODEL_NONE. */
static int read_group(struct model *model, const struct reading *reading,
		      const struct node *name, const struct node *value,
		      uint32_t *group)
{
	struct group_hosts hosts = {.model = model, .reading = reading};
	struct last last;
	int rc;

	*group = MODEL_NONE;
	if (value->kind != NODE_MAP && !node_is_null(value)) {
		*group = model_find_group(model, name->text);
		reading_note(reading, name->line,
			     "'%.*s' is no group, and left out: a group is a "
			     "mapping with hosts, children or vars",
			     fault_shown(name->text), name->text);
		return 0;
	}
	if (*name->text == '\0')
		return reading_fault(reading, name->line,
				     "a group without a name");
	*group = model_group(model, reading, name->text, name->line);
	if (*group == MODEL_NONE)
		return fault_memory(reading->err, reading->name);
	model->groups[*group].declared = true;
	hosts.group = *group;
	if (value->kind != NODE_MAP)
		return 0;
	rc = last_init(&last, reading, value);
	for (uint32_t i = 0; rc == 0 && i < value->n; i++) {
		const struct node *section = last_value(&last, i);

		if (section != NULL)
			rc = read_section(&hosts, value->pairs[i].key, section);
	}
	textmap_release(&last.places);
	return rc;
}

int groups_read(struct model *model, const struct reading *reading,
		const struct node *root)
{
	const struct node *plugin = node_get(root, "plugin");
	struct last last;
	int rc;

	if (plugin != NULL && plugin->kind == NODE_TEXT)
		return reading_fault(reading, plugin->line,
				     "the configuration of the inventory "
				     "plugin '%.*s', which is not run here: "
				     "give what ansible-inventory prints with "
				     "it, as a file",
				     fault_shown(plugin->text), plugin->text);
	if (root->kind != NODE_MAP || root->n == 0)
		return reading_fault(reading, root->line,
				     "an inventory in YAML is a mapping of "
				     "groups");
	rc = last_init(&last, reading, root);
	for (uint32_t i = 0; rc == 0 && i < root->n; i++) {
		const struct node *value = last_value(&last, i);
		uint32_t group;

		if (value != NULL)
			rc = read_group(model, reading, root->pairs[i].key,
					value, &group);
	}
	textmap_release(&last.places);
	return rc;
}
