/* Data of devices without the secrets in them. */
#include "inventory/disguise.h"

#include <ctype.h>
#include <string.h>

#define BLANKS " \t\r\n"
#define WORD_MAX 32 /* longer words are compared by their beginning */

/* Words that are a whole part of a name, and what may stand anywhere in it. */
static const char *const words[] = {"key", "keys", "pass",  "pwd", "pw",
				    "pin", "psk",  "creds", "cred"};
static const char *const parts[] = {"password",   "passwd",     "passphrase",
				    "secret",     "community",  "communities",
				    "token",      "credential", "apikey",
				    "privatekey", "authkey"};

static bool is_word(const char *text)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(text, words[i]) == 0)
			return true;
	}
	return false;
}

static bool has_part(const char *text)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (strstr(text, parts[i]) != NULL)
			return true;
	}
	return false;
}

/* Does a new word begin at this place: "apiKey"? */
static bool is_hump(const char *name, size_t at)
{
	return at > 0 && isupper((unsigned char)name[at]) &&
	       islower((unsigned char)name[at - 1]);
}

bool disguise_name(const char *name, size_t len)
{
	char all[256], word[WORD_MAX];
	size_t nall = 0, nword = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)name[i];

		if (nword > 0 && (!isalnum(c) || is_hump(name, i))) {
			word[nword] = '\0';
			if (is_word(word))
				return true;
			nword = 0;
		}
		if (!isalnum(c))
			continue;
		if (nword < sizeof(word) - 1)
			word[nword++] = (char)tolower(c); /* ASCII */
		if (nall < sizeof(all) - 1)
			all[nall++] = (char)tolower(c);
	}
	word[nword] = all[nall] = '\0';
	return is_word(word) || has_part(all);
}

bool disguise_text(const char *text, size_t len)
{
	static const char mark[] = "PRIVATE KEY-----";

	return memmem(text, len, mark, sizeof(mark) - 1) != NULL;
}

/* ---- JSON */

/* The end of the string that begins at a quote: behind its other quote. */
static const char *string_end(const char *at)
{
	for (at++; *at != '"' && *at != '\0'; at++) {
		if (*at == '\\' && at[1] != '\0')
			at++;
	}
	return *at == '"' ? at + 1 : at;
}

/* The end of the value that begins here. */
static const char *value_end(const char *at)
{
	size_t depth = 0;

	do {
		if (*at == '"') {
			at = string_end(at);
			continue;
		}
		if (depth == 0 && *at != '{' && *at != '[')
			return at + strcspn(at, ",]}" BLANKS);
		if (*at == '{' || *at == '[')
			depth++;
		else if (*at == '}' || *at == ']')
			depth--;
		at++;
	} while (depth > 0 && *at != '\0');
	return at;
}

static int put_disguise(struct buf *buf)
{
	return buf_append(buf, "\"" DISGUISE "\"", strlen(DISGUISE) + 2);
}

/* Append a string, with the value behind it when it is the name of a secret:
 * *at goes behind both. */
static int put_string(struct buf *buf, const char **at)
{
	const char *end = string_end(*at);
	const char *colon = end + strspn(end, BLANKS);
	size_t len = (size_t)(end - *at);
	const char *value;

	if (*colon != ':' && disguise_text(*at, len)) {
		*at = end;
		return put_disguise(buf) == -1 ? -1 : 1;
	}
	if (*colon != ':' || !disguise_name(*at, len)) {
		if (buf_append(buf, *at, len) == -1)
			return -1;
		*at = end;
		return 0;
	}
	value = colon + 1 + strspn(colon + 1, BLANKS);
	if (buf_append(buf, *at, (size_t)(value - *at)) == -1)
		return -1;
	*at = value_end(value);
	return put_disguise(buf) == -1 ? -1 : 1;
}

int disguise_json(struct buf *buf, const char *json)
{
	int found = 0;

	while (*json != '\0') {
		size_t run = strcspn(json, "\"");
		int rc;

		if (run > 0 && buf_append(buf, json, run) == -1)
			return -1;
		json += run;
		if (*json == '\0')
			break;
		rc = put_string(buf, &json);
		if (rc == -1)
			return -1;
		found |= rc;
	}
	return found;
}
