/* lib/terminal/farewell.c */
#include "terminal/farewell.h"

#include <string.h>

#include "unit/unit.h"

static void read_text(struct farewell *farewell, const char *text, bool secret)
{
	unit_where(text);
	farewell_read(farewell, (const uint8_t *)text, strlen(text), secret);
}

/* The line that is to be quoted stands first, what came as a whole behind. */
static void check(const char *const lines[][2], size_t n,
		  enum farewell_kind kind)
{
	struct farewell farewell;

	for (size_t i = 0; i < n; i++) {
		read_text(&farewell, lines[i][1], true);
		assert_int_equal(farewell.kind, kind);
		assert_string_equal(farewell.said, lines[i][0]);
	}
}

static void test_farewell_tells_a_wrong_password(void **state)
{
	static const char *const lines[][2] = {
		{"Login incorrect", "\r\nLogin incorrect\r\n"},
		{"% Bad passwords", "\r\n% Bad passwords\r\n"},
		{"% Access denied", "\n% Access denied\r\n\r\nUsername: "},
		{"% Authentication failed.", "% Authentication failed.\r\n"},
		{"Error: authentication failure",
		 "Error: authentication failure"},
		{"Error: Username or password error.",
		 "Error: Username or password error.\r\n"},
		{"Error: Local authentication is rejected.",
		 "\r\nError: Local authentication is rejected.\r\n"},
		{"Maximum number of login attempts exceeded",
		 "Maximum number of login attempts exceeded\r\n"},
		/* Behind it the banner comes again. */
		{"% Login invalid",
		 "\r\n% Login invalid\r\n\r\nA session limit is in force.\r\n"},
		{"PERMISSION DENIED", "PERMISSION DENIED"},
		{"User is locked.", "\r\nUser is locked.\r\nlogin: "},
	};

	(void)state;
	check(lines, LENGTH(lines), FAREWELL_REFUSED);
}

static void test_farewell_tells_what_is_no_fault_of_a_password(void **state)
{
	static const char *const lines[][2] = {
		{"% Authorization failed.", "\r\n% Authorization failed.\r\n"},
		{"CLI session limit 32 reached. Exiting.",
		 "\r\nCLI session limit 32 reached. Exiting.\r\n"},
		{"Password required, but none set",
		 "\r\nPassword required, but none set\r\n"},
		{"Line has invalid autocommand \"shw\"",
		 "Line has invalid autocommand \"shw\"\r\n\r\n"},
		{"% Login disabled on line 2, until 'password' is set",
		 "% Login disabled on line 2, until 'password' is set\r\n"},
		{"This account is currently not available.",
		 "This account is currently not available.\r\n"},
		{"Too many users logged in. Try again.",
		 "Too many users logged in. Try again.\r\nBye\r\n"},
		{"All user interfaces are used, please try later!",
		 "\r\nAll user interfaces are used, please try later!\r\n"},
		{"Error: The number of users has reached the upper limit.",
		 "Error: The number of users has reached the upper limit.\r\n"},
		{"Access denied: authorization failed",
		 "Access denied: authorization failed"},
	};

	(void)state;
	check(lines, LENGTH(lines), FAREWELL_DENIED);
}

static void test_farewell_of_other_words_is_the_last_line(void **state)
{
	static const char *const lines[][2] = {
		{"", ""},
		{"", "\r\n \r\n"},
		{"Bye.", "Authorised users only\r\n\r\nBye.\r\n\r\n"},
		{"%SYS: session cleared", "x\r\r\n%SYS: session cleared\r\n"},
		{"half a li", "whole\r\nhalf a li"},
		{"\\x1b[2Jx", "\033[2Jx\n"},
	};
	struct farewell farewell;

	(void)state;
	for (size_t i = 0; i < LENGTH(lines); i++) {
		read_text(&farewell, lines[i][1], false);
		assert_int_equal(farewell.kind, FAREWELL_PLAIN);
		assert_string_equal(farewell.said, lines[i][0]);
	}
}

/* It may be the password's echo. */
static void
test_farewell_of_other_words_is_not_quoted_behind_a_password(void **state)
{
	struct farewell farewell;

	(void)state;
	read_text(&farewell, "you typed h u n t e r 2\r\n", true);
	assert_int_equal(farewell.kind, FAREWELL_PLAIN);
	assert_string_equal(farewell.said, "");
}

static void test_farewell_is_bounded(void **state)
{
	struct farewell farewell;
	char text[400];

	(void)state;
	memset(text, 0x80, sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	read_text(&farewell, text, false);
	assert_in_range(strlen(farewell.said), 100, FAREWELL_MAX);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_farewell_is_bounded),
	cmocka_unit_test(test_farewell_of_other_words_is_the_last_line),
	cmocka_unit_test(
		test_farewell_of_other_words_is_not_quoted_behind_a_password),
	cmocka_unit_test(test_farewell_tells_a_wrong_password),
	cmocka_unit_test(test_farewell_tells_what_is_no_fault_of_a_password),
};

UNIT_MAIN(tests)
