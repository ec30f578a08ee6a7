/* The groups of an inventory as a tree, or nearly one. */
#include "view/grouping.h"

#include <stdlib.h>

/* ---- lists */

/* Make n lists of a number of places in all. begin[i + 2] is for the length of
 * list i, until lists_counted(). */
static int lists_init(struct lists *lists, size_t n, size_t total)
{
	lists->begin = calloc(n + 2, sizeof(*lists->begin));
	lists->at = calloc(total + 1, sizeof(*lists->at));
	return lists->begin != NULL && lists->at != NULL ? 0 : -1;
}

static void lists_release(struct lists *lists)
{
	free(lists->begin);
	free(lists->at);
}

/* Turn lengths into places: begin[i + 1] is where list i is filled next. When
 * all are full, that is where list i + 1 begins. */
static void lists_counted(struct lists *lists, size_t n)
{
	for (size_t i = 2; i <= n + 1; i++)
		lists->begin[i] += lists->begin[i - 1];
}

static void lists_put(struct lists *lists, size_t i, size_t place)
{
	lists->at[lists->begin[i + 1]++] = place;
}

/* Turn lists of n sources around: of each of m targets, the sources that have
 * it. */
static int lists_turn(struct lists *out, size_t m, const struct lists *in,
		      size_t n)
{
	size_t total = in->begin[n];

	if (lists_init(out, m, total) == -1)
		return -1;
	for (size_t at = 0; at < total; at++)
		out->begin[in->at[at] + 2]++;
	lists_counted(out, m);
	for (size_t i = 0; i < n; i++) {
		for (size_t at = in->begin[i]; at < in->begin[i + 1]; at++)
			lists_put(out, in->at[at], i);
	}
	return 0;
}

/* Keep the places of n lists that are not n, which stands for none. */
static void lists_close_up(struct lists *lists, size_t n)
{
	size_t kept = 0, from = 0;

	for (size_t i = 0; i < n; i++) {
		size_t end = lists->begin[i + 1];

		for (; from < end; from++) {
			if (lists->at[from] != n)
				lists->at[kept++] = lists->at[from];
		}
		lists->begin[i + 1] = kept;
	}
}

/* ---- groups in groups */

/* List the children of each group as the files have them. */
static int list_children(struct grouping *grouping)
{
	struct lists *children = &grouping->children;
	size_t n = grouping->n, total = 0, at = 0;
	struct nf_group group;

	for (size_t g = 0; g < n; g++) {
		nf_inventory_group(grouping->inv, g, &group);
		total += group.nchildren;
	}
	if (lists_init(children, n, total) == -1)
		return -1;
	for (size_t g = 0; g < n; g++) {
		nf_inventory_group(grouping->inv, g, &group);
		for (size_t k = 0; k < group.nchildren; k++) {
			size_t child =
				nf_inventory_group_child(grouping->inv, g, k);

			if (child != grouping->all && g != grouping->all)
				children->at[at++] = child;
		}
		children->begin[g + 1] = at;
	}
	return 0;
}

enum colour { WHITE, GREY, BLACK }; /* not seen yet, open, done */

/* A walk down from a group, without recursion: a way may be as long as a file. */
struct walk {
	struct lists *children;
	size_t n;
	enum colour *colours;
	size_t *next; /* of an open group: how many of its children were seen */
	size_t *stack;
	size_t *done; /* the groups that are, each behind its children */
	size_t ndone;
};

/* Walk down, and take out children that lead back up. */
static void walk_down(struct walk *walk, size_t from)
{
	size_t depth = 0;

	walk->stack[depth++] = from;
	walk->colours[from] = GREY;
	while (depth > 0) {
		size_t g = walk->stack[depth - 1];
		size_t at = walk->children->begin[g] + walk->next[g]++;
		size_t child;

		if (at == walk->children->begin[g + 1]) {
			walk->colours[g] = BLACK;
			walk->done[walk->ndone++] = g;
			depth--;
			continue;
		}
		child = walk->children->at[at];
		if (walk->colours[child] == GREY) {
			walk->children->at[at] = walk->n;
		} else if (walk->colours[child] == WHITE) {
			walk->colours[child] = GREY;
			walk->stack[depth++] = child;
		}
	}
}

static int cut_loops(struct grouping *grouping)
{
	size_t n = grouping->n;
	struct walk walk = {.children = &grouping->children,
			    .n = n,
			    .colours = calloc(n + 1, sizeof(*walk.colours)),
			    .next = calloc(n + 1, sizeof(*walk.next)),
			    .stack = calloc(n + 1, sizeof(*walk.stack)),
			    .done = calloc(n + 1, sizeof(*walk.done))};
	bool ready = walk.colours != NULL && walk.next != NULL &&
		     walk.stack != NULL && walk.done != NULL;

	for (size_t g = 0; ready && g < n; g++) {
		if (walk.colours[g] == WHITE)
			walk_down(&walk, g);
	}
	free(walk.colours);
	free(walk.next);
	free(walk.stack);
	grouping->upwards = walk.done;
	lists_close_up(&grouping->children, n);
	return ready ? 0 : -1;
}

/* ---- devices in groups */

/* The groups of the device that is looked at, by the number of the look. */
struct look {
	size_t *in; /* it is in that group */
	size_t *by; /* it is so by another group */
	size_t number;
};

/* The next of a device's groups, from *k on; n at the end. */
static size_t next_group(const struct grouping *grouping, size_t i, size_t *k)
{
	size_t g = nf_inventory_group_of(grouping->inv, i, (*k)++);

	if (g == grouping->all && g != grouping->n)
		g = nf_inventory_group_of(grouping->inv, i, (*k)++);
	return g;
}

static void look_at(struct look *look, const struct grouping *grouping,
		    size_t i)
{
	size_t k = 0, g;

	look->number++;
	while ((g = next_group(grouping, i, &k)) != grouping->n)
		look->in[g] = look->number;
}

/* The ways into each group, by their places in the lists of children; and of each
 * way, the group that it comes from. */
struct ways {
	struct lists to;
	size_t *from;
};

static int ways_init(struct ways *ways, const struct lists *children, size_t n)
{
	size_t total = children->begin[n];

	ways->from = calloc(total + 1, sizeof(*ways->from));
	if (lists_init(&ways->to, n, total) == -1 || ways->from == NULL)
		return -1;
	for (size_t at = 0; at < total; at++)
		ways->to.begin[children->at[at] + 2]++;
	lists_counted(&ways->to, n);
	for (size_t g = 0; g < n; g++) {
		for (size_t at = children->begin[g];
		     at < children->begin[g + 1]; at++) {
			ways->from[at] = g;
			lists_put(&ways->to, children->at[at], at);
		}
	}
	return 0;
}

/* Take out the ways into a group of this device from groups that it is not in. */
static void cut_ways(struct grouping *grouping, const struct look *look,
		     const struct ways *ways, size_t g)
{
	for (size_t k = ways->to.begin[g]; k < ways->to.begin[g + 1]; k++) {
		size_t at = ways->to.at[k];

		if (look->in[ways->from[at]] != look->number)
			grouping->children.at[at] = grouping->n;
	}
}

static int cut_strangers(struct grouping *grouping, struct look *look)
{
	struct ways ways = {0};
	int rc = ways_init(&ways, &grouping->children, grouping->n);

	for (size_t i = 0; rc == 0 && i < nf_inventory_size(grouping->inv);
	     i++) {
		size_t k = 0, g;

		look_at(look, grouping, i);
		while ((g = next_group(grouping, i, &k)) != grouping->n)
			cut_ways(grouping, look, &ways, g);
	}
	lists_release(&ways.to);
	free(ways.from);
	lists_close_up(&grouping->children, grouping->n);
	return rc;
}

/* Find which groups a device is in by others: how many it is in by none. */
static size_t look_for_parents(const struct grouping *grouping,
			       struct look *look, size_t i)
{
	const struct lists *parents = &grouping->parents;
	size_t count = 0, k = 0, g;

	look_at(look, grouping, i);
	while ((g = next_group(grouping, i, &k)) != grouping->n) {
		for (size_t at = parents->begin[g]; at < parents->begin[g + 1];
		     at++)
			look->by[parents->at[at]] = look->number;
	}
	k = 0;
	while ((g = next_group(grouping, i, &k)) != grouping->n)
		count += look->by[g] != look->number;
	return count;
}

static int list_groups(struct grouping *grouping, struct look *look)
{
	size_t ndevices = nf_inventory_size(grouping->inv), total = 0, at = 0;
	struct lists *groups = &grouping->groups;

	for (size_t i = 0; i < ndevices; i++)
		total += look_for_parents(grouping, look, i);
	if (lists_init(groups, ndevices, total + ndevices) == -1)
		return -1;
	for (size_t i = 0; i < ndevices; i++) {
		size_t k = 0, g;

		if (look_for_parents(grouping, look, i) == 0)
			groups->at[at++] = grouping->n;
		while ((g = next_group(grouping, i, &k)) != grouping->n) {
			if (look->by[g] != look->number)
				groups->at[at++] = g;
		}
		groups->begin[i + 1] = at;
	}
	return 0;
}

/* ---- the whole */

static int list_all(struct grouping *grouping, struct look *look)
{
	size_t n = grouping->n;

	if (list_children(grouping) == -1 || cut_loops(grouping) == -1 ||
	    cut_strangers(grouping, look) == -1 ||
	    lists_turn(&grouping->parents, n, &grouping->children, n) == -1 ||
	    list_groups(grouping, look) == -1)
		return -1;
	return lists_turn(&grouping->members, n + 1, &grouping->groups,
			  nf_inventory_size(grouping->inv));
}

int grouping_init(struct grouping *grouping, const struct nf_inventory *inv)
{
	size_t n = nf_inventory_ngroups(inv);
	struct look look = {.in = calloc(n + 1, sizeof(*look.in)),
			    .by = calloc(n + 1, sizeof(*look.by))};
	struct nf_group group;
	int rc = -1;

	*grouping = (struct grouping){
		.inv = inv,
		.n = n,
		.all = nf_inventory_find_group(inv, "all"),
		.names = calloc(n + 1, sizeof(*grouping->names))};
	for (size_t g = 0; grouping->names != NULL && g < n; g++) {
		nf_inventory_group(inv, g, &group);
		grouping->names[g] = group.name;
	}
	if (grouping->names != NULL && look.in != NULL && look.by != NULL)
		rc = list_all(grouping, &look);
	free(look.in);
	free(look.by);
	if (rc == -1)
		grouping_release(grouping);
	return rc;
}

void grouping_release(struct grouping *grouping)
{
	free(grouping->names);
	free(grouping->upwards);
	lists_release(&grouping->children);
	lists_release(&grouping->parents);
	lists_release(&grouping->groups);
	lists_release(&grouping->members);
}
