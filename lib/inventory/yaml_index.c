/* The index of an inventory file, from libyaml's events. */
#include "inventory/yaml_index.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inventory/address.h"
#include "yaml/events.h"
#include "yaml/fault.h"

#define FIRST_ROOM 64

#define SHAPES                                                                 \
	"an inventory is a list of devices, or one key (such as 'routers') "   \
	"that holds such a list"

#define VAULT "$ANSIBLE_VAULT;" /* how a whole file begins */

/* The device whose events are being read. */
struct current {
	uint32_t line[NKEYS]; /* of each key so far, 0: not yet */
	char name[LABEL_MAX]; /* cut, as are the next two, for a label */
	char host[LABEL_MAX];
	char ip[LABEL_MAX];
	size_t fault_line; /* 0: no fault */
	char fault[256]; /* the first: told when the name is known */
};

struct walk {
	struct events events;
	const char *path;
	struct yaml_index *index;
	struct current device;
	struct nf_error *err;
};

static uint32_t line_here(const struct walk *walk)
{
	return (uint32_t)events_line(&walk->events); /* SOURCE_MAX < 2^32 */
}

/* Keep the device's first fault until its name is known. */
static void NF_PRINTF(3, 4)
	hold_fault(struct walk *walk, size_t line, const char *fmt, ...)
{
	struct current *device = &walk->device;
	va_list args;

	if (device->fault_line != 0)
		return;
	device->fault_line = line;
	va_start(args, fmt);
	(void)vsnprintf(device->fault, sizeof(device->fault), fmt, args);
	va_end(args);
}

static void hold_unknown_key(struct walk *walk, const char *name)
{
	const char *meant = key_suggest(name);

	if (meant == NULL)
		hold_fault(walk, line_here(walk), "unknown key '%.*s'",
			   fault_shown(name), name);
	else
		hold_fault(walk, line_here(walk),
			   "unknown key '%.*s': did you mean '%s'?",
			   fault_shown(name), name, meant);
}

/* The key of the current event; NKEYS, with a fault held, when it is none. */
static enum key take_key(struct walk *walk)
{
	uint32_t *line;
	enum key key;

	if (walk->events.event.type != YAML_SCALAR_EVENT) {
		hold_fault(walk, line_here(walk),
			   "a key must be a single word");
		return NKEYS;
	}
	if (events_is_merge(&walk->events)) {
		hold_fault(walk, line_here(walk),
			   "merge keys ('<<') are not supported: write the "
			   "keys out "
			   "in each device");
		return NKEYS;
	}
	key = key_find(events_text(&walk->events));
	if (events_has_nul(&walk->events)) {
		hold_fault(walk, line_here(walk),
			   "a key contains a NUL character");
		return NKEYS;
	}
	if (key == NKEYS) {
		hold_unknown_key(walk, events_text(&walk->events));
		return NKEYS;
	}
	line = &walk->device.line[key];
	if (*line != 0)
		hold_fault(walk, line_here(walk),
			   "key '%s' is given twice, first in line %u",
			   key_name(key), *line);
	*line = line_here(walk);
	return key;
}

static void note_ignored(struct yaml_index *index, enum key key, uint32_t line)
{
	for (size_t i = 0; i < index->nignored; i++) {
		if (index->ignored[i] == key)
			return;
	}
	index->ignored[index->nignored] = key;
	index->ignored_line[index->nignored++] = line;
}

static void copy_shown(char at[LABEL_MAX], const char *text)
{
	(void)snprintf(at, LABEL_MAX, "%.*s", fault_shown(text), text);
}

/* Whether the key is used to log in alone: a value that cannot be meant costs
 * its own device, and no other. */
static bool is_login_key(enum key key)
{
	return key == KEY_USERNAME || key == KEY_PASSWORD ||
	       key == KEY_SECRET || key == KEY_PASSPHRASE;
}

static void note_unfit(struct walk *walk, enum key key, uint32_t line,
		       struct yaml_index_device *out)
{
	bool vault = events_is_vault(&walk->events);
	bool nul = events_has_nul(&walk->events);

	if (is_login_key(key)) {
		out->vaults |= (uint64_t)vault << key; /* key < 64 */
		out->nuls |= (uint64_t)nul << key;
	} else if (vault) {
		hold_fault(walk, line,
			   "%s is a vault value: write what ansible-vault "
			   "decrypts "
			   "it to",
			   key_name(key));
	} else if (nul) {
		hold_fault(walk, line, "%s contains a NUL character",
			   key_name(key));
	}
}

static const char *kind_of_value(const struct walk *walk, enum key key)
{
	if (walk->events.event.type == YAML_SEQUENCE_START_EVENT)
		return key == KEY_LOGIN_ANSWERS
			       ? "list (write one a line, behind a |)"
			       : "list";
	return is_login_key(key)
		       ? "mapping (and {{ ... }} is a placeholder: write the "
			 "value itself)"
		       : "mapping";
}

static void take_value(struct walk *walk, enum key key,
		       struct yaml_index_device *out)
{
	uint32_t line = walk->device.line[key];

	if (events_is_null(&walk->events))
		return;
	if (key >= NKEYS_READ) {
		note_ignored(walk->index, key, line);
		return;
	}
	if (walk->events.event.type != YAML_SCALAR_EVENT) {
		hold_fault(walk, line, "%s must be a single value, not a %s",
			   key_name(key), kind_of_value(walk, key));
		return;
	}
	note_unfit(walk, key, line, out);
	out->key_line[key] = line;
	if (key == KEY_NAME)
		copy_shown(walk->device.name, events_text(&walk->events));
	else if (key == KEY_HOST)
		copy_shown(walk->device.host,
			   address_shown(events_text(&walk->events)));
	else if (key == KEY_IP)
		copy_shown(walk->device.ip,
			   address_shown(events_text(&walk->events)));
}

static int refuse_device(const struct walk *walk)
{
	const struct current *device = &walk->device;
	char label[LABEL_MAX];

	fault_label(label, device->name,
		    device->ip[0] != '\0' ? device->ip : device->host,
		    walk->index->ndevices);
	return fault(walk->err, walk->path, device->fault_line, "%s: %s", label,
		     device->fault);
}

static struct yaml_index_device *grow(struct yaml_index *index)
{
	struct yaml_index_device *devices = index->devices;
	size_t room = index->room;

	if (index->ndevices == room) {
		room = room != 0 ? room * 2 : FIRST_ROOM;
		devices = reallocarray(devices, room, sizeof(*devices));
		if (devices == NULL)
			return NULL;
		index->devices = devices;
		index->room = room;
	}
	devices += index->ndevices++;
	*devices = (struct yaml_index_device){0};
	return devices;
}

static int walk_pair(struct walk *walk, struct yaml_index_device *out)
{
	enum key key = take_key(walk);

	if (events_over(&walk->events) == -1 ||
	    events_next(&walk->events) == -1)
		return -1;
	if (key != NKEYS)
		take_value(walk, key, out);
	return events_over(&walk->events);
}

static int walk_device(struct walk *walk)
{
	struct yaml_index_device *out = grow(walk->index);

	if (out == NULL)
		return fault_memory(walk->err, walk->path);
	walk->device = (struct current){0};
	out->line = line_here(walk);
	if (walk->events.event.type != YAML_MAPPING_START_EVENT)
		return fault(walk->err, walk->path, out->line,
			     "device %zu must be a mapping with keys such as "
			     "'host' and 'device_type'",
			     walk->index->ndevices);
	for (;;) {
		if (events_next(&walk->events) == -1)
			return -1;
		if (walk->events.event.type == YAML_MAPPING_END_EVENT)
			break;
		if (walk_pair(walk, out) == -1)
			return -1;
	}
	return walk->device.fault_line != 0 ? refuse_device(walk) : 0;
}

static int refuse_shape(const struct walk *walk)
{
	if (walk->events.event.type == YAML_SCALAR_EVENT &&
	    strncmp(events_text(&walk->events), VAULT, strlen(VAULT)) == 0)
		return fault(walk->err, walk->path, line_here(walk),
			     "a vault file of Ansible: pipe what ansible-vault "
			     "view makes of it into -i -");
	return fault(walk->err, walk->path, line_here(walk), SHAPES);
}

static int walk_list(struct walk *walk)
{
	size_t line = events_line(&walk->events);

	if (walk->events.event.type != YAML_SEQUENCE_START_EVENT)
		return refuse_shape(walk);
	for (;;) {
		if (events_next(&walk->events) == -1)
			return -1;
		if (walk->events.event.type == YAML_SEQUENCE_END_EVENT)
			break;
		if (walk_device(walk) == -1)
			return -1;
	}
	if (walk->index->ndevices == 0)
		return fault(walk->err, walk->path, line,
			     "the list of devices is empty");
	return 0;
}

static int add_volatile(struct walk *walk)
{
	struct yaml_index *index = walk->index;
	size_t n = index->nvolatile_lines;
	struct yaml_index_pattern *grown =
		reallocarray(index->volatile_lines, n + 1, sizeof(*grown));

	if (grown == NULL)
		return fault_memory(walk->err, walk->path);
	index->volatile_lines = grown;
	grown[n].line = line_here(walk);
	grown[n].text = strdup(events_text(&walk->events));
	if (grown[n].text == NULL)
		return fault_memory(walk->err, walk->path);
	index->nvolatile_lines++;
	return 0;
}

static int walk_volatile(struct walk *walk)
{
	if (walk->index->nvolatile_lines > 0)
		return fault(walk->err, walk->path, line_here(walk),
			     YAML_INDEX_VOLATILE " is given twice");
	if (walk->events.event.type != YAML_SEQUENCE_START_EVENT)
		return fault(walk->err, walk->path, line_here(walk),
			     YAML_INDEX_VOLATILE " must be a list of patterns");
	for (;;) {
		if (events_next(&walk->events) == -1)
			return -1;
		if (walk->events.event.type == YAML_SEQUENCE_END_EVENT)
			return 0;
		if (walk->events.event.type != YAML_SCALAR_EVENT ||
		    events_is_null(&walk->events) ||
		    events_has_nul(&walk->events))
			return fault(walk->err, walk->path, line_here(walk),
				     YAML_INDEX_VOLATILE
				     ": a pattern must be a text");
		if (add_volatile(walk) == -1)
			return -1;
	}
}

/* A key of a mapping and its value: the list of devices, or what is beside. */
static int walk_part(struct walk *walk)
{
	bool beside;

	if (walk->events.event.type != YAML_SCALAR_EVENT ||
	    events_is_merge(&walk->events))
		return refuse_shape(walk);
	beside = strcmp(events_text(&walk->events), YAML_INDEX_VOLATILE) == 0;
	if (!beside && walk->index->key != NULL)
		return refuse_shape(walk);
	if (!beside) {
		walk->index->key = strdup(events_text(&walk->events));
		if (walk->index->key == NULL)
			return fault_memory(walk->err, walk->path);
	}
	if (events_next(&walk->events) == -1)
		return -1;
	return beside ? walk_volatile(walk) : walk_list(walk);
}

static int walk_mapping(struct walk *walk)
{
	for (;;) {
		if (events_next(&walk->events) == -1)
			return -1;
		if (walk->events.event.type == YAML_MAPPING_END_EVENT)
			break;
		if (walk_part(walk) == -1)
			return -1;
	}
	return walk->index->key != NULL ? 0 : refuse_shape(walk);
}

static int walk_top(struct walk *walk)
{
	if (events_is_null(&walk->events))
		return fault(walk->err, walk->path, line_here(walk),
			     "the file is empty: " SHAPES);
	if (walk->events.event.type == YAML_MAPPING_START_EVENT)
		return walk_mapping(walk);
	return walk_list(walk);
}

static int walk_file(struct walk *walk)
{
	if (events_next(&walk->events) == -1 ||
	    events_next(&walk->events) == -1)
		return -1; /* start of stream, start of document */
	if (walk->events.event.type == YAML_STREAM_END_EVENT)
		return fault(walk->err, walk->path, 1,
			     "the file is empty: " SHAPES);
	if (events_next(&walk->events) == -1 || walk_top(walk) == -1 ||
	    events_next(&walk->events) == -1 ||
	    events_next(&walk->events) == -1)
		return -1; /* ..., end of document, end of stream */
	if (walk->events.event.type != YAML_STREAM_END_EVENT)
		return fault(walk->err, walk->path, line_here(walk),
			     "a second document starts: an inventory is one "
			     "document");
	return 0;
}

int yaml_index_read(struct yaml_index *index, const char *bytes, size_t len,
		    const char *path, struct nf_error *err)
{
	struct walk walk = {.path = path, .index = index, .err = err};
	int rc;

	*index = (struct yaml_index){0};
	if (events_init(&walk.events, bytes, len, path, err) == -1)
		return -1;
	walk.events.tolerant = true;
	rc = walk_file(&walk);
	events_release(&walk.events);
	if (rc == -1)
		yaml_index_release(index);
	return rc;
}

void yaml_index_release(struct yaml_index *index)
{
	for (size_t i = 0; i < index->nvolatile_lines; i++)
		free(index->volatile_lines[i].text);
	free(index->volatile_lines);
	free(index->key);
	free(index->devices);
	*index = (struct yaml_index){0};
}
