/*
 * YAML as a tree of nodes, read as PyYAML's safe loader reads it: aliases are
 * the node they stand for, merge keys are put in place. For files that others
 * wrote: they are bounded as events.h says, and aliases may stand for
 * TREE_ALIASED_MAX nodes in all.
 *
 * A file of many devices is gone through value by value, each of which is freed
 * after use. All texts are where secrets are: wiped, and in no core file.
 */
#ifndef NETFAN_YAML_TREE_H
#define NETFAN_YAML_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/textmap.h"
#include "secrets/arena.h"
#include "netfan.h"
#include "yaml/events.h"

#define TREE_ALIASED_MAX ((size_t)4 * 1000 * 1000)

enum node_kind {
	NODE_TEXT,
	NODE_LIST,
	NODE_MAP,
};

struct node_pair {
	const struct node *key;
	const struct node *value;
};

struct node {
	enum node_kind kind;
	bool plain; /* a text without quotes */
	bool nul; /* a text with a NUL in it, where it ends here */
	uint32_t line; /* where it starts, from 1 */
	uint32_t n; /* items of a list, pairs of a map */
	size_t weight; /* nodes below and with it, aliases counted each time */
	const char *tag; /* as YAML resolves it ("!vault"), NULL: none */
	union {
		const char *text;
		const struct node *const *items;
		const struct node_pair *pairs; /* a key may come twice */
	};
};

struct tree {
	struct events events;
	struct secrets arena;
	const struct node **stack; /* children of what is being read */
	size_t nstack, room;
	struct textmap anchors; /* values are places in anchored */
	const struct node **anchored; /* NULL: not yet complete */
	size_t nanchored;
	size_t aliased; /* nodes that aliases stood for so far */
	bool whole; /* it has merge keys: mappings are not gone through */
};

/* A value: a node, or one that is yet to be read. */
struct tree_value {
	struct tree *tree;
	const struct node *node; /* NULL: it is at the current event */
};

/* Goes through the items of a list, or the pairs of a map. */
struct tree_iter {
	struct tree *tree;
	const struct node *node; /* NULL: they are read as they come */
	enum node_kind kind;
	uint32_t next;
};

/*
 * Open len bytes, which are borrowed as path (for messages) and err are, and
 * come to the root: an empty document's is a null. NF_INVALID with the line for
 * bytes that are not YAML, and for what events.h refuses; NF_SYSTEM. The
 * functions below that return -1 have these codes, too; NF_INVALID is also for
 * an alias that has no anchor, or stands in what it stands for, too many nodes
 * by aliases, and a merge key whose value is no mapping. tree_close() comes after
 * failure as well.
 */
int tree_open(struct tree *tree, struct tree_value *root, const char *bytes,
	      size_t len, const char *path, struct nf_error *err);
void tree_close(struct tree *tree);

/* Read a document whole; it lives until tree_close(). Errors as tree_open(). */
int tree_load(struct tree *tree, const struct node **root, const char *bytes,
	      size_t len, const char *path, struct nf_error *err);

/* After the root: check that nothing comes behind the document. */
int tree_end(struct tree *tree);

/* Of a value that is not yet read or entered: what it is. */
enum node_kind tree_value_kind(const struct tree_value *value);
size_t tree_value_line(const struct tree_value *value);

/* Read a value whole. */
int tree_value_read(const struct tree_value *value, const struct node **out);

/* Go through a list or a map. */
int tree_value_enter(const struct tree_value *value, struct tree_iter *iter);

/*
 * The next item (its key is NULL) or pair: 1, 0 at the end. The value has to be
 * read, or entered and gone through to its end, before the next call.
 */
int tree_iter_next(struct tree_iter *iter, const struct node **key,
		   struct tree_value *value);

/* Nodes that were read since a mark are freed, but where an anchor was among
 * them. */
struct tree_mark {
	struct secrets_mark arena;
	size_t nanchored;
};
struct tree_mark tree_mark(const struct tree *tree);
void tree_rewind(struct tree *tree, struct tree_mark mark);

/* ---- nodes */

/* Is it a text without quotes that YAML has for null? */
bool node_is_null(const struct node *node);

/* Is it a text of these bytes? */
bool node_is(const struct node *node, const char *text);

/* The value of a map's last key of that name, NULL: there is none, or node
 * (which may be NULL) is no map. Takes time by the map's size. */
const struct node *node_get(const struct node *node, const char *name);

/* The text of a node that has one and is not null, else NULL; node may be
 * NULL. */
const char *node_text(const struct node *node);

/* Has it the tag of a value of Ansible's vault? */
bool node_is_vault(const struct node *node);

#endif
