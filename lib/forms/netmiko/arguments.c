/* Arguments of netmiko's ConnectHandler. */
#include "forms/netmiko/arguments.h"

#include <string.h>

#include "forms/values.h"
#include "yaml/fault.h"

#define NAMES_MAX 1000 /* of data that may be slips */

static bool is_encrypted(const struct node *value)
{
	static const char mark[] = "__encrypt__";

	return value->kind == NODE_TEXT &&
	       strncmp(value->text, mark, strlen(mark)) == 0;
}

/* Look at a name, once in a file, and at so many alone: the look is dear. */
static void look_at_name(struct arguments *arguments,
			 const struct reading *reading, const struct node *name)
{
	const char *meant, *text;

	if (arguments->names.used == NAMES_MAX ||
	    textmap_find(&arguments->names, name->text, strlen(name->text)) !=
		    NULL)
		return;
	text = draft_text(reading->draft, name->text, strlen(name->text));
	if (textmap_add(&arguments->names, text, 0) == NULL)
		reading->draft->no_memory = true;
	meant = key_near_miss(text);
	if (meant != NULL)
		tally_count(&arguments->slips, reading, name->line,
			    "'%.*s' is no key, and taken for data: did you "
			    "mean '%s'?",
			    fault_shown(text), text, meant);
}

void arguments_say_data(struct arguments *arguments, struct reading *reading,
			const struct node *name, const struct node *value)
{
	if (name->kind != NODE_TEXT || name->nul)
		return;
	if (value->kind == NODE_TEXT)
		look_at_name(arguments, reading, name);
	value_say_data(reading, name->text, value);
}

/* The key of a name, NKEYS: none. A hostname is the address where there is no
 * other. */
static enum key find_key(const struct node *name, bool addressed)
{
	enum key key;

	if (name->kind != NODE_TEXT || name->nul)
		return NKEYS;
	key = key_find(name->text);
	if (key == NKEYS)
		key = key_alias(name->text);
	if (key == NKEYS && !addressed && node_is(name, "hostname"))
		key = KEY_HOST;
	return key;
}

enum key arguments_say(struct arguments *arguments, struct reading *reading,
		       const struct node *map)
{
	bool said[NKEYS] = {false};
	bool addressed = node_text(node_get(map, "host")) != NULL ||
			 node_text(node_get(map, "ip")) != NULL;
	enum key encrypted = NKEYS;

	for (uint32_t i = map->n; i-- > 0;) {
		const struct node_pair *pair = &map->pairs[i];
		enum key key = find_key(pair->key, addressed);

		if (key == NKEYS || said[key])
			continue;
		said[key] = !node_is_null(pair->value);
		value_say(reading, key, pair->value, pair->key->line);
		if (is_encrypted(pair->value))
			encrypted = key;
	}
	for (uint32_t i = 0; i < map->n; i++) {
		if (find_key(map->pairs[i].key, addressed) == NKEYS)
			arguments_say_data(arguments, reading,
					   map->pairs[i].key,
					   map->pairs[i].value);
	}
	return encrypted;
}

void arguments_end(struct arguments *arguments, struct reading *reading)
{
	tally_tell(&arguments->slips, reading);
	textmap_release(&arguments->names);
	*arguments = (struct arguments){0};
}
