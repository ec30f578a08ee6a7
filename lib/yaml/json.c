/* Nodes as JSON. */
#include "yaml/json.h"

#include <string.h>

#define DIGITS "0123456789"
#define CORE_TAG "tag:yaml.org,2002:" /* of YAML's own types */

/* The number of JSON that text begins with ends there; text: it is none. */
static const char *number_end(const char *text)
{
	const char *at = text + (*text == '-');
	size_t digits = strspn(at, DIGITS);

	if (digits == 0 || (digits > 1 && *at == '0'))
		return text;
	at += digits;
	if (*at == '.') {
		digits = strspn(at + 1, DIGITS);
		if (digits == 0)
			return text;
		at += 1 + digits;
	}
	if (*at == 'e' || *at == 'E') {
		at += 1 + (at[1] == '-' || at[1] == '+');
		digits = strspn(at, DIGITS);
		if (digits == 0)
			return text;
		at += digits;
	}
	return at;
}

const char *json_plain(const char *text)
{
	static const char *const words[][2] = {
		{"null", "null"},   {"true", "true"}, {"false", "false"},
		{"True", "true"},   {"TRUE", "true"}, {"False", "false"},
		{"FALSE", "false"},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(text, words[i][0]) == 0)
			return words[i][1];
	}
	return *text != '\0' && *number_end(text) == '\0' ? text : NULL;
}

/* To YAML 1.1 a number with an exponent has a point, and a sign in front of the
 * exponent: 1e5 and 12e03 are texts there, as of an address or a version. */
static const char *yaml_plain(const char *text)
{
	const char *json = json_plain(text), *exponent = NULL;

	if (json != NULL && (*json == '-' || (*json >= '0' && *json <= '9')))
		exponent = strpbrk(json, "eE");
	if (exponent != NULL && (strchr(json, '.') == NULL ||
				 (exponent[1] != '+' && exponent[1] != '-')))
		return NULL;
	return json;
}

const char *json_bare(const struct node *node)
{
	static const char *const tags[] = {"int", "float", "bool"};

	if (node->kind != NODE_TEXT || node->nul)
		return NULL;
	if (node_is_null(node))
		return "null";
	if (node->tag == NULL)
		return node->plain ? yaml_plain(node->text) : NULL;
	if (strncmp(node->tag, CORE_TAG, strlen(CORE_TAG)) != 0)
		return NULL;
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		if (strcmp(node->tag + strlen(CORE_TAG), tags[i]) == 0)
			return yaml_plain(node->text);
	}
	return NULL;
}

static int put_char(struct buf *buf, unsigned char c)
{
	if (c == '"' || c == '\\')
		return buf_print(buf, "\\%c", c);
	if (c == '\n')
		return buf_append(buf, "\\n", 2);
	if (c < 0x20 || c == 0x7f)
		return buf_print(buf, "\\u%04x", c);
	return buf_append(buf, &c, 1);
}

int json_string(struct buf *buf, const char *text)
{
	if (buf_append(buf, "\"", 1) == -1)
		return -1;
	for (; *text != '\0'; text++) {
		if (put_char(buf, (unsigned char)*text) == -1)
			return -1;
	}
	return buf_append(buf, "\"", 1);
}

static int json_text(struct buf *buf, const struct node *node)
{
	const char *bare = json_bare(node);

	return bare != NULL ? buf_append(buf, bare, strlen(bare))
			    : json_string(buf, node->text);
}

static int json_list(struct buf *buf, const struct node *list)
{
	if (buf_append(buf, "[", 1) == -1)
		return -1;
	for (uint32_t i = 0; i < list->n; i++) {
		if (i > 0 && buf_append(buf, ", ", 2) == -1)
			return -1;
		if (json_node(buf, list->items[i]) == -1)
			return -1;
	}
	return buf_append(buf, "]", 1);
}

/* A key: a text, or the JSON of anything else as one. */
static int json_key(struct buf *buf, const struct node *key)
{
	struct buf inner = {.max = buf->max};
	int rc;

	if (key->kind == NODE_TEXT)
		return json_string(buf, key->text);
	rc = json_node(&inner, key);
	if (rc == 0)
		rc = buf_append(&inner, "", 1);
	if (rc == 0)
		rc = json_string(buf, (const char *)inner.data);
	buf_release(&inner);
	return rc;
}

static int json_map(struct buf *buf, const struct node *map)
{
	if (buf_append(buf, "{", 1) == -1)
		return -1;
	for (uint32_t i = 0; i < map->n; i++) {
		if (i > 0 && buf_append(buf, ", ", 2) == -1)
			return -1;
		if (json_key(buf, map->pairs[i].key) == -1 ||
		    buf_append(buf, ": ", 2) == -1 ||
		    json_node(buf, map->pairs[i].value) == -1)
			return -1;
	}
	return buf_append(buf, "}", 1);
}

int json_node(struct buf *buf, const struct node *node)
{
	switch (node->kind) {
	case NODE_TEXT:
		return json_text(buf, node);
	case NODE_LIST:
		return json_list(buf, node);
	case NODE_MAP:
		return json_map(buf, node);
	}
	return 0;
}
