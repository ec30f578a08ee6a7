/* Values of YAML and JSON, said into a draft. */
#include "forms/values.h"

#include <string.h>

#include "yaml/fault.h"
#include "yaml/json.h"

unsigned value_flags(const struct node *node)
{
	static const char core[] = "tag:yaml.org,2002:";
	unsigned flags = 0;

	if (json_bare(node) != NULL)
		flags |= SAID_PLAIN;
	if (node->nul)
		flags |= SAID_NUL;
	if (node_is_vault(node))
		flags |= SAID_VAULT;
	else if (node->tag != NULL && strcmp(node->tag, "!") != 0 &&
		 strncmp(node->tag, core, strlen(core)) != 0)
		flags |= SAID_TAG;
	return flags;
}

void value_say(struct reading *reading, enum key key, const struct node *value,
	       size_t line)
{
	if (node_is_null(value))
		return;
	if (value->kind == NODE_TEXT)
		reading_say_key(reading, key, value->text, line,
				value_flags(value));
	else
		reading_say_key(reading, key,
				value->kind == NODE_LIST ? "list" : "mapping",
				line, SAID_JSON);
}

static void say_json(struct reading *reading, const char *name,
		     const struct node *value)
{
	struct buf json;

	buf_init(&json, VALUE_MAX);
	if (json_node(&json, value) == -1 || buf_append(&json, "", 1) == -1)
		reading_note(reading, value->line,
			     "'%.*s' is larger than %zu bytes, and left out",
			     fault_shown(name), name, VALUE_MAX);
	else
		pen_say_data(&reading->pen, name, (const char *)json.data,
			     value->line, SAID_JSON);
	buf_release(&json);
}

void value_say_data(struct reading *reading, const char *name,
		    const struct node *value)
{
	if (value->kind != NODE_TEXT)
		say_json(reading, name, value);
	else if (value->nul)
		reading_note(reading, value->line,
			     "'%.*s' has a NUL character in it, and is left "
			     "out",
			     fault_shown(name), name);
	else if (!node_is_null(value))
		pen_say_data(&reading->pen, name, value->text, value->line,
			     value_flags(value));
}

void value_say_all_data(struct reading *reading, const struct node *map)
{
	for (uint32_t i = 0; i < map->n; i++) {
		const struct node_pair *pair = &map->pairs[i];

		if (pair->key->kind == NODE_TEXT)
			value_say_data(reading, pair->key->text, pair->value);
	}
}
