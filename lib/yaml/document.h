/*
 * YAML documents that libcyaml loads by a schema. The events of a document are
 * checked before: they bound it, and give an error its line.
 */
#ifndef NETFAN_YAML_DOCUMENT_H
#define NETFAN_YAML_DOCUMENT_H

#include <cyaml/cyaml.h>

#include "netfan.h"

/* Bytes of a document: more than any platform's file needs. */
#define DOCUMENT_MAX ((size_t)1024 * 1024)

/*
 * Load len bytes, one document that is a mapping; path is for messages. The
 * schema is made of mappings (64 keys at most), sequences, strings and values
 * to be ignored. NF_INVALID with the line for bytes that are not YAML, or that
 * events.h refuses, or that the schema does not allow, and for an empty value
 * where its flags do not have CYAML_FLAG_POINTER_NULL. NF_SYSTEM without
 * memory.
 */
int document_load(void **out, const cyaml_schema_value_t *schema,
		  const char *bytes, size_t len, const char *path,
		  struct nf_error *err);

/* Free the data of document_load(), or data of the same shape whose parts come
 * from malloc(). data may be NULL. */
void document_free(void *data, const cyaml_schema_value_t *schema);

/* The line of the first scalar that is text, 0 when there is none. */
size_t document_line(const char *bytes, size_t len, const char *text);

/*
 * The line of the value at a path, 0 when there is none: way is made of keys,
 * and of indices of lists, as in "modes/0/name".
 */
size_t document_line_at(const char *bytes, size_t len, const char *way);

#endif
