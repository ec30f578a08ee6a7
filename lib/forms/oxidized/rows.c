/* The lines of Oxidized's file of devices. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "forms/oxidized/models.h"
#include "forms/oxidized/parts.h"
#include "yaml/fault.h"

#define TEXT_MAX 256 /* bytes of a name */

/* A line that is being read. */
struct row {
	struct oxidized *oxidized;
	struct reading *reading;
	size_t line;
	struct span fields[FIELDS_MAX];
	size_t n;
	/* Texts; empty: nothing is said. */
	char name[TEXT_MAX], ip[TEXT_MAX], model[TEXT_MAX], group[TEXT_MAX];
	/* Where its values stand, the first that has one counts; NULL: none. */
	const struct scope *scopes[4];
};

/* ---- fields */

/* The text of a field, "" for what says nothing: none, empty, nil or false. False
 * when it is too long, or no text. */
static bool read_field(const struct row *row, size_t place, char *out,
		       size_t size)
{
	struct span field = {"", 0};

	if (place < row->n)
		field = row->fields[place];
	if (span_is(field, "nil") || span_is(field, "false"))
		field.len = 0;
	if (field.len >= size || !span_is_utf8(field))
		return false;
	memcpy(out, field.at, field.len);
	out[field.len] = '\0';
	return true;
}

static bool read_names(struct row *row)
{
	const size_t *of = row->oxidized->columns.of;

	return read_field(row, of[COLUMN_NAME], row->name, TEXT_MAX) &&
	       read_field(row, of[COLUMN_IP], row->ip, TEXT_MAX) &&
	       read_field(row, of[COLUMN_MODEL], row->model, TEXT_MAX) &&
	       read_field(row, of[COLUMN_GROUP], row->group, TEXT_MAX);
}

static void say_field(const struct row *row, size_t place, enum key key)
{
	char text[FIELD_TEXT_MAX];

	if (read_field(row, place, text, sizeof(text)) && text[0] != '\0')
		pen_say(&row->reading->pen, key, text, row->line, 0);
	explicit_bzero(text, sizeof(text));
}

/* ---- names */

static void rename_to(char text[TEXT_MAX], const struct renaming *renaming)
{
	const char *to;

	if (text[0] == '\0')
		return;
	to = renaming_of(renaming, text);
	if (to != text)
		(void)snprintf(text, TEXT_MAX, "%s", to);
}

/* Find the model, in lower case, and the places of the configuration. */
static void find_scopes(struct row *row)
{
	const struct scopes *scopes = &row->oxidized->scopes;
	const struct scope *group =
		row->group[0] != '\0' ? scopes_find(scopes, row->group, NULL)
				      : NULL;
	const char *model = row->model;

	if (*model == '\0' && group != NULL && group->model != NULL)
		model = group->model;
	if (*model == '\0')
		model = scopes->global.model != NULL ? scopes->global.model
						     : "junos";
	if (model != row->model)
		(void)snprintf(row->model, TEXT_MAX, "%s", model);
	for (char *at = row->model; *at != '\0'; at++)
		*at = (char)(*at >= 'A' && *at <= 'Z' ? *at | 0x20 : *at);
	row->scopes[0] = group != NULL
				 ? scopes_find(scopes, row->group, row->model)
				 : NULL;
	row->scopes[1] = group;
	row->scopes[2] = scopes_find(scopes, NULL, row->model);
	row->scopes[3] = &scopes->global;
}

static const struct draft_list *find_layers(const struct row *row)
{
	const void *layers[4];
	size_t n = 0;

	for (size_t i = 0; i < 4; i++) {
		if (row->scopes[i] != NULL && row->scopes[i]->layer->n > 0)
			layers[n++] = row->scopes[i]->layer;
	}
	return draft_list(row->reading->draft, layers, n);
}

/* ---- saying */

/* Say the address: the ip, with no prefix behind it; else the name. */
static void say_address(struct row *row)
{
	unsigned char address[16];

	row->ip[strcspn(row->ip, "/")] = '\0';
	if (inet_pton(AF_INET, row->ip, address) == 1 ||
	    inet_pton(AF_INET6, row->ip, address) == 1) {
		pen_say(&row->reading->pen, KEY_HOST, row->ip, row->line, 0);
		return;
	}
	if (row->ip[0] != '\0')
		tally_count(&row->oxidized->names_asked, row->reading,
			    row->line,
			    "the ip '%.*s' is no address: as Oxidized does, "
			    "its name is asked",
			    fault_shown(row->ip), row->ip);
	pen_say(&row->reading->pen, KEY_HOST, row->name, row->line, 0);
}

/* The methods to log in by. */
static void find_input(const struct row *row, char *out, size_t size)
{
	if (!read_field(row, row->oxidized->columns.of[COLUMN_INPUT], out,
			size))
		out[0] = '\0';
	for (size_t i = 0; i < 4 && out[0] == '\0'; i++) {
		if (row->scopes[i] != NULL && row->scopes[i]->input != NULL)
			(void)snprintf(out, size, "%s", row->scopes[i]->input);
	}
	if (out[0] == '\0')
		(void)snprintf(out, size, "ssh, telnet");
}

/* The first method that is a command line's: NULL, there is none. */
static const char *first_method(const char *input)
{
	static const char ends[] = ", \t";

	for (input += strspn(input, ends); *input != '\0';
	     input += strspn(input, ends)) {
		struct span word = {input, strcspn(input, ends)};

		if (span_is(word, "ssh"))
			return "ssh";
		if (span_is(word, "telnet"))
			return "telnet";
		input += word.len;
	}
	return NULL;
}

/* Say the port of the method, unless the line has said one. */
static void say_way(const struct row *row, const char *method)
{
	bool telnet = strcmp(method, "telnet") == 0;
	const char *port = NULL;

	if (telnet)
		pen_say(&row->reading->pen, KEY_TRANSPORT, method, row->line,
			0);
	for (size_t i = 0; i < 4 && port == NULL; i++) {
		if (row->scopes[i] != NULL)
			port = telnet ? row->scopes[i]->telnet_port
				      : row->scopes[i]->ssh_port;
	}
	if (port != NULL && pen_said(&row->reading->pen, KEY_PORT) == NULL)
		pen_say(&row->reading->pen, KEY_PORT, port, row->line, 0);
}

static void say_other(const struct row *row, const struct other_column *column,
		      const char *method)
{
	char port[16], text[FIELD_TEXT_MAX];

	if (!read_field(row, column->place, text, sizeof(text)) ||
	    text[0] == '\0')
		return;
	(void)snprintf(port, sizeof(port), "%s_port", method);
	if (!column->variable)
		pen_say_data(&row->reading->pen, column->name, text, row->line,
			     0);
	else if (strcmp(column->name, port) == 0)
		pen_say(&row->reading->pen, KEY_PORT, text, row->line, 0);
	else
		scope_say_variable(row->reading, column->name, text, row->line,
				   0);
	explicit_bzero(text, sizeof(text));
}

/* ---- devices */

static void add(struct row *row, const char *method)
{
	const struct columns *columns = &row->oxidized->columns;
	struct reading *reading = row->reading;
	struct draft_device device = {.line = (uint32_t)row->line};
	const char *platform = oxidized_platform(row->model);
	const char *group = row->group;

	pen_say(&reading->pen, KEY_NAME, row->name, row->line, 0);
	say_address(row);
	say_field(row, columns->of[COLUMN_USERNAME], KEY_USERNAME);
	say_field(row, columns->of[COLUMN_PASSWORD], KEY_PASSWORD);
	for (size_t i = 0; i < columns->nothers; i++)
		say_other(row, &columns->others[i], method);
	say_way(row, method);
	if (platform != NULL)
		pen_say(&reading->pen, KEY_DEVICE_TYPE, platform, row->line, 0);
	else
		device.skip = reading_skip(
			reading, row->line, row->name,
			"Oxidized's model '%.*s' is no platform that is known "
			"here: write the device in netfan's form, with a "
			"device_type (netfan platforms lists all)",
			fault_shown(row->model), row->model);
	if (*group != '\0') {
		group = draft_text(reading->draft, group, strlen(group));
		draft_group(reading->draft, group)->defined = true;
		device.groups = draft_list(reading->draft,
					   (const void *const *)&group, 1);
	}
	device.behind = find_layers(row);
	device.own = pen_layer(&reading->pen, reading->file);
	(void)draft_add_device(reading->draft, &device);
}

/* Keep the place of what is no device: its result will tell. */
static void add_odd(const struct row *row, const char *name, const char *why)
{
	struct reading *reading = row->reading;

	if (name != NULL)
		pen_say(&reading->pen, KEY_NAME, name, row->line, 0);
	(void)draft_add_device(
		reading->draft,
		&(struct draft_device){
			.own = pen_layer(&reading->pen, reading->file),
			.skip = reading_skip(reading, row->line, name, "%s",
					     why),
			.line = (uint32_t)row->line});
}

static void read_row(struct row *row)
{
	size_t model = row->oxidized->columns.of[COLUMN_MODEL];
	char input[TEXT_MAX];
	const char *method;

	if (!read_names(row)) {
		add_odd(row, NULL, "a field is too long, or no UTF-8");
		return;
	}
	if (row->name[0] == '\0') {
		add_odd(row, NULL, "no name");
		return;
	}
	if (model < row->n && row->fields[model].len == 0) {
		add_odd(row, row->name, "no model");
		return;
	}
	rename_to(row->model, &row->oxidized->models);
	rename_to(row->group, &row->oxidized->groups);
	find_scopes(row);
	find_input(row, input, sizeof(input));
	method = first_method(input);
	if (method != NULL)
		add(row, method);
	else
		reading_leave_out(row->reading, input, row->name);
}

int rows_read(struct oxidized *oxidized, struct reading *reading)
{
	struct row row = {.oxidized = oxidized, .reading = reading};
	size_t before = reading->draft->ndevices;
	struct lines lines;
	struct span line;

	if (lines_check_text(reading) == -1)
		return -1;
	lines_begin(&lines, reading->bytes, reading->len);
	while (lines_next(&lines, &line)) {
		struct span trimmed = span_trim(line);

		row.line = lines.line;
		if (trimmed.len == 0 || trimmed.at[0] == '#')
			continue;
		row.n = columns_split(&oxidized->columns, line, row.fields);
		read_row(&row);
	}
	if (reading->draft->ndevices > before || reading->left_out != NULL)
		return 0;
	return reading_fault(reading, 0, "no devices are in it");
}
