/*
 * lib/dialogue/login.c, login_text.c: logins in the terminal, in a dialogue
 * (lib/dialogue/cli.c) with a device that follows a script.
 */
#include "dialogue/login.h"

#include <errno.h>
#include <string.h>

#include "platform/login/login_patterns.h"
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

#define REFUSED                                                                \
	"user netops: the terminal's login refused the user or the password"

static const struct login netops = {
	WITH(.username = "netops", .password = "Wolke-7")};

/* Log in as the steps have it: 0, or -1 with talk->err. */
static int log_in(struct talk *talk, const struct script_step *steps,
		  struct script_manner manner)
{
	struct login login = netops;

	talk_begin(talk, "cisco_ios", steps, manner);
	return cli_find_prompt(talk->cli, &login, patience(talk), &talk->err);
}

static void succeeds(void *arg, struct script_manner manner)
{
	struct talk talk;

	if (log_in(&talk, arg, manner) == -1)
		fail_msg("%s", talk.err.message);
	assert_prompt(&talk, "R1#");
	talk_end(&talk);
}

static void fails(const struct script_step *steps, const char *message)
{
	struct talk talk;

	assert_int_equal(log_in(&talk, steps, plain), -1);
	if (strncmp(talk.err.message, message, strlen(message)) != 0)
		fail_msg("%s", talk.err.message);
	assert_int_equal(talk.err.code, NF_AUTH_FAILED);
	talk_end(&talk);
}

/* Refused: it counts for those who have the same password. */
static void is_refused(const struct script_step *steps)
{
	struct talk talk;

	fails(steps, REFUSED);
	(void)log_in(&talk, steps, plain);
	assert_int_equal(talk.err.sys_errno, EACCES);
	talk_end(&talk);
}

/* Written as the device has them, in every manner of coming. */
#define SUCCEEDS(...)                                                          \
	do {                                                                   \
		struct script_step steps[] = {__VA_ARGS__, END};               \
                                                                               \
		(void)state;                                                   \
		unit_where(__func__);                                          \
		play_in_every_manner(succeeds, steps, steps);                  \
	} while (0)

#define FIRST(question)                                                        \
	DELIVER("\r\nConsole 7\r\n\r\n" question), EXPECT("netops\r"),         \
		DELIVER("netops\r\nPassword: "), EXPECT("Wolke-7\r")
#define SECOND                                                                 \
	EXPECT("netops\r"), DELIVER("netops\r\nPassword: "),                   \
		EXPECT("Wolke-7\r"), AT_PROMPT
#define AT_PROMPT                                                              \
	DELIVER("\r\nR1#"), EXPECT("terminal length 0\r"),                     \
		DELIVER("terminal length 0\r\nR1#")

/* ---- a device behind a console server */

static void test_login_is_begun_again_behind_a_console_server(void **state)
{
	SUCCEEDS(FIRST("cs7 login: "),
		 DELIVER("\r\nConnected to port 3 (R1)\r\n\r\n\r\n"
			 "User Access Verification\r\n\r\nUsername: "),
		 SECOND);
}

/* A menu of a Unix host, which runs telnet; both ask in the same words. */
static void test_login_is_begun_again_behind_telnet_of_a_host(void **state)
{
	SUCCEEDS(FIRST("con1 login: "),
		 DELIVER("\r\nLast login: Mon Jan  5 09:00:00 from x\r\n"
			 "Trying 192.0.2.5...\r\nConnected to con2.\r\n"
			 "Escape character is '^]'.\r\n\r\ncon2 login: "),
		 SECOND);
}

static void test_login_is_begun_again_behind_a_reverse_telnet(void **state)
{
	SUCCEEDS(FIRST("Username: "),
		 DELIVER("\r\nTrying 192.0.2.9, 2003 ... Open\r\n\r\n"
			 "Unknown users are refused.\r\n\r\nUsername: "),
		 SECOND);
}

/* No word of success, but the banner of another device, and its question. */
static void test_login_is_begun_again_behind_another_banner(void **state)
{
	SUCCEEDS(FIRST("login: "),
		 DELIVER("\r\n*** Core of Sydney ***\r\nAuthorised use only."
			 "\r\n\r\nUser Name:"),
		 SECOND);
}

static void test_login_is_begun_again_with_the_password_alone(void **state)
{
	SUCCEEDS(FIRST("login: "),
		 DELIVER("\r\nConnected to line 12\r\n\r\nPassword: "),
		 EXPECT("Wolke-7\r"), AT_PROMPT);
}

/* ---- a refused password is not typed again */

static void test_login_tells_a_refusal_from_a_second_login(void **state)
{
	static const char *const behind[] = {
		"\r\nlogin: ",
		"\r\n\r\n\r\nUsername: ",
		"\r\nPassword: ",
		"\r\nLogin incorrect\r\nlogin: ",
		"\r\nLogin incorrect\r\nUsername: ",
		"\r\n% Login invalid\r\n\r\nUsername: ",
		"\r\n% Authentication failed\r\n\r\nUsername: ",
		"\r\n% Bad passwords\r\nUsername: ",
		"\r\nAccess denied\r\nUsername: ",
		"\r\nAccess denied. Username: ",
		"\r\nInvalid credentials\r\n\r\nsw2 login: ",
		"\r\nYour account is locked.\r\nUsername: ",
		"\r\nPlease try again.\r\nUsername: ",
		"\r\nTACACS server timed out\r\nLocal login: ",
		"\r\nFalsches Kennwort\r\nBenutzer: ",
		"\r\nMot de passe erron\xc3\xa9\r\nUtilisateur : ",
		"\r\nAcceso denegado\r\nUsuario: ",
		"\r\n\xe5\xaf\x86\xe7\xa0\x81\xe9\x94\x99\xe8\xaf\xaf\r\n"
		"Username: ",
		/* Words that no list has, and the same question. */
		"\r\nNavs nekas\r\nlogin: ",
		"\r\nNavs nekas\r\nLOGIN:",
		"\r\n*Mar  1 00:01: %LINK-3-UPDOWN: Gi1 is up\r\nlogin: ",
		/* The banner anew, and what was typed. */
		"\r\nConsole 7\r\n\r\nUsername: ",
		"\r\nConsole 8\r\n--------\r\n\r\nUsername: ",
		"\r\nWolke-7\r\nUsername: ",
		"*******\r\n\r\nUsername: ",
		/* What is no success of this user. */
		"\r\nConnected to RADIUS server 192.0.2.1\r\nlogin: ",
		"\r\nLogin incorrect\r\nWelcome to Acme\r\nUsername: ",
		"\r\nCore of Sydney\r\nLogin incorrect\r\nUsername: ",
		/* Another secret than the password. */
		"\r\nA second factor is needed.\r\nEnter PASSCODE: ",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(behind); i++) {
		const struct script_step steps[] = {FIRST("login: "),
						    SAY(behind[i]), END};

		unit_where(behind[i]);
		is_refused(steps);
	}
}

/* One that has no word for the user did not ask in other words. */
static void
test_login_of_a_line_is_refused_by_a_question_for_a_user(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("\r\nPassword: "), EXPECT("Wolke-7\r"),
		DELIVER("\r\nCore of Sydney\r\nUsername: "), END};

	(void)state;
	is_refused(steps);
}

static void test_login_is_begun_twice_at_most(void **state)
{
	static const struct script_step steps[] = {
		FIRST("login: "),
		DELIVER("\r\nConnected to R1\r\nUsername: "),
		EXPECT("netops\r"),
		DELIVER("netops\r\nPassword: "),
		EXPECT("Wolke-7\r"),
		DELIVER("\r\nConnected to R2\r\nUser Name: "),
		END};

	(void)state;
	is_refused(steps);
}

static void test_login_of_the_second_device_may_be_refused(void **state)
{
	static const struct script_step asked[] = {
		FIRST("login: "),
		DELIVER("\r\nConnected to R1\r\nUsername: "),
		EXPECT("netops\r"),
		DELIVER("netops\r\nPassword: "),
		EXPECT("Wolke-7\r"),
		DELIVER("\r\n% Login invalid\r\n\r\nUsername: "),
		END};
	static const struct script_step closed[] = {
		FIRST("login: "),
		DELIVER("\r\nConnected to R1\r\nPassword: "),
		EXPECT("Wolke-7\r"),
		DELIVER("\r\n"),
		STEP(SCRIPT_CLOSE),
		END};

	(void)state;
	is_refused(asked);
	is_refused(closed);
}

/* ---- words of AAA servers and languages */

static void test_login_knows_questions_in_other_words(void **state)
{
	static const struct {
		const char *name, *password;
	} questions[] = {
		{"Username(HAD): ", "Password(HAD): "},
		{"AD Username:", "AD Password:"},
		{"Account:", "Password:"},
		{"Please Enter Login Name:", "Please Enter Password:"},
		{"Enter user ID : ", "Passcode: "},
		{"Login (RADIUS): ", "Password (RADIUS): "},
		{"Benutzername:", "Kennwort:"},
		{"Bitte Benutzer: ", "Passwort: "},
		{"Nom d'utilisateur : ", "Mot de passe : "},
		{"Identifiant :", "Mot de passe :"},
		{"Usuario:", "Contrase\xc3\xb1"
			     "a:"},
		{"Nombre de usuario: ", "Contrase\xf1"
					"a: "},
		{"Usu\xc3\xa1rio: ", "Senha: "},
		{"Nome utente:", "Password:"},
		{"Gebruikersnaam: ", "Wachtwoord: "},
		{"Anv\xc3\xa4ndarnamn: ", "L\xc3\xb6senord: "},
		{"用户名:", "密码:"},
		{"请输入用户名：", "请输入密码："},
		{"使用者名稱: ", "密碼: "},
		{"ユーザー名: ", "パスワード: "},
		{"사용자 이름: ", "비밀번호: "},
		{"Имя пользователя: ", "Пароль: "},
		{"Enter username> ", "Enter password> "},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(questions); i++) {
		struct script_step steps[] = {SAY(questions[i].name),
					      EXPECT("netops\r"),
					      SAY(questions[i].password),
					      EXPECT("Wolke-7\r"),
					      AT_PROMPT,
					      END};

		unit_where(questions[i].name);
		succeeds(steps, plain);
	}
}

static void test_login_gives_no_new_password_in_other_words(void **state)
{
	static const char *const asked[] = {
		"\r\nNeues Kennwort:",
		"\r\nAltes Passwort: ",
		"\r\nNouveau mot de passe : ",
		"\r\nNueva contrase\xc3\xb1"
		"a: ",
		"\r\nNova senha: ",
		"\r\n请输入新密码:",
		"\r\nНовый пароль: ",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(asked); i++) {
		const struct script_step steps[] = {SAY(asked[i]), END};

		unit_where(asked[i]);
		fails(steps, "the device demands a new password");
	}
}

/* No user is made up who was not there. */
static void test_login_answers_no_setup(void **state)
{
	static const char *const asked[] = {
		"\r\nEnter root-system username: ", "\r\nEnter new username: ",
		"\r\nCreate new login: "};
	struct talk talk;

	(void)state;
	for (size_t i = 0; i < LENGTH(asked); i++) {
		const struct script_step steps[] = {SAY(asked[i]),
						    STEP(SCRIPT_SWALLOW), END};

		unit_where(asked[i]);
		assert_int_equal(log_in(&talk, steps, plain), -1);
		assert_int_equal(talk.err.code, NF_NO_PROMPT);
		talk_end(&talk);
	}
}

/* They count when a pause follows, and not where the line goes on. */
static void test_login_lets_a_banner_with_such_words_scroll_on(void **state)
{
	SUCCEEDS(DELIVER("\r\nKennwort: siehe Aushang\r\nUsuario: netops\r\n"
			 "Mot de passe : celui de la semaine\r\n"
			 "用户名：netops\r\nEnter username> and press Return"
			 "\r\n"),
		 AT_PROMPT);
}

/* ---- answers of the user and the platform */

/* Log in with the answers of a user, or NULL. */
static int log_in_with(struct talk *talk, const char *platform,
		       const char *answers, const struct script_step *steps,
		       struct script_manner manner)
{
	struct login login = netops;

	talk_begin(talk, platform, steps, manner);
	if (answers != NULL)
		assert_int_equal(patterns_add_login_answers(
					 talk->patterns, answers, &talk->err),
				 0);
	return cli_find_prompt(talk->cli, &login, patience(talk), &talk->err);
}

struct statement {
	const char *answers;
	struct script_step steps[10];
};

static void accepts(void *arg, struct script_manner manner)
{
	const struct statement *statement = arg;
	struct talk talk;

	unit_where(statement->answers);
	if (log_in_with(&talk, "cisco_ios", statement->answers,
			statement->steps, manner) == -1)
		fail_msg("%s", talk.err.message);
	assert_prompt(&talk, "R1#");
	talk_end(&talk);
}

static void test_login_accepts_a_statement_for_the_user(void **state)
{
	static struct statement statements[] = {
		{"^I agree \\(yes/no\\) ?: ?$=yes",
		 {DELIVER("\r\nAuthorised use only.\r\nI agree (yes/no) : "),
		  EXPECT("yes\r"), DELIVER("yes\r\n"), AT_PROMPT, END}},
		{"\n  to go on: ?$=I agree\n\n",
		 {DELIVER("\r\nType \"I agree\" to go on: "),
		  EXPECT("I agree\r"), DELIVER("I agree\r\n"), AT_PROMPT, END}},
		{"Press Y to accept=Y\r\nnothing=no",
		 {DELIVER("\r\nPress Y to accept, N to leave "), EXPECT("Y\r"),
		  DELIVER("Y\r\n"), AT_PROMPT, END}},
		/* What has no yes or no, and an answer of nothing. */
		{"^Domain: $=CORP\n^Realm=",
		 {DELIVER("\r\nDomain: "), EXPECT("CORP\r"),
		  DELIVER("CORP\r\nRealm [none]: "), EXPECT("\r"),
		  DELIVER("\r\n"), AT_PROMPT, END}},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(statements); i++)
		play_in_every_manner(accepts, &statements[i],
				     statements[i].steps);
}

/* The first answer that matches counts, before an offer that the platform
 * declines. */
static void test_login_takes_the_answer_of_the_user_before_others(void **state)
{
	static struct statement statement = {
		"configuration dialog=yes\ndialog=no",
		{DELIVER("\r\nWould you like to enter the initial "
			 "configuration dialog? [yes/no]: "),
		 EXPECT("yes\r"), DELIVER("yes\r\n"), AT_PROMPT, END}};

	(void)state;
	accepts(&statement, plain);
}

/* A banner may hold its words: the answer waits for a pause. */
static void test_login_answers_no_statement_that_scrolls_on(void **state)
{
	static struct statement statement = {
		"yes/no=yes",
		{DELIVER("\r\nYou will be asked (yes/no) : no more.\r\n"
			 "Not (yes/no)\r\n"),
		 AT_PROMPT, END}};

	(void)state;
	play_in_every_manner(accepts, &statement, statement.steps);
}

static void test_login_answers_who_asks_on_and_on_eight_times(void **state)
{
#define AGAIN DELIVER("No.\r\nAccept? "), EXPECT("y\r")
	static const struct script_step steps[] = {
		AGAIN, AGAIN, AGAIN,
		AGAIN, AGAIN, AGAIN,
		AGAIN, AGAIN, DELIVER("No.\r\nAccept? "),
		END};
	struct talk talk;

	(void)state;
	assert_int_equal(
		log_in_with(&talk, "cisco_ios", "Accept\\? $=y", steps, plain),
		-1);
	assert_int_equal(talk.err.code, NF_NO_PROMPT);
	talk_end(&talk);
}

/* Neither by this platform, nor by this user: told as soon as it waits. */
static void test_login_accepts_nothing_by_itself(void **state)
{
	static const char *const asked[] = {
		"\r\nDo you accept and acknowledge the statement above ? "
		"(yes/no) : ",
		"\r\nHave you read and do you acknowledge the above "
		"statement? [y/n]: ",
		"\r\nI agree [yes/no]: "};
	struct talk talk;

	(void)state;
	for (size_t i = 0; i < LENGTH(asked); i++) {
		const struct script_step steps[] = {SAY(asked[i]), END};

		unit_where(asked[i]);
		assert_int_equal(
			log_in_with(&talk, "cisco_ios", "x=yes", steps, plain),
			-1);
		assert_int_equal(talk.err.code, NF_NO_PROMPT);
		assert_int_equal(talk.err.sys_errno, ENOMSG);
		assert_non_null(strstr(talk.err.message, asked[i] + 12));
		assert_in_range(talk.script.now_ms - talk.script.step_ms, 0,
				4000);
		talk_end(&talk);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_login_accepts_a_statement_for_the_user),
	cmocka_unit_test(test_login_accepts_nothing_by_itself),
	cmocka_unit_test(test_login_answers_no_statement_that_scrolls_on),
	cmocka_unit_test(test_login_answers_who_asks_on_and_on_eight_times),
	cmocka_unit_test(test_login_takes_the_answer_of_the_user_before_others),
	cmocka_unit_test(test_login_answers_no_setup),
	cmocka_unit_test(test_login_gives_no_new_password_in_other_words),
	cmocka_unit_test(test_login_is_begun_again_behind_a_console_server),
	cmocka_unit_test(test_login_is_begun_again_behind_a_reverse_telnet),
	cmocka_unit_test(test_login_is_begun_again_behind_another_banner),
	cmocka_unit_test(test_login_is_begun_again_behind_telnet_of_a_host),
	cmocka_unit_test(test_login_is_begun_again_with_the_password_alone),
	cmocka_unit_test(test_login_is_begun_twice_at_most),
	cmocka_unit_test(test_login_knows_questions_in_other_words),
	cmocka_unit_test(test_login_lets_a_banner_with_such_words_scroll_on),
	cmocka_unit_test(
		test_login_of_a_line_is_refused_by_a_question_for_a_user),
	cmocka_unit_test(test_login_of_the_second_device_may_be_refused),
	cmocka_unit_test(test_login_tells_a_refusal_from_a_second_login),
};

UNIT_MAIN(tests)
