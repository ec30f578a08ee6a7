/* The lines that a device takes behind a command. */
#include "exchange/lines.h"

#include <string.h>

#include "platform/readonly.h"

#define ANNOUNCEMENT_MAX 1024 /* bytes, with what else comes before it */
#define ANNOUNCEMENT_LINES 3 /* the last ones, of which one has to tell */

static size_t trimmed(const uint8_t *bytes, size_t len)
{
	while (len > 0 && (bytes[len - 1] == ' ' || bytes[len - 1] == '\n'))
		len--;
	return len;
}

/* Where the last line of len bytes begins. */
static size_t last_line(const uint8_t *bytes, size_t len)
{
	while (len > 0 && bytes[len - 1] != '\n')
		len--;
	return len;
}

/* Take the last word of the command for the mark: the device names none. */
static void take_mark_of(struct lines *lines, const char *command)
{
	size_t end = trimmed((const uint8_t *)command, strlen(command));
	size_t begin = end;

	while (begin > 0 && command[begin - 1] != ' ')
		begin--;
	if (end - begin > LINES_MARK_MAX)
		begin = end - LINES_MARK_MAX;
	memcpy(lines->mark, command + begin, end - begin);
	lines->mark[end - begin] = '\0';
	lines->end = LINES_END_WORD;
}

/* Find what ends the lines, if one of the last lines of text announces them. */
static bool find_end(struct lines *lines, const struct patterns *patterns,
		     const char *command, const uint8_t *text, size_t len)
{
	const struct announcements *all = patterns_announcements(patterns);

	for (int i = 0; all != NULL && i < ANNOUNCEMENT_LINES && len > 0; i++) {
		size_t begin = last_line(text, len);

		lines->end =
			announcements_find(all, text + begin, len - begin,
					   lines->mark, &lines->blank_ends);
		if (lines->end == LINES_END_UNNAMED)
			take_mark_of(lines, command);
		if (lines->end != LINES_END_NONE)
			return true;
		len = trimmed(text, begin);
	}
	return false;
}

bool lines_are_announced(struct lines *lines, const struct patterns *patterns,
			 const char *command, const struct buf *output,
			 const struct buf *rest)
{
	size_t len = trimmed(output->data, output->len);

	if (len == 0 || output->len > ANNOUNCEMENT_MAX ||
	    rest->len > LINES_PROMPT_MAX ||
	    readonly_command(patterns_platform(patterns), command))
		return false;
	if (!find_end(lines, patterns, command, output->data, len))
		return false;
	if (rest->len > 0)
		memcpy(lines->prompt, rest->data, rest->len);
	lines->prompt[rest->len] = '\0';
	return true;
}

bool lines_end_with(const struct lines *lines, const char *line)
{
	size_t len;

	line += strspn(line, " ");
	len = trimmed((const uint8_t *)line, strlen(line));
	if (len == 0)
		return lines->blank_ends;
	switch (lines->end) {
	case LINES_END_CHARACTER:
		return strstr(line, lines->mark) != NULL;
	case LINES_END_WORD:
	case LINES_END_KEY:
		break;
	case LINES_END_NONE:
	case LINES_END_UNNAMED:
		return false;
	}
	return len == strlen(lines->mark) &&
	       memcmp(line, lines->mark, len) == 0;
}

const char *lines_key(const struct lines *lines, const char *line, char key[2])
{
	if (!lines->taken || lines->end != LINES_END_KEY ||
	    strcmp(line, lines->mark) != 0)
		return NULL;
	key[0] = (char)(lines->mark[1] & 0x1f);
	key[1] = '\0';
	return key;
}
