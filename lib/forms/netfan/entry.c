/* The values of a device, a group or defaults, in netfan's own form. */
#include <string.h>

#include "forms/netfan/parts.h"
#include "yaml/fault.h"
#include "yaml/json.h"

#define DATA_MAX ((size_t)1024 * 1024) /* bytes of one value as JSON */

/* The flags of a text; 0 for YAML's own tags, as of !!str. */
static unsigned text_flags(const struct node *node)
{
	static const char core[] = "tag:yaml.org,2002:";
	unsigned flags = 0;

	if (node->plain)
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

static void say_json(struct reading *reading, const char *name,
		     const struct node *value)
{
	struct buf json;

	buf_init(&json, DATA_MAX);
	if (json_node(&json, value) == -1 || buf_append(&json, "", 1) == -1)
		reading_note(reading, value->line,
			     "'%.*s' is larger than %zu bytes, and left out",
			     fault_shown(name), name, DATA_MAX);
	else
		pen_say_data(&reading->pen, name, (const char *)json.data,
			     value->line, SAID_JSON);
	buf_release(&json);
}

void own_data_say(struct reading *reading, const char *name,
		  const struct node *value)
{
	if (value->kind != NODE_TEXT)
		say_json(reading, name, value);
	else if (!node_is_null(value))
		pen_say_data(&reading->pen, name, value->text, value->line,
			     text_flags(value));
}

/* The mapping of which values are said. */
struct saying {
	struct reading *reading;
	const char *label;
	struct own_entry *entry;
	const struct node *hostname; /* a name, where there is an address */
};

static int say_key(const struct saying *saying, enum key key,
		   const struct node *name, const struct node *value)
{
	struct reading *reading = saying->reading;
	const struct said *before =
		key < NKEYS_READ ? pen_said(&reading->pen, key) : NULL;

	if (before != NULL)
		return reading_fault(reading, name->line,
				     "%s: key '%.*s' is given twice, first in "
				     "line %u",
				     saying->label, fault_shown(name->text),
				     name->text, before->line);
	if (node_is_null(value))
		return 0;
	if (value->kind == NODE_TEXT)
		(void)reading_say(reading, key_name(key), value->text,
				  name->line, text_flags(value));
	else
		(void)reading_say(reading, key_name(key),
				  value->kind == NODE_LIST ? "list" : "mapping",
				  name->line, SAID_JSON);
	return 0;
}

static int say_pair(struct saying *saying, const struct node_pair *pair);

/* Say the values inside of a value: of data, all are data. */
static int say_inner(struct saying *saying, const struct node *map, bool data)
{
	for (uint32_t i = 0; i < map->n; i++) {
		const struct node_pair *pair = &map->pairs[i];

		if (data && pair->key->kind == NODE_TEXT)
			own_data_say(saying->reading, pair->key->text,
				     pair->value);
		else if (!data && say_pair(saying, pair) == -1)
			return -1;
	}
	return 0;
}

/* Say a value by a name that is no key of a login. */
static int say_other(struct saying *saying, const struct node *name,
		     const struct node *value)
{
	const char *meant =
		value->kind == NODE_TEXT ? key_near_miss(name->text) : NULL;

	if (meant != NULL)
		return reading_fault(saying->reading, name->line,
				     "%s: unknown key '%.*s': did you mean "
				     "'%s'?",
				     saying->label, fault_shown(name->text),
				     name->text, meant);
	if (node_is(name, "groups"))
		saying->entry->groups = value;
	else if (node_is(name, "hostname"))
		saying->hostname = value;
	else if (node_is(name, "data") && value->kind == NODE_MAP)
		return say_inner(saying, value, true);
	else
		own_data_say(saying->reading, name->text, value);
	return 0;
}

static int say_pair(struct saying *saying, const struct node_pair *pair)
{
	const struct node *name = pair->key;
	enum key key;

	if (name->kind != NODE_TEXT)
		return reading_fault(saying->reading, name->line,
				     "%s: a key must be a single word",
				     saying->label);
	if (name->nul)
		return reading_fault(saying->reading, name->line,
				     "%s: a key contains a NUL character",
				     saying->label);
	key = key_find(name->text);
	if (key == NKEYS)
		key = key_alias(name->text);
	if (key != NKEYS)
		return say_key(saying, key, name, pair->value);
	if (node_is(name, "optional_args") && pair->value->kind == NODE_MAP)
		return say_inner(saying, pair->value, false);
	return say_other(saying, name, pair->value);
}

/* hostname is the address, or the name of a device that has one. */
static int say_hostname(const struct saying *saying)
{
	const struct pen *pen = &saying->reading->pen;
	const struct node *value = saying->hostname;

	if (value == NULL)
		return 0;
	if (pen_said(pen, KEY_HOST) == NULL && pen_said(pen, KEY_IP) == NULL)
		return say_key(saying, KEY_HOST, value, value);
	if (pen_said(pen, KEY_NAME) == NULL)
		return say_key(saying, KEY_NAME, value, value);
	own_data_say(saying->reading, "hostname", value);
	return 0;
}

int own_entry_say(struct reading *reading, const struct node *map,
		  const char *label, struct own_entry *entry)
{
	struct saying saying = {
		.reading = reading, .label = label, .entry = entry};

	*entry = (struct own_entry){0};
	for (uint32_t i = 0; i < map->n; i++) {
		if (say_pair(&saying, &map->pairs[i]) == -1)
			return -1;
	}
	return say_hostname(&saying);
}
