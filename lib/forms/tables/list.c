/* Lists of hosts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/range.h"
#include "base/strings.h"
#include "base/textmap.h"
#include "draft/address.h"
#include "forms/form.h"
#include "forms/lines.h"
#include "forms/tables/tables.h"
#include "yaml/fault.h"

#define ENTRY_MAX 512 /* bytes of a host with user and port */
#define HOSTS_MAX ((size_t)200 * 1000) /* that ranges of a file stand for */

/* A host that was listed. */
struct listed {
	const char *user; /* of the draft's texts; NULL: none */
	size_t line;
};

/* A list that is being read. */
struct list {
	struct reading *reading;
	size_t line;
	size_t ranged; /* hosts that were in ranges */
	size_t ndevices;
	struct strings strings;
	struct textmap places; /* hosts with ports, their values places in at */
	struct listed *at;
	size_t room;
	size_t ndoubles;
	char first_double[128]; /* the note of it */
	size_t double_line;
};

/* A line, taken apart. Texts are in the buffer of entry_split(). */
struct entry {
	const char *user; /* NULL: none */
	const char *host;
	const char *port; /* NULL: none */
};

/* ---- a line */

/* Leave out the comment: from a '#' on that is the first or behind a blank. */
static struct span without_comment(struct span line)
{
	for (size_t i = 0; i < line.len; i++) {
		if (line.at[i] == '#' &&
		    (i == 0 || line.at[i - 1] == ' ' || line.at[i - 1] == '\t'))
			line.len = i;
	}
	return span_trim(line);
}

/* Split [ADDRESS]:PORT; false: it does not begin so. */
static bool split_brackets(char *text, struct entry *entry)
{
	char *end = text[0] == '[' ? strchr(text, ']') : NULL;
	bool address;

	if (end == NULL || (end[1] != '\0' && end[1] != ':'))
		return false;
	*end = '\0';
	address = strchr(text, ':') != NULL && address_is_numeric(text + 1);
	if (!address) {
		*end = ']';
		return false;
	}
	entry->host = text + 1;
	entry->port = end[1] == ':' ? end + 2 : NULL;
	return true;
}

/* Split HOST:PORT, where it is not an address of IPv6. */
static void split_port(char *text, struct entry *entry)
{
	char *colon = strchr(text, ':');

	entry->host = text;
	entry->port = NULL;
	if (split_brackets(text, entry) || colon == NULL ||
	    address_is_numeric(text) || strchr(colon + 1, ':') != NULL)
		return;
	*colon = '\0';
	entry->port = colon + 1;
}

/* Take a line apart, of which text is a copy. Returns why it is no host, NULL
 * when it is one. */
static const char *split_entry(char *text, struct entry *entry)
{
	char *user = text + strcspn(text, " \t");
	char *at;

	*entry = (struct entry){0};
	if (*user != '\0') {
		*user++ = '\0';
		user += strspn(user, " \t");
		entry->user = user;
	}
	if (entry->user != NULL && strpbrk(entry->user, " \t") != NULL)
		return "it has more than a host and a user: write "
		       "[USER@]HOST[:PORT], one a line";
	at = strrchr(text, '@');
	if (at != NULL && entry->user != NULL)
		return "it names a user twice";
	if (at != NULL) {
		*at = '\0';
		entry->user = text;
		text = at + 1;
	}
	if (entry->user != NULL && strchr(entry->user, ':') != NULL)
		return "it holds a password: a list has none";
	split_port(text, entry);
	return NULL;
}

/* ---- hosts that were there */

static void count_double(struct list *list, const char *host, size_t first)
{
	if (list->ndoubles++ > 0)
		return;
	list->double_line = list->line;
	(void)snprintf(list->first_double, sizeof(list->first_double),
		       "host '%.*s' is there already, in line %zu: it is asked "
		       "once",
		       fault_shown(host), host, first);
}

/* Keep in mind where a host stands; false without memory. */
static bool keep(struct list *list, const char *key, const char *user)
{
	size_t n = list->places.used;

	if (n == list->room) {
		size_t room = n != 0 ? n * 2 : 64;
		struct listed *grown =
			reallocarray(list->at, room, sizeof(*grown));

		if (grown == NULL)
			return false;
		list->at = grown;
		list->room = room;
	}
	key = strings_add(&list->strings, key, strlen(key));
	if (key == NULL || textmap_add(&list->places, key, n) == NULL)
		return false;
	list->at[n] = (struct listed){
		.user = user != NULL ? draft_text(list->reading->draft, user,
						  strlen(user))
				     : NULL,
		.line = list->line};
	return true;
}

/* Was a host there already, for the same user or when none is said now? Of one
 * that was not, keep where it stands. */
static bool is_double(struct list *list, const struct entry *entry,
		      const char *host)
{
	char key[ENTRY_MAX * 2];
	const struct textmap_entry *found;
	const struct listed *first;

	(void)snprintf(key, sizeof(key), "%s %s", host,
		       entry->port != NULL ? entry->port : "");
	found = textmap_find(&list->places, key, strlen(key));
	if (found == NULL || list->at == NULL) {
		list->reading->draft->no_memory |=
			!keep(list, key, entry->user);
		return false;
	}
	first = &list->at[found->value];
	if (entry->user != NULL &&
	    (first->user == NULL || strcmp(first->user, entry->user) != 0))
		return false;
	count_double(list, host, first->line);
	return true;
}

/* ---- devices */

static void add(struct list *list, const char *skip)
{
	struct reading *reading = list->reading;

	(void)draft_add_device(
		reading->draft,
		&(struct draft_device){
			.own = pen_layer(&reading->pen, reading->file),
			.skip = skip,
			.line = (uint32_t)list->line}); /* SOURCE_MAX < 2^32 */
	list->ndevices++;
}

static void add_host(struct list *list, const struct entry *entry,
		     const char *host)
{
	struct pen *pen = &list->reading->pen;

	if (is_double(list, entry, host))
		return;
	pen_say(pen, KEY_HOST, host, list->line, 0);
	if (entry->port != NULL)
		pen_say(pen, KEY_PORT, entry->port, list->line, 0);
	if (entry->user != NULL)
		pen_say(pen, KEY_USERNAME, entry->user, list->line, 0);
	add(list, NULL);
}

/* Add all hosts of a range. A faulty one is a device that cannot be asked. */
static int add_range(struct list *list, const struct entry *entry)
{
	struct reading *reading = list->reading;
	struct range *range;
	struct range_iter iter;
	struct nf_error why = {0};
	char name[RANGE_NAME_MAX];

	if (range_new(&range, entry->host, RANGE_DASH, &why) == -1) {
		if (why.code != NF_INVALID)
			return fault_memory(reading->err, reading->name);
		add(list, reading_skip(reading, list->line, entry->host, "%s",
				       why.message));
		return 0;
	}
	list->ranged += range_count(range);
	if (list->ranged > HOSTS_MAX) {
		range_free(range);
		return reading_fault(reading, list->line,
				     "ranges stand for more than %zu hosts: "
				     "make them smaller, or give several files",
				     HOSTS_MAX);
	}
	range_begin(&iter, range);
	while (range_next(&iter, name))
		add_host(list, entry, name);
	range_free(range);
	return 0;
}

static int read_entry(struct list *list, struct span line)
{
	char text[ENTRY_MAX];
	struct entry entry;
	const char *why = NULL;

	if (line.len >= sizeof(text))
		why = "it is too long for a host";
	else if (!span_is_utf8(line))
		why = "it is no UTF-8";
	if (why == NULL) {
		memcpy(text, line.at, line.len);
		text[line.len] = '\0';
		why = split_entry(text, &entry);
	}
	if (why != NULL) {
		add(list, reading_skip(list->reading, list->line, NULL,
				       "the line is no host: %s", why));
		return 0;
	}
	if (range_is(entry.host, RANGE_DASH))
		return add_range(list, &entry);
	add_host(list, &entry, entry.host);
	return 0;
}

static int read_lines(struct list *list)
{
	const struct reading *reading = list->reading;
	struct lines lines;
	struct span line;

	lines_begin(&lines, reading->bytes, reading->len);
	while (lines_next(&lines, &line)) {
		list->line = lines.line;
		line = without_comment(line);
		if (line.len > 0 && read_entry(list, line) == -1)
			return -1;
	}
	if (list->ndoubles > 1)
		reading_note(reading, list->double_line, "%s (and %zu more)",
			     list->first_double, list->ndoubles - 1);
	else if (list->ndoubles == 1)
		reading_note(reading, list->double_line, "%s",
			     list->first_double);
	if (list->ndevices == 0)
		return reading_fault(reading, 1,
				     "the file is empty: a list has a host a "
				     "line");
	return 0;
}

int list_read(struct reading *reading)
{
	struct list list = {.reading = reading};
	int rc = lines_check_text(reading);

	if (rc == 0)
		rc = read_lines(&list);
	textmap_release(&list.places);
	strings_release(&list.strings);
	free(list.at);
	return rc;
}
