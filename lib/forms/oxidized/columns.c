/* The columns of Oxidized's file of devices. */
#include <stdlib.h>
#include <string.h>

#include "forms/oxidized/parts.h"
#include "yaml/fault.h"

static const char *const names[NCOLUMNS] = {
	[COLUMN_NAME] = "name",         [COLUMN_IP] = "ip",
	[COLUMN_MODEL] = "model",       [COLUMN_GROUP] = "group",
	[COLUMN_USERNAME] = "username", [COLUMN_PASSWORD] = "password",
	[COLUMN_INPUT] = "input",
};

/* The number of a column, from 0: false, it is none. */
static bool read_place(const struct node *value, size_t *place)
{
	const char *text = node_text(value);
	size_t digits = text != NULL ? strspn(text, "0123456789") : 0;

	if (digits == 0 || digits > 2 || text[digits] != '\0')
		return false;
	*place = strtoul(text, NULL, 10);
	return *place < FIELDS_MAX;
}

static int add_column(struct columns *columns, const struct reading *reading,
		      const struct node_pair *pair, bool variable)
{
	const char *name = node_text(pair->key);
	size_t place;

	if (name == NULL || node_is_null(pair->value))
		return 0;
	if (!read_place(pair->value, &place))
		return reading_fault(reading, pair->key->line,
				     "the column of '%.*s' must be a number "
				     "from 0 to %d",
				     fault_shown(name), name, FIELDS_MAX - 1);
	for (unsigned i = 0; i < NCOLUMNS && !variable; i++) {
		if (strcmp(names[i], name) == 0) {
			columns->of[i] = place;
			return 0;
		}
	}
	if (columns->nothers == FIELDS_MAX)
		return reading_fault(reading, pair->key->line,
				     "more than %d columns", FIELDS_MAX);
	columns->others[columns->nothers++] = (struct other_column){
		.name = draft_text(reading->draft, name, strlen(name)),
		.place = place,
		.variable = variable};
	return 0;
}

static int read_map(struct columns *columns, const struct reading *reading,
		    const struct node *map, bool variable)
{
	for (uint32_t i = 0; map != NULL && map->kind == NODE_MAP && i < map->n;
	     i++) {
		if (add_column(columns, reading, &map->pairs[i], variable) ==
		    -1)
			return -1;
	}
	return 0;
}

static int read_delimiter(struct columns *columns,
			  const struct reading *reading,
			  const struct node *delimiter)
{
	int rc = 0;

	if (delimiter == NULL || node_is_null(delimiter))
		return 0;
	if (regexp_is(delimiter)) {
		rc = regexp_new(&columns->delimiter, delimiter);
	} else if (delimiter->kind == NODE_TEXT && delimiter->text[0] != '\0') {
		/* Ruby takes one blank for any number of them. */
		if (strcmp(delimiter->text, " ") != 0)
			columns->text =
				draft_text(reading->draft, delimiter->text,
					   strlen(delimiter->text));
	} else {
		rc = 1;
	}
	if (rc == -1)
		return fault_memory(reading->err, reading->name);
	return rc == 0 ? 0
		       : reading_fault(reading, delimiter->line,
				       "the delimiter cannot be read: give it "
				       "as !ruby/regexp /:/, or in quotes");
}

int columns_read(struct columns *columns, const struct reading *reading,
		 const struct node *csv)
{
	for (unsigned i = 0; i < NCOLUMNS; i++)
		columns->of[i] = SIZE_MAX;
	if (read_map(columns, reading, node_get(csv, "map"), false) == -1 ||
	    read_map(columns, reading, node_get(csv, "vars_map"), true) == -1 ||
	    read_delimiter(columns, reading, node_get(csv, "delimiter")) == -1)
		return -1;
	if (columns->of[COLUMN_NAME] != SIZE_MAX)
		return 0;
	return reading_fault(reading, csv->line,
			     "source csv has no map with a name in it: it says "
			     "which column is which");
}

void columns_release(struct columns *columns)
{
	regexp_free(columns->delimiter);
}

/* Find the next delimiter: false, there is none. */
static bool find_delimiter(const struct columns *columns, struct span line,
			   size_t *start, size_t *end)
{
	const char *found;

	if (columns->delimiter != NULL)
		return regexp_find(columns->delimiter, line.at, line.len, start,
				   end) &&
		       *end > *start;
	if (columns->text != NULL) {
		size_t len = strlen(columns->text);

		found = memmem(line.at, line.len, columns->text, len);
		*start = found != NULL ? (size_t)(found - line.at) : 0;
		*end = *start + len;
		return found != NULL;
	}
	*start = 0;
	while (*start < line.len && line.at[*start] != ' ' &&
	       line.at[*start] != '\t')
		(*start)++;
	*end = *start;
	while (*end < line.len &&
	       (line.at[*end] == ' ' || line.at[*end] == '\t'))
		(*end)++;
	return *end > *start;
}

size_t columns_split(const struct columns *columns, struct span line,
		     struct span fields[FIELDS_MAX])
{
	size_t n = 0, start, end;

	while (n < FIELDS_MAX - 1 &&
	       find_delimiter(columns, line, &start, &end)) {
		fields[n++] = (struct span){line.at, start};
		line.at += end;
		line.len -= end;
	}
	fields[n++] = line;
	return n;
}
