/*
 * A YAML document that libcyaml loads by a schema, once the events have shown
 * that it is one: bounded, and with an error that says where.
 */
#ifndef NETFAN_YAML_DOCUMENT_H
#define NETFAN_YAML_DOCUMENT_H

#include <cyaml/cyaml.h>

#include "netfan.h"

/* More than anyone writes about one device type. */
#define DOCUMENT_MAX ((size_t)1024 * 1024)

/*
 * Load len bytes, one document that is a mapping; path is for messages. The
 * schema is made of mappings (64 keys at most), sequences, strings and what is
 * to be ignored. Refuses with NF_INVALID and the line: what is not YAML, what
 * events.h refuses, what the schema does not allow, an empty value where its
 * flags do not have CYAML_FLAG_POINTER_NULL. NF_SYSTEM without memory.
 */
int document_load(void **out, const cyaml_schema_value_t *schema,
		  const char *bytes, size_t len, const char *path,
		  struct nf_error *err);

/* Free what document_load() gave, or what was put together in its shape of
 * parts that come from malloc(). data may be NULL. */
void document_free(void *data, const cyaml_schema_value_t *schema);

/* The line of the first scalar that is text, 0 when there is none. */
size_t document_line(const char *bytes, size_t len, const char *text);

/*
 * The line of the value that a way leads to, 0 when there is none: keys, and
 * places in a list from 0, as in "modes/0/name".
 */
size_t document_line_at(const char *bytes, size_t len, const char *way);

#endif
