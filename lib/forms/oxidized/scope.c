/* Places of Oxidized's configuration where values stand. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "forms/oxidized/parts.h"
#include "forms/values.h"

#define KEY_MAX 512 /* bytes of a name in places */

/* The key of a place: its kind, and its names; false: they are too long. */
static bool make_key(char key[KEY_MAX], const char *group, const char *model)
{
	int len;

	if (group == NULL)
		len = snprintf(key, KEY_MAX, "m%s", model);
	else if (model == NULL)
		len = snprintf(key, KEY_MAX, "g%s", group);
	else
		len = snprintf(key, KEY_MAX, "%zu %s%s", strlen(group), group,
			       model);
	return len < KEY_MAX;
}

/* ---- variables */

/* Say a list without the blanks in it: "a, b". */
static void say_list(struct reading *reading, enum key key, const char *text,
		     size_t line, unsigned flags)
{
	char list[1024];
	size_t len = 0;

	for (; *text != '\0' && len + 1 < sizeof(list); text++) {
		if (*text != ' ' && *text != '\t')
			list[len++] = *text;
	}
	list[len] = '\0';
	pen_say(&reading->pen, key, list, line, flags);
}

/* The secret of enable: "true" is to ask without one, "false" not to ask. */
static void say_enable(struct reading *reading, const char *text, size_t line,
		       unsigned flags)
{
	bool yes = strcmp(text, "true") == 0, no = strcmp(text, "false") == 0;

	if (yes || no)
		pen_say(&reading->pen, KEY_ENABLE, text, line, 0);
	pen_say(&reading->pen, KEY_SECRET, yes || no ? "" : text, line,
		yes || no ? 0 : flags);
}

void scope_say_variable(struct reading *reading, const char *name,
			const char *text, size_t line, unsigned flags)
{
	static const struct {
		const char *name;
		enum key key;
	} lists[] = {
		{"ssh_kex", KEY_KEX_ALGORITHMS},
		{"ssh_encryption", KEY_CIPHERS},
		{"ssh_host_key", KEY_HOSTKEY_ALGORITHMS},
		{"ssh_hmac", KEY_MACS},
	};

	if (strcmp(name, "enable") == 0)
		say_enable(reading, text, line, flags);
	else if (strcmp(name, "ssh_proxy") == 0)
		pen_say(&reading->pen, KEY_PROXY_JUMP, text, line, flags);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (strcmp(lists[i].name, name) == 0)
			say_list(reading, lists[i].key, text, line, flags);
	}
	if (strcmp(name, "ssh_keys") != 0)
		return;
	pen_say(&reading->pen, KEY_KEY_FILE, text, line, flags);
	pen_say(&reading->pen, KEY_USE_KEYS, "true", line, 0);
}

/* Say all variables; of a list of keys the first. */
static void say_variables(struct reading *reading, const struct node *vars)
{
	const struct node *proxy_port = node_get(vars, "ssh_proxy_port");
	const char *proxy = node_text(node_get(vars, "ssh_proxy"));
	char jump[512];

	if (vars == NULL || vars->kind != NODE_MAP)
		return;
	for (uint32_t i = 0; i < vars->n; i++) {
		const char *name = node_text(vars->pairs[i].key);
		const struct node *value = vars->pairs[i].value;

		if (value->kind == NODE_LIST && value->n > 0)
			value = value->items[0];
		if (name != NULL && node_text(value) != NULL)
			scope_say_variable(reading, name, value->text,
					   value->line, value_flags(value));
	}
	if (proxy == NULL || node_text(proxy_port) == NULL)
		return;
	(void)snprintf(jump, sizeof(jump), "%s:%s", proxy, proxy_port->text);
	pen_say(&reading->pen, KEY_PROXY_JUMP, jump, proxy_port->line, 0);
}

/* ---- places */

static const char *keep(struct reading *reading, const struct node *value)
{
	const char *text = node_text(value);

	return text != NULL ? draft_text(reading->draft, text, strlen(text))
			    : NULL;
}

/* Read a place: a group's, or without one (NULL), that of all or of a model. */
static struct scope read_scope(struct reading *reading, const char *group,
			       const struct node *map)
{
	const struct node *username = node_get(map, "username");
	const struct node *password = node_get(map, "password");
	const struct node *vars = node_get(map, "vars");
	const struct node *input = node_get(map, "input");
	struct scope scope = {.model = keep(reading, node_get(map, "model"))};

	if (username != NULL)
		value_say(reading, KEY_USERNAME, username, username->line);
	if (password != NULL)
		value_say(reading, KEY_PASSWORD, password, password->line);
	say_variables(reading, vars);
	if (input != NULL && input->kind == NODE_MAP)
		input = node_get(input, "default");
	scope.input = keep(reading, input);
	scope.ssh_port = keep(reading, node_get(vars, "ssh_port"));
	scope.telnet_port = keep(reading, node_get(vars, "telnet_port"));
	scope.layer = pen_layer(&reading->pen, reading->file);
	draft_name_layer(reading->draft, scope.layer, group);
	return scope;
}

static int add_scope(struct scopes *scopes, struct reading *reading,
		     const char *group, const char *model,
		     const struct node *map)
{
	size_t room = scopes->room != 0 ? scopes->room * 2 : 16;
	struct scope *grown = scopes->of;
	char key[KEY_MAX];

	if (!make_key(key, group, model) ||
	    textmap_find(&scopes->places, key, strlen(key)) != NULL)
		return 0;
	if (scopes->n == scopes->room) {
		grown = reallocarray(grown, room, sizeof(*grown));
		if (grown == NULL)
			return -1;
		scopes->of = grown;
		scopes->room = room;
	}
	if (textmap_add(&scopes->places,
			draft_text(reading->draft, key, strlen(key)),
			scopes->n) == NULL)
		return -1;
	scopes->of[scopes->n++] = read_scope(reading, group, map);
	return 0;
}

/* Read a map of models, of a group or of all. */
static int read_models(struct scopes *scopes, struct reading *reading,
		       const char *group, const struct node *models)
{
	for (uint32_t i = 0;
	     models != NULL && models->kind == NODE_MAP && i < models->n; i++) {
		const char *name = node_text(models->pairs[i].key);

		if (name != NULL && add_scope(scopes, reading, group, name,
					      models->pairs[i].value) == -1)
			return -1;
	}
	return 0;
}

static int read_groups(struct scopes *scopes, struct reading *reading,
		       const struct node *groups)
{
	for (uint32_t i = 0;
	     groups != NULL && groups->kind == NODE_MAP && i < groups->n; i++) {
		const struct node *name = groups->pairs[i].key;
		const struct node *map = groups->pairs[i].value;
		struct draft_group *group;

		if (node_text(name) == NULL)
			continue;
		group = draft_group(reading->draft, name->text);
		group->defined = true;
		group->file = reading->file;
		group->line = name->line;
		if (add_scope(scopes, reading, name->text, NULL, map) == -1 ||
		    read_models(scopes, reading, name->text,
				node_get(map, "models")) == -1)
			return -1;
	}
	return 0;
}

int scopes_read(struct scopes *scopes, struct reading *reading,
		const struct node *root)
{
	scopes->global = read_scope(reading, NULL, root);
	if (read_groups(scopes, reading, node_get(root, "groups")) == -1)
		return -1;
	return read_models(scopes, reading, NULL, node_get(root, "models"));
}

void scopes_release(struct scopes *scopes)
{
	textmap_release(&scopes->places);
	free(scopes->of);
}

const struct scope *scopes_find(const struct scopes *scopes, const char *group,
				const char *model)
{
	const struct textmap_entry *found = NULL;
	char key[KEY_MAX];

	if (make_key(key, group, model))
		found = textmap_find(&scopes->places, key, strlen(key));
	return found != NULL ? &scopes->of[found->value] : NULL;
}
