/* Oxidized's configuration: its places where values stand, its maps of names, the
 * columns of its file. For the files of this folder alone. */
#ifndef NETFAN_FORMS_OXIDIZED_PARTS_H
#define NETFAN_FORMS_OXIDIZED_PARTS_H

#include "base/textmap.h"
#include "forms/form.h"
#include "forms/lines.h"
#include "forms/oxidized/regexp.h"
#include "forms/tally.h"
#include "yaml/tree.h"

/* ---- scope.c: places where values stand */

/* What a place says: the configuration as a whole, a group, a model, a model in a
 * group. Texts are the draft's; NULL: nothing. */
struct scope {
	const struct layer *layer;
	const char *input; /* methods, with commas */
	const char *model;
	const char *ssh_port, *telnet_port;
};

struct scopes {
	struct scope global;
	struct scope *of;
	size_t n, room;
	struct textmap places; /* by kind and name */
};

/* Read all places of a configuration. -1: no memory. */
int scopes_read(struct scopes *scopes, struct reading *reading,
		const struct node *root);
void scopes_release(struct scopes *scopes);

/* A group, a model, a model in a group (both are given); NULL: there is none. */
const struct scope *scopes_find(const struct scopes *scopes, const char *group,
				const char *model);

/* Say a variable (of `vars`); ports are the caller's. */
void scope_say_variable(struct reading *reading, const char *name,
			const char *text, size_t line, unsigned flags);

/* ---- renaming.c: model_map and group_map */

#define RENAMING_REGEXPS_MAX 100

struct renaming {
	struct textmap exact; /* values are places in to */
	const char **to; /* texts of the draft */
	size_t n;
	struct {
		struct regexp *regexp;
		size_t place; /* in to: of two that match the first counts */
	} regexps[RENAMING_REGEXPS_MAX];
	size_t nregexps;
};

/* Read a map, which may be NULL; usual are pairs of names before it, NULL at the
 * end. NF_INVALID for a regular expression that cannot be read, or too many;
 * NF_SYSTEM. */
int renaming_read(struct renaming *renaming, const struct reading *reading,
		  const struct node *map, const char *const *usual);
void renaming_release(struct renaming *renaming);

/* The name for a name. */
const char *renaming_of(const struct renaming *renaming, const char *name);

/* ---- columns.c: the fields of a line */

#define FIELDS_MAX 64
#define FIELD_TEXT_MAX ((size_t)4096)

enum column {
	COLUMN_NAME,
	COLUMN_IP,
	COLUMN_MODEL,
	COLUMN_GROUP,
	COLUMN_USERNAME,
	COLUMN_PASSWORD,
	COLUMN_INPUT,
	NCOLUMNS,
};

/* A column of another name, or of a variable. */
struct other_column {
	const char *name; /* the draft's */
	size_t place;
	bool variable;
};

struct columns {
	struct regexp *delimiter; /* NULL: text has it */
	const char *text; /* NULL: blanks are it */
	size_t of[NCOLUMNS]; /* SIZE_MAX: there is none */
	struct other_column others[FIELDS_MAX];
	size_t nothers;
};

/* Read map, vars_map and delimiter. NF_INVALID for those that cannot be used;
 * NF_SYSTEM. */
int columns_read(struct columns *columns, const struct reading *reading,
		 const struct node *csv);
void columns_release(struct columns *columns);

/* Split a line: how many fields it has, at most FIELDS_MAX. */
size_t columns_split(const struct columns *columns, struct span line,
		     struct span fields[FIELDS_MAX]);

/* ---- rows.c: the file of devices */

struct oxidized {
	struct scopes scopes;
	struct renaming models, groups;
	struct columns columns;
	struct tally names_asked; /* ips that are no addresses */
};

/* Read all lines. NF_INVALID when there is no device. */
int rows_read(struct oxidized *oxidized, struct reading *reading);

#endif
