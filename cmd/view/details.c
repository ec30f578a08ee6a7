/* All values of devices, with where they stand. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/columns.h"
#include "format/escape.h"
#include "format/fold.h"
#include "tell.h"
#include "view/view.h"

#define INDENT 2
#define TEXT_MAX 4096 /* bytes that are shown of a value */
#define TEXT_WIDEST 40 /* a value that is longer has its place below it */

struct detail {
	char *key, *text, *where; /* made harmless */
};

struct details {
	const struct view *view;
	struct detail *at;
	size_t n, room;
	size_t device;
	bool port, username, transport; /* they were given */
	bool implied; /* what was not is told */
	bool no_memory;
};

static void details_release(struct details *details)
{
	for (size_t i = 0; i < details->n; i++) {
		free(details->at[i].key);
		free(details->at[i].text);
		free(details->at[i].where);
	}
	free(details->at);
}

/* A copy of a text, made harmless, and cut off where it is too long to be read;
 * NULL without memory. */
static char *harmless_copy(const char *text)
{
	char harmless[4 * TEXT_MAX + 1]; /* \xNN a byte */
	size_t len = strlen(text);
	char *copy;

	if (len <= TEXT_MAX) {
		escape_copy(harmless, sizeof(harmless), ESCAPE_LINE, text);
		return strdup(harmless);
	}
	copy = strndup(text, TEXT_MAX);
	if (copy == NULL)
		return NULL;
	escape_copy(harmless, sizeof(harmless), ESCAPE_LINE, copy);
	free(copy);
	return asprintf(&copy, "%s... (%zu bytes)", harmless, len) != -1 ? copy
									 : NULL;
}

static bool make_room(struct details *details)
{
	size_t room = details->room != 0 ? details->room * 2 : 64;
	struct detail *grown;

	if (details->n < details->room)
		return true;
	grown = reallocarray(details->at, room, sizeof(*grown));
	if (grown == NULL)
		return false;
	details->at = grown;
	details->room = room;
	return true;
}

static void add(struct details *details, const char *key, const char *text,
		const char *where)
{
	struct detail detail;

	if (!make_room(details)) {
		details->no_memory = true;
		return;
	}
	detail = (struct detail){harmless_copy(key), harmless_copy(text),
				 harmless_copy(where)};
	details->no_memory |= detail.key == NULL || detail.text == NULL ||
			      detail.where == NULL;
	details->at[details->n++] = detail;
}

/* ---- what is told */

/* Tell what holds without anybody having said it. */
static void add_implied(struct details *details)
{
	static const char implied[] = "by default";
	const struct nf_inventory *inv = details->view->inv;
	const struct nf_device *dev = nf_inventory_device(inv, details->device);
	struct nf_description description;
	char port[16];

	if (details->implied)
		return;
	details->implied = true;
	nf_inventory_describe(inv, details->device, &description);
	(void)snprintf(port, sizeof(port), "%u", (unsigned)dev->port);
	if (!details->port)
		add(details, "port", port, implied);
	if (!details->username && dev->username != NULL)
		add(details, "username", dev->username, "who runs the program");
	if (!details->transport)
		add(details, "transport", description.transport, implied);
}

static void note_key(struct details *details, const char *key)
{
	details->port |= strcmp(key, "port") == 0;
	details->username |= strcmp(key, "username") == 0;
	details->transport |= strcmp(key, "transport") == 0;
}

static void take_value(void *arg, const struct nf_value *value)
{
	struct details *details = arg;
	char key[512], where[1024], of[512] = "";

	if (value->data)
		add_implied(details); /* data comes behind all others */
	else
		note_key(details, value->key);
	(void)snprintf(key, sizeof(key), "%s%s", value->data ? "data." : "",
		       value->key);
	if (value->origin == NF_ORIGIN_GROUP)
		(void)snprintf(of, sizeof(of), ", group %s", value->group);
	else if (value->origin == NF_ORIGIN_DEFAULTS)
		(void)snprintf(of, sizeof(of), ", defaults");
	if (value->file != NULL)
		(void)snprintf(where, sizeof(where), "%s:%zu%s", value->file,
			       value->line, of);
	else
		(void)snprintf(where, sizeof(where), "an option");
	add(details, key, value->text, where);
}

static void add_groups(struct details *details)
{
	const struct nf_inventory *inv = details->view->inv;
	size_t none = nf_inventory_ngroups(inv), g;

	for (size_t k = 0;
	     (g = nf_inventory_group_of(inv, details->device, k)) != none;
	     k++) {
		struct nf_group group;
		char where[1024] = "";

		nf_inventory_group(inv, g, &group);
		if (group.file != NULL)
			(void)snprintf(where, sizeof(where), "%s:%zu",
				       group.file, group.line);
		add(details, "group", group.name, where);
	}
}

/* ---- printing */

static void print_detail(const struct detail *detail, unsigned keys,
			 unsigned texts)
{
	unsigned here = INDENT + fold_width(detail->key);

	(void)printf("%*s%s", INDENT, "", detail->key);
	columns_go_to(stdout, &here, COLUMN_GAP, INDENT + keys + COLUMN_GAP);
	(void)fputs(detail->text, stdout);
	here += fold_width(detail->text);
	if (detail->where[0] != '\0') {
		columns_go_to(stdout, &here, COLUMN_GAP,
			      INDENT + keys + texts + 2 * COLUMN_GAP);
		(void)fputs(detail->where, stdout);
	}
	(void)fputc('\n', stdout);
}

static void print_details(const struct details *details)
{
	unsigned keys = 0, texts = 0;

	for (size_t k = 0; k < details->n; k++) {
		unsigned key = fold_width(details->at[k].key);
		unsigned text = fold_width(details->at[k].text);

		if (key > keys)
			keys = key;
		if (text > texts && text <= TEXT_WIDEST)
			texts = text;
	}
	for (size_t k = 0; k < details->n; k++)
		print_detail(&details->at[k], keys, texts);
}

static void print_title(const struct view *view, size_t i)
{
	const struct nf_device *dev = nf_inventory_device(view->inv, i);
	struct nf_description description;
	char harmless[1024];

	escape_copy(harmless, sizeof(harmless), ESCAPE_LINE, dev->name);
	(void)printf("%s%s\n", i > 0 ? "\n" : "", harmless);
	nf_inventory_describe(view->inv, i, &description);
	if (description.skip == NULL)
		return;
	escape_copy(harmless, sizeof(harmless), ESCAPE_LINE, description.skip);
	(void)printf("%*sskipped: %s\n", INDENT, "", harmless);
}

static int print_device(const struct view *view, size_t i)
{
	struct details details = {.view = view, .device = i};
	struct nf_error err;
	int rc = nf_inventory_values(view->inv, i, view->secrets, take_value,
				     &details, &err);

	if (rc == 0) {
		add_implied(&details);
		add_groups(&details);
	}
	if (rc == -1 || details.no_memory) {
		details_release(&details);
		return tell_no_memory();
	}
	print_title(view, i);
	print_details(&details);
	details_release(&details);
	return 0;
}

int view_details(const struct view *view)
{
	for (size_t i = 0; i < nf_inventory_size(view->inv); i++) {
		if (print_device(view, i) == -1)
			return -1;
	}
	return 0;
}
