/* Records of a table. */
#include "forms/tables/record.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM ((size_t)4096)

/* A record that is being taken apart. */
struct taking {
	struct record *record;
	const char *at; /* the next byte */
	bool no_memory;
};

/* Grow the room by a copy: realloc() may leave a password behind. */
static bool grow(struct record *record)
{
	size_t room = record->room != 0 ? record->room * 2 : FIRST_ROOM;
	char *text = malloc(room);

	if (text == NULL)
		return false;
	if (record->used > 0)
		memcpy(text, record->text, record->used);
	if (record->text != NULL)
		explicit_bzero(record->text, record->room);
	free(record->text);
	record->text = text;
	record->room = room;
	return true;
}

static void put(struct taking *taking, char byte)
{
	struct record *record = taking->record;

	if (record->used >= RECORD_MAX) {
		record->wrong = "it is longer than a megabyte";
		return;
	}
	if (record->used == record->room && !grow(record))
		taking->no_memory = true;
	else
		record->text[record->used++] = byte;
}

/* The byte there, '\0' at the end of the file. */
static char peek(const struct taking *taking, size_t ahead)
{
	size_t left = (size_t)(taking->record->end - taking->at);

	return ahead < left ? taking->at[ahead] : '\0';
}

static bool at_end(const struct taking *taking)
{
	return taking->at == taking->record->end;
}

static bool at_line_end(const struct taking *taking)
{
	return at_end(taking) || *taking->at == '\n' || *taking->at == '\r';
}

static bool at_field_end(const struct taking *taking)
{
	return at_line_end(taking) || *taking->at == taking->record->delimiter;
}

static bool is_blank(const struct taking *taking, char byte)
{
	return byte == ' ' ||
	       (byte == '\t' && taking->record->delimiter != '\t');
}

static void skip_blanks(struct taking *taking)
{
	while (!at_end(taking) && is_blank(taking, *taking->at))
		taking->at++;
}

/* Stands there what ends a field in quotes? */
static bool at_quote_end(const struct taking *taking)
{
	return *taking->at == '"' && peek(taking, 1) != '"';
}

/* Take a field in quotes: at is behind the first. */
static void take_quoted(struct taking *taking)
{
	struct record *record = taking->record;

	while (!at_end(taking) && !at_quote_end(taking)) {
		if (*taking->at == '\n' && record->narrow)
			break;
		record->lines += *taking->at == '\n';
		taking->at += *taking->at == '"'; /* the first of two */
		put(taking, *taking->at++);
		if (record->wrong != NULL || taking->no_memory)
			return;
	}
	if (at_end(taking) || *taking->at != '"') {
		record->wrong = "a quote is opened and not closed";
		return;
	}
	taking->at++;
	skip_blanks(taking);
	if (!at_field_end(taking))
		record->wrong = "text stands behind a quote that was closed: "
				"write a quote in a field twice";
}

static void take_bare(struct taking *taking)
{
	struct record *record = taking->record;
	size_t start = record->used;

	while (!at_field_end(taking) && record->wrong == NULL &&
	       !taking->no_memory)
		put(taking, *taking->at++);
	while (record->used > start &&
	       is_blank(taking, record->text[record->used - 1]))
		record->used--;
}

static void take_field(struct taking *taking)
{
	struct record *record = taking->record;

	if (record->nfields == RECORD_FIELDS_MAX) {
		record->wrong = "it has too many fields";
		return;
	}
	record->places[record->nfields++] = record->used;
	skip_blanks(taking);
	if (!at_end(taking) && *taking->at == '"') {
		taking->at++;
		take_quoted(taking);
	} else {
		take_bare(taking);
	}
	put(taking, '\0');
}

static void take_record(struct taking *taking)
{
	struct record *record = taking->record;

	record->used = record->nfields = 0;
	record->lines = 1;
	record->wrong = NULL;
	for (;;) {
		take_field(taking);
		if (record->wrong != NULL || taking->no_memory ||
		    at_line_end(taking))
			return;
		taking->at++; /* the delimiter */
	}
}

/* Go behind what ends a line; of one that is wrong, its rest is left out. */
static void end_line(struct taking *taking)
{
	while (!at_line_end(taking))
		taking->at++;
	if (!at_end(taking) && *taking->at == '\r')
		taking->at++;
	if (!at_end(taking) && *taking->at == '\n')
		taking->at++;
}

int record_next(struct record *record)
{
	struct taking taking = {.record = record, .at = record->at};

	record->line += record->line != 0 ? record->lines : 1;
	if (at_end(&taking))
		return 0;
	take_record(&taking);
	if (record->wrong != NULL && record->lines > 1) {
		record->narrow = true;
		taking.at = record->at;
		take_record(&taking);
	}
	if (taking.no_memory)
		return -1;
	if (record->wrong != NULL)
		record->used = record->nfields = 0;
	end_line(&taking);
	record->at = taking.at;
	return 1;
}

const char *record_field(const struct record *record, size_t i)
{
	return i < record->nfields ? record->text + record->places[i] : "";
}

bool record_is_empty(const struct record *record)
{
	for (size_t i = 0; i < record->nfields; i++) {
		if (*record_field(record, i) != '\0')
			return false;
	}
	return record->wrong == NULL;
}

void record_release(struct record *record)
{
	if (record->text != NULL)
		explicit_bzero(record->text, record->room);
	free(record->text);
	*record = (struct record){0};
}
