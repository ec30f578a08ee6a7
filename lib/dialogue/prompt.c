/* The prompt of a device. */
#include "dialogue/prompt.h"

#include <string.h>

#include "terminal/line.h"

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

/* Does the unfinished line call the device by the same name as the prompt? */
static bool has_same_base(const struct prompt *prompt,
			  const struct terminal *terminal)
{
	size_t len = 0, other_len = 0;
	const uint8_t *base, *other;

	base = patterns_base(terminal->patterns, terminal->text.line.data,
			     terminal_len(terminal), &len);
	other = patterns_base(terminal->patterns, (const uint8_t *)prompt->text,
			      prompt->len, &other_len);
	return base != NULL && other != NULL && len == other_len &&
	       memcmp(base, other, len) == 0;
}

bool prompt_is_reached(struct prompt *prompt, const struct terminal *terminal)
{
	if (terminal_is(terminal, prompt->text))
		return true;
	if (!prompt_is_likely(terminal) ||
	    (!prompt->takes_any && !has_same_base(prompt, terminal)))
		return false;
	prompt_set(prompt, terminal);
	return true;
}

bool prompt_ends_line(const struct prompt *prompt,
		      const struct terminal *terminal)
{
	const uint8_t *line = terminal->text.line.data;
	size_t len = terminal_len(terminal);

	return prompt->len > 0 && len > prompt->len &&
	       memcmp(line + len - prompt->len, prompt->text, prompt->len) == 0;
}
