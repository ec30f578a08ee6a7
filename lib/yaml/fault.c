/* Faults: messages that tell where a file is wrong. */
#include "yaml/fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"

#define SHOWN_MAX 64

/* Length of the control character that text (UTF-8) starts with, else 0. */
static size_t control_len(const char *text)
{
	unsigned char first = (unsigned char)text[0];
	unsigned char second;

	if (first < 0x20 || first == 0x7f)
		return 1;
	if (first != 0xc2)
		return 0;
	second = (unsigned char)text[1];
	return second >= 0x80 && second < 0xa0 ? 2 : 0;
}

static void scrub(char *text)
{
	for (; *text != '\0'; text++) {
		for (size_t i = control_len(text); i > 0; i--)
			text[i - 1] = '?';
	}
}

int fault(struct nf_error *err, const char *path, size_t line, const char *fmt,
	  ...)
{
	char what[400];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	if (path != NULL)
		error_set(err, NF_INVALID, "%s:%zu: %s", path, line, what);
	else
		error_set(err, NF_INVALID, "%s", what);
	if (err != NULL)
		scrub(err->message);
	return -1;
}

int fault_memory(struct nf_error *err, const char *path)
{
	return error_set(err, NF_SYSTEM, "%s: out of memory",
			 path != NULL ? path : "inventory");
}

int fault_shown(const char *text)
{
	size_t len = strnlen(text, SHOWN_MAX + 1);

	if (len <= SHOWN_MAX)
		return (int)len; /* <= SHOWN_MAX */
	for (len = SHOWN_MAX; len > 0; len--) {
		if (((unsigned char)text[len] & 0xc0) != 0x80)
			break; /* a character starts at len: cut before it */
	}
	return (int)len;
}

void fault_label(char label[LABEL_MAX], const char *name, const char *address,
		 size_t ordinal)
{
	const char *text = name != NULL && *name != '\0' ? name : address;

	if (text == NULL || *text == '\0')
		(void)snprintf(label, LABEL_MAX, "device %zu", ordinal);
	else
		(void)snprintf(label, LABEL_MAX, "device '%.*s'",
			       fault_shown(text), text);
}

bool fault_has_control(const char *text)
{
	for (; *text != '\0'; text++) {
		if (control_len(text) != 0)
			return true;
	}
	return false;
}
