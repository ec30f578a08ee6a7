/* .cloginrc: how clogin logs in to which device. */
#include "forms/rancid/cloginrc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/home.h"
#include "forms/lines.h"
#include "forms/rancid/glob.h"
#include "forms/rancid/tcl.h"
#include "yaml/fault.h"

#define GLOBS_MAX 1000
#define PATTERN_MAX 255 /* bytes, as of a name */
#define INCLUDES_MAX 64

static const char *const keywords[NCLOGIN] = {
	[CLOGIN_USERPASSWORD] = "userpassword",
	[CLOGIN_PASSWORD] = "password",
	[CLOGIN_USER] = "user",
	[CLOGIN_METHOD] = "method",
	[CLOGIN_AUTOENABLE] = "autoenable",
	[CLOGIN_NOENABLE] = "noenable",
	[CLOGIN_IDENTITY] = "identity",
	[CLOGIN_PASSPHRASE] = "passphrase",
};

static const char *const others[CLOGIN_OTHERS] = {
	"userprompt", "passprompt", "enableprompt", "prompt",    "enauser",
	"enablecmd",  "cyphertype", "sshcmd",       "telnetcmd", "timeout",
	"rc"};

/* Room for one more of n elements, which grow by doubling. */
static bool grow(void **at, size_t n, size_t *room, size_t size)
{
	size_t more = *room != 0 ? *room * 2 : 32;
	void *grown;

	if (n < *room)
		return true;
	grown = reallocarray(*at, more, size);
	if (grown == NULL)
		return false;
	*at = grown;
	*room = more;
	return true;
}

/* ---- patterns */

static void lower(char *out, const char *text)
{
	for (; *text != '\0'; text++)
		*out++ = (char)(*text >= 'A' && *text <= 'Z' ? *text | 0x20
							     : *text);
	*out = '\0';
}

static int add_glob(struct cloginrc *rc, const struct reading *reading,
		    size_t place)
{
	if (rc->nglobs == GLOBS_MAX)
		return reading_fault(reading, 0,
				     "more than %d patterns with wildcards",
				     GLOBS_MAX);
	if (!grow((void **)&rc->globs, rc->nglobs, &rc->globs_room,
		  sizeof(*rc->globs)))
		return fault_memory(reading->err, reading->name);
	rc->globs[rc->nglobs++] = place;
	return 0;
}

static int add_pattern(struct cloginrc *rc, const struct reading *reading,
		       const char *key)
{
	struct clogin_pattern *pattern;

	if (!grow((void **)&rc->patterns, rc->npatterns, &rc->patterns_room,
		  sizeof(*rc->patterns)))
		return fault_memory(reading->err, reading->name);
	pattern = &rc->patterns[rc->npatterns];
	pattern->text = draft_text(rc->draft, key, strlen(key));
	for (unsigned i = 0; i < NCLOGIN; i++)
		pattern->first[i] = UINT32_MAX;
	if (textmap_add(&rc->places, pattern->text, rc->npatterns) == NULL)
		return fault_memory(reading->err, reading->name);
	rc->npatterns++;
	return glob_is_any(key) ? add_glob(rc, reading, rc->npatterns - 1) : 0;
}

/* The pattern of a text of at most PATTERN_MAX bytes, which may be new; NULL: the
 * error is set. */
static struct clogin_pattern *open_pattern(struct cloginrc *rc,
					   const struct reading *reading,
					   const char *text)
{
	char key[PATTERN_MAX + 1];
	const struct textmap_entry *found;

	lower(key, text);
	found = textmap_find(&rc->places, key, strlen(key));
	if (found != NULL)
		return &rc->patterns[found->value];
	return add_pattern(rc, reading, key) == 0
		       ? &rc->patterns[rc->npatterns - 1]
		       : NULL;
}

/* ---- what lines say */

/* A line with its words: "add KEYWORD PATTERN VALUE...". */
struct adding {
	struct cloginrc *rc;
	struct reading *reading;
	const struct tcl_words *words;
	enum clogin_keyword keyword;
	size_t line;
};

/* The i'th value as clogin uses it: the elements of a list, without blanks. NULL
 * when there is none, or it is no list. */
static const char *value_at(const struct adding *adding, size_t i)
{
	return adding->words->n > 3 + i ? tcl_join(adding->words->at[3 + i],
						   &adding->rc->secrets)
					: NULL;
}

static void say(const struct adding *adding, enum key key, const char *text)
{
	pen_say(&adding->reading->pen, key, text, adding->line, 0);
}

/* Say a value: NULL, or what is wrong. */
static const char *say_value(const struct adding *adding, enum key key,
			     size_t i)
{
	const char *text = value_at(adding, i);

	if (text == NULL)
		return "has a value that is no list of Tcl's: put a backslash "
		       "before each brace and quote in it";
	say(adding, key, text);
	return NULL;
}

/* All values are put together to a name, as they are. */
static const char *say_user(const struct adding *adding)
{
	char name[512];
	size_t len = 0;

	for (size_t i = 3; i < adding->words->n && len < sizeof(name); i++)
		len += (size_t)snprintf(name + len, sizeof(name) - len, "%s",
					adding->words->at[i]);
	if (len >= sizeof(name))
		return "has a name that is too long";
	say(adding, KEY_USERNAME, name);
	return NULL;
}

static const char *say_password(const struct adding *adding)
{
	const char *why = say_value(adding, KEY_PASSWORD, 0);

	if (why == NULL && adding->words->n > 4)
		why = say_value(adding, KEY_SECRET, 1);
	return why;
}

/* Say a method, "ssh" or "telnet:PORT": false, it is another one. */
static bool say_way(const struct adding *adding, struct span way)
{
	const char *colon = memchr(way.at, ':', way.len);
	struct span name = {way.at,
			    colon != NULL ? (size_t)(colon - way.at) : way.len};
	char port[8];
	struct span number = {colon, way.len - name.len};
	bool telnet = span_is(name, "telnet");

	if (!telnet && !span_is(name, "ssh"))
		return false;
	say(adding, KEY_TRANSPORT, telnet ? "telnet" : "ssh");
	if (colon == NULL)
		return true;
	number.at++; /* the colon; a '-' asks telnet(1) for its options */
	number.len--;
	if (number.len > 0 && number.at[0] == '-') {
		number.at++;
		number.len--;
	}
	(void)snprintf(port, sizeof(port), "%.*s",
		       number.len < 8 ? (int)number.len : 7, number.at);
	say(adding, KEY_PORT, port);
	return true;
}

/* Say the first method that is there. */
static const char *say_method(const struct adding *adding)
{
	bool said = false;
	size_t n = 0;

	for (size_t i = 3; i < adding->words->n; i++) {
		struct span left = {adding->words->at[i],
				    strlen(adding->words->at[i])};

		while (left.len > 0) {
			struct span way = span_word(&left);

			n += way.len > 0;
			if (!said && way.len > 0)
				said = say_way(adding, way);
		}
	}
	if (!said)
		return "names neither ssh nor telnet";
	if (n > 1)
		tally_count(
			&adding->rc->several, adding->reading, adding->line,
			"of the methods %s is taken, and no other is "
			"tried after it",
			pen_said(&adding->reading->pen, KEY_TRANSPORT)->text);
	return NULL;
}

static const char *say_identity(const struct adding *adding)
{
	say(adding, KEY_USE_KEYS, "true");
	return say_value(adding, KEY_KEY_FILE, 0);
}

static const char *say_never_enable(const struct adding *adding)
{
	if (adding->words->n == 4 && strcmp(adding->words->at[3], "1") == 0)
		say(adding, KEY_ENABLE, "false");
	return NULL;
}

static const char no_value[] = "has no value";

/* Say the values of a line: NULL, or what is wrong. */
static const char *say_values(const struct adding *adding)
{
	if (adding->words->why != NULL)
		return adding->words->why;
	if (adding->words->n == 3)
		return no_value;
	switch (adding->keyword) {
	case CLOGIN_USERPASSWORD:
		return say_value(adding, KEY_PASSWORD, 0);
	case CLOGIN_PASSWORD:
		return say_password(adding);
	case CLOGIN_USER:
		return say_user(adding);
	case CLOGIN_METHOD:
		return say_method(adding);
	case CLOGIN_AUTOENABLE:
	case CLOGIN_NOENABLE:
		return say_never_enable(adding);
	case CLOGIN_IDENTITY:
		return say_identity(adding);
	case CLOGIN_PASSPHRASE:
		return say_value(adding, KEY_PASSPHRASE, 0);
	case NCLOGIN:
		break;
	}
	return NULL;
}

/* ---- lines */

static void note_hashes(const struct adding *adding)
{
	for (size_t i = 3; i < adding->words->n; i++) {
		if (adding->words->at[i][0] != '#')
			continue;
		tally_count(&adding->rc->hashes, adding->reading, adding->line,
			    "a '#' behind a line is a value to clogin, and to "
			    "netfan: write ';#' before a comment");
		return;
	}
}

static void note_broken(const struct adding *adding, const char *why)
{
	tally_count(&adding->rc->broken, adding->reading, adding->line,
		    "'add %s' %s", keywords[adding->keyword], why);
}

static int add_line(const struct adding *adding)
{
	struct cloginrc *rc = adding->rc;
	struct reading *reading = adding->reading;
	struct clogin_line line = {.path = reading->name,
				   .line = (uint32_t)adding->line};
	struct clogin_pattern *pattern;

	if (strlen(adding->words->at[2]) > PATTERN_MAX) {
		note_broken(adding, "has a pattern that is too long");
		return 0;
	}
	if (!grow((void **)&rc->lines, rc->nlines, &rc->lines_room,
		  sizeof(*rc->lines)))
		return fault_memory(reading->err, reading->name);
	pattern = open_pattern(rc, reading, adding->words->at[2]);
	if (pattern == NULL)
		return -1;
	if (pattern->first[adding->keyword] != UINT32_MAX)
		return 0;
	line.fault = say_values(adding);
	if (line.fault != NULL)
		note_broken(adding, line.fault);
	/* Without a password clogin gives up; of the rest it has a default. */
	if (line.fault == no_value && adding->keyword != CLOGIN_PASSWORD)
		line.fault = NULL;
	line.layer = pen_layer(&reading->pen, reading->file);
	note_hashes(adding);
	pattern->first[adding->keyword] = (uint32_t)rc->nlines;
	rc->lines[rc->nlines++] = line;
	return 0;
}

static void note_other(struct cloginrc *rc, const struct reading *reading,
		       const char *keyword, size_t line)
{
	for (unsigned i = 0; i < CLOGIN_OTHERS; i++) {
		if (strcmp(others[i], keyword) != 0)
			continue;
		if (!rc->noted[i])
			reading_note(reading, line,
				     "'add %s' has no effect here", keyword);
		rc->noted[i] = true;
		return;
	}
	tally_count(&rc->broken, reading, line,
		    "'add %.*s' is no keyword of clogin's, and passed over",
		    fault_shown(keyword), keyword);
}

static int read_add(struct cloginrc *rc, struct reading *reading,
		    const struct tcl_words *words, size_t line)
{
	struct adding adding = {
		.rc = rc, .reading = reading, .words = words, .line = line};

	if (words->n < 3) {
		tally_count(&rc->broken, reading, line,
			    "not read: it needs a keyword, a name, and a "
			    "value");
		return 0;
	}
	for (unsigned i = 0; i < NCLOGIN; i++) {
		adding.keyword = (enum clogin_keyword)i;
		if (strcmp(keywords[i], words->at[1]) == 0)
			return add_line(&adding);
	}
	note_other(rc, reading, words->at[1], line);
	return 0;
}

/* The path of a file that is included: below the home, as clogin has it, else
 * beside the file; to be freed. */
static char *included_path(const char *name)
{
	char *path = name[0] == '/' ? strdup(name) : home_path(name);

	if (path != NULL && name[0] != '/' && access(path, F_OK) != 0) {
		free(path);
		path = strdup(name);
	}
	return path;
}

static int read_include(struct cloginrc *rc, const struct reading *reading,
			const struct tcl_words *words, size_t line)
{
	struct reading other;
	char *path;
	int rc_read;

	if (words->n < 2 || words->why != NULL ||
	    rc->nincludes == INCLUDES_MAX) {
		tally_count(&rc->broken, reading, line,
			    rc->nincludes == INCLUDES_MAX
				    ? "not included: there are too many"
				    : "not read: include needs a file");
		return 0;
	}
	rc->nincludes++;
	path = included_path(words->at[1]);
	if (path == NULL)
		return fault_memory(reading->err, reading->name);
	rc_read = reading_open(reading, path, false, &other);
	free(path);
	if (rc_read == -1 && reading->err->code == NF_INVALID) {
		tally_count(&rc->broken, reading, line, "not included: %s",
			    reading->err->message);
		return 0;
	}
	if (rc_read == -1)
		return -1;
	rc_read = cloginrc_read(rc, &other);
	reading_close(&other);
	return rc_read;
}

static int read_command(struct cloginrc *rc, struct reading *reading,
			const struct tcl_words *words, size_t line)
{
	if (words->n > 0 && strcmp(words->at[0], "add") == 0)
		return read_add(rc, reading, words, line);
	if (words->n > 0 && strcmp(words->at[0], "include") == 0)
		return read_include(rc, reading, words, line);
	if (words->n > 0 || words->why != NULL)
		tally_count(&rc->broken, reading, line,
			    "not read: a line begins with add or include");
	return 0;
}

/* Tell that others may read what only clogin's user should. */
static void note_shared(struct cloginrc *rc, const struct reading *reading)
{
	struct draft_file *file = &rc->draft->files[reading->file];

	if (!file->shared || file->noted || rc->nlines == 0)
		return;
	file->noted = true;
	reading_note(reading, 0,
		     "others may read the passwords in it: chmod 600");
}

int cloginrc_read(struct cloginrc *rc, struct reading *reading)
{
	struct lines lines;
	struct span line;

	if (lines_check_text(reading) == -1)
		return -1;
	lines_begin(&lines, reading->bytes, reading->len);
	while (lines_next(&lines, &line)) {
		do {
			struct secrets_mark mark = secrets_mark(&rc->secrets);
			struct tcl_words words;

			if (tcl_take(&words, &line, &rc->secrets) == -1)
				return fault_memory(reading->err,
						    reading->name);
			if (read_command(rc, reading, &words, lines.line) == -1)
				return -1;
			secrets_rewind(&rc->secrets, mark);
		} while (line.len > 0);
	}
	note_shared(rc, reading);
	return 0;
}

/* ---- names */

/* Take the lines of a pattern where they are before those that were found. */
static void take(const struct clogin_pattern *pattern, uint32_t found[NCLOGIN])
{
	for (unsigned i = 0; i < NCLOGIN; i++) {
		if (pattern->first[i] < found[i])
			found[i] = pattern->first[i];
	}
}

static bool may_take(const struct clogin_pattern *pattern,
		     const uint32_t found[NCLOGIN])
{
	for (unsigned i = 0; i < NCLOGIN; i++) {
		if (pattern->first[i] < found[i])
			return true;
	}
	return false;
}

void cloginrc_find(const struct cloginrc *rc, const char *name,
		   const struct clogin_line *out[NCLOGIN])
{
	const struct textmap_entry *exact =
		textmap_find(&rc->places, name, strlen(name));
	uint32_t found[NCLOGIN];

	for (unsigned i = 0; i < NCLOGIN; i++)
		found[i] = UINT32_MAX;
	if (exact != NULL && !glob_is_any(name))
		take(&rc->patterns[exact->value], found);
	for (size_t i = 0; i < rc->nglobs; i++) {
		const struct clogin_pattern *pattern =
			&rc->patterns[rc->globs[i]];

		if (may_take(pattern, found) &&
		    glob_matches(pattern->text, name))
			take(pattern, found);
	}
	for (unsigned i = 0; i < NCLOGIN; i++)
		out[i] = found[i] != UINT32_MAX ? &rc->lines[found[i]] : NULL;
}

void cloginrc_end(struct cloginrc *rc, const struct reading *reading)
{
	tally_tell(&rc->broken, reading);
	tally_tell(&rc->hashes, reading);
	tally_tell(&rc->several, reading);
	secrets_release(&rc->secrets);
	textmap_release(&rc->places);
	free(rc->globs);
	free(rc->patterns);
	free(rc->lines);
	*rc = (struct cloginrc){.draft = rc->draft};
}
