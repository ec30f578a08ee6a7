/*
 * Records of a table: rows of fields with a delimiter between, as RFC 4180 has
 * CSV and spreadsheets write it. A field may stand in quotes, with a quote in it
 * doubled, and go over several lines then. Blanks round fields are left out,
 * but for those in quotes.
 */
#ifndef NETFAN_FORMS_TABLES_RECORD_H
#define NETFAN_FORMS_TABLES_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#define RECORD_MAX ((size_t)1024 * 1024) /* bytes of a record */
#define RECORD_FIELDS_MAX 512

/*
 * A record, and what is left of the file. Fill in at, end and delimiter, the
 * rest zeroed; record_release() in the end.
 */
struct record {
	const char *at, *end; /* borrowed */
	char delimiter;
	size_t line; /* where it starts, from 1; 0: before the first */
	size_t lines; /* lines that it has */
	size_t nfields; /* RECORD_FIELDS_MAX at most */
	const char *wrong; /* why it cannot be taken apart; NULL: it was */
	/*
	 * A record over several lines was wrong: from then on a line is one, so
	 * that one quote too many does not take the rest of the file along.
	 */
	bool narrow;
	char *text; /* the fields, each with a NUL behind; may be passwords */
	size_t used, room;
	size_t places[RECORD_FIELDS_MAX];
};

/* The next record: 1, 0 at the end, -1 without memory. */
int record_next(struct record *record);

/* A field of it, "" where it has fewer. Until the next record. */
const char *record_field(const struct record *record, size_t i);

/* Is there nothing in any of its fields? */
bool record_is_empty(const struct record *record);

/* Wipe it. */
void record_release(struct record *record);

#endif
