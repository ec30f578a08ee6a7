/*
 * lib/dialogue/cli.c: what comes behind a line that was taken for the prompt,
 * where the device paints that line anew, has lost what was typed, or ends its
 * answer without a newline.
 */
#include "dialogue/cli.h"

#include <string.h>

#include "unit/talk.h"
#include "unit/unit.h"

#define END STEP(SCRIPT_END)

/* A Cisco as far as its first command. */
#define IOS                                                                    \
	DELIVER("\r\nR1#"), EXPECT("terminal length 0\r"),                     \
		DELIVER("terminal length 0\r\nR1#")

static void assert_text(const struct talk_output *output, const char *text)
{
	assert_int_equal(output->bytes.len, strlen(text));
	if (output->bytes.len > 0)
		assert_memory_equal(output->bytes.data, text,
				    output->bytes.len);
}

static void assert_whole(const struct talk_output *output, const char *text)
{
	assert_true(output->ended);
	assert_true(output->whole);
	assert_text(output, text);
}

/* The return key's echo is the prompt painted once more: no proof, and no line
 * of the answer. */
static void test_a_prompt_painted_anew_is_proven_by_the_next(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("\r\n> "),
		EXPECT("\n"),
		DELIVER("\r> "),
		DELIVER_AFTER(100, "\r\n> "),
		EXPECT("show a\n"),
		DELIVER("\r> show a\r\nup\r\n>"),
		EXPECT("\n"),
		DELIVER(" \r> "),
		DELIVER_AFTER(100, "\r\n> "),
		EXPECT("show b\n"),
		DELIVER("\r> show b\r\ndown\r\n> "),
		EXPECT("\n"),
		DELIVER("\r> \r\n> "),
		EXPECT("exit\n"),
		DELIVER("\r> exit\r\n"),
		STEP(SCRIPT_CLOSE),
		END,
	};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ftd", steps, "> ");
	assert_int_equal(run(&talk, "show a"), 0);
	assert_int_equal(run(&talk, "show b"), 0);
	assert_whole(ended(&talk), "up\n");
	assert_int_equal(leave(&talk), 0);
	assert_whole(ended(&talk), "down\n");
	talk_end(&talk);
}

/* It echoes, and dropped what was typed while its answer was on its way. */
static void test_a_command_that_was_lost_has_no_answer(void **state)
{
	static const struct script_step steps[] = {
		IOS,
		EXPECT("show a\r"),
		DELIVER("show a\r\nup\r\nR1#"),
		EXPECT("show b\r"),
		DELIVER_AFTER(10, "\r\ndown\r\nR1#"),
		EXPECT("\r"),
		DELIVER("\r\nR1#"),
		END,
	};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1#");
	assert_int_equal(run(&talk, "show a"), 0);
	assert_int_equal(run(&talk, "show b"), -1);
	assert_int_equal(talk.err.code, NF_INCOMPLETE);
	assert_true(ended(&talk)->ended);
	assert_false(ended(&talk)->whole);
	talk_end(&talk);
}

static void test_an_answer_may_end_without_a_newline_when_late(void **state)
{
	static const struct script_step steps[] = {
		IOS,
		EXPECT("show a\r"),
		DELIVER("show a\r\nup\r\nR1#"),
		EXPECT("show b\r"),
		DELIVER_AFTER(10, "\r\n100%R1#show b\r\ndown\r\nR1#"),
		EXPECT("exit\r"),
		DELIVER("exit\r\n"),
		STEP(SCRIPT_CLOSE),
		END,
	};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1#");
	assert_int_equal(run(&talk, "show a"), 0);
	assert_int_equal(run(&talk, "show b"), 0);
	assert_whole(ended(&talk), "up\nR1#\n100%");
	assert_int_equal(leave(&talk), 0);
	assert_whole(ended(&talk), "down\n");
	talk_end(&talk);
}

/* The line before the echo ends in a prompt of another mode: where the answer
 * ends in that line, nobody knows. */
static void test_an_end_that_is_not_known_is_not_whole(void **state)
{
	static const struct script_step steps[] = {
		IOS,
		EXPECT("show a\r"),
		DELIVER("show a\r\nup\r\nR1(config)#"),
		EXPECT("show b\r"),
		DELIVER_AFTER(10, "\r\n100%R1#show b\r\ndown\r\nR1#"),
		END,
	};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1#");
	assert_int_equal(run(&talk, "show a"), 0);
	assert_int_equal(run(&talk, "show b"), -1);
	assert_int_equal(talk.err.code, NF_INCOMPLETE);
	assert_false(ended(&talk)->whole);
	talk_end(&talk);
}

/* A blank at the end of the first prompt came too late to be learnt. */
static void test_the_prompt_behind_text_may_have_one_more_blank(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("\r\n[admin@core 1] >"),
		EXPECT("\r"),
		DELIVER("\r\n[admin@core 1] >"),
		EXPECT("/export\r"),
		DELIVER_AFTER(1, " /export\r\nup[admin@core 1] > "),
		EXPECT("quit\r"),
		DELIVER("quit\r\n"),
		STEP(SCRIPT_CLOSE),
		END,
	};
	struct talk talk;

	(void)state;
	talk_open(&talk, "mikrotik_routeros", steps, "[admin@core 1] >");
	assert_int_equal(run(&talk, "/export"), 0);
	assert_int_equal(leave(&talk), 0);
	assert_whole(ended(&talk), "up");
	talk_end(&talk);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_prompt_painted_anew_is_proven_by_the_next),
	cmocka_unit_test(test_a_command_that_was_lost_has_no_answer),
	cmocka_unit_test(test_an_answer_may_end_without_a_newline_when_late),
	cmocka_unit_test(test_an_end_that_is_not_known_is_not_whole),
	cmocka_unit_test(test_the_prompt_behind_text_may_have_one_more_blank),
};

UNIT_MAIN(tests)
