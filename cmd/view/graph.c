/* The groups of an inventory as a tree, as ansible-inventory(1) draws it. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/escape.h"
#include "tell.h"
#include "view/grouping.h"
#include "view/view.h"

/* A group may be in many: if all of them drew it whole, a small file would make
 * a tree without end. */
#define LINES_MAX ((size_t)1000 * 1000)
#define DEPTH_MAX 64

struct graph {
	const struct grouping *grouping;
	bool part; /* groups without devices are left out */
	bool once; /* a group is drawn whole once */
	bool *drawn;
	size_t *lines; /* of the tree below a group, with it */
	size_t *devices; /* in that tree */
};

static size_t sum(size_t one, size_t two)
{
	return one > SIZE_MAX - two ? SIZE_MAX : one + two;
}

static size_t length(const struct lists *lists, size_t i)
{
	return lists->begin[i + 1] - lists->begin[i];
}

/* Measure the trees below all groups: children come before their parents. */
static void measure(struct graph *graph)
{
	const struct grouping *grouping = graph->grouping;
	const struct lists *children = &grouping->children;

	for (size_t k = 0; k < grouping->n; k++) {
		size_t g = grouping->upwards[k];

		graph->devices[g] = length(&grouping->members, g);
		graph->lines[g] = sum(graph->devices[g], 1);
		for (size_t at = children->begin[g];
		     at < children->begin[g + 1]; at++) {
			size_t child = children->at[at];

			graph->devices[g] =
				sum(graph->devices[g], graph->devices[child]);
			graph->lines[g] =
				sum(graph->lines[g], graph->lines[child]);
		}
	}
}

static bool is_root(const struct graph *graph, size_t g)
{
	return g != graph->grouping->all &&
	       length(&graph->grouping->parents, g) == 0;
}

static size_t count_lines(const struct graph *graph)
{
	size_t lines = 0;

	for (size_t g = 0; g < graph->grouping->n; g++) {
		if (is_root(graph, g))
			lines = sum(lines, graph->lines[g]);
	}
	return lines;
}

/* ---- drawing */

static void draw(size_t depth, const char *before, const char *name,
		 const char *behind)
{
	char harmless[1024];

	for (size_t i = 0; i < depth; i++)
		(void)fputs("  |", stdout);
	escape_copy(harmless, sizeof(harmless), ESCAPE_LINE, name);
	(void)printf("%s%s%s%s\n", depth > 0 ? "--" : "", before, harmless,
		     behind);
}

static void draw_members(const struct graph *graph, size_t g, size_t depth)
{
	const struct lists *members = &graph->grouping->members;

	for (size_t at = members->begin[g]; at < members->begin[g + 1]; at++)
		draw(depth, "",
		     nf_inventory_device(graph->grouping->inv, members->at[at])
			     ->name,
		     "");
}

/* Draw a group's line: is what is in it to be drawn, too? */
static bool draw_group(const struct graph *graph, size_t g, size_t depth)
{
	const char *name = graph->grouping->names[g];

	if (graph->part && graph->devices[g] == 0)
		return false;
	if (depth == DEPTH_MAX) {
		draw(depth, "@", name, ": ...");
		return false;
	}
	if (graph->once && graph->drawn[g] && graph->lines[g] > 1) {
		draw(depth, "@", name, ": (as above)");
		return false;
	}
	draw(depth, "@", name, ":");
	graph->drawn[g] = true;
	return true;
}

/* A group whose children are being drawn. */
struct open {
	size_t g;
	size_t next; /* its next child's place in the list */
};

static void draw_tree(const struct graph *graph, size_t root)
{
	const struct lists *children = &graph->grouping->children;
	struct open stack[DEPTH_MAX];
	size_t depth = 1;

	if (!draw_group(graph, root, depth))
		return;
	stack[0] = (struct open){root, children->begin[root]};
	while (depth > 0) {
		struct open *open = &stack[depth - 1];
		size_t child;

		if (open->next == children->begin[open->g + 1]) {
			draw_members(graph, open->g, depth + 1);
			depth--;
			continue;
		}
		child = children->at[open->next++];
		if (!draw_group(graph, child, depth + 1))
			continue;
		stack[depth++] = (struct open){child, children->begin[child]};
	}
}

/* Draw those that are in no group, and in one of that name. */
static void draw_ungrouped(const struct graph *graph, size_t ungrouped)
{
	const struct lists *members = &graph->grouping->members;
	size_t none = graph->grouping->n;
	bool is_there = ungrouped != none;

	if (graph->part && length(members, none) == 0 &&
	    (!is_there || graph->devices[ungrouped] == 0))
		return;
	draw(1, "@", "ungrouped", ":");
	draw_members(graph, none, 2);
	if (is_there)
		draw_members(graph, ungrouped, 2);
}

static void draw_all(const struct graph *graph)
{
	const struct grouping *grouping = graph->grouping;
	size_t ungrouped = nf_inventory_find_group(grouping->inv, "ungrouped");

	draw(0, "@", "all", ":");
	draw_ungrouped(graph, ungrouped);
	for (size_t g = 0; g < grouping->n; g++) {
		if (is_root(graph, g) && g != ungrouped)
			draw_tree(graph, g);
	}
}

int view_graph(const struct view *view)
{
	struct grouping grouping;
	struct graph graph = {.grouping = &grouping, .part = view->part};
	int rc = -1;

	if (grouping_init(&grouping, view->inv) == -1)
		return tell_no_memory();
	graph.drawn = calloc(grouping.n + 1, sizeof(*graph.drawn));
	graph.lines = calloc(grouping.n + 1, sizeof(*graph.lines));
	graph.devices = calloc(grouping.n + 1, sizeof(*graph.devices));
	if (graph.drawn != NULL && graph.lines != NULL &&
	    graph.devices != NULL) {
		measure(&graph);
		graph.once = count_lines(&graph) > LINES_MAX;
		draw_all(&graph);
		rc = 0;
	}
	free(graph.drawn);
	free(graph.lines);
	free(graph.devices);
	grouping_release(&grouping);
	return rc == 0 ? 0 : tell_no_memory();
}
