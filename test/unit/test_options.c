/* cmd/options: the rows of subcommands, and what is parsed by them. */
#include "options/options.h"

#include <string.h>

#include "commands/commands.h"
#include "options/given.h"
#include "options/parse.h"
#include "unit/unit.h"

#define ROW(name) &subcommand_##name,
static const struct subcommand *const subcommands[] = {SUBCOMMANDS(ROW)};
#define NSUBCOMMANDS LENGTH(subcommands)

/* ---- tables */

static void assert_differ(const struct option_row *a,
			  const struct option_row *b)
{
	unit_where(a->name);
	assert_string_not_equal(a->name, b->name);
	if (a->letter != '\0')
		assert_int_not_equal(a->letter, b->letter);
}

static void test_no_option_is_in_a_subcommand_twice(void **state)
{
	(void)state;
	for (size_t i = 0; i < NSUBCOMMANDS; i++) {
		const struct option_row *rows[OPTION_ROWS_MAX];
		size_t n = subcommand_rows(rows, subcommands[i]);

		for (size_t a = 0; a < n; a++) {
			for (size_t b = 0; b < a; b++)
				assert_differ(rows[a], rows[b]);
		}
	}
}

static void test_every_subcommand_has_help_and_version(void **state)
{
	(void)state;
	for (size_t i = 0; i < NSUBCOMMANDS; i++) {
		const struct option_row *rows[OPTION_ROWS_MAX];
		size_t n = subcommand_rows(rows, subcommands[i]);

		unit_where(subcommands[i]->name);
		assert_true(n >= 2);
		assert_string_equal(rows[n - 2]->name, "help");
		assert_string_equal(rows[n - 1]->name, "version");
	}
}

/* ---- parsing */

static enum parsed take_value(struct options *options,
			      const struct given *given)
{
	options->input = given->value;
	return PARSED_RUN;
}

static enum parsed refuse(struct options *options, const struct given *given)
{
	(void)options;
	(void)given;
	return PARSED_WRONG;
}

static const struct option_row shared[] = {
	{"first", 'f', "X", "", take_value},
	{"second", '\0', "X", "", take_value},
	{"third", 't', NULL, "", take_value},
	{0},
};

static const struct option_row own[] = {
	{"wrong", 'w', NULL, "", refuse},
	{0},
};

static const struct option_row *const groups[] = {shared, own, NULL};
static const struct subcommand sample = {.name = "sample", .groups = groups};

#define PARSE(options, ...)                                                    \
	parse(options, (const char *[]){"sample", __VA_ARGS__, NULL})

static enum parsed parse(struct options *options, const char **argv)
{
	int argc = 0;

	while (argv[argc] != NULL)
		argc++;
	*options = (struct options){.quiet = false};
	return options_parse(options, &sample, argc, (char **)argv);
}

static void test_a_row_takes_what_is_given_in_any_form(void **state)
{
	static const struct {
		const char *args[3];
		const char *value; /* NULL: the option has none */
	} cases[] = {
		{{"-f", "1"}, "1"},      {{"-f1"}, "1"},
		{{"--first", "1"}, "1"}, {{"--first=1"}, "1"},
		{{"-tf1"}, "1"},         {{"--second", "-f"}, "-f"},
		{{"-t"}, NULL},          {{"--third"}, NULL},
	};
	struct options options;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		unit_where(cases[i].args[0]);
		assert_int_equal(
			PARSE(&options, cases[i].args[0], cases[i].args[1]),
			PARSED_RUN);
		if (cases[i].value == NULL)
			assert_null(options.input);
		else
			assert_string_equal(options.input, cases[i].value);
		assert_int_equal(options.nwords, 0);
	}
}

static void test_words_that_are_no_option_are_kept_in_order(void **state)
{
	struct options options;

	(void)state;
	assert_int_equal(PARSE(&options, "a", "-f", "1", "b", "--", "-w"),
			 PARSED_RUN);
	assert_int_equal(options.nwords, 3);
	assert_string_equal(options.words[0], "a");
	assert_string_equal(options.words[1], "b");
	assert_string_equal(options.words[2], "-w");
}

static void test_nothing_is_taken_after_a_row_refused(void **state)
{
	struct options options;

	(void)state;
	assert_int_equal(PARSE(&options, "-f1", "-w", "-f2"), PARSED_WRONG);
	assert_string_equal(options.input, "1");
}

static void test_the_option_given_last_among_some_is_told(void **state)
{
	static const char *const both[] = {"first", "second", NULL};
	static const char *const third[] = {"third", NULL};
	struct options options;

	(void)state;
	assert_int_equal(PARSE(&options, "-f1", "--second=2", "-t"),
			 PARSED_RUN);
	assert_string_equal(options_last(&options, both), "second");
	assert_int_equal(PARSE(&options, "-f1", "--second=2", "--first=3"),
			 PARSED_RUN);
	assert_string_equal(options_last(&options, both), "first");
	assert_int_equal(options.ngiven, 2);
	assert_null(options_last(&options, third));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_no_option_is_in_a_subcommand_twice),
	cmocka_unit_test(test_every_subcommand_has_help_and_version),
	cmocka_unit_test(test_a_row_takes_what_is_given_in_any_form),
	cmocka_unit_test(test_words_that_are_no_option_are_kept_in_order),
	cmocka_unit_test(test_nothing_is_taken_after_a_row_refused),
	cmocka_unit_test(test_the_option_given_last_among_some_is_told),
};

UNIT_MAIN(tests)
