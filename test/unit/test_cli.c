/* lib/dialogue/cli.c */
#include "dialogue/cli.h"

#include <errno.h>
#include <string.h>

#include "transport/busy.h"
#include "unit/talk.h"
#include "unit/unit.h"

#define SECRET "hunter2"

/* A router in privileged mode, as far as its first command. */
#define ROUTER                                                                 \
	DELIVER("\r\nR1#"), EXPECT("terminal length 0\r"),                     \
		DELIVER("terminal length 0\r\nR1#")
#define HOST                                                                   \
	DELIVER("Last login: today\r\nhost:~$ "), EXPECT("\n"),                \
		DELIVER("\r\nhost:~$ ")
#define END STEP(SCRIPT_END)

/* ---- whole dialogues, cut in every way ---- */

static const struct script_step dialogue[] = {
	DELIVER("\r\n*** Authorised access only ***\r\n\r\nR1>"),
	EXPECT("terminal length 0\r"),
	DELIVER("terminal length 0\r\nR1>"),
	EXPECT("enable\r"),
	DELIVER("enable\r\nPassword: "),
	EXPECT(SECRET "\r"),
	DELIVER("\r\nR1#"),
	EXPECT("show clock\r"),
	DELIVER("show clock\r\n*12:26:18.137 UTC Wed Jun 5 2019\r\nR1#"),
	EXPECT("show ip interface brief\r"),
	DELIVER("show ip interface brief\r\n"
		"Interface   IP-Address  OK?\r\n"
		"Ethernet0/0 10.0.0.1    YES\r\n"
		"\r\n"
		"Ethernet0/1 unassigned  YES\r\nR1#"),
	END,
};

static void play_dialogue(void *arg, struct script_manner manner)
{
	struct talk talk;

	(void)arg;
	talk_begin(&talk, "cisco_ios", dialogue, manner);
	learn(&talk, "R1>");
	enable(&talk, SECRET, "R1#");
	command(&talk, "show clock", "*12:26:18.137 UTC Wed Jun 5 2019\n");
	command(&talk, "show ip interface brief",
		"Interface   IP-Address  OK?\n"
		"Ethernet0/0 10.0.0.1    YES\n"
		"\n"
		"Ethernet0/1 unassigned  YES\n");
	assert_string_equal(cli_prompt(talk.cli), "R1#");
	talk_end(&talk);
}

static void test_cli_dialogue_is_the_same_however_it_is_cut(void **state)
{
	(void)state;
	play_in_every_manner(play_dialogue, NULL, dialogue);
}

#define RUB "\b\b\b\b\b\b\b\b\b\b          \b\b\b\b\b\b\b\b\b\b"

static const struct script_step pager[] = {
	DELIVER("\r\nR1#"),
	EXPECT("terminal length 0\r"),
	DELIVER("terminal length 0\r\n   ^\r\n"
		"% Invalid input detected at '^' marker.\r\n\r\nR1#"),
	EXPECT("show run\r"),
	DELIVER("show run\r\nline 1\r\nline 2\r\n --More-- "),
	EXPECT(" "),
	DELIVER(RUB " line 3\r\n --More-- "),
	EXPECT(" "),
	DELIVER(RUB "\r\nline 5\r\n --More-- "),
	EXPECT(" "),
	DELIVER("\r          \rline 6\r\n --More-- "),
	EXPECT(" "),
	DELIVER(RUB "R1#"),
	END,
};

static void play_pager(void *arg, struct script_manner manner)
{
	struct talk talk;

	(void)arg;
	talk_begin(&talk, "cisco_ios", pager, manner);
	learn(&talk, "R1#");
	command(&talk, "show run",
		"line 1\nline 2\n line 3\n\nline 5\nline 6\n");
	talk_end(&talk);
}

static void test_cli_answers_a_pager_that_cannot_be_left(void **state)
{
	(void)state;
	play_in_every_manner(play_pager, NULL, pager);
}

static const struct script_step no_echo[] = {
	DELIVER("\r\nR1#"),      EXPECT("terminal length 0\r"),
	DELIVER("\r\nR1#"),      EXPECT("show clock\r"),
	DELIVER("12:00\r\nR1#"), EXPECT("\r"),
	DELIVER("\r\nR1#"),      EXPECT("show users\r"),
	DELIVER("none\r\nR1#"),  EXPECT("\r"),
	DELIVER("\r\nR1#"),      END,
};

static void play_no_echo(void *arg, struct script_manner manner)
{
	struct talk talk;

	(void)arg;
	talk_begin(&talk, "cisco_ios", no_echo, manner);
	learn(&talk, "R1#");
	command(&talk, "show clock", "12:00\n");
	command(&talk, "show users", "none\n");
	talk_end(&talk);
}

static void test_cli_does_without_an_echo(void **state)
{
	(void)state;
	play_in_every_manner(play_no_echo, NULL, no_echo);
}

/* ---- the prompt ---- */

static void check_prompt(const char *platform, const struct script_step *steps,
			 const char *prompt, const char *text)
{
	struct talk talk;

	talk_open(&talk, platform, steps, prompt);
	command(&talk, "show x", text);
	talk_end(&talk);
}

static void test_cli_is_not_deceived_by_a_motd_like_a_prompt(void **state)
{
	static const struct script_step at_once[] = {
		DELIVER("\r\nroot#\r\nR1#"),
		EXPECT("terminal length 0\r"),
		DELIVER("terminal length 0\r\nR1#"),
		EXPECT("show x\r"),
		DELIVER("show x\r\nroot#\r\nx\r\nR1#"),
		END,
	};
	static const struct script_step then_more[] = {
		DELIVER("\r\nroot#"),
		DELIVER_AFTER(500, "\r\nR1#"),
		EXPECT("terminal length 0\r"),
		DELIVER("terminal length 0\r\nR1#"),
		EXPECT("show x\r"),
		DELIVER("show x\r\nx\r\nR1#"),
		END,
	};
	static const struct script_step shell[] = {
		DELIVER("A drink is 5$"),
		DELIVER_AFTER(500, "\r\nhost:~$ "),
		EXPECT("\n"),
		DELIVER("\r\nhost:~$ "),
		EXPECT("\n"),
		DELIVER("\r\nhost:~$ "),
		EXPECT("show x\n"),
		DELIVER("show x\r\nx\r\nhost:~$ "),
		END,
	};

	(void)state;
	check_prompt("cisco_ios", at_once, "R1#", "root#\nx\n");
	check_prompt("cisco_ios", then_more, "R1#", "x\n");
	check_prompt("linux", shell, "host:~$ ", "x\n");
}

static void test_cli_learns_a_prompt_of_any_shape_by_repetition(void **state)
{
	static const struct script_step router[] = {
		DELIVER("\r\nWelcome\r\n<foo] > "),
		EXPECT("\r"), /* after a quiet spell */
		DELIVER("\r\n<foo] > "),
		EXPECT("terminal length 0\r"),
		DELIVER("terminal length 0\r\n<foo] > "),
		EXPECT("show x\r"),
		DELIVER("show x\r\n<foo] >\r\nx\r\n<foo] > "),
		END,
	};
	static const struct script_step shell[] = {
		DELIVER("foo \xe2\x9d\xaf "),
		EXPECT("\n"),
		DELIVER("\r\nfoo \xe2\x9d\xaf "),
		EXPECT("\n"),
		DELIVER("\r\nfoo \xe2\x9d\xaf "),
		EXPECT("show x\n"),
		DELIVER("show x\r\nfoo \xe2\x9d\xaf\r\nx\r\n"
			"foo \xe2\x9d\xaf "),
		END,
	};

	(void)state;
	check_prompt("cisco_ios", router, "<foo] > ", "<foo] >\nx\n");
	check_prompt("linux", shell, "foo \xe2\x9d\xaf ",
		     "foo \xe2\x9d\xaf\nx\n");
}

static void test_cli_wakes_a_device_that_says_nothing(void **state)
{
	static const struct script_step steps[] = {
		EXPECT("\r"),
		EXPECT("\r"),
		DELIVER("\r\nR1#"),
		EXPECT("terminal length 0\r"),
		DELIVER("terminal length 0\r\nR1#"),
		EXPECT("show x\r"),
		DELIVER("show x\r\nx\r\nR1#"),
		END,
	};

	(void)state;
	check_prompt("cisco_ios", steps, "R1#", "x\n");
}

static void test_cli_can_do_with_a_bare_prompt(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("# "),
		EXPECT("\n"),
		DELIVER("\r\n# "),
		EXPECT("show x\n"),
		DELIVER("show x\r\n# a comment\r\n#\r\nx#\r\n# "),
		END,
	};

	(void)state;
	check_prompt("linux", steps, "# ", "# a comment\n#\nx#\n");
}

static void test_cli_passes_over_prompts_before_the_echo(void **state)
{
	static const struct script_step steps[] = {
		EXPECT("\r"),
		DELIVER("\r\nR1#"),
		EXPECT("terminal length 0\r"),
		DELIVER("\r\nR1#"),
		DELIVER_AFTER(100, "terminal length 0\r\nR1#"),
		EXPECT("show x\r"),
		DELIVER("\r\nR1#"),
		DELIVER_AFTER(1900, "\r\n%LINK-3-UPDOWN: down\r\nR1#show x"),
		DELIVER_AFTER(500, "\r\nx\r\nR1#"),
		END,
	};

	(void)state;
	check_prompt("cisco_ios", steps, "R1#", "x\n");
}

static void test_cli_takes_another_mode_for_the_same_device(void **state)
{
	static const struct script_step steps[] = {
		ROUTER,
		EXPECT("configure terminal\r"),
		DELIVER("configure terminal\r\nEnter commands.\r\n"
			"R1(config)#"),
		EXPECT("interface e0\r"),
		DELIVER("interface e0\r\nR1(config-if)#"),
		EXPECT("end\r"),
		DELIVER("end\r\nR1#"),
		END,
	};
	struct talk talk;
	int64_t begin_ms;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1#");
	begin_ms = talk.script.now_ms;
	command(&talk, "configure terminal", "Enter commands.\n");
	assert_string_equal(cli_prompt(talk.cli), "R1(config)#");
	command(&talk, "interface e0", "");
	assert_string_equal(cli_prompt(talk.cli), "R1(config-if)#");
	command(&talk, "end", "");
	assert_string_equal(cli_prompt(talk.cli), "R1#");
	assert_int_equal(talk.script.now_ms, begin_ms); /* never waited */
	talk_end(&talk);
}

static void test_cli_proves_a_new_prompt_with_an_empty_line(void **state)
{
	static const struct script_step steps[] = {
		HOST,
		EXPECT("cd /tmp\n"),
		DELIVER("cd /tmp\r\nhost:/tmp$ "),
		EXPECT("\n"),
		DELIVER("\r\nhost:/tmp$ "),
		EXPECT("ls\n"),
		DELIVER("ls\r\na\r\nhost:/tmp$ "),
		END,
	};
	struct talk talk;

	(void)state;
	talk_open(&talk, "linux", steps, "host:~$ ");
	command(&talk, "cd /tmp", "");
	assert_string_equal(cli_prompt(talk.cli), "host:/tmp$ ");
	command(&talk, "ls", "a\n");
	talk_end(&talk);
}

static void test_cli_goes_on_when_the_proof_fails(void **state)
{
	static const struct script_step steps[] = {
		HOST,
		EXPECT("copy\n"),
		DELIVER("copy\r\nCopying half>"),
		EXPECT("\n"),
		DELIVER_AFTER(200, "\r\nDone\r\nhost:~$ "),
		DELIVER_AFTER(100, "\r\nhost:~$ "),
		EXPECT("slow\n"),
		DELIVER("slow\r\nstep one>"),
		EXPECT("\n"),
		DELIVER_AFTER(5000, "\r\nend\r\nhost:~$ "),
		END,
	};
	struct talk talk;

	(void)state;
	talk_open(&talk, "linux", steps, "host:~$ ");
	command(&talk, "copy", "Copying half>\nDone\n");
	command(&talk, "slow", "step one>\nend\n");
	assert_string_equal(cli_prompt(talk.cli), "host:~$ ");
	talk_end(&talk);
}

/* ---- answers ---- */

struct example {
	const char *platform;
	struct script_step said;
	const char *text;
};

/* What is said to "show x", and what of it is the answer. */
static void check_answers(const struct example *examples, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct script_step router[] = {ROUTER, EXPECT("show x\r"),
						     examples[i].said, END};
		const struct script_step host[] = {HOST, EXPECT("show x\n"),
						   examples[i].said, END};
		bool is_host = strcmp(examples[i].platform, "linux") == 0;
		struct talk talk;

		talk_open(&talk, examples[i].platform, is_host ? host : router,
			  is_host ? "host:~$ " : "R1#");
		command(&talk, "show x", examples[i].text);
		talk_end(&talk);
	}
}

#define CHECK(examples) check_answers(examples, LENGTH(examples))

static void test_cli_cuts_echo_and_prompt(void **state)
{
	static const struct example examples[] = {
		{"cisco_ios", DELIVER("show x\r\nR1#"), ""},
		{"cisco_ios", DELIVER("show x\r\n\r\nR1#"), "\n"},
		{"cisco_ios", DELIVER("show x\r\nx\r\nR1# "), "x\n"},
		{"cisco_ios", DELIVER("R1#show x\r\nx\r\nR1#"), "x\n"},
		{"cisco_ios", DELIVER("show\r\n x\r\nx\r\nR1#"), "x\n"},
		{"cisco_ios", DELIVER("sho\b \b\b \b\b \bshow x\r\nx\r\nR1#"),
		 "x\n"},
		{"cisco_ios", DELIVER("show x\r\nshow x\r\nR1#"), "show x\n"},
		{"linux", DELIVER("show x\r\nx\r\nhost:~$ "), "x\n"},
		{"linux",
		 DELIVER("show x\r\n\033[1mx\033[0m\r\n"
			 "\033]0;host\ahost:~$ "),
		 "x\n"},
	};

	(void)state;
	CHECK(examples);
}

static void test_cli_goes_on_past_lines_like_a_prompt(void **state)
{
	static const struct example examples[] = {
		{"cisco_ios",
		 DELIVER("show x\r\nhostname R1\r\nR1#\r\nR1>\r\nend\r\nR1#"),
		 "hostname R1\nR1#\nR1>\nend\n"},
		{"cisco_ios", DELIVER("show x\r\nR1#show y\r\nR2#\r\nR1#"),
		 "R1#show y\nR2#\n"},
		{"linux",
		 DELIVER("show x\r\nhost:~$ \r\nhost:~$ ls\r\n$ \r\n"
			 "host:~$ "),
		 "host:~$ \nhost:~$ ls\n$ \n"},
	};

	(void)state;
	CHECK(examples);
}

static void test_cli_finds_the_prompt_behind_an_unfinished_line(void **state)
{
	static const struct example examples[] = {
		{"linux", DELIVER("show x\r\nfoohost:~$ "), "foo"},
		{"linux", DELIVER("show x\r\na\r\nfoo host:~$ "), "a\nfoo "},
		{"cisco_ios", DELIVER("show x\r\nfooR1#"), "foo"},
	};

	(void)state;
	CHECK(examples);
}

static void test_cli_reads_on_while_more_comes_at_once(void **state)
{
	static const struct script_step steps[] = {
		ROUTER,
		EXPECT("show x\r"),
		DELIVER("show x\r\nR1#"),
		DELIVER("show y\r\nR1#"),
		DELIVER("\r\nend\r\nR1#"),
		END,
	};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1#");
	command(&talk, "show x", "R1#show y\nR1#\nend\n");
	talk_end(&talk);
}

static void test_cli_tells_a_rejected_command(void **state)
{
	static const struct script_step steps[] = {
		ROUTER,
		EXPECT("shwo x\r"),
		DELIVER("shwo x\r\n    ^\r\n"
			"% Invalid input detected at '^' marker.\r\n\r\nR1#"),
		EXPECT("show log\r"),
		DELIVER("show log\r\n1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7\r\n8\r\n"
			"9\r\n10\r\n11\r\n12\r\n13\r\n14\r\n15\r\n16\r\n"
			"% Invalid input detected, said a log\r\nR1#"),
		END,
	};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1#");
	assert_int_equal(run(&talk, "shwo x"), 0);
	assert_true(talk.answer.rejected);
	assert_out(&talk, "    ^\n"
			  "% Invalid input detected at '^' marker.\n\n");
	assert_int_equal(run(&talk, "show log"), 0);
	assert_false(talk.answer.rejected);
	talk_end(&talk);
}

static void test_cli_sends_slowly_to_a_slow_device(void **state)
{
	static const struct script_step steps[] = {
		ROUTER, EXPECT("show x\r"), DELIVER("show x\r\nx\r\nR1#"), END};
	struct talk talk;

	(void)state;
	talk_begin(&talk, "cisco_ios", steps,
		   (struct script_manner){.busy = true, .send_max = 1});
	learn(&talk, "R1#");
	command(&talk, "show x", "x\n");
	talk_end(&talk);
}

/* ---- enable ---- */

static void check_enable(const struct script_step *steps, enum nf_code code,
			 const char *why)
{
	struct talk talk;

	talk_open(&talk, "cisco_ios", steps, "R1>");
	assert_int_equal(cli_enable(talk.cli,
				    &(struct credentials){.secret = SECRET},
				    patience(&talk), &talk.err),
			 code == NF_OK ? 0 : -1);
	assert_int_equal(talk.err.code, code);
	if (strstr(talk.err.message, why) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", talk.err.message, why);
	assert_null(strstr(talk.err.message, SECRET));
	talk_end(&talk);
}

#define USER                                                                   \
	DELIVER("\r\nR1>"), EXPECT("terminal length 0\r"),                     \
		DELIVER("terminal length 0\r\nR1>"), EXPECT("enable\r")

static void test_cli_enable_says_when_the_secret_is_refused(void **state)
{
	static const struct script_step asked_twice[] = {
		USER,
		DELIVER("enable\r\nPassword: "),
		EXPECT(SECRET "\r"),
		DELIVER("\r\n% Access denied\r\nPassword: "),
		END,
	};
	static const struct script_step sent_back[] = {
		USER,
		DELIVER("enable\r\nPassword: "),
		EXPECT(SECRET "\r"),
		DELIVER("\r\n% Bad secrets\r\n\r\nR1>"),
		END,
	};
	static const struct script_step not_asked[] = {
		USER, DELIVER("enable\r\n% No password set\r\nR1>"), END};

	(void)state;
	check_enable(asked_twice, NF_ENABLE_FAILED, "refused");
	check_enable(sent_back, NF_ENABLE_FAILED, "refused");
	check_enable(not_asked, NF_ENABLE_FAILED, "does not ask");
}

static void test_cli_enable_needs_no_question(void **state)
{
	static const struct script_step steps[] = {
		USER, DELIVER("enable\r\nR1#"), END};

	(void)state;
	check_enable(steps, NF_OK, "");
}

static void test_cli_enable_tells_nobody_the_secret(void **state)
{
	static const struct script_step echoed[] = {
		USER,
		DELIVER("enable\r\nPassword: "),
		EXPECT(SECRET "\r"),
		DELIVER(SECRET "\r\nthinking about " SECRET),
		END,
	};
	static const struct script_step unheard[] = {USER, END};

	(void)state;
	check_enable(echoed, NF_TIMEOUT, "deadline");
	check_enable(unheard, NF_TIMEOUT, "deadline");
}

static void test_cli_says_nothing_of_the_secret_later(void **state)
{
	static const struct script_step steps[] = {
		USER,
		DELIVER("enable\r\nPassword: "),
		EXPECT(SECRET "\r"),
		DELIVER(SECRET "\r\nR1#"),
		EXPECT("show x\r"),
		END,
	};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1>");
	enable(&talk, SECRET, "R1#");
	command_fails(&talk, "show x", NF_TIMEOUT, "");
	assert_null(strstr(talk.err.message, SECRET));
	talk_end(&talk);
}

static void test_cli_enable_is_not_tried_in_vain(void **state)
{
	static const struct script_step privileged[] = {ROUTER, END};
	static const struct script_step user[] = {
		DELIVER("\r\nR1>"), EXPECT("terminal length 0\r"),
		DELIVER("terminal length 0\r\nR1>"), END};
	static const struct script_step host[] = {HOST, END};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", privileged, "R1#");
	enable(&talk, SECRET, "R1#");
	talk_end(&talk);
	talk_open(&talk, "cisco_ios", user, "R1>");
	enable(&talk, NULL, "R1>");
	talk_end(&talk);
	talk_open(&talk, "linux", host, "host:~$ ");
	enable(&talk, SECRET, "host:~$ ");
	talk_end(&talk);
}

/* ---- deadlines ---- */

static void check_no_prompt(const char *platform,
			    const struct script_step *steps, const char *tail)
{
	struct talk talk;
	int64_t deadline_ms;

	talk_begin(&talk, platform, steps, plain);
	deadline_ms = patience(&talk);
	assert_int_equal(cli_find_prompt(talk.cli, &(struct login){WITH(0)},
					 deadline_ms, &talk.err),
			 -1);
	assert_int_equal(talk.err.code, NF_NO_PROMPT);
	assert_non_null(strstr(talk.err.message, tail));
	if (strstr(tail, "a question") == NULL)
		assert_int_equal(talk.script.now_ms, deadline_ms);
	talk_end(&talk);
}

static void test_cli_shows_what_was_said_instead_of_a_prompt(void **state)
{
	static const struct script_step silent[] = {STEP(SCRIPT_SWALLOW), END};
	static const struct script_step welcome[] = {
		STEP(SCRIPT_SWALLOW), DELIVER("\r\nWelcome,\tstranger\r\n"),
		END};
	static const struct script_step menu[] = {
		STEP(SCRIPT_SWALLOW), DELIVER("\r\nroot#\r\nChoose 1-9: "),
		DELIVER_AFTER(4000, "\r\nWhat? "), END};
	static const struct script_step unproven[] = {
		DELIVER("$ "), STEP(SCRIPT_SWALLOW), DELIVER("no such menu"),
		END};

	(void)state;
	check_no_prompt("cisco_ios", silent, "deadline");
	check_no_prompt("cisco_ios", welcome,
			"\"\\r\\nWelcome,\\x09stranger\\r\\n\"");
	check_no_prompt("cisco_ios", menu,
			"it waits at \"What? \", which is a question");
	check_no_prompt("linux", unproven, "no such menu\"");
}

static void test_cli_refuses_a_prompt_that_is_never_the_same(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("a$ "),     EXPECT("\n"),
		DELIVER("\r\nb$ "), EXPECT("\n"),
		DELIVER("\r\nc$ "), EXPECT("\n"),
		DELIVER("\r\nd$ "), EXPECT("\n"),
		DELIVER("\r\ne$ "), END};
	struct talk talk;

	(void)state;
	talk_begin(&talk, "linux", steps, plain);
	assert_int_equal(cli_find_prompt(talk.cli, &(struct login){WITH(0)},
					 patience(&talk), &talk.err),
			 -1);
	assert_int_equal(talk.err.code, NF_NO_PROMPT);
	talk_end(&talk);
}

static void test_cli_keeps_what_came_before_a_deadline(void **state)
{
	static const struct {
		const struct script_step said;
		const char *text;
	} examples[] = {
		{DELIVER(""), ""},
		{DELIVER("show"), ""},
		{DELIVER("show x\r\n"), ""},
		{DELIVER("show x\r\nline 1\r\n"), "line 1\n"},
		{DELIVER("show x\r\nline 1\r\nhalf"), "line 1\nhalf"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(examples); i++) {
		const struct script_step steps[] = {ROUTER, EXPECT("show x\r"),
						    examples[i].said, END};
		struct talk talk;

		talk_open(&talk, "cisco_ios", steps, "R1#");
		command_fails(&talk, "show x", NF_TIMEOUT, examples[i].text);
		assert_int_equal(talk.script.now_ms, talk.deadline_ms);
		talk_end(&talk);
	}
}

static void test_cli_is_not_held_by_a_device_that_does_not_listen(void **state)
{
	static const struct script_step steps[] = {DELIVER("\r\nR1#"), END};
	struct talk talk;

	(void)state;
	talk_begin(&talk, "cisco_ios", steps,
		   (struct script_manner){.deaf = true});
	assert_int_equal(cli_find_prompt(talk.cli, &(struct login){WITH(0)},
					 patience(&talk), &talk.err),
			 -1);
	assert_int_equal(talk.err.code, NF_NO_PROMPT);
	(void)cli_logout(talk.cli, patience(&talk),
			 &talk.err); /* does not wait */
	talk_end(&talk);
}

static void test_cli_ends_a_flood_at_its_deadline(void **state)
{
	static const struct script_step answer[] = {
		ROUTER, EXPECT("show x\r"), DELIVER("show x\r\n"),
		FLOOD("more and more\r\n"), END};
	static const struct script_step motd[] = {STEP(SCRIPT_SWALLOW),
						  FLOOD("Welcome!\r\n"), END};
	static const struct script_manner manners[] = {{0}, {.busy = true}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct talk talk;

		talk_begin(&talk, "cisco_ios", answer, manners[i]);
		learn(&talk, "R1#");
		assert_int_equal(run(&talk, "show x"), -1);
		assert_int_equal(talk.err.code, NF_TIMEOUT);
		assert_in_range(talk.answer.bytes, PATIENCE_MS, TALK_MAX);
		assert_in_range(talk.script.now_ms, talk.deadline_ms,
				talk.deadline_ms + 200);
		talk_end(&talk);

		talk_begin(&talk, "cisco_ios", motd, manners[i]);
		assert_int_equal(cli_find_prompt(talk.cli,
						 &(struct login){WITH(0)},
						 patience(&talk), &talk.err),
				 -1);
		assert_int_equal(talk.err.code, NF_NO_PROMPT);
		assert_non_null(strstr(talk.err.message, "Welcome!"));
		talk_end(&talk);
	}
}

static void test_cli_lets_others_run_during_a_flood_with_pauses(void **state)
{
	static const struct script_step steps[] = {ROUTER, EXPECT("show x\r"),
						   DELIVER("show x\r\n"),
						   FLOOD("more\r\n"), END};
	struct talk talk;

	(void)state;
	talk_begin(&talk, "cisco_ios", steps,
		   (struct script_manner){.busy = true});
	learn(&talk, "R1#");
	talk.script.nwaits = 0;
	assert_int_equal(run(&talk, "show x"), -1);
	assert_in_range(talk.script.nwaits, 100, SIZE_MAX);
	talk_end(&talk);
}

/* ---- the end of the stream ---- */

#define TO_PROMPT DELIVER("\r\nR1>"), EXPECT("terminal length 0\r")
#define TO_ENABLE                                                              \
	TO_PROMPT, DELIVER("terminal length 0\r\nR1>"), EXPECT("enable\r")
#define TO_SECRET                                                              \
	TO_ENABLE, DELIVER("enable\r\nPassword: "), EXPECT(SECRET "\r")
#define TO_COMMAND TO_SECRET, DELIVER("\r\nR1#"), EXPECT("show x\r")

struct ending {
	struct script_step steps[12]; /* zeroed: STEP(SCRIPT_END) */
	const char *text;
};

static int go_as_far_as_it_goes(struct talk *talk)
{
	if (cli_find_prompt(talk->cli, &(struct login){WITH(0)}, patience(talk),
			    &talk->err) == -1 ||
	    cli_enable(talk->cli, &(struct credentials){.secret = SECRET},
		       patience(talk), &talk->err) == -1)
		return -1;
	return run(talk, "show x");
}

static void check_endings(const struct ending *endings, size_t n,
			  enum script_kind kind)
{
	for (size_t i = 0; i < n; i++) {
		struct script_step steps[14], *step = steps;
		int unheard = i == 0 ? BUSY_UNHEARD : 0; /* of no byte */
		struct talk talk;

		memset(steps, 0, sizeof(steps));
		memcpy(steps, endings[i].steps, sizeof(endings[i].steps));
		while (step->kind != SCRIPT_END)
			step++;
		step->kind = kind;
		talk_begin(&talk, "cisco_ios", steps, plain);
		assert_int_equal(go_as_far_as_it_goes(&talk), -1);
		assert_int_equal(talk.err.code, NF_DISCONNECTED);
		assert_int_equal(talk.err.sys_errno, unheard != 0 ? unheard
						     : kind == SCRIPT_RESET
							     ? ECONNRESET
							     : 0);
		assert_null(strstr(talk.err.message, SECRET));
		assert_out(&talk, endings[i].text);
		talk_end(&talk);
	}
}

static void test_cli_keeps_what_came_before_the_end(void **state)
{
	static const struct ending endings[] = {
		{{STEP(SCRIPT_END)}, ""},
		{{DELIVER("\r\nWelc")}, ""},
		{{TO_PROMPT}, ""},
		{{TO_PROMPT, DELIVER("terminal len")}, ""},
		{{TO_ENABLE}, ""},
		{{TO_ENABLE, DELIVER("enable\r\nPass")}, ""},
		{{TO_SECRET}, ""},
		{{TO_SECRET, DELIVER("\r\n")}, ""},
		{{TO_COMMAND}, ""},
		{{TO_COMMAND, DELIVER("show x")}, ""},
		{{TO_COMMAND, DELIVER("show x\r\n")}, ""},
		{{TO_COMMAND, DELIVER("show x\r\nline 1\r\nha")}, "line 1\nha"},
		{{TO_COMMAND, DELIVER("show x\r\nline 1\r\n --More-- "),
		  EXPECT(" ")},
		 "line 1\n"},
	};
	const size_t n = LENGTH(endings);

	(void)state;
	check_endings(endings, n, SCRIPT_CLOSE);
	check_endings(endings, n, SCRIPT_RESET);
}

static void test_cli_keeps_what_came_without_an_echo(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("\r\nR1#"),
		EXPECT("terminal length 0\r"),
		DELIVER("\r\nR1#"),
		EXPECT("show x\r"),
		DELIVER("line 1\r\nhalf"),
		STEP(SCRIPT_CLOSE),
		END};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1#");
	command_fails(&talk, "show x", NF_DISCONNECTED, "line 1\nhalf");
	talk_end(&talk);
}

static void test_cli_keeps_what_it_was_about_to_prove(void **state)
{
	static const struct script_step steps[] = {
		HOST,
		EXPECT("show x\n"),
		DELIVER("show x\r\nline 1\r\nat half>"),
		EXPECT("\n"),
		DELIVER("\r\nline 2\r\n"),
		STEP(SCRIPT_CLOSE),
		END,
	};
	struct talk talk;

	(void)state;
	talk_open(&talk, "linux", steps, "host:~$ ");
	command_fails(&talk, "show x", NF_DISCONNECTED,
		      "line 1\nat half>\nline 2\n");
	talk_end(&talk);
}

static void test_cli_takes_a_whole_answer_before_the_end(void **state)
{
	static const struct script_step steps[] = {
		ROUTER,
		EXPECT("show x\r"),
		DELIVER("show x\r\nx\r\nR1#"),
		STEP(SCRIPT_CLOSE),
		END,
	};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1#");
	command(&talk, "show x", "x\n");
	command_fails(&talk, "show y", NF_DISCONNECTED, "");
	talk_end(&talk);
}

static void test_cli_takes_a_long_answer_before_the_end(void **state)
{
	static char output[2 * SINK_PIECE_MAX];
	const struct script_step steps[] = {
		ROUTER,
		EXPECT("show x\r"),
		DELIVER("show x\r\n"),
		{SCRIPT_DELIVER, output, sizeof(output), 0},
		DELIVER("\r\nR1#"),
		STEP(SCRIPT_CLOSE),
		END,
	};
	struct talk talk;

	(void)state;
	memset(output, 'x', sizeof(output));
	talk_begin(&talk, "cisco_ios", steps, plain);
	learn(&talk, "R1#");
	assert_int_equal(run(&talk, "show x"), 0);
	assert_int_equal(talk.answer.bytes, sizeof(output) + 1);
	assert_int_equal(talk.err.code, NF_OK);
	talk_end(&talk);
}

/* ---- the sink ---- */

static void test_cli_cuts_an_answer_that_is_too_large(void **state)
{
	static const struct script_step steps[] = {ROUTER, EXPECT("show x\r"),
						   DELIVER("show x\r\n"),
						   FLOOD("0123456\r\n"), END};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1#");
	talk.bytes_max = 100003;
	assert_int_equal(run(&talk, "show x"), -1);
	assert_int_equal(talk.err.code, NF_OUTPUT_TOO_LARGE);
	assert_int_equal(talk.answer.bytes, 100003);
	assert_memory_equal(talk.out.data + 99992, "0123456\n012", 11);
	talk_end(&talk);
}

static void test_cli_lets_an_answer_be_just_as_large(void **state)
{
	static const struct script_step steps[] = {
		ROUTER,
		EXPECT("show x\r"),
		DELIVER("show x\r\n1234\r\nR1#"),
		EXPECT("show x\r"),
		DELIVER("show x\r\n12345\r\nR1#"),
		END};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1#");
	talk.bytes_max = 5;
	command(&talk, "show x", "1234\n");
	command_fails(&talk, "show x", NF_OUTPUT_TOO_LARGE, "12345");
	talk_end(&talk);
}

static void test_cli_does_not_count_the_sink_s_time(void **state)
{
	static const struct script_step steps[] = {
		ROUTER, EXPECT("show x\r"), DELIVER("show x\r\n"),
		FLOOD("0123456789012345678901234567890123456789\r\n"), END};
	struct talk talk;
	int64_t begin_ms;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1#");
	begin_ms = talk.script.now_ms;
	talk.wait_ms = 20000;
	assert_int_equal(run(&talk, "show x"), -1);
	assert_int_equal(talk.err.code, NF_TIMEOUT);
	assert_in_range(talk.nemits, 30, 100);
	/* The last piece is passed on after the deadline was missed. */
	assert_int_equal(talk.deadline_ms,
			 begin_ms + PATIENCE_MS + talk.nemits * 20000);
	assert_in_range(talk.script.now_ms, talk.deadline_ms,
			talk.deadline_ms + 200);
	talk_end(&talk);
}

static void test_cli_stops_when_the_sink_gives_up(void **state)
{
	static const struct script_step flood[] = {
		ROUTER, EXPECT("show x\r"), DELIVER("show x\r\n"),
		FLOOD("0123456789\r\n"), END};
	static const struct script_step brief[] = {
		ROUTER, EXPECT("show x\r"), DELIVER("show x\r\nx\r\nR1#"), END};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", flood, "R1#");
	talk.refuse_at = 3;
	assert_int_equal(run(&talk, "show x"), -1);
	assert_int_equal(talk.err.code, NF_CANCELLED);
	assert_int_equal(talk.answer.bytes, 2 * SINK_PIECE_MAX);
	assert_int_equal(talk.nemits, 3);
	talk_end(&talk);

	talk_open(&talk, "cisco_ios", brief, "R1#");
	talk.refuse_at = 1;
	command_fails(&talk, "show x", NF_CANCELLED, "");
	talk_end(&talk);
}

static void test_cli_leave_says_goodbye(void **state)
{
	static const struct script_step steps[] = {ROUTER, EXPECT("exit\r"),
						   END};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1#");
	(void)cli_logout(talk.cli, patience(&talk), &talk.err);
	talk_end(&talk);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_cli_dialogue_is_the_same_however_it_is_cut),
	cmocka_unit_test(test_cli_answers_a_pager_that_cannot_be_left),
	cmocka_unit_test(test_cli_does_without_an_echo),
	cmocka_unit_test(test_cli_is_not_deceived_by_a_motd_like_a_prompt),
	cmocka_unit_test(test_cli_learns_a_prompt_of_any_shape_by_repetition),
	cmocka_unit_test(test_cli_wakes_a_device_that_says_nothing),
	cmocka_unit_test(test_cli_can_do_with_a_bare_prompt),
	cmocka_unit_test(test_cli_passes_over_prompts_before_the_echo),
	cmocka_unit_test(test_cli_takes_another_mode_for_the_same_device),
	cmocka_unit_test(test_cli_proves_a_new_prompt_with_an_empty_line),
	cmocka_unit_test(test_cli_goes_on_when_the_proof_fails),
	cmocka_unit_test(test_cli_cuts_echo_and_prompt),
	cmocka_unit_test(test_cli_goes_on_past_lines_like_a_prompt),
	cmocka_unit_test(test_cli_finds_the_prompt_behind_an_unfinished_line),
	cmocka_unit_test(test_cli_reads_on_while_more_comes_at_once),
	cmocka_unit_test(test_cli_tells_a_rejected_command),
	cmocka_unit_test(test_cli_sends_slowly_to_a_slow_device),
	cmocka_unit_test(test_cli_enable_says_when_the_secret_is_refused),
	cmocka_unit_test(test_cli_enable_needs_no_question),
	cmocka_unit_test(test_cli_enable_tells_nobody_the_secret),
	cmocka_unit_test(test_cli_says_nothing_of_the_secret_later),
	cmocka_unit_test(test_cli_enable_is_not_tried_in_vain),
	cmocka_unit_test(test_cli_shows_what_was_said_instead_of_a_prompt),
	cmocka_unit_test(test_cli_refuses_a_prompt_that_is_never_the_same),
	cmocka_unit_test(test_cli_keeps_what_came_before_a_deadline),
	cmocka_unit_test(test_cli_is_not_held_by_a_device_that_does_not_listen),
	cmocka_unit_test(test_cli_ends_a_flood_at_its_deadline),
	cmocka_unit_test(test_cli_lets_others_run_during_a_flood_with_pauses),
	cmocka_unit_test(test_cli_keeps_what_came_before_the_end),
	cmocka_unit_test(test_cli_keeps_what_came_without_an_echo),
	cmocka_unit_test(test_cli_keeps_what_it_was_about_to_prove),
	cmocka_unit_test(test_cli_takes_a_whole_answer_before_the_end),
	cmocka_unit_test(test_cli_takes_a_long_answer_before_the_end),
	cmocka_unit_test(test_cli_cuts_an_answer_that_is_too_large),
	cmocka_unit_test(test_cli_lets_an_answer_be_just_as_large),
	cmocka_unit_test(test_cli_does_not_count_the_sink_s_time),
	cmocka_unit_test(test_cli_stops_when_the_sink_gives_up),
	cmocka_unit_test(test_cli_leave_says_goodbye),
};

UNIT_MAIN(tests)
