/* The echo of a command. */
#include "output/echo.h"

#include <string.h>

/* Letters are all that is no blank. So many of them tell a command from other
 * text, if it is shown in part, or with other text than the prompt before it. */
#define PART_MIN 8
#define WORDS_MIN 4

#define ROW_MIN 36 /* columns: no device has a narrower terminal */
#define DOTS_MIN 3 /* that are a mark alone */
#define LINES_MAX 8 /* near the top: log messages may come before the echo */

/* ---- letters */

static bool is_letter(uint8_t byte)
{
	return byte > ' ';
}

static size_t count_letters(const uint8_t *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += is_letter(text[i]);
	return n;
}

/* Do the letters of a text end with those of tail? *len becomes the length of
 * the text before these. */
static bool ends_with(const uint8_t *text, size_t *len, const uint8_t *tail,
		      size_t tail_len)
{
	size_t at = *len;

	while (tail_len > 0) {
		if (!is_letter(tail[--tail_len]))
			continue;
		while (at > 0 && !is_letter(text[at - 1]))
			at--;
		if (at == 0 || text[--at] != tail[tail_len])
			return false;
	}
	*len = at;
	return true;
}

/* Do the letters of a text begin with those of head? *at becomes the place in
 * the text behind these. */
static bool begins_with(const uint8_t *text, size_t len, const uint8_t *head,
			size_t head_len, size_t *at)
{
	size_t to = 0;

	for (size_t i = 0; i < head_len; i++) {
		if (!is_letter(head[i]))
			continue;
		while (to < len && !is_letter(text[to]))
			to++;
		if (to == len || text[to++] != head[i])
			return false;
	}
	*at = to;
	return true;
}

/* ---- the command and its prompt, as bytes */

static const uint8_t *command_of(const struct echo *echo, size_t *len)
{
	*len = strcspn(echo->command, "\r\n"); /* of several lines the first */
	return (const uint8_t *)echo->command;
}

/* Blanks behind a prompt may come and go. */
static size_t prompt_len(const struct echo *echo)
{
	size_t len = strlen(echo->prompt);

	while (len > 0 && echo->prompt[len - 1] == ' ')
		len--;
	return len;
}

static bool begins_with_prompt(const struct echo *echo, const uint8_t *line,
			       size_t len)
{
	size_t n = prompt_len(echo);

	return n > 0 && len >= n && memcmp(line, echo->prompt, n) == 0;
}

static bool ends_with_prompt(const struct echo *echo, const uint8_t *text,
			     size_t len)
{
	size_t n = prompt_len(echo);

	return n > 0 && len >= n &&
	       memcmp(text + len - n, echo->prompt, n) == 0;
}

/* The place behind the first prompt in a line, 0: none is there. */
static size_t behind_prompt(const struct echo *echo, const uint8_t *line,
			    size_t len)
{
	size_t n = prompt_len(echo);
	const uint8_t *at = n > 0 ? memmem(line, len, echo->prompt, n) : NULL;

	return at != NULL ? (size_t)(at - line) + n : 0;
}

static size_t line_len(const uint8_t *line, size_t len)
{
	while (len > 0 && !is_letter(line[len - 1]))
		len--;
	return len;
}

static size_t blanks(const uint8_t *line, size_t len)
{
	size_t n = 0;

	while (n < len && !is_letter(line[n]))
		n++;
	return n;
}

/* ---- parts of a command */

static bool is_arrow(uint8_t byte)
{
	return byte == '$' || byte == '<' || byte == '>';
}

/*
 * Bytes of the mark that a line begins with (step 1) or ends with (-1), for what
 * has no room in its row: one of $ < > on devices, with dots behind it in zsh(1),
 * or dots alone. 0: there is none.
 */
static size_t mark_len(const uint8_t *end, size_t len, int step)
{
	bool arrow = len > 0 && is_arrow(*end);
	size_t n = arrow, dots = 0;

	while (n < len && end[(ptrdiff_t)n * step] == '.') {
		n++;
		dots++;
	}
	return arrow || dots >= DOTS_MIN ? n : 0;
}

/* Is it a mark and the end of the command? Not if the mark is of the command. */
static bool is_scrolled(const struct echo *echo, const uint8_t *line,
			size_t len)
{
	size_t n, mark = mark_len(line, len, 1), left, all;
	const uint8_t *command = command_of(echo, &n);

	left = all = n;
	return mark > 0 && count_letters(line + mark, len - mark) >= PART_MIN &&
	       ends_with(command, &left, line + mark, len - mark) &&
	       count_letters(command, left) > 0 &&
	       !ends_with(command, &all, line, len);
}

/* Is it the beginning of the command and a mark, and as long as a row? */
static bool is_cut(const struct echo *echo, const uint8_t *line, size_t len)
{
	size_t n, mark = mark_len(line + len - 1, len, -1), at, all;
	const uint8_t *command = command_of(echo, &n);

	return mark > 0 && strlen(echo->prompt) + len >= ROW_MIN &&
	       count_letters(line, len - mark) >= PART_MIN &&
	       begins_with(command, n, line, len - mark, &at) &&
	       count_letters(command + at, n - at) > 0 &&
	       !begins_with(command, n, line, len, &all);
}

/* How rows of a command are written one over the other. */
struct rows {
	const uint8_t *command;
	size_t len;
	size_t lead; /* blanks before the first row: the prompt's last */
	size_t first; /* characters in the first row, behind the prompt */
	size_t row; /* in each of the others, but for the last */
};

/* What a terminal shows in a column, the last row beginning at that place. */
static uint8_t shown_at(const struct rows *rows, size_t last, size_t column)
{
	if (column < rows->len - last)
		return rows->command[last + column];
	if (last > rows->first)
		return rows->command[last - rows->row + column];
	return column < rows->lead ? ' ' : rows->command[column - rows->lead];
}

static bool is_shown(const struct rows *rows, const uint8_t *line, size_t len)
{
	size_t last = (rows->len - rows->first - 1) / rows->row * rows->row +
		      rows->first;
	size_t columns =
		last > rows->first ? rows->row : rows->lead + rows->first;

	if (columns < rows->len - last)
		columns = rows->len - last;
	/* readline(3) begins the next row once more, to get there. */
	if (len == columns + 1 && line[columns] == rows->command[last])
		len--;
	if (len > columns)
		return false;
	for (size_t i = 0; i < columns; i++) {
		uint8_t shown = shown_at(rows, last, i);

		if (i < len ? line[i] != shown : is_letter(shown))
			return false;
	}
	return true;
}

/*
 * Are these the rows of the command, one over the other? The first one began
 * behind the prompt, which is not in the line; but a blank at its end may be,
 * which came too late for the prompt.
 */
static bool is_overwritten(const struct echo *echo, const uint8_t *line,
			   size_t len)
{
	size_t prompt = prompt_len(echo);
	struct rows rows = {.first = prompt < ROW_MIN ? ROW_MIN - prompt : 1};

	rows.command = command_of(echo, &rows.len);
	if (len > rows.len + 2)
		return false;
	for (; rows.first < rows.len; rows.first++) {
		for (size_t blank = 0; blank < 2; blank++) {
			rows.row = rows.first + prompt + blank;
			rows.lead = 0;
			if (is_shown(&rows, line, len))
				return true;
			rows.lead = blank;
			if (blank > 0 && is_shown(&rows, line, len))
				return true;
		}
	}
	return false;
}

static size_t word_len(const uint8_t *text, size_t len)
{
	size_t n = 0;

	while (n < len && is_letter(text[n]))
		n++;
	return n;
}

/* Are these the words of the command, completed? */
static bool is_completed(const struct echo *echo, const uint8_t *line,
			 size_t len)
{
	size_t n, at = 0, to = 0, nwords = 0;
	const uint8_t *command = command_of(echo, &n);

	if (count_letters(command, n) < WORDS_MIN)
		return false;
	for (;; nwords++) {
		size_t typed, shown;

		at += blanks(command + at, n - at);
		to += blanks(line + to, len - to);
		typed = word_len(command + at, n - at);
		shown = word_len(line + to, len - to);
		if (typed == 0 || shown < typed ||
		    memcmp(command + at, line + to, typed) != 0)
			return typed == 0 && shown == 0 && nwords > 1;
		at += typed;
		to += shown;
	}
}

/* Is it the command as a row shows it that has no room for all of it? */
static bool is_in_a_row(const struct echo *echo, const uint8_t *line,
			size_t len)
{
	size_t n, blank;

	(void)command_of(echo, &n);
	if (len == 0 || strlen(echo->prompt) + n < ROW_MIN)
		return false;
	if (is_overwritten(echo, line, len))
		return true;
	blank = blanks(line, len);
	return is_scrolled(echo, line + blank, len - blank) ||
	       is_cut(echo, line + blank, len - blank);
}

static bool is_part(const struct echo *echo, const uint8_t *line, size_t len)
{
	return is_in_a_row(echo, line, len) || is_completed(echo, line, len);
}

static bool is_whole(const struct echo *echo, const uint8_t *line, size_t len)
{
	size_t n, left = len;
	const uint8_t *command = command_of(echo, &n);

	return ends_with(line, &left, command, n) &&
	       count_letters(line, left) == 0;
}

/* ---- finding it */

/*
 * May the command, of so many letters, be typed behind this text, which is
 * neither the prompt nor empty? Behind a prompt of another mode, yes, and behind
 * a NUL that is shown as "^@"; behind other text a long command, on a device
 * that echoes: another one may quote it as it refuses it.
 */
static bool may_precede(const struct echo *echo, const uint8_t *text,
			size_t len, size_t nletters)
{
	if (nletters < WORDS_MIN)
		return false;
	return (echo->seen && nletters >= PART_MIN) ||
	       strchr(">#$%]", text[len - 1]) != NULL ||
	       (len > 1 && text[len - 2] == '^');
}

/* Find the whole command at the end of all that came. */
static ssize_t find_whole(const struct echo *echo, const uint8_t *came,
			  size_t len)
{
	size_t n, at = len, before;
	const uint8_t *command = command_of(echo, &n);

	if (!ends_with(came, &at, command, n))
		return -1;
	before = at;
	while (before > 0 && came[before - 1] != '\n' &&
	       !is_letter(came[before - 1]))
		before--;
	if (before == 0 || came[before - 1] == '\n')
		return (ssize_t)before;
	if (ends_with_prompt(echo, came, before))
		return (ssize_t)(before - prompt_len(echo));
	return may_precede(echo, came, before, count_letters(command, n))
		       ? (ssize_t)at
		       : -1;
}

/* Find a part of the command in a line. */
static ssize_t find_part(const struct echo *echo, const uint8_t *line,
			 size_t len)
{
	size_t behind = behind_prompt(echo, line, len);

	if (is_part(echo, line + behind, len - behind))
		return (ssize_t)(behind > 0 ? behind - prompt_len(echo) : 0);
	return behind > 0 && is_part(echo, line, len) ? 0 : -1;
}

void echo_begin(struct echo *echo, const char *command, const char *prompt)
{
	echo->command = command;
	echo->prompt = prompt;
	echo->nlines = 0;
	echo->came = false;
	echo->is_part = false;
}

enum echo_match echo_match(const struct echo *echo, const uint8_t *line,
			   size_t len)
{
	size_t n, at, prompt = prompt_len(echo);
	const uint8_t *command = command_of(echo, &n);

	if (begins_with_prompt(echo, line, len)) {
		line += prompt;
		len -= prompt;
	}
	if (begins_with(line, len, command, n, &at))
		return ECHO_WHOLE;
	return begins_with(command, n, line, len, &at) ? ECHO_BEGUN : ECHO_NONE;
}

ssize_t echo_find(struct echo *echo, const uint8_t *came, size_t len)
{
	size_t end = len > 0 && came[len - 1] == '\n' ? len - 1 : len;
	const uint8_t *newline = memrchr(came, '\n', end);
	size_t line = newline != NULL ? (size_t)(newline - came) + 1 : 0;
	size_t shown = line_len(came + line, end - line);
	ssize_t before = -1;

	echo->nlines++;
	if (shown > 0 || echo->command[0] == '\0')
		before = find_whole(echo, came, line + shown);
	if (before == -1 && shown > 0 &&
	    (echo->nlines <= LINES_MAX ||
	     begins_with_prompt(echo, came + line, shown))) {
		before = find_part(echo, came + line, shown);
		echo->is_part = before != -1;
		if (before != -1)
			before += (ssize_t)line;
	}
	echo->came = before != -1;
	/* An empty line may be the device's own. */
	echo->seen |= echo->came && echo->command[0] != '\0';
	return before;
}

bool echo_is_repeated(struct echo *echo, const uint8_t *line, size_t len,
		      bool silent)
{
	size_t shown = line_len(line, len), prompt = prompt_len(echo);

	if (!echo->came)
		return false;
	echo->came = false;
	if (begins_with_prompt(echo, line, shown) && shown > prompt)
		return is_whole(echo, line + prompt, shown - prompt) ||
		       is_in_a_row(echo, line + prompt, shown - prompt);
	if (echo->is_part)
		return is_in_a_row(echo, line, shown);
	if (shown == 0 || !is_whole(echo, line, shown))
		return false;
	echo->twice |= silent;
	return echo->twice;
}

/* ---- typed again */

enum echo_typed echo_typed(const struct echo *echo, const uint8_t *line,
			   size_t len)
{
	size_t n, at, left, shown = line_len(line, len);
	const uint8_t *command = command_of(echo, &n);

	if (n == 0 || !begins_with_prompt(echo, line, shown))
		return ECHO_NOT_TYPED;
	line += prompt_len(echo);
	shown -= prompt_len(echo);
	if (shown > 1 && line[shown - 2] == '^')
		shown -= 2;
	left = shown;
	if (count_letters(line, shown) == 0)
		return ECHO_NOT_TYPED;
	if (ends_with(line, &left, command, n) ||
	    is_in_a_row(echo, line, shown))
		return ECHO_TYPED;
	return begins_with(command, n, line, shown, &at) ? ECHO_TYPED_IN_PART
							 : ECHO_NOT_TYPED;
}
