/* RANCID's router.db, and the .cloginrc that goes with it. */
#include "forms/rancid/rancid.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/home.h"
#include "base/textmap.h"
#include "forms/form.h"
#include "forms/lines.h"
#include "forms/rancid/cloginrc.h"
#include "forms/rancid/types.h"
#include "forms/tally.h"
#include "yaml/fault.h"

#define LINE "NAME;TYPE;STATE"
#define FIELD_MAX ((size_t)255)

/* A file that is being read. */
struct file {
	struct reading *reading;
	struct cloginrc logins;
	bool has_logins;
	char separator; /* ';', or ':' */
	struct textmap names; /* that were there */
	struct tally doubles;
	struct tally wayless; /* for which no method is said */
	size_t line;
};

/* A line: name, type, state, comment. Zeroed, they are not there. */
struct entry {
	struct span fields[4];
};

/* ---- lines */

/* Split a line at the first three separators. */
static struct entry split(struct span line, char separator)
{
	struct entry out = {0};

	for (size_t i = 0; i < 4; i++) {
		const char *end =
			i < 3 ? memchr(line.at, separator, line.len) : NULL;
		size_t len = end != NULL ? (size_t)(end - line.at) : line.len;

		out.fields[i] = span_trim((struct span){line.at, len});
		if (end == NULL)
			break;
		line.at = end + 1;
		line.len -= len + 1;
	}
	return out;
}

/* A field as a text; in lower case when it is a name. False when it is too long,
 * or no text. */
static bool field_text(struct span field, bool lower, char out[FIELD_MAX + 1])
{
	if (field.len > FIELD_MAX || !span_is_utf8(field))
		return false;
	for (size_t i = 0; i < field.len; i++) {
		char c = field.at[i];

		out[i] = (char)(lower && c >= 'A' && c <= 'Z' ? c | 0x20 : c);
	}
	out[field.len] = '\0';
	return true;
}

/* ---- devices */

/* The layers of the lines that count for a name. Returns what is wrong with one,
 * NULL: nothing. */
static const char *find_logins(struct file *file, const char *name,
			       struct draft_device *device)
{
	const struct clogin_line *lines[NCLOGIN];
	const void *layers[NCLOGIN];
	const char *skip = NULL;
	size_t n = 0;

	cloginrc_find(&file->logins, name, lines);
	for (unsigned i = 0; i < NCLOGIN; i++) {
		struct reading there = *file->reading;

		if (lines[i] == NULL)
			continue;
		there.name = lines[i]->path;
		if (lines[i]->fault != NULL && skip == NULL)
			skip = reading_skip(&there, lines[i]->line, name,
					    "its login cannot be read: %s",
					    lines[i]->fault);
		if (lines[i]->layer != NULL && lines[i]->layer->n > 0)
			layers[n++] = lines[i]->layer;
	}
	if (file->has_logins && lines[CLOGIN_METHOD] == NULL)
		tally_count(&file->wayless, file->reading, file->line,
			    "no method is said for %s: ssh is taken, where "
			    "clogin would try telnet first",
			    name);
	device->behind = draft_list(file->reading->draft, layers, n);
	return skip;
}

static void add(struct file *file, const struct entry *entry, const char *name,
		const char *type)
{
	struct reading *reading = file->reading;
	struct draft_device device = {.line = (uint32_t)file->line};
	const char *platform = rancid_platform(type);
	char comment[FIELD_MAX + 1];

	pen_say(&reading->pen, KEY_NAME, name, file->line, 0);
	pen_say(&reading->pen, KEY_HOST, name, file->line, 0);
	device.skip = find_logins(file, name, &device);
	if (platform != NULL)
		pen_say(&reading->pen, KEY_DEVICE_TYPE, platform, file->line,
			0);
	else
		device.skip = reading_skip(
			reading, file->line, name,
			"RANCID's type '%.*s' is no platform that is known "
			"here: write the device in netfan's form, with a "
			"device_type (netfan platforms lists all)",
			fault_shown(type), type);
	if (entry->fields[3].len > 0 &&
	    field_text(entry->fields[3], false, comment))
		pen_say_data(&reading->pen, "comment", comment, file->line, 0);
	device.own = pen_layer(&reading->pen, reading->file);
	(void)draft_add_device(reading->draft, &device);
}

/* Keep the place of what is no line of RANCID's: its result will tell. */
static void add_odd(const struct file *file, const char *what)
{
	struct reading *reading = file->reading;

	(void)draft_add_device(
		reading->draft,
		&(struct draft_device){
			.own = pen_layer(&reading->pen, reading->file),
			.skip = reading_skip(reading, file->line, NULL, "%s",
					     what),
			.line = (uint32_t)file->line});
}

/* Remember a name: false, it was there. */
static bool is_first(struct file *file, const char *name)
{
	struct draft *draft = file->reading->draft;

	if (textmap_find(&file->names, name, strlen(name)) != NULL) {
		tally_count(&file->doubles, file->reading, file->line,
			    "%.*s is there a second time: the first line "
			    "counts",
			    fault_shown(name), name);
		return false;
	}
	if (textmap_add(&file->names, draft_text(draft, name, strlen(name)),
			0) == NULL)
		draft->no_memory = true;
	return true;
}

static void read_line(struct file *file, struct span line)
{
	const struct entry entry = split(line, file->separator);
	char name[FIELD_MAX + 1], type[FIELD_MAX + 1];

	if (entry.fields[0].len == 0 || entry.fields[1].len == 0) {
		add_odd(file, "a line of router.db is " LINE);
		return;
	}
	if (!field_text(entry.fields[0], true, name) ||
	    !field_text(entry.fields[1], false, type)) {
		add_odd(file, "a name or a type that is too long, or no UTF-8");
		return;
	}
	if (!is_first(file, name))
		return;
	if (span_is(entry.fields[2], "up"))
		add(file, &entry, name, type);
	else
		reading_leave_out(file->reading, "not up", name);
}

/* Before RANCID 3 the separator was a ':'. */
static char find_separator(struct span line)
{
	return memchr(line.at, ';', line.len) == NULL &&
			       memchr(line.at, ':', line.len) != NULL
		       ? ':'
		       : ';';
}

static int read_lines(struct file *file)
{
	struct lines lines;
	struct span line;

	lines_begin(&lines, file->reading->bytes, file->reading->len);
	while (lines_next(&lines, &line)) {
		line = span_trim(line);
		file->line = lines.line;
		if (line.len == 0 || line.at[0] == '#' || line.at[0] == ';')
			continue;
		if (file->separator == '\0')
			file->separator = find_separator(line);
		read_line(file, line);
	}
	if (file->separator != '\0')
		return 0;
	return reading_fault(file->reading, 0,
			     "no devices: a line of router.db is " LINE);
}

/* ---- .cloginrc */

/* The path of .cloginrc for reading_open(), to be freed; NULL: there is none. */
static char *find_cloginrc(const struct reading *reading)
{
	static const char name[] = ".cloginrc";
	const char *told = getenv("CLOGINRC");
	char *beside = reading_beside(reading, name);
	bool there = beside != NULL && access(beside, F_OK) == 0;
	char *path = NULL;

	free(beside);
	if (there)
		return strdup(name);
	if (told != NULL && told[0] != '\0')
		path = realpath(told, NULL);
	else
		path = home_path(name);
	if (path != NULL && access(path, F_OK) == 0)
		return path;
	free(path);
	return NULL;
}

static int read_cloginrc(struct file *file)
{
	char *path = find_cloginrc(file->reading);
	struct reading other;
	int rc;

	if (path == NULL) {
		reading_note(file->reading, 0,
			     "no .cloginrc is beside it, or in the home: its "
			     "devices have no user and no password");
		return 0;
	}
	rc = reading_open(file->reading, path, false, &other);
	free(path);
	if (rc == -1)
		return -1;
	file->has_logins = true;
	rc = cloginrc_read(&file->logins, &other);
	reading_close(&other);
	return rc;
}

int rancid_read(struct reading *reading)
{
	struct file file = {.reading = reading,
			    .logins = {.draft = reading->draft}};
	int rc = lines_check_text(reading);

	if (rc == 0)
		rc = read_cloginrc(&file);
	if (rc == 0)
		rc = read_lines(&file);
	cloginrc_end(&file.logins, reading);
	if (rc == 0) {
		tally_tell(&file.doubles, reading);
		tally_tell(&file.wayless, reading);
	}
	textmap_release(&file.names);
	return rc;
}
