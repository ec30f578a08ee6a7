/* What a host, a group or the defaults of Nornir's say. */
#include <stdio.h>
#include <string.h>

#include "forms/nornir/parts.h"
#include "forms/values.h"
#include "yaml/fault.h"

static const char *const plugin_names[NPLUGINS] = {"netmiko", "scrapli",
						   "paramiko"};

static const struct name {
	const char *name;
	enum key key;
} attributes[] = {
	{"hostname", KEY_HOST},        {"port", KEY_PORT},
	{"username", KEY_USERNAME},    {"password", KEY_PASSWORD},
	{"platform", KEY_DEVICE_TYPE},
};

#define LEN(array) (sizeof(array) / sizeof((array)[0]))

uint64_t layer_keys(const struct layer *layer)
{
	uint64_t keys = 0;

	for (uint32_t i = 0; layer != NULL && i < layer->n; i++) {
		if ((layer->at[i].flags & SAID_DATA) == 0)
			keys |= UINT64_C(1) << layer->at[i].what;
	}
	return keys;
}

/* Say values by other names for keys. */
static void say_names(struct reading *reading, const struct node *map,
		      const struct name *names, size_t n, uint64_t but)
{
	for (size_t i = 0; i < n; i++) {
		const struct node *value = node_get(map, names[i].name);

		if (value != NULL && (but >> names[i].key & 1) == 0 &&
		    pen_said(&reading->pen, names[i].key) == NULL)
			value_say(reading, names[i].key, value, value->line);
	}
}

void element_say_attributes(struct reading *reading, const struct node *map,
			    uint64_t but)
{
	_Static_assert(NKEYS_READ <= 64, "a bit for each key");
	say_names(reading, map, attributes, LEN(attributes), but);
}

void element_say_extras(struct nornir *nornir, struct reading *reading,
			enum plugin plugin, const struct node *extras)
{
	static const struct name scrapli[] = {
		{"port", KEY_PORT},
		{"auth_username", KEY_USERNAME},
		{"auth_password", KEY_PASSWORD},
		{"auth_secondary", KEY_SECRET},
		{"auth_private_key", KEY_KEY_FILE},
		{"auth_private_key_passphrase", KEY_PASSPHRASE},
	};
	static const struct name paramiko[] = {
		{"key_filename", KEY_KEY_FILE},
		{"passphrase", KEY_PASSPHRASE},
		{"allow_agent", KEY_ALLOW_AGENT},
		{"look_for_keys", KEY_USE_KEYS},
	};
	const struct node *transport = node_get(extras, "transport");

	if (extras->kind != NODE_MAP)
		return;
	switch (plugin) {
	case PLUGIN_NETMIKO:
		(void)arguments_say(&nornir->arguments, reading, extras);
		return;
	case PLUGIN_SCRAPLI:
		say_names(reading, extras, scrapli, LEN(scrapli), 0);
		if (transport != NULL && (node_is(transport, "telnet") ||
					  node_is(transport, "asynctelnet")))
			pen_say(&reading->pen, KEY_TRANSPORT, "telnet",
				transport->line, 0);
		return;
	case PLUGIN_PARAMIKO:
		say_names(reading, extras, paramiko, LEN(paramiko), 0);
		return;
	case NPLUGINS:
		return;
	}
}

/* ---- data */

static bool is_attribute(const struct node *name)
{
	static const char *const others[] = {"name", "groups", "data",
					     "connection_options"};

	for (size_t i = 0; i < LEN(attributes); i++) {
		if (node_is(name, attributes[i].name))
			return true;
	}
	for (size_t i = 0; i < LEN(others); i++) {
		if (node_is(name, others[i]))
			return true;
	}
	return false;
}

/* Say what is no attribute. A key of a login would not be what it seems to be:
 * it is passed over. */
static void say_stray(struct nornir *nornir, struct reading *reading,
		      const struct node_pair *pair)
{
	const struct node *name = pair->key;

	if (name->kind != NODE_TEXT || is_attribute(name))
		return;
	if (key_find(name->text) == NKEYS && key_alias(name->text) == NKEYS)
		arguments_say_data(&nornir->arguments, reading, name,
				   pair->value);
	else
		tally_count(
			&nornir->strays, reading, name->line,
			"'%.*s' is nothing to Nornir here, and passed over: "
			"put it under connection_options, netmiko, extras",
			fault_shown(name->text), name->text);
}

void element_say_data(struct nornir *nornir, struct reading *reading,
		      const struct node *map)
{
	const struct node *data = node_get(map, "data");

	for (uint32_t i = 0; i < map->n; i++)
		say_stray(nornir, reading, &map->pairs[i]);
	if (data != NULL && data->kind == NODE_MAP)
		value_say_all_data(reading, data);
	else if (data != NULL)
		value_say_data(reading, "data", data);
}

/* ---- options of connections */

const struct node *element_options(const struct node *map, enum plugin plugin)
{
	const struct node *options = node_get(
		node_get(map, "connection_options"), plugin_names[plugin]);

	return options != NULL && options->kind == NODE_MAP ? options : NULL;
}

static void note_other(struct nornir *nornir, const struct reading *reading,
		       const struct node *name)
{
	const char *text = node_text(name);

	if (text == NULL || nornir->nothers == OTHERS_MAX)
		return;
	for (unsigned i = 0; i < NPLUGINS; i++) {
		if (strcmp(text, plugin_names[i]) == 0)
			return;
	}
	for (size_t i = 0; i < nornir->nothers; i++) {
		if (strncmp(nornir->others[i], text, 31) == 0)
			return;
	}
	(void)snprintf(nornir->others[nornir->nothers++], 32, "%s", text);
	reading_note(reading, name->line,
		     "connection_options of '%.*s' have no effect here",
		     fault_shown(text), text);
}

void element_note_others(struct nornir *nornir, const struct reading *reading,
			 const struct node *map)
{
	const struct node *options = node_get(map, "connection_options");

	if (options == NULL || options->kind != NODE_MAP)
		return;
	for (uint32_t i = 0; i < options->n; i++)
		note_other(nornir, reading, options->pairs[i].key);
}

static const struct layer *end_layer(struct reading *reading, const char *group)
{
	const struct layer *layer = pen_layer(&reading->pen, reading->file);

	draft_name_layer(reading->draft, layer, group);
	return layer;
}

void element_read(struct nornir *nornir, struct reading *reading,
		  const char *group, const struct node *map,
		  struct element *out)
{
	element_note_others(nornir, reading, map);
	for (unsigned i = 0; i < NPLUGINS; i++) {
		const struct node *options =
			element_options(map, (enum plugin)i);
		const struct node *extras = node_get(options, "extras");

		if (options == NULL)
			continue;
		element_say_attributes(reading, options, 0);
		out->options[i] = end_layer(reading, group);
		if (extras == NULL || node_is_null(extras))
			continue;
		element_say_extras(nornir, reading, (enum plugin)i, extras);
		out->extras[i] = end_layer(reading, group);
	}
	element_say_attributes(reading, map, 0);
	element_say_data(nornir, reading, map);
	out->plain = end_layer(reading, group);
}
