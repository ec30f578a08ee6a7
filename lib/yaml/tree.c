/* YAML as a tree of nodes, from libyaml's events. */
#include "yaml/tree.h"

#include <stdlib.h>
#include <string.h>

#include "yaml/fault.h"

#define FIRST_ROOM 64

static int no_memory(const struct tree *tree)
{
	return fault_memory(tree->events.err, tree->events.path);
}

static void *take_room(struct tree *tree, size_t len)
{
	void *room = secrets_room(&tree->arena, len > 0 ? len : 1);

	if (room == NULL)
		(void)no_memory(tree);
	return room;
}

static int fault_here(const struct tree *tree, const char *what)
{
	return fault(tree->events.err, tree->events.path,
		     events_line(&tree->events), "%s", what);
}

static int push(struct tree *tree, const struct node *node)
{
	const struct node **grown = tree->stack;
	size_t room = tree->room;

	if (tree->nstack == room) {
		room = room != 0 ? room * 2 : FIRST_ROOM;
		grown = reallocarray(grown, room, sizeof(*grown));
		if (grown == NULL)
			return no_memory(tree);
		tree->stack = grown;
		tree->room = room;
	}
	tree->stack[tree->nstack++] = node;
	return 0;
}

/* ---- anchors */

static const yaml_char_t *current_anchor(const struct tree *tree)
{
	const yaml_event_t *event = &tree->events.event;

	switch ((int)event->type) {
	case YAML_SCALAR_EVENT:
		return event->data.scalar.anchor;
	case YAML_SEQUENCE_START_EVENT:
		return event->data.sequence_start.anchor;
	case YAML_MAPPING_START_EVENT:
		return event->data.mapping_start.anchor;
	}
	return NULL;
}

static const yaml_char_t *current_tag(const struct tree *tree)
{
	const yaml_event_t *event = &tree->events.event;

	switch ((int)event->type) {
	case YAML_SCALAR_EVENT:
		return event->data.scalar.tag;
	case YAML_SEQUENCE_START_EVENT:
		return event->data.sequence_start.tag;
	case YAML_MAPPING_START_EVENT:
		return event->data.mapping_start.tag;
	}
	return NULL;
}

/* Make room for the node of the current event's anchor: 1, 0 without one. */
static int open_anchor(struct tree *tree, size_t *place)
{
	const char *name = (const char *)current_anchor(tree);
	struct textmap_entry *entry;
	const struct node **grown;
	char *copy;

	if (name == NULL)
		return 0;
	grown = reallocarray(tree->anchored, tree->nanchored + 1,
			     sizeof(*grown));
	if (grown == NULL)
		return no_memory(tree);
	tree->anchored = grown;
	*place = tree->nanchored++;
	tree->anchored[*place] = NULL;
	entry = textmap_find(&tree->anchors, name, strlen(name));
	if (entry != NULL) {
		entry->value = *place;
		return 1;
	}
	copy = take_room(tree, strlen(name) + 1);
	if (copy == NULL)
		return -1;
	memcpy(copy, name, strlen(name) + 1);
	return textmap_add(&tree->anchors, copy, *place) != NULL
		       ? 1
		       : no_memory(tree);
}

/* Count nodes that are there once more, though the file has them once. */
static int count_aliased(struct tree *tree, size_t weight)
{
	if (weight > TREE_ALIASED_MAX - tree->aliased)
		return fault_here(tree,
				  "aliases make this file grow beyond measure "
				  "(4,000,000 values): write out what they "
				  "stand for");
	tree->aliased += weight;
	return 0;
}

/* An alias is not told by its name: it may be a password without quotes. */
static int read_alias(struct tree *tree, const struct node **out)
{
	const char *name = (const char *)tree->events.event.data.alias.anchor;
	const struct textmap_entry *entry =
		textmap_find(&tree->anchors, name, strlen(name));

	if (entry == NULL)
		return fault_here(tree,
				  "an alias ('*...') has no anchor before it: "
				  "put quotes around a value that starts with "
				  "'*'");
	*out = tree->anchored[entry->value];
	if (*out == NULL)
		return fault_here(tree, "an alias stands in what it stands "
					"for");
	return count_aliased(tree, (*out)->weight);
}

/* ---- merge keys */

static bool is_merge(const struct node *key)
{
	return key->kind == NODE_TEXT && key->plain && key->tag == NULL &&
	       strcmp(key->text, "<<") == 0;
}

/* The pairs of a map while it is put together: later ones win. */
struct merging {
	struct node_pair *pairs;
	size_t n;
	struct textmap seen;
};

/* Push the maps that a merge key stands for on the stack, the last to win at the
 * end: of a list, the first wins. */
static int push_sources(struct tree *tree, const struct node *value)
{
	static const char what[] = "a merge key ('<<') needs a mapping, or a "
				   "list of mappings";

	if (value->kind == NODE_MAP)
		return push(tree, value);
	if (value->kind != NODE_LIST)
		return fault(tree->events.err, tree->events.path, value->line,
			     what);
	for (uint32_t i = value->n; i-- > 0;) {
		if (value->items[i]->kind != NODE_MAP)
			return fault(tree->events.err, tree->events.path,
				     value->items[i]->line, what);
		if (push(tree, value->items[i]) == -1)
			return -1;
	}
	return 0;
}

/* Put a merged pair before those that are there, unless its key is. */
static int put_first(struct tree *tree, struct merging *merging,
		     const struct node_pair *pair)
{
	const char *text = pair->key->text;

	if (pair->key->kind == NODE_TEXT) {
		if (textmap_find(&merging->seen, text, strlen(text)) != NULL)
			return 0;
		if (textmap_add(&merging->seen, text, 0) == NULL)
			return no_memory(tree);
	}
	*--merging->pairs = *pair;
	merging->n++;
	return 0;
}

/* The pairs of its own, from the last to the first: each of them stays. */
static int put_own(struct tree *tree, struct merging *merging,
		   const struct node *const *own, size_t nown)
{
	for (size_t i = nown; i > 0; i -= 2) {
		const struct node *key = own[i - 2];

		if (is_merge(key))
			continue;
		*--merging->pairs = (struct node_pair){key, own[i - 1]};
		merging->n++;
		if (key->kind == NODE_TEXT &&
		    textmap_find(&merging->seen, key->text,
				 strlen(key->text)) == NULL &&
		    textmap_add(&merging->seen, key->text, 0) == NULL)
			return no_memory(tree);
	}
	return 0;
}

static int put_sources(struct tree *tree, struct merging *merging, size_t from)
{
	while (tree->nstack > from) {
		const struct node *map = tree->stack[--tree->nstack];

		for (uint32_t i = map->n; i-- > 0;) {
			if (put_first(tree, merging, &map->pairs[i]) == -1)
				return -1;
		}
	}
	return 0;
}

/* Fill a map that has merge keys. The children stand on the stack from base. */
static int merge(struct tree *tree, struct node *map, size_t base)
{
	struct merging merging = {0};
	size_t own_end = tree->nstack, npairs = (own_end - base) / 2;
	int rc = 0;

	for (size_t i = base; i < own_end; i += 2) {
		if (is_merge(tree->stack[i]) &&
		    push_sources(tree, tree->stack[i + 1]) == -1)
			return -1;
	}
	for (size_t i = own_end; i < tree->nstack; i++) {
		map->weight += tree->stack[i]->weight;
		npairs += tree->stack[i]->n;
		if (count_aliased(tree, tree->stack[i]->weight) == -1)
			return -1;
	}
	merging.pairs = take_room(tree, npairs * sizeof(*merging.pairs));
	if (merging.pairs == NULL)
		return -1;
	merging.pairs += npairs;
	if (put_own(tree, &merging, tree->stack + base, own_end - base) == -1 ||
	    put_sources(tree, &merging, own_end) == -1)
		rc = -1;
	textmap_release(&merging.seen);
	map->pairs = merging.pairs;
	map->n = (uint32_t)merging.n; /* below SOURCE_MAX + TREE_ALIASED_MAX */
	return rc;
}

/* ---- reading */

/* Make a node, with room for so many bytes of text behind it. */
static struct node *new_node(struct tree *tree, enum node_kind kind,
			     size_t text)
{
	const char *tag = (const char *)current_tag(tree);
	struct node *node = take_room(tree, sizeof(*node) + text);
	char *copy;

	if (node == NULL)
		return NULL;
	*node = (struct node){.kind = kind,
			      .weight = 1,
			      .line = (uint32_t)events_line(&tree->events)};
	if (tag == NULL)
		return node;
	copy = take_room(tree, strlen(tag) + 1);
	if (copy == NULL)
		return NULL;
	memcpy(copy, tag, strlen(tag) + 1);
	node->tag = copy;
	return node;
}

static int read_scalar(struct tree *tree, const struct node **out)
{
	const yaml_event_t *event = &tree->events.event;
	size_t len = event->data.scalar.length;
	struct node *node = new_node(tree, NODE_TEXT, len + 1);
	char *text;

	if (node == NULL)
		return -1;
	text = (char *)(node + 1);
	memcpy(text, event->data.scalar.value, len);
	text[len] = '\0';
	node->text = text;
	node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	node->nul = memchr(text, '\0', len) != NULL;
	*out = node;
	return 0;
}

static int fill_list(struct tree *tree, struct node *list, size_t base)
{
	size_t n = tree->nstack - base;
	const struct node **items = take_room(tree, n * sizeof(*items));

	if (items == NULL)
		return -1;
	for (size_t i = 0; i < n; i++)
		items[i] = tree->stack[base + i];
	list->items = items;
	list->n = (uint32_t)n; /* below SOURCE_MAX */
	return 0;
}

static int fill_map(struct tree *tree, struct node *map, size_t base)
{
	size_t n = (tree->nstack - base) / 2;
	struct node_pair *pairs;

	for (size_t i = 0; i < n; i++) {
		if (is_merge(tree->stack[base + 2 * i]))
			return merge(tree, map, base);
	}
	pairs = take_room(tree, n * sizeof(*pairs));
	if (pairs == NULL)
		return -1;
	for (size_t i = 0; i < n; i++)
		pairs[i] = (struct node_pair){tree->stack[base + 2 * i],
					      tree->stack[base + 2 * i + 1]};
	map->pairs = pairs;
	map->n = (uint32_t)n; /* below SOURCE_MAX */
	return 0;
}

static int read_node(struct tree *tree, const struct node **out);

/* Read a list or a map, up to its end. Depth is bounded by events.h. */
static int read_inner(struct tree *tree, enum node_kind kind,
		      const struct node **out)
{
	struct node *node = new_node(tree, kind, 0);
	size_t base = tree->nstack;
	int rc;

	if (node == NULL)
		return -1;
	for (;;) {
		const struct node *child;

		if (events_next(&tree->events) == -1)
			return -1;
		if (tree->events.event.type == YAML_SEQUENCE_END_EVENT ||
		    tree->events.event.type == YAML_MAPPING_END_EVENT)
			break;
		if (read_node(tree, &child) == -1 || push(tree, child) == -1)
			return -1;
		node->weight += child->weight;
	}
	rc = kind == NODE_LIST ? fill_list(tree, node, base)
			       : fill_map(tree, node, base);
	tree->nstack = base;
	*out = node;
	return rc;
}

static int read_fresh(struct tree *tree, const struct node **out)
{
	switch ((int)tree->events.event.type) {
	case YAML_SEQUENCE_START_EVENT:
		return read_inner(tree, NODE_LIST, out);
	case YAML_MAPPING_START_EVENT:
		return read_inner(tree, NODE_MAP, out);
	}
	return read_scalar(tree, out);
}

/* Read the node that begins with the current event, to its last. */
static int read_node(struct tree *tree, const struct node **out)
{
	size_t place = 0;
	int rc;

	if (tree->events.event.type == YAML_ALIAS_EVENT)
		return read_alias(tree, out);
	rc = open_anchor(tree, &place);
	if (rc == -1 || read_fresh(tree, out) == -1)
		return -1;
	if (rc == 1)
		tree->anchored[place] = *out;
	return 0;
}

/* ---- values */

enum node_kind tree_value_kind(const struct tree_value *value)
{
	if (value->node != NULL)
		return value->node->kind;
	switch ((int)value->tree->events.event.type) {
	case YAML_SEQUENCE_START_EVENT:
		return NODE_LIST;
	case YAML_MAPPING_START_EVENT:
		return NODE_MAP;
	}
	return NODE_TEXT;
}

size_t tree_value_line(const struct tree_value *value)
{
	return value->node != NULL ? value->node->line
				   : events_line(&value->tree->events);
}

int tree_value_read(const struct tree_value *value, const struct node **out)
{
	if (value->node == NULL)
		return read_node(value->tree, out);
	*out = value->node;
	return 0;
}

int tree_value_enter(const struct tree_value *value, struct tree_iter *iter)
{
	*iter = (struct tree_iter){.tree = value->tree,
				   .kind = tree_value_kind(value)};
	if (value->node == NULL && current_anchor(value->tree) == NULL)
		return 0;
	return tree_value_read(value, &iter->node);
}

static int next_of_node(struct tree_iter *iter, const struct node **key,
			struct tree_value *value)
{
	const struct node *node = iter->node;

	if (iter->next == node->n)
		return 0;
	*key = node->kind == NODE_MAP ? node->pairs[iter->next].key : NULL;
	value->node = node->kind == NODE_MAP ? node->pairs[iter->next].value
					     : node->items[iter->next];
	iter->next++;
	return 1;
}

/* Resolve an alias, so that a value that is yet to be read is none. */
static int settle_alias(struct tree *tree, struct tree_value *value)
{
	return tree->events.event.type == YAML_ALIAS_EVENT
		       ? read_alias(tree, &value->node)
		       : 0;
}

int tree_iter_next(struct tree_iter *iter, const struct node **key,
		   struct tree_value *value)
{
	struct tree *tree = iter->tree;

	*key = NULL;
	*value = (struct tree_value){.tree = tree};
	if (iter->node != NULL)
		return next_of_node(iter, key, value);
	if (events_next(&tree->events) == -1)
		return -1;
	if (tree->events.event.type == YAML_SEQUENCE_END_EVENT ||
	    tree->events.event.type == YAML_MAPPING_END_EVENT)
		return 0;
	if (iter->kind == NODE_MAP &&
	    (read_node(tree, key) == -1 || events_next(&tree->events) == -1))
		return -1;
	return settle_alias(tree, value) == -1 ? -1 : 1;
}

struct tree_mark tree_mark(const struct tree *tree)
{
	return (struct tree_mark){secrets_mark(&tree->arena), tree->nanchored};
}

void tree_rewind(struct tree *tree, struct tree_mark mark)
{
	if (tree->nanchored == mark.nanchored)
		secrets_rewind(&tree->arena, mark.arena);
}

/* ---- documents */

/* What a merge key adds is known when all of its mapping is. */
static bool has_merge_keys(const char *bytes, size_t len)
{
	const char *end = bytes + len;

	while ((bytes = memchr(bytes, '<', (size_t)(end - bytes))) != NULL) {
		if (++bytes < end && *bytes == '<')
			return true;
	}
	return false;
}

static const struct node empty = {
	.kind = NODE_TEXT, .plain = true, .line = 1, .weight = 1, .text = ""};

int tree_open(struct tree *tree, struct tree_value *root, const char *bytes,
	      size_t len, const char *path, struct nf_error *err)
{
	*tree = (struct tree){0};
	*root = (struct tree_value){.tree = tree};
	if (events_init(&tree->events, bytes, len, path, err) == -1)
		return -1;
	tree->events.marks = true;
	tree->whole = has_merge_keys(bytes, len);
	if (events_next(&tree->events) == -1 ||
	    events_next(&tree->events) == -1)
		return -1; /* start of stream, start of document */
	if (tree->events.event.type == YAML_STREAM_END_EVENT) {
		root->node = &empty;
		return 0;
	}
	if (events_next(&tree->events) == -1)
		return -1;
	return tree->whole ? read_node(tree, &root->node) : 0;
}

int tree_end(struct tree *tree)
{
	if (tree->events.event.type == YAML_STREAM_END_EVENT)
		return 0;
	if (events_next(&tree->events) == -1 ||
	    events_next(&tree->events) == -1)
		return -1; /* end of document, end of stream */
	if (tree->events.event.type != YAML_STREAM_END_EVENT)
		return fault_here(tree, "a second document starts: an "
					"inventory is one document");
	return 0;
}

int tree_load(struct tree *tree, const struct node **root, const char *bytes,
	      size_t len, const char *path, struct nf_error *err)
{
	struct tree_value value;

	if (tree_open(tree, &value, bytes, len, path, err) == -1 ||
	    tree_value_read(&value, root) == -1)
		return -1;
	return tree_end(tree);
}

void tree_close(struct tree *tree)
{
	if (tree->events.bytes != NULL)
		events_release(&tree->events);
	free(tree->stack);
	free(tree->anchored);
	textmap_release(&tree->anchors);
	secrets_release(&tree->arena);
	*tree = (struct tree){0};
}

/* ---- nodes */

bool node_is_null(const struct node *node)
{
	static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};

	if (node->kind != NODE_TEXT || !node->plain || node->tag != NULL ||
	    (node->text[0] != '\0' && strchr("~nN", node->text[0]) == NULL))
		return false;
	for (size_t i = 0; i < sizeof(nulls) / sizeof(nulls[0]); i++) {
		if (strcmp(node->text, nulls[i]) == 0)
			return true;
	}
	return false;
}

bool node_is(const struct node *node, const char *text)
{
	return node->kind == NODE_TEXT && strcmp(node->text, text) == 0;
}

const struct node *node_get(const struct node *node, const char *name)
{
	if (node == NULL || node->kind != NODE_MAP)
		return NULL;
	for (uint32_t i = node->n; i-- > 0;) {
		if (node_is(node->pairs[i].key, name))
			return node->pairs[i].value;
	}
	return NULL;
}

const char *node_text(const struct node *node)
{
	return node != NULL && node->kind == NODE_TEXT && !node_is_null(node)
		       ? node->text
		       : NULL;
}

bool node_is_vault(const struct node *node)
{
	return node->tag != NULL &&
	       (strcmp(node->tag, "!vault") == 0 ||
		strcmp(node->tag, "!vault-encrypted") == 0);
}
