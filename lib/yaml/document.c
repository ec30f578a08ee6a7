/* A YAML document that libcyaml loads by a schema. */
#include "yaml/document.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "yaml/events.h"
#include "yaml/fault.h"

/* What libcyaml says of an error: what it is, and the value it is near to. */
struct complaint {
	char text[256];
	size_t line, column;
};

static void take_line(cyaml_log_t level, void *arg, const char *fmt,
		      va_list args)
{
	static const char start[] = "Load: ";
	struct complaint *complaint = arg;
	char line[256];
	const char *place;

	if (level < CYAML_LOG_ERROR)
		return;
	(void)vsnprintf(line, sizeof(line), fmt, args);
	line[strcspn(line, "\n")] = '\0';
	place = strrchr(line, '(');
	if (complaint->text[0] == '\0')
		(void)snprintf(complaint->text, sizeof(complaint->text), "%s",
			       strncmp(line, start, strlen(start)) == 0
				       ? line + strlen(start)
				       : line);
	else if (complaint->line == 0 && place != NULL)
		(void)sscanf(place, "(line: %zu, column: %zu)",
			     &complaint->line, &complaint->column);
}

static const cyaml_config_t config = {
	.mem_fn = cyaml_mem,
	.log_fn = take_line,
	.log_level = CYAML_LOG_ERROR,
	.flags = CYAML_CFG_NO_ALIAS,
};

/* ---- where */

/* The first scalar that is text behind a place, both counted from 1. */
static size_t find_scalar(const char *bytes, size_t len, const char *text,
			  size_t line, size_t column)
{
	struct events events;
	struct nf_error ignored;
	size_t found = 0;

	if (events_init(&events, bytes, len, "", &ignored) == -1)
		return 0;
	do {
		const yaml_mark_t *mark = &events.event.start_mark;
		bool behind =
			mark->line + 1 > line ||
			(mark->line + 1 == line && mark->column + 1 > column);

		if (behind && events.event.type == YAML_SCALAR_EVENT &&
		    strcmp(events_text(&events), text) == 0)
			found = mark->line + 1;
	} while (found == 0 && events.event.type != YAML_STREAM_END_EVENT &&
		 events_next(&events) == 0);
	events_release(&events);
	return found;
}

size_t document_line(const char *bytes, size_t len, const char *text)
{
	return find_scalar(bytes, len, text, 0, 0);
}

/*
 * The line of an error. Of a key that is unknown or there twice libcyaml names
 * the value before it.
 */
static size_t line_of(const struct complaint *complaint, const char *bytes,
		      size_t len)
{
	static const char *const keys[] = {"Unexpected key: ",
					   "Mapping field already seen: "};
	size_t line = 0;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strncmp(complaint->text, keys[i], strlen(keys[i])) == 0)
			line = find_scalar(bytes, len,
					   complaint->text + strlen(keys[i]),
					   complaint->line, complaint->column);
	}
	if (line == 0)
		line = complaint->line;
	return line > 0 ? line : 1;
}

/* ---- what */

static int check_value(struct events *events)
{
	if (events->event.type == YAML_SCALAR_EVENT && events_is_null(events))
		return fault(events->err, events->path, events_line(events),
			     "an empty value: leave its key out, or put quotes "
			     "around a text that is empty");
	return 0;
}

static int walk(struct events *events)
{
	bool any = false;

	while (events->event.type != YAML_STREAM_END_EVENT) {
		if (events_next(events) == -1 || check_value(events) == -1)
			return -1;
		if (events->event.type == YAML_DOCUMENT_START_EVENT && any)
			return fault(events->err, events->path,
				     events_line(events),
				     "a second document: one is allowed");
		any |= events->event.type == YAML_DOCUMENT_START_EVENT;
	}
	if (!any)
		return fault(events->err, events->path, 1, "the file is empty");
	return 0;
}

static int check(const char *bytes, size_t len, const char *path,
		 struct nf_error *err)
{
	struct events events;
	int rc;

	if (events_init(&events, bytes, len, path, err) == -1)
		return -1;
	rc = walk(&events);
	events_release(&events);
	return rc;
}

int document_load(void **out, const cyaml_schema_value_t *schema,
		  const char *bytes, size_t len, const char *path,
		  struct nf_error *err)
{
	struct complaint complaint = {.line = 0};
	cyaml_config_t own = config;
	cyaml_err_t rc;

	*out = NULL;
	if (check(bytes, len, path, err) == -1)
		return -1;
	own.log_ctx = &complaint;
	rc = cyaml_load_data((const uint8_t *)bytes, len, &own, schema, out,
			     NULL);
	if (rc == CYAML_OK)
		return 0;
	if (rc == CYAML_ERR_OOM)
		return fault_memory(err, path);
	return fault(err, path, line_of(&complaint, bytes, len), "%s",
		     complaint.text[0] != '\0' ? complaint.text
					       : cyaml_strerror(rc));
}

void document_free(void *data, const cyaml_schema_value_t *schema)
{
	cyaml_config_t own = config;

	own.log_level = CYAML_LOG_ERROR;
	(void)cyaml_free(&own, schema, data, 0);
}
