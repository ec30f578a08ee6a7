/* The columns of a table. */
#include "forms/tables/header.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "forms/form.h"
#include "yaml/fault.h"

#define NOWHERE SIZE_MAX
#define NEAR_MIN 4 /* letters: many words are nearly a key as short as "port" */
#define WORD_MAX 64 /* bytes of a title that is compared */

/* How good a column is for addresses: the first of the best is taken. */
enum address_rank {
	ADDRESS_NONE,
	ADDRESS_HOSTNAME, /* a name, where there are others */
	ADDRESS_HOST,
	ADDRESS_IP,
};

/* What titles mean, in lower case and without what is between words. */
static const struct meaning {
	const char *word;
	enum column_use use;
	enum key key;
	unsigned rank; /* of a platform, or an address */
} meanings[] = {
	{"ip", COLUMN_KEY, KEY_HOST, ADDRESS_IP},
	{"ipaddress", COLUMN_KEY, KEY_HOST, ADDRESS_IP},
	{"ipaddr", COLUMN_KEY, KEY_HOST, ADDRESS_IP},
	{"ipv4", COLUMN_KEY, KEY_HOST, ADDRESS_IP},
	{"ipv4address", COLUMN_KEY, KEY_HOST, ADDRESS_IP},
	{"ipv6", COLUMN_KEY, KEY_HOST, ADDRESS_IP},
	{"ipv6address", COLUMN_KEY, KEY_HOST, ADDRESS_IP},
	{"address", COLUMN_KEY, KEY_HOST, ADDRESS_IP},
	{"mgmtip", COLUMN_KEY, KEY_HOST, ADDRESS_IP},
	{"mgmtipaddress", COLUMN_KEY, KEY_HOST, ADDRESS_IP},
	{"mgmtaddress", COLUMN_KEY, KEY_HOST, ADDRESS_IP},
	{"managementip", COLUMN_KEY, KEY_HOST, ADDRESS_IP},
	{"managementipaddress", COLUMN_KEY, KEY_HOST, ADDRESS_IP},
	{"managementaddress", COLUMN_KEY, KEY_HOST, ADDRESS_IP},
	{"deviceip", COLUMN_KEY, KEY_HOST, ADDRESS_IP},
	{"hostip", COLUMN_KEY, KEY_HOST, ADDRESS_IP},
	{"primaryip", COLUMN_KEY, KEY_HOST, ADDRESS_IP},
	{"primaryip4", COLUMN_KEY, KEY_HOST, ADDRESS_IP},
	{"host", COLUMN_KEY, KEY_HOST, ADDRESS_HOST},
	{"hostname", COLUMN_KEY, KEY_HOST, ADDRESS_HOSTNAME},
	{"fqdn", COLUMN_KEY, KEY_HOST, ADDRESS_HOSTNAME},
	{"dnsname", COLUMN_KEY, KEY_HOST, ADDRESS_HOSTNAME},
	{"name", COLUMN_KEY, KEY_NAME, 0},
	{"devicename", COLUMN_KEY, KEY_NAME, 0},
	{"device", COLUMN_KEY, KEY_NAME, 0},
	{"nodename", COLUMN_KEY, KEY_NAME, 0},
	{"sysname", COLUMN_KEY, KEY_NAME, 0},
	{"username", COLUMN_KEY, KEY_USERNAME, 0},
	{"user", COLUMN_KEY, KEY_USERNAME, 0},
	{"login", COLUMN_KEY, KEY_USERNAME, 0},
	{"password", COLUMN_KEY, KEY_PASSWORD, 0},
	{"passwd", COLUMN_KEY, KEY_PASSWORD, 0},
	{"pass", COLUMN_KEY, KEY_PASSWORD, 0},
	{"pwd", COLUMN_KEY, KEY_PASSWORD, 0},
	{"secret", COLUMN_KEY, KEY_SECRET, 0},
	{"enablesecret", COLUMN_KEY, KEY_SECRET, 0},
	{"enablepassword", COLUMN_KEY, KEY_SECRET, 0},
	{"enablepass", COLUMN_KEY, KEY_SECRET, 0},
	{"enable", COLUMN_ENABLE, NKEYS, 0},
	{"sshport", COLUMN_KEY, KEY_PORT, 0},
	{"transport", COLUMN_TRANSPORT, NKEYS, 0},
	{"protocol", COLUMN_TRANSPORT, NKEYS, 0},
	{"devicetype", COLUMN_PLATFORM, NKEYS, 1},
	{"netmikodevicetype", COLUMN_PLATFORM, NKEYS, 0},
	{"platform", COLUMN_PLATFORM, NKEYS, 2},
	{"networkos", COLUMN_PLATFORM, NKEYS, 3},
	{"ansiblenetworkos", COLUMN_PLATFORM, NKEYS, 3},
	{"os", COLUMN_PLATFORM, NKEYS, 4},
	{"ostype", COLUMN_PLATFORM, NKEYS, 4},
	{"nos", COLUMN_PLATFORM, NKEYS, 4},
	{"driver", COLUMN_PLATFORM, NKEYS, 5},
	{"vendor", COLUMN_PLATFORM, NKEYS, 6},
	{"group", COLUMN_GROUPS, NKEYS, 0},
	{"groups", COLUMN_GROUPS, NKEYS, 0},
	{"tag", COLUMN_TAGS, NKEYS, 0},
	{"tags", COLUMN_TAGS, NKEYS, 0},
};

/* Write the word that a title is compared by; false: it is too long for one. */
static bool make_word(const char *title, char word[WORD_MAX])
{
	size_t len = 0;

	for (; *title != '\0'; title++) {
		if (strchr(" \t_-.", *title) != NULL)
			continue;
		if (len + 1 == WORD_MAX)
			return false;
		word[len++] = (char)tolower((unsigned char)*title);
	}
	word[len] = '\0';
	return true;
}

static const struct meaning *find_meaning(const char *title)
{
	char word[WORD_MAX];

	if (!make_word(title, word))
		return NULL;
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		if (strcmp(meanings[i].word, word) == 0)
			return &meanings[i];
	}
	return NULL;
}

static bool is_address(const struct meaning *meaning)
{
	return meaning != NULL && meaning->use == COLUMN_KEY &&
	       meaning->key == KEY_HOST;
}

/* ---- the delimiter */

/* Count the columns that a delimiter gives; 0: none has addresses. */
static size_t count_columns(struct span header, char delimiter)
{
	struct record record = {.at = header.at,
				.end = header.at + header.len,
				.delimiter = delimiter};
	size_t n = 0;

	if (record_next(&record) != 1)
		return 0;
	for (size_t i = 0; i < record.nfields; i++) {
		if (is_address(find_meaning(record_field(&record, i))))
			n = record.nfields;
	}
	record_release(&record);
	return n;
}

char header_delimiter(struct span header)
{
	static const char delimiters[] = ",;\t";
	char best = '\0';
	size_t most = 0;

	for (size_t i = 0; delimiters[i] != '\0'; i++) {
		size_t n = count_columns(header, delimiters[i]);

		if (n > most) {
			most = n;
			best = delimiters[i];
		}
	}
	return best;
}

/* ---- the header */

/* The name of a column for data, in lower case, with '_' between words. */
static const char *data_name(const struct reading *reading, const char *title)
{
	size_t len = strlen(title);
	char *name = malloc(len + 1);
	const char *kept = "";

	if (name == NULL) {
		reading->draft->no_memory = true;
		return kept;
	}
	for (size_t i = 0; i < len; i++) {
		name[i] = (char)tolower((unsigned char)title[i]);
		if (strchr(" \t-", title[i]) != NULL)
			name[i] = '_';
	}
	kept = draft_text(reading->draft, name, len);
	free(name);
	return kept;
}

#define DATA_MARK "data."

/* Does a title say that its column is data, of the name behind that as it is? */
static bool is_data(const char *title)
{
	return strncmp(title, DATA_MARK, strlen(DATA_MARK)) == 0 &&
	       title[strlen(DATA_MARK)] != '\0';
}

/* Find what a title means, as the header of a table or the name of a key. */
static void find_use(struct column *column)
{
	const struct meaning *meaning = find_meaning(column->title);
	enum key key = key_find(column->name);

	column->use = COLUMN_DATA;
	if (meaning != NULL) {
		column->use = meaning->use;
		column->key = meaning->key;
		column->rank = meaning->rank;
	} else if (key != NKEYS) {
		column->use = COLUMN_KEY;
		column->key = key;
	} else if (*column->title == '\0') {
		column->use = COLUMN_NOTHING;
	}
}

/* Of the columns of addresses take the best, of the others that hold names the
 * first as the name where no column is called so. */
static void choose_address(struct header *header)
{
	size_t best = NOWHERE, other = NOWHERE, name = NOWHERE;

	for (size_t i = 0; i < header->n; i++) {
		const struct column *column = &header->at[i];

		if (column->use != COLUMN_KEY)
			continue;
		if (column->key == KEY_NAME && name == NOWHERE)
			name = i;
		if (column->key == KEY_HOST &&
		    (best == NOWHERE || column->rank > header->at[best].rank))
			best = i;
	}
	for (size_t i = 0; i < header->n; i++) {
		struct column *column = &header->at[i];

		if (column->use != COLUMN_KEY || column->key != KEY_HOST ||
		    i == best)
			continue;
		column->use = COLUMN_DATA;
		if (other == NOWHERE && column->rank != ADDRESS_IP)
			other = i;
	}
	if (name == NOWHERE && other != NOWHERE) {
		header->at[other].use = COLUMN_KEY;
		header->at[other].key = KEY_NAME;
		name = other;
	}
	header->address = best;
	header->name = name;
}

static bool same_meaning(const struct column *one, const struct column *two)
{
	return one->use == two->use &&
	       ((one->use == COLUMN_KEY && one->key == two->key) ||
		one->use == COLUMN_ENABLE || one->use == COLUMN_TRANSPORT);
}

/* Make data of the later of two columns that mean the same; of passwords, that
 * is nothing. */
static void settle_twice(struct header *header, const struct reading *reading,
			 size_t line)
{
	for (size_t i = 1; i < header->n; i++) {
		struct column *column = &header->at[i];
		size_t first = 0;

		while (first < i && !same_meaning(&header->at[first], column))
			first++;
		if (first == i)
			continue;
		reading_note(reading, line,
			     "column '%.*s' is not read: '%.*s' before it "
			     "means the same",
			     fault_shown(column->title), column->title,
			     fault_shown(header->at[first].title),
			     header->at[first].title);
		column->use = COLUMN_NOTHING;
	}
}

/* Refuse a column that is nearly one of passwords: it would be shown. */
static int check_near(const struct header *header,
		      const struct reading *reading, size_t line)
{
	for (size_t i = 0; i < header->n; i++) {
		const struct column *column = &header->at[i];
		const char *meant =
			column->use == COLUMN_DATA && !is_data(column->title)
				? key_near_miss(column->name)
				: NULL;

		if (meant == NULL)
			continue;
		if (strcmp(meant, "password") == 0 ||
		    strcmp(meant, "secret") == 0 ||
		    strcmp(meant, "passphrase") == 0)
			return reading_fault(reading, line,
					     "unknown column '%.*s': did you "
					     "mean '%s'?",
					     fault_shown(column->title),
					     column->title, meant);
		if (strlen(meant) > NEAR_MIN)
			reading_note(
				reading, line,
				"column '%.*s' is read as data: did you mean "
				"'%s'?",
				fault_shown(column->title), column->title,
				meant);
	}
	return 0;
}

int header_read(struct header *header, const struct reading *reading,
		const struct record *record)
{
	*header = (struct header){.n = record->nfields};
	header->at = calloc(record->nfields + 1, sizeof(header->at[0]));
	if (header->at == NULL)
		return fault_memory(reading->err, reading->name);
	for (size_t i = 0; i < header->n; i++) {
		const char *title = record_field(record, i);

		header->at[i].title =
			draft_text(reading->draft, title, strlen(title));
		header->at[i].name = data_name(reading, title);
		if (is_data(title))
			header->at[i].name =
				header->at[i].title + strlen(DATA_MARK);
		else
			find_use(&header->at[i]);
	}
	choose_address(header);
	settle_twice(header, reading, record->line);
	if (header->address == NOWHERE)
		return reading_fault(reading, record->line,
				     "the first line names no column of "
				     "addresses: call it ip, ip_address, host "
				     "or hostname");
	return check_near(header, reading, record->line);
}

void header_release(struct header *header)
{
	free(header->at);
	*header = (struct header){0};
}
