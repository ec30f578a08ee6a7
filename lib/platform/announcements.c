/* The lines by which a device says that it takes lines now. */
#include "platform/announcements.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "platform/platform.h"

#define LINE_MAX_LEN 512 /* none is longer */
#define MATCH_LIMIT 10000u
#define GROUPS_MAX 8 /* of a pattern, the whole counted */

/*
 * Those of all platforms; README.md tells what the groups mean. Ctrl-C is in
 * none: it stops what runs, which takes no lines. Nor is Ctrl-Z: it leaves the
 * configuration, in which there is a prompt. So is there in a shell, whose
 * welcome may tell how to end it.
 */
#define NO_SHELL "(?!.{0,24}(?:session|shell|connection))"

static const char *const common[] = {
	"(?i)^.{0,99}\\b(?:end|quit|finish|terminate)\\b.{0,32}\\bcharacter"
	"(?: is)? ?['\"](?<character>[!-~])['\"]",
	"(?i)^.{0,99}\\b(?:end|finish) with(?: a (?<blank>blank line) or)?"
	"(?: the)?(?: word| string)?"
	" ?['\"](?<word>[!-~]{1,16})['\"] on (?:a|its own) line\\b",
	"(?i)^.{0,99}\\b(?:type|enter) ['\"](?!exit|logout)"
	"(?<word>[!-~]{1,16})['\"] on (?:a|its own) line"
	" to (?:end|finish)\\b" NO_SHELL,
	"(?i)^.{0,99}\\b(?:type|press|hit|enter|use) "
	"(?:\\^|<?(?:ctrl|control)[-+ ])(?<key>D)>? .{0,40}"
	"\\b(?:end|submit|finish|terminate)\\b" NO_SHELL,
};

#define NCOMMON (sizeof(common) / sizeof(common[0]))

struct announcements {
	pcre2_match_context *context;
	pcre2_match_data *data;
	size_t ncodes;
	pcre2_code *codes[]; /* the platform's, then the common ones */
};

static pcre2_code *compile(const char *pattern)
{
	PCRE2_SIZE at;
	int code;

	return pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
			     PCRE2_DOLLAR_ENDONLY, &code, &at, NULL);
}

struct announcements *announcements_new(const struct platform *platform)
{
	size_t own = platform->takes_lines_count, n = own + NCOMMON;
	struct announcements *all =
		calloc(1, sizeof(*all) + n * sizeof(pcre2_code *));

	if (all == NULL)
		return NULL;
	all->context = pcre2_match_context_create(NULL);
	all->data = pcre2_match_data_create(GROUPS_MAX, NULL);
	if (all->context == NULL || all->data == NULL) {
		announcements_free(all);
		return NULL;
	}
	(void)pcre2_set_match_limit(all->context, MATCH_LIMIT);
	for (; all->ncodes < n; all->ncodes++) {
		size_t i = all->ncodes;

		all->codes[i] = compile(i < own ? platform->takes_lines[i]
						: common[i - own]);
		if (all->codes[i] != NULL)
			continue;
		announcements_free(all);
		return NULL;
	}
	return all;
}

void announcements_free(struct announcements *announcements)
{
	if (announcements == NULL)
		return;
	for (size_t i = 0; i < announcements->ncodes; i++)
		pcre2_code_free(announcements->codes[i]);
	pcre2_match_data_free(announcements->data);
	pcre2_match_context_free(announcements->context);
	free(announcements);
}

/* The code that matches, NULL: none does. */
static const pcre2_code *match(const struct announcements *all,
			       const uint8_t *line, size_t len)
{
	for (size_t i = 0; len <= LINE_MAX_LEN && i < all->ncodes; i++) {
		if (pcre2_match(all->codes[i], line, len, 0, 0, all->data,
				all->context) >= 0)
			return all->codes[i];
	}
	return NULL;
}

/* Where the group of that name stands in the line that has matched; *len is 0
 * when it does not. */
static const uint8_t *group(const struct announcements *all,
			    const pcre2_code *code, const char *name,
			    const uint8_t *line, size_t *len)
{
	int number = pcre2_substring_number_from_name(code, (PCRE2_SPTR)name);
	const PCRE2_SIZE *at = pcre2_get_ovector_pointer(all->data);

	*len = 0;
	if (number <= 0 || number >= GROUPS_MAX)
		return line;
	at += (size_t)number * 2;
	if (at[0] == PCRE2_UNSET || at[1] <= at[0])
		return line;
	*len = at[1] - at[0];
	return line + at[0];
}

static void copy_mark(char mark[LINES_MARK_MAX + 1], enum lines_end end,
		      const uint8_t *at, size_t len)
{
	if (end == LINES_END_KEY) {
		mark[0] = '^';
		mark[1] = (char)(*at & ~0x20);
		mark[2] = '\0';
		return;
	}
	if (len > LINES_MARK_MAX)
		len = LINES_MARK_MAX;
	memcpy(mark, at, len);
	mark[len] = '\0';
}

enum lines_end announcements_find(const struct announcements *announcements,
				  const uint8_t *line, size_t len,
				  char mark[LINES_MARK_MAX + 1], bool *blank)
{
	static const char *const names[] = {
		[LINES_END_CHARACTER] = "character",
		[LINES_END_WORD] = "word",
		[LINES_END_KEY] = "key",
	};
	const pcre2_code *code = match(announcements, line, len);
	size_t n;

	if (code == NULL)
		return LINES_END_NONE;
	(void)group(announcements, code, "blank", line, &n);
	*blank = n > 0;
	for (int end = LINES_END_CHARACTER; end <= LINES_END_KEY; end++) {
		const uint8_t *at =
			group(announcements, code, names[end], line, &n);

		if (n == 0)
			continue;
		copy_mark(mark, (enum lines_end)end, at, n);
		return (enum lines_end)end;
	}
	return LINES_END_UNNAMED;
}
