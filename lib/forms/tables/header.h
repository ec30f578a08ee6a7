/* The header of a table: what it says that the columns are. */
#ifndef NETFAN_FORMS_TABLES_HEADER_H
#define NETFAN_FORMS_TABLES_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "draft/key.h"
#include "forms/lines.h"
#include "forms/tables/record.h"

struct reading;

enum column_use {
	COLUMN_DATA,
	COLUMN_KEY, /* the value of a key */
	COLUMN_PLATFORM, /* perhaps, if it is no role of the device */
	COLUMN_TRANSPORT, /* a key's, if it is one that there is */
	COLUMN_ENABLE, /* a flag, or the password of it */
	COLUMN_GROUPS,
	COLUMN_TAGS, /* data, a list */
	COLUMN_NOTHING, /* not read */
};

struct column {
	enum column_use use;
	enum key key; /* of a COLUMN_KEY */
	unsigned rank; /* of a COLUMN_PLATFORM: the lowest counts first */
	const char *title; /* as in the header */
	const char *name; /* for data: "serial_number" */
};

struct header {
	struct column *at;
	size_t n;
	size_t address; /* where these are; SIZE_MAX: nowhere */
	size_t name;
};

/* What stands between the fields of a header: the one of ',', ';' and tab that
 * gives a column of addresses, and most columns; '\0' where none does. */
char header_delimiter(struct span header);

/* Read the header; a column data.NAME is data called NAME, whatever that would
 * mean. NF_INVALID as tables.h says; NF_SYSTEM. */
int header_read(struct header *header, const struct reading *reading,
		const struct record *record);
void header_release(struct header *header);

#endif
