/* Walking through JSON of our own. */
#include "yaml/json_walk.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char *skip_blanks(const char *json)
{
	return json + strspn(json, " \t\r\n");
}

/* The end of a string that begins here, behind its quote, or of the text. */
static const char *skip_string(const char *json)
{
	for (json++; *json != '\0' && *json != '"'; json++) {
		if (json[0] == '\\' && json[1] != '\0')
			json++;
	}
	return *json == '"' ? json + 1 : json;
}

/* The end of any value. */
static const char *skip_value(const char *json)
{
	size_t depth = 0;

	if (strchr("{[\"", *json) == NULL)
		return json + strcspn(json, ",]} \t\r\n");
	do {
		if (*json == '"') {
			json = skip_string(json);
			continue;
		}
		if (*json == '{' || *json == '[')
			depth++;
		else if (*json == '}' || *json == ']')
			depth--;
		json += *json != '\0';
	} while (depth > 0 && *json != '\0');
	return json;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c != '\0' ? strchr(digits, c | 0x20) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

/* Write the character of \uXXXX, if it is one of ASCII: those are all that have
 * to be written so. */
static size_t take_code(char *out, const char *code)
{
	int high = code[0] == '0' && code[1] == '0' ? hex_digit(code[2]) : -1;
	int low = high >= 0 && high < 8 ? hex_digit(code[3]) : -1;

	if (low == -1)
		return 0;
	*out = (char)(high * 16 + low);
	return 4;
}

/* The text of a string, to be freed; NULL without memory. */
static char *string_text(const char *json, const char *end)
{
	char *text = malloc((size_t)(end - json) + 1), *out = text;

	if (text == NULL)
		return NULL;
	for (json++; json < end && *json != '"'; json++) {
		if (*json == '\\' && json + 1 < end) {
			json++;
			*out = *json;
			if (*json == 'n')
				*out = '\n';
			else if (*json == 't')
				*out = '\t';
			else if (*json == 'u' && end - json > 4)
				json += take_code(out, json + 1);
			out++;
		} else {
			*out++ = *json;
		}
	}
	*out = '\0';
	return text;
}

static void take_scalar(const char *json, json_take *take, void *arg)
{
	const char *end = skip_value(json);
	char *text = *json == '"' ? string_text(json, end)
				  : strndup(json, (size_t)(end - json));

	if (text != NULL && *json != '{' && *json != '[' &&
	    (*json == '"' || strcmp(text, "null") != 0))
		take(arg, text);
	free(text);
}

static void take_list(const char *json, json_take *take, void *arg)
{
	json = skip_blanks(json + 1);
	while (*json != '\0' && *json != ']') {
		if (*json != '{' && *json != '[')
			take_scalar(json, take, arg);
		json = skip_blanks(skip_value(json));
		if (*json != ',')
			return;
		json = skip_blanks(json + 1);
	}
}

/* Is a string the first len bytes of key? */
static bool is_key(const char *json, const char *end, const char *key,
		   size_t len)
{
	char *text = string_text(json, end);
	bool same = text != NULL && strncmp(text, key, len) == 0 &&
		    text[len] == '\0';

	free(text);
	return same;
}

/* Find a key's value in a mapping: NULL where it has none. */
static const char *find_value(const char *json, const char *key, size_t len)
{
	if (*json != '{')
		return NULL;
	json = skip_blanks(json + 1);
	while (*json == '"') {
		const char *end = skip_string(json);
		const char *value = skip_blanks(end);

		if (*value != ':')
			return NULL;
		value = skip_blanks(value + 1);
		if (is_key(json, end, key, len))
			return value;
		json = skip_blanks(skip_value(value));
		if (*json != ',')
			return NULL;
		json = skip_blanks(json + 1);
	}
	return NULL;
}

void json_walk(const char *json, const char *path, json_take *take, void *arg)
{
	json = skip_blanks(json);
	while (*path != '\0') {
		size_t len = strcspn(path, ".");

		json = find_value(json, path, len);
		if (json == NULL)
			return;
		path += len + (path[len] == '.');
	}
	if (*json == '[')
		take_list(json, take, arg);
	else
		take_scalar(json, take, arg);
}
