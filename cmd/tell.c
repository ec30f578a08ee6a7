/* Lines for a person, on standard error. */
#include "tell.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "format/escape.h"

/* A line is one write, so that lines of several programs do not mingle. */
void tell(const char *fmt, ...)
{
	char line[TELL_MAX];
	struct output out;
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	output_init(&out, STDERR_FILENO, NULL);
	escape_text(&out, ESCAPE_LINE, line);
	output_text(&out, "\n");
	output_flush(&out);
}

void tell_note(void *arg, const char *text)
{
	(void)arg;
	tell("%s", text);
}

int tell_no_memory(void)
{
	tell("netfan: out of memory");
	return -1;
}
