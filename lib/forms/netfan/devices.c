/* The devices of a file in netfan's own form. */
#include <string.h>

#include "base/error.h"
#include "base/range.h"
#include "forms/netfan/parts.h"
#include "yaml/fault.h"

#define DEVICES_MAX 1000000 /* of all files */

/* A device that is being read. */
struct reading_device {
	struct reading *reading;
	struct own_owner owner;
};

static void add(const struct reading_device *at,
		const struct draft_list *groups, const char *skip)
{
	struct reading *reading = at->reading;

	draft_add_device(reading->draft,
			 &(struct draft_device){
				 .own = pen_layer(&reading->pen, reading->file),
				 .groups = groups,
				 .skip = skip,
				 .line = at->owner.name != NULL
						 ? at->owner.name->line
						 : at->owner.node->line});
}

/* ---- a device that stands for many */

/* The texts that say so: a name, an address, or both. */
struct ranges {
	const struct said *name, *address; /* NULL: it is one */
	struct range *names, *addresses;
	size_t n; /* devices */
};

static const struct said *find_range(const struct pen *pen, enum key key)
{
	const struct said *said = pen_said(pen, key);

	return said != NULL && (said->flags & SAID_JSON) == 0 &&
			       range_is(said->text, RANGE_DASH)
		       ? said
		       : NULL;
}

static bool find_ranges(const struct pen *pen, struct ranges *ranges)
{
	*ranges = (struct ranges){.name = find_range(pen, KEY_NAME),
				  .address = find_range(pen, KEY_IP)};
	if (ranges->address == NULL)
		ranges->address = find_range(pen, KEY_HOST);
	return ranges->name != NULL || ranges->address != NULL;
}

static int read_range(struct range **out, const struct said *said, size_t *n,
		      struct nf_error *why)
{
	if (said == NULL)
		return 0;
	if (range_new(out, said->text, RANGE_DASH, why) == -1)
		return -1;
	*n = range_count(*out);
	return 0;
}

/* Read the ranges; -1 with why they cannot be meant. */
static int read_ranges(const struct pen *pen, struct ranges *ranges,
		       struct nf_error *why)
{
	size_t names = 0, addresses = 0;

	if (read_range(&ranges->names, ranges->name, &names, why) == -1 ||
	    read_range(&ranges->addresses, ranges->address, &addresses, why) ==
		    -1)
		return -1;
	ranges->n = names > addresses ? names : addresses;
	if (addresses == 0 && names > 1 &&
	    (pen_said(pen, KEY_HOST) != NULL || pen_said(pen, KEY_IP) != NULL))
		addresses = 1;
	if (names != 0 && addresses != 0 && names != addresses)
		return error_set(why, NF_INVALID,
				 "%zu names, and %zu address%s: give as many "
				 "of both",
				 names, addresses, addresses == 1 ? "" : "es");
	return 0;
}

/* Add all devices of the ranges, which else say what the pen does. */
static void add_each(const struct reading_device *at,
		     const struct ranges *ranges,
		     const struct draft_list *groups, const char *skip)
{
	struct pen *pen = &at->reading->pen;
	const struct layer *base;
	const struct said name = ranges->name != NULL ? *ranges->name
						      : (struct said){0},
			  address = ranges->address != NULL ? *ranges->address
							    : (struct said){0};
	struct range_iter names, addresses;
	char text[RANGE_NAME_MAX];

	base = pen_layer(pen, at->reading->file);
	range_begin(&names, ranges->names);
	range_begin(&addresses, ranges->addresses);
	for (size_t i = 0; i < ranges->n && !pen->draft->no_memory; i++) {
		pen_say_again(pen, base);
		if (name.text != NULL && range_next(&names, text))
			pen_say(pen, KEY_NAME, text, name.line, 0);
		if (address.text != NULL && range_next(&addresses, text))
			pen_say(pen, (enum key)address.what, text, address.line,
				0);
		add(at, groups, skip);
	}
}

static int add_ranges(const struct reading_device *at, struct ranges *ranges,
		      const struct draft_list *groups, const char *skip)
{
	struct reading *reading = at->reading;
	char label[OWN_LABEL_MAX];
	struct nf_error why;
	int rc = 0;

	own_owner_label(&at->owner, label);
	if (read_ranges(&reading->pen, ranges, &why) == -1)
		add(at, groups,
		    reading_skip(reading, at->owner.node->line, NULL, "%s: %s",
				 label, why.message));
	else if (ranges->n > DEVICES_MAX - reading->draft->ndevices)
		rc = reading_fault(reading, at->owner.node->line,
				   "%s: more than %d devices in all", label,
				   DEVICES_MAX);
	else
		add_each(at, ranges, groups, skip);
	range_free(ranges->names);
	range_free(ranges->addresses);
	return rc;
}

/* Add what the pen says: a device, or as many as its ranges stand for. */
static int add_devices(const struct reading_device *at,
		       const struct draft_list *groups, const char *skip)
{
	struct ranges ranges;

	if (find_ranges(&at->reading->pen, &ranges))
		return add_ranges(at, &ranges, groups, skip);
	add(at, groups, skip);
	return 0;
}

/* ---- reading */

static void say_name(const struct reading_device *at)
{
	if (at->owner.name != NULL)
		pen_say(&at->reading->pen, KEY_NAME, at->owner.name->text,
			at->owner.name->line,
			at->owner.name->nul ? SAID_NUL : 0);
}

/* A device that is an address alone. */
static int read_text(const struct reading_device *at)
{
	say_name(at);
	pen_say(&at->reading->pen, KEY_HOST, at->owner.node->text,
		at->owner.node->line, at->owner.node->nul ? SAID_NUL : 0);
	return add_devices(at, NULL, NULL);
}

/* Keep the place of what is no device: its result will tell. */
static int read_odd(const struct reading_device *at)
{
	char label[OWN_LABEL_MAX];

	own_owner_label(&at->owner, label);
	say_name(at);
	add(at, NULL,
	    reading_skip(
		    at->reading, at->owner.node->line, NULL,
		    "%s: a device must be a mapping with keys such as 'host' "
		    "and 'device_type'",
		    label));
	return 0;
}

static int read_map(const struct reading_device *at)
{
	const struct draft_list *groups = NULL;
	struct own_entry entry;
	const char *skip = NULL;

	if (own_entry_say(at->reading, at->owner.node, &at->owner, &entry) ==
	    -1)
		return -1;
	say_name(at);
	if (entry.groups != NULL && !node_is_null(entry.groups)) {
		own_groups_names(at->reading->draft, entry.groups, &groups);
		if (groups == NULL) {
			char label[OWN_LABEL_MAX];

			own_owner_label(&at->owner, label);
			skip = reading_skip(
				at->reading, entry.groups->line, NULL,
				"%s: groups must be a list of names", label);
		}
	}
	return add_devices(at, groups, skip);
}

static int read_device(const struct reading_device *at)
{
	if (at->owner.node->kind == NODE_MAP)
		return read_map(at);
	if (at->owner.node->kind == NODE_TEXT && !node_is_null(at->owner.node))
		return read_text(at);
	return read_odd(at);
}

static int read_next(struct tree_iter *iter, struct reading_device *at)
{
	struct tree_value value;
	int rc = tree_iter_next(iter, &at->owner.name, &value);

	if (rc != 1)
		return rc;
	at->owner.ordinal++;
	if (tree_value_read(&value, &at->owner.node) == -1)
		return -1;
	if (at->owner.name != NULL && at->owner.name->kind != NODE_TEXT)
		return reading_fault(at->reading, at->owner.name->line,
				     "the name of a device must be a single "
				     "word");
	return read_device(at) == -1 ? -1 : 1;
}

int own_devices_read(struct reading *reading, const struct tree_value *value)
{
	struct reading_device at = {.reading = reading};
	size_t line = tree_value_line(value);
	struct tree_iter iter;
	int rc = 1;

	if (tree_value_enter(value, &iter) == -1)
		return -1;
	while (rc == 1) {
		struct tree_mark mark = tree_mark(value->tree);

		rc = read_next(&iter, &at);
		tree_rewind(value->tree, mark);
	}
	if (rc == 0 && at.owner.ordinal == 0)
		return reading_fault(reading, line,
				     "the list of devices is empty");
	return rc;
}
