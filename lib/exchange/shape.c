/* What lines look like that no platform describes. */
#include "exchange/shape.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "platform/patterns.h"
#include "terminal/line.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* What a prompt ends in. The last three are angle brackets of other kinds. */
static const char *const marks[] = {
	">", "#", "$", "%", "]", "\xe2\x9d\xaf", "\xe2\x80\xba", "\xc2\xbb"};

/* What says in brackets how something went. */
static const char *const outcomes[] = {"ok",   "done",    "complete", "passed",
				       "pass", "success", "failed",   "fail",
				       "skip", "error",   "warning"};

/* Parts of words for what only the user may give; passwords are replied to
 * before, where they are known. The last is Chinese for a verification. */
static const char *const secrets[] = {
	"pass",         "code",        "token",    "otp",
	"secret",       "challenge",   "response", " pin",
	"verification", "authenticat", "factor",   "\xe9\xaa\x8c\xe8\xaf\x81"};

/* Words that ask as prompts do. */
static const char *const logins[] = {"login",    "username", "password",
				     "passcode", "token",    "code"};

/* What zsh(1) shows where a command goes on in the next line. */
static const char *const continued[] = {
	"quote", "dquote", "bquote", "heredoc", "pipe",  "cmdsubst",
	"for",   "while",  "until",  "if",      "then",  "else",
	"elif",  "case",   "select", "repeat",  "cursh", "function"};

/* Names that only boot loaders have. */
static const char *const loaders[] = {"rommon", "loader", "cfe",
				      "grub",   "u-boot", "uboot"};

static size_t mark_len(const uint8_t *line, size_t len)
{
	for (size_t i = 0; i < COUNT(marks); i++) {
		size_t n = strlen(marks[i]);

		if (len >= n && memcmp(line + len - n, marks[i], n) == 0)
			return n;
	}
	return 0;
}

size_t shape_stem(const uint8_t *line, size_t len)
{
	len = trimmed(line, len);
	return trimmed(line, len - mark_len(line, len));
}

static bool has_letter(const uint8_t *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (isalpha(text[i]) || text[i] >= 0x80)
			return true;
	}
	return false;
}

static bool is_word_of(const uint8_t *text, size_t len,
		       const char *const *words, size_t nwords)
{
	for (size_t i = 0; i < nwords; i++) {
		if (strlen(words[i]) == len &&
		    strncasecmp((const char *)text, words[i], len) == 0)
			return true;
	}
	return false;
}

/* ---- progress */

/* Does a text end in brackets that hold no word, or how something went? Those
 * of a name stand right behind it: "stack[2]". */
static bool ends_in_outcome(const uint8_t *text, size_t len)
{
	const uint8_t *open;
	size_t inner;

	if (len < 2 || text[len - 1] != ']')
		return false;
	open = memrchr(text, '[', len);
	if (open == NULL || (open > text && isalnum(open[-1])))
		return false;
	for (open++; *open == ' '; open++)
		;
	inner = trimmed(open, len - 1 - (size_t)(open - text));
	return !has_letter(open, inner) ||
	       is_word_of(open, inner, outcomes, COUNT(outcomes));
}

/* Does a text end in a number that is no part of a name? */
static bool ends_in_number(const uint8_t *text, size_t len)
{
	size_t at = len;

	while (at > 0 && (isdigit(text[at - 1]) || text[at - 1] == '.'))
		at--;
	return at < len && isdigit(text[len - 1]) &&
	       (at == 0 || (!isalpha(text[at - 1]) && text[at - 1] != '-' &&
			    text[at - 1] != '_'));
}

/* Is the mark at the end one of several in a row, or the tip of an arrow? */
static bool ends_in_row(const uint8_t *line, size_t len, bool blank_behind)
{
	uint8_t mark = line[len - 1], before = len >= 2 ? line[len - 2] : 0;

	if (mark != '>')
		return before == mark;
	if (before == '>')
		return !blank_behind;
	return len >= 3 && strchr("=-.*", before) != NULL && before != 0 &&
	       line[len - 3] == before;
}

bool shape_is_progress(const uint8_t *line, size_t whole)
{
	size_t len = trimmed(line, whole), stem = shape_stem(line, whole);
	bool blank_behind = whole > len;

	if (len == 0 || stem == len)
		return false;
	if (ends_in_row(line, len, blank_behind) ||
	    ends_in_outcome(line, stem) || ends_in_outcome(line, len))
		return true;
	switch (line[len - 1]) {
	case '#':
		if (stem > 0 && strchr(".:,!%>=", line[stem - 1]) != NULL &&
		    line[stem - 1] != '\0')
			return true;
		return (stem == 0 || stem < len - 1) &&
		       (!blank_behind || (stem > 0 && line[stem - 1] == '#'));
	case '%':
		return ends_in_number(line, stem);
	default:
		return false;
	}
}

bool shape_ends_as_prompt(const uint8_t *line, size_t len)
{
	size_t stem = shape_stem(line, len);

	return stem < trimmed(line, len) &&
	       (stem == 0 || !shape_is_progress(line, len));
}

/* ---- questions */

static bool ends_in_login(const uint8_t *text, size_t len)
{
	const uint8_t *blank = memrchr(text, ' ', len);
	size_t at = blank != NULL ? (size_t)(blank - text) + 1 : 0;

	return is_word_of(text + at, len - at, logins, COUNT(logins));
}

/* Does it end in a colon, be it as wide as a Chinese character? */
static bool ends_in_colon(const uint8_t *line, size_t len)
{
	static const char wide[] = "\xef\xbc\x9a";

	return line[len - 1] == ':' ||
	       (len >= 3 && memcmp(line + len - 3, wide, 3) == 0);
}

bool shape_asks_secret(const uint8_t *line, size_t len)
{
	char text[PATTERNS_LINE_MAX + 1];

	len = trimmed(line, len);
	if (len == 0 || len > PATTERNS_LINE_MAX)
		return false;
	if (line[len - 1] == '>')
		return ends_in_login(line, shape_stem(line, len));
	if (!ends_in_colon(line, len))
		return false;
	(void)snprintf(text, sizeof(text), "%.*s", (int)len,
		       (const char *)line);
	for (size_t i = 0; i < COUNT(secrets); i++) {
		if (strcasestr(text, secrets[i]) != NULL)
			return true;
	}
	return false;
}

bool shape_is_continued(const uint8_t *line, size_t len)
{
	size_t stem = shape_stem(line, len);

	return stem < len && line[stem] == '>' &&
	       (stem == 0 ||
		is_word_of(line, stem, continued, COUNT(continued)));
}

/* ---- other command lines */

bool shape_is_loader(const uint8_t *line, size_t len)
{
	size_t stem = shape_stem(line, len);
	const uint8_t *blank = memchr(line, ' ', stem);
	size_t word = blank != NULL ? (size_t)(blank - line) : stem;

	return stem < trimmed(line, len) &&
	       is_word_of(line, word, loaders, COUNT(loaders));
}

/* "bash-5.1", "sh-4.2": a shell that was told of no other prompt. */
static bool is_shell_name(const uint8_t *text, size_t len)
{
	const uint8_t *dash = memchr(text, '-', len);
	size_t name = dash != NULL ? (size_t)(dash - text) : 0;

	return name >= 2 && name <= 5 && name + 1 < len &&
	       memcmp(text + name - 2, "sh", 2) == 0 && isdigit(dash[1]);
}

/* Is it a path, as BusyBox shows before its mark: "/ #", "~/bin $"? */
static bool is_path(const uint8_t *text, size_t len)
{
	return len > 0 && (text[0] == '/' || text[0] == '~') &&
	       memchr(text, ' ', len) == NULL;
}

bool shape_is_shell(const uint8_t *line, size_t whole)
{
	size_t len = trimmed(line, whole), stem = shape_stem(line, whole);
	const uint8_t *at = memchr(line, '@', stem), *end = line + stem;

	if (stem == len || strchr("#$%", line[len - 1]) == NULL)
		return false;
	if (stem == 0)
		return line[0] == '$';
	if (is_shell_name(line, stem) || is_path(line, stem))
		return true;
	if (at == NULL || at == line || at + 1 == end || at[-1] == ' ' ||
	    memchr(line, ' ', (size_t)(at - line)) != NULL)
		return false;
	return line[len - 1] != '#' ||
	       (line[0] == '[' && end[-1] == ']' &&
		memchr(at, ' ', (size_t)(end - at)) != NULL) ||
	       memmem(at, stem - (size_t)(at - line), ":~", 2) != NULL ||
	       memmem(at, stem - (size_t)(at - line), ":/", 2) != NULL;
}

/* ---- what may follow a prompt */

static bool begins(const uint8_t *line, size_t len, const uint8_t *start,
		   size_t start_len)
{
	return start_len > 0 && len >= start_len &&
	       memcmp(line, start, start_len) == 0;
}

/* Length of a stem without the mode in brackets that it may end in. */
static size_t without_mode(const uint8_t *stem, size_t len)
{
	const uint8_t *open;

	if (len < 3 || stem[len - 1] != ')')
		return len;
	open = memrchr(stem, '(', len);
	if (open == NULL || !isalpha(open[1]) ||
	    memchr(open, ' ', len - (size_t)(open - stem)) != NULL)
		return len;
	return trimmed(stem, (size_t)(open - stem));
}

bool shape_is_mode_of(const uint8_t *line, size_t len, const char *prompt)
{
	const uint8_t *other = (const uint8_t *)prompt;
	size_t other_len = strlen(prompt);
	size_t stem = shape_stem(line, len);
	size_t other_stem = shape_stem(other, other_len);
	size_t name = without_mode(line, stem);
	size_t other_name = without_mode(other, other_stem);

	return stem < trimmed(line, len) &&
	       other_stem < trimmed(other, other_len) &&
	       (name < stem || other_name < other_stem) && name == other_name &&
	       begins(line, name, other, other_name);
}

/* May a name end in this, right before the mark? */
static bool ends_a_name(uint8_t byte)
{
	return isalnum(byte) || byte >= 0x80 ||
	       (byte != '\0' && strchr(")]}~/_-*'\"", byte) != NULL);
}

/* Is the name of a prompt, without what stands around it, part of a text? */
static bool has_name_of(const uint8_t *text, size_t len, const uint8_t *prompt,
			size_t prompt_len)
{
	while (prompt_len > 0 && !isalnum(*prompt)) {
		prompt++;
		prompt_len--;
	}
	return prompt_len > 0 && memmem(text, len, prompt, prompt_len) != NULL;
}

/* Is it one word, or several in brackets, with a mark right behind it; or one
 * word with a blank between, which is the place where a user is? */
static bool is_name(const uint8_t *line, size_t len, size_t stem)
{
	bool one_word = memchr(line, ' ', stem) == NULL;

	if (!has_letter(line, stem) || line[0] == '<' ||
	    !ends_a_name(line[stem - 1]))
		return false;
	if (stem < len && line[stem] == ' ')
		return one_word && (line[len - 1] == '>' ||
				    memchr(line, '@', stem) != NULL);
	return one_word || line[0] == '[' || line[0] == '(';
}

/* Is it nothing but that one letter? */
static bool is_row_of(const uint8_t *text, size_t len, uint8_t letter)
{
	while (len > 0 && text[len - 1] == letter)
		len--;
	return len == 0;
}

bool shape_may_follow(const uint8_t *line, size_t whole, const char *prompt)
{
	const uint8_t *other = (const uint8_t *)prompt;
	size_t len = trimmed(line, whole), stem = shape_stem(line, whole);
	size_t other_stem = shape_stem(other, strlen(prompt));

	if (stem == len || shape_is_progress(line, whole))
		return false;
	if (stem == 0 || is_row_of(line, stem, '>') || is_path(line, stem))
		return whole > len;
	if (begins(line, stem, other, other_stem) &&
	    memchr(line + other_stem, ' ', stem - other_stem) == NULL)
		return true;
	if (line[len - 1] == ']')
		return line[0] == '[' &&
		       has_name_of(line, stem, other, other_stem);
	return is_name(line, len, stem);
}
