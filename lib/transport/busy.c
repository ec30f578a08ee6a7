/* The words of a server that has no room at the moment. */
#include "transport/busy.h"

#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/printable.h"

#define SAID_MAX 96

/* In any case of letters. */
static const char *const words[] = {
	"exceeded maxstartups", /* OpenSSH: MaxStartups */
	"not allowed at this time", /* OpenSSH 9.8: PerSourcePenalties */
	"too many connections",
	"too many sessions",
	"too many users",
	"session limit",
	"maximum number of sessions",
	"maximum number of connections",
	"ttys are busy", /* Cisco's lines */
	"lines are busy",
	"lines busy",
	"line is busy",
	"port is busy", /* console servers */
	"% connection refused",
};

static bool is_at(const uint8_t *bytes, size_t len, const char *word)
{
	size_t n = strlen(word);

	return len >= n && strncasecmp((const char *)bytes, word, n) == 0;
}

/* Find the line that has one of the words, or NULL. */
static const uint8_t *find_line(const uint8_t *bytes, size_t len)
{
	const uint8_t *line = bytes;

	for (size_t at = 0; at < len; at++) {
		if (bytes[at] == '\r' || bytes[at] == '\n')
			line = bytes + at + 1;
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			if (is_at(bytes + at, len - at, words[i]))
				return line;
		}
	}
	return NULL;
}

bool busy_explain(const uint8_t *bytes, size_t len, struct nf_error *err)
{
	const uint8_t *line = find_line(bytes, len);
	char said[SAID_MAX + 1];

	if (len == 0) {
		err->sys_errno = BUSY_UNHEARD;
		return true;
	}
	if (line == NULL)
		return false;
	printable_copy(said, sizeof(said), line, len - (size_t)(line - bytes));
	(void)error_set(err, NF_BUSY, "it said \"%s\"", said);
	return true;
}
