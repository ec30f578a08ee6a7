/*
 * lib/dialogue/cli.c: habits of devices, each from what one of that kind sends.
 * All is played whole, byte by byte, and cut at every place; but for those in
 * which the prompt is followed by more, as a pause there is an end.
 */
#include "dialogue/cli.h"

#include <string.h>

#include "unit/talk.h"
#include "unit/unit.h"

#define END                                                                    \
	{                                                                      \
		SCRIPT_END, NULL, 0, 0                                         \
	}

/* A dialogue: one command after the login. */
struct habit {
	const char *what;
	const char *platform;
	const char *prompt; /* in the end */
	const char *command;
	const char *output;
	bool rejected;
	struct nf_reply answer; /* to its question, if it asks one */
	struct login login; /* for the terminal's own login */
	struct script_step steps[12];
};

static void play(void *arg, struct script_manner manner)
{
	const struct habit *habit = arg;
	struct login login = habit->login;
	struct talk talk;

	unit_where(habit->what);
	talk_begin(&talk, habit->platform, habit->steps, manner);
	if (habit->answer.question != NULL)
		assert_int_equal(patterns_add_replies(talk.patterns,
						      &habit->answer, 1,
						      &talk.err),
				 0);
	if (cli_find_prompt(talk.cli, &login, patience(&talk), &talk.err) ==
		    -1 ||
	    run(&talk, habit->command) == -1)
		fail_msg("%s", talk.err.message);
	assert_out(&talk, habit->output);
	assert_int_equal(talk.answer.rejected, habit->rejected);
	assert_prompt(&talk, habit->prompt);
	talk_end(&talk);
}

#define PLAY(...)                                                              \
	do {                                                                   \
		struct habit habit = {.what = __func__, __VA_ARGS__};          \
                                                                               \
		(void)state;                                                   \
		play_in_every_manner(play, &habit, habit.steps);               \
	} while (0)

/* Without a pause. */
static void play_at_once(void (*fn)(void *arg, struct script_manner manner),
			 void *arg)
{
	static const size_t pieces[] = {0, 1, 7, 100};

	for (size_t i = 0; i < LENGTH(pieces); i++)
		fn(arg, (struct script_manner){.piece = pieces[i]});
}

#define PLAY_AT_ONCE(...)                                                      \
	do {                                                                   \
		struct habit habit = {.what = __func__, __VA_ARGS__};          \
                                                                               \
		(void)state;                                                   \
		play_at_once(play, &habit);                                    \
	} while (0)

/* A Cisco as far as its first command, in the words of STEPS. */
#define IOS .platform = "cisco_ios", .prompt = "R1#"
#define IOS_STEPS                                                              \
	DELIVER("\r\nR1#"), EXPECT("terminal length 0\r"),                     \
		DELIVER("terminal length 0\r\nR1#")

/* ---- how the bytes look */

static void test_habit_colour_and_titles(void **state)
{
	PLAY(.platform = "linux", .prompt = "user@host:~$ ", .command = "ls",
	     .output = "bin  etc\n",
	     .steps = {
		     DELIVER("\033]0;user@host: ~\007\033[01;32muser@host"
			     "\033[00m:\033[01;34m~\033[00m$ "),
		     EXPECT("\n"),
		     DELIVER("\r\n\033]0;user@host: ~\007\033[01;32muser@host"
			     "\033[00m:\033[01;34m~\033[00m$ "),
		     EXPECT("ls\n"),
		     DELIVER("ls\r\n\033[?2004l\r\033[0m\033[01;34mbin\033[0m  "
			     "\033[01;34metc\033[0m\r\n\033[?2004h"
			     "\033]0;user@host: ~\007\033[01;32muser@host"
			     "\033[00m:\033[01;34m~\033[00m$ \033[K"),
		     END});
}

/* As HP's switches draw their line: to a row, erased, then the prompt. */
static void test_habit_cursor_movement(void **state)
{
	PLAY(IOS, .command = "show clock", .output = "12:26:18\n",
	     .steps = {DELIVER("\033[24;1H\033[2K\033[24;1HR1#"),
		       EXPECT("terminal length 0\r"),
		       DELIVER("\033[24;4Hterminal length 0\r\n\033[?25h"
			       "\033[24;1HR1#\033[24;4H"),
		       EXPECT("show clock\r"),
		       DELIVER("show clock\r\n\033[2K12:26:18\r\n"
			       "\033[24;1HR1#\033[24;4H\033[?25h"),
		       END});
}

static void test_habit_cr_cr_lf(void **state)
{
	PLAY(IOS, .command = "show clock", .output = "a\nb\n\nc\n",
	     .steps = {IOS_STEPS, EXPECT("show clock\r"),
		       DELIVER("show clock\r\r\na\r\r\nb\r\r\n\r\r\nc\r\r\n"
			       "R1#"),
		       END});
}

static void test_habit_nul_bytes(void **state)
{
	PLAY(IOS, .command = "show clock", .output = "12:26\n",
	     .steps = {IOS_STEPS, EXPECT("show clock\r"),
		       DELIVER("show clock\r\0\n12:\00026\r\0\n\0R1#"), END});
}

#define BLANK100                                                               \
	"                                                                    " \
	" "                                                                    \
	"                               "
#define BLANK510 BLANK100 BLANK100 BLANK100 BLANK100 BLANK100 "          "

/* zsh(1) fills up the row behind an answer without newline. */
static void test_habit_an_unfinished_line_in_zsh(void **state)
{
	PLAY_AT_ONCE(.platform = "linux", .prompt = "host% ",
		     .command = "printf 7", .output = "7",
		     .steps = {
			     DELIVER("\033[1m\033[7m%\033[27m\033[1m\033["
				     "0m" BLANK510 "\r "
				     "\r\r\033[0m\033[27m\033[24m\033[Jhost% "),
			     EXPECT("\n"),
			     DELIVER("\r\n\033[1m\033[7m%\033[27m\033[1m\033["
				     "0m" BLANK510 "\r "
				     "\r\r\033[0m\033[27m\033[24m\033[Jhost% "),
			     EXPECT("printf 7\n"),
			     DELIVER("printf "
				     "7\r\r\n7\033[1m\033[7m%\033[27m\033[1m"
				     "\033[0m" BLANK510 "\r "
				     "\r\r\033[0m\033[27m\033[24m\033[Jhost% "
				     "\033[K\033[?2004h"),
			     END});
}

#define BLANK509 BLANK100 BLANK100 BLANK100 BLANK100 BLANK100 "         "

/* What zsh(1) sends before a prompt on a dumb terminal, which goes on in the
 * next row as soon as one is full: with one character before it, it is. */
#define ZSH "%" BLANK509 "\r \r\rhost% \033[?2004h"
#define ZSH_STEPS DELIVER(ZSH), EXPECT("\n"), DELIVER("\r\n" ZSH)

static void test_habit_one_character_without_newline_in_zsh(void **state)
{
	PLAY_AT_ONCE(.platform = "linux", .prompt = "host% ",
		     .command = "printf %s x", .output = "x",
		     .steps = {ZSH_STEPS, EXPECT("printf %s x\n"),
			       DELIVER("printf %s x\033[?2004l\r\r\nx" ZSH),
			       END});
}

static void test_habit_a_last_line_of_one_character_in_zsh(void **state)
{
	PLAY_AT_ONCE(.platform = "linux", .prompt = "host% ",
		     .command = "printf '1\\n%s' 0", .output = "1\n0",
		     .steps = {ZSH_STEPS, EXPECT("printf '1\\n%s' 0\n"),
			       DELIVER("printf '1\\n%s' 0\033[?2004l\r\r\n"
				       "1\r\n0" ZSH),
			       END});
}

/* It looks like the mark, and is an answer. */
static void test_habit_an_answer_like_the_mark_of_zsh(void **state)
{
	PLAY_AT_ONCE(.platform = "linux", .prompt = "host% ",
		     .command = "printf %s%% ''", .output = "%",
		     .steps = {ZSH_STEPS, EXPECT("printf %s%% ''\n"),
			       DELIVER("printf %s%% ''\033[?2004l\r\r\n%" ZSH),
			       END});
}

/* Then the mark stands in a row of its own, and is wiped there. */
static void test_habit_a_full_row_without_newline_in_zsh(void **state)
{
	PLAY_AT_ONCE(.platform = "linux", .prompt = "host% ", .command = "cat",
		     .output = BLANK509 "ab",
		     .steps = {
			     ZSH_STEPS, EXPECT("cat\n"),
			     DELIVER("cat\033[?2004l\r\r\n" BLANK509 "ab" ZSH),
			     END});
}

/* What fish(1) sends before a prompt, and how it echoes: painted anew for each
 * word. Its mark is a return symbol, or a pilcrow sign: bytes are no columns. */
#define RETURN_SYMBOL "\xe2\x8f\x8e"
#define PILCROW "\xc2\xb6"
#define FISH(mark, prompt) mark BLANK509 "\r" mark " \r\033[?2004h\r" prompt
#define FISH_ECHO(prompt, first, last)                                         \
	"\r" prompt first "\r" prompt first last "\r" prompt first last        \
	"\r\n\033[?2004l"

static void test_habit_a_shell_that_paints_its_line_anew(void **state)
{
	PLAY_AT_ONCE(.platform = "linux", .prompt = "me@box ~> ",
		     .command = "echo hi", .output = "hi\n",
		     .steps = {
			     DELIVER("Welcome to fish, the friendly "
				     "interactive "
				     "shell\r\n" FISH(RETURN_SYMBOL,
						      "me@box ~> ")),
			     EXPECT("\n"),
			     DELIVER("\r\n" FISH(RETURN_SYMBOL, "me@box ~> ")),
			     EXPECT("echo hi\n"),
			     DELIVER(FISH_ECHO(
				     "me@box ~> ", "echo ",
				     "hi") "hi\r\n" FISH(RETURN_SYMBOL,
							 "me@box ~> ")),
			     END});
}

static void test_habit_one_character_without_newline_in_fish(void **state)
{
	PLAY_AT_ONCE(.platform = "linux", .prompt = "me@box ~> ",
		     .command = "printf %s x", .output = "x",
		     .steps = {
			     DELIVER(FISH(RETURN_SYMBOL, "me@box ~> ")),
			     EXPECT("\n"),
			     DELIVER("\r\n" FISH(RETURN_SYMBOL, "me@box ~> ")),
			     EXPECT("printf %s x\n"),
			     DELIVER(FISH_ECHO("me@box ~> ", "printf ",
					       "%s x") "x" FISH(RETURN_SYMBOL,
								"me@box ~> ")),
			     END});
}

/* It is shorter than the mark that it is written over. */
static void test_habit_a_short_prompt_in_fish(void **state)
{
	PLAY_AT_ONCE(.platform = "linux", .prompt = ">",
		     .command = "printf %s x", .output = "x",
		     .steps = {
			     DELIVER(FISH(RETURN_SYMBOL, ">")), EXPECT("\n"),
			     DELIVER("\r\n" FISH(RETURN_SYMBOL, ">")),
			     EXPECT("printf %s x\n"),
			     DELIVER(FISH_ECHO(">", "printf ", "%s x") "x" FISH(
				     RETURN_SYMBOL, ">")),
			     END});
}

static void test_habit_a_pilcrow_sign_for_a_mark(void **state)
{
	PLAY_AT_ONCE(.platform = "linux", .prompt = "me@box ~> ",
		     .command = "printf %s caf\xc3\xa9",
		     .output = "caf\xc3\xa9",
		     .steps = {
			     DELIVER(FISH(PILCROW, "me@box ~> ")), EXPECT("\n"),
			     DELIVER("\r\n" FISH(PILCROW, "me@box ~> ")),
			     EXPECT("printf %s caf\xc3\xa9\n"),
			     DELIVER(FISH_ECHO(
				     "me@box ~> ", "printf ",
				     "%s caf\xc3\xa9") "caf\xc3\xa9" FISH(PILCROW,
									  "me@"
									  "box "
									  "~>"
									  " ")),
			     END});
}

/* Then the mark stands in a row of its own, whose blanks stay. */
static void test_habit_a_full_row_without_newline_in_fish(void **state)
{
	PLAY_AT_ONCE(.platform = "linux", .prompt = "me@box ~> ",
		     .command = "cat f", .output = BLANK509 "ab",
		     .steps = {
			     DELIVER(FISH(RETURN_SYMBOL, "me@box ~> ")),
			     EXPECT("\n"),
			     DELIVER("\r\n" FISH(RETURN_SYMBOL, "me@box ~> ")),
			     EXPECT("cat f\n"),
			     DELIVER(FISH_ECHO("me@box ~> ", "cat ", "f")
					     BLANK509
				     "ab" FISH(RETURN_SYMBOL, "me@box ~> ")),
			     END});
}

/* Nothing fills the row up behind it: it is what the command printed. */
static void test_habit_an_answer_that_ends_in_a_mark(void **state)
{
	PLAY_AT_ONCE(.platform = "linux", .prompt = "me@box:~$ ",
		     .command = "printf %s" RETURN_SYMBOL,
		     .output = "100%  " RETURN_SYMBOL,
		     .steps = {DELIVER("me@box:~$ "), EXPECT("\n"),
			       DELIVER("\r\nme@box:~$ "),
			       EXPECT("printf %s" RETURN_SYMBOL "\n"),
			       DELIVER("printf %s" RETURN_SYMBOL
				       "\r\n100%  " RETURN_SYMBOL "me@box:~$ "),
			       END});
}

/* RouterOS and ZyNOS measure the terminal before they show a prompt. */
static void test_habit_a_terminal_that_is_measured(void **state)
{
	PLAY_AT_ONCE(.platform = "generic", .prompt = "[admin@box] > ",
		     .command = "/log print", .output = "one\n",
		     .steps = {DELIVER("\r\n\033Z"), EXPECT("\033[?6c"),
			       DELIVER("\r\033[9999B\033[9999C\033[6n"),
			       EXPECT("\033[1000;511R"),
			       DELIVER("\r\033[K\033[5n"), EXPECT("\033[0n"),
			       DELIVER("[admin@box] > "), EXPECT("\n"),
			       DELIVER("\r\n[admin@box] > "),
			       EXPECT("/log print\n"),
			       /* An answer asks in vain: it would be typed. */
			       DELIVER("/log print\r\no\033[6nne\033[c\r\n"
				       "[admin@box] > "),
			       END});
}

/* ---- echo */

/* A terminal of 80 columns goes on in the next row, with a blank and CR. */
static void test_habit_echo_wrapped_at_80_columns(void **state)
{
	PLAY(IOS,
	     .command = "show running-config | include interface|description|"
			"ip address|shutdown|switchport mode",
	     .output = "interface Vlan1\n",
	     .steps = {IOS_STEPS,
		       EXPECT("show running-config | include interface|"
			      "description|ip address|shutdown|switchport "
			      "mode\r"),
		       DELIVER("show running-config | include interface|"
			       "description|ip address|shutdown|s\r\n"
			       "witchport mode \rwitchport mode\r\n"
			       "interface Vlan1\r\nR1#"),
		       END});
}

static void test_habit_no_echo(void **state)
{
	PLAY(IOS, .command = "show clock", .output = "12:26:18\n",
	     .steps = {DELIVER("\r\nR1#"), EXPECT("terminal length 0\r"),
		       DELIVER("\r\nR1#"), EXPECT("show clock\r"),
		       DELIVER("12:26:18\r\nR1#"), EXPECT("\r"),
		       DELIVER("\r\nR1#"), END});
}

/* ---- what looks like a prompt */

static void test_habit_prompts_in_a_configuration(void **state)
{
	PLAY_AT_ONCE(
		IOS, .command = "show running-config",
		.output = "hostname R1\nbanner motd ^C\nR1#\nR1>\n^C\nend\n\n",
		.steps = {
			IOS_STEPS, EXPECT("show running-config\r"),
			DELIVER("show running-config\r\nhostname R1\r\n"
				"banner motd ^C\r\nR1#\r\nR1>\r\n^C\r\nend\r\n"
				"\r\nR1#"),
			END});
}

static void test_habit_prompts_of_other_devices(void **state)
{
	PLAY(IOS, .command = "show log", .output = "R2#\nR2(config)#\nR11#\n\n",
	     .steps = {IOS_STEPS, EXPECT("show log\r"),
		       DELIVER("show log\r\nR2#\r\nR2(config)#\r\nR11#\r\n\r\n"
			       "R1#"),
		       END});
}

/* ---- what comes in between */

static void test_habit_a_log_message_behind_the_prompt(void **state)
{
	PLAY_AT_ONCE(
		IOS, .command = "show clock",
		.output = "12:26:18\n"
			  "R1#*Mar  1 00:01: %SYS-5-CONFIG_I: Configured\n",
		.steps = {IOS_STEPS, EXPECT("show clock\r"),
			  DELIVER("show clock\r\n12:26:18\r\nR1#*Mar  1 00:01: "
				  "%SYS-5-CONFIG_I: Configured\r\n"),
			  EXPECT("\r"), DELIVER("\r\nR1#"), END});
}

static void test_habit_a_log_message_across_the_prompt(void **state)
{
	PLAY_AT_ONCE(
		IOS, .command = "show clock",
		.output = "12:26:18\nR1#\n"
			  "*Mar  1 00:01: %LINK-3-UPDOWN: down\n",
		.steps = {IOS_STEPS, EXPECT("show clock\r"),
			  DELIVER("show clock\r\n12:26:18\r\nR1#\r\n*Mar  1 "
				  "00:01: %LINK-3-UPDOWN: down\r\n"),
			  EXPECT("\r"), DELIVER("\r\nR1#"), END});
}

/* With logging synchronous the prompt comes again by itself. */
static void test_habit_a_log_message_before_the_echo(void **state)
{
	PLAY(IOS, .command = "show clock", .output = "12:26:18\n",
	     .steps = {IOS_STEPS, EXPECT("show clock\r"),
		       DELIVER("\r\n*Mar  1 00:01: %LINK-3-UPDOWN: down\r\n"
			       "R1#show clock\r\n12:26:18\r\nR1#"),
		       END});
}

/* ---- prompts */

static void test_habit_a_prompt_with_blanks_and_brackets(void **state)
{
	PLAY(.platform = "linux", .prompt = "[root@a b (c)]# ",
	     .command = "true", .output = "",
	     .steps = {DELIVER("[root@a b (c)]# "), EXPECT("\n"),
		       DELIVER("\r\n[root@a b (c)]# "), EXPECT("true\n"),
		       DELIVER("true\r\n[root@a b (c)]# "), END});
}

/* ---- answers */

static void test_habit_an_answer_of_no_bytes(void **state)
{
	PLAY(IOS, .command = "clear counters", .output = "",
	     .steps = {IOS_STEPS, EXPECT("clear counters\r"),
		       DELIVER("clear counters\r\nR1#"), END});
}

static void test_habit_an_unknown_command(void **state)
{
	PLAY(IOS, .command = "shwo", .rejected = true,
	     .output = "   ^\n% Invalid input detected at '^' marker.\n\n",
	     .steps = {IOS_STEPS, EXPECT("shwo\r"),
		       DELIVER("shwo\r\n   ^\r\n% Invalid input detected at "
			       "'^' marker.\r\n\r\nR1#"),
		       END});
}

static void test_habit_a_command_that_asks_to_confirm(void **state)
{
	PLAY(IOS, .command = "clear counters",
	     .answer = {.question = "\\[confirm\\]$", .reply = ""},
	     .output = "Clear \"show interface\" counters [confirm]\n",
	     .steps = {IOS_STEPS, EXPECT("clear counters\r"),
		       DELIVER("clear counters\r\nClear \"show interface\" "
			       "counters [confirm]"),
		       EXPECT("\r"), DELIVER("\r\nR1#"), END});
}

static void test_habit_a_question_with_a_reply(void **state)
{
	PLAY(IOS, .command = "copy run tftp",
	     .answer = {.question = "^Address or name of remote host "
				    "\\[\\]\\? $",
			.reply = "10.0.0.9"},
	     .output = "Address or name of remote host []? 10.0.0.9\n!!\n",
	     .steps = {IOS_STEPS, EXPECT("copy run tftp\r"),
		       DELIVER("copy run tftp\r\nAddress or name of remote "
			       "host []? "),
		       EXPECT("10.0.0.9\r"), DELIVER("10.0.0.9\r\n!!\r\nR1#"),
		       END});
}

/* Each device takes what is pressed behind its key for the next command. */
static void test_habit_a_question_for_one_key(void **state)
{
	PLAY(IOS, .command = "copy run disk0:",
	     .answer = {.question = "\\[confirm\\]$",
			.reply = "n",
			.key = true},
	     .output = "Overwrite? [confirm]n\nAborted\n",
	     .steps = {IOS_STEPS, EXPECT("copy run disk0:\r"),
		       DELIVER("copy run disk0:\r\nOverwrite? [confirm]"),
		       EXPECT("n"), DELIVER("n\r\nAborted\r\nR1#"), END});
}

static void test_habit_a_question_for_one_key_that_is_not_shown(void **state)
{
	PLAY(.platform = "fortinet", .prompt = "FW1 # ",
	     .command = "execute reboot",
	     .answer = {.question = "\\(y/n\\)$", .reply = "y", .key = true},
	     .output = "This operation will reboot the system !\n"
		       "Do you want to continue? (y/n)\nNot now.\n",
	     .steps = {
		     DELIVER("FW1 # "), EXPECT("\n"), DELIVER("\r\nFW1 # "),
		     EXPECT("execute reboot\n"),
		     DELIVER("execute reboot\r\nThis operation will reboot "
			     "the system !\r\nDo you want to continue? (y/n)"),
		     EXPECT("y"), DELIVER("\r\nNot now.\r\nFW1 # "), END});
}

static void test_habit_a_control_key_ends_what_asks_for_it(void **state)
{
	PLAY(IOS, .command = "monitor traffic",
	     .answer = {.question = "^Press Ctrl-C to stop: $",
			.reply = "\003",
			.key = true},
	     .output = "Press Ctrl-C to stop: ^C\n",
	     .steps = {IOS_STEPS, EXPECT("monitor traffic\r"),
		       DELIVER("monitor traffic\r\nPress Ctrl-C to stop: "),
		       EXPECT("\003"), DELIVER("^C\r\nR1#"), END});
}

/* ---- logins in the terminal */

#define CISCO .login = {WITH(.username = "cisco", .password = "s3cret")}

static void test_habit_a_login_in_the_terminal(void **state)
{
	PLAY(IOS, CISCO, .command = "show clock", .output = "12:26:18\n",
	     .steps = {
		     DELIVER("\r\nUser Access Verification\r\n\r\nUsername: "),
		     EXPECT("cisco\r"), DELIVER("cisco\r\nPassword: "),
		     EXPECT("s3cret\r"), DELIVER("\r\nR1#"),
		     EXPECT("terminal length 0\r"),
		     DELIVER("terminal length 0\r\nR1#"),
		     EXPECT("show clock\r"),
		     DELIVER("show clock\r\n12:26:18\r\nR1#"), END});
}

/* A line with only "Password:" in vty lines without AAA. */
static void test_habit_a_password_alone(void **state)
{
	PLAY(IOS, CISCO, .command = "show clock", .output = "12:26:18\n",
	     .steps = {DELIVER("\r\n\r\nTACACS Password:"), EXPECT("s3cret\r"),
		       DELIVER("\r\nR1#"), EXPECT("terminal length 0\r"),
		       DELIVER("terminal length 0\r\nR1#"),
		       EXPECT("show clock\r"),
		       DELIVER("show clock\r\n12:26:18\r\nR1#"), END});
}

static void test_habit_a_unix_login(void **state)
{
	PLAY(.platform = "linux", .prompt = "cisco@host:~$ ", CISCO,
	     .command = "uname", .output = "Linux\n",
	     .steps = {DELIVER("Debian GNU/Linux 12 host tty1\r\n\r\n"
			       "host login: "),
		       EXPECT("cisco\n"), DELIVER("cisco\r\nPassword: "),
		       EXPECT("s3cret\n"),
		       DELIVER("\r\nLast login: Sat Nov 21 10:00:00 from x\r\n"
			       "cisco@host:~$ "),
		       EXPECT("\n"), DELIVER("\r\ncisco@host:~$ "),
		       EXPECT("uname\n"),
		       DELIVER("uname\r\nLinux\r\ncisco@host:~$ "), END});
}

/* With an AAA server behind it. */
static void test_habit_enable_that_asks_for_a_name(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("\r\nR1>"),
		EXPECT("terminal length 0\r"),
		DELIVER("terminal length 0\r\nR1>"),
		EXPECT("enable\r"),
		DELIVER("enable\r\nUser Name:"),
		EXPECT("cisco\r"),
		DELIVER("cisco\r\nPassword:"),
		EXPECT("s3cret\r"),
		DELIVER("\r\nR1#"),
		END};
	struct login login = {WITH(.username = "cisco")};
	struct talk talk;

	(void)state;
	talk_begin(&talk, "cisco_ios", steps, plain);
	if (cli_find_prompt(talk.cli, &login, patience(&talk), &talk.err) == -1)
		fail_msg("%s", talk.err.message);
	enable(&talk, "s3cret", "R1#");
	talk_end(&talk);
}

/* A wireless controller asks again, whatever SSH has seen of the password. */
static void test_habit_a_login_again_behind_ssh(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("\r\n(Cisco Controller) \r\nUser: "),
		EXPECT("cisco\r"),
		DELIVER("cisco\r\nPassword:"),
		EXPECT("s3cret\r"),
		DELIVER("******\r\nR1#"),
		EXPECT("terminal length 0\r"),
		DELIVER("terminal length 0\r\nR1#"),
		END};
	struct login login = {WITH(.username = "cisco", .password = "s3cret"),
			      .needs_pause = true};
	struct talk talk;
	int64_t begin_ms;

	(void)state;
	talk_begin(&talk, "cisco_ios", steps, plain);
	begin_ms = talk.script.now_ms;
	if (cli_find_prompt(talk.cli, &login, patience(&talk), &talk.err) == -1)
		fail_msg("%s", talk.err.message);
	assert_in_range(talk.script.now_ms - begin_ms, 600, 1000);
	talk_end(&talk);
}

/* Over SSH it was said already: what looks like a question may be none. */
static void test_habit_a_banner_that_asks_nothing(void **state)
{
	PLAY(IOS,
	     .login = {WITH(.username = "cisco", .password = "x"),
		       .needs_pause = true},
	     .command = "show clock", .output = "12:26:18\n",
	     .steps = {DELIVER("\r\nForgot your password: call 555\r\nR1#"),
		       EXPECT("terminal length 0\r"),
		       DELIVER("terminal length 0\r\nR1#"),
		       EXPECT("show clock\r"),
		       DELIVER("show clock\r\n12:26:18\r\nR1#"), END});
}

/* What the login says to steps that end in no prompt. */
static void login_fails(const struct script_step *steps, struct login login,
			const char *message)
{
	struct talk talk;

	talk_begin(&talk, "cisco_ios", steps, plain);
	assert_int_equal(
		cli_find_prompt(talk.cli, &login, patience(&talk), &talk.err),
		-1);
	assert_string_equal(talk.err.message, message);
	assert_int_equal(talk.err.code, NF_AUTH_FAILED);
	assert_int_equal(talk.err.stage, NF_STAGE_AUTH);
	talk_end(&talk);
}

static const struct login cisco = {
	WITH(.username = "cisco", .password = "s3cret")};

#define REFUSED                                                                \
	"user cisco: the terminal's login refused the user or the password"

/* One try: a second might lock the user out. */
static void test_a_password_is_tried_once(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("\r\nUsername: "),
		EXPECT("cisco\r"),
		DELIVER("cisco\r\nPassword: "),
		EXPECT("s3cret\r"),
		DELIVER("\r\n% Login invalid\r\n\r\nUsername: "),
		END};
	static const struct script_step again[] = {
		DELIVER("\r\nPassword: "), EXPECT("s3cret\r"),
		DELIVER("\r\nPassword: "), END};
	static const struct script_step name[] = {
		DELIVER("\r\nUsername: "), EXPECT("cisco\r"),
		DELIVER("cisco\r\nUsername: "), END};
	static const struct script_step closed[] = {
		DELIVER("\r\nPassword: "),
		EXPECT("s3cret\r"),
		DELIVER("\r\n% Bad passwords\r\n"),
		{SCRIPT_CLOSE, NULL, 0, 0},
		END};

	(void)state;
	login_fails(steps, cisco, REFUSED ": it said \"% Login invalid\"");
	login_fails(again, cisco, REFUSED);
	login_fails(closed, cisco, REFUSED ": it said \"% Bad passwords\"");
	login_fails(name, cisco, REFUSED);
}

static void test_what_is_not_known_is_not_said(void **state)
{
	static const struct script_step name[] = {DELIVER("\r\nlogin: "), END};
	static const struct script_step word[] = {DELIVER("\r\nPassword: "),
						  END};

	(void)state;
	login_fails(name, (struct login){WITH(.password = "x")},
		    "the terminal asks for a username, and none is given");
	login_fails(word, (struct login){WITH(.username = "cisco")},
		    "the terminal asks for a password, and none is given");
}

/* Told, and never answered. */
static void test_a_new_password_is_never_given(void **state)
{
	static const char *const asked[] = {
		"\r\nNew password: ",
		"\r\nOld password: ",
		"\r\nEnter new password:",
		"\r\n(current) UNIX password: ",
		"\r\nCurrent password: ",
		("\r\nWarning: The initial password poses security risks.\r\n"
		 "The password needs to be changed. Change now? [Y/N]:"),
		"\r\nYour password has expired. Press any key: ",
		"\r\nYou must change your password now. Continue? ",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(asked); i++) {
		const struct script_step steps[] = {
			{SCRIPT_DELIVER, asked[i], strlen(asked[i]), 0}, END};

		unit_where(asked[i]);
		login_fails(steps, cisco, "the device demands a new password");
	}
}

/* It is shown, and not answered: no one knows what an empty line would do. */
static void test_a_question_that_nobody_knows_is_left_alone(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("\r\nUnsaved changes. Reboot now? [Y/N]: "), END};
	struct login login = cisco;
	struct talk talk;

	(void)state;
	talk_begin(&talk, "cisco_ios", steps, plain);
	assert_int_equal(
		cli_find_prompt(talk.cli, &login, patience(&talk), &talk.err),
		-1);
	assert_int_equal(talk.err.code, NF_NO_PROMPT);
	assert_non_null(strstr(talk.err.message, "Reboot now? [Y/N]: "));
	talk_end(&talk);
}

/* ---- where a prompt has to be proven */

struct proof {
	struct platform platform;
	struct script_step steps[12];
	const char *output;
};

static void play_proof(void *arg, struct script_manner manner)
{
	const struct proof *proof = arg;
	struct talk talk;

	talk_begin_with(&talk, &proof->platform, proof->steps, manner);
	learn(&talk, "R1#");
	command(&talk, "show file", proof->output);
	talk_end(&talk);
}

static void test_the_very_prompt_may_stand_before_a_pause(void **state)
{
	struct proof proof = {
		.platform = *talk_platform("cisco_ios"),
		.output = "one\nR1#\ntwo\n",
		.steps = {IOS_STEPS, EXPECT("show file\r"),
			  DELIVER("show file\r\none\r\nR1#"),
			  /* a pause, in which the proof is asked for */
			  EXPECT("\r"), DELIVER("\r\ntwo\r\nR1#"), EXPECT("\r"),
			  DELIVER("\r\nR1#\r\nR1#"), END}};

	(void)state;
	proof.platform.confirms = true;
	play_at_once(play_proof, &proof);
}

static void test_a_prompt_is_proven_once(void **state)
{
	struct proof proof = {.platform = *talk_platform("cisco_ios"),
			      .output = "one\n",
			      .steps = {IOS_STEPS, EXPECT("show file\r"),
					DELIVER("show file\r\none\r\nR1#"),
					EXPECT("\r"), DELIVER("\r\nR1#"), END}};

	(void)state;
	proof.platform.confirms = true;
	play_in_every_manner(play_proof, &proof, proof.steps);
}

/* Its last word may be the end of a long answer as well. */
static void test_a_long_answer_is_whole_when_the_device_hangs_up(void **state)
{
	static char text[40001];
	const struct script_step steps[] = {
		IOS_STEPS,
		EXPECT("show file\r"),
		DELIVER("show file\r\n"),
		{SCRIPT_DELIVER, text, sizeof(text) - 1, 0},
		DELIVER("\r\nR1#"),
		{SCRIPT_CLOSE, NULL, 0, 0},
		END};
	struct talk talk;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	talk_open(&talk, "cisco_ios", steps, "R1#");
	assert_int_equal(run(&talk, "show file"), 0);
	assert_int_equal(talk.out.len, sizeof(text));
	assert_int_equal(run(&talk, "show file"), -1);
	assert_int_equal(talk.err.code, NF_DISCONNECTED);
	talk_end(&talk);
}

/* Whatever prompts may look like there: an empty line might mean yes. */
static void test_no_empty_line_to_a_question(void **state)
{
	static const char *const asked[] = {
		"Unknown command. Reload now? [confirm]",
		"Did you mean \"reload\"? [Y/n] ",
		"Erase all on next boot (y/n) ",
		"Choice [2] ",
	};
	static char text[100];

	(void)state;
	for (size_t i = 0; i < LENGTH(asked); i++) {
		size_t len =
			(size_t)(stpcpy(stpcpy(text, "say\r\n"), asked[i]) -
				 text);
		const struct script_step steps[] = {
			DELIVER("\r\nbox> "),           EXPECT("\n"),
			DELIVER("\r\nbox> "),           EXPECT("say\n"),
			{SCRIPT_DELIVER, text, len, 0}, END};
		struct talk talk;

		unit_where(asked[i]);
		talk_open(&talk, "generic", steps, "box> ");
		assert_int_equal(run(&talk, "say"), -1);
		assert_int_equal(talk.err.code, NF_TIMEOUT);
		talk_end(&talk);
	}
}

/* But a path in brackets may be all that a prompt ends in. */
static void test_a_prompt_with_a_path_in_brackets(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("\r\nroot@box [/tmp]"),          EXPECT("\n"),
		DELIVER("\r\nroot@box [/tmp]"),          EXPECT("say\n"),
		DELIVER("say\r\nit\r\nroot@box [/tmp]"), END};
	struct talk talk;

	(void)state;
	talk_open(&talk, "generic", steps, "root@box [/tmp]");
	command(&talk, "say", "it\n");
	talk_end(&talk);
}

/* What it says then may hold the password: that alone is not shown. */
static void test_after_a_password_what_was_expected_is_told(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("\r\nPassword: "), EXPECT("s3cret\r"),
		DELIVER("\r\nWelcome s3cret\r\n"), STEP(SCRIPT_SWALLOW), END};
	struct login login = cisco;
	struct talk talk;

	(void)state;
	talk_begin(&talk, "cisco_ios", steps, plain);
	assert_int_equal(
		cli_find_prompt(talk.cli, &login, patience(&talk), &talk.err),
		-1);
	assert_int_equal(talk.err.code, NF_NO_PROMPT);
	assert_string_equal(talk.err.message,
			    "no answer by its deadline, nor a prompt of "
			    "platform cisco_ios");
	talk_end(&talk);
}

/* "cli" where there is none: that is the command line, then. */
static void test_a_shell_is_left_once(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("\r\nroot@box% "), EXPECT("cli\n"),
		DELIVER("cli\r\ncli: Command not found.\r\nroot@box% "),
		STEP(SCRIPT_SWALLOW), END};
	struct talk talk;

	(void)state;
	talk_begin(&talk, "juniper_junos", steps, plain);
	assert_int_equal(cli_find_prompt(talk.cli, &(struct login){WITH(0)},
					 patience(&talk), &talk.err),
			 -1);
	assert_int_equal(talk.err.code, NF_NO_PROMPT);
	talk_end(&talk);
}

/* What it sent last, made safe, and what it should have sent. */
static void test_an_error_tells_what_was_expected(void **state)
{
	static const struct script_step never[] = {
		DELIVER("\r\nInsert \x1b[1mcoin\r\n: "), EXPECT("\r"),
		STEP(SCRIPT_SWALLOW), END};
	static const struct script_step half[] = {
		IOS_STEPS, EXPECT("show file\r"),
		DELIVER("show file\r\nhalf of i"), END};
	struct talk talk;

	(void)state;
	talk_begin(&talk, "cisco_ios", never, plain);
	assert_int_equal(cli_find_prompt(talk.cli, &(struct login){WITH(0)},
					 patience(&talk), &talk.err),
			 -1);
	assert_int_equal(talk.err.code, NF_NO_PROMPT);
	assert_string_equal(
		talk.err.message,
		"no prompt of platform cisco_ios by its deadline; "
		"the last it sent is \"\\r\\nInsert \\x1b[1mcoin\\r\\n: \"");
	talk_end(&talk);
	talk_open(&talk, "cisco_ios", half, "R1#");
	assert_int_equal(run(&talk, "show file"), -1);
	assert_int_equal(talk.err.code, NF_TIMEOUT);
	assert_string_equal(talk.err.message,
			    "no prompt (R1#) by its deadline; the last it sent "
			    "is \"show file\\r\\nhalf of i\"");
	talk_end(&talk);
}

/* ---- telnet */

/* Begin at the prompt of a device by telnet, or not. */
static void open_by(struct talk *talk, bool telnet,
		    const struct script_step *steps)
{
	talk_begin(talk, "cisco_ios", steps, plain);
	if (telnet)
		cli_set_telnet(talk->cli, 510);
	learn(talk, "R1#");
}

#define AT_PROMPT                                                              \
	DELIVER("\r\nR1#"), EXPECT("terminal length 0\r"),                     \
		DELIVER("terminal length 0\r\nR1#"), EXPECT("show clock\r")

static void test_no_answer_behind_a_nul_is_no_ok(void **state)
{
	static const struct script_step devices[][7] = {
		{AT_PROMPT, DELIVER("\0show clock\r\nR1#"), END},
		{AT_PROMPT, DELIVER("^@show clock\r\nR1#"), END},
		{AT_PROMPT, DELIVER("\0"),
		 DELIVER_AFTER(100, "show clock\r\r\nR1#"), END},
	};
	struct talk talk;

	(void)state;
	for (size_t i = 0; i < LENGTH(devices); i++) {
		open_by(&talk, true, devices[i]);
		assert_int_equal(run(&talk, "show clock"), -1);
		assert_int_equal(talk.err.code, NF_PROTOCOL);
		assert_non_null(strstr(talk.err.message, "enter: \"\\r\\n\""));
		talk_end(&talk);
	}
}

/* By telnet one that has an answer; by SSH, where no NUL is sent, any. */
static void test_a_nul_before_an_echo_may_be_padding(void **state)
{
	static const struct script_step answer[] = {
		AT_PROMPT, DELIVER("\0show clock\r\n12:26:18\r\nR1#"), END};
	static const struct script_step none[] = {
		AT_PROMPT, DELIVER("\0show clock\r\nR1#"), END};
	static const struct script_step later[] = {
		AT_PROMPT, DELIVER("show clock\r\n\0R1#\0"), END};
	struct talk talk;

	(void)state;
	open_by(&talk, true, answer);
	command(&talk, "show clock", "12:26:18\n");
	talk_end(&talk);
	open_by(&talk, false, none);
	command(&talk, "show clock", "");
	talk_end(&talk);
	open_by(&talk, true, later);
	command(&talk, "show clock", "");
	talk_end(&talk);
}

static void test_ssh_on_the_way_of_telnet_is_named_at_once(void **state)
{
	static const struct {
		const char *said, *version;
	} servers[] = {
		{"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", "SSH-2.0-OpenSSH_9.2p1"},
		{"SSH-1.99-Cisco-1.25\n", "SSH-1.99-Cisco-1.25"},
		{"SSH-2.0-ROSSSH\r\n", "SSH-2.0-ROSSSH"},
		{"SSH-1.5-1.2.27\n", "SSH-1.5-1.2.27"},
		{"SSH-2.0-dropbear\r\n\x01\x02\x03\x04\n\x14>",
		 "SSH-2.0-dropbear"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(servers); i++) {
		const char *said = servers[i].said;
		const struct script_step steps[] = {
			{SCRIPT_DELIVER, said, strlen(said), 0}, END};
		struct login login = cisco;
		struct talk talk;

		talk_begin(&talk, "cisco_ios", steps, plain);
		assert_int_equal(cli_find_prompt(talk.cli, &login,
						 patience(&talk), &talk.err),
				 -1);
		assert_int_equal(talk.err.code, NF_PROTOCOL);
		assert_non_null(strstr(talk.err.message, servers[i].version));
		assert_non_null(strstr(talk.err.message, "cisco_ios without"));
		assert_in_range(talk.script.nwaits, 0, 2);
		talk_end(&talk);
	}
}

/* Nor a word of SSH in the lines of a device, nor a terminal behind SSH. */
static void test_a_banner_about_ssh_is_no_server_of_it(void **state)
{
	static const struct {
		const char *said;
		bool by_ssh;
	} banners[] = {
		{"SSH-2.0 is the way in from May on\r\nR1#", false},
		{"SSH- and telnet\r\nR1#", false},
		{"\r\nSSH-2.0-OpenSSH_9.2p1\r\nR1#", false},
		{"SSH-2.0-OpenSSH_9.2p1\r\nR1#", true},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(banners); i++) {
		const char *said = banners[i].said;
		const struct script_step steps[] = {
			{SCRIPT_DELIVER, said, strlen(said), 0},
			EXPECT("terminal length 0\r"),
			DELIVER("terminal length 0\r\nR1#"),
			END};
		struct login login = {.credentials = cisco.credentials,
				      .needs_pause = banners[i].by_ssh};
		struct talk talk;

		talk_begin(&talk, "cisco_ios", steps, plain);
		assert_int_equal(cli_find_prompt(talk.cli, &login,
						 patience(&talk), &talk.err),
				 0);
		talk_end(&talk);
	}
}

/* Its line ends where the device was told that it does. */
static void test_a_line_wraps_at_the_width_that_telnet_told(void **state)
{
	static char wide[510];
	const struct script_step steps[] = {
		AT_PROMPT,
		DELIVER("show clock\r\n"),
		{SCRIPT_DELIVER, wide, sizeof(wide), 0},
		DELIVER("x\rR1#"),
		END};
	struct talk talk;

	(void)state;
	memset(wide, '.', sizeof(wide));
	open_by(&talk, true, steps);
	assert_int_equal(run(&talk, "show clock"), 0);
	assert_int_equal(talk.out.len, sizeof(wide));
	assert_memory_equal(talk.out.data, wide, sizeof(wide));
	talk_end(&talk);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_long_answer_is_whole_when_the_device_hangs_up),
	cmocka_unit_test(test_no_empty_line_to_a_question),
	cmocka_unit_test(test_a_prompt_with_a_path_in_brackets),
	cmocka_unit_test(test_after_a_password_what_was_expected_is_told),
	cmocka_unit_test(test_a_shell_is_left_once),
	cmocka_unit_test(test_an_error_tells_what_was_expected),
	cmocka_unit_test(test_habit_colour_and_titles),
	cmocka_unit_test(test_habit_cursor_movement),
	cmocka_unit_test(test_habit_cr_cr_lf),
	cmocka_unit_test(test_habit_nul_bytes),
	cmocka_unit_test(test_habit_an_unfinished_line_in_zsh),
	cmocka_unit_test(test_habit_one_character_without_newline_in_zsh),
	cmocka_unit_test(test_habit_a_last_line_of_one_character_in_zsh),
	cmocka_unit_test(test_habit_an_answer_like_the_mark_of_zsh),
	cmocka_unit_test(test_habit_a_full_row_without_newline_in_zsh),
	cmocka_unit_test(test_habit_a_shell_that_paints_its_line_anew),
	cmocka_unit_test(test_habit_one_character_without_newline_in_fish),
	cmocka_unit_test(test_habit_a_short_prompt_in_fish),
	cmocka_unit_test(test_habit_a_full_row_without_newline_in_fish),
	cmocka_unit_test(test_habit_a_pilcrow_sign_for_a_mark),
	cmocka_unit_test(test_habit_an_answer_that_ends_in_a_mark),
	cmocka_unit_test(test_habit_a_terminal_that_is_measured),
	cmocka_unit_test(test_habit_echo_wrapped_at_80_columns),
	cmocka_unit_test(test_habit_no_echo),
	cmocka_unit_test(test_habit_prompts_in_a_configuration),
	cmocka_unit_test(test_habit_prompts_of_other_devices),
	cmocka_unit_test(test_habit_a_log_message_behind_the_prompt),
	cmocka_unit_test(test_habit_a_log_message_across_the_prompt),
	cmocka_unit_test(test_habit_a_log_message_before_the_echo),
	cmocka_unit_test(test_habit_a_prompt_with_blanks_and_brackets),
	cmocka_unit_test(test_habit_an_answer_of_no_bytes),
	cmocka_unit_test(test_habit_an_unknown_command),
	cmocka_unit_test(test_habit_a_command_that_asks_to_confirm),
	cmocka_unit_test(test_habit_a_question_with_a_reply),
	cmocka_unit_test(test_habit_a_question_for_one_key),
	cmocka_unit_test(test_habit_a_question_for_one_key_that_is_not_shown),
	cmocka_unit_test(test_habit_a_control_key_ends_what_asks_for_it),
	cmocka_unit_test(test_habit_a_login_in_the_terminal),
	cmocka_unit_test(test_habit_a_password_alone),
	cmocka_unit_test(test_habit_a_unix_login),
	cmocka_unit_test(test_habit_enable_that_asks_for_a_name),
	cmocka_unit_test(test_habit_a_login_again_behind_ssh),
	cmocka_unit_test(test_habit_a_banner_that_asks_nothing),
	cmocka_unit_test(test_a_password_is_tried_once),
	cmocka_unit_test(test_what_is_not_known_is_not_said),
	cmocka_unit_test(test_a_new_password_is_never_given),
	cmocka_unit_test(test_a_question_that_nobody_knows_is_left_alone),
	cmocka_unit_test(test_the_very_prompt_may_stand_before_a_pause),
	cmocka_unit_test(test_a_prompt_is_proven_once),
	cmocka_unit_test(test_no_answer_behind_a_nul_is_no_ok),
	cmocka_unit_test(test_a_nul_before_an_echo_may_be_padding),
	cmocka_unit_test(test_ssh_on_the_way_of_telnet_is_named_at_once),
	cmocka_unit_test(test_a_banner_about_ssh_is_no_server_of_it),
	cmocka_unit_test(test_a_line_wraps_at_the_width_that_telnet_told),
};

UNIT_MAIN(tests)
