/* cmd/format/ndjson.c: results for programs, of parts in any order. */
#include "unit/parts.h"

#define nf_result_read parts_read
#define format_ndjson tested_ndjson
#define format_json tested_json
/* NOLINTNEXTLINE(bugprone-suspicious-include): it reads from a script here */
#include "../cmd/format/ndjson.c"

#define CUT                                                                    \
	"\"bytes\":0,\"seconds\":0.000000,\"rejected\":false,"                 \
	"\"truncated\":true}"

static struct output output;
static struct printed printed;

/* Print parts as the commands of a line, and compare with want. */
static void check(const struct nf_part *parts, size_t n, bool fails,
		  const char *want)
{
	struct nf_result result = {.prompt = "R1#", .weak = ""};
	const char *commands;

	parts_print(&printed, &tested_ndjson,
		    &(struct format_run){.out = &output, .ncommands = 1},
		    &result, &(struct script){parts, n, fails});
	commands = strstr(printed.text, ",\"commands\":[");
	assert_non_null(commands);
	assert_string_equal(commands + strlen(",\"commands\":["), want);
}

static void test_a_line_holds_every_command_in_order(void **state)
{
	static const struct nf_part parts[] = {
		COMMAND("show \"x\""), OUTPUT("a\n"),
		OUTPUT("b\n"),         END(.total = 4, .us = 1500000),
		COMMAND("y"),          END(.rejected = true, .truncated = true),
	};

	(void)state;
	check(parts, LENGTH(parts), false,
	      "{\"command\":\"show \\\"x\\\"\",\"output\":\"a\\nb\\n\","
	      "\"bytes\":4,\"seconds\":1.500000,\"rejected\":false,"
	      "\"truncated\":false},"
	      "{\"command\":\"y\",\"output\":\"\",\"bytes\":0,"
	      "\"seconds\":0.000000,\"rejected\":true,\"truncated\":true}]}\n");
	assert_int_equal(printed.rc, 1);
	check(NULL, 0, false, "]}\n");
	assert_int_equal(printed.rc, 1);
}

static void test_a_program_has_a_standard_error_and_a_status(void **state)
{
	static const struct nf_part quiet[] = {
		COMMAND("x"),
		OUTPUT("a"),
		END(.ran = true, .total = 1, .exit_status = 3),
	};
	static const struct nf_part killed[] = {
		COMMAND("x"),
		STDERR("e1 "),
		STDERR("e2"),
		{.kind = NF_PART_END,
		 .ran = true,
		 .exit_status = -1,
		 .signal = "KILL"},
	};
	static const struct nf_part open[] = {
		COMMAND("x"), END(.ran = true, .left_open = true)};

	(void)state;
	check(quiet, LENGTH(quiet), false,
	      "{\"command\":\"x\",\"output\":\"a\",\"stderr\":\"\","
	      "\"exit_status\":3,\"bytes\":1,\"seconds\":0.000000,"
	      "\"rejected\":false,\"truncated\":false}]}\n");
	check(killed, LENGTH(killed), false,
	      "{\"command\":\"x\",\"output\":\"\",\"stderr\":\"e1 e2\","
	      "\"exit_status\":null,\"signal\":\"KILL\",\"bytes\":0,"
	      "\"seconds\":0.000000,\"rejected\":false,"
	      "\"truncated\":false}]}\n");
	check(open, LENGTH(open), false,
	      "{\"command\":\"x\",\"output\":\"\",\"stderr\":\"\","
	      "\"exit_status\":0,\"left_open\":true,\"bytes\":0,"
	      "\"seconds\":0.000000,\"rejected\":false,"
	      "\"truncated\":false}]}\n");
}

static void test_an_answer_that_cannot_be_read_on_is_cut(void **state)
{
	static const struct nf_part parts[] = {
		COMMAND("x"), OUTPUT("a\303"), /* half a character */
	};

	(void)state;
	check(parts, LENGTH(parts), true,
	      "{\"command\":\"x\",\"output\":\"a\\ufffd\"," CUT "]}\n");
	assert_int_equal(printed.rc, -1);
	assert_string_equal(printed.err.message, "damaged");
}

static void test_output_behind_errors_is_not_taken_for_one(void **state)
{
	static const struct nf_part parts[] = {
		COMMAND("x"), OUTPUT("a"),      STDERR("e"),
		OUTPUT("b"),  END(.ran = true),
	};

	(void)state;
	check(parts, LENGTH(parts), false,
	      "{\"command\":\"x\",\"output\":\"a\",\"stderr\":\"e\"," CUT
	      "]}\n");
	assert_int_equal(printed.rc, -1);
	assert_string_equal(printed.err.message, "its output is out of order");
}

static void test_parts_without_their_command_leave_a_whole_line(void **state)
{
	static const struct nf_part output_first[] = {OUTPUT("a")};
	static const struct nf_part stderr_first[] = {STDERR("a")};
	static const struct nf_part end_first[] = {END(.ran = true)};
	static const struct nf_part no_end[] = {
		COMMAND("x"), OUTPUT("a"), COMMAND("y"), OUTPUT("b"), END()};

	(void)state;
	check(output_first, 1, false, "]}\n");
	assert_int_equal(printed.rc, -1);
	check(stderr_first, 1, false, "]}\n");
	assert_int_equal(printed.rc, -1);
	check(end_first, 1, false, "]}\n");
	assert_int_equal(printed.rc, -1);
	check(no_end, LENGTH(no_end), false,
	      "{\"command\":\"x\",\"output\":\"a\"," CUT "]}\n");
	assert_int_equal(printed.rc, -1);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_line_holds_every_command_in_order),
	cmocka_unit_test(test_a_program_has_a_standard_error_and_a_status),
	cmocka_unit_test(test_an_answer_that_cannot_be_read_on_is_cut),
	cmocka_unit_test(test_output_behind_errors_is_not_taken_for_one),
	cmocka_unit_test(test_parts_without_their_command_leave_a_whole_line),
};

UNIT_MAIN(tests)
