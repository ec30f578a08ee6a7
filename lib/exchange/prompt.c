/* The prompt of a device. */
#include "exchange/prompt.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "exchange/shape.h"
#include "terminal/line.h"

#define DIGITS_MAX 9 /* of a number that counts */

void prompt_set(struct prompt *prompt, const struct terminal *terminal)
{
	terminal_copy(terminal, prompt->text);
	prompt->len = strlen(prompt->text);
}

bool prompt_is_likely(const struct terminal *terminal)
{
	return !line_asks(&terminal->text.line) &&
	       patterns_prompt(terminal->patterns, terminal->text.line.data,
			       terminal_len(terminal));
}

/* ---- a number that counts */

/* Read a number of a prompt: how many digits it has, 0 for none. */
static size_t read_number(const char *text, unsigned *value)
{
	size_t n = 0;

	*value = 0;
	while (n < DIGITS_MAX && isdigit((unsigned char)text[n]))
		*value = *value * 10 + (unsigned)(text[n++] - '0');
	return isdigit((unsigned char)text[n]) ? 0 : n;
}

/* By how much did the number at a place of the text grow in the line? 0 when
 * they are not the same but for that. */
static unsigned growth(const char *text, const char *line, size_t at)
{
	unsigned before, now;
	size_t before_len, now_len;

	if (strlen(text) <= at || strlen(line) <= at ||
	    memcmp(text, line, at) != 0)
		return 0;
	before_len = read_number(text + at, &before);
	now_len = read_number(line + at, &now);
	if (before_len == 0 || now_len == 0 || now <= before ||
	    strcmp(text + at + before_len, line + at + now_len) != 0)
		return 0;
	return now - before;
}

/* Where does the number begin in which they differ first, if it is one? */
static size_t differing_number(const char *text, const char *line)
{
	size_t at = 0;

	while (text[at] != '\0' && text[at] == line[at])
		at++;
	while (at > 0 && isdigit((unsigned char)text[at - 1]))
		at--;
	return at;
}

/* Copy what may come again without the blanks at its end, which may be late. */
static void copy_bare(char out[PATTERNS_LINE_MAX + 1], const char *text)
{
	size_t len = trimmed((const uint8_t *)text, strlen(text));

	memcpy(out, text, len);
	out[len] = '\0';
}

static void copy_line(char out[PATTERNS_LINE_MAX + 1],
		      const struct terminal *terminal)
{
	char text[PATTERNS_LINE_MAX + 1];

	terminal_copy(terminal, text);
	copy_bare(out, text);
}

/* Did a number grow by one from the text to the unfinished line? Its place. */
static bool has_counted(const struct terminal *terminal, const char *text,
			size_t *at)
{
	char before[PATTERNS_LINE_MAX + 1], now[PATTERNS_LINE_MAX + 1];

	copy_line(now, terminal);
	copy_bare(before, text);
	*at = differing_number(before, now);
	return growth(before, now, *at) == 1;
}

/* Has the number grown that is known to count? */
static bool counts_on(const struct prompt *prompt,
		      const struct terminal *terminal)
{
	const struct buf *line = &terminal->text.line;
	char before[PATTERNS_LINE_MAX + 1], now[PATTERNS_LINE_MAX + 1];

	if (!prompt->counts || line->len <= prompt->number_at ||
	    prompt->len <= prompt->number_at ||
	    memcmp(line->data, prompt->text, prompt->number_at) != 0)
		return false;
	copy_line(now, terminal);
	copy_bare(before, prompt->text);
	return growth(before, now, prompt->number_at) > 0;
}

bool prompt_repeats(struct prompt *prompt, const struct terminal *terminal,
		    const char *text)
{
	size_t at;

	if (terminal_is(terminal, text))
		return true;
	if (!has_counted(terminal, text, &at))
		return false;
	prompt->counts = true;
	prompt->number_at = at;
	return true;
}

bool prompt_is_back(struct prompt *prompt, const struct terminal *terminal)
{
	if (terminal_is(terminal, prompt->text))
		return true;
	if (!counts_on(prompt, terminal))
		return false;
	prompt_set(prompt, terminal);
	return true;
}

/* ---- prompts that are known again */

static unsigned nformer(const struct prompt *prompt)
{
	return prompt->nformer < PROMPT_FORMER ? prompt->nformer
					       : PROMPT_FORMER;
}

/* Keep the prompt, as another one takes its place. */
static void remember(struct prompt *prompt)
{
	unsigned i = 0;

	while (i < nformer(prompt) &&
	       strcmp(prompt->former[i], prompt->text) != 0)
		i++;
	if (i == nformer(prompt) && prompt->len < PROMPT_FORMER_MAX)
		memcpy(prompt->former[prompt->nformer++ % PROMPT_FORMER],
		       prompt->text, prompt->len + 1);
}

static bool is_former(const struct prompt *prompt,
		      const struct terminal *terminal)
{
	for (unsigned i = 0; i < nformer(prompt); i++) {
		if (terminal_is(terminal, prompt->former[i]))
			return true;
	}
	return false;
}

bool prompt_is_proven(struct prompt *prompt, const struct terminal *terminal,
		      const char *candidate)
{
	size_t at = 0;
	bool counted = has_counted(terminal, candidate, &at);

	if (strcmp(candidate, prompt->text) == 0 &&
	    prompt_is_back(prompt, terminal))
		return true;
	if (!counted && !terminal_is(terminal, candidate))
		return false;
	remember(prompt);
	prompt->counts = counted;
	prompt->number_at = at;
	prompt_set(prompt, terminal);
	return true;
}

/* The name by which a text calls its device. NULL: no pattern knows it. */
static const uint8_t *base_of(const struct terminal *terminal, const char *text,
			      size_t *len)
{
	*len = 0;
	return patterns_base(terminal->patterns, (const uint8_t *)text,
			     strlen(text), len);
}

static const uint8_t *line_base(const struct terminal *terminal, size_t *len)
{
	*len = 0;
	return patterns_base(terminal->patterns, terminal->text.line.data,
			     terminal_len(terminal), len);
}

/* Does the unfinished line call the device by the same name as the prompt? Where
 * the patterns do not know both, their shapes may tell. */
static bool has_same_name(const struct prompt *prompt,
			  const struct terminal *terminal)
{
	const uint8_t *line = terminal->text.line.data;
	size_t line_len = terminal_len(terminal), len, other_len;
	const uint8_t *base = line_base(terminal, &len), *other = NULL;

	if (base != NULL)
		other = base_of(terminal, prompt->text, &other_len);
	if (base != NULL && other != NULL)
		return len == other_len && memcmp(base, other, len) == 0;
	return line_len <= PATTERNS_LINE_MAX &&
	       shape_is_mode_of(line, line_len, prompt->text);
}

/* Has the device gone back to where it was before? */
static bool is_back_at_former(const struct prompt *prompt,
			      const struct terminal *terminal)
{
	size_t len, other_len;
	const uint8_t *base, *other;

	if (prompt->nformer == 0)
		return false;
	if (is_former(prompt, terminal))
		return true;
	base = line_base(terminal, &len);
	for (unsigned i = 0; base != NULL && i < nformer(prompt); i++) {
		other = base_of(terminal, prompt->former[i], &other_len);
		if (other != NULL && len == other_len &&
		    memcmp(base, other, len) == 0)
			return true;
	}
	return false;
}

/* ---- what the unfinished line is */

static bool is_known(struct prompt *prompt, const struct terminal *terminal)
{
	if (prompt->takes_any &&
	    (prompt_repeats(prompt, terminal, prompt->text) ||
	     prompt_is_likely(terminal)))
		return true;
	if (counts_on(prompt, terminal))
		return true;
	return !line_asks(&terminal->text.line) &&
	       has_same_name(prompt, terminal);
}

bool prompt_is_reached(struct prompt *prompt, const struct terminal *terminal)
{
	if (terminal_is(terminal, prompt->text))
		return true;
	if (!is_known(prompt, terminal)) {
		if (!is_back_at_former(prompt, terminal))
			return false;
		remember(prompt);
		prompt->counts = false;
	}
	prompt_set(prompt, terminal);
	return true;
}

bool prompt_may_follow(const struct prompt *prompt,
		       const struct terminal *terminal)
{
	const struct buf *line = &terminal->text.line;

	if (line->len > PATTERNS_LINE_MAX || line_asks(line) ||
	    shape_asks_secret(line->data, line->len) ||
	    shape_is_progress(line->data, line->len) ||
	    shape_is_continued(line->data, line->len))
		return false;
	return prompt_is_likely(terminal) ||
	       shape_may_follow(line->data, line->len, prompt->text);
}

/* ---- a prompt behind other text */

static bool ends_in(const struct terminal *terminal, const char *text)
{
	const struct buf *line = &terminal->text.line;
	size_t len = trimmed(line->data, line->len);
	size_t n = trimmed((const uint8_t *)text, strlen(text));

	return n > 0 && len > n && memcmp(line->data + len - n, text, n) == 0;
}

/* The text of a prompt that counts behind one more line. False: it does not. */
static bool grow(const struct prompt *prompt, char out[PATTERNS_LINE_MAX + 1])
{
	unsigned number;
	size_t at = prompt->number_at, len;
	int n;

	if (!prompt->counts || prompt->len <= at)
		return false;
	len = read_number(prompt->text + at, &number);
	n = snprintf(out, PATTERNS_LINE_MAX + 1, "%.*s%u%s", (int)at,
		     prompt->text, number + 1, prompt->text + at + len);
	return len > 0 && n <= PATTERNS_LINE_MAX;
}

bool prompt_ends_line(const struct prompt *prompt,
		      const struct terminal *terminal)
{
	char grown[PATTERNS_LINE_MAX + 1];

	return ends_in(terminal, prompt->text) ||
	       (grow(prompt, grown) && ends_in(terminal, grown));
}

void prompt_count(struct prompt *prompt, const struct terminal *terminal)
{
	char grown[PATTERNS_LINE_MAX + 1];

	if (!grow(prompt, grown) || !ends_in(terminal, grown))
		return;
	(void)stpcpy(prompt->text, grown);
	prompt->len = strlen(grown);
}
