/* Nodes as JSON. */
#ifndef NETFAN_YAML_JSON_H
#define NETFAN_YAML_JSON_H

#include <stdbool.h>

#include "base/buf.h"
#include "yaml/tree.h"

/*
 * Append a node as JSON, on one line: plain texts that JSON has for numbers,
 * true, false and null are these, all others strings. Keys that are no text
 * are their JSON as a string. -1 with errno as buf_append().
 */
int json_node(struct buf *buf, const struct node *node);

/* Append a text as a string of JSON; errors as buf_append(). */
int json_string(struct buf *buf, const char *text);

/* Is a plain text a number, true, false or null in JSON? */
bool json_is_bare(const char *text);

#endif
