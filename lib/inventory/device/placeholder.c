/* Placeholders: texts in place of a password that cannot be one. */
#include "inventory/device/placeholder.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define BLANKS " \t\r\n"
#define WORD "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
#define NOT_FILLED_IN(form) "a placeholder (" form ")"

/* How it begins and ends, and of what alone the rest is (NULL: anything). */
static const struct form {
	const char *begin, *end, *inside;
	const char *kind;
} forms[] = {
	{"${", "}", NULL, NOT_FILLED_IN("${...}")},
	{"$(", ")", NULL, NOT_FILLED_IN("$(...)")},
	{"{{", "}}", NULL, NOT_FILLED_IN("{{ ... }}")},
	{"{%", "%}", NULL, NOT_FILLED_IN("{% ... %}")},
	{"<", ">", NULL, NOT_FILLED_IN("<...>")},
	{"%", "%", WORD, NOT_FILLED_IN("%NAME%")},
	{"env:", "", WORD, NOT_FILLED_IN("env:NAME")},
	{"***", "", "*", "a mask (***)"},
	{"ENC[", "]", NULL, "encrypted (ENC[...])"},
	{"ENC(", ")", NULL, "encrypted (ENC(...))"},
	{"__encrypt__", "", NULL, "encrypted (__encrypt__...)"},
	{"$ANSIBLE_VAULT;", "", NULL, PLACEHOLDER_VAULT},
};

static bool has_form(const struct form *form, const char *text, size_t len)
{
	size_t begin = strlen(form->begin), end = strlen(form->end);

	if (len < begin + end || strncmp(text, form->begin, begin) != 0 ||
	    strncmp(text + len - end, form->end, end) != 0)
		return false;
	if (form->inside == NULL)
		return true;
	return strspn(text + begin, form->inside) >= len - begin - end &&
	       (len > begin + end || form->inside[1] == '\0');
}

const char *placeholder_kind(const char *text)
{
	size_t len;

	text += strspn(text, BLANKS);
	len = strlen(text);
	while (len > 0 && strchr(BLANKS, text[len - 1]) != NULL)
		len--;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (has_form(&forms[i], text, len))
			return forms[i].kind;
	}
	return NULL;
}

const char *placeholder_literal(const char *text)
{
	static const char mark[] = "literal:";

	return strncmp(text, mark, sizeof(mark) - 1) == 0
		       ? text + sizeof(mark) - 1
		       : NULL;
}
