/* The commands that devices are asked. */
#include "options/command_list.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tell.h"

#define BOM "\xef\xbb\xbf"
#define HOW_TO_ANSWER                                                          \
	"give ? REGEX=REPLY, or ?key REGEX=KEY; the last = divides both, and " \
	"KEY is one character, or ^X for Ctrl-X"
#define HAS_NUL "a NUL byte: commands are text"
#define WORD                                                                   \
	"abcdefghijklmnopqrstuvwxyz"                                           \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
#define WORD_MAX_LEN 32
#define FILE_MAX ((size_t)1024 * 1024)

/* ---- lists */

int command_list_add(struct command_list *commands, const char *command)
{
	const char **grown = reallocarray(commands->at, commands->n + 1,
					  sizeof(const char *));

	if (grown == NULL)
		return tell_no_memory();
	grown[commands->n++] = command;
	commands->at = grown;
	return 0;
}

static int keep_text(struct command_list *commands, char *text)
{
	char **grown = reallocarray(commands->texts, commands->ntexts + 1,
				    sizeof(char *));

	if (grown == NULL) {
		free(text);
		(void)tell_no_memory();
		return -1;
	}
	grown[commands->ntexts++] = text;
	commands->texts = grown;
	return 0;
}

int command_list_add_text(struct command_list *commands, char *text)
{
	if (text == NULL)
		return tell_no_memory();
	return keep_text(commands, text) == -1
		       ? -1
		       : command_list_add(commands, text);
}

/* Make of ^X what Ctrl-X types; false when text is not one key. */
static bool read_key(char *text)
{
	if (strlen(text) != 2)
		return strlen(text) == 1;
	if (text[0] != '^' || text[1] <= '@' || text[1] > '_')
		return false;
	text[0] = (char)(text[1] - '@');
	text[1] = '\0';
	return true;
}

/*
 * Add the answer to a question of command number, or of any: 0. Answers of a
 * single command come before those of all, as the first that matches counts.
 */
static int add_answer(struct command_list *commands, char *text, size_t number,
		      bool key)
{
	char *divider = strrchr(text, '=');
	struct nf_reply *grown;
	size_t place = 0;

	if (divider == NULL || divider == text ||
	    (key && !read_key(divider + 1))) {
		errno = EINVAL;
		return -1;
	}
	grown = reallocarray(commands->answers, commands->nanswers + 1,
			     sizeof(*grown));
	if (grown == NULL)
		return tell_no_memory();
	commands->answers = grown;
	while (place < commands->nanswers &&
	       (number == 0 || grown[place].command != 0))
		place++;
	memmove(grown + place + 1, grown + place,
		(commands->nanswers - place) * sizeof(*grown));
	*divider = '\0';
	grown[place] = (struct nf_reply){.question = text,
					 .reply = divider + 1,
					 .command = number,
					 .key = key};
	commands->nanswers++;
	return 0;
}

int command_list_add_answer(struct command_list *commands, char *text, bool key)
{
	return add_answer(commands, text, 0, key);
}

/* ---- files */

static int wrong_file(const char *path, const char *why)
{
	tell("%s: %s", path, why);
	return -1;
}

static int wrong_line(const char *path, size_t line, const char *why)
{
	tell("%s:%zu: %s", path, line, why);
	return -1;
}

/* Read a whole file and put a NUL behind it. */
static char *read_all(const char *path, FILE *file, size_t *len)
{
	char *text = malloc(FILE_MAX + 2);

	if (text == NULL) {
		(void)tell_no_memory();
		return NULL;
	}
	*len = fread(text, 1, FILE_MAX + 1, file);
	if (!ferror(file) && *len <= FILE_MAX) {
		text[*len] = '\0';
		return text;
	}
	(void)wrong_file(path,
			 ferror(file) ? strerror(errno) : "larger than 1 MiB");
	free(text);
	return NULL;
}

static char *read_file(const char *path, size_t *len)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	char *text;

	if (file == NULL) {
		(void)wrong_file(path, strerror(errno));
		return NULL;
	}
	text = read_all(path, file, len);
	if (file != stdin)
		(void)fclose(file);
	return text;
}

/* Cut off the blanks before a line, and the CR of a CR LF behind it. */
static char *trim(char *line)
{
	size_t len = strlen(line);

	if (len > 0 && line[len - 1] == '\r')
		line[len - 1] = '\0';
	return line + strspn(line, " \t");
}

static bool has_control(const char *line)
{
	for (; *line != '\0'; line++) {
		if ((unsigned char)*line < 0x20 || *line == 0x7f)
			return true;
	}
	return false;
}

/* Does a line have the key that every device of an inventory has, and no
 * command? */
static bool is_of_inventory(const char *line)
{
	static const char key[] = "device_type";
	const char *at = strstr(line, key);

	if (at == NULL || (at > line && strchr(" \t{[,\"'", at[-1]) == NULL))
		return false;
	at += strlen(key);
	at += *at == '"' || *at == '\'';
	return at[strspn(at, " \t")] == ':';
}

/* Take what stands behind the ? of a line. */
static int take_answer(struct command_list *commands, char *text, size_t before,
		       const char *path, size_t number)
{
	static const char word[] = "key";
	bool key = strncmp(text, word, strlen(word)) == 0;

	text += key ? strlen(word) : 0;
	if (*text != ' ')
		return wrong_line(path, number, HOW_TO_ANSWER);
	if (commands->n == before)
		return wrong_line(path, number,
				  "there is no command above that asks this");
	errno = 0;
	if (add_answer(commands, trim(text), commands->n, key) == 0)
		return 0;
	return errno != EINVAL ? -1 : wrong_line(path, number, HOW_TO_ANSWER);
}

/* Take a trimmed line of a file before which there were so many commands. */
static int take_line(struct command_list *commands, char *line, size_t before,
		     const char *path, size_t number)
{
	if (*line == '\0' || *line == '#')
		return 0;
	if (is_of_inventory(line))
		return wrong_line(
			path, number,
			"this looks like an inventory: -i reads it, -c "
			"commands");
	if (has_control(line))
		return wrong_line(path, number, "a control character");
	if (*line != '?')
		return command_list_add(commands, line);
	return take_answer(commands, line + 1, before, path, number);
}

/* The word of a line that ends in " <<WORD": lines follow, up to one that is the
 * word. NULL: none do. Blanks at its end are cut off. */
static const char *here_word(char *line)
{
	size_t len = strlen(line), at;

	while (len > 0 && strchr(" \t\r", line[len - 1]) != NULL)
		len--;
	for (at = len; at > 0 && strchr(WORD, line[at - 1]) != NULL;)
		at--;
	if (*line == '#' || *line == '?' || at == len ||
	    len - at > WORD_MAX_LEN || isdigit((unsigned char)line[at]) ||
	    at < 4 || strncmp(line + at - 3, " <<", 3) != 0)
		return NULL;
	line[len] = '\0';
	return line + at;
}

static char *wrong_text(const char *path, size_t line, const char *why)
{
	(void)wrong_line(path, line, why);
	return NULL;
}

/* Take a command with the lines of its text, which begin at rest, up to end:
 * where the next line begins, or NULL as it was told. */
static char *take_text(struct command_list *commands, char *command, char *rest,
		       const char *end, const char *path, size_t *number)
{
	char word[WORD_MAX_LEN + 1], *to = command + strlen(command);
	size_t first = *number;

	if (has_control(command))
		return wrong_text(path, first, "a control character");
	(void)stpcpy(word, here_word(command));
	while (rest < end) {
		char *line = rest;
		size_t n = strcspn(line, "\n");
		size_t len = n - (n > 0 && line[n - 1] == '\r');
		bool has_nul = line[n] == '\0' && line + n < end;

		++*number;
		if (has_nul)
			return wrong_text(path, *number, HAS_NUL);
		rest += n + 1;
		*to++ = '\n';
		memmove(to, line, len);
		to[len] = '\0';
		if (has_control(to))
			return wrong_text(path, *number, "a control character");
		if (strcmp(to, word) == 0)
			return command_list_add(commands, command) == 0 ? rest
									: NULL;
		to += len;
	}
	return wrong_text(path, first,
			  "lines follow behind << and a word, and none of them "
			  "is that word, which ends them");
}

/* Take all lines of a text. A NUL in it would hide what follows. */
static int take_lines(struct command_list *commands, char *text, size_t len,
		      const char *path)
{
	size_t before = commands->n, number = 1;
	bool has_bom = strncmp(text, BOM, strlen(BOM)) == 0;

	for (char *line = text + (has_bom ? strlen(BOM) : 0), *next;
	     line < text + len; line = next, number++) {
		size_t n = strcspn(line, "\n");
		char *command;

		if (line[n] == '\0' && line + n < text + len)
			return wrong_line(path, number, HAS_NUL);
		line[n] = '\0';
		next = line + n + 1;
		command = trim(line);
		if (here_word(command) == NULL) {
			if (take_line(commands, command, before, path,
				      number) == -1)
				return -1;
			continue;
		}
		next = take_text(commands, command, next, text + len, path,
				 &number);
		if (next == NULL)
			return -1;
	}
	if (commands->n == before)
		return wrong_file(path, "there is no command in it");
	return 0;
}

int command_list_read(struct command_list *commands, const char *path)
{
	size_t len;
	char *text = read_file(path, &len);

	if (text == NULL || keep_text(commands, text) == -1)
		return -1;
	return take_lines(commands, text, len, path);
}

void command_list_release(struct command_list *commands)
{
	for (size_t i = 0; i < commands->ntexts; i++)
		free(commands->texts[i]);
	free(commands->texts);
	free(commands->at);
	free(commands->answers);
	*commands = (struct command_list){0};
}
