/* The commands a device knows, abbreviated as IOS allows. */
#include "devsim/command.h"

#include <assert.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define EXEC (MODE_USER | MODE_PRIVILEGED)
#define CONFIG (MODE_CONFIG | MODE_INTERFACE)
#define NUMBER_MAX 512

/* One command: its words, "*" for any word and "#" for a number. */
struct syntax {
	enum command_id id;
	unsigned modes;
	const char *words;
};

static const struct syntax table[] = {
	{COMMAND_BANNER, CONFIG, "banner motd *"},
	{COMMAND_CONFIGURE, MODE_PRIVILEGED, "configure terminal"},
	{COMMAND_DISABLE, EXEC, "disable"},
	{COMMAND_ENABLE, EXEC, "enable"},
	{COMMAND_END, CONFIG, "end"},
	{COMMAND_EXIT, EXEC | CONFIG, "exit"},
	{COMMAND_HOSTNAME, CONFIG, "hostname *"},
	{COMMAND_INTERFACE, CONFIG, "interface *"},
	{COMMAND_INTERFACE, CONFIG, "interface * *"},
	{COMMAND_LOGOUT, EXEC, "logout"},
	{COMMAND_SHOW_BANNER, EXEC, "show banner motd"},
	{COMMAND_SHOW_CLOCK, EXEC, "show clock"},
	{COMMAND_SHOW_COUNTER, EXEC, "show counter"},
	{COMMAND_SHOW_INVENTORY, EXEC, "show inventory"},
	{COMMAND_SHOW_IP_BRIEF, EXEC, "show ip interface brief"},
	{COMMAND_SHOW_CONFIG, MODE_PRIVILEGED, "show running-config"},
	{COMMAND_SHOW_USERS, EXEC, "show users"},
	{COMMAND_SHOW_VERSION, EXEC, "show version"},
	{COMMAND_TERMINAL_LENGTH, EXEC, "terminal length #"},
	{COMMAND_TERMINAL_WIDTH, EXEC, "terminal width #"},
};

#define NSYNTAX (sizeof(table) / sizeof(table[0]))
static_assert(NSYNTAX <= 32, "a set of rows is a uint32_t");

struct word {
	const char *at;
	size_t len;
};

/* Take the next word off *text; false when there is none. */
static bool next_word(const char **text, struct word *word)
{
	const char *at = *text + strspn(*text, " ");

	*word = (struct word){.at = at, .len = strcspn(at, " ")};
	*text = at + word->len;
	return word->len > 0;
}

/* Word number n of a row; of length 0 when the row is shorter. */
static struct word row_word(size_t row, size_t n)
{
	const char *text = table[row].words;
	struct word word;

	do {
		(void)next_word(&text, &word);
	} while (n-- > 0);
	return word;
}

static bool same(struct word a, struct word b)
{
	return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

static bool is_number(struct word word)
{
	char *end;
	unsigned long value;

	if (word.len == 0 || !isdigit((unsigned char)word.at[0]))
		return false;
	value = strtoul(word.at, &end, 10);
	return end == word.at + word.len && value <= NUMBER_MAX;
}

static bool fits(struct word typed, struct word known)
{
	if (known.len == 0)
		return false;
	if (known.at[0] == '*')
		return true;
	if (known.at[0] == '#')
		return is_number(typed);
	return typed.len <= known.len &&
	       strncasecmp(typed.at, known.at, typed.len) == 0;
}

/* Of the rows, those that fit the word typed at place n. */
static uint32_t narrow(uint32_t rows, size_t n, struct word typed)
{
	uint32_t fitting = 0, exact = 0;

	for (size_t row = 0; row < NSYNTAX; row++) {
		struct word known = row_word(row, n);
		uint32_t bit = UINT32_C(1) << row;

		if ((rows & bit) == 0 || !fits(typed, known))
			continue;
		fitting |= bit;
		if (known.len == typed.len)
			exact |= bit;
	}
	return exact != 0 ? exact : fitting;
}

/* Do the rows differ in what they have at place n? */
static bool differ(uint32_t rows, size_t n)
{
	struct word first = {.len = 0};

	for (size_t row = 0; row < NSYNTAX; row++) {
		struct word known = row_word(row, n);

		if ((rows & UINT32_C(1) << row) == 0)
			continue;
		if (first.len == 0)
			first = known;
		else if (!same(first, known))
			return true;
	}
	return false;
}

static uint32_t rows_of(enum mode mode)
{
	uint32_t rows = 0;

	for (size_t row = 0; row < NSYNTAX; row++) {
		if (table[row].modes & mode)
			rows |= UINT32_C(1) << row;
	}
	return rows;
}

/* Of the rows, take the one that ends after n words, if there is one. */
static enum verdict finish(struct command *command, uint32_t rows, size_t n,
			   struct word last)
{
	size_t len = last.len < sizeof(command->word) - 1
			     ? last.len
			     : sizeof(command->word) - 1;

	for (size_t row = 0; row < NSYNTAX; row++) {
		if ((rows & UINT32_C(1) << row) == 0 ||
		    row_word(row, n).len > 0)
			continue;
		command->id = table[row].id;
		memcpy(command->word, last.at, len);
		command->word[len] = '\0';
		command->number = (unsigned)strtoul(command->word, NULL, 10);
		return VERDICT_KNOWN;
	}
	return VERDICT_INCOMPLETE;
}

enum verdict command_parse(struct command *command, enum mode mode,
			   const char *line)
{
	uint32_t rows = rows_of(mode);
	const char *text = line;
	struct word word, last = {.at = line};
	size_t n = 0;

	while (next_word(&text, &word)) {
		rows = narrow(rows, n, word);
		if (rows == 0) {
			command->wrong_at = (size_t)(word.at - line);
			return VERDICT_INVALID;
		}
		if (differ(rows, n))
			return VERDICT_AMBIGUOUS;
		last = word;
		n++;
	}
	return finish(command, rows, n, last);
}
