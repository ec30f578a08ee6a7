/* Nornir's SimpleInventory: its files. */
#include "forms/nornir/nornir.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/home.h"
#include "forms/nornir/parts.h"
#include "yaml/fault.h"

/* The shapes of a file. */
enum shape {
	SHAPE_HOSTS, /* a mapping of hosts */
	SHAPE_ALL, /* of hosts, groups and defaults */
	SHAPE_CONFIGURATION, /* names the files */
};

/* ---- files beside */

/* The path of a file as it is named, with ~ for the home; to be freed. NULL when
 * there is none. */
static char *find_file(const struct reading *reading, const char *name)
{
	char *path = home_expand(name);
	char *full = path != NULL ? reading_beside(reading, path) : NULL;
	bool there = full != NULL && access(full, F_OK) == 0;

	free(full);
	if (there)
		return path;
	free(path);
	return NULL;
}

static int read_defaults(struct nornir *nornir, struct reading *reading,
			 const struct node *map)
{
	if (node_is_null(map))
		return 0;
	if (map->kind != NODE_MAP)
		return reading_fault(reading, map->line,
				     "defaults must be a mapping of "
				     "attributes");
	element_read(nornir, reading, NULL, map, &nornir->defaults);
	return 0;
}

/* Read a file of groups or defaults, if it is there. */
static int read_beside(struct nornir *nornir, const struct reading *reading,
		       const char *name,
		       int (*read)(struct nornir *, struct reading *,
				   const struct node *))
{
	char *path = find_file(reading, name);
	struct reading other;
	const struct node *root;
	struct tree tree;
	int rc = 0;

	if (path == NULL)
		return 0;
	if (reading_open(reading, path, false, &other) == -1) {
		free(path);
		return -1;
	}
	free(path);
	rc = tree_load(&tree, &root, other.bytes, other.len, other.name,
		       other.err);
	if (rc == 0)
		rc = read(nornir, &other, root);
	tree_close(&tree);
	reading_close(&other);
	return rc == 0 ? 1 : -1;
}

/* Read the groups and defaults that stand beside a file of hosts. */
static int read_all_beside(struct nornir *nornir, const struct reading *reading)
{
	int rc = 0;

	if (strcmp(reading->path, "-") == 0)
		return 0;
	rc = read_beside(nornir, reading, "defaults.yaml", read_defaults);
	if (rc == 0)
		rc = read_beside(nornir, reading, "defaults.yml",
				 read_defaults);
	if (rc != -1)
		rc = read_beside(nornir, reading, "groups.yaml",
				 nornir_groups_read);
	if (rc == 0)
		rc = read_beside(nornir, reading, "groups.yml",
				 nornir_groups_read);
	return rc == -1 ? -1 : 0;
}

/* ---- shapes */

static bool is_any(const struct node *node, const char *const *words)
{
	for (; *words != NULL; words++) {
		if (node_is(node, *words))
			return true;
	}
	return false;
}

static bool all_are(const struct node *map, const char *const *words)
{
	for (uint32_t i = 0; i < map->n; i++) {
		if (!is_any(map->pairs[i].key, words))
			return false;
	}
	return true;
}

static const char *const parts[] = {"hosts", "groups", "defaults", NULL};
static const char *const settings[] = {"inventory",    "runner", "logging",
				       "core",         "ssh",    "plugins",
				       "user_defined", "jinja2", NULL};

static enum shape shape_of(const struct node *root)
{
	const struct node *hosts = node_get(root, "hosts");
	const struct node *inventory = node_get(root, "inventory");

	if (root->kind != NODE_MAP || root->n == 0)
		return SHAPE_HOSTS;
	if (hosts != NULL && hosts->kind == NODE_MAP && all_are(root, parts))
		return SHAPE_ALL;
	if (node_get(inventory, "plugin") != NULL ||
	    node_get(inventory, "options") != NULL || all_are(root, settings))
		return SHAPE_CONFIGURATION;
	return SHAPE_HOSTS;
}

/* Look whether a file of hosts may be something else, by its first key: large
 * ones are not to be read whole. */
static int may_be_other(const struct reading *reading, bool *other)
{
	const struct node *key = NULL;
	struct tree_value root = {0}, value;
	struct tree_iter iter;
	struct tree tree;
	int rc = tree_open(&tree, &root, reading->bytes, reading->len,
			   reading->name, reading->err);

	*other = rc == 0 && tree_value_kind(&root) != NODE_MAP;
	if (rc == 0 && !*other)
		rc = tree_value_enter(&root, &iter);
	if (rc == 0 && !*other)
		rc = tree_iter_next(&iter, &key, &value);
	if (rc == 1 && key != NULL)
		*other = is_any(key, parts) || is_any(key, settings);
	tree_close(&tree);
	return rc == -1 ? -1 : 0;
}

/* ---- reading */

static int read_hosts(struct nornir *nornir, struct reading *reading,
		      const struct tree_value *hosts)
{
	size_t before = nornir->draft->ndevices;

	if (groups_check(nornir, reading) == -1 ||
	    hosts_read(nornir, reading, hosts) == -1)
		return -1;
	if (nornir->draft->ndevices == before)
		return reading_fault(reading, tree_value_line(hosts),
				     "no hosts are in it");
	return 0;
}

/* Read hosts value by value. */
static int stream_hosts(struct nornir *nornir, struct reading *reading)
{
	struct tree_value root = {0};
	struct tree tree;
	int rc = tree_open(&tree, &root, reading->bytes, reading->len,
			   reading->name, reading->err);

	if (rc == 0)
		rc = read_hosts(nornir, reading, &root);
	if (rc == 0)
		rc = tree_end(&tree);
	tree_close(&tree);
	return rc;
}

static int read_parts(struct nornir *nornir, struct reading *reading,
		      struct tree *tree, const struct node *root)
{
	static const struct node nothing = {
		.kind = NODE_TEXT, .plain = true, .text = ""};
	const struct tree_value hosts = {.tree = tree,
					 .node = node_get(root, "hosts")};
	const struct node *groups = node_get(root, "groups");
	const struct node *defaults = node_get(root, "defaults");

	if (nornir_groups_read(nornir, reading,
			       groups != NULL ? groups : &nothing) == -1 ||
	    read_defaults(nornir, reading,
			  defaults != NULL ? defaults : &nothing) == -1)
		return -1;
	return read_hosts(nornir, reading, &hosts);
}

/* ---- the configuration */

static int check_plugin(const struct reading *reading,
			const struct node *inventory)
{
	static const char simple[] = "SimpleInventory";
	const struct node *plugin = node_get(inventory, "plugin");
	const char *name = node_text(plugin);
	size_t len = name != NULL ? strlen(name) : 0;

	/* Nornir 2 has it with its modules: nornir.plugins....SimpleInventory */
	if (name == NULL || (len >= strlen(simple) &&
			     strcmp(name + len - strlen(simple), simple) == 0))
		return 0;
	return reading_fault(reading, plugin->line,
			     "the inventory of this configuration of Nornir's "
			     "is plugin '%.*s', which is not read: give a file "
			     "of hosts, as SimpleInventory has them",
			     fault_shown(name), name);
}

static const char *option(const struct node *inventory, const char *name,
			  const char *otherwise)
{
	const char *text =
		node_text(node_get(node_get(inventory, "options"), name));

	return text != NULL ? text : otherwise;
}

static int open_hosts(const struct reading *reading, const char *name,
		      struct reading *other)
{
	char *path = home_expand(name);
	int rc;

	if (path == NULL)
		return fault_memory(reading->err, reading->name);
	rc = reading_open(reading, path, false, other);
	free(path);
	return rc;
}

static int read_configuration(struct nornir *nornir, struct reading *reading,
			      const struct node *root)
{
	const struct node *inventory = node_get(root, "inventory");
	struct reading other;
	int rc;

	if (check_plugin(reading, inventory) == -1 ||
	    read_beside(nornir, reading,
			option(inventory, "defaults_file", "defaults.yaml"),
			read_defaults) == -1 ||
	    read_beside(nornir, reading,
			option(inventory, "group_file", "groups.yaml"),
			nornir_groups_read) == -1 ||
	    open_hosts(reading, option(inventory, "host_file", "hosts.yaml"),
		       &other) == -1)
		return -1;
	rc = stream_hosts(nornir, &other);
	reading_close(&other);
	return rc;
}

/* ---- */

static int read_other(struct nornir *nornir, struct reading *reading)
{
	const struct node *root;
	struct tree tree;
	int rc = tree_load(&tree, &root, reading->bytes, reading->len,
			   reading->name, reading->err);

	if (rc == 0) {
		struct tree_value hosts = {.tree = &tree, .node = root};

		switch (shape_of(root)) {
		case SHAPE_HOSTS:
			rc = read_all_beside(nornir, reading);
			if (rc == 0)
				rc = read_hosts(nornir, reading, &hosts);
			break;
		case SHAPE_ALL:
			rc = read_parts(nornir, reading, &tree, root);
			break;
		case SHAPE_CONFIGURATION:
			rc = read_configuration(nornir, reading, root);
			break;
		}
	}
	tree_close(&tree);
	return rc;
}

int nornir_read(struct reading *reading)
{
	struct nornir nornir = {.draft = reading->draft};
	bool other;
	int rc = may_be_other(reading, &other);

	if (rc == 0 && other)
		rc = read_other(&nornir, reading);
	else if (rc == 0)
		rc = read_all_beside(&nornir, reading);
	if (rc == 0 && !other)
		rc = stream_hosts(&nornir, reading);
	if (rc == 0)
		tally_tell(&nornir.strays, reading);
	arguments_end(&nornir.arguments, reading);
	lineages_release(&nornir.lineages);
	textmap_release(&nornir.places);
	free(nornir.groups);
	return rc;
}
