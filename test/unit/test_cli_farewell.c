/* lib/dialogue: the words with which a device ends a session. */
#include <errno.h>
#include <string.h>

#include "dialogue/cli.h"
#include "unit/talk.h"
#include "unit/unit.h"

#define PASSWORD "hunter2"
#define END STEP(SCRIPT_END)
#define CLOSES STEP(SCRIPT_CLOSE), END

struct farewell_case {
	struct script_step steps[10];
	bool ssh; /* the user is known already */
	enum nf_code code;
	enum nf_stage stage;
	int sys_errno;
	const char *message; /* as a whole */
};

#define LOGIN                                                                  \
	DELIVER("\r\nUsername: "), EXPECT("cisco\r"),                          \
		DELIVER("cisco\r\nPassword: "), EXPECT(PASSWORD "\r")
#define DENIED(words) "the device denies the session: it said \"" words "\""
#define REFUSED                                                                \
	"user cisco: the terminal's login refused the user or the password"
#define CLOSED "the device closed the connection"

static void login_fails(const struct farewell_case *one)
{
	static const struct credentials credentials = {.username = "cisco",
						       .password = PASSWORD};
	struct login login = {.credentials = &credentials,
			      .needs_pause = one->ssh};
	struct talk talk;

	unit_where(one->message);
	talk_begin(&talk, "cisco_ios", one->steps, plain);
	cli_set_log(talk.cli, NULL, &credentials);
	talk.err.stage = NF_STAGE_PROMPT;
	assert_int_equal(
		cli_find_prompt(talk.cli, &login, patience(&talk), &talk.err),
		-1);
	assert_string_equal(talk.err.message, one->message);
	assert_int_equal(talk.err.code, one->code);
	assert_int_equal(talk.err.stage, one->stage);
	assert_int_equal(talk.err.sys_errno, one->sys_errno);
	talk_end(&talk);
}

static void all_fail(const struct farewell_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++)
		login_fails(&cases[i]);
}

/* No strike against the password. */
static void test_farewell_behind_a_right_password_is_a_denial(void **state)
{
	static const struct farewell_case cases[] = {
		{{LOGIN, DELIVER("\r\n% Authorization failed.\r\n"), CLOSES},
		 false,
		 NF_SESSION_DENIED,
		 NF_STAGE_PROMPT,
		 0,
		 DENIED("% Authorization failed.")},
		{{LOGIN,
		  DELIVER("\r\n% Authorization failed.\r\n\r\nUsername: "),
		  END},
		 false,
		 NF_SESSION_DENIED,
		 NF_STAGE_PROMPT,
		 0,
		 DENIED("% Authorization failed.")},
		{{LOGIN,
		  DELIVER("\r\n\r\nCLI session limit 32 reached. Exiting.\r\n"),
		  CLOSES},
		 false,
		 NF_SESSION_DENIED,
		 NF_STAGE_PROMPT,
		 0,
		 DENIED("CLI session limit 32 reached. Exiting.")},
		{{LOGIN,
		  DELIVER("\r\nLine has invalid autocommand \"shw\"\r\n"),
		  CLOSES},
		 false,
		 NF_SESSION_DENIED,
		 NF_STAGE_PROMPT,
		 0,
		 DENIED("Line has invalid autocommand \"shw\"")},
	};

	(void)state;
	all_fail(cases, LENGTH(cases));
}

static void test_farewell_without_a_question_is_a_denial(void **state)
{
	static const struct farewell_case cases[] = {
		{{DELIVER("\r\nPassword required, but none set\r\n"), CLOSES},
		 false,
		 NF_SESSION_DENIED,
		 NF_STAGE_PROMPT,
		 0,
		 DENIED("Password required, but none set")},
		{{DELIVER("\r\nCLI session limit 32 reached. Exiting.\r\n"),
		  CLOSES},
		 true,
		 NF_SESSION_DENIED,
		 NF_STAGE_PROMPT,
		 0,
		 DENIED("CLI session limit 32 reached. Exiting.")},
		{{DELIVER("% Authorization failed.\r\n\r\n"), CLOSES},
		 true,
		 NF_SESSION_DENIED,
		 NF_STAGE_PROMPT,
		 0,
		 DENIED("% Authorization failed.")},
		{{DELIVER("Access denied.\r\n"), CLOSES},
		 true,
		 NF_SESSION_DENIED,
		 NF_STAGE_PROMPT,
		 0,
		 DENIED("Access denied.")},
	};

	(void)state;
	all_fail(cases, LENGTH(cases));
}

/* These may be tried again: no login was spent on them. */
static void test_farewell_of_a_busy_device_stays_busy(void **state)
{
	static const struct farewell_case cases[] = {
		{{DELIVER("\r\n%  Sorry, all ttys are busy\r\n"), CLOSES},
		 false,
		 NF_BUSY,
		 NF_STAGE_PROMPT,
		 0,
		 "it said \"%  Sorry, all ttys are busy\""},
		{{DELIVER("Session limit reached\r\n"), CLOSES},
		 false,
		 NF_BUSY,
		 NF_STAGE_PROMPT,
		 0,
		 "it said \"Session limit reached\""},
	};

	(void)state;
	all_fail(cases, LENGTH(cases));
}

static void test_farewell_of_a_wrong_password_counts_against_it(void **state)
{
	static const struct farewell_case cases[] = {
		{{LOGIN, DELIVER("\r\nLogin incorrect\r\n"), CLOSES},
		 false,
		 NF_AUTH_FAILED,
		 NF_STAGE_AUTH,
		 EACCES,
		 REFUSED ": it said \"Login incorrect\""},
		{{LOGIN,
		  DELIVER("\r\nToo many login failures: locked\r\nlogin: "),
		  END},
		 false,
		 NF_AUTH_FAILED,
		 NF_STAGE_AUTH,
		 EACCES,
		 REFUSED ": it said \"Too many login failures: locked\""},
		{{DELIVER("\r\nUsername: "), EXPECT("cisco\r"),
		  DELIVER("cisco\r\n% Access denied\r\n"), CLOSES},
		 false,
		 NF_AUTH_FAILED,
		 NF_STAGE_AUTH,
		 EACCES,
		 REFUSED ": it said \"% Access denied\""},
		/* Words that nobody knows, and may be the password's echo. */
		{{LOGIN, DELIVER("\r\nsorry, " PASSWORD "\r\n"), CLOSES},
		 false,
		 NF_AUTH_FAILED,
		 NF_STAGE_AUTH,
		 EACCES,
		 REFUSED},
		{{LOGIN, DELIVER("\r\nNo access.\r\n"), CLOSES},
		 false,
		 NF_AUTH_FAILED,
		 NF_STAGE_AUTH,
		 EACCES,
		 REFUSED},
		{{LOGIN, DELIVER("\r\nLogin incorrect: " PASSWORD "\r\n"),
		  CLOSES},
		 false,
		 NF_AUTH_FAILED,
		 NF_STAGE_AUTH,
		 EACCES,
		 REFUSED ": it said \"Login incorrect: ****\""},
	};

	(void)state;
	all_fail(cases, LENGTH(cases));
}

/* It may come again behind a refusal that is gone by then. */
static void test_farewell_is_no_banner(void **state)
{
	static const struct farewell_case banner = {
		{LOGIN,
		 DELIVER("\r\n% Login invalid\r\n\r\n"
			 "Authorized users only. If you are not authorized to "
			 "use this system, disconnect now: sessions are "
			 "watched, and use without authorization is a crime."
			 "\r\n\r\nUsername: "),
		 END},
		false,
		NF_AUTH_FAILED,
		NF_STAGE_AUTH,
		EACCES,
		REFUSED};

	(void)state;
	login_fails(&banner);
}

/* A banner has such words, too: what counts came behind the password. */
static void test_farewell_is_not_looked_for_before_the_password(void **state)
{
	static const struct farewell_case banner = {
		{DELIVER("\r\nSessions that fail authorization are logged:\r\n"
			 "authorization failed means no access.\r\nUsername: "),
		 EXPECT("cisco\r"), DELIVER("cisco\r\nPassword: "),
		 EXPECT(PASSWORD "\r"), CLOSES},
		false,
		NF_AUTH_FAILED,
		NF_STAGE_AUTH,
		EACCES,
		REFUSED};

	(void)state;
	login_fails(&banner);
}

static void test_farewell_of_other_words_is_quoted(void **state)
{
	static const struct farewell_case cases[] = {
		{{DELIVER("\r\nDown for service.\r\n\r\n"), CLOSES},
		 true,
		 NF_DISCONNECTED,
		 NF_STAGE_PROMPT,
		 0,
		 CLOSED "; the last it sent is \"Down for service.\""},
		{{DELIVER("\r\nDown for\033[7m service"), CLOSES},
		 false,
		 NF_DISCONNECTED,
		 NF_STAGE_PROMPT,
		 0,
		 CLOSED "; the last it sent is \"Down for\\x1b[7m service\""},
		{{DELIVER("\r\nGo away, " PASSWORD "\r\n"), CLOSES},
		 true,
		 NF_DISCONNECTED,
		 NF_STAGE_PROMPT,
		 0,
		 CLOSED "; the last it sent is \"Go away, ****\""},
	};

	(void)state;
	all_fail(cases, LENGTH(cases));
}

/* ---- in the midst of a command */

#define AT_COMMAND                                                             \
	DELIVER("\r\nR1#"), EXPECT("terminal length 0\r"),                     \
		DELIVER("terminal length 0\r\nR1#"), EXPECT("show tech\r")

static void command_ends(const struct script_step *steps, const char *message,
			 const char *text)
{
	struct talk talk;

	unit_where(message);
	talk_open(&talk, "cisco_ios", steps, "R1#");
	command_fails(&talk, "show tech", NF_DISCONNECTED, text);
	if (strncmp(talk.err.message, message, strlen(message)) != 0)
		fail_msg("\"%s\" is not \"%s\"", talk.err.message, message);
	talk_end(&talk);
}

static void test_farewell_in_a_command_is_told_and_kept(void **state)
{
	static const struct script_step cleared[] = {
		AT_COMMAND,
		DELIVER("show tech\r\nline 1\r\n\r\n"
			"%SYS: session cleared by administrator\r\n"),
		CLOSES};
	static const struct script_step idle[] = {
		AT_COMMAND, DELIVER("show tech\r\nVty idle timeout expired"),
		CLOSES};
	static const struct script_step reset[] = {
		AT_COMMAND, DELIVER("show tech\r\nSystem is rebooting now\r\n"),
		STEP(SCRIPT_RESET), END};
	static const struct script_step silent[] = {AT_COMMAND, CLOSES};

	(void)state;
	command_ends(cleared,
		     CLOSED "; the last it sent is "
			    "\"%SYS: session cleared by administrator\"",
		     "line 1\n\n%SYS: session cleared by administrator\n");
	command_ends(idle,
		     CLOSED
		     "; the last it sent is \"Vty idle timeout expired\"",
		     "Vty idle timeout expired");
	command_ends(reset,
		     "the connection broke: Connection reset by peer; the last "
		     "it sent is \"System is rebooting now\"",
		     "System is rebooting now\n");
	command_ends(silent, CLOSED, "");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_farewell_behind_a_right_password_is_a_denial),
	cmocka_unit_test(test_farewell_in_a_command_is_told_and_kept),
	cmocka_unit_test(test_farewell_is_no_banner),
	cmocka_unit_test(test_farewell_is_not_looked_for_before_the_password),
	cmocka_unit_test(test_farewell_of_a_busy_device_stays_busy),
	cmocka_unit_test(test_farewell_of_a_wrong_password_counts_against_it),
	cmocka_unit_test(test_farewell_of_other_words_is_quoted),
	cmocka_unit_test(test_farewell_without_a_question_is_a_denial),
};

UNIT_MAIN(tests)
