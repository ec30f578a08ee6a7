/* cmd/format/text.c: results for people. */
#include "unit/parts.h"

#define nf_result_read parts_read
#define format_text tested_text
#define text_write tested_text_write
/* NOLINTNEXTLINE(bugprone-suspicious-include): it reads from a script here */
#include "../cmd/format/text.c"

#define HEADING "=== R1 (10.0.0.1) ok, 1.500 s ===\n"

static struct output output;
static struct printed printed;

/* Print a result of so many commands, and compare with want. */
static void check_result(struct nf_result result, size_t ncommands,
			 const struct script *script, const char *want)
{
	result.us[NF_TIME_TOTAL] = 1500000;
	parts_print(
		&printed, &tested_text,
		&(struct format_run){.out = &output, .ncommands = ncommands},
		&result, script);
	assert_string_equal(printed.text, want);
}

/* The same of a result that is ok. */
static void check(const struct nf_part *parts, size_t n, size_t ncommands,
		  const char *want)
{
	check_result((struct nf_result){.device = 0}, ncommands,
		     &(struct script){parts, n, false}, want);
	assert_int_equal(printed.rc, 1);
}

static void test_a_heading_tells_how_it_went(void **state)
{
	static const struct {
		struct nf_result result;
		const char *want;
	} cases[] = {
		{{.device = 0}, HEADING "\n"},
		{{.rejected = 2},
		 "=== R1 (10.0.0.1) ok, 2 of 3 commands refused, 1.500 s "
		 "===\n\n"},
		{{.unknown_prompt = true},
		 "=== R1 (10.0.0.1) ok, its prompt is not one of ios, 1.500 s "
		 "===\n\n"},
		{{.error = {.code = NF_TIMEOUT,
			    .stage = NF_STAGE_AUTH,
			    .message = "no \033[2J word"}},
		 "=== R1 (10.0.0.1) failed, 1.500 s: auth: timeout: no "
		 "\\x1b[2J word ===\n\n"},
		{{.error = {.code = NF_SKIPPED, .message = "its password"}},
		 "=== R1 (10.0.0.1) skipped: its password ===\n\n"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		check_result(cases[i].result, 3, &(struct script){.n = 0},
			     cases[i].want);
}

static void test_one_command_has_no_heading_of_its_own(void **state)
{
	static const struct nf_part parts[] = {COMMAND("x"), OUTPUT("a\n"),
					       END()};

	(void)state;
	check(parts, LENGTH(parts), 1, HEADING "a\n\n");
	check(parts, LENGTH(parts), 2, HEADING "--- x ---\na\n\n");
}

static void test_a_command_of_any_length_is_a_whole_heading(void **state)
{
	char command[1501] = "", want[2000];
	const struct nf_part parts[] = {COMMAND(command), END()};

	(void)state;
	memset(command, 'x', sizeof(command) - 1);
	(void)snprintf(want, sizeof(want), HEADING "--- %s ---\n\n", command);
	check(parts, LENGTH(parts), 2, want);
}

static void test_an_answer_ends_its_last_line(void **state)
{
	static const struct nf_part parts[] = {
		COMMAND("x"), OUTPUT("a"),  END(),         COMMAND("y"),
		END(),        COMMAND("z"), OUTPUT("b\n"), END()};

	(void)state;
	check(parts, LENGTH(parts), 2,
	      HEADING "--- x ---\na\n--- y ---\n--- z ---\nb\n\n");
}

static void test_standard_error_begins_a_line(void **state)
{
	static const struct nf_part parts[] = {COMMAND("x"), OUTPUT("a"),
					       STDERR("e1"), STDERR("e2"),
					       END(.ran = true)};

	(void)state;
	check(parts, LENGTH(parts), 1, HEADING "a\ne1e2\n\n");
}

static void test_an_answer_tells_what_is_wrong_with_it(void **state)
{
	static const struct nf_part cut[] = {COMMAND("x"), OUTPUT("a"),
					     END(.truncated = true)};
	static const struct nf_part status[] = {
		COMMAND("x"), OUTPUT("a\n"),
		END(.ran = true, .exit_status = 3)};
	static const struct nf_part killed[] = {COMMAND("x"),
						{.kind = NF_PART_END,
						 .ran = true,
						 .exit_status = -1,
						 .signal = "KILL"}};

	static const struct nf_part open[] = {
		COMMAND("x"), OUTPUT("a"), END(.ran = true, .left_open = true)};

	(void)state;
	check(open, LENGTH(open), 1,
	      HEADING "a\n--- it ended, and left its output open ---\n\n");
	check(cut, LENGTH(cut), 1,
	      HEADING "a\n--- the answer is not whole ---\n\n");
	check(status, LENGTH(status), 1,
	      HEADING "a\n--- exit status 3 ---\n\n");
	check(killed, LENGTH(killed), 1,
	      HEADING "--- killed by SIGKILL ---\n\n");
}

static void test_a_result_that_cannot_be_read_on_is_lost(void **state)
{
	static const struct nf_part parts[] = {COMMAND("x"), OUTPUT("a\n")};

	(void)state;
	check_result((struct nf_result){.device = 0}, 1,
		     &(struct script){parts, LENGTH(parts), true},
		     HEADING "a\n\n");
	assert_int_equal(printed.rc, -1);
	assert_string_equal(printed.err.message, "damaged");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_heading_tells_how_it_went),
	cmocka_unit_test(test_one_command_has_no_heading_of_its_own),
	cmocka_unit_test(test_a_command_of_any_length_is_a_whole_heading),
	cmocka_unit_test(test_an_answer_ends_its_last_line),
	cmocka_unit_test(test_standard_error_begins_a_line),
	cmocka_unit_test(test_an_answer_tells_what_is_wrong_with_it),
	cmocka_unit_test(test_a_result_that_cannot_be_read_on_is_lost),
};

UNIT_MAIN(tests)
