/*
 * Chains: the groups that a host is in, in the order in which their variables
 * count, and what comes of them. Hosts of the same groups share one.
 *
 * Of files of group_vars count those of groups, then those of all; then the
 * groups' own variables, then those of all. Of two groups counts the one that is
 * further from all by its longest way, then that of the higher
 * ansible_group_priority, then the later by name.
 */
#ifndef NETFAN_FORMS_HOSTVARS_CHAIN_H
#define NETFAN_FORMS_HOSTVARS_CHAIN_H

#include "forms/hostvars/layers.h"

#define CHAIN_GROUPS_MAX 1024 /* of a host, with those that they are in */
#define CHAIN_DEPTH_MAX 64 /* groups in groups */

struct chain {
	/* What counts of each variable; VARIABLE_NULL hides others. */
	struct variable *of[VAR_OTHER];
	struct segment **segments; /* the first counts first */
	size_t nsegments;
	const struct variable *says[NTARGETS]; /* by full layers; NULL: none */
	const struct draft_list *names; /* of groups, without all */
	const struct draft_list *full; /* layers */
	const char *locked; /* of the nearest group that is; NULL: none */
	bool all_locked; /* it is all */
	bool too_many; /* groups */
	struct textmap names_of; /* values are variables; made when needed */
	bool mapped;
};

struct chain_set {
	struct model *model;
	struct chain **of; /* by membership; NULL: not yet made */
	uint32_t *near; /* groups of a chain, as they are found */
	uint32_t visit;
};

/*
 * Prepare for chains: give groups their depth and rank. NF_INVALID for groups
 * that are in themselves, or deeper in each other than CHAIN_DEPTH_MAX, with the
 * line of one; NF_SYSTEM. chain_set_release() comes after failure as well.
 */
int chain_set_init(struct chain_set *chains, struct model *model);
void chain_set_release(struct chain_set *chains);

/* The chain of a set of groups; NULL without memory. */
struct chain *chain_set_find(struct chain_set *chains, uint32_t membership);

/* The variable of a name that counts, NULL: there is none. */
struct variable *chain_variable(struct chain *chain, struct model *model,
				const char *name);

#endif
