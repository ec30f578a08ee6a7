/* Groups of Nornir's. */
#include <stdlib.h>
#include <string.h>

#include "forms/nornir/parts.h"
#include "yaml/fault.h"

#define DEPTH_MAX 64 /* groups in groups */
#define NAMES_MAX 1024 /* groups of a host */

const struct draft_list *groups_names(struct draft *draft,
				      const struct node *value)
{
	const void *names[NAMES_MAX];
	size_t n = value->kind == NODE_LIST ? value->n : 1;

	if (value->kind == NODE_MAP || n > NAMES_MAX)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		const struct node *item =
			value->kind == NODE_LIST ? value->items[i] : value;
		const char *text = node_text(item);

		if (text == NULL || item->nul)
			return NULL;
		names[i] = draft_text(draft, text, strlen(text));
	}
	return draft_list(draft, names, n);
}

struct nornir_group *group_find(const struct nornir *nornir, const char *name)
{
	const struct textmap_entry *found =
		textmap_find(&nornir->places, name, strlen(name));

	return found != NULL ? &nornir->groups[found->value] : NULL;
}

/* The group of a name, of which the last that is read counts; NULL without
 * memory. */
static struct nornir_group *open_group(struct nornir *nornir, const char *name)
{
	struct nornir_group *group = group_find(nornir, name);
	size_t room = nornir->room != 0 ? nornir->room * 2 : 16;
	struct nornir_group *grown = nornir->groups;

	if (group != NULL)
		return group;
	if (nornir->ngroups == nornir->room) {
		grown = reallocarray(grown, room, sizeof(*grown));
		if (grown == NULL)
			return NULL;
		nornir->groups = grown;
		nornir->room = room;
	}
	if (textmap_add(&nornir->places, name, nornir->ngroups) == NULL)
		return NULL;
	return &grown[nornir->ngroups++];
}

static void read_body(struct nornir *nornir, struct reading *reading,
		      const struct node *body, struct nornir_group *group)
{
	const struct node *parents = node_get(body, "groups");

	if (body->kind != NODE_MAP) {
		if (!node_is_null(body))
			group->fault = "is not a mapping of attributes";
		return;
	}
	element_read(nornir, reading, group->name, body, &group->element);
	if (parents == NULL || node_is_null(parents))
		return;
	group->parents = groups_names(reading->draft, parents);
	if (group->parents == NULL)
		group->fault = "has 'groups' that are not a list of names";
}

/* Make the group known, and what it is in. */
static void draw_group(struct draft *draft, const struct nornir_group *group)
{
	struct draft_group *drawn = draft_group(draft, group->name);

	drawn->defined = true;
	drawn->file = group->file;
	drawn->line = group->line;
	for (size_t i = 0; group->parents != NULL && i < group->parents->n; i++)
		draft_group_child(draft, group->parents->at[i], group->name);
}

static int read_group(struct nornir *nornir, struct reading *reading,
		      const struct node_pair *pair)
{
	struct nornir_group group = {.file = reading->file,
				     .line = pair->key->line};
	struct nornir_group *place;

	if (pair->key->kind != NODE_TEXT || pair->key->nul)
		return reading_fault(reading, pair->key->line,
				     "the name of a group must be a text");
	group.name = draft_text(nornir->draft, pair->key->text,
				strlen(pair->key->text));
	read_body(nornir, reading, pair->value, &group);
	draw_group(nornir->draft, &group);
	place = open_group(nornir, group.name);
	if (place == NULL)
		return fault_memory(reading->err, reading->name);
	*place = group;
	return 0;
}

int nornir_groups_read(struct nornir *nornir, struct reading *reading,
		       const struct node *map)
{
	if (node_is_null(map))
		return 0;
	if (map->kind != NODE_MAP)
		return reading_fault(reading, map->line,
				     "groups must be a mapping of names to "
				     "their attributes");
	for (uint32_t i = 0; i < map->n; i++) {
		if (read_group(nornir, reading, &map->pairs[i]) == -1)
			return -1;
	}
	return 0;
}

/* Refuse a group from which a way leads back to it. */
static int check_group(const struct nornir *nornir,
		       const struct reading *reading,
		       struct nornir_group *group, unsigned depth)
{
	if (group->checked)
		return 0;
	if (group->open || depth == DEPTH_MAX)
		return fault(reading->err,
			     draft_file(nornir->draft, group->file)->path,
			     group->line,
			     group->open ? "group '%.*s' is in itself, by way "
					   "of its groups"
					 : "group '%.*s' is in groups that are "
					   "in groups, too deep",
			     fault_shown(group->name), group->name);
	group->open = true;
	for (size_t i = 0; group->parents != NULL && i < group->parents->n;
	     i++) {
		struct nornir_group *parent =
			group_find(nornir, group->parents->at[i]);

		if (parent != NULL &&
		    check_group(nornir, reading, parent, depth + 1) == -1)
			return -1;
	}
	group->open = false;
	group->checked = true;
	return 0;
}

int groups_check(struct nornir *nornir, const struct reading *reading)
{
	for (size_t i = 0; i < nornir->ngroups; i++) {
		if (check_group(nornir, reading, &nornir->groups[i], 0) == -1)
			return -1;
	}
	return 0;
}
