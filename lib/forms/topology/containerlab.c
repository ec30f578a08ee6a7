/* Topologies of containerlab's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/textmap.h"
#include "forms/form.h"
#include "forms/topology/kinds.h"
#include "forms/topology/topology.h"
#include "forms/values.h"
#include "yaml/fault.h"
#include "yaml/tree.h"

#define GROUPS_MAX 16 /* of a node */

/* What counts of a node, or of what stands behind it. */
enum field {
	FIELD_KIND,
	FIELD_GROUP,
	FIELD_TYPE,
	FIELD_IMAGE,
	FIELD_LABELS,
	FIELD_USERNAME,
	FIELD_PASSWORD,
	FIELD_IDENTITY,
	FIELD_ENV_USERNAME,
	FIELD_ENV_PASSWORD,
	NFIELDS,
};

/* NULL: nothing is said. */
struct definition {
	const struct node *of[NFIELDS];
};

/* Definitions of groups, or of kinds. */
struct table {
	struct textmap places; /* by name; texts of the tree */
	struct definition *of;
};

/* A topology. */
struct lab {
	struct reading *reading;
	const char *name; /* NULL: it has none */
	const char *prefix; /* NULL: the usual one */
	struct table groups, kinds;
	struct definition defaults;
};

/* Where a node's values stand: the first that has one counts. NULL: there is no
 * such place. */
struct places {
	const struct definition *at[4]; /* node, group, kind, defaults */
	const char *kind, *group; /* names; NULL: none */
};

/* ---- definitions */

static struct definition define(const struct node *node)
{
	static const struct {
		const char *map, *name; /* map NULL: it is not in another */
	} fields[NFIELDS] = {
		[FIELD_KIND] = {NULL, "kind"},
		[FIELD_GROUP] = {NULL, "group"},
		[FIELD_TYPE] = {NULL, "type"},
		[FIELD_IMAGE] = {NULL, "image"},
		[FIELD_LABELS] = {NULL, "labels"},
		[FIELD_USERNAME] = {"credentials", "username"},
		[FIELD_PASSWORD] = {"credentials", "password"},
		[FIELD_IDENTITY] = {"credentials", "identity-file"},
		[FIELD_ENV_USERNAME] = {"env", "USERNAME"},
		[FIELD_ENV_PASSWORD] = {"env", "PASSWORD"},
	};
	struct definition out;

	for (unsigned i = 0; i < NFIELDS; i++) {
		const struct node *map = fields[i].map != NULL
						 ? node_get(node, fields[i].map)
						 : node;

		out.of[i] = node_get(map, fields[i].name);
		if (out.of[i] != NULL && node_is_null(out.of[i]))
			out.of[i] = NULL;
	}
	return out;
}

static int table_fill(struct table *table, const struct node *map)
{
	if (map == NULL || map->kind != NODE_MAP)
		return 0;
	table->of = calloc(map->n + 1, sizeof(*table->of));
	if (table->of == NULL)
		return -1;
	for (uint32_t i = 0; i < map->n; i++) {
		const char *name = node_text(map->pairs[i].key);

		if (name == NULL)
			continue;
		table->of[i] = define(map->pairs[i].value);
		if (textmap_find(&table->places, name, strlen(name)) == NULL &&
		    textmap_add(&table->places, name, i) == NULL)
			return -1;
	}
	return 0;
}

static void table_release(struct table *table)
{
	textmap_release(&table->places);
	free(table->of);
}

/* The definition of a name, which may be NULL; NULL: there is none. */
static const struct definition *table_find(const struct table *table,
					   const char *name)
{
	const struct textmap_entry *found =
		name != NULL ? textmap_find(&table->places, name, strlen(name))
			     : NULL;

	return found != NULL ? &table->of[found->value] : NULL;
}

static const char *text_of(const struct definition *definition,
			   enum field field)
{
	return definition != NULL ? node_text(definition->of[field]) : NULL;
}

/* ---- a node's values */

/* As containerlab finds them: the kind may stand in the node, in its group, in
 * the group of the defaults, or in these; the group in the node, the kind, or the
 * defaults. */
static struct places find_places(const struct lab *lab,
				 const struct definition *own)
{
	struct places out = {.at = {own, NULL, NULL, &lab->defaults}};
	const char *group = text_of(own, FIELD_GROUP);
	const char *usual = text_of(&lab->defaults, FIELD_GROUP);
	const struct definition *const sources[] = {
		own, table_find(&lab->groups, group),
		table_find(&lab->groups, usual), &lab->defaults};

	for (size_t i = 0; i < 4 && out.kind == NULL; i++)
		out.kind = text_of(sources[i], FIELD_KIND);
	out.at[2] = table_find(&lab->kinds, out.kind);
	if (group == NULL)
		group = text_of(out.at[2], FIELD_GROUP);
	out.group = group != NULL ? group : usual;
	out.at[1] = table_find(&lab->groups, out.group);
	return out;
}

/* The value of the first place that has one, NULL: none has. */
static const struct node *find_value(const struct places *places,
				     enum field field)
{
	const struct node *found = NULL;

	for (size_t i = 0; i < 4 && found == NULL; i++) {
		if (places->at[i] != NULL)
			found = places->at[i]->of[field];
	}
	return found;
}

/* The first place that has a user or a password in its credentials: they are not
 * put together from several. NULL: none has. */
static const struct definition *find_credentials(const struct places *places)
{
	for (size_t i = 0; i < 4; i++) {
		const struct definition *at = places->at[i];

		if (at != NULL && (at->of[FIELD_USERNAME] != NULL ||
				   at->of[FIELD_PASSWORD] != NULL))
			return at;
	}
	return NULL;
}

/* ---- saying */

static void say_login(struct reading *reading, enum key key,
		      const struct node *told, const struct node *of_image,
		      const char *usual, size_t line)
{
	const struct node *value = told != NULL ? told : of_image;

	if (value != NULL)
		value_say(reading, key, value, value->line);
	else if (usual != NULL)
		pen_say(&reading->pen, key, usual, line, 0);
}

static void say_logins(const struct lab *lab, const struct places *places,
		       const struct kind *kind, size_t line)
{
	static const struct definition none;
	const struct definition *told = find_credentials(places);
	const struct node *identity = find_value(places, FIELD_IDENTITY);

	if (told == NULL)
		told = &none;
	say_login(lab->reading, KEY_USERNAME, told->of[FIELD_USERNAME],
		  find_value(places, FIELD_ENV_USERNAME), kind->username, line);
	say_login(lab->reading, KEY_PASSWORD, told->of[FIELD_PASSWORD],
		  find_value(places, FIELD_ENV_PASSWORD), kind->password, line);
	if (identity == NULL)
		return;
	value_say(lab->reading, KEY_KEY_FILE, identity, identity->line);
	pen_say(&lab->reading->pen, KEY_USE_KEYS, "true", identity->line, 0);
}

/* Say the address: NULL, or why there is none. */
static const char *say_address(const struct lab *lab, const struct node *name,
			       const struct node *own)
{
	struct pen *pen = &lab->reading->pen;
	const struct node *address = node_get(own, "mgmt-ipv4");
	const char *prefix = lab->prefix != NULL ? lab->prefix : "clab";
	char host[256];

	if (node_text(address) == NULL)
		address = node_get(own, "mgmt-ipv6");
	if (node_text(address) != NULL) {
		value_say(lab->reading, KEY_HOST, address, address->line);
		return NULL;
	}
	if (*prefix == '\0') {
		pen_say(pen, KEY_HOST, name->text, name->line, 0);
		return NULL;
	}
	if (lab->name == NULL)
		return "no address: give it mgmt-ipv4, or the topology a name";
	if (strcmp(prefix, "__lab-name") == 0)
		(void)snprintf(host, sizeof(host), "%s-%s", lab->name,
			       name->text);
	else
		(void)snprintf(host, sizeof(host), "%s-%s-%s", prefix,
			       lab->name, name->text);
	pen_say(pen, KEY_HOST, host, name->line, 0);
	return NULL;
}

static void add_group(struct draft *draft, const void **names, size_t *n,
		      const char *name)
{
	if (name == NULL || *n == GROUPS_MAX)
		return;
	name = draft_text(draft, name, strlen(name));
	for (size_t i = 0; i < *n; i++) {
		if (names[i] == name)
			return;
	}
	draft_group(draft, name)->defined = true;
	names[(*n)++] = name;
}

/* The groups of a node: its kind, its group, and those that labels name for the
 * inventories that containerlab writes. */
static const struct draft_list *find_groups(const struct lab *lab,
					    const struct places *places)
{
	struct draft *draft = lab->reading->draft;
	const struct node *labels = places->at[0]->of[FIELD_LABELS];
	const void *names[GROUPS_MAX];
	size_t n = 0;

	add_group(draft, names, &n, places->kind);
	add_group(draft, names, &n, places->group);
	if (labels == NULL || labels->kind != NODE_MAP)
		return draft_list(draft, names, n);
	for (uint32_t i = 0; i < labels->n; i++) {
		const char *label = node_text(labels->pairs[i].key);

		if (label != NULL && (strcmp(label, "ansible-group") == 0 ||
				      strncmp(label, "nornir-group", 12) == 0))
			add_group(draft, names, &n,
				  node_text(labels->pairs[i].value));
	}
	return draft_list(draft, names, n);
}

static void say_rest(const struct lab *lab, const struct places *places)
{
	static const struct {
		enum field field;
		const char *name;
	} data[] = {{FIELD_TYPE, "type"},
		    {FIELD_IMAGE, "image"},
		    {FIELD_LABELS, "labels"}};

	for (size_t i = 0; i < sizeof(data) / sizeof(data[0]); i++) {
		const struct node *value = find_value(places, data[i].field);

		if (value != NULL)
			value_say_data(lab->reading, data[i].name, value);
	}
	if (lab->name != NULL)
		pen_say_data(&lab->reading->pen, "lab", lab->name, 1, 0);
}

/* ---- nodes */

static void add_node(const struct lab *lab, const struct node_pair *pair,
		     const struct places *places, const struct kind *kind)
{
	const struct node *name = pair->key;
	struct reading *reading = lab->reading;
	struct draft_device device = {.line = name->line};
	const char *why;

	pen_say(&reading->pen, KEY_NAME, name->text, name->line,
		name->nul ? SAID_NUL : 0);
	pen_say(&reading->pen, KEY_DEVICE_TYPE, kind->platform, name->line, 0);
	why = say_address(lab, name, pair->value);
	if (why != NULL)
		device.skip = reading_skip(reading, name->line, name->text,
					   "%s", why);
	say_logins(lab, places, kind, name->line);
	say_rest(lab, places);
	device.groups = find_groups(lab, places);
	device.own = pen_layer(&reading->pen, reading->file);
	(void)draft_add_device(reading->draft, &device);
}

static void read_node(const struct lab *lab, const struct node_pair *pair)
{
	const struct definition own = define(pair->value);
	const struct places places = find_places(lab, &own);
	const char *name = node_text(pair->key);
	const struct kind *known =
		places.kind != NULL ? kind_find(places.kind) : NULL;
	const struct kind other = {.platform = places.kind};

	if (name == NULL)
		return;
	if (known != NULL && known->platform == NULL)
		reading_leave_out(lab->reading, places.kind, name);
	else if (places.kind == NULL)
		reading_leave_out(lab->reading, "without a kind", name);
	else
		add_node(lab, pair, &places, known != NULL ? known : &other);
}

static int read_lab(struct lab *lab, const struct node *root)
{
	const struct node *topology = node_get(root, "topology");
	const struct node *nodes = node_get(topology, "nodes");

	lab->name = node_text(node_get(root, "name"));
	lab->prefix = node_text(node_get(root, "prefix"));
	if (nodes == NULL || nodes->kind != NODE_MAP)
		return reading_fault(lab->reading, root->line,
				     "a topology of containerlab's has a "
				     "mapping of nodes in 'topology'");
	lab->defaults = define(node_get(topology, "defaults"));
	if (table_fill(&lab->groups, node_get(topology, "groups")) == -1 ||
	    table_fill(&lab->kinds, node_get(topology, "kinds")) == -1)
		return fault_memory(lab->reading->err, lab->reading->name);
	for (uint32_t i = 0; i < nodes->n; i++)
		read_node(lab, &nodes->pairs[i]);
	return 0;
}

int containerlab_read(struct reading *reading)
{
	struct lab lab = {.reading = reading};
	const struct node *root;
	struct tree tree;
	int rc = tree_load(&tree, &root, reading->bytes, reading->len,
			   reading->name, reading->err);

	if (rc == 0)
		rc = read_lab(&lab, root);
	table_release(&lab.groups);
	table_release(&lab.kinds);
	tree_close(&tree);
	return rc;
}
