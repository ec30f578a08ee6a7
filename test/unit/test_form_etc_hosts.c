/* /etc/hosts. */
#include "unit/formtext.h"
#include "unit/unit.h"

#define NO_TYPE " ! no type\n"

static void test_etc_hosts_has_names_and_addresses(void **state)
{
	(void)state;
	assert_form("etc-hosts",
		    "127.0.0.1\tlocalhost\n"
		    "127.0.1.1\tstation.example.net station\n"
		    "::1 ip6-localhost ip6-loopback # me\n"
		    "fe00::0 ip6-localnet\n"
		    "ff02::1 ip6-allnodes\n"
		    "0.0.0.0 ads.example.com\r\n"
		    "\n# the switches\n"
		    "10.0.0.1  sw1.example.net sw1 core1 # hall 1\r\n"
		    "2001:db8::2 sw2",
		    "note: f: 6 entries are not for a poller of command lines, "
		    "and left out: 3 of this host itself (localhost, ...), 2 "
		    "of groups of hosts (ip6-localnet, ...), 1 of no host "
		    "(ads.example.com)\n"
		    "sw1.example.net: host=10.0.0.1 data.aliases=[\"sw1\", "
		    "\"core1\"]" NO_TYPE "sw2: "
		    "host=2001:db8::"
		    "2" NO_TYPE);
}

static void test_etc_hosts_takes_the_first_address_of_a_name(void **state)
{
	(void)state;
	assert_form("etc-hosts",
		    "10.0.0.1 a\n2001:db8::1 a\n10.0.0.2 b\n10.0.0.1 a\n",
		    "note: f:2: 'a' was there already (2 lines): the first "
		    "address of a name counts\n"
		    "a: host=10.0.0.1" NO_TYPE "b: host=10.0.0.2" NO_TYPE);
}

static void test_etc_hosts_lines_fail_one_by_one(void **state)
{
	(void)state;
	assert_form("etc-hosts", "10.0.0.1\nr1 10.0.0.2\n10.0.0.3 \xff\n",
		    "device 1: ! f:1: the line is no host: write its address "
		    "and its name\n"
		    "device 2: ! f:2: the line is no host: write its address "
		    "and its name\n"
		    "device 3: ! f:3: the line is no host: write its address "
		    "and its name\n");
}

static void test_etc_hosts_without_hosts_is_refused(void **state)
{
	(void)state;
	assert_form("etc-hosts", "127.0.0.1 localhost\n",
		    "error: f:1: no host is in it but this one itself: write "
		    "an address and a name a line\n");
	assert_form_bytes("etc-hosts", "10.0.0.1 a\0\n", 12,
			  "error: f:1: a NUL byte: the file must be UTF-8 "
			  "text\n");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_etc_hosts_has_names_and_addresses),
	cmocka_unit_test(test_etc_hosts_takes_the_first_address_of_a_name),
	cmocka_unit_test(test_etc_hosts_lines_fail_one_by_one),
	cmocka_unit_test(test_etc_hosts_without_hosts_is_refused),
};

UNIT_MAIN(tests)
