/* The groups that hosts are in. */
#include "forms/hostvars/chain.h"

#include <stdlib.h>
#include <string.h>

#include "yaml/fault.h"

/* ---- depth and rank of groups */

static int fault_group(const struct model *model, uint32_t place,
		       const char *what)
{
	const struct model_group *group = &model->groups[place];
	const char *path = draft_file(model->draft, group->file)->path;

	return fault(model->reading->err, path,
		     group->line != 0 ? group->line : 1, "group '%.*s' %s",
		     fault_shown(group->name), group->name, what);
}

static int fault_depth(const struct model *model, uint32_t place)
{
	return fault_group(model, place,
			   "is in groups that are in groups, too deep");
}

/* Find the longest way from all to a group. */
static int find_depth(const struct model *model, uint32_t place, unsigned level)
{
	struct model_group *group = &model->groups[place];
	uint32_t depth = 1;

	if (group->depth != 0)
		return 0;
	if (group->open)
		return fault_group(model, place,
				   "is in itself, by way of the groups that it "
				   "is in");
	if (level > CHAIN_DEPTH_MAX)
		return fault_depth(model, place);
	group->open = true;
	for (uint32_t i = 0; i < group->parents.n; i++) {
		uint32_t parent = group->parents.at[i];

		if (parent == GROUP_ALL)
			continue;
		if (find_depth(model, parent, level + 1) == -1)
			return -1;
		if (model->groups[parent].depth >= depth)
			depth = model->groups[parent].depth + 1;
	}
	if (depth > CHAIN_DEPTH_MAX)
		return fault_depth(model, place);
	group->depth = depth;
	group->open = false;
	return 0;
}

static int compare_groups(const void *one, const void *two, void *arg)
{
	const struct model_group *groups = arg;
	const struct model_group *a = &groups[*(const uint32_t *)one];
	const struct model_group *b = &groups[*(const uint32_t *)two];

	if (a->depth != b->depth)
		return a->depth < b->depth ? -1 : 1;
	if (a->priority != b->priority)
		return a->priority < b->priority ? -1 : 1;
	return strcmp(a->name, b->name);
}

static int rank_groups(const struct model *model)
{
	uint32_t *order = calloc(model->ngroups, sizeof(*order));

	if (order == NULL)
		return fault_memory(model->reading->err, model->reading->name);
	for (size_t i = 0; i < model->ngroups; i++)
		order[i] = (uint32_t)i; /* groups are fewer than bytes */
	qsort_r(order, model->ngroups, sizeof(*order), compare_groups,
		model->groups);
	for (size_t i = 0; i < model->ngroups; i++)
		model->groups[order[i]].rank = (uint32_t)i;
	free(order);
	return 0;
}

static void make_segments(struct model *model)
{
	for (size_t i = 0; i < model->ngroups; i++) {
		struct model_group *group = &model->groups[i];

		group->segments[0] =
			segments_make(model, &group->vars, group->name);
		group->segments[1] =
			segments_make(model, &group->file_vars, group->name);
	}
}

int chain_set_init(struct chain_set *chains, struct model *model)
{
	*chains = (struct chain_set){.model = model};
	if (model->groups[GROUP_ALL].parents.n > 0)
		return fault_group(model, GROUP_ALL,
				   "is in another group: it has all of them");
	for (size_t i = 1; i < model->ngroups; i++) {
		if (find_depth(model, (uint32_t)i, 1) == -1)
			return -1;
	}
	if (rank_groups(model) == -1)
		return -1;
	make_segments(model);
	chains->of = calloc(model->nmemberships + 1, sizeof(*chains->of));
	chains->near = calloc(CHAIN_GROUPS_MAX, sizeof(*chains->near));
	if (chains->of == NULL || chains->near == NULL)
		return fault_memory(model->reading->err, model->reading->name);
	return 0;
}

/* ---- a chain */

static void free_chain(struct chain *chain)
{
	if (chain == NULL)
		return;
	textmap_release(&chain->names_of);
	free(chain->segments);
	free(chain);
}

void chain_set_release(struct chain_set *chains)
{
	for (size_t i = 0;
	     chains->of != NULL && i < chains->model->nmemberships; i++)
		free_chain(chains->of[i]);
	free(chains->of);
	free(chains->near);
	*chains = (struct chain_set){0};
}

/* Add a group to those of a chain, and those that it is in; their depth is
 * bounded. False when there are too many. */
static bool add_group(struct chain_set *chains, uint32_t place, size_t *n)
{
	struct model_group *group = &chains->model->groups[place];

	if (place == GROUP_ALL || group->visit == chains->visit)
		return true;
	if (*n == CHAIN_GROUPS_MAX)
		return false;
	group->visit = chains->visit;
	chains->near[(*n)++] = place;
	for (uint32_t i = 0; i < group->parents.n; i++) {
		if (!add_group(chains, group->parents.at[i], n))
			return false;
	}
	return true;
}

/* Find the groups of a set: how many, or -1 for too many. Who is in any other is
 * not among the ungrouped. */
static int find_groups(struct chain_set *chains, uint32_t membership)
{
	const struct model *model = chains->model;
	bool ungrouped = true;
	size_t n = 0;

	chains->visit++;
	for (uint32_t at = membership; at != 0;
	     at = model->memberships[at].without) {
		uint32_t group = model->memberships[at].group;

		if (group == GROUP_ALL || group == GROUP_UNGROUPED)
			continue;
		ungrouped = false;
		if (!add_group(chains, group, &n))
			return -1;
	}
	if (ungrouped && !add_group(chains, GROUP_UNGROUPED, &n))
		return -1;
	return (int)n; /* CHAIN_GROUPS_MAX at most */
}

static int compare_ranks(const void *one, const void *two, void *arg)
{
	const struct model_group *groups = arg;
	uint32_t a = groups[*(const uint32_t *)one].rank;
	uint32_t b = groups[*(const uint32_t *)two].rank;

	return a > b ? -1 : a < b; /* the nearest first */
}

static bool add_segments(struct chain *chain, struct segment *segment)
{
	for (; segment != NULL; segment = segment->next) {
		struct segment **grown = chain->segments;

		if ((chain->nsegments & (chain->nsegments - 1)) == 0)
			grown = reallocarray(grown,
					     chain->nsegments != 0
						     ? chain->nsegments * 2
						     : 1,
					     sizeof(struct segment *));
		if (grown == NULL)
			return false;
		chain->segments = grown;
		chain->segments[chain->nsegments++] = segment;
	}
	return true;
}

static bool find_segments(struct chain *chain, const struct chain_set *chains,
			  size_t n)
{
	const struct model_group *groups = chains->model->groups;

	for (int files = 1; files >= 0; files--) {
		for (size_t i = 0; i < n; i++) {
			if (!add_segments(
				    chain,
				    groups[chains->near[i]].segments[files]))
				return false;
		}
		if (!add_segments(chain, groups[GROUP_ALL].segments[files]))
			return false;
	}
	return true;
}

/* Find what counts of each variable, and what the full layers say. */
static void find_values(struct chain *chain, struct model *model)
{
	for (size_t i = chain->nsegments; i-- > 0;) {
		const struct segment *segment = chain->segments[i];
		const struct variable *at = segment->first;

		for (size_t k = 0; k < segment->n; k++, at = at->next) {
			if (at->known != VAR_OTHER)
				chain->of[at->known] =
					(struct variable *)(uintptr_t)at;
		}
		for (unsigned target = 0; target < NTARGETS; target++) {
			const struct variable *says = segment->says[target];
			const char *text;
			unsigned flags;

			if (says != NULL &&
			    variable_says(model, says, (enum target)target,
					  &text, &flags) == SAYS_TEXT)
				chain->says[target] = says;
		}
	}
}

static void make_lists(struct chain *chain, const struct chain_set *chains,
		       size_t n)
{
	struct model *model = chains->model;
	const void **list =
		calloc(chain->nsegments + n + 1, sizeof(const void *));
	size_t nnames = 0;

	if (list == NULL) {
		model->draft->no_memory = true;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (chains->near[i] != GROUP_UNGROUPED)
			list[nnames++] = model->groups[chains->near[i]].name;
	}
	chain->names = draft_list(model->draft, list, nnames);
	for (size_t i = 0; i < chain->nsegments; i++)
		list[i] = segment_full(model, chain->segments[i]);
	chain->full = draft_list(model->draft, list, chain->nsegments);
	free(list);
}

static void find_lock(struct chain *chain, const struct chain_set *chains,
		      size_t n)
{
	const struct model_group *groups = chains->model->groups;

	for (size_t i = 0; i < n && chain->locked == NULL; i++)
		chain->locked = groups[chains->near[i]].locked;
	if (chain->locked != NULL || groups[GROUP_ALL].locked == NULL)
		return;
	chain->locked = groups[GROUP_ALL].locked;
	chain->all_locked = true;
}

struct chain *chain_set_find(struct chain_set *chains, uint32_t membership)
{
	struct chain *chain = chains->of[membership];
	int n;

	if (chain != NULL)
		return chain;
	chain = calloc(1, sizeof(*chain));
	if (chain == NULL)
		return NULL;
	chains->of[membership] = chain;
	n = find_groups(chains, membership);
	chain->too_many = n == -1;
	if (n > 0)
		qsort_r(chains->near, (size_t)n, sizeof(*chains->near),
			compare_ranks, chains->model->groups);
	n = n == -1 ? 0 : n;
	if (!find_segments(chain, chains, (size_t)n))
		return NULL;
	find_values(chain, chains->model);
	find_lock(chain, chains, (size_t)n);
	make_lists(chain, chains, (size_t)n);
	return chain;
}

/* Map the names of all variables to what counts of them. */
static void map_names(struct chain *chain, struct model *model)
{
	chain->mapped = true;
	for (size_t i = chain->nsegments; i-- > 0;) {
		const struct variable *at = chain->segments[i]->first;

		for (size_t k = 0; k < chain->segments[i]->n;
		     k++, at = at->next) {
			struct textmap_entry *entry = textmap_find(
				&chain->names_of, at->name, strlen(at->name));

			if (entry == NULL)
				entry = textmap_add(&chain->names_of, at->name,
						    0);
			if (entry != NULL)
				entry->value = (size_t)(uintptr_t)at;
			else
				model->draft->no_memory = true;
		}
	}
}

struct variable *chain_variable(struct chain *chain, struct model *model,
				const char *name)
{
	const struct textmap_entry *entry;

	if (!chain->mapped)
		map_names(chain, model);
	entry = textmap_find(&chain->names_of, name, strlen(name));
	return entry != NULL ? (struct variable *)(uintptr_t)entry->value
			     : NULL;
}
