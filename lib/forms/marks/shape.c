/* The keys of a file, as far as its first events go. */
#include <stdio.h>
#include <string.h>

#include "draft/key.h"
#include "forms/form.h"
#include "forms/marks/parts.h"
#include "yaml/events.h"

#define EVENTS_MAX 4000
#define LEVELS_MAX 40 /* above the depth that events.h allows */

#define SHAPE_TEXT(id, text) text,
static const char *const words[] = {SHAPE_WORDS(SHAPE_TEXT)};
#undef SHAPE_TEXT

/* A list or mapping that is open. */
struct level {
	bool map;
	bool key; /* of a mapping: a key is next */
	enum shape_word word; /* the last key */
};

struct surveying {
	struct shape *shape;
	struct events events;
	struct level levels[LEVELS_MAX];
	unsigned depth;
};

static enum shape_word find_word(const char *text)
{
	unsigned word = 0;

	while (word < WORD_OTHER && strcmp(words[word], text) != 0)
		word++;
	return (enum shape_word)word; /* 0..WORD_OTHER */
}

static bool is_device_key(const char *text)
{
	return key_find(text) != NKEYS || key_alias(text) != NKEYS ||
	       strcmp(text, "hostname") == 0;
}

/* ---- keys and values */

static void see_key(struct surveying *at, const char *text)
{
	struct shape *shape = at->shape;
	enum shape_word word = find_word(text), top = at->levels[0].word;
	uint64_t bit = (uint64_t)1 << word;

	at->levels[at->depth - 1].word = word;
	shape->anywhere |= bit;
	if (!shape->device)
		shape->device = is_device_key(text);
	if (strncmp(text, "ansible_", 8) == 0)
		shape->ansible |= 1u << at->depth; /* below LEVELS_MAX */
	if (at->depth <= 3)
		shape->at[at->depth] |= bit;
	if (at->depth == 2 && at->levels[0].map) {
		shape->under[top] |= bit;
		if ((bit & (BIT(HOSTS) | BIT(CHILDREN) | BIT(VARS))) == 0)
			shape->variables = true;
	}
	if (at->depth == 3 && at->levels[0].map)
		shape->below[top] |= bit;
}

/* See a text that is no key. */
static void see_text(struct surveying *at, const char *text)
{
	struct shape *shape = at->shape;
	enum shape_word top = at->levels[0].word;

	if (at->depth == 0) {
		shape->root = ROOT_TEXT;
	} else if (at->depth == 1) {
		shape->nroot_texts++;
		shape->nblanks += strchr(text, ' ') != NULL;
		if (at->levels[0].map)
			shape->texts |= (uint64_t)1 << top;
	} else if (at->depth == 2 && at->levels[0].map &&
		   top == WORD_INVENTORY && at->levels[1].map &&
		   at->levels[1].word == WORD_PLUGIN) {
		(void)snprintf(shape->plugin, sizeof(shape->plugin), "%s",
			       text);
	}
}

/* See the start of any node; text is NULL for a list, a mapping, an alias. Of a
 * mapping, keys and values take turns. */
static void see_node(struct surveying *at, const char *text)
{
	struct level *level = at->depth > 0 ? &at->levels[at->depth - 1] : NULL;
	bool key = level != NULL && level->map && level->key;

	if (at->depth == 1 && (key || !level->map))
		at->shape->nroot++;
	if (level != NULL && level->map)
		level->key = !level->key;
	if (key) {
		level->word = WORD_OTHER;
		if (text != NULL)
			see_key(at, text);
	} else if (text != NULL) {
		see_text(at, text);
	}
}

static void open_level(struct surveying *at, bool map)
{
	see_node(at, NULL);
	if (at->depth == 0)
		at->shape->root = map ? ROOT_MAP : ROOT_LIST;
	if (at->depth < LEVELS_MAX)
		at->levels[at->depth++] = (struct level){
			.map = map, .key = map, .word = WORD_OTHER};
}

/* ---- events */

/* See an event; false: the document is over. */
static bool see_event(struct surveying *at)
{
	switch (at->events.event.type) {
	case YAML_ALIAS_EVENT:
		see_node(at, NULL);
		return true;
	case YAML_SCALAR_EVENT:
		see_node(at, events_text(&at->events));
		return true;
	case YAML_SEQUENCE_START_EVENT:
		open_level(at, false);
		return true;
	case YAML_MAPPING_START_EVENT:
		open_level(at, true);
		return true;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		at->depth--;
		return true;
	case YAML_DOCUMENT_END_EVENT:
	case YAML_STREAM_END_EVENT:
		return false;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_DOCUMENT_START_EVENT:
		return true;
	}
	return true;
}

void shape_survey(struct shape *shape, const struct reading *reading)
{
	struct surveying at = {.shape = shape};
	struct nf_error err;

	*shape = (struct shape){0};
	if (events_init(&at.events, reading->bytes, reading->len, reading->name,
			&err) == -1) {
		shape->broken = true;
		return;
	}
	at.events.marks = true;
	for (unsigned i = 0;; i++) {
		if (i == EVENTS_MAX ||
		    at.events.event.start_mark.index > MARKS_BYTES) {
			shape->cut = true;
			break;
		}
		if (events_next(&at.events) == -1) {
			shape->broken = true;
			break;
		}
		if (!see_event(&at))
			break;
	}
	events_release(&at.events);
}
