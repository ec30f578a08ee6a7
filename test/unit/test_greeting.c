/* lib/transport/ssh/greeting.c */
#include "transport/ssh/greeting.h"

#include <string.h>

#include "transport/ssh/kexinit.h"
#include "unit/unit.h"

struct example {
	const char *bytes;
	size_t len;
	const char *message;
};

#define SAYS(bytes, message)                                                   \
	{                                                                      \
		bytes, sizeof(bytes) - 1, message                              \
	}

#define ECHO "SSH-2.0-libssh2_1.10.0\r\n"

static const struct example others[] = {
	SAYS("HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n",
	     "it speaks HTTP, not SSH: it said \"HTTP/1.1 400 Bad Request\""),
	SAYS("<!DOCTYPE HTML>\n<p>Error", "HTTP, not SSH"),
	SAYS("\n<html>\r\n<head>", "HTTP, not SSH"),
	SAYS("220 mail.example.net ESMTP\033[2J\r\n",
	     "FTP, SMTP or the like, not SSH: it said \"220 mail.example.net "
	     "ESMTP\\x1b[2J\""),
	SAYS("220-Welcome\r\n220 ready\r\n", "\"220-Welcome\""),
	SAYS("554 no\r\n", "\"554 no\""),
	SAYS("+OK Dovecot ready.\r\n", "POP3"),
	SAYS("* OK [CAPABILITY IMAP4rev1] ready\r\n", "IMAP"),
	SAYS("-ERR unknown command `SSH-2.0-libssh2_1.10.0`\r\n", "Redis"),
	SAYS("RFB 003.008\n", "VNC"),
	SAYS("@RSYNCD: 31.0\n", "rsync"),
	SAYS("AMQP\0\0\011\001", "AMQP"),
	SAYS("\x15\x03\x01\0\2\2\x46", "TLS"),
	SAYS("J\0\0\0\x0a"
	     "8.0.36\0",
	     "something binary"),
	SAYS(ECHO, "echo, not SSH: it said \"SSH-2.0-libssh2_1.10.0\""),
};

static const struct example telnets[] = {
	SAYS("\xff\xfd\x18\xff\xfd\x20", "it speaks telnet, not SSH"),
	SAYS("\xff\xfb\x01\xff\xfb\x03\r\n\r\nUser Access Verification\r\n\r\n"
	     "Username: ",
	     "it asks \"Username: \""),
	SAYS("\r\nUsername:", "it asks \"Username:\""),
	SAYS("Debian GNU/Linux 12\r\nbox login: \xff\xfd\x18", "telnet"),
	SAYS("\xff\xfd\x18login: ", "it asks \"login: \""),
	SAYS("R1\033[31m>", "it asks \"R1\\x1b[31m>\""),
	SAYS("\r\n<HUAWEI>", "it asks \"<HUAWEI>\""),
	SAYS("Save? [Y/N]", "it asks \"Save? [Y/N]\""),
	SAYS(ECHO "Password: ", "it asks \"Password: \""),
	SAYS("Username: " ECHO "Password: ", "it asks \"Password: \""),
};

/* May be what an SSH server says first. */
static const struct example open_still[] = {
	SAYS("", ""),
	SAYS("Welcome\r\n", ""),
	SAYS("Authorized access only:\r\n", ""),
	SAYS("\r\n*** OK to log in ***\r\n\r\n", ""),
	SAYS("2026-11-29 maintenance\r\n", ""),
	SAYS("22 users are logged in\r\n", ""),
	SAYS("Caf\xc3\xa9 \xe2\x80\xa6\r\n", ""),
	SAYS("half a li", ""),
	SAYS("SSH-2.0-OpenSSH_9.2", ""),
	SAYS("hello\r\nSSH-2.0-a:", ""),
	SAYS("S", ""),
	SAYS("\xff\xff\xa4\xf0", ""),
};

static void explains(const struct example *example, int sys_errno)
{
	const uint8_t *bytes = (const uint8_t *)example->bytes;
	struct nf_error err = {0};

	unit_where(example->message);
	assert_true(greeting_is_foreign(bytes, example->len));
	assert_int_equal(greeting_explain(bytes, example->len, &err), -1);
	assert_int_equal(err.code, NF_PROTOCOL);
	assert_int_equal(err.sys_errno, sys_errno);
	if (strstr(err.message, example->message) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", err.message, example->message);
	for (const char *c = err.message; *c != '\0'; c++)
		assert_in_range(*c, 0x20, 0x7e);
}

static void test_greeting_names_other_protocols(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(others); i++)
		explains(&others[i], 0);
}

static void
test_greeting_knows_telnet_by_its_bytes_or_its_question(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(telnets); i++)
		explains(&telnets[i], GREETING_TELNET);
}

static void test_greeting_lets_a_server_say_lines_before_ssh(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(open_still); i++) {
		unit_where(open_still[i].bytes);
		assert_false(greeting_is_foreign(
			(const uint8_t *)open_still[i].bytes,
			open_still[i].len));
	}
}

static void test_greeting_of_no_known_protocol_is_quoted(void **state)
{
	struct nf_error err = {0};

	(void)state;
	assert_int_equal(
		greeting_explain((const uint8_t *)"\r\nHi\a\r\nyou", 10, &err),
		-1);
	assert_string_equal(err.message, "no SSH server: it said \"Hi\\x07\"");
	assert_int_equal(greeting_explain((const uint8_t *)"", 0, &err), 0);
}

/* In memory of just that size, for ASan to see what is read. */
static void reads_no_further(const struct example *example)
{
	for (size_t len = 0; len <= example->len; len++) {
		uint8_t *bytes = test_malloc(len > 0 ? len : 1);
		struct nf_error err = {0};

		memcpy(bytes, example->bytes, len);
		(void)greeting_is_foreign(bytes, len);
		assert_int_equal(greeting_explain(bytes, len, &err),
				 len == 0 ? 0 : -1);
		assert_true(greeting_speaks_version(bytes, len) || len >= 8);
		(void)kexinit_banner((const char *)bytes, len);
		test_free(bytes);
	}
}

static void test_greeting_never_reads_past_the_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(others); i++)
		reads_no_further(&others[i]);
	for (size_t i = 0; i < LENGTH(telnets); i++)
		reads_no_further(&telnets[i]);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_greeting_names_other_protocols),
	cmocka_unit_test(
		test_greeting_knows_telnet_by_its_bytes_or_its_question),
	cmocka_unit_test(test_greeting_lets_a_server_say_lines_before_ssh),
	cmocka_unit_test(test_greeting_of_no_known_protocol_is_quoted),
	cmocka_unit_test(test_greeting_never_reads_past_the_end),
};

UNIT_MAIN(tests)
