/* The lines of a file, as far as the first of them go. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "draft/address.h"
#include "forms/form.h"
#include "forms/marks/parts.h"

#define WORD_MAX 256 /* bytes of a host with user and port */

/* A file whose lines are being looked at. */
struct looking {
	struct text_marks *marks;
	bool variables; /* in a section of those */
	bool section; /* in any */
	struct span second; /* word of the last line */
};

/* The bytes that are looked at: whole lines, but for one that is too long. */
static struct span first_lines(const struct reading *reading)
{
	struct span span = {reading->bytes, reading->len};

	if (span.len <= MARKS_BYTES)
		return span;
	span.len = MARKS_BYTES;
	while (span.len > 0 && span.at[span.len - 1] != '\n')
		span.len--;
	if (span.len == 0)
		span.len = MARKS_BYTES;
	return span;
}

static size_t count_byte(struct span line, char byte)
{
	size_t n = 0;

	for (size_t i = 0; i < line.len; i++)
		n += line.at[i] == byte;
	return n;
}

/* Does a text stand in the line? */
static bool holds(struct span line, const char *text)
{
	return memmem(line.at, line.len, text, strlen(text)) != NULL;
}

static bool is_address(struct span word)
{
	char text[WORD_MAX];

	if (word.len >= sizeof(text))
		return false;
	memcpy(text, word.at, word.len);
	text[word.len] = '\0';
	return address_is_numeric(text);
}

/* ---- YAML */

/* Is it KEY: with nothing but a blank behind the colon, and a key before it that
 * is words or in quotes? */
static bool is_yaml_pair(struct span line)
{
	size_t i = 0;

	while (line.len > 1 && line.at[0] == '-' && line.at[1] == ' ') {
		line.at += 2;
		line.len -= 2;
		line = span_trim(line);
	}
	while (i < line.len && (isalnum((unsigned char)line.at[i]) ||
				strchr("_-. \"'/$<&*", line.at[i]) != NULL ||
				(unsigned char)line.at[i] >= 0x80))
		i++;
	return i > 0 && i < line.len && line.at[i] == ':' &&
	       (i + 1 == line.len || line.at[i + 1] == ' ' ||
		line.at[i + 1] == '\t');
}

static bool is_yaml(struct span line)
{
	return span_is(line, "-") || span_begins(line, "- ") ||
	       span_is(line, "---") || span_begins(line, "--- ") ||
	       span_begins(line, "%YAML") || span_begins(line, "? ") ||
	       line.at[0] == '{' || line.at[0] == '}' || is_yaml_pair(line);
}

/* Begins the first line JSON, or a list in brackets? A section of INI is none,
 * nor is a host's address. */
static bool begins_flow(struct span line)
{
	char second = line.len > 1 ? line.at[1] : ' ';

	if (line.at[0] != '[')
		return line.at[0] == '{';
	if (isxdigit((unsigned char)second) || second == ':')
		return false;
	return line.len <= 2 || line.at[line.len - 1] != ']' ||
	       span_has_any(line, ",{\"");
}

/* ---- INI and its like */

/* Take the name of a section out of a line; false: it is none. An address in
 * brackets is a host. */
static bool is_section(struct span line, struct span *name)
{
	const char *comment = memchr(line.at, '#', line.len);

	if (comment != NULL)
		line.len = (size_t)(comment - line.at);
	line = span_trim(line);
	if (line.len < 3 || line.at[0] != '[' || line.at[line.len - 1] != ']')
		return false;
	*name = (struct span){line.at + 1, line.len - 2};
	return !is_address(*name) && !span_has_any(*name, ",{}");
}

static bool ends(struct span span, const char *text)
{
	size_t len = strlen(text);

	return span.len >= len &&
	       memcmp(span.at + span.len - len, text, len) == 0;
}

static void see_section(struct looking *at, struct span name)
{
	struct text_marks *marks = at->marks;

	marks->sections++;
	at->section = true;
	at->variables = ends(name, ":vars");
	if (at->variables || ends(name, ":children") || ends(name, ":hosts"))
		marks->group_sections++;
	if (word_is_config_section(name))
		marks->config_sections++;
	if (name.at[0] == '[' || span_has_any(name, "\""))
		marks->toml++;
}

/* Is it KEY = VALUE? A host with variables has a word before the first. */
static bool is_setting(struct span line)
{
	size_t i = 0;

	while (i < line.len && (isalnum((unsigned char)line.at[i]) ||
				strchr("_-.:", line.at[i]) != NULL))
		i++;
	while (i < line.len && line.at[i] == ' ')
		i++;
	return i > 0 && i < line.len && line.at[i] == '=';
}

static bool is_toml(struct span line)
{
	const char *sign = memchr(line.at, '=', line.len);
	struct span value;

	if (sign == NULL)
		return false;
	value.at = sign + 1;
	value.len = line.len - (size_t)(sign + 1 - line.at);
	value = span_trim(value);
	return value.len > 0 &&
	       (value.at[0] == '"' || value.at[0] == '[' || value.at[0] == '{');
}

static void see_ini(struct looking *at, struct span line)
{
	struct text_marks *marks = at->marks;
	struct span name;

	if (is_section(line, &name)) {
		see_section(at, name);
		return;
	}
	if (holds(line, "ansible_") && memchr(line.at, '=', line.len) != NULL)
		marks->ansible++;
	else if (is_setting(line) && !at->variables)
		marks->toml += is_toml(line);
	if (is_setting(line) && !at->variables)
		marks->settings++;
	else if (at->section)
		marks->members++;
}

/* ---- files of SSH, of RANCID, of others */

static void see_ssh(struct text_marks *marks, struct span line)
{
	struct span left = line, first, second;
	size_t i = 0;

	while (i < line.len && line.at[i] != '=' && line.at[i] != ' ' &&
	       line.at[i] != '\t')
		i++;
	first = (struct span){line.at, i};
	if (i < line.len && (span_is(first, "Host") || span_is(first, "Match")))
		marks->ssh_hosts++;
	else if (i < line.len && word_is_ssh(first))
		marks->ssh_keywords++;
	first = span_word(&left);
	second = span_word(&left);
	if (word_is_key_kind(first) && second.len > 16)
		marks->public_keys++;
	if (span_begins(first, "|1|") || span_begins(first, "@revoked") ||
	    span_begins(first, "@cert-authority") ||
	    (word_is_key_kind(second) && left.len > 16))
		marks->known_hosts++;
}

/* The third of the fields of a line, between which a byte stands; false: it has
 * less than three. */
static bool third_field(struct span line, char delimiter, struct span *field)
{
	const char *end = line.at + line.len;
	const char *one = memchr(line.at, delimiter, line.len);
	const char *two = NULL, *three;

	if (one != NULL)
		two = memchr(one + 1, delimiter, (size_t)(end - one - 1));
	if (two == NULL)
		return false;
	three = memchr(two + 1, delimiter, (size_t)(end - two - 1));
	field->at = two + 1;
	field->len = (size_t)((three != NULL ? three : end) - two - 1);
	*field = span_trim(*field);
	return true;
}

/* How often what may stand between columns is in a line. */
static size_t count_columns(struct span line)
{
	size_t n = count_byte(line, ',');

	if (n == 0)
		n = count_byte(line, ';');
	return n != 0 ? n : count_byte(line, '\t');
}

static bool is_state(struct span line, char delimiter)
{
	struct span third;

	return third_field(line, delimiter, &third) &&
	       (span_is(third, "up") || span_is(third, "down"));
}

/* Are there fields in a line, and no host? A host has one colon, before its
 * port. */
static bool has_fields(struct span line)
{
	struct span left = line, first = span_word(&left);
	const char *colon = memchr(line.at, ':', line.len);
	size_t n = count_byte(line, ':');

	if (count_byte(line, '|') >= 2)
		return true;
	if (n == 1)
		return left.len == 0 && colon + 1 < line.at + line.len &&
		       isalpha((unsigned char)colon[1]);
	return n >= 2 && !is_address(first) && line.at[0] != '[' &&
	       !holds(line, ": ") && !holds(line, "::");
}

static void see_fields(struct text_marks *marks, struct span line)
{
	size_t n = count_columns(line);

	marks->rancid += is_state(line, ';') || is_state(line, ':');
	marks->fields += has_fields(line);
	if (marks->lines == 1)
		marks->first_columns = n;
	if (n > 0 && n == marks->first_columns)
		marks->columns++;
}

static void see_other(struct text_marks *marks, struct span line)
{
	struct span left = line, first = span_word(&left);

	if (span_is(first, "add")) {
		if (word_is_clogin(span_word(&left)))
			marks->clogin++;
		return;
	}
	if (word_is_terraform(first) && line.at[line.len - 1] == '{')
		marks->terraform++;
	if (word_is_command(first) && left.len > 0)
		marks->commands++;
	if (line_is_product(line))
		marks->products++;
}

/* ---- hosts */

static bool is_host_text(struct span word)
{
	bool letter = false, bracket = false;

	for (size_t i = 0; i < word.len; i++) {
		char byte = word.at[i];

		bracket |= byte == '[';
		if (isalnum((unsigned char)byte) || (unsigned char)byte >= 0x80)
			letter = true;
		else if (strchr("._-:[]@%/", byte) == NULL &&
			 !(bracket && byte == ','))
			return false;
	}
	return letter && word.len < WORD_MAX;
}

/* A line of a list: [USER@]HOST[:PORT], or HOST USER where the first cannot be
 * any word. */
static void see_entry(struct text_marks *marks, struct span line)
{
	struct span left, first, second;
	bool evident;

	for (size_t i = 1; i < line.len; i++) {
		if (line.at[i] == '#' && isspace((unsigned char)line.at[i - 1]))
			line.len = i;
	}
	left = span_trim(line);
	first = span_word(&left);
	second = span_word(&left);
	evident = span_has_any(first, ".@:[") &&
		  span_has_any(first, "0123456789.@");
	if (!is_host_text(first) || left.len > 0 ||
	    (second.len > 0 &&
	     (!is_host_text(second) || isdigit((unsigned char)second.at[0]) ||
	      (!evident && !span_has_any(first, "0123456789")))))
		return;
	marks->entries++;
	marks->evident += evident;
}

static bool is_local(struct span name)
{
	return span_begins(name, "localhost") || span_begins(name, "ip6-") ||
	       span_is(name, "broadcasthost");
}

static void see_etc_hosts(struct looking *at, struct span line)
{
	struct text_marks *marks = at->marks;
	const char *comment = memchr(line.at, '#', line.len);
	struct span left = line, first, second;

	if (comment != NULL)
		left.len = (size_t)(comment - line.at);
	first = span_word(&left);
	second = span_word(&left);
	if (is_address(first) && second.len > 0) {
		marks->etc_hosts++;
		marks->local += is_local(second);
		marks->names += left.len > 0 || span_has_any(second, ".");
		marks->repeated +=
			second.len == at->second.len &&
			memcmp(second.at, at->second.at, second.len) == 0;
	}
	at->second = second;
}

/* ---- all of it */

static void see_line(struct looking *at, struct span line)
{
	struct text_marks *marks = at->marks;
	bool yaml = is_yaml(line);

	if (marks->lines++ == 0)
		marks->yaml_first = yaml || begins_flow(line);
	marks->yaml += yaml;
	see_ini(at, line);
	see_ssh(marks, line);
	see_fields(marks, line);
	see_other(marks, line);
	see_entry(marks, line);
	see_etc_hosts(at, line);
}

void text_survey(struct text_marks *marks, const struct reading *reading)
{
	struct looking at = {.marks = marks, .second = {"", 0}};
	struct span bytes = first_lines(reading), line;
	struct lines lines;

	*marks = (struct text_marks){0};
	lines_begin(&lines, bytes.at, bytes.len);
	while (lines_next(&lines, &line)) {
		line = span_trim(line);
		if (line.len > 0 && line.at[0] != '#' && line.at[0] != ';')
			see_line(&at, line);
	}
}

const char *text_start_refusal(const struct reading *reading)
{
	static const struct {
		const char *start;
		const char *refusal;
	} starts[] = {
		{"#!/", "a program, no inventory: one that prints Ansible's is "
			"run if its format is given as script"},
		{"-----BEGIN PGP",
		 "encrypted, or signed (PGP): give what gpg makes of it"},
		{"-----BEGIN", "a key or a certificate, no inventory"},
		{"<!doctype html", "a page of HTML, no inventory"},
		{"<html", "a page of HTML, no inventory"},
		{"<?xml", "XML, which no form of inventories is in"},
		{"<", "XML or HTML, which no form of inventories is in"},
	};
	struct lines lines;
	struct span text;

	lines_begin(&lines, reading->bytes, reading->len);
	text = (struct span){lines.at, (size_t)(lines.end - lines.at)};
	if (text.len > MARKS_BYTES)
		text.len = MARKS_BYTES;
	text = span_trim(text);
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		if (span_begins(text, starts[i].start))
			return starts[i].refusal;
	}
	return NULL;
}
