/* A subcommand as its command line and its --help see it. */
#include "options/subcommand.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "format/format.h"
#include "tell.h"

#define HELP_COLUMN 26

size_t subcommand_rows(const struct option_row *rows[OPTION_ROWS_MAX],
		       const struct subcommand *sub)
{
	size_t n = 0;

	for (const struct option_row *const *group = sub->groups;
	     *group != NULL; group++) {
		for (const struct option_row *row = *group; row->name != NULL;
		     row++) {
			assert(n < OPTION_ROWS_MAX);
			rows[n++] = row;
		}
	}
	return n;
}

static void print_row(const struct option_row *row, const char *line)
{
	bool lettered = row->letter != '\0', valued = row->value != NULL;
	bool apart = valued && row->value[0] != '[';
	char left[48];
	int width = snprintf(left, sizeof(left), "  %c%c%s --%s%s%s",
			     lettered ? '-' : ' ', lettered ? row->letter : ' ',
			     lettered ? "," : " ", row->name, apart ? " " : "",
			     valued ? row->value : "");

	(void)printf("%s", left);
	if (width > HELP_COLUMN - 2) {
		(void)putchar('\n');
		width = 0;
	}
	while (*line != '\0') {
		size_t len = strcspn(line, "\n");

		(void)printf("%*s%.*s\n", HELP_COLUMN - width, "", (int)len,
			     line);
		width = 0;
		line += len + (line[len] == '\n');
	}
}

void subcommand_help(const struct subcommand *sub)
{
	const struct option_row *rows[OPTION_ROWS_MAX];
	size_t n = subcommand_rows(rows, sub);
	char formats[FORMAT_NAMES];

	format_names(formats, sub->formats, " (default)");
	(void)printf("usage: netfan %s [OPTION]...%s%s\n\n%s\n\n", sub->name,
		     sub->arguments[0] != '\0' ? " " : "", sub->arguments,
		     sub->about);
	for (size_t i = 0; i < n; i++)
		print_row(rows[i],
			  rows[i]->help != NULL ? rows[i]->help : formats);
	(void)printf("\n%s\n", sub->status);
}

enum parsed subcommand_wrong(const struct subcommand *sub, const char *fmt, ...)
{
	char what[TELL_MAX];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	tell("netfan %s: %s", sub->name, what);
	tell("Try 'netfan %s --help'.", sub->name);
	return PARSED_WRONG;
}
