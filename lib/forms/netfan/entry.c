/* The values of a device, a group or defaults, in netfan's own form. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "draft/address.h"
#include "forms/netfan/parts.h"
#include "forms/values.h"
#include "yaml/fault.h"

/* The mapping of which values are said. */
struct saying {
	struct reading *reading;
	const struct own_owner *owner;
	struct own_entry *entry;
	const struct node *hostname; /* a name, where there is an address */
};

void own_owner_label(const struct own_owner *owner, char label[OWN_LABEL_MAX])
{
	const struct node *node = owner->node;
	const char *name, *address;

	if (owner->label != NULL) {
		(void)snprintf(label, OWN_LABEL_MAX, "%s", owner->label);
		return;
	}
	name = owner->name != NULL ? owner->name->text
				   : node_text(node_get(node, "name"));
	address = node_text(node_get(node, "ip"));
	if (address == NULL || *address == '\0')
		address = node_text(node_get(node, "host"));
	if (address == NULL)
		address = node_text(node_get(node, "hostname"));
	fault_label(label, name,
		    address != NULL ? address_shown(address) : NULL,
		    owner->ordinal);
}

/* A fault of the owner, at a key. */
static int NF_PRINTF(3, 4)
	fault_key(const struct saying *saying, const struct node *name,
		  const char *fmt, ...)
{
	char label[OWN_LABEL_MAX], what[256];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	own_owner_label(saying->owner, label);
	return reading_fault(saying->reading, name->line, "%s: %s", label,
			     what);
}

static int say_key(const struct saying *saying, enum key key,
		   const struct node *name, const struct node *value)
{
	struct reading *reading = saying->reading;
	const struct said *before =
		key < NKEYS_READ ? pen_said(&reading->pen, key) : NULL;

	if (before != NULL)
		return fault_key(saying, name,
				 "key '%.*s' is given twice, first in line %u",
				 fault_shown(name->text), name->text,
				 before->line);
	value_say(reading, key, value, name->line);
	return 0;
}

static int say_pair(struct saying *saying, const struct node_pair *pair);

/* Say the values inside of a value, as if they stood beside it. */
static int say_inner(struct saying *saying, const struct node *map)
{
	for (uint32_t i = 0; i < map->n; i++) {
		if (say_pair(saying, &map->pairs[i]) == -1)
			return -1;
	}
	return 0;
}

/* Say a value by a name that is no key of a login. */
static int say_other(struct saying *saying, const struct node *name,
		     const struct node *value)
{
	const char *meant =
		value->kind == NODE_TEXT
			? draft_near_miss(saying->reading->draft, name->text)
			: NULL;

	if (meant != NULL)
		return fault_key(saying, name,
				 "unknown key '%.*s': did you mean '%s'?",
				 fault_shown(name->text), name->text, meant);
	if (node_is(name, "groups"))
		saying->entry->groups = value;
	else if (node_is(name, "hostname"))
		saying->hostname = value;
	else if (node_is(name, "data") && value->kind == NODE_MAP)
		value_say_all_data(saying->reading, value);
	else
		value_say_data(saying->reading, name->text, value);
	return 0;
}

static int say_pair(struct saying *saying, const struct node_pair *pair)
{
	const struct node *name = pair->key;
	enum key key;

	if (name->kind != NODE_TEXT)
		return fault_key(saying, name, "a key must be a single word");
	if (name->nul)
		return fault_key(saying, name,
				 "a key contains a NUL character");
	key = draft_key(saying->reading->draft, name->text);
	if (key != NKEYS)
		return say_key(saying, key, name, pair->value);
	if (node_is(name, "optional_args") && pair->value->kind == NODE_MAP)
		return say_inner(saying, pair->value);
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
	value_say_data(saying->reading, "hostname", value);
	return 0;
}

int own_entry_say(struct reading *reading, const struct node *map,
		  const struct own_owner *owner, struct own_entry *entry)
{
	struct saying saying = {
		.reading = reading, .owner = owner, .entry = entry};

	*entry = (struct own_entry){0};
	for (uint32_t i = 0; i < map->n; i++) {
		if (say_pair(&saying, &map->pairs[i]) == -1)
			return -1;
	}
	return say_hostname(&saying);
}
