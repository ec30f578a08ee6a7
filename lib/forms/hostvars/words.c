/* Words of a line, as Python's shlex has them. */
#include "forms/hostvars/words.h"

#include <stdbool.h>
#include <string.h>

#define BLANKS " \t\r\n"

/* Copy what stands between quotes; *at is behind the first. */
static int take_quoted(const char **at, char quote, char **out)
{
	const char *text = *at;

	while (*text != quote) {
		if (*text == '\0')
			return -1;
		if (quote == '"' && *text == '\\') {
			if (text[1] == '\0')
				return -2;
			if (text[1] == quote || text[1] == '\\')
				text++;
		}
		*(*out)++ = *text++;
	}
	*at = text + 1;
	return 0;
}

/* Copy one character, or a quoted part. */
static int take_part(const char **at, char **out)
{
	char c = *(*at)++;

	if (c == '\'' || c == '"')
		return take_quoted(at, c, out);
	if (c == '\\') {
		c = *(*at)++;
		if (c == '\0')
			return -2;
	}
	*(*out)++ = c;
	return 0;
}

int words_next(const char **text, char *out)
{
	const char *at = *text + strspn(*text, BLANKS);

	if (*at == '\0' || *at == '#')
		return 0;
	while (*at != '\0' && *at != '#' && strchr(BLANKS, *at) == NULL) {
		int rc = take_part(&at, &out);

		if (rc != 0)
			return rc;
	}
	*out = '\0';
	/* A comment may begin inside of a word, and ends the line. */
	*text = *at == '#' ? at + strlen(at) : at;
	return 1;
}
