/*
 * Nornir's SimpleInventory: hosts, groups and defaults. For the files of this
 * folder alone.
 *
 * A host is asked for an option of its connection before its groups are, from the
 * first to the last, each followed by those that it is in itself. The defaults
 * are asked, too, as soon as a group is in no other: before the rest of the
 * groups. Extras are not merged: the first that has any has all.
 */
#ifndef NETFAN_FORMS_NORNIR_PARTS_H
#define NETFAN_FORMS_NORNIR_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/textmap.h"
#include "forms/form.h"
#include "forms/netmiko/arguments.h"
#include "forms/tally.h"
#include "yaml/tree.h"

/* Connections that log in to a command line, the one that counts first. */
enum plugin {
	PLUGIN_NETMIKO,
	PLUGIN_SCRAPLI,
	PLUGIN_PARAMIKO,
	NPLUGINS,
};

#define OTHERS_MAX 8 /* plugins that are told */

/* What a group, or the defaults, say. */
struct element {
	const struct layer *plain; /* attributes and data; NULL: nothing */
	const struct layer *options[NPLUGINS]; /* NULL: none are said */
	const struct layer *extras[NPLUGINS]; /* likewise */
};

struct nornir_group {
	const char *name;
	struct element element;
	const struct draft_list
		*parents; /* names of groups it is in; NULL: none */
	const char *fault; /* what is wrong with it; NULL: nothing */
	uint32_t file, line;
	uint32_t visit; /* the last look for which it was come by */
	bool open; /* its parents are being gone through */
	bool checked; /* no loop leads back to it */
};

/* What stands behind a host for one plugin. */
struct ancestry {
	bool any; /* there are options for it */
	uint64_t extras_keys; /* that the first extras say */
	uint64_t options_keys; /* that options say */
	const struct draft_list *with_extras; /* layers */
	const struct draft_list
		*without; /* for a host with extras of its own */
};

/* What stands behind hosts that are in the same groups. */
struct lineage {
	const struct draft_list
		*names; /* as in the file; NULL: not yet found */
	const struct draft_list *groups; /* names of all it is in */
	const char *fault; /* what is wrong with one; NULL: nothing */
	struct ancestry of[NPLUGINS];
	char key[24]; /* of names, for places */
};

/* All that were found. */
struct lineages {
	struct textmap places; /* by keys */
	struct lineage **of;
	size_t n, room;
	const struct lineage *last; /* that was asked for */
};

struct nornir {
	struct draft *draft;
	struct nornir_group *groups;
	size_t ngroups, room;
	struct textmap places; /* of groups by name */
	struct element defaults;
	struct arguments arguments;
	struct tally strays; /* keys that Nornir passes over */
	struct lineages lineages;
	char others[OTHERS_MAX][32]; /* plugins that were told */
	size_t nothers;
};

/* ---- element.c */

/* The keys that a layer says, a bit for each; NULL: none. */
uint64_t layer_keys(const struct layer *layer);

/* Say the attributes of a mapping, but for keys that were said since the last
 * layer, and those of a bit set. */
void element_say_attributes(struct reading *reading, const struct node *map,
			    uint64_t but);

/* Say the extras of a connection. */
void element_say_extras(struct nornir *nornir, struct reading *reading,
			enum plugin plugin, const struct node *extras);

/* Say the data of an element, and what else it has. */
void element_say_data(struct nornir *nornir, struct reading *reading,
		      const struct node *map);

/* The options of a connection, NULL: it has none, or no mapping. */
const struct node *element_options(const struct node *map, enum plugin plugin);

/* Note the plugins for which an element has options that are not read. */
void element_note_others(struct nornir *nornir, const struct reading *reading,
			 const struct node *map);

/* Read a mapping into layers, of a group; NULL: of the defaults. */
void element_read(struct nornir *nornir, struct reading *reading,
		  const char *group, const struct node *map,
		  struct element *out);

/* ---- groups.c */

/* Read a mapping of groups. NF_INVALID when it is none. */
int nornir_groups_read(struct nornir *nornir, struct reading *reading,
		       const struct node *map);

/* Check that no group is in itself. NF_INVALID. */
int groups_check(struct nornir *nornir, const struct reading *reading);

/* The names of an element's groups: NULL when the value is neither a text nor a
 * list of texts. */
const struct draft_list *groups_names(struct draft *draft,
				      const struct node *value);

struct nornir_group *group_find(const struct nornir *nornir, const char *name);

/* ---- lineage.c */

/* What stands behind hosts with these names of groups; found once for each. Never
 * NULL. */
const struct lineage *lineage_find(struct nornir *nornir,
				   const struct draft_list *names);

void lineages_release(struct lineages *lineages);

/* ---- hosts.c */

/* Read a mapping of hosts, when all groups were read. NF_INVALID when it is
 * none. */
int hosts_read(struct nornir *nornir, struct reading *reading,
	       const struct tree_value *map);

#endif
