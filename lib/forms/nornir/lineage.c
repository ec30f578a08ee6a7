/* What stands behind a host of Nornir's: its groups, theirs, and defaults. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "forms/nornir/parts.h"
#include "yaml/fault.h"

#define GROUPS_MAX 1024 /* of a host, by all ways */

/* Groups in the order in which Nornir asks them. */
struct asking {
	const struct nornir *nornir;
	struct lineage *lineage;
	uint32_t visit;
	const struct nornir_group *groups[GROUPS_MAX];
	size_t ngroups;
	size_t leaf; /* how many there were when one was in no other; 0: none */
};

static void keep_fault(const struct asking *asking, const char *name,
		       const char *what)
{
	char text[256];

	if (asking->lineage->fault != NULL)
		return;
	(void)snprintf(text, sizeof(text), "group '%.*s' %s", fault_shown(name),
		       name, what);
	asking->lineage->fault =
		draft_text(asking->nornir->draft, text, strlen(text));
}

/* Ask groups by name, each followed by its own; loops were refused. */
static void ask(struct asking *asking, const struct draft_list *names)
{
	for (size_t i = 0; i < names->n; i++) {
		struct nornir_group *group =
			group_find(asking->nornir, names->at[i]);

		if (group == NULL) {
			keep_fault(asking, names->at[i],
				   "is not defined: define it among the "
				   "groups, or take it out");
			continue;
		}
		if (group->visit == asking->visit ||
		    asking->ngroups == GROUPS_MAX)
			continue;
		group->visit = asking->visit;
		if (group->fault != NULL)
			keep_fault(asking, group->name, group->fault);
		asking->groups[asking->ngroups++] = group;
		if (group->parents != NULL && group->parents->n > 0)
			ask(asking, group->parents);
		else if (asking->leaf == 0)
			asking->leaf = asking->ngroups;
	}
}

/* The element that is asked i'th for options; NULL at the end. */
static const struct element *asked(const struct asking *asking, size_t i)
{
	if (i == asking->leaf)
		return &asking->nornir->defaults;
	if (i > asking->leaf)
		i--;
	return i < asking->ngroups ? &asking->groups[i]->element : NULL;
}

/* Layers that are put together, the first to count first. */
struct layers {
	const void *at[2 * GROUPS_MAX + 4];
	size_t n;
};

static void put(struct layers *layers, const struct layer *layer)
{
	if (layer != NULL && layer->n > 0)
		layers->at[layers->n++] = layer;
}

static void put_plain(struct layers *layers, const struct asking *asking)
{
	for (size_t i = 0; i < asking->ngroups; i++)
		put(layers, asking->groups[i]->element.plain);
	put(layers, asking->nornir->defaults.plain);
}

static void find_for(const struct asking *asking, enum plugin plugin,
		     struct ancestry *out)
{
	struct draft *draft = asking->nornir->draft;
	const struct layer *extras = NULL;
	const struct element *element;
	struct layers layers = {.n = 1}; /* the first is for extras */

	*out = (struct ancestry){0};
	for (size_t i = 0; (element = asked(asking, i)) != NULL; i++) {
		if (extras == NULL)
			extras = element->extras[plugin];
		out->any |= element->options[plugin] != NULL;
		out->options_keys |= layer_keys(element->options[plugin]);
		put(&layers, element->options[plugin]);
	}
	put_plain(&layers, asking);
	out->extras_keys = layer_keys(extras);
	out->without = draft_list(draft, layers.at + 1, layers.n - 1);
	layers.at[0] = extras;
	out->with_extras = extras != NULL && extras->n > 0
				   ? draft_list(draft, layers.at, layers.n)
				   : out->without;
}

static void fill(const struct nornir *nornir, struct lineage *lineage,
		 uint32_t visit)
{
	struct asking asking = {
		.nornir = nornir, .lineage = lineage, .visit = visit};
	const void *all[GROUPS_MAX];

	ask(&asking, lineage->names);
	for (size_t i = 0; i < asking.ngroups; i++)
		all[i] = asking.groups[i]->name;
	lineage->groups = draft_list(nornir->draft, all, asking.ngroups);
	for (unsigned i = 0; i < NPLUGINS; i++)
		find_for(&asking, (enum plugin)i, &lineage->of[i]);
}

/* Room for one more, zeroed; NULL: no memory. */
static struct lineage *add(struct lineages *lineages)
{
	size_t room = lineages->room != 0 ? lineages->room * 2 : 16;
	struct lineage **grown = lineages->of;

	if (lineages->n == lineages->room) {
		grown = reallocarray(grown, room, sizeof(struct lineage *));
		if (grown == NULL)
			return NULL;
		lineages->of = grown;
		lineages->room = room;
	}
	grown[lineages->n] = calloc(1, sizeof(struct lineage));
	return grown[lineages->n] != NULL ? grown[lineages->n++] : NULL;
}

static const struct lineage *add_new(struct nornir *nornir, const char *key,
				     const struct draft_list *names)
{
	static const struct lineage none;
	struct lineages *lineages = &nornir->lineages;
	struct lineage *lineage = add(lineages);

	if (lineage != NULL) {
		lineage->names = names;
		(void)snprintf(lineage->key, sizeof(lineage->key), "%s", key);
	}
	if (lineage == NULL || textmap_add(&lineages->places, lineage->key,
					   lineages->n - 1) == NULL) {
		nornir->draft->no_memory = true;
		return &none;
	}
	fill(nornir, lineage, (uint32_t)lineages->n); /* below SOURCE_MAX */
	return lineage;
}

const struct lineage *lineage_find(struct nornir *nornir,
				   const struct draft_list *names)
{
	struct lineages *lineages = &nornir->lineages;
	const struct textmap_entry *found;
	char key[24];

	if (lineages->last != NULL && lineages->last->names == names)
		return lineages->last;
	(void)snprintf(key, sizeof(key), "%p", (const void *)names);
	found = textmap_find(&lineages->places, key, strlen(key));
	lineages->last = found != NULL ? lineages->of[found->value]
				       : add_new(nornir, key, names);
	return lineages->last;
}

void lineages_release(struct lineages *lineages)
{
	for (size_t i = 0; i < lineages->n; i++)
		free(lineages->of[i]);
	free(lineages->of);
	textmap_release(&lineages->places);
}
