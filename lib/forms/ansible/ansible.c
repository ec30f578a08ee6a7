/* Ansible's inventories: files, directories, programs. */
#include "forms/ansible/ansible.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "forms/hostvars/command.h"
#include "forms/hostvars/devices.h"
#include "forms/listing.h"
#include "forms/ansible/readers.h"
#include "forms/hostvars/vault.h"
#include "yaml/fault.h"
#include "yaml/surrogates.h"

#define SCRIPT_SECONDS 60
#define SCRIPT_MAX ((size_t)64 * 1000 * 1000) /* bytes that it may print */
#define DEPTH_MAX 16 /* of folders in folders */

/* ---- a file */

static bool ends_in(const char *name, const char *end)
{
	size_t len = strlen(name), end_len = strlen(end);

	return len >= end_len && strcmp(name + len - end_len, end) == 0;
}

/* Is a file YAML, or JSON, by its name? */
static bool is_named_yaml(const struct reading *reading)
{
	return ends_in(reading->path, ".yml") ||
	       ends_in(reading->path, ".yaml") ||
	       ends_in(reading->path, ".json");
}

/* Does Ansible try YAML first? It does where the name has no extension, too. */
static bool may_be_yaml(const struct reading *reading)
{
	const char *slash = strrchr(reading->path, '/');
	const char *name = slash != NULL ? slash + 1 : reading->path;
	const char *point = strrchr(name, '.');

	return point == NULL || point == name || is_named_yaml(reading);
}

static int read_root(struct model *model, const struct reading *reading,
		     const struct node *root)
{
	return printed_is(root) ? printed_read(model, reading, root)
				: groups_read(model, reading, root);
}

/* Read a file as YAML: 1, 0 when it is no mapping in YAML, and err says why. */
static int read_yaml(struct model *model, const struct reading *reading,
		     const char *bytes, size_t len, struct nf_error *err)
{
	const struct node *root;
	struct tree tree;
	struct tree_value value;
	int rc = tree_open(&tree, &value, bytes, len, reading->name, err);

	if (rc == 0 && tree_value_kind(&value) != NODE_MAP)
		rc = reading_fault(reading, tree_value_line(&value),
				   "an inventory in YAML is a mapping of "
				   "groups");
	if (rc == 0)
		rc = tree_value_read(&value, &root);
	if (rc == 0)
		rc = tree_end(&tree);
	if (rc == 0)
		rc = read_root(model, reading, root) == -1 ? -1 : 1;
	else if (err->code != NF_SYSTEM)
		rc = 0;
	tree_close(&tree);
	return rc;
}

/* The same of a file that may be JSON, which has escapes that YAML has not. */
static int read_either(struct model *model, const struct reading *reading,
		       struct nf_error *err)
{
	size_t len = reading->len;
	char *joined = NULL;
	int rc;

	if (len > 0 && *reading->bytes == '{' &&
	    surrogates_join(&joined, reading->bytes, &len) == -1)
		return fault_memory(err, reading->name);
	rc = read_yaml(model, reading, joined != NULL ? joined : reading->bytes,
		       len, err);
	surrogates_free(joined, len);
	return rc;
}

static int read_text(struct model *model, struct reading *reading)
{
	struct nf_error *err = reading->err, why = {0};
	int rc = 0;

	if (may_be_yaml(reading)) {
		rc = read_either(model, reading, err);
		if (rc != 0)
			return rc == 1 ? 0 : -1;
		why = *err;
	}
	rc = ini_read(model, reading);
	/* What calls itself YAML is told what is wrong with it as that. */
	if (rc == -1 && why.code != NF_OK && is_named_yaml(reading))
		*err = why;
	return rc;
}

/* Read one file, whatever it is in, into the model. */
static int read_file(struct model *model, struct reading *reading)
{
	const char *why;
	int rc;

	if (!vault_is(reading->bytes, reading->len))
		return read_text(model, reading);
	rc = vault_file(model, reading, &why);
	if (rc == 0)
		return reading_fault(reading, 0, "the inventory %s", why);
	return rc == -1 ? -1 : read_text(model, reading);
}

/* Add what stands beside, and make devices of it all. */
static int resolve(struct model *model, struct reading *reading)
{
	if (vars_files_read(model, reading) == -1 ||
	    draft_check(model->draft, reading->err) == -1)
		return -1;
	if (devices_make(model) == -1)
		return -1;
	if (model->nhosts == 0)
		return reading_fault(reading, 0, "the inventory has no hosts");
	return 0;
}

int ansible_read(struct reading *reading)
{
	struct model model;
	int rc;

	model_init(&model, reading);
	rc = draft_check(model.draft, reading->err);
	if (rc == 0)
		rc = read_file(&model, reading);
	if (rc == 0)
		rc = resolve(&model, reading);
	model_release(&model);
	return rc;
}

/* ---- a directory */

static bool is_ignored(const char *name)
{
	static const char *const ends[] = {
		".ini", ".cfg", ".txt", ".md",    ".rst", ".orig", ".bak",
		".rpm", ".pyc", ".pyo", ".retry", ".swp", "~"};
	static const char *const names[] = {"group_vars", "host_vars",
					    "vars_plugins"};

	if (name[0] == '.')
		return true;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (ends_in(name, ends[i]))
			return true;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

static int read_entry(struct model *model, const char *path)
{
	struct reading file;
	int rc = reading_open(model->reading, path, false, &file);

	if (rc == -1)
		return -1;
	if (file.len >= 2 && memcmp(file.bytes, "#!", 2) == 0)
		reading_note(&file, 0,
			     "a program, which is not run here: give it by "
			     "itself, in the form 'script'");
	else
		rc = read_file(model, &file);
	reading_close(&file);
	return rc;
}

static int read_folder(struct model *model, const char *path, unsigned depth)
{
	struct listing folder;
	int rc = listing_open(&folder, model->reading, path);

	if (rc == 1 && depth == DEPTH_MAX)
		rc = reading_fault(model->reading, 0,
				   "%s: folders deeper than %d levels", path,
				   DEPTH_MAX);
	for (size_t i = 0; rc == 1 && i < folder.n; i++) {
		const char *name = folder.names[i];
		char *below;
		bool inside = listing_has_folder(&folder, name);

		if (is_ignored(name))
			continue;
		if (asprintf(&below, "%s%s%s", depth > 0 ? path : "",
			     depth > 0 ? "/" : "", name) == -1) {
			rc = fault_memory(model->reading->err,
					  model->reading->name);
			break;
		}
		if ((inside ? read_folder(model, below, depth + 1)
			    : read_entry(model, below)) == -1)
			rc = -1;
		free(below);
	}
	listing_close(&folder);
	return rc == -1 ? -1 : 0;
}

int ansible_read_directory(struct reading *reading)
{
	struct model model;
	int rc;

	model_init(&model, reading);
	rc = draft_check(model.draft, reading->err);
	if (rc == 0)
		rc = read_folder(&model, ".", 0);
	if (rc == 0)
		rc = resolve(&model, reading);
	model_release(&model);
	return rc;
}

/* ---- a program */

static int fault_script(const struct reading *reading,
			const struct command *command)
{
	const struct program_end *end = &command->end;

	if (command->overflowed)
		return reading_fault(reading, 0,
				     "the program prints more than %zu MB",
				     SCRIPT_MAX / 1000 / 1000);
	if (end->err.code != NF_OK)
		return reading_fault(reading, 0, "%s", end->err.message);
	return reading_fault(reading, 0, "the program ended with status %d%s%s",
			     end->status, *end->complaint != '\0' ? ": " : "",
			     end->complaint);
}

static int run_script(struct reading *reading, struct command *command)
{
	char *path = realpath(reading->path, NULL);
	const char *const argv[] = {path, "--list", NULL};
	struct nf_error err = {0};
	int rc;

	if (path == NULL)
		return reading_fault(reading, 0, "cannot be run: %s",
				     strerror(errno));
	*command = (struct command){.argv = argv, .output_max = SCRIPT_MAX};
	rc = commands_run(command, 1, SCRIPT_SECONDS, &err);
	if (rc == -1)
		(void)reading_fault(reading, 0, "cannot be run: %s%s",
				    err.message,
				    err.sys_errno == EACCES
					    ? " (chmod +x makes it a program)"
					    : "");
	else if (command->end.err.code != NF_OK || command->overflowed ||
		 command->end.status != 0)
		rc = fault_script(reading, command);
	free(path);
	return rc;
}

static int read_output(struct model *model, const struct reading *reading,
		       const char *bytes, size_t len)
{
	const struct node *root;
	struct tree tree;
	int rc = tree_load(&tree, &root, bytes, len, reading->name,
			   reading->err);

	if (rc == 0)
		rc = printed_read(model, reading, root);
	tree_close(&tree);
	return rc;
}

static int read_printed(struct model *model, const struct reading *reading,
			const struct command *command)
{
	const char *bytes = command->output != NULL ? command->output : "";
	size_t len = command->output_len;
	char *joined;
	int rc;

	if (surrogates_join(&joined, bytes, &len) == -1)
		return fault_memory(reading->err, reading->name);
	rc = read_output(model, reading, joined != NULL ? joined : bytes, len);
	surrogates_free(joined, len);
	return rc;
}

int ansible_run_script(struct reading *reading)
{
	struct command command = {0};
	struct model model;
	int rc;

	if (strcmp(reading->path, "-") == 0)
		return reading_fault(reading, 0,
				     "a program to run has to be a file: what "
				     "it prints is read in the form 'ansible'");
	model_init(&model, reading);
	rc = draft_check(model.draft, reading->err);
	if (rc == 0)
		rc = run_script(reading, &command);
	if (rc == 0)
		rc = read_printed(&model, reading, &command);
	if (rc == 0)
		rc = resolve(&model, reading);
	command_release(&command);
	model_release(&model);
	return rc;
}
