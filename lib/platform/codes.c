/* Codes: patterns that PCRE2 has compiled. */
#include "platform/codes.h"

#include <stdlib.h>

#include "base/error.h"
#include "platform/platform.h"

/* Steps of one match: a prompt takes dozens, a hostile pattern no end. */
#define MATCH_LIMIT 10000u

int matcher_init(struct matcher *matcher)
{
	matcher->context = pcre2_match_context_create(NULL);
	matcher->data = pcre2_match_data_create(CODES_GROUPS_MAX, NULL);
	if (matcher->context == NULL || matcher->data == NULL)
		return -1;
	(void)pcre2_set_match_limit(matcher->context, MATCH_LIMIT);
	return 0;
}

void matcher_free(struct matcher *matcher)
{
	pcre2_match_data_free(matcher->data);
	pcre2_match_context_free(matcher->context);
}

/* Compile pattern; none leaves *out NULL, which matches nothing. */
int codes_compile(const struct compiling *compiling, pcre2_code **out,
		  const char *pattern)
{
	PCRE2_UCHAR text[128];
	PCRE2_SIZE at;
	int code;

	if (pattern == NULL)
		return 0;
	*out = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
			     PCRE2_DOLLAR_ENDONLY, &code, &at, NULL);
	if (*out != NULL)
		return 0;
	if (compiling->at_fault != NULL)
		*compiling->at_fault = pattern;
	(void)pcre2_get_error_message(code, text, sizeof(text));
	return error_set(
		compiling->err, NF_INVALID, "%s%s%s'%s': %s at character %zu",
		compiling->platform != NULL ? "platform " : compiling->what,
		compiling->platform != NULL ? compiling->platform : "",
		compiling->platform != NULL ? ": pattern " : " ", pattern,
		(char *)text, at);
}

int codes_init(const struct compiling *compiling, struct codes *codes, size_t n)
{
	codes->at = calloc(n > 0 ? n : 1, sizeof(pcre2_code *));
	if (codes->at == NULL)
		return error_set(compiling->err, NF_SYSTEM,
				 "no memory for patterns");
	codes->n = n;
	return 0;
}

void codes_free(struct codes *codes)
{
	for (size_t i = 0; i < codes->n; i++)
		pcre2_code_free(codes->at[i]);
	free(codes->at);
}

bool codes_match(const struct matcher *matcher, const pcre2_code *code,
		 const uint8_t *line, size_t len)
{
	return code != NULL && len > 0 && len <= PATTERNS_LINE_MAX &&
	       pcre2_match(code, line, len, 0, 0, matcher->data,
			   matcher->context) >= 0;
}

/* The number of the first code that matches, or n. */
size_t codes_first(const struct matcher *matcher, const struct codes *codes,
		   const uint8_t *line, size_t len)
{
	size_t i = 0;

	while (i < codes->n && !codes_match(matcher, codes->at[i], line, len))
		i++;
	return i;
}
