/* Oxidized's model_map and group_map. */
#include <stdlib.h>
#include <string.h>

#include "forms/oxidized/parts.h"
#include "yaml/fault.h"

static const char *keep(const struct reading *reading, const char *text)
{
	return draft_text(reading->draft, text, strlen(text));
}

/* Add a name, whose new one is the last in to; the first counts. */
static int add_exact(struct renaming *renaming, const struct reading *reading,
		     const char *name)
{
	if (textmap_find(&renaming->exact, name, strlen(name)) != NULL)
		return 0;
	return textmap_add(&renaming->exact, keep(reading, name),
			   renaming->n - 1) != NULL
		       ? 0
		       : fault_memory(reading->err, reading->name);
}

static int add_regexp(struct renaming *renaming, const struct reading *reading,
		      const struct node *key)
{
	struct regexp *regexp;
	int rc;

	if (renaming->nregexps == RENAMING_REGEXPS_MAX)
		return reading_fault(reading, key->line,
				     "more than %d regular expressions in a "
				     "map",
				     RENAMING_REGEXPS_MAX);
	rc = regexp_new(&regexp, key);
	if (rc == -1)
		return fault_memory(reading->err, reading->name);
	if (rc == 1)
		return reading_fault(reading, key->line,
				     "the regular expression '%.*s' cannot be "
				     "read",
				     fault_shown(key->text), key->text);
	renaming->regexps[renaming->nregexps].regexp = regexp;
	renaming->regexps[renaming->nregexps++].place = renaming->n - 1;
	return 0;
}

static int add_usual(struct renaming *renaming, const struct reading *reading,
		     const struct node *map, const char *const *usual)
{
	for (; *usual != NULL; usual += 2) {
		const char *told = node_text(node_get(map, usual[0]));

		renaming->to[renaming->n++] =
			told != NULL ? keep(reading, told) : usual[1];
		if (add_exact(renaming, reading, usual[0]) == -1)
			return -1;
	}
	return 0;
}

int renaming_read(struct renaming *renaming, const struct reading *reading,
		  const struct node *map, const char *const *usual)
{
	size_t n = map != NULL && map->kind == NODE_MAP ? map->n : 0;

	renaming->to = calloc(n + 8, sizeof(*renaming->to));
	if (renaming->to == NULL)
		return fault_memory(reading->err, reading->name);
	if (add_usual(renaming, reading, map, usual) == -1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const struct node *key = map->pairs[i].key;
		const char *to = node_text(map->pairs[i].value);

		if (key->kind != NODE_TEXT || to == NULL)
			continue;
		renaming->to[renaming->n++] = keep(reading, to);
		if ((regexp_is(key)
			     ? add_regexp(renaming, reading, key)
			     : add_exact(renaming, reading, key->text)) == -1)
			return -1;
	}
	return 0;
}

void renaming_release(struct renaming *renaming)
{
	for (size_t i = 0; i < renaming->nregexps; i++)
		regexp_free(renaming->regexps[i].regexp);
	textmap_release(&renaming->exact);
	free(renaming->to);
}

const char *renaming_of(const struct renaming *renaming, const char *name)
{
	const struct textmap_entry *exact =
		textmap_find(&renaming->exact, name, strlen(name));
	size_t place = exact != NULL ? exact->value : SIZE_MAX;
	size_t start, end;

	for (size_t i = 0;
	     i < renaming->nregexps && renaming->regexps[i].place < place;
	     i++) {
		if (regexp_find(renaming->regexps[i].regexp, name, strlen(name),
				&start, &end))
			place = renaming->regexps[i].place;
	}
	return place != SIZE_MAX ? renaming->to[place] : name;
}
