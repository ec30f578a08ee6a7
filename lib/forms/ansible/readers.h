/*
 * The readers of Ansible's inventories: each adds what a file says to a model.
 * What Ansible cannot read is NF_INVALID, with the line; what it warns of is a
 * note. NF_SYSTEM.
 */
#ifndef NETFAN_FORMS_ANSIBLE_READERS_H
#define NETFAN_FORMS_ANSIBLE_READERS_H

#include "forms/hostvars/model.h"
#include "yaml/tree.h"

/* Read a file of sections and lines, "[group]", "host name=value". */
int ini_read(struct model *model, const struct reading *reading);

/* Read groups in YAML, or JSON: a mapping of them, with hosts, children and
 * vars. */
int groups_read(struct model *model, const struct reading *reading,
		const struct node *root);

/* Read what ansible-inventory, or an inventory script, prints as JSON: a mapping
 * of groups, with lists of hosts, and their variables under _meta. */
int printed_read(struct model *model, const struct reading *reading,
		 const struct node *root);

/* Does a mapping look as if it were printed? */
bool printed_is(const struct node *root);

/* Say a variable as YAML has it. */
void node_say(struct model *model, const struct reading *reading,
	      struct variables *vars, const struct node *name,
	      const struct node *value);

/* Say all variables of a mapping; of a group (MODEL_NONE: they are not of one),
 * its priority is set. NF_INVALID for a priority that is no number. */
int node_say_all(struct model *model, const struct reading *reading,
		 struct variables *vars, uint32_t group,
		 const struct node *map);

/* Set the priority of a group by a text. NF_INVALID as above. */
int priority_set(struct model *model, const struct reading *reading,
		 uint32_t group, const char *text, size_t line);

/* Is a variable's name that of the priority? */
bool priority_is(const char *name);

/*
 * Add the variables that stand in files beside the inventory: group_vars and
 * host_vars of its directory (dir; NULL: that of the reading). What nobody can
 * read of a vault locks a group or a host. NF_INVALID for what is no mapping of
 * variables.
 */
int vars_files_read(struct model *model, const struct reading *reading);

#endif
