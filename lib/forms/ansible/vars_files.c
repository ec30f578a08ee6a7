/* Files of variables beside an inventory: group_vars and host_vars. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "forms/listing.h"
#include "forms/ansible/readers.h"
#include "forms/hostvars/vault.h"
#include "yaml/fault.h"

#define DEPTH_MAX 16 /* of folders in folders */

static const char *const extensions[] = {"", ".yml", ".yaml", ".json"};

/* A folder of them, and for whom it is read. */
struct vars_folder {
	struct model *model;
	const struct reading *reading;
	const char *name; /* group_vars */
	struct listing folder;
	struct variables *vars;
	const char **locked;
};

/* The variables of a mapping in a file. */
static int say_file(const struct vars_folder *at, const struct reading *file)
{
	const struct node *root;
	struct tree tree;
	int rc = tree_load(&tree, &root, file->bytes, file->len, file->name,
			   file->err);

	if (rc == 0 && root->kind != NODE_MAP && !node_is_null(root))
		rc = reading_fault(file, root->line,
				   "a file of variables must be a mapping");
	if (rc == 0 && root->kind == NODE_MAP)
		rc = node_say_all(at->model, file, at->vars, MODEL_NONE, root);
	tree_close(&tree);
	return rc;
}

static int read_file(const struct vars_folder *at, const char *path)
{
	struct reading file;
	const char *why = NULL;
	int rc = reading_open(at->reading, path, false, &file);

	if (rc == -1)
		return -1;
	if (vault_is(file.bytes, file.len))
		rc = vault_file(at->model, &file, &why);
	else
		rc = 1;
	if (rc == 0) {
		char text[512];

		(void)snprintf(text, sizeof(text), "%s %s", file.name, why);
		*at->locked = draft_text(at->model->draft, text, strlen(text));
	}
	if (rc == 1)
		rc = say_file(at, &file);
	reading_close(&file);
	return rc;
}

/* The extension of a name, "" without one. */
static const char *extension(const char *name)
{
	const char *point = strrchr(name, '.');

	return point != NULL && point != name ? point : "";
}

static bool is_extension(const char *text)
{
	for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]);
	     i++) {
		if (strcmp(extensions[i], text) == 0)
			return true;
	}
	return false;
}

/* Read what a path below the inventory is: a file, or all of a folder in order
 * of names. */
static int read_path(const struct vars_folder *at, const char *path,
		     unsigned depth)
{
	struct listing inside;
	int rc = listing_open(&inside, at->reading, path);

	if (rc == 0)
		rc = read_file(at, path);
	if (rc == 1 && depth == DEPTH_MAX)
		rc = reading_fault(at->reading, 0,
				   "%s: folders deeper than %d levels", path,
				   DEPTH_MAX);
	for (size_t i = 0; rc == 1 && i < inside.n; i++) {
		const char *name = inside.names[i];
		const char *ext = extension(name);
		bool is_folder = listing_has_folder(&inside, name);
		char *below;

		if (name[0] == '.' || name[strlen(name) - 1] == '~' ||
		    (is_folder ? *ext != '\0' : !is_extension(ext)))
			continue;
		if (asprintf(&below, "%s/%s", path, name) == -1) {
			rc = fault_memory(at->reading->err, at->reading->name);
			break;
		}
		if (read_path(at, below, depth + 1) == -1)
			rc = -1;
		free(below);
	}
	listing_close(&inside);
	return rc == -1 ? -1 : 0;
}

/* Read the first that there is of NAME, NAME.yml, NAME.yaml, NAME.json. */
static int read_of(struct vars_folder *at, const char *name)
{
	for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]);
	     i++) {
		char file[NAME_MAX + 1], path[NAME_MAX + 64];

		if (snprintf(file, sizeof(file), "%s%s", name, extensions[i]) >=
			    (int)sizeof(file) ||
		    !listing_has(&at->folder, file))
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", at->name, file);
		return read_path(at, path, 0);
	}
	return 0;
}

static int read_groups(struct vars_folder *at)
{
	int rc = listing_open(&at->folder, at->reading, at->name);

	for (size_t i = 0; rc == 1 && i < at->model->ngroups; i++) {
		struct model_group *group = &at->model->groups[i];

		at->vars = &group->file_vars;
		at->locked = &group->locked;
		if (read_of(at, group->name) == -1)
			rc = -1;
	}
	listing_close(&at->folder);
	return rc == -1 ? -1 : 0;
}

static int read_hosts(struct vars_folder *at)
{
	int rc = listing_open(&at->folder, at->reading, at->name);

	for (size_t i = 0; rc == 1 && i < at->model->nhosts; i++) {
		struct model_host *host = &at->model->hosts[i];

		at->vars = &host->file_vars;
		at->locked = &host->locked;
		if (read_of(at, host->name) == -1)
			rc = -1;
	}
	listing_close(&at->folder);
	return rc == -1 ? -1 : 0;
}

int vars_files_read(struct model *model, const struct reading *reading)
{
	struct vars_folder groups = {
		.model = model, .reading = reading, .name = "group_vars"};
	struct vars_folder hosts = {
		.model = model, .reading = reading, .name = "host_vars"};

	if (strcmp(reading->path, "-") == 0)
		return 0;
	if (read_groups(&groups) == -1)
		return -1;
	return read_hosts(&hosts);
}
