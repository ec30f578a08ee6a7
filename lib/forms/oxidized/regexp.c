/* Regular expressions of Ruby's in YAML. */
#define PCRE2_CODE_UNIT_WIDTH 8

#include "forms/oxidized/regexp.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#define PATTERN_MAX ((size_t)256)
#define STEPS_MAX 5000
#define HEAP_MAX 64 /* KiB */

struct regexp {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *context;
};

bool regexp_is(const struct node *node)
{
	return node->kind == NODE_TEXT && node->tag != NULL &&
	       strcmp(node->tag, "!ruby/regexp") == 0;
}

/* Ruby's flags; "m" lets the dot match a line's end, "^" always does so. */
static bool read_flags(const char *flags, uint32_t *options)
{
	*options = PCRE2_MULTILINE;
	for (; *flags != '\0'; flags++) {
		switch (*flags) {
		case 'i':
			*options |= PCRE2_CASELESS;
			break;
		case 'm':
			*options |= PCRE2_DOTALL;
			break;
		case 'x':
			*options |= PCRE2_EXTENDED;
			break;
		default:
			return false;
		}
	}
	return true;
}

/* Fill one in: 0, 1 when it is none, -1. */
static int compile(struct regexp *regexp, const char *pattern, size_t len,
		   uint32_t options)
{
	PCRE2_SIZE offset;
	int error;

	regexp->code = pcre2_compile((PCRE2_SPTR)pattern, len, options, &error,
				     &offset, NULL);
	if (regexp->code == NULL)
		return error == PCRE2_ERROR_HEAP_FAILED ? -1 : 1;
	regexp->data = pcre2_match_data_create(1, NULL);
	regexp->context = pcre2_match_context_create(NULL);
	if (regexp->data == NULL || regexp->context == NULL)
		return -1;
	(void)pcre2_set_match_limit(regexp->context, STEPS_MAX);
	(void)pcre2_set_heap_limit(regexp->context, HEAP_MAX);
	return 0;
}

int regexp_new(struct regexp **out, const struct node *node)
{
	const char *text = node->text, *end = strrchr(text, '/');
	struct regexp *regexp;
	uint32_t options;
	int rc;

	if (text[0] != '/' || end == text || node->nul ||
	    (size_t)(end - text) > PATTERN_MAX ||
	    !read_flags(end + 1, &options))
		return 1;
	regexp = calloc(1, sizeof(*regexp));
	if (regexp == NULL)
		return -1;
	rc = compile(regexp, text + 1, (size_t)(end - text - 1), options);
	if (rc == 0)
		*out = regexp;
	else
		regexp_free(regexp);
	return rc;
}

void regexp_free(struct regexp *regexp)
{
	if (regexp == NULL)
		return;
	pcre2_code_free(regexp->code);
	pcre2_match_data_free(regexp->data);
	pcre2_match_context_free(regexp->context);
	free(regexp);
}

bool regexp_find(const struct regexp *regexp, const char *text, size_t len,
		 size_t *start, size_t *end)
{
	const PCRE2_SIZE *found;

	if (pcre2_match(regexp->code, (PCRE2_SPTR)text, len, 0, 0, regexp->data,
			regexp->context) < 0)
		return false;
	found = pcre2_get_ovector_pointer(regexp->data);
	*start = found[0];
	*end = found[1];
	return *start <= *end; /* \K may turn them round */
}
