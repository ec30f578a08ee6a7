/*
 * lib/dialogue/arrival.c: the first prompt, in a dialogue (lib/dialogue/cli.c)
 * with a device that follows a script.
 */
#include "dialogue/arrival.h"

#include <errno.h>
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

#define BEGIN_MS 1000000 /* when a script begins */

/* ---- what is believed */

static const char *strip(const char *text)
{
	return text + strspn(text, "\r\n");
}

static void test_what_ends_as_prompts_do_is_believed_if_it_repeats(void **state)
{
	static const char *const prompts[] = {
		"\r\nsw 02# ",
		"\r\n\xe2\x80\xb9name] > ",
		"\r\n\xe2\x80\xb9name\xe2\x80\xba ",
		"\r\n(core) lab%",
		"\r\n[lab rack 2] ",
		"\r\n Core Switch> ",
		"\r\nuser@box 2 > ",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(prompts); i++) {
		const struct script_step steps[] = {
			SAY(prompts[i]),
			ON_ENTER(prompts[i]),
			EXPECT("terminal length 0\r"),
			SAY("terminal length 0"),
			SAY(prompts[i]),
			EXPECT("show x\r"),
			SAY("show x\r\nx"),
			SAY(prompts[i]),
			END};
		struct talk talk;

		unit_where(prompts[i]);
		talk_open(&talk, "cisco_ios", steps, strip(prompts[i]));
		assert_in_range(talk.script.now_ms - BEGIN_MS, 0, 1500);
		assert_false(cli_prompt_is_known(talk.cli));
		command(&talk, "show x", "x\n");
		talk_end(&talk);
	}
}

static void test_the_platform_s_own_prompt_is_known(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("\r\nR1#"), EXPECT("terminal length 0\r"),
		DELIVER("terminal length 0\r\nR1#"), END};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1#");
	assert_true(cli_prompt_is_known(talk.cli));
	assert_int_equal(talk.script.now_ms, BEGIN_MS);
	talk_end(&talk);
}

/* Menus, and lines that want the Enter key. */
static void test_menus_are_left_by_enter(void **state)
{
	static const char *const menus[] = {
		"\r\n1) shell\r\n2) help\r\nSelect: ",
		"\r\nPress RETURN to get started.",
		"\r\n<< Main menu, Enter leaves it >> -",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(menus); i++) {
		const struct script_step steps[] = {
			SAY(menus[i]),
			ON_ENTER("\r\nbox 7 > "),
			ON_ENTER("\r\nbox 7 > "),
			EXPECT("terminal length 0\r"),
			SAY("terminal length 0\r\nbox 7 > "),
			END};
		struct talk talk;

		unit_where(menus[i]);
		talk_open(&talk, "cisco_ios", steps, "box 7 > ");
		assert_in_range(talk.script.now_ms - BEGIN_MS, 0, 5000);
		talk_end(&talk);
	}
}

/* Of a platform that has another one, behind which the paging is switched off:
 * first, it is seen twice as it repeats. */
static void test_a_number_counts_in_a_prompt_of_unknown_shape(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("lab rack 3.8 # "),
		EXPECT("\r"),
		DELIVER("\r\nlab rack 3.9 # "),
		EXPECT("terminal length 0\r"),
		DELIVER("terminal length 0\r\nlab rack 3.10 # "),
		EXPECT("show it\r"),
		DELIVER("show it\r\nthat\r\nlab rack 3.11 # "),
		EXPECT("show it\r"),
		DELIVER("show it\r\nlab rack 3.11 # \r\nlab rack 3.13 # "),
		END};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "lab rack 3.10 # ");
	assert_false(cli_prompt_is_known(talk.cli));
	command(&talk, "show it", "that\n");
	command(&talk, "show it", "lab rack 3.11 # \n");
	talk_end(&talk);
}

/* ---- what is refused */

static void no_prompt(struct talk *talk, const char *platform,
		      const struct script_step *steps, const char *line)
{
	struct login login = {
		WITH(.username = "netops", .password = "Wolke-7")};

	talk_begin(talk, platform, steps, plain);
	cli_set_log(talk->cli, NULL, login.credentials);
	assert_int_equal(
		cli_find_prompt(talk->cli, &login, patience(talk), &talk->err),
		-1);
	assert_int_equal(talk->err.code, NF_NO_PROMPT);
	if (strstr(talk->err.message, line) == NULL)
		fail_msg("%s", talk->err.message);
}

static void test_what_does_not_end_as_prompts_do_is_refused(void **state)
{
	static const char *const lines[] = {
		"switch: ", "Port is in use",  "foo| ",
		"=",        "Connection held", "ap: ",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(lines); i++) {
		const struct script_step steps[] = {SAY(lines[i]), EXPECT("\r"),
						    SAY("\r\n"), SAY(lines[i]),
						    END};
		struct talk talk;

		unit_where(lines[i]);
		no_prompt(&talk, "cisco_ios", steps, lines[i]);
		assert_in_range(talk.script.now_ms - BEGIN_MS, 3000, 4000);
		talk_end(&talk);
	}
}

static void test_a_shell_is_no_router(void **state)
{
	static const char *const shells[] = {
		"user@host:~$ ",
		"root@host:/etc# ",
		"root@host:~#",
		"[root@srv01 ~]# ",
		"bash-5.1$ ",
		"sh-4.2# ",
		"admin@box% ",
		"/ # ",
		"$ ",
	};
	static const char *const platforms[] = {"cisco_ios", "cisco_nxos",
						"arista_eos"};

	(void)state;
	for (size_t i = 0; i < LENGTH(shells) * LENGTH(platforms); i++) {
		const char *shell = shells[i / LENGTH(platforms)];
		const char *platform = platforms[i % LENGTH(platforms)];
		const char *enter = talk_platform(platform)->enter;
		const struct script_step steps[] = {
			SAY(shell),
			{SCRIPT_EXPECT, enter, strlen(enter), 0},
			SAY("\r\n"),
			SAY(shell),
			END};
		struct talk talk;

		unit_where(shell);
		no_prompt(&talk, platform, steps, "the prompt of a shell");
		assert_non_null(strstr(talk.err.message, shell));
		assert_in_range(talk.script.now_ms - BEGIN_MS, 1000, 2000);
		talk_end(&talk);
	}
}

static void test_a_boot_loader_is_no_router(void **state)
{
	static const char *const loaders[][2] = {
		{"rommon 1 > ", "rommon 2 > "},
		{"loader> ", "loader> "},
		{"CFE> ", "CFE> "},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(loaders); i++) {
		const struct script_step steps[] = {SAY(loaders[i][0]),
						    EXPECT("\r"), SAY("\r\n"),
						    SAY(loaders[i][1]), END};
		struct talk talk;

		unit_where(loaders[i][0]);
		no_prompt(&talk, "cisco_ios", steps,
			  "the prompt of a boot loader");
		talk_end(&talk);
	}
}

/* An empty line would be a wrong code, or mean yes. */
static void test_a_question_at_login_gets_no_empty_line(void **state)
{
	static const char *const questions[] = {
		"Verification code: ",
		"Enter your one-time code:",
		"Second factor (OTP): ",
		"Token_Response: ",
		"RSA SecurID PIN + token :",
		"Enter PASSCODE> ",
		"Accept the terms (yes/no) :",
		"Save now? [Y/N] :",
		"\xe9\xaa\x8c\xe8\xaf\x81\xe7\xa0\x81\xef\xbc\x9a",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(questions); i++) {
		const struct script_step steps[] = {SAY(questions[i]), END};
		struct talk talk;

		unit_where(questions[i]);
		no_prompt(&talk, "cisco_ios", steps, "which is a question");
		assert_int_equal(talk.err.sys_errno, ENOMSG);
		talk_end(&talk);
	}
}

/* What came behind a password is told in no message, but for this. */
static void test_a_question_behind_a_password_is_named(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("Username: "),
		EXPECT("netops\r"),
		DELIVER("netops\r\nPassword: "),
		EXPECT("Wolke-7\r"),
		DELIVER("\r\nWolke-7\r\nVerification code for Wolke-7: "),
		END};
	struct talk talk;

	(void)state;
	no_prompt(&talk, "cisco_ios", steps,
		  "\"Verification code for ****: \", which is a question");
	assert_null(strstr(talk.err.message, "Wolke"));
	talk_end(&talk);
}

/* Texts whose numbers grow are no prompt that counts. */
static void test_a_text_that_grows_is_waited_for(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("Loading module 1"),
		EXPECT("\r"),
		DELIVER_AFTER(500, "\r\nLoading module 2"),
		EXPECT("\r"),
		DELIVER_AFTER(500, "\r\nR1#"),
		EXPECT("terminal length 0\r"),
		DELIVER("terminal length 0\r\nR1#"),
		END};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1#");
	talk_end(&talk);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_boot_loader_is_no_router),
	cmocka_unit_test(test_a_number_counts_in_a_prompt_of_unknown_shape),
	cmocka_unit_test(test_a_question_at_login_gets_no_empty_line),
	cmocka_unit_test(test_a_question_behind_a_password_is_named),
	cmocka_unit_test(test_a_shell_is_no_router),
	cmocka_unit_test(test_a_text_that_grows_is_waited_for),
	cmocka_unit_test(test_menus_are_left_by_enter),
	cmocka_unit_test(test_the_platform_s_own_prompt_is_known),
	cmocka_unit_test(test_what_does_not_end_as_prompts_do_is_refused),
	cmocka_unit_test(
		test_what_ends_as_prompts_do_is_believed_if_it_repeats),
};

UNIT_MAIN(tests)
