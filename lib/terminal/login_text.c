/* What a device says around the password of a login. */
#include "terminal/login_text.h"

#include <ctype.h>
#include <string.h>

#include "terminal/line.h"

/* Hash the letters of a line, whatever their case (FNV-1a); 0: it has none. */
static uint32_t hash_letters(const uint8_t *line, size_t len)
{
	uint32_t hash = 0;

	for (size_t i = 0; i < len; i++) {
		if (!isalpha(line[i]) && line[i] < 0x80)
			continue;
		if (hash == 0)
			hash = 2166136261u;
		hash = (hash ^ (uint32_t)tolower(line[i])) * 16777619u;
	}
	return hash;
}

static bool is_known(const struct login_text *text, uint32_t hash)
{
	for (unsigned i = 0; i < text->nknown; i++) {
		if (text->known[i] == hash)
			return true;
	}
	return text->nknown == LOGIN_LINES_MAX;
}

void login_text_question(struct login_text *text, const uint8_t *line,
			 size_t len)
{
	text->question = hash_letters(line, len);
}

void login_text_before(struct login_text *text, const uint8_t *line, size_t len)
{
	uint32_t hash = hash_letters(line, len);

	if (hash != 0 && !is_known(text, hash))
		text->known[text->nknown++] = hash;
}

void login_text_behind(struct login_text *text, const struct patterns *patterns,
		       const char *password, const uint8_t *line, size_t len)
{
	uint32_t hash;

	len = trimmed(line, len);
	hash = hash_letters(line, len);
	if (hash == 0 || text->said != PATTERNS_SILENT ||
	    (len == strlen(password) && memcmp(line, password, len) == 0))
		return;
	text->said = patterns_login_says(patterns, line, len);
	if (text->said != PATTERNS_REFUSED && is_known(text, hash))
		text->said = PATTERNS_SILENT;
	else
		text->any_new = true;
}

bool login_text_succeeded(const struct login_text *text,
			  const struct patterns *patterns, const uint8_t *line,
			  size_t len)
{
	if (text->said != PATTERNS_SILENT)
		return text->said == PATTERNS_WELCOME;
	return text->any_new && text->question != 0 &&
	       patterns_asks(patterns, line, len) == PATTERNS_USERNAME &&
	       patterns_login_says(patterns, line, len) != PATTERNS_REFUSED &&
	       hash_letters(line, len) != text->question;
}
