/* A platform file for a device that none describes. */
#include "platform/draft.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "platform/patterns.h"

#define WORD "[\\w.-]{1,255}"
#define PATTERN_MAX ((size_t)4 * 1024)
#define TELLING_MIN 6 /* characters of an error that are not by chance */

/* The text of a buffer as a string of its own. */
static char *take_text(struct buf *buf, int rc)
{
	char *text = rc == 0 ? strndup((char *)buf->data, buf->len) : NULL;

	buf_release(buf);
	return text;
}

/* ---- patterns */

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '-';
}

static int put_literal(struct buf *out, char c)
{
	if ((unsigned char)c > 0x7e || (unsigned char)c < 0x20)
		return buf_print(out, ".");
	if (isalnum((unsigned char)c) || strchr(" _-@#>%:/,;<=!~&\"", c))
		return buf_print(out, "%c", c);
	return buf_print(out, "\\%c", c);
}

/* Put a pattern of prompt. From its first word to its last is the base, which
 * is the same in every mode. */
static int put_prompt(struct buf *out, const char *prompt, size_t len, char end)
{
	size_t first = 0, last = len, i = 0;

	while (first < len && !is_word(prompt[first]))
		first++;
	while (last > first && !is_word(prompt[last - 1]))
		last--;
	if (buf_print(out, "^") == -1)
		return -1;
	while (i < len) {
		if (i == first && buf_print(out, "(?<base>") == -1)
			return -1;
		if (!is_word(prompt[i])) {
			char c = i + 1 == len && end != '\0' ? end : prompt[i];

			if (put_literal(out, c) == -1)
				return -1;
			i++;
			continue;
		}
		while (i < len && is_word(prompt[i]))
			i++;
		if (buf_print(out, WORD "%s", i == last ? ")" : "") == -1)
			return -1;
	}
	return buf_print(out, " ?$");
}

char *draft_prompt(const char *prompt, char end)
{
	struct buf out;
	size_t len = strlen(prompt);

	while (len > 0 && prompt[len - 1] == ' ')
		len--;
	if (len == 0 || len > PATTERNS_LINE_MAX)
		return NULL;
	buf_init(&out, PATTERN_MAX);
	return take_text(&out, put_prompt(&out, prompt, len, end));
}

/* Does a piece of a line sound like a refusal? */
static bool tells(const char *piece, size_t len)
{
	static const char *const words[] = {
		"invalid", "unknown",   "unrecogni", "error", "incomplete",
		"bad ",    "syntax",    "not found", "wrong", "no such",
		"illegal", "not valid", "ambiguous", "fail",  "unsupported",
	};
	char text[PATTERNS_LINE_MAX + 1];

	if (len < TELLING_MIN || len > PATTERNS_LINE_MAX)
		return false;
	memcpy(text, piece, len);
	text[len] = '\0';
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcasestr(text, words[i]) != NULL)
			return true;
	}
	return false;
}

/* The length of a variable part at the start of line: a word that repeats one
 * of the command said, a digit, a quote; 0: none. */
static size_t changing(const char *line, const char *said)
{
	size_t len = strcspn(line, " \t");

	if (isdigit((unsigned char)*line) || strchr("'\"`^", *line) != NULL)
		return 1;
	for (const char *word = said; *word != '\0';) {
		size_t n = strcspn(word, " ");

		if (n > 0 && n <= len && strncasecmp(line, word, n) == 0 &&
		    !isalnum((unsigned char)line[n]))
			return n;
		word += n + (word[n] == ' ');
	}
	return 0;
}

static int put_piece(struct buf *out, const char *line, size_t from, size_t to)
{
	if (from == 0 && buf_print(out, "^") == -1)
		return -1;
	for (size_t i = from; i < to; i++) {
		if (put_literal(out, line[i]) == -1)
			return -1;
	}
	return line[to] == '\0' ? buf_print(out, "$") : 0;
}

char *draft_error(const char *line, const char *said)
{
	size_t from = 0, at = 0;
	struct buf out;

	if (strlen(line) > PATTERNS_LINE_MAX ||
	    strcasestr(line, "password") != NULL)
		return NULL;
	for (;;) {
		size_t skip = line[at] == '\0' ? 0 : changing(line + at, said);

		if (line[at] != '\0' && skip == 0) {
			at++;
			continue;
		}
		if (tells(line + from, at - from)) {
			buf_init(&out, PATTERN_MAX);
			return take_text(&out, put_piece(&out, line, from, at));
		}
		if (line[at] == '\0')
			return NULL;
		at += skip;
		from = at;
	}
}

/* ---- the file */

/* Put a text in single quotes, within which only those have to be doubled. */
static int put_quoted(struct buf *out, const char *text)
{
	if (buf_print(out, "'") == -1)
		return -1;
	for (; *text != '\0'; text++) {
		if (buf_print(out, *text == '\'' ? "''" : "%c", *text) == -1)
			return -1;
	}
	return buf_print(out, "'");
}

static int put_key(struct buf *out, const char *key, const char *text)
{
	if (text == NULL)
		return 0;
	if (buf_print(out, "%s: ", key) == -1 || put_quoted(out, text) == -1)
		return -1;
	return buf_print(out, "\n");
}

/* Put a text that is sent as it is, which may be a key such as RETURN. */
static int put_sent(struct buf *out, const char *key, const char *text)
{
	if (buf_print(out, "%s: \"", key) == -1)
		return -1;
	for (; *text != '\0'; text++) {
		int rc = *text == '\r'   ? buf_print(out, "\\r")
			 : *text == '\n' ? buf_print(out, "\\n")
			 : *text == '"' || *text == '\\'
				 ? buf_print(out, "\\%c", *text)
			 : (unsigned char)*text < 0x20
				 ? buf_print(out, "\\x%02x", (unsigned)*text)
				 : buf_print(out, "%c", *text);

		if (rc == -1)
			return -1;
	}
	return buf_print(out, "\"\n");
}

static int put_list(struct buf *out, const char *key, char *const *texts,
		    size_t n)
{
	if (n > 0 && buf_print(out, "%s:\n", key) == -1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (buf_print(out, "- ") == -1 ||
		    put_quoted(out, texts[i]) == -1 ||
		    buf_print(out, "\n") == -1)
			return -1;
	}
	return 0;
}

static int put_prompts(struct buf *out, const struct platform_prompts *prompts)
{
	static const char *const names[] = {
#define PROMPT_NAME(id, name) "  " name,
		PLATFORM_MODES(PROMPT_NAME)
#undef PROMPT_NAME
	};

	if (buf_print(out, "prompts:\n") == -1)
		return -1;
	for (int mode = 0; mode < PLATFORM_NMODES; mode++) {
		if (put_key(out, names[mode], prompts->of[mode]) == -1)
			return -1;
	}
	return 0;
}

static int put_questions(struct buf *out, const struct platform *platform)
{
	const struct platform_question *greeting = platform->greeting;
	const struct platform_pager *pager = platform->pager;

	for (unsigned i = 0; i < platform->greeting_count; i++) {
		if ((i == 0 && buf_print(out, "greeting:\n") == -1) ||
		    put_key(out, "- asks", greeting[i].asks) == -1 ||
		    put_sent(out, "  answer", greeting[i].reply) == -1)
			return -1;
	}
	for (unsigned i = 0; i < platform->pager_count; i++) {
		if ((i == 0 && buf_print(out, "pager:\n") == -1) ||
		    put_key(out, "- prompt", pager[i].prompt) == -1 ||
		    put_sent(out, "  answer", pager[i].key) == -1)
			return -1;
	}
	return 0;
}

int draft_print(const struct platform *platform, struct buf *out)
{
	const struct platform_enable *enable = platform->enable;

	if (put_key(out, "about", platform->about) == -1 ||
	    put_sent(out, "enter", platform->enter) == -1 ||
	    put_prompts(out, platform->prompts) == -1 ||
	    put_questions(out, platform) == -1 ||
	    put_list(out, "paging_off", platform->paging_off,
		     platform->paging_off_count) == -1)
		return -1;
	if (enable != NULL &&
	    (buf_print(out, "enable:\n") == -1 ||
	     put_key(out, "  command", enable->command) == -1 ||
	     put_key(out, "  password", enable->password) == -1))
		return -1;
	if (put_list(out, "errors", platform->errors, platform->errors_count) ==
	    -1)
		return -1;
	return put_key(out, "logout", platform->logout);
}
