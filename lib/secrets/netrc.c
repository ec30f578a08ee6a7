/* Netrc: passwords of machines, in one file. */
#include "secrets/netrc.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FIRST_ROOM 16

/* ---- words */

/* The text that is being read. */
struct reader {
	char *at;
	bool line_over; /* the last word was the last of its line */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Copy the word that begins at in to out, without what quotes it: its end. */
static char *unquote(char *in, char **out)
{
	bool quoted = *in == '"';

	for (in += quoted; *in != '\0' && *in != '\n'; in++) {
		if (quoted ? *in == '"' : is_blank(*in))
			break;
		if (*in == '\\' && in[1] != '\0' && in[1] != '\n')
			in++;
		*(*out)++ = *in;
	}
	return in;
}

/* Take the next word, in place: NULL at the end. Its own end may be the byte that
 * was between it and the next. */
static const char *next_word(struct reader *reader)
{
	char *word, *out, *end;

	while (is_blank(*reader->at))
		reader->at++;
	if (*reader->at == '\0')
		return NULL;
	word = out = reader->at;
	end = unquote(word, &out);
	reader->line_over = *end == '\n';
	reader->at = end + (*end != '\0');
	*out = '\0';
	return word;
}

static void skip_line(struct reader *reader)
{
	reader->at += strcspn(reader->at, "\n");
	reader->at += *reader->at == '\n';
}

static const char *next_keyword(struct reader *reader)
{
	for (;;) {
		while (is_blank(*reader->at))
			reader->at++;
		if (*reader->at != '#')
			return next_word(reader);
		skip_line(reader);
	}
}

/* Pass over a macro: its name, and lines up to an empty one. */
static void skip_macro(struct reader *reader)
{
	if (next_word(reader) == NULL)
		return;
	if (!reader->line_over)
		skip_line(reader);
	while (*reader->at != '\0' &&
	       reader->at[strspn(reader->at, "\r")] != '\n')
		skip_line(reader);
}

/* ---- entries */

enum word {
	WORD_MACHINE,
	WORD_DEFAULT,
	WORD_LOGIN,
	WORD_PASSWORD,
	WORD_ACCOUNT,
	WORD_MACDEF,
	WORD_NONE,
};

static enum word find_word(const char *text)
{
	static const struct {
		const char *text;
		enum word word;
	} words[] = {
		{"machine", WORD_MACHINE},   {"default", WORD_DEFAULT},
		{"login", WORD_LOGIN},       {"user", WORD_LOGIN},
		{"password", WORD_PASSWORD}, {"account", WORD_ACCOUNT},
		{"macdef", WORD_MACDEF},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(text, words[i].text) == 0)
			return words[i].word;
	}
	return WORD_NONE;
}

/* Keep an entry, if it is one with a password. */
static int add_entry(struct netrc *netrc, const struct netrc_entry *entry)
{
	size_t room = netrc->room != 0 ? netrc->room * 2 : FIRST_ROOM;
	struct netrc_entry *grown;

	if (entry->machine == NULL || entry->password == NULL)
		return 0;
	if (netrc->n == netrc->room) {
		grown = reallocarray(netrc->at, room, sizeof(*grown));
		if (grown == NULL)
			return -1;
		netrc->at = grown;
		netrc->room = room;
	}
	netrc->at[netrc->n] = *entry;
	netrc->at[netrc->n].order = netrc->n;
	netrc->n++;
	return 0;
}

/* Begin an entry, of which the one before is kept. No machine has an empty name:
 * that stands for the default. */
static int begin_entry(struct netrc *netrc, struct netrc_entry *entry,
		       const char *machine)
{
	int rc = add_entry(netrc, entry);

	*entry = (struct netrc_entry){.machine = machine};
	return rc;
}

static int take_machine(struct netrc *netrc, struct netrc_entry *entry,
			struct reader *reader)
{
	const char *name = next_word(reader);

	return begin_entry(netrc, entry,
			   name != NULL && *name != '\0' ? name : NULL);
}

static int take_word(struct netrc *netrc, struct netrc_entry *entry,
		     struct reader *reader, enum word word)
{
	switch (word) {
	case WORD_MACHINE:
		return take_machine(netrc, entry, reader);
	case WORD_DEFAULT:
		return begin_entry(netrc, entry, "");
	case WORD_LOGIN:
		entry->login = next_word(reader);
		break;
	case WORD_PASSWORD:
		entry->password = next_word(reader);
		break;
	case WORD_ACCOUNT:
		(void)next_word(reader);
		break;
	case WORD_MACDEF:
		skip_macro(reader);
		break;
	case WORD_NONE:
		break;
	}
	return 0;
}

/* ---- their order */

static int compare_login(const char *one, const char *two)
{
	if (one == NULL || two == NULL)
		return (one != NULL) - (two != NULL);
	return strcmp(one, two);
}

static int compare(const struct netrc_entry *one, const char *machine,
		   const char *login)
{
	int order = strcasecmp(one->machine, machine);

	return order != 0 ? order : compare_login(one->login, login);
}

static int compare_entries(const void *a, const void *b)
{
	const struct netrc_entry *one = a, *two = b;
	int order = compare(one, two->machine, two->login);

	return order != 0
		       ? order
		       : (one->order > two->order) - (one->order < two->order);
}

/* Let the first of each machine's run know which of it stands first in the
 * file. */
static void find_firsts(struct netrc *netrc)
{
	size_t run = 0;

	for (size_t i = 0; i < netrc->n; i++) {
		struct netrc_entry *at = netrc->at;

		if (strcasecmp(at[i].machine, at[run].machine) != 0)
			run = i;
		if (run == i || at[i].order < at[at[run].first].order)
			at[run].first = i;
	}
}

int netrc_parse(struct netrc *netrc, char *text)
{
	struct reader reader = {.at = text};
	struct netrc_entry entry = {.machine = NULL};
	const char *word;

	*netrc = (struct netrc){.n = 0};
	while ((word = next_keyword(&reader)) != NULL) {
		if (take_word(netrc, &entry, &reader, find_word(word)) == -1)
			return -1;
	}
	if (add_entry(netrc, &entry) == -1)
		return -1;
	if (netrc->n > 0)
		qsort(netrc->at, netrc->n, sizeof(*netrc->at), compare_entries);
	find_firsts(netrc);
	return 0;
}

void netrc_release(struct netrc *netrc)
{
	free(netrc->at);
	*netrc = (struct netrc){.n = 0};
}

/* The first entry that does not come before this machine and login. */
static const struct netrc_entry *
find_from(const struct netrc *netrc, const char *machine, const char *login)
{
	size_t from = 0, to = netrc->n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (compare(&netrc->at[middle], machine, login) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from < netrc->n &&
			       strcasecmp(netrc->at[from].machine, machine) == 0
		       ? &netrc->at[from]
		       : NULL;
}

const struct netrc_entry *netrc_find(const struct netrc *netrc,
				     const char *machine, const char *login)
{
	/* Nobody's login comes first. */
	const struct netrc_entry *run = find_from(netrc, machine, NULL);
	const struct netrc_entry *own;

	if (run == NULL || login == NULL)
		return run != NULL ? &netrc->at[run->first] : NULL;
	own = find_from(netrc, machine, login);
	if (own != NULL && compare_login(own->login, login) == 0)
		return own;
	return run->login == NULL ? run : NULL;
}
