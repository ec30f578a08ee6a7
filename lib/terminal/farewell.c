/* Farewell: the words with which a device ends a session. */
#include "terminal/farewell.h"

#include <string.h>
#include <strings.h>

#include "base/printable.h"
#include "transport/busy.h"

/* In any case of letters; of two in one line, the first of the table counts.
 * None that a banner is likely to have: it may come again behind a refusal. */
static const struct {
	enum farewell_kind kind;
	const char *words;
} table[] = {
	{FAREWELL_REFUSED, "attempts"}, /* too many, no more */
	{FAREWELL_DENIED, "authorization fail"},
	{FAREWELL_DENIED, "authorization denied"},
	{FAREWELL_DENIED, "authorisation fail"},
	{FAREWELL_DENIED, "none set"}, /* Password required, but */
	{FAREWELL_DENIED, "no password set"},
	{FAREWELL_DENIED, "login disabled on line"},
	{FAREWELL_DENIED, "invalid autocommand"},
	{FAREWELL_DENIED, "session limit"},
	{FAREWELL_DENIED, "sessions exceeded"},
	{FAREWELL_DENIED, "limit reached"},
	{FAREWELL_DENIED, "limit exceeded"},
	{FAREWELL_DENIED, "upper limit"},
	{FAREWELL_DENIED, "maximum number of"},
	{FAREWELL_DENIED, "interfaces are used"},
	{FAREWELL_DENIED, "are in use"}, /* all lines */
	{FAREWELL_DENIED, "currently not available"}, /* nologin(8) */
	{FAREWELL_DENIED, "not permitted to log in"}, /* pam_nologin(8) */
	{FAREWELL_DENIED, "has expired"}, /* nor is it a wrong one */
	{FAREWELL_REFUSED, "login incorrect"},
	{FAREWELL_REFUSED, "login invalid"},
	{FAREWELL_REFUSED, "login fail"},
	{FAREWELL_REFUSED, "rejected"},
	{FAREWELL_REFUSED, "failed to authenticate"},
	{FAREWELL_REFUSED, "invalid login"},
	{FAREWELL_REFUSED, "invalid user"},
	{FAREWELL_REFUSED, "invalid password"},
	{FAREWELL_REFUSED, "incorrect password"},
	{FAREWELL_REFUSED, "wrong password"},
	{FAREWELL_REFUSED, "or password"}, /* wrong user name */
	{FAREWELL_REFUSED, "bad password"},
	{FAREWELL_REFUSED, "bad secret"},
	{FAREWELL_REFUSED, "access denied"},
	{FAREWELL_REFUSED, "permission denied"},
	{FAREWELL_REFUSED, "authentication fail"},
	{FAREWELL_REFUSED, "error in authentication"},
	{FAREWELL_REFUSED, "login failures"}, /* too many */
	{FAREWELL_REFUSED, "locked"},
};

/* The last line of bytes that is not blank, without its end; *end is where it
 * ends, 0 when there is none. */
static const uint8_t *last_line(const uint8_t *bytes, size_t *end)
{
	size_t start;

	while (*end > 0 && bytes[*end - 1] <= ' ')
		(*end)--;
	for (start = *end; start > 0; start--) {
		if (bytes[start - 1] == '\n' || bytes[start - 1] == '\r')
			break;
	}
	return bytes + start;
}

static bool has_words(const uint8_t *line, size_t len, const char *words)
{
	size_t n = strlen(words);

	for (size_t at = 0; at + n <= len; at++) {
		if (strncasecmp((const char *)line + at, words, n) == 0)
			return true;
	}
	return false;
}

static enum farewell_kind kind_of(const uint8_t *line, size_t len)
{
	struct nf_error ignored = {0};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (has_words(line, len, table[i].words))
			return table[i].kind;
	}
	return busy_explain(line, len, &ignored) ? FAREWELL_DENIED
						 : FAREWELL_PLAIN;
}

void farewell_read(struct farewell *farewell, const uint8_t *bytes, size_t len,
		   bool secret)
{
	const uint8_t *line = last_line(bytes, &len), *quoted = line;
	size_t quoted_len = len - (size_t)(line - bytes);

	*farewell = (struct farewell){.kind = FAREWELL_PLAIN};
	for (; len > 0 && farewell->kind != FAREWELL_REFUSED;
	     line = last_line(bytes, &len)) {
		size_t line_len = len - (size_t)(line - bytes);
		enum farewell_kind kind = kind_of(line, line_len);

		if (kind > farewell->kind) {
			farewell->kind = kind;
			quoted = line;
			quoted_len = line_len;
		}
		len = (size_t)(line - bytes);
	}
	if (farewell->kind != FAREWELL_PLAIN || !secret)
		printable_copy(farewell->said, sizeof(farewell->said), quoted,
			       quoted_len);
}
