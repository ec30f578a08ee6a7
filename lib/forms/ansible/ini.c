/* Ansible's INI: sections and lines. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "forms/ansible/hostpattern.h"
#include "forms/ansible/literal.h"
#include "forms/ansible/readers.h"
#include "forms/hostvars/words.h"
#include "yaml/fault.h"

#define BLANKS " \t\v\f\r\x1c\x1d\x1e\x1f"
#define VAULT_MARK "$ANSIBLE_VAULT;"
#define VAULT_TAG "!vault"

enum state {
	STATE_HOSTS,
	STATE_VARS,
	STATE_CHILDREN,
};

/* A file that is being read. */
struct ini {
	struct model *model;
	const struct reading *reading;
	size_t line;
	uint32_t group;
	enum state state;
	bool vault; /* the variable before began a vault value */
};

static char *trim(char *text)
{
	size_t len;

	text += strspn(text, BLANKS);
	len = strlen(text);
	while (len > 0 && strchr(BLANKS, text[len - 1]) != NULL)
		len--;
	text[len] = '\0';
	return text;
}

/* Is there nothing behind, or but a comment? */
static bool is_over(const char *text)
{
	text += strspn(text, BLANKS);
	return *text == '\0' || *text == '#';
}

/* ---- variables */

/* The text of a number as it was written, without a comment. */
static const char *as_written(char *text)
{
	char *comment = strchr(text, '#');

	if (comment != NULL)
		*comment = '\0';
	return trim(text);
}

/* Fill the variable by what its text is to Ansible. A password stays as it was
 * written: a number is not what its owner meant. */
static void take_literal(const struct ini *ini, struct variable *variable,
			 char *text, char *out)
{
	bool secret = known_is_secret(known_find(variable->name));
	enum literal_kind kind = literal_read(text, out);

	variable->text = kind == LITERAL_NOT ? text : out;
	if (secret && kind != LITERAL_NOT && kind != LITERAL_TEXT) {
		reading_note(ini->reading, ini->line,
			     "%s is a number or a list to Ansible, and taken "
			     "as it is written: put it into '\"...\"'",
			     variable->name);
		variable->text = kind == LITERAL_JSON ? text : as_written(text);
		return;
	}
	if (kind == LITERAL_BARE)
		variable->flags |= SAID_PLAIN;
	if (kind == LITERAL_JSON)
		variable->flags |= SAID_JSON;
	if (kind != LITERAL_NULL)
		return;
	variable->text = "null";
	variable->flags |= VARIABLE_NULL | SAID_PLAIN;
}

/* Say a variable. text is in the scratch, whose rest behind it is free. */
static int say(struct ini *ini, struct variables *vars, const char *name,
	       char *text, char *out)
{
	struct variable variable = {.name = name, .line = (uint32_t)ini->line};

	ini->vault = strncmp(text, VAULT_TAG, strlen(VAULT_TAG)) == 0;
	if (ini->vault) {
		variable.text = text;
		variable.flags = VARIABLE_VAULT_INI;
	} else {
		take_literal(ini, &variable, text, out);
	}
	model_say(ini->model, ini->reading, vars, &variable);
	return 0;
}

static int fault_vault(const struct ini *ini)
{
	return reading_fault(
		ini->reading, ini->line,
		"a !vault value cannot stand in an INI file, also "
		"to Ansible: move it into group_vars or host_vars, "
		"which are YAML");
}

/* A line of a section of variables. */
static int read_variable(struct ini *ini, char *line, char *out)
{
	char *equals = strchr(line, '=');
	const char *name;
	char *text;

	if (equals == NULL &&
	    (ini->vault || strncmp(line, VAULT_MARK, strlen(VAULT_MARK)) == 0))
		return fault_vault(ini);
	if (equals == NULL)
		return reading_fault(
			ini->reading, ini->line,
			"a variable is NAME=VALUE, in [%.*s:vars]",
			fault_shown(ini->model->groups[ini->group].name),
			ini->model->groups[ini->group].name);
	*equals = '\0';
	name = trim(line);
	text = trim(equals + 1);
	if (priority_is(name)) {
		(void)literal_read(text, out);
		return priority_set(ini->model, ini->reading, ini->group,
				    *out != '\0' ? out : text, ini->line);
	}
	return say(ini, &ini->model->groups[ini->group].vars, name, text, out);
}

/* ---- hosts */

/* Hosts of a line, to which its words are said. */
struct line_hosts {
	struct ini *ini;
	const char *rest; /* of the line, behind the pattern */
	char *word; /* room for one, and for what it is read to */
};

static int fault_word(const struct ini *ini, int rc)
{
	return reading_fault(ini->reading, ini->line, "%s",
			     rc == -1 ? "a quote is not closed"
				      : "nothing follows a backslash");
}

/* Refuse a word that is no variable. It is not shown: it may be a password with
 * a blank in it. */
static int fault_pair(const struct line_hosts *hosts, const char *word)
{
	const struct ini *ini = hosts->ini;

	if (*word == '|' && ini->vault)
		return fault_vault(ini);
	if (strncmp(word, "ansible_", 8) == 0)
		return reading_fault(ini->reading, ini->line,
				     "a variable is NAME=VALUE, without blanks "
				     "around the '='");
	return reading_fault(ini->reading, ini->line,
			     "behind a host there is a word that is not "
			     "NAME=VALUE: put quotes around a value with "
			     "blanks%s",
			     *word == ';' ? ", and # before a comment" : "");
}

static int take_host(void *arg, uint32_t host)
{
	const struct line_hosts *hosts = arg;
	struct ini *ini = hosts->ini;
	struct variables *vars = model_host_vars(ini->model, host);
	const char *rest = hosts->rest;
	int rc;

	model_join(ini->model, host, ini->group);
	while ((rc = words_next(&rest, hosts->word)) == 1) {
		char *equals = strchr(hosts->word, '=');

		if (equals == NULL)
			return fault_pair(hosts, hosts->word);
		*equals = '\0';
		(void)say(ini, vars, hosts->word, equals + 1,
			  equals + strlen(equals + 1) + 2);
	}
	ini->vault = false;
	return rc == 0 ? 0 : fault_word(ini, rc);
}

/* A line of hosts. The room behind it is for two words, and their values. */
static int read_host(struct ini *ini, char *line, char *room)
{
	struct line_hosts hosts = {.ini = ini, .rest = line};
	int rc = words_next(&hosts.rest, room);

	if (rc != 1)
		return fault_word(ini, rc);
	hosts.word = room + strlen(room) + 1;
	return hostpattern_add(ini->model, ini->reading, room, ini->line,
			       take_host, &hosts);
}

/* ---- sections */

/* Note that a group has to be declared somewhere. */
static void ask_for(struct ini *ini, uint32_t group, bool child)
{
	struct model_group *at = &ini->model->groups[group];

	if (at->declared || at->asked_line != 0)
		return;
	at->asked_line = (uint32_t)ini->line; /* < 2^32 */
	at->asked_as_child = child;
}

static int fault_section(const struct ini *ini, const char *line)
{
	return reading_fault(ini->reading, ini->line,
			     "'%.*s' is no section: write [group], "
			     "[group:vars] or [group:children]",
			     fault_shown(line), line);
}

static bool find_state(const char *word, size_t len, enum state *state)
{
	static const char *const words[] = {"hosts", "vars", "children"};

	for (unsigned i = 0; i < 3; i++) {
		if (strlen(words[i]) == len &&
		    strncmp(words[i], word, len) == 0) {
			*state = (enum state)i;
			return true;
		}
	}
	return len == 0;
}

static int begin_section(struct ini *ini, char *name, enum state state)
{
	ini->state = state;
	ini->group = model_group(ini->model, ini->reading, name, ini->line);
	if (ini->group == MODEL_NONE)
		return fault_memory(ini->reading->err, ini->reading->name);
	if (state == STATE_VARS)
		ask_for(ini, ini->group, false);
	else
		ini->model->groups[ini->group].declared = true;
	return 0;
}

/* The line of a section: 1, 0 when it is none. */
static int read_section(struct ini *ini, char *line)
{
	size_t len = strcspn(line + 1, ":] \t\v\f");
	char *end = line + 1 + len;
	enum state state = STATE_HOSTS;
	size_t word = 0;

	if (len > 0 && *end == ':')
		word = strcspn(end + 1, "]");
	if (len > 0 && *end != '\0' && *end != ' ' &&
	    (*end == ']' || (word > 0 && end[1 + word] == ']')) &&
	    is_over(strchr(end, ']') + 1)) {
		if (!find_state(end + 1, word, &state))
			return fault_section(ini, line);
		*end = '\0';
		return begin_section(ini, line + 1, state) == -1 ? -1 : 1;
	}
	if (line[strlen(line) - 1] == ']')
		return fault_section(ini, line);
	return 0;
}

static int read_child(struct ini *ini, char *line)
{
	size_t len = strcspn(line, ":] \t\v\f");
	uint32_t child;

	if (len == 0 || !is_over(line + len))
		return reading_fault(
			ini->reading, ini->line,
			"in [%.*s:children] a line is the name of "
			"a group",
			fault_shown(ini->model->groups[ini->group].name),
			ini->model->groups[ini->group].name);
	line[len] = '\0';
	child = model_group(ini->model, ini->reading, line, ini->line);
	if (child == MODEL_NONE)
		return fault_memory(ini->reading->err, ini->reading->name);
	ask_for(ini, child, true);
	model_nest(ini->model, ini->group, child);
	return 0;
}

/* ---- a file */

/* Refuse what no line can have, but in a comment. */
static int check_bytes(const struct ini *ini, const char *line, size_t len)
{
	size_t at = 0;

	if (memchr(line, '\0', len) != NULL)
		return reading_fault(ini->reading, ini->line,
				     "a NUL is in the line: this is no text");
	while (at < len) {
		unsigned char c = (unsigned char)line[at++];
		unsigned more = c < 0x80   ? 0
				: c < 0xc2 ? 4
				: c < 0xe0 ? 1
				: c < 0xf0 ? 2
				: c < 0xf5 ? 3
					   : 4;

		for (; more > 0 && more < 4; more--) {
			if (at == len ||
			    ((unsigned char)line[at] & 0xc0) != 0x80)
				break;
			at++;
		}
		if (more > 0)
			return reading_fault(ini->reading, ini->line,
					     "the line is not in UTF-8");
	}
	return 0;
}

static int read_line(struct ini *ini, const char *bytes, size_t len)
{
	char *scratch = model_scratch(ini->model, len * 9 + 128);
	char *line = scratch, *room;

	if (scratch == NULL)
		return fault_memory(ini->reading->err, ini->reading->name);
	memcpy(line, bytes, len);
	line[len] = '\0';
	room = line + len + 1;
	line = trim(line);
	if (*line == '\0' || *line == '#' || *line == ';')
		return 0;
	if (check_bytes(ini, bytes, len) == -1)
		return -1;
	if (*line == '[') {
		int rc = read_section(ini, line);

		if (rc != 0)
			return rc == -1 ? -1 : 0;
	}
	switch (ini->state) {
	case STATE_HOSTS:
		return read_host(ini, line, room);
	case STATE_VARS:
		return read_variable(ini, line, room);
	case STATE_CHILDREN:
		return read_child(ini, line);
	}
	return 0;
}

/* Refuse a group that is needed, and declared nowhere. */
static int check_groups(const struct ini *ini)
{
	for (size_t i = 0; i < ini->model->ngroups; i++) {
		const struct model_group *group = &ini->model->groups[i];

		if (group->declared || group->asked_line == 0 ||
		    group->file != ini->reading->file)
			continue;
		return reading_fault(
			ini->reading, group->asked_line,
			"group '%.*s' is not declared: add a section [%.*s]%s",
			fault_shown(group->name), group->name,
			fault_shown(group->name), group->name,
			group->asked_as_child ? ", or take it out" : "");
	}
	return 0;
}

int ini_read(struct model *model, const struct reading *reading)
{
	static const char bom[] = "\xef\xbb\xbf";
	struct ini ini = {
		.model = model, .reading = reading, .group = GROUP_UNGROUPED};
	const char *at = reading->bytes, *end = at + reading->len;

	if (reading->len >= 3 && memcmp(at, bom, 3) == 0)
		at += 3;
	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *stop = newline != NULL ? newline : end;

		ini.line++;
		if (read_line(&ini, at, (size_t)(stop - at)) == -1)
			return -1;
		at = stop + 1;
	}
	return check_groups(&ini);
}
