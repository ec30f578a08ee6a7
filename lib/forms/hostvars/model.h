/*
 * What Ansible's inventory says: groups, hosts and their variables, with the
 * places where they stand. The readers of INI, YAML and JSON fill it, one file
 * after the other; group_vars and host_vars are added; then resolve.h makes
 * devices of it.
 *
 * Functions that need memory do not fail: without it they set the draft's
 * no_memory, and what they were to add is missing.
 */
#ifndef NETFAN_FORMS_HOSTVARS_MODEL_H
#define NETFAN_FORMS_HOSTVARS_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/textmap.h"
#include "forms/hostvars/known.h"
#include "forms/hostvars/pairs.h"
#include "forms/form.h"
#include "secrets/arena.h"

#define MODEL_HOSTS_MAX ((size_t)1000000)
#define MODEL_NONE UINT32_MAX

/* Groups that are there before any file. */
#define GROUP_ALL 0
#define GROUP_UNGROUPED 1

enum variable_flag {
	/* Those of enum said_flag, and: */
	VARIABLE_NULL = 0x100,
	VARIABLE_RAW = 0x200, /* no template is looked for in it */
	VARIABLE_VAULT_INI = 0x400, /* a vault value in INI: Ansible has none */
};

struct single;

struct variable {
	struct variable *next;
	const char *name;
	const char *text; /* of VARIABLE_NULL: "null" */
	uint32_t file, line;
	uint16_t known; /* enum known */
	uint16_t flags;
	struct single *singles; /* layers that have it alone: layers.h */
};

/* In the order in which they were said: the last of a name counts. */
struct variables {
	struct variable *first, *last;
};

/* Places of groups in the model. */
struct places {
	uint32_t *at;
	uint32_t n;
};

struct model_group {
	const char *name;
	uint32_t file, line; /* where it was named first */
	bool declared; /* by hosts, children, or what is no INI */
	uint32_t asked_line; /* where it was needed first, undeclared */
	bool asked_as_child;
	struct places parents, children;
	struct variables vars, file_vars;
	const char *locked; /* a vault file with variables that nobody can
			     * read; NULL: there is none */
	long priority;
	/* Of the resolver. */
	uint32_t depth; /* the longest way from all; 0: not yet known */
	bool open;
	uint32_t rank; /* of depth, priority, name */
	uint32_t visit;
	struct segment *segments[2]; /* of vars, file_vars; layers.h */
};

struct model_host {
	const char *name;
	uint32_t file, line; /* where it was named first */
	uint32_t membership; /* of model.memberships */
	struct variables vars, file_vars;
	const char *locked;
};

/* A set of groups, as one more than another set; the first is empty. */
struct membership {
	uint32_t without; /* the other set */
	uint32_t group;
};

struct model {
	struct draft *draft; /* borrowed, as is the next */
	struct reading *reading; /* the inventory that was asked for */
	struct secrets arena; /* of variables */
	struct model_group *groups;
	size_t ngroups;
	struct textmap group_places;
	struct model_host *hosts;
	size_t nhosts;
	struct textmap host_places;
	struct membership *memberships;
	size_t nmemberships;
	struct pairs next_membership; /* a set and a group: the set of both */
	struct pairs members; /* a host and a group */
	struct pairs nested; /* a parent and a child */
	struct textmap names; /* of variables: their enum known */
	struct vault *vault; /* vault.h */
	char *scratch; /* of readers, wiped at the end */
	size_t scratch_room;
};

void model_init(struct model *model, struct reading *reading);
void model_release(struct model *model);

/* A group of that name, which is added, named at that line; MODEL_NONE without
 * memory. */
uint32_t model_group(struct model *model, const struct reading *reading,
		     const char *name, size_t line);

/* Its place, MODEL_NONE: there is none. */
uint32_t model_find_group(const struct model *model, const char *name);
uint32_t model_find_host(const struct model *model, const char *name);

/* Put a group into another. */
void model_nest(struct model *model, uint32_t parent, uint32_t child);

/*
 * A host of that name, which is added when it is not there, and then has the port
 * (NULL: none): that of a later mention Ansible does not take. NF_INVALID, with
 * the line, for more than MODEL_HOSTS_MAX; NF_SYSTEM.
 */
int model_host(struct model *model, const struct reading *reading,
	       const char *name, const char *port, size_t line, uint32_t *host);

/* Put a host into a group. */
void model_join(struct model *model, uint32_t host, uint32_t group);

/* Where variables of a host go: Ansible gives them to the group, where one is
 * called as the host is. */
struct variables *model_host_vars(struct model *model, uint32_t host);

/* Add a variable. Name and text are copied. */
void model_say(struct model *model, const struct reading *reading,
	       struct variables *vars, const struct variable *variable);

/* Room for len bytes and a NUL that is wiped at the end and is good until the
 * next call; what was in it stays. NULL without memory. */
char *model_scratch(struct model *model, size_t len);

#endif
