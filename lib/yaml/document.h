/*
 * A YAML document that libcyaml loads by a schema, once the events have shown
 * that it is one: bounded, and with an error that says where.
 */
#ifndef NETFAN_YAML_DOCUMENT_H
#define NETFAN_YAML_DOCUMENT_H

#include <cyaml/cyaml.h>

#include "netfan.h"

/*
 * Load len bytes, one document that is a mapping; path is for messages. Refuses
 * with NF_INVALID and the line: what is not YAML, what events.h refuses, an
 * empty value, what the schema does not know. NF_SYSTEM.
 */
int document_load(void **out, const cyaml_schema_value_t *schema,
		  const char *bytes, size_t len, const char *path,
		  struct nf_error *err);

void document_free(void *data, const cyaml_schema_value_t *schema);

/* The line of the first scalar that is text, 0 when there is none. */
size_t document_line(const char *bytes, size_t len, const char *text);

#endif
