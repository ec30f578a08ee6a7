/* The command line of a subcommand. */
#include "options/parse.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "options/given.h"

/* The value that getopt_long(3) returns for row 0; for a short option it
 * returns its letter, which is less. */
#define FIRST_ROW 256

struct parser {
	const struct subcommand *sub;
	struct options *options;
	char **argv;
	const struct option_row *rows[OPTION_ROWS_MAX];
	size_t nrows;
	struct option longs[OPTION_ROWS_MAX + 1]; /* for getopt_long(3) */
	char letters[2 * OPTION_ROWS_MAX + 2];
};

/*
 * List the rows as getopt_long(3) wants them. The colon that comes first makes
 * it tell an option without its value from an option that there is not.
 */
static void parser_init(struct parser *parser, const struct subcommand *sub)
{
	char *letters = parser->letters;

	parser->sub = sub;
	parser->nrows = subcommand_rows(parser->rows, sub);
	*letters++ = ':';
	for (size_t i = 0; i < parser->nrows; i++) {
		const struct option_row *row = parser->rows[i];
		bool valued = row->value != NULL;

		parser->longs[i] = (struct option){
			.name = row->name,
			.has_arg = !valued                ? no_argument
				   : row->value[0] == '[' ? optional_argument
							  : required_argument,
			.val = FIRST_ROW + (int)i};
		if (row->letter != '\0')
			*letters++ = row->letter;
		if (row->letter != '\0' && valued)
			*letters++ = ':';
	}
}

/* Find the row of a value that getopt_long(3) returned, NULL if it has none. */
static const struct option_row *find_row(const struct parser *parser, int found)
{
	if (found >= FIRST_ROW)
		return parser->rows[found - FIRST_ROW];
	for (size_t i = 0; i < parser->nrows; i++) {
		if (found != '\0' && parser->rows[i]->letter == found)
			return parser->rows[i];
	}
	return NULL;
}

/* ---- errors */

/* List the options whose names begin so: "--verbose or --version". */
static void list_whole(const struct parser *parser, const char *name,
		       char *whole, size_t size)
{
	size_t len = strlen(name), at = 0;

	whole[0] = '\0';
	for (size_t i = 0; len > 0 && i < parser->nrows; i++) {
		const char *candidate = parser->rows[i]->name;

		if (strncmp(candidate, name, len) == 0 && at < size)
			at += (size_t)snprintf(whole + at, size - at, "%s--%s",
					       at > 0 ? " or " : "", candidate);
	}
}

/* Refuse a long option that is none, or the beginning of some. */
static enum parsed wrong_long(const struct parser *parser, const char *text)
{
	const char *names[OPTION_ROWS_MAX + 1] = {NULL}, *meant;
	char name[64], whole[256];

	(void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(text + 2, "="),
		       text + 2);
	list_whole(parser, name, whole, sizeof(whole));
	if (whole[0] != '\0')
		return subcommand_wrong(
			parser->sub, "--%s: write it in full: %s", name, whole);
	for (size_t i = 0; i < parser->nrows; i++)
		names[i] = parser->rows[i]->name;
	meant = nf_nearest(name, names);
	if (meant != NULL)
		return subcommand_wrong(parser->sub,
					"there is no option --%s: did you "
					"mean --%s?",
					name, meant);
	return subcommand_wrong(parser->sub, "there is no option --%s", name);
}

/* Refuse what getopt_long(3) finds to be wrong: a long option is the argument
 * before optind. */
static enum parsed wrong_option(const struct parser *parser, int found)
{
	const struct option_row *row = find_row(parser, optopt);

	if (found == ':' && row != NULL)
		return subcommand_wrong(parser->sub, "--%s: a value is missing",
					row->name);
	if (optopt == 0)
		return wrong_long(parser, parser->argv[optind - 1]);
	if (row != NULL)
		return subcommand_wrong(parser->sub, "--%s: it takes no value",
					row->name);
	return subcommand_wrong(parser->sub, "there is no option -%c", optopt);
}

/*
 * The argument of a long option that was found if it is not written in full,
 * else NULL: getopt_long(3) takes --out for --output, which would be another
 * option from the day on which there is one of that name.
 */
static const char *abbreviation(const struct parser *parser,
				const struct option_row *row)
{
	const char *text = parser->argv[optind - 1];

	if (optarg == text)
		text = parser->argv[optind - 2];
	return strcspn(text + 2, "=") != strlen(row->name) ? text : NULL;
}

/* A file behind a blank, where the value of an option that may have none is
 * written behind "=": NULL for none. It would be taken for a command, and run. */
static const char *detached_file(const struct parser *parser,
				 const struct option_row *row)
{
	const char *next = parser->argv[optind];
	struct stat st;

	return row->value != NULL && row->value[0] == '[' && optarg == NULL &&
			       next != NULL && next[0] != '-' &&
			       stat(next, &st) == 0 && !S_ISDIR(st.st_mode)
		       ? next
		       : NULL;
}

/* ---- options given */

/* Note that a row was given, behind all others. */
static void note_given(struct options *options, const struct option_row *row)
{
	size_t at = 0;

	while (at < options->ngiven && options->given[at] != row)
		at++;
	if (at == options->ngiven)
		options->ngiven++;
	for (; at + 1 < options->ngiven; at++)
		options->given[at] = options->given[at + 1];
	options->given[at] = row;
}

/* Take the next option: *more tells whether there was one. */
static enum parsed take_next(struct parser *parser, int argc, bool *more)
{
	struct given given = {.sub = parser->sub};
	const char *abbreviated = NULL, *file;
	int found = getopt_long(argc, parser->argv, parser->letters,
				parser->longs, NULL);

	*more = found != -1;
	if (found == -1)
		return PARSED_RUN;
	if (found == '?' || found == ':')
		return wrong_option(parser, found);
	given.row = find_row(parser, found);
	given.value = optarg;
	if (found >= FIRST_ROW)
		abbreviated = abbreviation(parser, given.row);
	if (abbreviated != NULL)
		return wrong_long(parser, abbreviated);
	file = detached_file(parser, given.row);
	if (file != NULL)
		return subcommand_wrong(parser->sub,
					"--%s: write --%s=%s for that file",
					given.row->name, given.row->name, file);
	note_given(parser->options, given.row);
	return given.row->take(parser->options, &given);
}

enum parsed options_parse(struct options *options, const struct subcommand *sub,
			  int argc, char **argv)
{
	struct parser parser = {.options = options, .argv = argv};
	enum parsed parsed = PARSED_RUN;
	bool more = true;

	parser_init(&parser, sub);
	optind = 0; /* glibc begins anew */
	opterr = 0; /* its messages show what was typed as it is */
	while (parsed == PARSED_RUN && more)
		parsed = take_next(&parser, argc, &more);
	options_take_environment(options);
	options->words = argv + optind;
	options->nwords = (size_t)(argc - optind);
	return parsed;
}
