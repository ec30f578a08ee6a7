/* The YAML events of a file, refusing what none of ours needs. */
#include "yaml/events.h"

#include <string.h>

#include "yaml/fault.h"

#define DEPTH_MAX 32

static size_t line_of(const char *bytes, size_t offset)
{
	size_t line = 1;

	for (size_t i = 0; i < offset; i++)
		line += bytes[i] == '\n';
	return line;
}

/* Advice for the errors that say little about their usual cause. */
static const char *advice(const char *problem)
{
	if (strcmp(problem, "found character that cannot start any token") == 0)
		return ": indent with spaces, put quotes around a value that "
		       "starts with a special character";
	if (strcmp(problem, "mapping values are not allowed in this context") ==
	    0)
		return ": check the indentation, put quotes around a value "
		       "that contains ': '";
	return "";
}

static int fault_syntax(const struct events *events)
{
	const yaml_parser_t *parser = &events->parser;
	size_t line = parser->problem_mark.line + 1;
	size_t offset = parser->problem_offset;

	if (parser->error == YAML_MEMORY_ERROR || parser->problem == NULL)
		return fault_memory(events->err, events->path);
	if (parser->error == YAML_READER_ERROR) {
		offset = offset < events->len ? offset : events->len;
		line = line_of(events->bytes, offset);
		return fault(events->err, events->path, line,
			     "%s: the file must be UTF-8 text",
			     parser->problem);
	}
	if (parser->context == NULL)
		return fault(events->err, events->path, line, "%s%s",
			     parser->problem, advice(parser->problem));
	return fault(events->err, events->path, line,
		     "%s%s (%s from line %zu on)", parser->problem,
		     advice(parser->problem), parser->context,
		     parser->context_mark.line + 1);
}

static int refuse_alias(const struct events *events)
{
	return fault(events->err, events->path, events_line(events),
		     "anchors and aliases are not supported: write the keys "
		     "out in each device, put quotes around a value that "
		     "starts with '&' or '*'");
}

/* In quotes a vault value would be a wrong password. */
static int refuse_tag(const struct events *events)
{
	return fault(events->err, events->path, events_line(events), "%s",
		     events_is_vault(events)
			     ? "vault values cannot be read: write what "
			       "ansible-vault decrypts it to"
			     : "tags are not supported: put quotes around a "
			       "value that starts with '!'");
}

static int check_marks(const struct events *events, const yaml_char_t *anchor,
		       const yaml_char_t *tag)
{
	if (events->marks)
		return 0;
	if (anchor != NULL)
		return refuse_alias(events);
	if (tag != NULL)
		return refuse_tag(events);
	return 0;
}

static int check_scalar(const struct events *events)
{
	const yaml_event_t *event = &events->event;

	if (!events->marks && events_has_nul(events))
		return fault(events->err, events->path, events_line(events),
			     "a value contains a NUL character");
	return check_marks(events, event->data.scalar.anchor,
			   event->data.scalar.tag);
}

/* Before libyaml, whose time grows with the square of the depth, gets deep. */
static int enter(struct events *events)
{
	if (++events->depth > DEPTH_MAX)
		return fault(events->err, events->path, events_line(events),
			     "nested deeper than %d levels", DEPTH_MAX);
	return 0;
}

/* Refuse events that are wrong wherever they stand. */
static int check_event(struct events *events)
{
	const yaml_event_t *event = &events->event;

	switch (event->type) {
	case YAML_ALIAS_EVENT:
		return events->marks ? 0 : refuse_alias(events);
	case YAML_SCALAR_EVENT:
		return check_scalar(events);
	case YAML_SEQUENCE_START_EVENT:
		if (check_marks(events, event->data.sequence_start.anchor,
				event->data.sequence_start.tag) == -1)
			return -1;
		return enter(events);
	case YAML_MAPPING_START_EVENT:
		if (check_marks(events, event->data.mapping_start.anchor,
				event->data.mapping_start.tag) == -1)
			return -1;
		return enter(events);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		events->depth--;
		return 0;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		return 0;
	}
	return 0;
}

static bool is_plain(const struct events *events, const char *text)
{
	const yaml_event_t *event = &events->event;

	return event->type == YAML_SCALAR_EVENT &&
	       event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	       strcmp((const char *)event->data.scalar.value, text) == 0;
}

int events_init(struct events *events, const char *bytes, size_t len,
		const char *path, struct nf_error *err)
{
	const char *nul = memchr(bytes, '\0', len);

	*events = (struct events){
		.bytes = bytes, .len = len, .path = path, .err = err};
	if (nul != NULL)
		return fault(err, path, line_of(bytes, (size_t)(nul - bytes)),
			     "a NUL byte: the file must be UTF-8 text");
	if (!yaml_parser_initialize(&events->parser))
		return fault_memory(err, path);
	yaml_parser_set_input_string(&events->parser,
				     (const yaml_char_t *)bytes, len);
	return 0;
}

void events_release(struct events *events)
{
	yaml_event_delete(&events->event);
	yaml_parser_delete(&events->parser);
}

int events_next(struct events *events)
{
	yaml_event_delete(&events->event);
	if (!yaml_parser_parse(&events->parser, &events->event))
		return fault_syntax(events);
	return check_event(events);
}

int events_over(struct events *events)
{
	unsigned depth = events->depth;

	if (events->event.type == YAML_SCALAR_EVENT ||
	    events->event.type == YAML_ALIAS_EVENT)
		return 0;
	while (events->depth >= depth) {
		if (events_next(events) == -1)
			return -1;
	}
	return 0;
}

size_t events_line(const struct events *events)
{
	return events->event.start_mark.line + 1;
}

const char *events_text(const struct events *events)
{
	return (const char *)events->event.data.scalar.value;
}

bool events_is_null(const struct events *events)
{
	static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};

	for (size_t i = 0; i < sizeof(nulls) / sizeof(nulls[0]); i++) {
		if (is_plain(events, nulls[i]))
			return true;
	}
	return false;
}

bool events_is_merge(const struct events *events)
{
	return is_plain(events, "<<");
}

bool events_is_vault(const struct events *events)
{
	const yaml_event_t *event = &events->event;
	const char *tag;

	if (event->type != YAML_SCALAR_EVENT)
		return false;
	tag = (const char *)event->data.scalar.tag;
	return tag != NULL && (strcmp(tag, "!vault") == 0 ||
			       strcmp(tag, "!vault-encrypted") == 0);
}

bool events_has_nul(const struct events *events)
{
	const yaml_event_t *event = &events->event;

	return event->type == YAML_SCALAR_EVENT &&
	       strlen((const char *)event->data.scalar.value) !=
		       event->data.scalar.length;
}
