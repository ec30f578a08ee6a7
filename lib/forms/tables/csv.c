/* Tables with a header. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "forms/form.h"
#include "forms/lines.h"
#include "forms/tables/header.h"
#include "forms/tables/record.h"
#include "forms/tables/tables.h"
#include "yaml/fault.h"
#include "yaml/json.h"

#define NAMES_MAX 256 /* groups, or tags, of a device */
#define TAGS_MAX ((size_t)1024 * 1024) /* bytes of them as JSON */
#define NOWHERE SIZE_MAX

/* A table that is being read. */
struct table {
	struct reading *reading;
	struct record record;
	struct header header;
	size_t header_line;
	size_t ndevices;
	/* Rows whose column of platforms holds something else. */
	size_t nroles;
	size_t role_column;
	char role[64]; /* the first */
	bool noted; /* that data are no UTF-8 */
};

/* ---- what is no platform */

/* Words that people have for what a device is for, and for who made it. */
static const char *const roles[] = {
	"router",
	"switch",
	"firewall",
	"core",
	"access",
	"distribution",
	"aggregation",
	"edge",
	"leaf",
	"spine",
	"gateway",
	"server",
	"l2switch",
	"l3switch",
	"l2 switch",
	"l3 switch",
	"access point",
	"ap",
	"wlc",
	"wireless",
	"controller",
	"load balancer",
	"loadbalancer",
	"balancer",
	"wan",
	"lan",
	"branch",
	"border",
	"pe",
	"ce",
	"p",
	"cpe",
	"ups",
	"pdu",
	"printer",
	"host",
	"network",
	"device",
	"physical",
	"virtual",
	"access switch",
	"core switch",
	"core router",
	"edge router",
	"multilayer switch",
	"network device",
	"lb",
	"fw",
	"rtr",
	"sw",
	"cisco",
	"juniper",
	"arista",
	"huawei",
	"hp",
	"hpe",
	"aruba",
	"dell",
	"nokia",
	"fortinet",
	"palo alto",
	"mikrotik",
	"extreme",
	"brocade",
	"ubiquiti",
	"f5",
	"checkpoint",
	"check point",
	"cisco systems",
	"juniper networks",
	"arista networks",
};

static bool is_role(const char *text)
{
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		if (strcasecmp(roles[i], text) == 0)
			return true;
	}
	return false;
}

static void count_role(struct table *table, size_t column)
{
	const char *text = record_field(&table->record, column);

	if (table->nroles++ > 0)
		return;
	table->role_column = column;
	(void)snprintf(table->role, sizeof(table->role), "%.*s",
		       fault_shown(text), text);
}

/* Of the columns that may say the platform take the first in rank that does. */
static void say_platform(struct table *table)
{
	size_t best = NOWHERE, role = NOWHERE;

	for (size_t i = 0; i < table->header.n; i++) {
		const struct column *column = &table->header.at[i];
		const char *text = record_field(&table->record, i);

		if (column->use != COLUMN_PLATFORM || *text == '\0')
			continue;
		if (is_role(text)) {
			if (role == NOWHERE)
				role = i;
		} else if (best == NOWHERE ||
			   column->rank < table->header.at[best].rank) {
			best = i;
		}
	}
	if (best != NOWHERE)
		pen_say(&table->reading->pen, KEY_DEVICE_TYPE,
			record_field(&table->record, best), table->record.line,
			0);
	else if (role != NOWHERE)
		count_role(table, role);
}

/* Tell once of all rows that have no platform there. */
static void tell_roles(const struct table *table)
{
	const char *title;

	if (table->nroles == 0)
		return;
	title = table->header.at[table->role_column].title;
	reading_note(table->reading, table->header_line,
		     "column '%.*s' says what %zu %s for or who made %s "
		     "('%s'), which is no platform: add a column device_type, "
		     "or say the type of those that have none",
		     fault_shown(title), title, table->nroles,
		     table->nroles == 1 ? "device is" : "devices are",
		     table->nroles == 1 ? "it" : "them", table->role);
}

/* ---- fields */

/* Take the next name off a list of them: 1, 0 at the end. Blanks round it are
 * left out. */
static bool next_name(const char **at, struct span *name)
{
	do {
		*at += strspn(*at, " ,;|");
		name->at = *at;
		name->len = strcspn(*at, ",;|");
		*at += name->len;
		*name = span_trim(*name);
	} while (name->len == 0 && **at != '\0');
	return name->len > 0;
}

static const struct draft_list *read_groups(const struct table *table,
					    size_t column)
{
	const struct reading *reading = table->reading;
	const char *at = record_field(&table->record, column);
	const void *names[NAMES_MAX];
	struct span name;
	size_t n = 0;

	while (n < NAMES_MAX && next_name(&at, &name)) {
		const char *text =
			draft_text(reading->draft, name.at, name.len);
		struct draft_group *group = draft_group(reading->draft, text);
		size_t same = 0;

		if (!group->defined)
			group->line = (uint32_t)table->record.line;
		if (!group->defined)
			group->file = reading->file;
		group->defined = true;
		while (same < n && names[same] != text)
			same++;
		if (same == n)
			names[n++] = text;
	}
	return draft_list(reading->draft, names, n);
}

static int put_tag(struct buf *json, const struct span *name)
{
	char text[256];

	(void)snprintf(text, sizeof(text), "%.*s",
		       (int)(name->len < 255 ? name->len : 255), name->at);
	if (json->len > 1 && buf_append(json, ", ", 2) == -1)
		return -1;
	return json_string(json, text);
}

static void say_tags(const struct table *table, size_t column)
{
	const char *at = record_field(&table->record, column);
	struct buf json;
	struct span name;
	int rc;

	buf_init(&json, TAGS_MAX);
	rc = buf_append(&json, "[", 1);
	while (rc == 0 && next_name(&at, &name))
		rc = put_tag(&json, &name);
	if (rc == 0 && buf_append(&json, "]", 2) == 0)
		pen_say_data(&table->reading->pen, "tags",
			     (const char *)json.data, table->record.line,
			     SAID_JSON);
	else
		table->reading->draft->no_memory = true;
	buf_release(&json);
}

/* A flag, or the password that is asked for. */
static void say_enable(const struct table *table, const char *text)
{
	static const char *const flags[] = {"true", "false", "yes", "no"};
	enum key key = KEY_SECRET;

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (strcasecmp(flags[i], text) == 0)
			key = KEY_ENABLE;
	}
	pen_say(&table->reading->pen, key, text, table->record.line, 0);
}

static void say_transport(const struct table *table,
			  const struct column *column, const char *text)
{
	struct pen *pen = &table->reading->pen;

	if (strcasecmp(text, "ssh") == 0 || strcasecmp(text, "ssh2") == 0)
		pen_say(pen, KEY_TRANSPORT, "ssh", table->record.line, 0);
	else if (strcasecmp(text, "telnet") == 0)
		pen_say(pen, KEY_TRANSPORT, "telnet", table->record.line, 0);
	else
		pen_say_data(pen, column->name, text, table->record.line, 0);
}

static void say_data(struct table *table, const struct column *column,
		     const char *text)
{
	if (span_is_utf8((struct span){text, strlen(text)})) {
		pen_say_data(&table->reading->pen, column->name, text,
			     table->record.line, 0);
		return;
	}
	if (!table->noted)
		reading_note(table->reading, table->record.line,
			     "column '%.*s' is no UTF-8, and left out: save "
			     "the table as CSV in UTF-8",
			     fault_shown(column->title), column->title);
	table->noted = true;
}

static void say_field(struct table *table, size_t i,
		      const struct draft_list **groups)
{
	const struct column *column = &table->header.at[i];
	const char *text = record_field(&table->record, i);

	if (*text == '\0')
		return;
	switch (column->use) {
	case COLUMN_DATA:
		say_data(table, column, text);
		break;
	case COLUMN_KEY:
		(void)reading_say(table->reading, key_name(column->key), text,
				  table->record.line, 0);
		break;
	case COLUMN_TRANSPORT:
		say_transport(table, column, text);
		break;
	case COLUMN_ENABLE:
		say_enable(table, text);
		break;
	case COLUMN_GROUPS:
		*groups = read_groups(table, i);
		break;
	case COLUMN_TAGS:
		say_tags(table, i);
		break;
	case COLUMN_PLATFORM: /* one of them all */
	case COLUMN_NOTHING:
		break;
	}
}

/* ---- rows */

/* The first field behind the last column that has something in it. */
static bool has_more(const struct table *table)
{
	for (size_t i = table->header.n; i < table->record.nfields; i++) {
		if (*record_field(&table->record, i) != '\0')
			return true;
	}
	return false;
}

/* Is the text of a field that counts no UTF-8? */
static bool is_garbled(const struct table *table)
{
	for (size_t i = 0; i < table->header.n; i++) {
		const char *text = record_field(&table->record, i);

		if (table->header.at[i].use != COLUMN_DATA &&
		    table->header.at[i].use != COLUMN_NOTHING &&
		    !span_is_utf8((struct span){text, strlen(text)}))
			return true;
	}
	return false;
}

/* The name of a row for messages, else its address; NULL: it has neither. */
static const char *row_name(const struct table *table)
{
	const struct header *header = &table->header;
	const char *name = "";

	if (header->name != NOWHERE)
		name = record_field(&table->record, header->name);
	if (*name == '\0')
		name = record_field(&table->record, header->address);
	return *name != '\0' && span_is_utf8((struct span){name, strlen(name)})
		       ? name
		       : NULL;
}

/* The reason why a row is no device that can be asked, NULL: there is none. */
static const char *find_fault(const struct table *table, const char *name)
{
	const struct record *record = &table->record;

	if (record->wrong != NULL)
		return reading_skip(table->reading, record->line, NULL,
				    "the row cannot be read: %s",
				    record->wrong);
	if (has_more(table))
		return reading_skip(table->reading, record->line, name,
				    "the row has %zu fields, and the header "
				    "%zu: put quotes around a field with a "
				    "'%c' in it",
				    record->nfields, table->header.n,
				    record->delimiter);
	if (is_garbled(table))
		return reading_skip(table->reading, record->line, name,
				    "the row is no UTF-8: save the table as "
				    "CSV in UTF-8");
	return NULL;
}

static void read_row(struct table *table)
{
	struct reading *reading = table->reading;
	const struct draft_list *groups = NULL;
	const char *name = row_name(table);
	const char *skip = find_fault(table, name);

	for (size_t i = 0; skip == NULL && i < table->header.n; i++)
		say_field(table, i, &groups);
	if (skip == NULL)
		say_platform(table);
	else if (name != NULL)
		pen_say(&reading->pen, KEY_NAME, name, table->record.line, 0);
	(void)draft_add_device(
		reading->draft,
		&(struct draft_device){
			.own = pen_layer(&reading->pen, reading->file),
			.groups = groups,
			.skip = skip,
			.line = (uint32_t)table->record.line});
	table->ndevices++;
}

/* Is it a row of nothing, or one that was commented out? */
static bool is_left_out(const struct record *record)
{
	return record_is_empty(record) ||
	       (record->wrong == NULL && *record_field(record, 0) == '#');
}

static int read_rows(struct table *table)
{
	int rc;

	while ((rc = record_next(&table->record)) == 1) {
		if (!is_left_out(&table->record))
			read_row(table);
	}
	if (rc == -1)
		return fault_memory(table->reading->err, table->reading->name);
	tell_roles(table);
	if (table->ndevices == 0)
		return reading_fault(table->reading, table->header_line,
				     "a table without rows: no device stands "
				     "behind its header");
	return 0;
}

/* ---- the header */

/* Does a spreadsheet say there what stands between the fields? */
static bool is_separator(struct span line)
{
	return line.len == 5 && span_begins(line, "sep=");
}

/* The line of the header: the first that is neither empty nor a comment. */
static bool find_header(const struct reading *reading, struct lines *lines,
			struct span *header)
{
	lines_begin(lines, reading->bytes, reading->len);
	while (lines_next(lines, header)) {
		struct span text = span_trim(*header);

		if (text.len > 0 && text.at[0] != '#' && !is_separator(text))
			return true;
	}
	return false;
}

bool csv_has_header(const struct reading *reading)
{
	struct lines lines;
	struct span header;

	return find_header(reading, &lines, &header) &&
	       header.len <= RECORD_MAX && header_delimiter(header) != '\0';
}

static int begin(struct table *table)
{
	const struct reading *reading = table->reading;
	struct record *record = &table->record;
	struct lines lines;
	struct span header;

	if (!find_header(reading, &lines, &header))
		return reading_fault(reading, 1,
				     "the file is empty: a table begins with "
				     "a line that names its columns");
	record->at = header.at;
	record->end = reading->bytes + reading->len;
	record->delimiter = header_delimiter(header);
	if (record->delimiter == '\0')
		record->delimiter = ',';
	if (record_next(record) == -1)
		return fault_memory(reading->err, reading->name);
	record->line = table->header_line = lines.line;
	if (record->wrong != NULL)
		return reading_fault(reading, record->line,
				     "the header cannot be read: %s",
				     record->wrong);
	return header_read(&table->header, reading, record);
}

int csv_read(struct reading *reading)
{
	struct table table = {.reading = reading};
	int rc = lines_check_text(reading);

	if (rc == 0)
		rc = begin(&table);
	if (rc == 0)
		rc = read_rows(&table);
	header_release(&table.header);
	record_release(&table.record);
	return rc;
}
