/* A definition of scrapli's. */
#include "platform/definition.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "yaml/document.h"
#include "yaml/fault.h"

#define WAY_MAX 128 /* of document_line_at(): the longest has 100 */

/* ---- its schema */

#define OR_NOT (CYAML_FLAG_OPTIONAL | CYAML_FLAG_POINTER_NULL_STR)
#define TEXT(key, type, member, min)                                           \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_DEFAULT, struct type, member,   \
			       min, CYAML_UNLIMITED)
#define TEXT_OR_NOT(key, type, member)                                         \
	CYAML_FIELD_STRING_PTR(key, OR_NOT, struct type, member, 1,            \
			       CYAML_UNLIMITED)
#define LIST(key, flags, type, member, entry)                                  \
	CYAML_FIELD_SEQUENCE(key, flags, struct type, member, entry, 0,        \
			     CYAML_UNLIMITED)
#define PART(key, type, member, fields)                                        \
	CYAML_FIELD_MAPPING_PTR(key, CYAML_FLAG_OPTIONAL, struct type, member, \
				fields)

static const cyaml_schema_value_t text = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, CYAML_UNLIMITED)};

static const cyaml_schema_field_t input_fields[] = {
	TEXT("input", input, text, 0), CYAML_FIELD_END};

static const cyaml_schema_field_t prompted_fields[] = {
	TEXT("input", prompted, input, 0),
	TEXT_OR_NOT("prompt_exact", prompted, exact),
	TEXT_OR_NOT("prompt_pattern", prompted, pattern),
	TEXT("response", prompted, response, 0), CYAML_FIELD_END};

static const cyaml_schema_field_t entering_fields[] = {
	TEXT("requested_mode", entering, mode, 1), CYAML_FIELD_END};

#define SENDING                                                                \
	PART("send_input", instruction, send, input_fields),                   \
		PART("send_prompted_input", instruction, prompted,             \
		     prompted_fields)

/* Instructions of a mode, and those at the begin and end of a session. */
static const cyaml_schema_field_t sending_fields[] = {SENDING, CYAML_FIELD_END};
static const cyaml_schema_field_t doing_fields[] = {
	SENDING, PART("write", instruction, write, input_fields),
	PART("enter_mode", instruction, enter, entering_fields),
	CYAML_FIELD_END};

static const cyaml_schema_value_t sending = {CYAML_VALUE_MAPPING(
	CYAML_FLAG_DEFAULT, struct instruction, sending_fields)};
static const cyaml_schema_value_t doing = {CYAML_VALUE_MAPPING(
	CYAML_FLAG_DEFAULT, struct instruction, doing_fields)};

static const cyaml_schema_field_t access_fields[] = {
	TEXT("name", access, name, 1),
	LIST("instructions", CYAML_FLAG_POINTER, access, instructions,
	     &sending),
	CYAML_FIELD_END};

static const cyaml_schema_value_t access = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct access, access_fields)};

static const cyaml_schema_field_t mode_fields[] = {
	TEXT("name", mode, name, 1),
	TEXT_OR_NOT("prompt_exact", mode, exact),
	TEXT_OR_NOT("prompt_pattern", mode, pattern),
	LIST("prompt_excludes", OR_NOT, mode, excludes, &text),
	LIST("accessible_modes", OR_NOT, mode, accesses, &access),
	CYAML_FIELD_END};

static const cyaml_schema_value_t mode = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct mode, mode_fields)};

static const cyaml_schema_field_t definition_fields[] = {
	TEXT("prompt_pattern", definition, pattern, 1),
	LIST("prompt_excludes", OR_NOT, definition, excludes, &text),
	TEXT("default_mode", definition, mode, 1),
	LIST("modes", CYAML_FLAG_POINTER, definition, modes, &mode),
	LIST("failure_indicators", OR_NOT, definition, failures, &text),
	LIST("on_open_instructions", OR_NOT, definition, on_open, &doing),
	LIST("on_close_instructions", OR_NOT, definition, on_close, &doing),
	TEXT_OR_NOT("force_in_session_auth", definition, force_auth),
	TEXT_OR_NOT("bypass_in_session_auth", definition, bypass_auth),
	TEXT_OR_NOT("ntc_templates_platform", definition, ntc_templates),
	TEXT_OR_NOT("genie_platform", definition, genie),
	CYAML_FIELD_END};

static const cyaml_schema_value_t schema = {CYAML_VALUE_MAPPING(
	CYAML_FLAG_POINTER, struct definition, definition_fields)};

/* ---- what the schema cannot say */

/* A file that is being loaded. */
struct loading {
	const char *bytes;
	size_t len;
	const char *path;
	struct nf_error *err;
};

static size_t line_at(const struct loading *loading, const char *way)
{
	size_t line = document_line_at(loading->bytes, loading->len, way);

	return line > 0 ? line : 1;
}

int definition_pattern(const char *pattern, size_t *place)
{
	static const char flags[] = "(?imn)";
	PCRE2_SIZE at = 0;
	pcre2_code *code;
	char *whole;
	int number = 0;

	if (asprintf(&whole, "%s%s", flags, pattern) == -1)
		return -1;
	code = pcre2_compile((PCRE2_SPTR)whole, PCRE2_ZERO_TERMINATED, 0,
			     &number, &at, NULL);
	free(whole);
	pcre2_code_free(code);
	*place = at > strlen(flags) ? at - strlen(flags) : 0;
	if (code == NULL && number == PCRE2_ERROR_HEAP_FAILED)
		return -1;
	return code != NULL ? 0 : number;
}

static int check_pattern(const struct loading *loading, const char *way,
			 const char *pattern)
{
	PCRE2_UCHAR what[128];
	char key[WAY_MAX];
	size_t at;
	int number = pattern != NULL ? definition_pattern(pattern, &at) : 0;

	if (number == 0)
		return 0;
	if (number == -1)
		return fault_memory(loading->err, loading->path);
	(void)pcre2_get_error_message(number, what, sizeof(what));
	(void)snprintf(key, sizeof(key), "%sprompt_pattern", way);
	return fault(loading->err, loading->path, line_at(loading, key),
		     "prompt_pattern '%.*s': %s at character %zu",
		     fault_shown(pattern), pattern, (char *)what, at);
}

/* Check the prompt at way, of which either pattern or text may be missing. */
static int check_prompt(const struct loading *loading, const char *way,
			const char *exact, const char *pattern)
{
	if (exact == NULL && pattern == NULL)
		return fault(loading->err, loading->path, line_at(loading, way),
			     "needs a prompt_pattern or a prompt_exact");
	return check_pattern(loading, way, pattern);
}

static int check_instructions(const struct loading *loading, const char *list,
			      const struct instruction *instructions,
			      unsigned n)
{
	char way[WAY_MAX];

	for (unsigned i = 0; i < n; i++) {
		const struct instruction *one = &instructions[i];
		const struct prompted *prompted = one->prompted;

		(void)snprintf(way, sizeof(way), "%s/%u", list, i);
		if ((one->send != NULL) + (one->write != NULL) +
			    (prompted != NULL) + (one->enter != NULL) !=
		    1)
			return fault(loading->err, loading->path,
				     line_at(loading, way),
				     "an instruction has exactly one key");
		if (prompted == NULL)
			continue;
		(void)snprintf(way, sizeof(way), "%s/%u/send_prompted_input/",
			       list, i);
		if (check_prompt(loading, way, prompted->exact,
				 prompted->pattern) == -1)
			return -1;
	}
	return 0;
}

static int check_accesses(const struct loading *loading, unsigned number,
			  const struct mode *from)
{
	char way[WAY_MAX];

	for (unsigned i = 0; i < from->accesses_count; i++) {
		(void)snprintf(way, sizeof(way),
			       "modes/%u/accessible_modes/%u/instructions",
			       number, i);
		if (check_instructions(
			    loading, way, from->accesses[i].instructions,
			    from->accesses[i].instructions_count) == -1)
			return -1;
	}
	return 0;
}

const struct mode *definition_mode(const struct definition *definition,
				   const char *name)
{
	for (unsigned i = 0; i < definition->modes_count; i++) {
		if (strcmp(definition->modes[i].name, name) == 0)
			return &definition->modes[i];
	}
	return NULL;
}

static int check_modes(const struct loading *loading,
		       const struct definition *definition)
{
	char way[WAY_MAX];

	if (definition->modes_count == 0)
		return fault(loading->err, loading->path,
			     line_at(loading, "modes"),
			     "modes: needs at least one");
	for (unsigned i = 0; i < definition->modes_count; i++) {
		const struct mode *one = &definition->modes[i];

		(void)snprintf(way, sizeof(way), "modes/%u/", i);
		if (definition_mode(definition, one->name) != one)
			return fault(loading->err, loading->path,
				     line_at(loading, way),
				     "mode '%.*s' is given twice",
				     fault_shown(one->name), one->name);
		if (check_prompt(loading, way, one->exact, one->pattern) ==
			    -1 ||
		    check_accesses(loading, i, one) == -1)
			return -1;
	}
	return 0;
}

/*
 * Modes that default_mode or other modes name need not exist: definitions of
 * scrapli's own name some that do not.
 */
static int check(const struct loading *loading,
		 const struct definition *definition)
{
	if (check_pattern(loading, "", definition->pattern) == -1 ||
	    check_modes(loading, definition) == -1 ||
	    check_instructions(loading, "on_open_instructions",
			       definition->on_open,
			       definition->on_open_count) == -1)
		return -1;
	return check_instructions(loading, "on_close_instructions",
				  definition->on_close,
				  definition->on_close_count);
}

int definition_load(struct definition **out, const char *bytes, size_t len,
		    const char *path, struct nf_error *err)
{
	const struct loading loading = {
		.bytes = bytes, .len = len, .path = path, .err = err};
	void *definition;

	if (document_load(&definition, &schema, bytes, len, path, err) == -1)
		return -1;
	if (check(&loading, definition) == -1) {
		document_free(definition, &schema);
		return -1;
	}
	*out = definition;
	return 0;
}

void definition_free(struct definition *definition)
{
	document_free(definition, &schema);
}
