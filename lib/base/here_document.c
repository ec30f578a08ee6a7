/* A command with the lines that are typed behind it. */
#include "base/here_document.h"

#include <string.h>

#define DIGITS "0123456789"
#define LETTERS                                                                \
	"abcdefghijklmnopqrstuvwxyz"                                           \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ_"

bool here_document_begins(struct here_document *doc, const char *command)
{
	size_t len = strcspn(command, "\n"), at = len;

	while (at > 0 && strchr(LETTERS DIGITS, command[at - 1]) != NULL)
		at--;
	if (at == len || len - at > HERE_WORD_MAX ||
	    strchr(DIGITS, command[at]) != NULL || at < 4 ||
	    memcmp(command + at - 3, " <<", 3) != 0)
		return false;
	*doc = (struct here_document){.command_len = at - 3, .head_len = len};
	memcpy(doc->word, command + at, len - at);
	while (doc->command_len > 0 && command[doc->command_len - 1] == ' ')
		doc->command_len--;
	return doc->command_len > 0;
}

bool here_document_ends(struct here_document *doc, const char *command)
{
	const char *line = command + doc->head_len;
	size_t word_len = strlen(doc->word);

	if (*line == '\0')
		return false;
	doc->lines = ++line;
	for (;;) {
		size_t len = strcspn(line, "\n");

		if (len == word_len && memcmp(line, doc->word, len) == 0) {
			doc->lines_len = (size_t)(line - doc->lines);
			return line[len] == '\0';
		}
		if (line[len] == '\0')
			return false;
		line += len + 1;
	}
}
