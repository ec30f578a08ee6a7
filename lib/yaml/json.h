/* Nodes as JSON. */
#ifndef NETFAN_YAML_JSON_H
#define NETFAN_YAML_JSON_H

#include "base/buf.h"
#include "yaml/tree.h"

/*
 * What stands for a node in JSON without quotes: null, true and false, and
 * numbers that JSON and YAML 1.1 write alike. NULL: a string does, and for what
 * is no text. Of YAML 1.1's other ways - yes and off, 017, 0x1F, 1_000, 1:30 -
 * each is the text that it is: a site NO, a slot 1:30 and a rack 010 are no
 * false, 90 and 8. The text is the node's, or constant.
 */
const char *json_bare(const struct node *node);

/* Append a node as JSON, on one line: texts as json_bare() has them. Keys that
 * are no text are their JSON as a string. -1 with errno as buf_append(). */
int json_node(struct buf *buf, const struct node *node);

/* Append a text as a string of JSON; errors as buf_append(). */
int json_string(struct buf *buf, const char *text);

/* What a text without quotes is in JSON: a number as it is, true, false or null;
 * True and FALSE are these as well. NULL: a string. */
const char *json_plain(const char *text);

#endif
