/*
 * lib/dialogue/cli.c: a refused command that the device types again behind its
 * prompt, to be edited; and what only looks like one. All is played whole and
 * byte by byte, without a pause behind the prompt: that is an end.
 */
#include "dialogue/cli.h"

#include <string.h>

#include "unit/talk.h"
#include "unit/unit.h"

#define END                                                                    \
	{                                                                      \
		SCRIPT_END, NULL, 0, 0                                         \
	}

/* A device without paging_off, its prompt, and one with it. */
#define BOX DELIVER("\r\nbox> "), EXPECT("\n"), DELIVER("\r\nbox> ")
#define JUNOS                                                                  \
	DELIVER("\r\nlab@mx> "), EXPECT("set cli screen-length 0\n"),          \
		DELIVER("set cli screen-length 0 \r\n\r\nlab@mx> "),           \
		EXPECT("set cli complete-on-space off\n"),                     \
		DELIVER("set cli complete-on-space off \r\n\r\nlab@mx> "),     \
		EXPECT("\n"), DELIVER("\r\n\r\nlab@mx> ")

/* A command and the next one, which nothing may disturb. */
struct scene {
	const char *platform, *prompt;
	const char *command, *output;
	bool rejected;
	int64_t waits_ms;
	const char *next, *next_output;
	struct script_step steps[20];
};

static void play(const struct scene *scene, struct script_manner manner)
{
	struct talk talk;
	int64_t begin_ms;

	unit_where(scene->steps[LENGTH(scene->steps) / 2].bytes);
	talk_begin(&talk, scene->platform, scene->steps, manner);
	if (cli_find_prompt(talk.cli, &(struct login){WITH(0)}, patience(&talk),
			    &talk.err) == -1)
		fail_msg("%s", talk.err.message);
	begin_ms = talk.script.now_ms;
	if (run(&talk, scene->command) == -1)
		fail_msg("%s: %s", scene->command, talk.err.message);
	assert_out(&talk, scene->output);
	assert_int_equal(talk.answer.rejected, scene->rejected);
	assert_int_equal(talk.script.now_ms - begin_ms, scene->waits_ms);
	assert_prompt(&talk, scene->prompt);
	command(&talk, scene->next, scene->next_output);
	talk_end(&talk);
}

static void play_each(const struct scene *scenes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		play(&scenes[i], plain);
		play(&scenes[i], (struct script_manner){.piece = 1});
		play(&scenes[i], (struct script_manner){.piece = 5});
	}
}

#define PLAY_EACH(scenes) play_each(scenes, LENGTH(scenes))

#define NEXT .next = "show x", .next_output = "x\n"

static void test_a_refused_command_typed_again_is_cleared(void **state)
{
	static const struct scene scenes[] = {
		/* With a bell; the line is erased where it stands. */
		{"generic", "box>", "show foo", "Unknown command\n", true, 0,
		 NEXT,
		 .steps = {BOX, EXPECT("show foo\n"),
			   DELIVER("show foo\r\nUnknown command\r\n"
				   "box> show foo\a"),
			   EXPECT("\x15"), DELIVER("\b\b\b\b\b\b\b\b\033[K"),
			   EXPECT("show x\n"), DELIVER("show x\r\nx\r\nbox> "),
			   END}},
		/* In part, as far as it was understood. */
		{"generic", "box>", "show foo all", "what is foo\n", true, 0,
		 NEXT,
		 .steps = {BOX, EXPECT("show foo all\n"),
			   DELIVER("show foo all\r\nwhat is foo\r\n"
				   "box> show \a"),
			   EXPECT("\x15"), DELIVER("\r\033[Kbox> "),
			   EXPECT("show x\n"), DELIVER("show x\r\nx\r\nbox> "),
			   END}},
		/* In a new line; the key may be shown. */
		{"generic", "box>", "show foo", "Unknown command\n", true, 0,
		 NEXT,
		 .steps = {BOX, EXPECT("show foo\n"),
			   DELIVER("show foo\r\nUnknown command\r\n"
				   "box> show foo\a"),
			   EXPECT("\x15"), DELIVER("^U\r\nbox> "),
			   EXPECT("show x\n"), DELIVER("show x\r\nx\r\nbox> "),
			   END}},
		/* Behind a refusal that is known. */
		{"juniper_junos", "lab@mx>", "show i",
		 "              ^\n'i' is ambiguous.\nPossible completions:\n"
		 "  iccp\n  igmp\n",
		 true, 0, NEXT,
		 .steps = {JUNOS, EXPECT("show i\n"),
			   DELIVER("show i \r\n              ^\r\n"
				   "'i' is ambiguous.\r\n"
				   "Possible completions:\r\n  iccp\r\n"
				   "  igmp\r\n\r\nlab@mx> show i"),
			   EXPECT("\x15"), DELIVER("\033[6D\033[J"),
			   EXPECT("show x\n"),
			   DELIVER("show x \r\nx\r\n\r\nlab@mx> "), END}},
		/* When nothing more comes. */
		{"juniper_junos", "lab@mx>", "show interfaces foo",
		 "syntax error.\n", true, 1000, NEXT,
		 .steps = {JUNOS, EXPECT("show interfaces foo\n"),
			   DELIVER("show interfaces foo \r\n"
				   "syntax error.\r\n"
				   "\r\nlab@mx> show interfaces "),
			   EXPECT("\x15"),
			   DELIVER("\r                         \rlab@mx> "),
			   EXPECT("show x\n"),
			   DELIVER("show x \r\nx\r\n\r\nlab@mx> "), END}},
		{"generic", "box>", "show foo", "eh?\n", true, 1000, NEXT,
		 .steps = {BOX, EXPECT("show foo\n"),
			   DELIVER("show foo\r\neh?\r\nbox> show foo"),
			   EXPECT("\x15"), DELIVER("\r\nbox> "),
			   EXPECT("show x\n"), DELIVER("show x\r\nx\r\nbox> "),
			   END}},
	};

	(void)state;
	PLAY_EACH(scenes);
}

/* A packet may end behind the prompt: the device is known to type. */
static void test_a_command_typed_again_is_waited_for(void **state)
{
	static const struct scene scenes[] = {
		{"hp_comware", "<sw>", "display foo",
		 " % Unrecognized command found at '^' position.\n", true, 20,
		 .next = "display x", .next_output = "x\n",
		 .steps = {DELIVER("\r\n<sw>"),
			   EXPECT("screen-length disable\n"),
			   DELIVER("screen-length disable\r\n<sw>"),
			   EXPECT("display foo\n"),
			   DELIVER("display foo\r\n % Unrecognized command "
				   "found at '^' position.\r\n<sw>"),
			   DELIVER_AFTER(20, "display foo"), EXPECT("\x18"),
			   DELIVER("\r\033[K<sw>"), EXPECT("display x\n"),
			   DELIVER("display x\r\nx\r\n<sw>"), END}},
		/* Or not. */
		{"hp_comware", "<sw>", "display foo",
		 " % Unrecognized command found at '^' position.\n", true, 50,
		 .next = "display x", .next_output = "x\n",
		 .steps = {DELIVER("\r\n<sw>"),
			   EXPECT("screen-length disable\n"),
			   DELIVER("screen-length disable\r\n<sw>"),
			   EXPECT("display foo\n"),
			   DELIVER("display foo\r\n % Unrecognized command "
				   "found at '^' position.\r\n<sw>"),
			   EXPECT("display x\n"),
			   DELIVER("display x\r\nx\r\n<sw>"), END}},
	};

	(void)state;
	PLAY_EACH(scenes);
}

/* An answer that quotes prompt and command, and pauses there. */
static void test_an_answer_that_quotes_its_command_is_whole(void **state)
{
	static const struct scene scenes[] = {
		{"generic", "box>", "show log",
		 "box> show log was typed at 10:00\nend\n", false, 3000, NEXT,
		 .steps = {BOX, EXPECT("show log\n"),
			   DELIVER("show log\r\nbox> show log"), EXPECT("\x15"),
			   DELIVER_AFTER(2000, " was typed at 10:00\r\n"
					       "end\r\nbox> "),
			   EXPECT("show x\n"), DELIVER("show x\r\nx\r\nbox> "),
			   END}},
		{"generic", "box>", "show log",
		 "box> show clock\nbox> show\nbox> show log file\n", false, 0,
		 NEXT,
		 .steps = {BOX, EXPECT("show log\n"),
			   DELIVER("show log\r\nbox> show clock\r\n"
				   "box> show\r\nbox> show log file\r\nbox> "),
			   EXPECT("show x\n"), DELIVER("show x\r\nx\r\nbox> "),
			   END}},
		/* Of another device. */
		{"generic", "box>", "show log", "box2> show log at 10:00\n",
		 false, 1200, NEXT,
		 .steps = {BOX, EXPECT("show log\n"),
			   DELIVER("show log\r\nbox2> show log"),
			   DELIVER_AFTER(1200, " at 10:00\r\nbox> "),
			   EXPECT("show x\n"), DELIVER("show x\r\nx\r\nbox> "),
			   END}},
		/* The echo, painted anew piece by piece. */
		{"generic", "box>", "show log", "empty\n", false, 600, NEXT,
		 .steps = {BOX, EXPECT("show log\n"),
			   DELIVER("show log\r\n\033[A\rbox> show"),
			   DELIVER_AFTER(600, " log\r\nempty\r\nbox> "),
			   EXPECT("show x\n"), DELIVER("show x\r\nx\r\nbox> "),
			   END}},
	};

	(void)state;
	PLAY_EACH(scenes);
}

/* It does not know the key: the command fails, and says by what. */
static void test_a_command_that_cannot_be_cleared_fails(void **state)
{
	static const struct script_step steps[] = {
		BOX,
		EXPECT("show foo\n"),
		DELIVER("show foo\r\neh?\r\nbox> show foo\a"),
		EXPECT("\x15"),
		EXPECT("\x15"),
		EXPECT("\x15"),
		EXPECT("\x15"),
		END};
	struct talk talk;

	(void)state;
	talk_open(&talk, "generic", steps, "box> ");
	command_fails(&talk, "show foo", NF_TIMEOUT, "eh?\nbox> show foo");
	assert_non_null(strstr(talk.err.message, "box> show foo"));
	talk_end(&talk);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_refused_command_typed_again_is_cleared),
	cmocka_unit_test(test_a_command_typed_again_is_waited_for),
	cmocka_unit_test(test_an_answer_that_quotes_its_command_is_whole),
	cmocka_unit_test(test_a_command_that_cannot_be_cleared_fails),
};

UNIT_MAIN(tests)
