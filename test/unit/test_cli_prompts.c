/*
 * lib/exchange/prompt.c, shape.c: prompts behind commands that no platform
 * describes, in a dialogue (lib/dialogue/cli.c) with a device that follows a
 * script.
 */
#include "exchange/prompt.h"

#include <string.h>

#include "unit/talk.h"
#include "unit/unit.h"

#define END                                                                    \
	{                                                                      \
		SCRIPT_END, NULL, 0, 0                                         \
	}
#define SAY(text)                                                              \
	{                                                                      \
		SCRIPT_DELIVER, text, strlen(text), 0                          \
	}
#define ON_ENTER(text) EXPECT("\r"), SAY(text)

/* ---- a prompt of another shape behind a command */

struct jump {
	const char *platform;
	const char *first; /* the prompt that was found */
	const char *command, *output, *prompt; /* that it leads to */
};

/* Enters, as the platform has it, of the steps of a jump. */
#define LINE(text)                                                             \
	{                                                                      \
		SCRIPT_EXPECT, text, strlen(text), 0                           \
	}

struct lines {
	char at[4][160];
	char answer[160];
};

static const char *with_enter(char out[160], const struct platform *platform,
			      const char *text)
{
	(void)stpcpy(stpcpy(out, text), platform->enter);
	return out;
}

static const char *answer(char out[160], const struct jump *jump)
{
	(void)stpcpy(stpcpy(stpcpy(stpcpy(out, jump->command), "\r\n"),
			    jump->output),
		     jump->prompt);
	return out;
}

static void play_jump(const struct jump *jump)
{
	struct platform platform = *talk_platform(jump->platform);
	struct lines lines = {{""}, ""};
	const char *enter = platform.enter;
	const struct script_step steps[] = {
		SAY(jump->first),
		LINE(enter),
		SAY("\r\n"),
		SAY(jump->first),
		LINE(with_enter(lines.at[0], &platform, jump->command)),
		SAY(answer(lines.answer, jump)),
		LINE(enter),
		SAY("\r\n"),
		SAY(jump->prompt),
		LINE(with_enter(lines.at[1], &platform, "show it")),
		SAY("show it\r\nthat\r\n"),
		SAY(jump->prompt),
		LINE(with_enter(lines.at[2], &platform, "exit")),
		SAY("exit\r\n"),
		SAY(jump->first),
		LINE(with_enter(lines.at[3], &platform, jump->command)),
		SAY(answer(lines.answer, jump)),
		END};
	struct talk talk;
	int64_t begin_ms;

	platform.paging_off_count = 0;
	unit_where(jump->prompt);
	talk_begin_with(&talk, &platform, steps, plain);
	learn(&talk, jump->first);
	begin_ms = talk.script.now_ms;
	command(&talk, jump->command, jump->output[0] != '\0' ? "said\n" : "");
	assert_prompt(&talk, jump->prompt);
	assert_in_range(talk.script.now_ms - begin_ms, 1, 1500);
	begin_ms = talk.script.now_ms;
	command(&talk, "show it", "that\n");
	command(&talk, "exit", "");
	assert_prompt(&talk, jump->first);
	/* Known by now: there is nothing more to wait for. */
	command(&talk, jump->command, jump->output[0] != '\0' ? "said\n" : "");
	assert_prompt(&talk, jump->prompt);
	assert_int_equal(talk.script.now_ms, begin_ms);
	talk_end(&talk);
}

static void test_a_command_may_lead_to_a_prompt_of_another_shape(void **state)
{
	static const struct jump jumps[] = {
		{"cisco_nxos", "n9k# ", "run bash", "", "bash-4.3$ "},
		{"cisco_nxos", "n9k# ", "guestshell", "",
		 "[admin@guestshell ~]$ "},
		{"cisco_xr", "RP/0/RP0/CPU0:r1#", "run", "said\r\n",
		 "[xr-vm_node0_RP0_CPU0:~]$"},
		{"cisco_xr", "RP/0/RP0/CPU0:r1#", "run", "said\r\n", "# "},
		{"juniper_junos", "u@r1> ", "start shell", "", "% "},
		{"juniper_junos", "u@r1> ", "start shell user root", "",
		 "root@r1:/var/home/u # "},
		{"juniper_junos", "u@r1> ", "start shell sh", "", "$ "},
		{"cisco_ios", "R1#", "python", "said\r\n", ">>> "},
		{"cisco_ios", "R1#", "telnet 10.0.0.2", "said\r\n", "CORE-9>"},
		{"cisco_ios", "R1#", "enable 3", "", "limited-R1!>"},
		{"eltex", "esr#", "debug shell", "", "/ # "},
		{"ipinfusion_ocnos", "o1#", "start-shell", "", "~/log $ "},
		{"arista_eos", "sw1#", "bash", "said\r\n", "[u@sw1 ~]$ "},
		{"mikrotik_routeros", "[u@m] > ", "/special", "", "sql> "},
		{"huawei", "<hw>", "diagnose", "", "[diag-hw]"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(jumps); i++)
		play_jump(&jumps[i]);
}

/* Of the same device in another mode, whose name no pattern knows: there is
 * nothing to wait for. */
static void play_modes(const char *name, bool looks_known)
{
	char lines[4][80];
	struct talk talk;
	int64_t begin_ms;

	(void)stpcpy(stpcpy(lines[0], name), "#");
	(void)stpcpy(stpcpy(lines[1], name), "(config)#");
	(void)stpcpy(stpcpy(lines[2], name), "(config-if-range)#");
	(void)stpcpy(stpcpy(lines[3], name), " (vlan)#");
	{
		const struct script_step steps[] = {
			SAY(lines[0]),
			ON_ENTER(lines[0]),
			EXPECT("terminal length 0\r"),
			SAY("terminal length 0\r\n"),
			SAY(lines[0]),
			EXPECT("configure\r"),
			SAY("configure\r\n"),
			SAY(lines[1]),
			EXPECT("interface\r"),
			SAY("interface\r\nsaid\r\n"),
			SAY(lines[2]),
			EXPECT("vlan\r"),
			SAY("vlan\r\n"),
			SAY(lines[3]),
			EXPECT("end\r"),
			SAY("end\r\n"),
			SAY(lines[0]),
			END};

		unit_where(name);
		talk_open(&talk, "cisco_ios", steps + (looks_known ? 2 : 0),
			  lines[0]);
		begin_ms = talk.script.now_ms;
		command(&talk, "configure", "");
		assert_prompt(&talk, lines[1]);
		command(&talk, "interface", "said\n");
		command(&talk, "vlan", "");
		assert_prompt(&talk, lines[3]);
		command(&talk, "end", "");
		assert_prompt(&talk, lines[0]);
		assert_int_equal(talk.script.now_ms, begin_ms);
		talk_end(&talk);
	}
}

static void test_a_mode_needs_no_pattern_that_knows_the_name(void **state)
{
	static const char *const names[] = {"Core Switch 1", "lab(a) rack",
					    "sw 2 [east]", "(3) r"};

	(void)state;
	for (size_t i = 0; i < LENGTH(names); i++)
		play_modes(names[i], false);
	play_modes("Harbour.76(3.11)", true);
	play_modes("r(1)", true);
}

/* The name is cut as deep as that, so that it is another one by the pattern. */
static void test_a_deep_configuration_cuts_the_name(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("RP/0/RSP0/CPU0:border-router-north#"),
		EXPECT("terminal length 0\n"),
		DELIVER("terminal length 0\r\n"
			"RP/0/RSP0/CPU0:border-router-north#"),
		EXPECT("configure\n"),
		DELIVER("configure\r\n"
			"RP/0/RSP0/CPU0:border-router-no(config)#"),
		EXPECT("router bgp 1 neighbor 10.0.0.1 address-family x\n"),
		DELIVER("router bgp 1 neighbor 10.0.0.1 address-family x\r\n"
			"RP/0/RSP0/CPU0:border-r(config-bgp-nbr-af)#"),
		EXPECT("\n"),
		DELIVER("\r\nRP/0/RSP0/CPU0:border-r(config-bgp-nbr-af)#"),
		EXPECT("root\n"),
		DELIVER("root\r\nRP/0/RSP0/CPU0:border-router-no(config)#"),
		END};
	struct talk talk;
	int64_t begin_ms;

	(void)state;
	talk_open(&talk, "cisco_xr", steps,
		  "RP/0/RSP0/CPU0:border-router-north#");
	command(&talk, "configure", "");
	command(&talk, "router bgp 1 neighbor 10.0.0.1 address-family x", "");
	assert_prompt(&talk, "RP/0/RSP0/CPU0:border-r(config-bgp-nbr-af)#");
	begin_ms = talk.script.now_ms;
	command(&talk, "root", "");
	assert_int_equal(talk.script.now_ms, begin_ms);
	talk_end(&talk);
}

/* ---- what gets no empty line: it might abort or answer something */

static void copies(const char *platform, const char *prompt, const char *said)
{
	struct lines lines = {{""}, ""};
	struct platform plain_platform = *talk_platform(platform);
	const char *enter = plain_platform.enter;
	const struct script_step steps[] = {
		SAY(prompt),
		LINE(enter),
		SAY("\r\n"),
		SAY(prompt),
		LINE(with_enter(lines.at[0], &plain_platform, "copy it")),
		SAY("copy it\r\n"),
		SAY(said),
		DELIVER_AFTER(2500, "#"),
		DELIVER_AFTER(2500, "#"),
		DELIVER_AFTER(2500, "\r\ndone\r\n"),
		SAY(prompt),
		END};
	char out[200];
	struct talk talk;

	plain_platform.paging_off_count = 0;
	unit_where(said);
	talk_begin_with(&talk, &plain_platform, steps, plain);
	learn(&talk, prompt);
	(void)stpcpy(stpcpy(out, said), "##\ndone\n");
	command(&talk, "copy it", out);
	talk_end(&talk);
}

static void test_progress_is_no_prompt(void **state)
{
	static const char *const said[] = {
		"#",
		"Copying #",
		"Copying: #",
		"file.bin #",
		"Copying...#",
		"Writing ../vmlinuz #",
		"50%",
		"Loading: 100 %",
		"[OK]",
		"Verifying [ OK ]",
		"Verifying ... [Done]",
		"[####      ]",
		"image [##########] 100%",
		"Processing [3/9] #",
		"Processing [3/9]#",
		"Processing [3/9] # ",
		"1024 ====>",
		"job: 12.5%",
		"--->",
		"!!!!!",
		".....",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(said); i++) {
		copies("cisco_ios", "R1#", said[i]);
		copies("linux", "u@h:~$ ", said[i]);
		copies("generic", "box> ", said[i]);
		copies("extreme_exos", "sw.1 # ", said[i]);
	}
}

static void test_no_question_of_a_command_gets_an_empty_line(void **state)
{
	static const char *const questions[] = {
		"Overwrite?[confirm]",
		"Overwrite the file? [y/n] :",
		"Really (yes/no) :",
		"Choose one of 1-9 >",
		"Enter your password> ",
		"Enter token> ",
		"Type a name, then press the key <enter>",
		"next page = <space>",
		"Select an option #",
		"price in US$",
		"[yes]",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(questions); i++) {
		const struct script_step steps[] = {
			DELIVER("R1#"),
			EXPECT("terminal length 0\r"),
			DELIVER("terminal length 0\r\nR1#"),
			EXPECT("ask\r"),
			DELIVER("ask\r\n"),
			SAY(questions[i]),
			END};
		struct talk talk;

		unit_where(questions[i]);
		talk_open(&talk, "cisco_ios", steps, "R1#");
		command_fails(&talk, "ask", NF_TIMEOUT, questions[i]);
		talk_end(&talk);
	}
}

/* A shell that waits for the end of a text in quotes would take it for a part of
 * that, and show the same again. */
static void test_no_part_of_a_command_gets_an_empty_line(void **state)
{
	static const char *const waits[] = {"> ", "dquote> ", "heredoc> "};

	(void)state;
	for (size_t i = 0; i < LENGTH(waits); i++) {
		const struct script_step steps[] = {DELIVER("u@h:~$ "),
						    EXPECT("\n"),
						    DELIVER("\r\nu@h:~$ "),
						    EXPECT("echo \"a\n"),
						    DELIVER("echo \"a\r\n"),
						    SAY(waits[i]),
						    END};
		struct talk talk;

		unit_where(waits[i]);
		talk_open(&talk, "linux", steps, "u@h:~$ ");
		command_fails(&talk, "echo \"a", NF_TIMEOUT, waits[i]);
		talk_end(&talk);
	}
}

/* ---- prompts that count */

/* Prompts in turn: as found, then behind each line that is sent. */
static void play_count(const char *platform, const char *const *prompts)
{
	const struct script_step steps[] = {SAY(prompts[0]),
					    EXPECT("\n"),
					    SAY("\r\n"),
					    SAY(prompts[1]),
					    EXPECT("show it\n"),
					    SAY("show it\r\nthat\r\n"),
					    SAY(prompts[2]),
					    EXPECT("show rest\n"),
					    SAY("show rest\r\nunfinished"),
					    SAY(prompts[3]),
					    END};
	struct talk talk;

	unit_where(prompts[0]);
	talk_open(&talk, platform, steps, prompts[1]);
	command(&talk, "show it", "that\n");
	assert_prompt(&talk, prompts[2]);
	command(&talk, "show rest", "unfinished");
	assert_prompt(&talk, prompts[3]);
	talk_end(&talk);
}

static void test_a_number_in_a_prompt_may_count(void **state)
{
	static const char *const prompts[][4] = {
		{"box.8 > ", "box.9 > ", "box.10 > ", "box.11 > "},
		{"1 lab 7$ ", "2 lab 7$ ", "3 lab 7$ ", "4 lab 7$ "},
		{"[99] r7# ", "[100] r7# ", "[101] r7# ", "[102] r7# "},
		{"(lab rack 3) sw:1 > ", "(lab rack 3) sw:2 > ",
		 "(lab rack 3) sw:3 > ", "(lab rack 3) sw:4 > "},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(prompts); i++) {
		play_count("generic", prompts[i]);
		play_count("linux", prompts[i]);
	}
}

/* SW2 is one more than SW1, and so is a step of a path: neither has counted. */
static void test_a_number_that_never_counted_is_another_device(void **state)
{
	static const char *const pairs[][2] = {
		{"SW1> ", "SW2> "},
		{"site 1 box 7> ", "site 1 box 8> "},
		{"u@h:/mnt/1$ ", "u@h:/mnt/2$ "},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(pairs); i++) {
		const struct script_step steps[] = {
			SAY(pairs[i][0]),
			EXPECT("\n"),
			SAY("\r\n"),
			SAY(pairs[i][0]),
			EXPECT("show text\n"),
			SAY("show text\r\none\r\n"),
			SAY(pairs[i][1]),
			DELIVER_AFTER(500, "\r\ntwo\r\n"),
			SAY(pairs[i][0]),
			EXPECT("jump\n"),
			SAY("jump\r\n"),
			SAY(pairs[i][1]),
			EXPECT("\n"),
			SAY("\r\n"),
			SAY(pairs[i][1]),
			END};
		char out[80];
		struct talk talk;

		unit_where(pairs[i][0]);
		talk_open(&talk, "generic", steps, pairs[i][0]);
		(void)stpcpy(stpcpy(stpcpy(out, "one\n"), pairs[i][1]),
			     "\ntwo\n");
		command(&talk, "show text", out);
		command(&talk, "jump", "");
		assert_prompt(&talk, pairs[i][1]);
		talk_end(&talk);
	}
}

/* A number that counts stands in one place: in another it is a name's. */
static void test_a_name_may_change_beside_a_number_that_counts(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("sw1.7 > "),
		EXPECT("\n"),
		DELIVER("\r\nsw1.8 > "),
		EXPECT("jump\n"),
		DELIVER("jump\r\nsw2.8 > "),
		EXPECT("\n"),
		DELIVER("\r\nsw2.9 > "),
		EXPECT("show it\n"),
		DELIVER("show it\r\nthat\r\nsw2.10 > "),
		END};
	struct talk talk;

	(void)state;
	talk_open(&talk, "generic", steps, "sw1.8 > ");
	command(&talk, "jump", "");
	assert_prompt(&talk, "sw2.9 > ");
	command(&talk, "show it", "that\n");
	talk_end(&talk);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_command_may_lead_to_a_prompt_of_another_shape),
	cmocka_unit_test(test_a_deep_configuration_cuts_the_name),
	cmocka_unit_test(test_a_mode_needs_no_pattern_that_knows_the_name),
	cmocka_unit_test(test_a_name_may_change_beside_a_number_that_counts),
	cmocka_unit_test(test_a_number_in_a_prompt_may_count),
	cmocka_unit_test(test_a_number_that_never_counted_is_another_device),
	cmocka_unit_test(test_no_part_of_a_command_gets_an_empty_line),
	cmocka_unit_test(test_no_question_of_a_command_gets_an_empty_line),
	cmocka_unit_test(test_progress_is_no_prompt),
};

UNIT_MAIN(tests)
