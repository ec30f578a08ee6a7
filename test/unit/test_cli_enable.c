/* lib/dialogue/enable.c: which prompts it is tried at, and what it ends at. */
#include <string.h>

#include "dialogue/cli.h"
#include "unit/talk.h"
#include "unit/unit.h"

#define SECRET "hunter2"
#define END STEP(SCRIPT_END)

/* A router at this prompt, which is none of its platform's: an empty line has
 * to bring it again. */
#define FOUND(prompt)                                                          \
	DELIVER("\r\n" prompt), EXPECT("\r"), DELIVER("\r\n" prompt),          \
		EXPECT("terminal length 0\r"),                                 \
		DELIVER("terminal length 0\r\n" prompt)
#define R1                                                                     \
	DELIVER("\r\nR1>"), EXPECT("terminal length 0\r"),                     \
		DELIVER("terminal length 0\r\nR1>")
#define ASKED                                                                  \
	EXPECT("enable\r"), DELIVER("enable\r\nPassword: "), EXPECT(SECRET "\r")

struct enable_case {
	const char *platform;
	struct script_step steps[14];
	enum enable_wish wish;
	bool no_secret;
	const char *before, *after; /* the prompt; "": enable fails */
	const char *message; /* of the failure, a part */
	int64_t takes_ms; /* at most; 0: any time */
};

static void play(void *arg, struct script_manner manner)
{
	const struct enable_case *one = arg;
	const struct credentials credentials = {
		.username = "cisco",
		.secret = one->no_secret ? NULL : SECRET,
		.enable = one->wish};
	struct talk talk;
	int64_t begin_ms;
	int rc;

	unit_where(one->before);
	talk_begin(&talk, one->platform, one->steps, manner);
	cli_set_log(talk.cli, NULL, &credentials);
	learn(&talk, one->before);
	begin_ms = talk.script.now_ms;
	rc = cli_enable(talk.cli, &credentials, patience(&talk), &talk.err);
	assert_string_equal(rc == -1 ? talk.err.message : "", one->message);
	assert_int_equal(talk.err.code, rc == 0 ? NF_OK
					: strstr(one->message, "deadline")
						? NF_TIMEOUT
						: NF_ENABLE_FAILED);
	assert_string_equal(rc == 0 ? cli_prompt(talk.cli) : "", one->after);
	if (one->takes_ms > 0)
		assert_in_range(talk.script.now_ms - begin_ms, 0,
				one->takes_ms);
	talk_end(&talk);
}

static void all(const struct enable_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++)
		play((void *)(uintptr_t)&cases[i], plain);
}

/* ---- where it is tried */

static void test_enable_is_tried_at_a_prompt_of_any_name(void **state)
{
	static const struct enable_case cases[] = {
		{.platform = "cisco_ios",
		 .steps = {FOUND("Core Switch>"), ASKED,
			   DELIVER("\r\nCore Switch#"), END},
		 .before = "Core Switch>",
		 .after = "Core Switch#",
		 .message = "",
		 .takes_ms = 1},
		{.platform = "cisco_ios",
		 .steps = {FOUND("lab (2nd floor)> "), ASKED,
			   DELIVER("\r\nlab (2nd floor)# "), END},
		 .before = "lab (2nd floor)> ",
		 .after = "lab (2nd floor)# ",
		 .message = ""},
		/* Nothing is echoed, and no secret is asked for. */
		{.platform = "cisco_ios",
		 .steps = {DELIVER("\r\ntelnet@Switch 24>"), EXPECT("\r"),
			   DELIVER("\r\ntelnet@Switch 24>"),
			   EXPECT("terminal length 0\r"),
			   DELIVER("\r\ntelnet@Switch 24>"), EXPECT("enable\r"),
			   DELIVER("\r\ntelnet@Switch 24#"), END},
		 .before = "telnet@Switch 24>",
		 .after = "telnet@Switch 24#",
		 .message = "",
		 .takes_ms = 1},
		{.platform = "generic",
		 .steps = {DELIVER("Acme OS\r\nsw 7 > "), EXPECT("\n"),
			   DELIVER("\r\nsw 7 > "), EXPECT("enable\n"),
			   DELIVER("enable\r\nPassword: "), EXPECT(SECRET "\n"),
			   DELIVER("\r\nsw 7 # "), END},
		 .before = "sw 7 > ",
		 .after = "sw 7 # ",
		 .message = "",
		 .takes_ms = 1},
	};

	(void)state;
	all(cases, LENGTH(cases));
}

static void test_enable_is_the_same_however_it_is_cut(void **state)
{
	static const struct script_step steps[] = {
		R1, ASKED, DELIVER("\r\nWelcome, # of admins: 1\r\nR1#"), END};
	struct enable_case one = {.platform = "cisco_ios",
				  .before = "R1>",
				  .after = "R1#",
				  .message = ""};

	(void)state;
	memcpy(one.steps, steps, sizeof(steps));
	play_in_every_manner(play, &one, steps);
}

/* These get no other byte. */
static void test_enable_is_not_tried_where_it_is_of_no_use(void **state)
{
	static const struct enable_case cases[] = {
		{.platform = "cisco_ios",
		 .steps = {FOUND("Core Switch#"), END},
		 .before = "Core Switch#",
		 .after = "Core Switch#",
		 .message = ""},
		{.platform = "generic",
		 .steps = {DELIVER("root@box:~ $ "), EXPECT("\n"),
			   DELIVER("\r\nroot@box:~ $ "), END},
		 .before = "root@box:~ $ ",
		 .after = "root@box:~ $ ",
		 .message = ""},
		{.platform = "netscaler",
		 .steps = {DELIVER("\r\nns1> "),
			   EXPECT("set cli mode -page OFF\r"),
			   DELIVER("set cli mode -page OFF\r\n Done\r\nns1> "),
			   END},
		 .before = "ns1> ",
		 .after = "ns1> ",
		 .message = ""},
		{.platform = "cisco_ios",
		 .steps = {R1, END},
		 .no_secret = true,
		 .before = "R1>",
		 .after = "R1>",
		 .message = ""},
		{.platform = "cisco_ios",
		 .steps = {R1, END},
		 .wish = ENABLE_NEVER,
		 .before = "R1>",
		 .after = "R1>",
		 .message = ""},
	};

	(void)state;
	all(cases, LENGTH(cases));
}

static void test_enable_is_never_skipped_without_a_word(void **state)
{
	static const struct enable_case cases[] = {
		{.platform = "cisco_ios",
		 .steps = {FOUND("core $ "), END},
		 .before = "core $ ",
		 .after = "",
		 .message = "its prompt \"core $ \" is neither that of a user "
			    "nor a privileged one"},
		{.platform = "cisco_ios",
		 .steps = {FOUND("[core]"), END},
		 .before = "[core]",
		 .after = "",
		 .message = "its prompt \"[core]\" is neither that of a user "
			    "nor a privileged one"},
		{.platform = "generic",
		 .steps = {DELIVER("box> "), EXPECT("\n"), DELIVER("\r\nbox> "),
			   EXPECT("enable\n"),
			   DELIVER("enable\r\nenable: no such command\r\n"
				   "box> "),
			   END},
		 .before = "box> ",
		 .after = "",
		 .message = "the device does not ask for the secret: it said "
			    "\"enable: no such command\""},
	};

	(void)state;
	all(cases, LENGTH(cases));
}

static void test_enable_without_a_secret(void **state)
{
	static const struct enable_case cases[] = {
		{.platform = "cisco_ios",
		 .steps = {R1, EXPECT("enable\r"), DELIVER("enable\r\nR1#"),
			   END},
		 .wish = ENABLE_ALWAYS,
		 .no_secret = true,
		 .before = "R1>",
		 .after = "R1#",
		 .message = ""},
		{.platform = "cisco_ios",
		 .steps = {R1, EXPECT("enable\r"),
			   DELIVER("enable\r\nPassword: "), END},
		 .wish = ENABLE_ALWAYS,
		 .no_secret = true,
		 .before = "R1>",
		 .after = "",
		 .message = "the device asks for a secret, and none is given"},
		{.platform = "cisco_ios",
		 .steps = {R1, EXPECT("enable\r"), DELIVER("enable\r\nR1>"),
			   END},
		 .wish = ENABLE_ALWAYS,
		 .no_secret = true,
		 .before = "R1>",
		 .after = "",
		 .message = "the device stays at its user's prompt"},
		{.platform = "cisco_ios",
		 .steps = {FOUND("R 1#"), END},
		 .wish = ENABLE_ALWAYS,
		 .no_secret = true,
		 .before = "R 1#",
		 .after = "R 1#",
		 .message = ""},
	};

	(void)state;
	all(cases, LENGTH(cases));
}

/* ---- what it ends at */

static void test_enable_proves_a_prompt_of_another_name(void **state)
{
	static const struct enable_case cases[] = {
		{.platform = "cisco_ios",
		 .steps = {R1, ASKED, DELIVER("\r\nadmin at R1 #"),
			   EXPECT("\r"), DELIVER("\r\nadmin at R1 #"), END},
		 .before = "R1>",
		 .after = "admin at R1 #",
		 .message = ""},
		{.platform = "cisco_ios",
		 .steps = {R1, ASKED, DELIVER("\r\nvrf-mgmt#"), EXPECT("\r"),
			   DELIVER("\r\nvrf-mgmt#"), END},
		 .before = "R1>",
		 .after = "vrf-mgmt#",
		 .message = ""},
		/* It was a line of a banner, at which the device paused. */
		{.platform = "cisco_ios",
		 .steps = {R1, ASKED, DELIVER("\r\n## admins only ##"),
			   EXPECT("\r"), DELIVER("\r\nR1#\r\nR1#"), END},
		 .before = "R1>",
		 .after = "R1#",
		 .message = ""},
	};

	(void)state;
	all(cases, LENGTH(cases));
}

static void test_enable_gives_the_secret_to_other_words(void **state)
{
	static const char *const asked[] = {"AD Passcode: ",
					    "Enable password for cisco:",
					    "PIN: ",
					    "Mot de passe : ",
					    "Kennwort:",
					    "Contrase\xc3\xb1"
					    "a: ",
					    "Enter enable secret:"};

	(void)state;
	for (size_t i = 0; i < LENGTH(asked); i++) {
		const struct enable_case one = {
			.platform = "cisco_ios",
			.steps = {R1,
				  EXPECT("enable\r"),
				  DELIVER("enable\r\n"),
				  {SCRIPT_DELIVER, asked[i], strlen(asked[i]),
				   0},
				  EXPECT(SECRET "\r"),
				  DELIVER("\r\nR1#"),
				  END},
			.before = "R1>",
			.after = "R1#",
			.message = "",
			.takes_ms = 1100};

		play((void *)(uintptr_t)&one, plain);
		unit_where(asked[i]);
	}
}

/* Sent here, it would be a command, and in the log of the device. */
static void test_enable_gives_the_secret_to_no_statement(void **state)
{
	static const struct enable_case cases[] = {
		{.platform = "cisco_ios",
		 .steps = {R1, EXPECT("enable\r"),
			   DELIVER("enable\r\n% Kennwort:"),
			   DELIVER_AFTER(900, " keines\r\nR1>"), END},
		 .before = "R1>",
		 .after = "",
		 .message = "the device does not ask for the secret: it said "
			    "\"% Kennwort: keines\""},
		{.platform = "cisco_ios",
		 .steps = {R1, EXPECT("enable\r"),
			   DELIVER("enable\r\nOne-time PIN: "), END},
		 .before = "R1>",
		 .after = "",
		 .message = "no prompt (R1>) by its deadline; the last it sent "
			    "is \"enable\\r\\nOne-time PIN: \""},
		{.platform = "cisco_ios",
		 .steps = {R1, ASKED,
			   DELIVER("\r\nYour password has expired.\r\n"
				   "Enter new password: "),
			   END},
		 .before = "R1>",
		 .after = "",
		 .message = "the device demands a new password"},
	};

	(void)state;
	all(cases, LENGTH(cases));
}

static void test_enable_tells_why_it_was_refused(void **state)
{
	static const struct enable_case cases[] = {
		{.platform = "cisco_ios",
		 .steps = {R1, ASKED, DELIVER("\r\n% Bad secrets\r\n\r\nR1>"),
			   END},
		 .before = "R1>",
		 .after = "",
		 .message = "the secret is refused: it said \"% Bad secrets\""},
		{.platform = "cisco_ios",
		 .steps = {R1, ASKED,
			   DELIVER("\r\n% Access denied\r\nPassword: "), END},
		 .before = "R1>",
		 .after = "",
		 .message =
			 "the secret is refused: it said \"% Access denied\""},
		{.platform = "cisco_ios",
		 .steps = {R1, EXPECT("enable\r"),
			   DELIVER("enable\r\n% No password set\r\nR1>"), END},
		 .before = "R1>",
		 .after = "",
		 .message = "the device does not ask for the secret: it said "
			    "\"% No password set\""},
		{.platform = "cisco_ios",
		 .steps = {R1, ASKED, DELIVER("\r\n% Access denied\r\n"),
			   STEP(SCRIPT_CLOSE), END},
		 .before = "R1>",
		 .after = "",
		 .message =
			 "the secret is refused: it said \"% Access denied\""},
		/* It may be the echo of the secret. */
		{.platform = "cisco_ios",
		 .steps = {R1, ASKED, DELIVER("\r\nno h u n t e r 2\r\nR1>"),
			   END},
		 .before = "R1>",
		 .after = "",
		 .message = "the secret is refused"},
	};

	(void)state;
	all(cases, LENGTH(cases));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_enable_gives_the_secret_to_no_statement),
	cmocka_unit_test(test_enable_gives_the_secret_to_other_words),
	cmocka_unit_test(test_enable_is_never_skipped_without_a_word),
	cmocka_unit_test(test_enable_is_not_tried_where_it_is_of_no_use),
	cmocka_unit_test(test_enable_is_the_same_however_it_is_cut),
	cmocka_unit_test(test_enable_is_tried_at_a_prompt_of_any_name),
	cmocka_unit_test(test_enable_proves_a_prompt_of_another_name),
	cmocka_unit_test(test_enable_tells_why_it_was_refused),
	cmocka_unit_test(test_enable_without_a_secret),
};

UNIT_MAIN(tests)
