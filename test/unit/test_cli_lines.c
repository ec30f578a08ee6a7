/* lib/exchange/lines.c: commands behind which a device takes lines. */
#include "exchange/lines.h"

#include <string.h>

#include "unit/talk.h"
#include "unit/unit.h"

#define END                                                                    \
	{                                                                      \
		SCRIPT_END, NULL, 0, 0                                         \
	}

#define IOS_STEPS                                                              \
	DELIVER("R1(config)#"), EXPECT("terminal length 0\r"),                 \
		DELIVER("terminal length 0\r\nR1(config)#")
#define BANNER_STEPS                                                           \
	IOS_STEPS, EXPECT("banner motd ^\r"),                                  \
		DELIVER("banner motd ^\r\n" ANNOUNCED "\r\n")
#define ANNOUNCED "Enter TEXT message.  End with the character '^'."

/* ---- what is announced */

/* A line as a device says it behind a command, and what ends the lines then. */
struct announcement {
	const char *platform, *line, *mark;
	enum lines_end end;
	bool blank;
};

static const struct announcement announcements[] = {
	{"cisco_ios", ANNOUNCED, "^", LINES_END_CHARACTER, false},
	{"cisco_xr", "Enter TEXT message.  End with the character '#'.", "#",
	 LINES_END_CHARACTER, false},
	{"cisco_ios",
	 "Enter macro commands one per line. End with the character '@'.", "@",
	 LINES_END_CHARACTER, false},
	{"ruckus_fastiron", "Enter TEXT message, End with the character '$'.",
	 "$", LINES_END_CHARACTER, false},
	{"hp_procurve", "Enter TEXT message. End with the character'#'", "#",
	 LINES_END_CHARACTER, false},
	{"hp_comware",
	 "Please input banner content, and quit with the character '%'.", "%",
	 LINES_END_CHARACTER, false},
	{"arista_eos", "Enter TEXT message. Type 'EOF' on its own line to end.",
	 "EOF", LINES_END_WORD, false},
	{"cisco_asa", "End with the word \"quit\" on a line by itself:", "quit",
	 LINES_END_WORD, false},
	{"cisco_xr",
	 "End with a blank line or the word \"quit\" on a line by itself",
	 "quit", LINES_END_WORD, true},
	{"juniper_junos", "[Type ^D at a new line to end input]", "^D",
	 LINES_END_KEY, false},
	{"juniper_junos", "[Type ^D at a new line to end input,", "^D",
	 LINES_END_KEY, false},
	{"f5_tmsh",
	 "Enter configuration. Press CTRL-D to submit or CTRL-C to cancel.",
	 "^D", LINES_END_KEY, false},
	{"arista_eos",
	 "enter input line by line; when done enter one or more control-d",
	 "^D", LINES_END_KEY, false},
	{"aruba_aoscx", "containing only your chosen delimiter.", "%",
	 LINES_END_WORD, false},
};

/* Lines of other commands, behind which nothing is taken. */
static const char *const others[] = {
	"Enter configuration commands, one per line.  End with CNTL/Z.",
	"Escape character is '^]'.",
	"Type escape sequence to abort.",
	"Press Ctrl-C to end.",
	"Type 'q' to quit",
	"Enter system view, return user view with Ctrl+Z.",
	"Type \"help\" or '?' for a list of available commands.",
	"The banner ends with the character '^^'.",
	"Entering configuration mode",
	"Type 'exit' on its own line to end.",
	"Type 'over' on its own line to end the session.",
	"Enter 'quit' on a line by itself to leave.",
	"Press Ctrl-D to end this shell.",
};

static bool announces(struct lines *lines, const char *platform,
		      const char *command, const char *output, const char *rest)
{
	struct patterns *patterns;
	struct nf_error err = {0};
	const struct buf text = {.data = (uint8_t *)(uintptr_t)output,
				 .len = strlen(output)};
	const struct buf behind = {.data = (uint8_t *)(uintptr_t)rest,
				   .len = strlen(rest)};
	bool so;

	assert_int_equal(
		patterns_new(&patterns, talk_platform(platform), NULL, &err),
		0);
	*lines = (struct lines){.taken = false};
	so = lines_are_announced(lines, patterns, command, &text, &behind);
	patterns_free(patterns);
	return so;
}

static void test_lines_are_announced_in_the_words_of_devices(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(announcements); i++) {
		const struct announcement *at = &announcements[i];
		struct lines lines;

		unit_where(at->line);
		assert_true(announces(&lines, at->platform, "banner motd %",
				      at->line, ""));
		assert_int_equal(lines.end, at->end);
		assert_string_equal(lines.mark, at->mark);
		assert_int_equal(lines.blank_ends, at->blank);
	}
}

static void test_lines_are_not_announced_by_other_words(void **state)
{
	struct lines lines;

	(void)state;
	for (size_t i = 0; i < LENGTH(others); i++) {
		unit_where(others[i]);
		assert_false(announces(&lines, "cisco_ios", "reload", others[i],
				       ""));
	}
}

static void test_lines_are_not_announced_by_a_quotation(void **state)
{
	static const char announced[] = ANNOUNCED "\n";
	char text[2000];
	struct lines lines;

	(void)state;
	assert_true(announces(&lines, "cisco_ios", "banner motd ^", announced,
			      "> "));
	assert_string_equal(lines.prompt, "> ");
	/* By a command that only reads, with more behind it, or long before. */
	assert_false(
		announces(&lines, "cisco_ios", "show logging", announced, ""));
	assert_false(announces(&lines, "cisco_ios", "do show logging",
			       ANNOUNCED "\na\nb\nc\n", ""));
	memset(text, 'x', sizeof(text));
	(void)stpcpy(text + sizeof(text) - sizeof(announced), announced);
	assert_false(
		announces(&lines, "cisco_ios", "do show logging", text, ""));
	assert_false(announces(&lines, "cisco_ios", "do show logging",
			       announced,
			       "000213: Jan  5 10:00:01: %SYS-5-CONF"));
}

static void test_lines_end_with_their_mark(void **state)
{
	static const struct {
		const char *line;
		struct lines lines;
		bool ends;
	} cases[] = {
		{"^", {.end = LINES_END_CHARACTER, .mark = "^"}, true},
		{"all^", {.end = LINES_END_CHARACTER, .mark = "^"}, true},
		{"all", {.end = LINES_END_CHARACTER, .mark = "^"}, false},
		{"", {.end = LINES_END_CHARACTER, .mark = "^"}, false},
		{" EOF ", {.end = LINES_END_WORD, .mark = "EOF"}, true},
		{"an EOF", {.end = LINES_END_WORD, .mark = "EOF"}, false},
		{"EOFs", {.end = LINES_END_WORD, .mark = "EOF"}, false},
		{"eof", {.end = LINES_END_WORD, .mark = "EOF"}, false},
		{" ",
		 {.end = LINES_END_WORD, .mark = "q", .blank_ends = true},
		 true},
		{"^D", {.end = LINES_END_KEY, .mark = "^D"}, true},
		{"D", {.end = LINES_END_KEY, .mark = "^D"}, false},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		unit_where(cases[i].line);
		assert_int_equal(lines_end_with(&cases[i].lines, cases[i].line),
				 cases[i].ends);
	}
}

/* ---- a dialogue */

static void test_lines_are_taken_until_the_mark_comes(void **state)
{
	static const struct script_step steps[] = {
		BANNER_STEPS,
		EXPECT("exit\r"),
		DELIVER("exit\r\n"),
		EXPECT("the end^\r"),
		DELIVER("the end^\r\nR1(config)#"),
		EXPECT("end\r"),
		DELIVER("end\r\nR1#"),
		END};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1(config)#");
	assert_null(cli_lines_mark(talk.cli));
	command(&talk, "banner motd ^", ANNOUNCED "\n");
	assert_string_equal(cli_lines_mark(talk.cli), "^");
	command(&talk, "exit", "");
	assert_string_equal(cli_lines_mark(talk.cli), "^");
	command(&talk, "the end^", "");
	assert_null(cli_lines_mark(talk.cli));
	command(&talk, "end", "");
	talk_end(&talk);
}

/* What the device does not echo takes 2 s, but for the first line alone. */
static void test_lines_without_an_echo_are_taken(void **state)
{
	static const struct script_step steps[] = {BANNER_STEPS,
						   EXPECT("a\r"),
						   EXPECT("b\r"),
						   EXPECT("c\r"),
						   EXPECT("^\r"),
						   DELIVER("\r\nR1(config)#"),
						   END};
	struct talk talk;
	int64_t begin;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1(config)#");
	command(&talk, "banner motd ^", ANNOUNCED "\n");
	begin = talk.script.now_ms;
	command(&talk, "a", "");
	command(&talk, "b", "");
	command(&talk, "c", "");
	assert_in_range(talk.script.now_ms - begin, 0, 2600);
	command(&talk, "^", "\n");
	talk_end(&talk);
}

static void
test_lines_of_a_prompt_that_comes_back_early_go_nowhere(void **state)
{
	static const struct script_step steps[] = {
		BANNER_STEPS, EXPECT("a\r"),
		DELIVER("a\r\n% Banner too long\r\nR1(config)#"), END};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1(config)#");
	command(&talk, "banner motd ^", ANNOUNCED "\n");
	command_fails(&talk, "a", NF_COMMAND_REJECTED, "% Banner too long\n");
	assert_non_null(strstr(talk.err.message, "it takes no more lines"));
	talk_end(&talk);
}

/* The log goes on after 200 ms, and after 5 s where the command only reads. */
static void test_lines_in_a_log_that_pauses_are_not_taken(void **state)
{
	static const struct script_step steps[] = {
		IOS_STEPS,
		EXPECT("do show logging\r"),
		DELIVER("do show logging\r\n" ANNOUNCED "\r\n"),
		DELIVER_AFTER(200, "%SYS-5-CONFIG_I\r\nR1(config)#"),
		EXPECT("show logging\r"),
		DELIVER("show logging\r\n" ANNOUNCED "\r\n"),
		DELIVER_AFTER(5000, "%SYS-5-CONFIG_I\r\nR1(config)#"),
		END};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1(config)#");
	command(&talk, "do show logging", ANNOUNCED "\n%SYS-5-CONFIG_I\n");
	command(&talk, "show logging", ANNOUNCED "\n%SYS-5-CONFIG_I\n");
	assert_null(cli_lines_mark(talk.cli));
	talk_end(&talk);
}

/* A command that is at work, or takes lines and does not say so. */
static void test_lines_may_be_what_a_silent_command_waits_for(void **state)
{
	static const struct script_step steps[] = {IOS_STEPS, EXPECT("tclsh\r"),
						   DELIVER("tclsh\r\n"), END};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1(config)#");
	command_fails(&talk, "tclsh", NF_TIMEOUT, "");
	assert_non_null(strstr(talk.err.message, "or take lines of a text"));
	talk_end(&talk);
}

/* It asks, which its last words tell. */
static void test_lines_are_not_what_a_question_waits_for(void **state)
{
	static const struct script_step steps[] = {
		IOS_STEPS, EXPECT("reload\r"), DELIVER("reload\r\nSure? "),
		END};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1(config)#");
	command_fails(&talk, "reload", NF_TIMEOUT, "Sure? ");
	assert_null(strstr(talk.err.message, "lines of a text"));
	talk_end(&talk);
}

/* ---- a command with its text */

static void test_lines_of_a_text_are_one_command(void **state)
{
	static const struct script_step steps[] = {
		BANNER_STEPS,
		EXPECT("Hello,\r"),
		DELIVER("Hello,\r\n"),
		EXPECT("\r"),
		DELIVER("\r\n"),
		EXPECT("exit^\r"),
		DELIVER("exit^\r\n"),
		DELIVER_AFTER(100, "R1(config)#"),
		EXPECT("end\r"),
		DELIVER("end\r\nR1#"),
		END};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1(config)#");
	command(&talk, "banner motd ^ <<END\nHello,\n\nexit^\nEND",
		ANNOUNCED "\n");
	assert_null(cli_lines_mark(talk.cli));
	command(&talk, "end", "");
	talk_end(&talk);
}

/* The mark is typed behind the text, a key where the device names one. */
static void test_lines_of_a_text_are_ended_as_the_device_wants(void **state)
{
	static const struct script_step steps[] = {
		BANNER_STEPS,
		EXPECT("a\r"),
		DELIVER("a\r\n"),
		EXPECT("^\r"),
		DELIVER("^\r\nR1(config)#"),
		EXPECT("load terminal\r"),
		DELIVER("load terminal\r\n"
			"[Type ^D at a new line to end input]\r\n"),
		EXPECT("a;\r"),
		DELIVER("a;\r\n"),
		EXPECT("\004"),
		DELIVER("load complete\r\nR1(config)#"),
		END};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1(config)#");
	command(&talk, "banner motd ^ <<END\na\nEND", ANNOUNCED "\n");
	command(&talk, "load terminal <<END\na;\nEND",
		"[Type ^D at a new line to end input]\nload complete\n");
	talk_end(&talk);
}

/* What the device says between the lines is output, its marks are not. */
static void test_lines_of_a_text_may_be_judged_one_by_one(void **state)
{
	static const struct script_step steps[] = {
		IOS_STEPS,
		EXPECT("banner motd #\r"),
		DELIVER("banner motd #\r\nEnter TEXT message.  End with the "
			"character '#'.\r\n> "),
		EXPECT("a\r"),
		DELIVER("a\r\n> "),
		EXPECT("b\r"),
		DELIVER("b\r\n% Invalid input detected\r\n> "),
		EXPECT("c\r"),
		DELIVER("c\r\n> "),
		EXPECT("#\r"),
		DELIVER("#\r\nR1(config)#"),
		END};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1(config)#");
	assert_int_equal(run(&talk, "banner motd # <<END\na\nb\nc\nEND"), 0);
	assert_out(&talk, "Enter TEXT message.  End with the character '#'.\n"
			  "% Invalid input detected\n");
	assert_true(talk.answer.rejected);
	talk_end(&talk);
}

/* Without a word, after 3 s; what ends the lines is the last of them. */
static void test_lines_of_a_text_are_typed_into_silence(void **state)
{
	static const struct script_step steps[] = {
		IOS_STEPS,
		EXPECT("edit x\r"),
		DELIVER("edit x\r\n"),
		EXPECT("one\r"),
		DELIVER("one\r\n"),
		EXPECT(".\r"),
		DELIVER(".\r\n2 lines\r\nR1(config)#"),
		END};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1(config)#");
	command(&talk, "edit x <<END\none\n.\nEND", "2 lines\n");
	talk_end(&talk);
}

/* The mark for each line is all that this device shows. */
static void test_lines_of_a_text_are_typed_behind_a_mark(void **state)
{
	static const struct script_step steps[] = {IOS_STEPS,
						   EXPECT("set buffer\r"),
						   DELIVER("set buffer\r\n> "),
						   EXPECT("<p>\r"),
						   DELIVER("<p>\r\n> "),
						   EXPECT("\"\r"),
						   DELIVER("\"\r\nR1(config)#"),
						   END};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1(config)#");
	command(&talk, "set buffer <<END\n<p>\n\"\nEND", "");
	talk_end(&talk);
}

/* The prompt, a refusal or a question: nothing of the text is typed. */
static void test_lines_of_a_text_are_no_commands(void **state)
{
	static const struct script_step steps[] = {
		IOS_STEPS, EXPECT("baner motd ^\r"),
		DELIVER("baner motd ^\r\n ^\r\n% Invalid input detected\r\n"),
		DELIVER_AFTER(900, "R1(config)#"), END};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1(config)#");
	command_fails(&talk, "baner motd ^ <<END\nreload\nEND",
		      NF_COMMAND_REJECTED, " ^\n% Invalid input detected\n");
	assert_non_null(strstr(talk.err.message, "none of its text was typed"));
	talk_end(&talk);
}

static void test_lines_of_a_text_are_no_replies(void **state)
{
	static const struct script_step steps[] = {
		IOS_STEPS, EXPECT("copy terminal: x\r"),
		DELIVER("copy terminal: x\r\nOverwrite? [yes/no]: "), END};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1(config)#");
	command_fails(&talk, "copy terminal: x <<END\nyes\nEND", NF_TIMEOUT,
		      "Overwrite? [yes/no]: ");
	talk_end(&talk);
}

/* A mark among the lines: the device would take the others for commands. */
static void
test_lines_of_a_text_that_would_end_early_are_not_typed(void **state)
{
	static const struct script_step steps[] = {BANNER_STEPS, END};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1(config)#");
	command_fails(&talk, "banner motd ^ <<END\na\n^_^\nreload\nEND",
		      NF_INVALID, ANNOUNCED "\n");
	assert_non_null(strstr(talk.err.message, "line 2 of its text"));
	talk_end(&talk);
}

static void test_lines_of_a_text_stop_at_a_prompt(void **state)
{
	static const struct script_step steps[] = {
		BANNER_STEPS, EXPECT("a\r"),
		DELIVER("a\r\n% Banner too long\r\nR1(config)#"), END};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1(config)#");
	command_fails(&talk, "banner motd ^ <<END\na\nreload\nEND",
		      NF_COMMAND_REJECTED, ANNOUNCED "\n% Banner too long\n");
	talk_end(&talk);
}

static void test_lines_of_a_text_are_all_of_a_shell(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("joe@host:~$ "),
		EXPECT("\n"),
		DELIVER("\r\njoe@host:~$ "),
		EXPECT("sort <<END\n"),
		DELIVER("sort <<END\r\n> "),
		EXPECT("b\n"),
		DELIVER("b\r\n> "),
		EXPECT("a\n"),
		DELIVER("a\r\n> "),
		EXPECT("END\n"),
		DELIVER("END\r\na\r\nb\r\njoe@host:~$ "),
		END};
	struct talk talk;

	(void)state;
	talk_open(&talk, "linux", steps, "joe@host:~$ ");
	command(&talk, "sort <<END\nb\na\nEND", "a\nb\n");
	talk_end(&talk);
}

/* What the device says of a line may come behind the next that was sent. */
static void test_lines_of_a_text_may_be_judged_late(void **state)
{
	static const struct script_step steps[] = {
		BANNER_STEPS,
		EXPECT("a\r"),
		DELIVER("a\r\n"),
		EXPECT("b\r"),
		DELIVER("% Invalid input detected\r\nb\r\n"),
		EXPECT("^\r"),
		DELIVER("^\r\nR1(config)#"),
		END};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1(config)#");
	assert_int_equal(run(&talk, "banner motd ^ <<END\na\nb\nEND"), 0);
	assert_out(&talk, ANNOUNCED "\n% Invalid input detected\n");
	assert_true(talk.answer.rejected);
	talk_end(&talk);
}

/* A server that authorises commands may take its time, and refuse then. */
static void test_lines_of_a_text_wait_for_a_slow_refusal(void **state)
{
	static const struct script_step slow_prompt[] = {
		IOS_STEPS, EXPECT("edit x\r"), DELIVER("edit x\r\n"),
		DELIVER_AFTER(2500, "not yours\r\nR1(config)#"), END};
	static const struct script_step slower_prompt[] = {
		IOS_STEPS, EXPECT("edit x\r"),
		DELIVER("edit x\r\n% Invalid input detected\r\n"), END};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", slow_prompt, "R1(config)#");
	command_fails(&talk, "edit x <<END\nreload\nEND", NF_COMMAND_REJECTED,
		      "not yours\n");
	talk_end(&talk);
	talk_open(&talk, "cisco_ios", slower_prompt, "R1(config)#");
	command_fails(&talk, "edit x <<END\nreload\nEND", NF_COMMAND_REJECTED,
		      "% Invalid input detected\n");
	talk_end(&talk);
}

static void test_lines_of_a_text_follow_a_question_with_a_reply(void **state)
{
	static const struct script_step steps[] = {
		IOS_STEPS,
		EXPECT("banner motd ^\r"),
		DELIVER("banner motd ^\r\nReplace the old one? [yes/no]: "),
		EXPECT("yes\r"),
		DELIVER("yes\r\n" ANNOUNCED "\r\n"),
		EXPECT("a^\r"),
		DELIVER("a^\r\nR1(config)#"),
		END};
	static const struct nf_reply reply = {.question = "\\[yes/no\\]: $",
					      .reply = "yes"};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1(config)#");
	assert_int_equal(
		patterns_add_replies(talk.patterns, &reply, 1, &talk.err), 0);
	command(&talk, "banner motd ^ <<END\na^\nEND",
		"Replace the old one? [yes/no]: yes\n" ANNOUNCED "\n");
	talk_end(&talk);
}

static void test_lines_of_a_text_are_not_typed_among_others(void **state)
{
	static const struct script_step steps[] = {BANNER_STEPS, END};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1(config)#");
	command(&talk, "banner motd ^", ANNOUNCED "\n");
	command_fails(&talk, "banner login # <<END\na\nEND", NF_INVALID, "");
	talk_end(&talk);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_lines_are_announced_in_the_words_of_devices),
	cmocka_unit_test(test_lines_are_not_announced_by_other_words),
	cmocka_unit_test(test_lines_are_not_announced_by_a_quotation),
	cmocka_unit_test(test_lines_end_with_their_mark),
	cmocka_unit_test(test_lines_are_taken_until_the_mark_comes),
	cmocka_unit_test(test_lines_without_an_echo_are_taken),
	cmocka_unit_test(
		test_lines_of_a_prompt_that_comes_back_early_go_nowhere),
	cmocka_unit_test(test_lines_may_be_what_a_silent_command_waits_for),
	cmocka_unit_test(test_lines_are_not_what_a_question_waits_for),
	cmocka_unit_test(test_lines_in_a_log_that_pauses_are_not_taken),
	cmocka_unit_test(test_lines_of_a_text_are_one_command),
	cmocka_unit_test(test_lines_of_a_text_are_ended_as_the_device_wants),
	cmocka_unit_test(test_lines_of_a_text_may_be_judged_one_by_one),
	cmocka_unit_test(test_lines_of_a_text_are_typed_into_silence),
	cmocka_unit_test(test_lines_of_a_text_are_typed_behind_a_mark),
	cmocka_unit_test(test_lines_of_a_text_are_no_commands),
	cmocka_unit_test(test_lines_of_a_text_are_no_replies),
	cmocka_unit_test(
		test_lines_of_a_text_that_would_end_early_are_not_typed),
	cmocka_unit_test(test_lines_of_a_text_stop_at_a_prompt),
	cmocka_unit_test(test_lines_of_a_text_are_all_of_a_shell),
	cmocka_unit_test(test_lines_of_a_text_may_be_judged_late),
	cmocka_unit_test(test_lines_of_a_text_wait_for_a_slow_refusal),
	cmocka_unit_test(test_lines_of_a_text_follow_a_question_with_a_reply),
	cmocka_unit_test(test_lines_of_a_text_are_not_typed_among_others),
};

UNIT_MAIN(tests)
