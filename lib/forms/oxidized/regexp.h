/* Regular expressions of Ruby's in YAML: "!ruby/regexp /.../". They are read as
 * PCRE2 reads them, which is the same for what delimiters and names need. */
#ifndef NETFAN_FORMS_OXIDIZED_REGEXP_H
#define NETFAN_FORMS_OXIDIZED_REGEXP_H

#include <stdbool.h>
#include <stddef.h>

#include "yaml/tree.h"

struct regexp;

/* Is a text one, by its tag? */
bool regexp_is(const struct node *node);

/* Compile one: 0; 1, it is none that can be read, or too long; -1, no memory. */
int regexp_new(struct regexp **out, const struct node *node);
void regexp_free(struct regexp *regexp);

/*
 * Find the first match in a text: false, there is none, or looking for it took
 * too many steps.
 */
bool regexp_find(const struct regexp *regexp, const char *text, size_t len,
		 size_t *start, size_t *end);

#endif
