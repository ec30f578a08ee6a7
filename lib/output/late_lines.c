/* The late lines of an output: those that come behind its prompt. */
#include <string.h>

#include "base/error.h"
#include "base/linebuf.h"
#include "output/cutter.h"

bool cutter_is_header(const struct output_cutter *cutter, const uint8_t *line,
		      size_t len)
{
	if (len > 0 && line[len - 1] == '\n')
		len--;
	return patterns_prompt_header(cutter->patterns, line, len);
}

bool cutter_stands_above(const struct output_cutter *cutter, const char *line,
			 size_t len)
{
	return linebuf_bare(line, len) == 0 ||
	       cutter_is_header(cutter, (const uint8_t *)line, len);
}

bool cutter_begins_with_prompt(const struct output_cutter *cutter,
			       const uint8_t *line, size_t len)
{
	size_t prompt_len =
		linebuf_bare(cutter->prompt, strlen(cutter->prompt));

	return prompt_len > 0 && len > prompt_len &&
	       memcmp(line, cutter->prompt, prompt_len) == 0;
}

/* Does a line look like a prompt of the device in any mode? */
static bool is_prompt_of_it(const struct output_cutter *cutter,
			    const uint8_t *line, size_t len)
{
	const uint8_t *prompt = (const uint8_t *)cutter->prompt;
	size_t base_len = 0, other_len = 0;
	const uint8_t *base =
		patterns_base(cutter->patterns, line, len, &base_len);
	const uint8_t *other = patterns_base(
		cutter->patterns, prompt, strlen(cutter->prompt), &other_len);

	if (linebuf_is((const char *)line, len, cutter->prompt))
		return true;
	if (base == NULL || other == NULL)
		return patterns_prompt(cutter->patterns, line, len);
	return base_len == other_len && memcmp(base, other, base_len) == 0;
}

size_t cutter_without_owed(const struct output_cutter *cutter, size_t len)
{
	const char *bytes = (const char *)cutter->withheld.data;

	for (unsigned owed = cutter->owed_before; owed > 0 && len > 0; owed--) {
		size_t at = len, begin = linebuf_start(&cutter->withheld, at);

		while (begin > 0 &&
		       cutter_stands_above(cutter, bytes + begin, at - begin)) {
			at = begin;
			begin = linebuf_start(&cutter->withheld, at);
		}
		if (!is_prompt_of_it(cutter, (const uint8_t *)bytes + begin,
				     linebuf_bare(bytes + begin, at - begin)))
			break;
		len = begin;
	}
	return len;
}

/* Did lines come behind the prompt? An empty one may be the return key's echo,
 * with the command's yet to come; no more than that, and the prompt again, is
 * what comes of a command that was lost behind a line of the output. */
static bool any_came(const struct output_cutter *cutter, const struct buf *rest)
{
	size_t len =
		cutter_without_owed(cutter, linebuf_whole(&cutter->withheld));
	size_t at = cutter->prefix_len;
	const char *line = (const char *)rest->data;

	if (len <= at)
		return false;
	return !linebuf_is_blank(cutter->withheld.data + at, len - at) ||
	       (cutter->echo.seen &&
		(linebuf_is_blank(rest->data, rest->len) ||
		 linebuf_is(line, rest->len, cutter->prompt)));
}

bool cutter_is_late(const struct output_cutter *cutter, const struct buf *rest)
{
	const char *line = (const char *)rest->data;

	if (cutter->earlier.sink == NULL)
		return false;
	if (cutter->late || any_came(cutter, rest))
		return true;
	return !linebuf_is_blank(rest->data, rest->len) &&
	       !linebuf_is(line, rest->len, cutter->prompt) &&
	       echo_match(&cutter->echo, rest->data, rest->len) == ECHO_NONE;
}

/* Is it known how the device echoes the command? Not with other characters than
 * those of ASCII in it, which it may show in any way. */
static bool knows_echo(const struct echo *echo)
{
	const char *command = echo->command;

	while (*command >= ' ' && *command < 0x7f)
		command++;
	return echo->seen && *command == '\0';
}

bool cutter_is_ambiguous(const struct output_cutter *cutter)
{
	size_t at = cutter->prefix_len, len;

	if (cutter->earlier.sink == NULL)
		return false;
	if (knows_echo(&cutter->echo) || cutter->late)
		return true;
	if (cutter->owed_before == 0)
		return false;
	for (; (len = linebuf_at(&cutter->withheld, at)) > 0; at += len) {
		if (cutter_begins_with_prompt(cutter,
					      cutter->withheld.data + at, len))
			return true;
	}
	return false;
}

ssize_t cutter_late_len(struct output_cutter *cutter, size_t at)
{
	size_t start = linebuf_start(&cutter->withheld, at + 1);
	const uint8_t *line = cutter->withheld.data + start;
	size_t len = at - start;

	if (cutter->earlier.sink == NULL || at == cutter->prefix_len ||
	    linebuf_is_blank(line, len))
		return (ssize_t)start;
	if (cutter_begins_with_prompt(cutter, cutter->withheld.data + at,
				      cutter->withheld.len - at))
		return (ssize_t)at;
	if (is_prompt_of_it(cutter, line, len))
		return (ssize_t)start;
	return error_set(&cutter->failure, NF_INCOMPLETE,
			 "the echo of \"%.100s\" has no line of its own, nor "
			 "the prompt before it: where the answer before ends "
			 "is not known",
			 cutter->echo.command);
}
