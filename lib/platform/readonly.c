/* Commands that only read. */
#include "platform/readonly.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

/* Shells and command lines begin another command or a file with these. */
#define SPECIAL ";&><`$(){}"

/* A text that is taken word by word. */
struct words {
	const char *at;
	size_t len;
};

static struct words words_of(const char *text)
{
	return (struct words){.at = text, .len = strlen(text)};
}

/* Take the next word; at the end it has length 0. */
static struct words take_word(struct words *words)
{
	const char *end = words->at + words->len;
	struct words word;

	while (words->len > 0 && *words->at == ' ') {
		words->at++;
		words->len--;
	}
	word.at = words->at;
	while (words->at < end && *words->at != ' ')
		words->at++;
	word.len = (size_t)(words->at - word.at);
	words->len -= word.len;
	return word;
}

static bool is_any_word(struct words word)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
	size_t len = 0;

	while (len < word.len && strchr(letters, word.at[len]) != NULL)
		len++;
	return len == word.len && word.at[0] != '-';
}

static bool stands_for_any(struct words known)
{
	return known.len == 1 && *known.at == '*';
}

static bool is_word(struct words word, struct words known)
{
	if (stands_for_any(known))
		return word.len > 0 && is_any_word(word);
	return word.len == known.len &&
	       memcmp(word.at, known.at, word.len) == 0;
}

/* Is it the known word, or cut short, as the device may take it for that? */
static bool may_be_word(struct words word, struct words known)
{
	if (stands_for_any(known))
		return word.len > 0;
	return word.len > 0 && word.len <= known.len &&
	       strncasecmp(word.at, known.at, word.len) == 0;
}

typedef bool word_fn(struct words word, struct words known);

/* Take the words of an entry from the start of text; false if it begins with
 * others. */
static bool take_entry(struct words *text, struct words entry, word_fn *is)
{
	struct words known = take_word(&entry);

	if (known.len == 0)
		return false; /* an entry that says nothing is none */
	for (; known.len > 0; known = take_word(&entry)) {
		if (!is(take_word(text), known))
			return false;
	}
	return true;
}

static bool begins(struct words text, char *const *list, unsigned n,
		   word_fn *is)
{
	for (unsigned i = 0; i < n; i++) {
		struct words rest = text;

		if (take_entry(&rest, words_of(list[i]), is))
			return true;
	}
	return false;
}

static bool is_one(struct words text, char *const *list, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct words rest = text;

		if (take_entry(&rest, words_of(list[i]), is_word) &&
		    take_word(&rest).len == 0)
			return true;
	}
	return false;
}

static bool only_reads(const struct platform_reads *reads, struct words text)
{
	return (begins(text, reads->begin, reads->begin_count, is_word) &&
		!begins(text, reads->except, reads->except_count,
			may_be_word)) ||
	       is_one(text, reads->alone, reads->alone_count);
}

/* Take the text in front of the next '|', with which *rest begins then. */
static struct words take_stage(const char **rest)
{
	struct words stage = {.at = *rest, .len = strcspn(*rest, "|")};

	*rest += stage.len;
	return stage;
}

static bool has_only_plain(const char *text, const char *special)
{
	for (; *text != '\0'; text++) {
		if (*text < 0x20 || *text > 0x7e ||
		    strchr(special, *text) != NULL)
			return false;
	}
	return true;
}

bool readonly_plain(const char *text)
{
	return has_only_plain(text, SPECIAL "|");
}

bool readonly_command(const struct platform *platform, const char *command)
{
	const struct platform_reads *reads = platform->reads;
	struct words stage = take_stage(&command);

	if (reads == NULL || !has_only_plain(stage.at, SPECIAL) ||
	    !only_reads(reads, stage))
		return false;
	while (*command == '|') {
		command++;
		stage = take_stage(&command);
		if (!begins(stage, reads->filters, reads->filters_count,
			    is_word))
			return false;
	}
	return true;
}
