/* Oxidized's configuration. */
#include "forms/oxidized/oxidized.h"

#include <stdlib.h>
#include <string.h>

#include "base/home.h"
#include "forms/oxidized/parts.h"
#include "yaml/fault.h"

/* Find the settings of the source, when it is a file of columns. */
static int find_csv(const struct reading *reading, const struct node *root,
		    const struct node **out)
{
	const struct node *source = node_get(root, "source");
	const struct node *kind = node_get(source, "default");
	const struct node *csv = node_get(source, "csv");
	const struct node *gpg = node_get(csv, "gpg");

	if (source == NULL || source->kind != NODE_MAP)
		return reading_fault(reading, 0,
				     "no 'source' is in it: give Oxidized's "
				     "config, which says which column of "
				     "router.db is which");
	if (node_text(kind) != NULL && !node_is(kind, "csv"))
		return reading_fault(reading, kind->line,
				     "the devices come from source '%.*s', "
				     "which is not asked: give a file of them, "
				     "or a source csv",
				     fault_shown(kind->text), kind->text);
	if (node_text(node_get(csv, "file")) == NULL)
		return reading_fault(reading, source->line,
				     "source csv names no file");
	if (gpg != NULL && node_is(gpg, "true"))
		return reading_fault(reading, gpg->line,
				     "the file of devices is encrypted by gpg: "
				     "give it as text");
	*out = csv;
	return 0;
}

static int read_rows(struct oxidized *oxidized, const struct reading *reading,
		     const struct node *csv)
{
	char *path = home_expand(node_text(node_get(csv, "file")));
	struct reading other;
	int rc;

	if (path == NULL)
		return fault_memory(reading->err, reading->name);
	rc = reading_open(reading, path, false, &other);
	free(path);
	if (rc == -1)
		return -1;
	rc = rows_read(oxidized, &other);
	if (rc == 0)
		tally_tell(&oxidized->names_asked, &other);
	reading_close(&other);
	return rc;
}

static int read_configuration(struct oxidized *oxidized,
			      struct reading *reading, const struct node *root)
{
	static const char *const models[] = {"juniper", "junos", "cisco", "ios",
					     NULL};
	static const char *const groups[] = {NULL};
	const struct node *csv = NULL;

	if (find_csv(reading, root, &csv) == -1 ||
	    columns_read(&oxidized->columns, reading, csv) == -1 ||
	    renaming_read(&oxidized->models, reading,
			  node_get(root, "model_map"), models) == -1 ||
	    renaming_read(&oxidized->groups, reading,
			  node_get(root, "group_map"), groups) == -1)
		return -1;
	if (scopes_read(&oxidized->scopes, reading, root) == -1)
		return fault_memory(reading->err, reading->name);
	return read_rows(oxidized, reading, csv);
}

int oxidized_read(struct reading *reading)
{
	struct oxidized *oxidized = calloc(1, sizeof(*oxidized));
	const struct node *root;
	struct tree tree;
	int rc;

	if (oxidized == NULL)
		return fault_memory(reading->err, reading->name);
	rc = tree_load(&tree, &root, reading->bytes, reading->len,
		       reading->name, reading->err);
	if (rc == 0)
		rc = read_configuration(oxidized, reading, root);
	tree_close(&tree);
	scopes_release(&oxidized->scopes);
	renaming_release(&oxidized->models);
	renaming_release(&oxidized->groups);
	columns_release(&oxidized->columns);
	free(oxidized);
	return rc;
}
