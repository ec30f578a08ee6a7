/*
 * The groups of an inventory as a tree, or nearly one: a group may be in several.
 * Groups of different files may be in each other; the child that would close
 * such a loop is left out, and so is one with devices that the parent has not.
 */
#ifndef NETFAN_CMD_VIEW_GROUPING_H
#define NETFAN_CMD_VIEW_GROUPING_H

#include <stdbool.h>
#include <stddef.h>

#include "netfan.h"

/* Lists of places, one behind another: list i is at[begin[i]..begin[i + 1]). */
struct lists {
	size_t *begin;
	size_t *at;
};

struct grouping {
	const struct nf_inventory *inv; /* borrowed */
	size_t n; /* groups; n stands for all devices that are in none */
	const char **names; /* of the n groups; borrowed */
	size_t all; /* the one called "all", which is none of them; n: no */
	size_t *upwards; /* the groups, each behind its children */
	struct lists children; /* of a group, in the order of its file */
	struct lists parents; /* of a group */
	/* Of a device: its groups without those that it is in by these. */
	struct lists groups;
	struct lists members; /* of a group: devices for which it is such;
			       * [n]: those that are in none */
};

/* Make it. 0, or -1 without memory; then there is nothing to free. */
int grouping_init(struct grouping *grouping, const struct nf_inventory *inv);
void grouping_release(struct grouping *grouping);

#endif
