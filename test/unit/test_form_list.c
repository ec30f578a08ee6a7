/* Lists of hosts. */
#include <stdio.h>

#include "unit/formtext.h"
#include "unit/unit.h"

static void test_list_reads_the_form_of_ssh_and_that_of_pssh(void **state)
{
	(void)state;
	assert_form("list",
		    "# all of hall 2\n"
		    "ou@127.1.30.15:2022\n"
		    "127.1.30.16 ou\n"
		    "[2001:db8:30::1]:2022\n"
		    "h[1-2].example.net\n"
		    "127.1.30.16",
		    "note: f:6: host '127.1.30.16' is there already, in line "
		    "3: it is asked once\n"
		    "127.1.30.15: host=127.1.30.15 port=2022 username=ou ! no "
		    "type\n"
		    "127.1.30.16: host=127.1.30.16 username=ou ! no type\n"
		    "2001:db8:30::1: host=2001:db8:30::1 port=2022 ! no type\n"
		    "h1.example.net: host=h1.example.net ! no type\n"
		    "h2.example.net: host=h2.example.net ! no type\n");
}

/* A line, and what is said of it. */
static void assert_line(const char *line, const char *expected)
{
	char text[256], want[512];

	(void)snprintf(text, sizeof(text), "\xef\xbb\xbf%s\r\n", line);
	(void)snprintf(want, sizeof(want), "%s\n", expected);
	assert_form("list", text, want);
}

#define NO_TYPE " ! no type"

static void test_list_takes_a_line_apart(void **state)
{
	(void)state;
	assert_line("a", "a: host=a" NO_TYPE);
	assert_line("\t a:22 \t u  # me",
		    "a: host=a port=22 username=u" NO_TYPE);
	assert_line("a#1", "a#1: host=a#1" NO_TYPE);
	assert_line("u@x@a", "a: host=a username=u@x" NO_TYPE);
	assert_line("2001:db8::1", "2001:db8::1: host=2001:db8::1" NO_TYPE);
	assert_line("u@[2001:db8::1]", "2001:db8::1: host=2001:db8::1 "
				       "username=u" NO_TYPE);
	assert_line("a:b", "a: host=a port=b" NO_TYPE);
}

static void test_list_lines_fail_one_by_one(void **state)
{
	(void)state;
	assert_form("list",
		    "a b c\n"
		    "u@b v\n"
		    "u:pw@c\n"
		    "x[9-1]\n"
		    "\xff\n",
		    "device 1: ! f:1: the line is no host: it has more than a "
		    "host and a user: write [USER@]HOST[:PORT], one a line\n"
		    "device 2: ! f:2: the line is no host: it names a user "
		    "twice\n"
		    "device 3: ! f:3: the line is no host: it holds a "
		    "password: a list has none\n"
		    "device 4: ! f:4: device 'x[9-1]': the range [9-1] goes "
		    "backwards: write the smaller number first\n"
		    "device 5: ! f:5: the line is no host: it is no UTF-8\n");
}

static void test_list_notes_hosts_that_come_again(void **state)
{
	(void)state;
	assert_form("list", "u@a\na\na[1-2]\nu@a\nb:1\nb:2\na2\n",
		    "note: f:2: host 'a' is there already, in line 1: it is "
		    "asked once (and 2 more)\n"
		    "a: host=a username=u" NO_TYPE "\n"
		    "a1: host=a1 ! no type\n"
		    "a2: host=a2 ! no type\n"
		    "b:1: host=b port=1 ! no type\n"
		    "b:2: host=b port=2 ! no type\n");
}

static void test_list_is_refused_as_a_whole(void **state)
{
	(void)state;
	assert_form("list", "# nothing\n\n",
		    "error: f:1: the file is empty: a list has a host a "
		    "line\n");
	assert_form("list", "a[1-100000]\nb[1-100001]\n",
		    "error: f:2: ranges stand for more than 200000 hosts: "
		    "make them smaller, or give several files\n");
	assert_form_bytes("list", "a\nb\0c", 5,
			  "error: f:2: a NUL byte: the file must be UTF-8 "
			  "text\n");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_list_reads_the_form_of_ssh_and_that_of_pssh),
	cmocka_unit_test(test_list_takes_a_line_apart),
	cmocka_unit_test(test_list_lines_fail_one_by_one),
	cmocka_unit_test(test_list_notes_hosts_that_come_again),
	cmocka_unit_test(test_list_is_refused_as_a_whole),
};

UNIT_MAIN(tests)
