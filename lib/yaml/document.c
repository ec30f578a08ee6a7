/* A YAML document that libcyaml loads by a schema. */
#include "yaml/document.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "yaml/events.h"
#include "yaml/fault.h"

#define KEYS_MAX 64 /* of one mapping: the bits of a set */

/* No log: libcyaml's messages are not for users, and check() has found every
 * mistake before. */
static const cyaml_config_t config = {
	.mem_fn = cyaml_mem,
	.flags = CYAML_CFG_NO_ALIAS,
};

/* ---- checks by the schema */

/* A value in a message: of a key, or an entry of its list. */
struct subject {
	const char *key; /* NULL: the whole document */
	bool entry;
};

static int refuse(const struct events *events, const struct subject *subject,
		  const char *what, const char *found)
{
	if (subject->key == NULL)
		return fault(events->err, events->path, events_line(events),
			     "the file %s%s", what, found);
	return fault(events->err, events->path, events_line(events),
		     "%s'%s' %s%s", subject->entry ? "an entry of " : "",
		     subject->key, what, found);
}

/* Refuse a value of the wrong kind, and name the kind that was found. */
static int refuse_kind(const struct events *events,
		       const struct subject *subject, const char *what)
{
	if (events->event.type == YAML_SEQUENCE_START_EVENT)
		return refuse(events, subject, what, ", not a list");
	if (events->event.type == YAML_MAPPING_START_EVENT)
		return refuse(events, subject, what, ", not a mapping");
	return refuse(events, subject, what, ", not a text");
}

static int refuse_key(const struct events *events,
		      const cyaml_schema_field_t *fields)
{
	const char *names[KEYS_MAX + 1] = {NULL}, *near;
	const char *key = events_text(events);

	for (size_t i = 0; fields[i].key != NULL; i++)
		names[i] = fields[i].key;
	near = nf_nearest(key, names);
	if (near == NULL)
		return fault(events->err, events->path, events_line(events),
			     "unknown key '%.*s'", fault_shown(key), key);
	return fault(events->err, events->path, events_line(events),
		     "unknown key '%.*s': did you mean '%s'?", fault_shown(key),
		     key, near);
}

/* The place of the key at hand among the fields, noted in the set seen. */
static int take_key(const struct events *events,
		    const cyaml_schema_field_t *fields, uint64_t *seen,
		    size_t *place)
{
	size_t i = 0;

	if (events->event.type != YAML_SCALAR_EVENT)
		return fault(events->err, events->path, events_line(events),
			     "a key must be a single word");
	while (fields[i].key != NULL &&
	       strcmp(fields[i].key, events_text(events)) != 0)
		i++;
	if (fields[i].key == NULL)
		return refuse_key(events, fields);
	assert(i < KEYS_MAX);
	if ((*seen & UINT64_C(1) << i) != 0)
		return fault(events->err, events->path, events_line(events),
			     "key '%s' is given twice", fields[i].key);
	*seen |= UINT64_C(1) << i;
	*place = i;
	return 0;
}

static int check_missing(const struct events *events,
			 const cyaml_schema_field_t *fields, uint64_t seen,
			 size_t line)
{
	for (size_t i = 0; fields[i].key != NULL; i++) {
		if ((fields[i].value.flags & CYAML_FLAG_OPTIONAL) == 0 &&
		    (seen & UINT64_C(1) << i) == 0)
			return fault(events->err, events->path, line,
				     "key '%s' is missing", fields[i].key);
	}
	return 0;
}

static int check_value(struct events *events,
		       const cyaml_schema_value_t *schema,
		       const struct subject *subject);

static int check_mapping(struct events *events,
			 const cyaml_schema_field_t *fields,
			 const struct subject *subject)
{
	size_t line = events_line(events), i = 0;
	uint64_t seen = 0;

	if (events->event.type != YAML_MAPPING_START_EVENT)
		return refuse_kind(events, subject,
				   "has to be a mapping (key: value)");
	for (;;) {
		if (events_next(events) == -1)
			return -1;
		if (events->event.type == YAML_MAPPING_END_EVENT)
			return check_missing(events, fields, seen, line);
		if (take_key(events, fields, &seen, &i) == -1 ||
		    events_next(events) == -1 ||
		    check_value(events, &fields[i].value,
				&(struct subject){.key = fields[i].key}) == -1)
			return -1;
	}
}

static int check_sequence(struct events *events,
			  const cyaml_schema_value_t *entry,
			  const struct subject *subject)
{
	if (events->event.type != YAML_SEQUENCE_START_EVENT)
		return refuse_kind(events, subject, "has to be a list");
	for (;;) {
		if (events_next(events) == -1)
			return -1;
		if (events->event.type == YAML_SEQUENCE_END_EVENT)
			return 0;
		if (check_value(events, entry,
				&(struct subject){.key = subject->key,
						  .entry = true}) == -1)
			return -1;
	}
}

/*
 * Check a value, no deeper than the schema, which is not recursive. libcyaml
 * checks it, too, but its errors name the value before, and its own states.
 */
static int check_value(struct events *events,
		       const cyaml_schema_value_t *schema,
		       const struct subject *subject)
{
	if (schema->type == CYAML_IGNORE)
		return events_over(events);
	if (events->event.type == YAML_SCALAR_EVENT && events_is_null(events)) {
		if ((schema->flags & CYAML_FLAG_POINTER_NULL) ==
		    CYAML_FLAG_POINTER_NULL)
			return 0;
		return refuse(events, subject,
			      "is empty: leave it out, or put quotes around a "
			      "text that is empty",
			      "");
	}
	if (schema->type == CYAML_MAPPING)
		return check_mapping(events, schema->mapping.fields, subject);
	if (schema->type == CYAML_SEQUENCE)
		return check_sequence(events, schema->sequence.entry, subject);
	if (events->event.type != YAML_SCALAR_EVENT)
		return refuse_kind(events, subject, "has to be a text");
	if (schema->string.min > 0 && *events_text(events) == '\0')
		return refuse(events, subject, "may not be an empty text", "");
	return 0;
}

/* Go on to the root of the document: 1 when there is one, and it is no null. */
static int find_root(struct events *events)
{
	do {
		if (events_next(events) == -1)
			return -1;
	} while (events->event.type == YAML_STREAM_START_EVENT ||
		 events->event.type == YAML_DOCUMENT_START_EVENT);
	return events->event.type != YAML_STREAM_END_EVENT &&
	       (events->event.type != YAML_SCALAR_EVENT ||
		!events_is_null(events));
}

static int check_document(struct events *events,
			  const cyaml_schema_value_t *schema)
{
	int rc = find_root(events);

	if (rc == -1)
		return -1;
	if (rc == 0)
		return fault(events->err, events->path, 1, "the file is empty");
	if (check_value(events, schema, &(struct subject){.key = NULL}) == -1 ||
	    events_next(events) == -1 || events_next(events) == -1)
		return -1;
	if (events->event.type != YAML_STREAM_END_EVENT)
		return fault(events->err, events->path, events_line(events),
			     "a second document: one is allowed");
	return 0;
}

static int check(const cyaml_schema_value_t *schema, const char *bytes,
		 size_t len, const char *path, struct nf_error *err)
{
	struct events events;
	int rc;

	if (len > DOCUMENT_MAX)
		return fault(err, path, 1, "the file is larger than %zu bytes",
			     DOCUMENT_MAX);
	if (events_init(&events, bytes, len, path, err) == -1)
		return -1;
	rc = check_document(&events, schema);
	events_release(&events);
	return rc;
}

int document_load(void **out, const cyaml_schema_value_t *schema,
		  const char *bytes, size_t len, const char *path,
		  struct nf_error *err)
{
	cyaml_err_t rc;

	*out = NULL;
	if (check(schema, bytes, len, path, err) == -1)
		return -1;
	rc = cyaml_load_data((const uint8_t *)bytes, len, &config, schema, out,
			     NULL);
	if (rc == CYAML_OK)
		return 0;
	/* check() has parsed it: libyaml can only lack memory by now. */
	if (rc == CYAML_ERR_OOM || rc == CYAML_ERR_LIBYAML_PARSER_INIT ||
	    rc == CYAML_ERR_LIBYAML_PARSER)
		return fault_memory(err, path);
	return fault(err, path, 1, "%s", cyaml_strerror(rc));
}

void document_free(void *data, const cyaml_schema_value_t *schema)
{
	(void)cyaml_free(&config, schema, data, 0);
}

/* ---- lines */

size_t document_line(const char *bytes, size_t len, const char *text)
{
	struct events events;
	struct nf_error ignored;
	size_t found = 0;

	if (events_init(&events, bytes, len, "", &ignored) == -1)
		return 0;
	do {
		if (events.event.type == YAML_SCALAR_EVENT &&
		    strcmp(events_text(&events), text) == 0)
			found = events_line(&events);
	} while (found == 0 && events.event.type != YAML_STREAM_END_EVENT &&
		 events_next(&events) == 0);
	events_release(&events);
	return found;
}

/* From the start of a mapping to the value of a key: 1 when there is one. */
static int find_key(struct events *events, const char *key, size_t len)
{
	for (;;) {
		bool found;

		if (events_next(events) == -1 ||
		    events->event.type != YAML_SCALAR_EVENT)
			return 0;
		found = strncmp(events_text(events), key, len) == 0 &&
			events_text(events)[len] == '\0';
		if (events_next(events) == -1)
			return 0;
		if (found)
			return 1;
		if (events_over(events) == -1)
			return 0;
	}
}

/* From the start of a list to its entry n: 1 when there is one. */
static int find_entry(struct events *events, unsigned long n)
{
	for (;;) {
		if (events_next(events) == -1 ||
		    events->event.type == YAML_SEQUENCE_END_EVENT)
			return 0;
		if (n-- == 0)
			return 1;
		if (events_over(events) == -1)
			return 0;
	}
}

static int find_step(struct events *events, const char *step, size_t len)
{
	if (events->event.type == YAML_MAPPING_START_EVENT)
		return find_key(events, step, len);
	if (events->event.type == YAML_SEQUENCE_START_EVENT)
		return find_entry(events, strtoul(step, NULL, 10));
	return 0;
}

size_t document_line_at(const char *bytes, size_t len, const char *way)
{
	struct events events;
	struct nf_error ignored;
	size_t line = 0;
	int found;

	if (events_init(&events, bytes, len, "", &ignored) == -1)
		return 0;
	found = find_root(&events);
	while (found == 1 && *way != '\0') {
		size_t step = strcspn(way, "/");

		found = find_step(&events, way, step);
		way += step + (way[step] == '/');
	}
	if (found == 1)
		line = events_line(&events);
	events_release(&events);
	return line;
}
