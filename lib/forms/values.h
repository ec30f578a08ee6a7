/* Values of YAML and JSON, said into a draft. */
#ifndef NETFAN_FORMS_VALUES_H
#define NETFAN_FORMS_VALUES_H

#include "forms/form.h"
#include "yaml/tree.h"

#define VALUE_MAX ((size_t)1024 * 1024) /* bytes of one value as JSON */

/* The flags of a text (enum said_flag); YAML's own tags, as of !!str, are
 * none. */
unsigned value_flags(const struct node *node);

/*
 * Say the value of a key, in that line: a text; of a list or mapping, what it
 * is, with SAID_JSON. Of null, nothing. Keys without a meaning here are noted,
 * as reading_say() has it.
 */
void value_say(struct reading *reading, enum key key, const struct node *value,
	       size_t line);

/* Say a value of data: lists and mappings as JSON, those larger than VALUE_MAX
 * are noted and left out. Of null, nothing. */
void value_say_data(struct reading *reading, const char *name,
		    const struct node *value);

/* Say all values of a mapping as data; names that are no text are left out. */
void value_say_all_data(struct reading *reading, const struct node *map);

#endif
