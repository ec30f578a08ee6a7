/* Reading an inventory: what is refused, in which words. */
#include "inventory/inventory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/invtext.h"
#include "unit/unit.h"

#define SHAPES                                                                 \
	"an inventory is a list of devices, or a mapping with 'devices', or "  \
	"one key (such as 'routers') that holds them"

static void test_inventory_refuses_other_shapes(void **state)
{
	static const struct refusal list[] = {
		{"", "inv.yaml:1: the file is empty: " SHAPES},
		{"# nothing\n", "inv.yaml:1: the file is empty: " SHAPES},
		{"---\n~\n", "inv.yaml:2: the file is empty: " SHAPES},
		{"[]", "inv.yaml:1: the list of devices is empty"},
		{"\nrouters: []", "inv.yaml:2: the list of devices is empty"},
		{"routers:\n", "inv.yaml:1: " SHAPES},
		{"hello", "inv.yaml:1: " SHAPES},
		{"{}", "inv.yaml:1: " SHAPES},
		{"host: a\ndevice_type: linux\n", "inv.yaml:1: " SHAPES},
		{"R1: {host: a}\n", "inv.yaml:1: " SHAPES},
		{"routers:\n" R1 "switches:\n" R1,
		 "inv.yaml:3: unknown key 'switches': a file has devices, "
		 "groups, defaults, volatile, include"},
		{"? [a]\n: " R1, "inv.yaml:1: " SHAPES},
		{R1 "-\n",
		 "inv.yaml:2: device 2: a device must be a mapping with keys "
		 "such as 'host' and 'device_type'"},
		{"- [a]\n",
		 "inv.yaml:1: device 1: a device must be a mapping with keys "
		 "such as 'host' and 'device_type'"},
	};

	(void)state;
	assert_invtext_refused(list, LENGTH(list));
}

static void test_inventory_refuses_bad_volatile_patterns(void **state)
{
	static const struct refusal list[] = {
		{"volatile: ['^a']\n", "inv.yaml:1: " SHAPES},
		{"volatile: '^a'\nrouters:\n" R1,
		 "inv.yaml:1: volatile must be a list of patterns"},
		{"volatile:\nrouters:\n" R1,
		 "inv.yaml:1: volatile must be a list of patterns"},
		{"volatile:\n- a\n- [b]\nrouters:\n" R1,
		 "inv.yaml:3: volatile: a pattern must be a text"},
		{"volatile:\n-\nrouters:\n" R1,
		 "inv.yaml:2: volatile: a pattern must be a text"},
		{"volatile: [a]\nrouters:\n" R1 "volatile: [b]\n",
		 "inv.yaml:4: volatile is given twice"},
		{"routers:\n" R1 "volatile:\n- a\n- (\n",
		 "inv.yaml:5: volatile pattern '(': missing closing "
		 "parenthesis at character 1"},
		{"volatile: ['']\nrouters:\n" R1,
		 "inv.yaml:1: volatile pattern '': it matches every line"},
	};

	(void)state;
	assert_invtext_refused(list, LENGTH(list));
}

static void test_inventory_refuses_second_document(void **state)
{
	static const struct refusal list[] = {
		{"---\n" R1 "---\n" R1,
		 "inv.yaml:3: a second document starts: an inventory is one "
		 "document"},
		{R1 "...\n---\n",
		 "inv.yaml:3: a second document starts: an inventory is one "
		 "document"},
	};

	(void)state;
	assert_invtext_refused(list, LENGTH(list));
}

static void test_inventory_tells_line_of_syntax_error(void **state)
{
	static const struct refusal list[] = {
		{R1 "- {host: a\n",
		 "inv.yaml:3: did not find expected ',' or '}' (while parsing "
		 "a flow mapping from line 2 on)"},
		{R1 "- host: a\n\tport: 22\n",
		 "inv.yaml:3: found a tab character that violates indentation "
		 "(while scanning a plain scalar from line 2 on)"},
		{"- host: a\n  password: @x\n",
		 "inv.yaml:2: found character that cannot start any token: "
		 "indent with spaces, put quotes around a value that starts "
		 "with a special character (while scanning for the next token "
		 "from line 2 on)"},
		{"- host: a\n  password: x: y\n",
		 "inv.yaml:2: mapping values are not allowed in this context: "
		 "check the indentation, put quotes around a value that "
		 "contains ': '"},
		{R1 "- host: \"\xff\"\n",
		 "inv.yaml:2: invalid leading UTF-8 octet: the file must be "
		 "UTF-8 text"},
		{R1 "# \x01\n",
		 "inv.yaml:2: control characters are not allowed: the file "
		 "must be UTF-8 text"},
	};

	(void)state;
	assert_invtext_refused(list, LENGTH(list));
}

static const struct refusal hidden[] = {
	{"- host: a\n  password: *hidden\n",
	 "inv.yaml:2: an alias ('*...') has no anchor before it: put "
	 "quotes around a value that starts with '*'"},
	{"- &a\n  host: *a\n",
	 "inv.yaml:2: an alias stands in what it stands for"},
	{"- host: a\n  <<: [b]\n",
	 "inv.yaml:2: a merge key ('<<') needs a mapping, or a list of "
	 "mappings"},
	{"- host: a\n  password: !hidden x\n",
	 "inv.yaml:2: device 'a': password has a tag: put quotes around a "
	 "value that starts with '!'"},
	{"- host: !vault x\n",
	 "inv.yaml:1: device 'x': host is a vault value: write what "
	 "ansible-vault decrypts it to"},
	{"- host: \"a\\0b\"\n",
	 "inv.yaml:1: device 'a': host contains a NUL character"},
	{"- host: a\n  \"port\\0b\": 1\n",
	 "inv.yaml:2: device 'a': a key contains a NUL character"},
	{"- host: a\n  ? [x]\n  : y\n",
	 "inv.yaml:2: device 'a': a key must be a single word"},
};

static void test_inventory_refuses_what_yaml_hides(void **state)
{
	(void)state;
	assert_invtext_refused(hidden, LENGTH(hidden));
}

static void test_inventory_refuses_nul_byte(void **state)
{
	static const char text[] = R1 "- host: a\0\n";

	(void)state;
	assert_invtext_refused_bytes(
		text, sizeof(text) - 1,
		"inv.yaml:2: a NUL byte: the file must be UTF-8 "
		"text");
}

static void test_inventory_refuses_unknown_key(void **state)
{
	static const struct refusal list[] = {
		{"- {name: a}\n- {name: b}\n"
		 "- pasword: hunter2\n  name: R3\n",
		 "inv.yaml:3: device 'R3': unknown key 'pasword': did you mean "
		 "'password'?"},
		{WITH("groups: []\n  secert: x"),
		 "inv.yaml:6: device 'R1': unknown key 'secert': did you mean "
		 "'secret'?"},
		{"defaults: {pasword: x}\ndevices:\n" R1,
		 "inv.yaml:1: defaults: unknown key 'pasword': did you mean "
		 "'password'?"},
		{"groups:\n  g: {usrname: x}\ndevices:\n" R1,
		 "inv.yaml:2: group 'g': unknown key 'usrname': did you mean "
		 "'username'?"},
	};

	(void)state;
	assert_invtext_refused(list, LENGTH(list));
}

static void test_inventory_refuses_key_given_twice(void **state)
{
	static const struct refusal list[] = {
		{WITH("port: 1\n  port: 2"),
		 "inv.yaml:6: device 'R1': key 'port' is given twice, first in "
		 "line 5"},
		{WITH("username: a\n  user: b"),
		 "inv.yaml:6: device 'R1': key 'user' is given twice, first in "
		 "line 5"},
	};

	(void)state;
	assert_invtext_refused(list, LENGTH(list));
}

static void test_inventory_refuses_value_of_wrong_kind(void **state)
{
	static const struct refusal list[] = {
		{WITH("password: [hunter2]"),
		 "inv.yaml:5: device 'R1': password must be a single value, "
		 "not a list"},
		{WITH("port: {a: b}"),
		 "inv.yaml:5: device 'R1': port must be a single value, not a "
		 "mapping"},
		{"- host:\n  - a\n  name: {}\n",
		 "inv.yaml:3: device 1: name must be a single value, not a "
		 "mapping"},
	};

	(void)state;
	assert_invtext_refused(list, LENGTH(list));
}

static void test_inventory_refuses_port_with_trailing_letters(void **state)
{
	static const struct refusal list[] = {
		{WITH("port: 22abc"),
		 "inv.yaml:5: device 'R1': port '22abc' is not a number "
		 "1-65535"},
	};

	(void)state;
	assert_invtext_refused(list, LENGTH(list));
}

static void test_inventory_refuses_odd_ports(void **state)
{
	static const char *const ports[] = {
		"010",    "-1",   "70000", "65536", "0",
		"2 2",    "22.0", "0x16",  "1e3",   "+22",
		"999999", "",     " 22",   "22 ",   "99999999999999999"};
	char text[256];
	char message[256];

	(void)state;
	for (size_t i = 0; i < LENGTH(ports); i++) {
		(void)snprintf(text, sizeof(text), WITH("port: '%s'"),
			       ports[i]);
		(void)snprintf(message, sizeof(message),
			       "inv.yaml:5: device 'R1': port '%s' is not a "
			       "number 1-65535",
			       ports[i]);
		assert_invtext_refused_bytes(text, strlen(text), message);
	}
}

static void test_inventory_refuses_unknown_device_type(void **state)
{
	static const struct refusal list[] = {
		{"- host: a\n  device_type: cisco_iso\n",
		 "inv.yaml:2: device 'a': unknown device_type 'cisco_iso': did "
		 "you mean 'cisco_ios'? (netfan platforms lists all)"},
		{"- host: a\n  device_type: nxoss\n",
		 "inv.yaml:2: device 'a': unknown device_type 'nxoss': did you "
		 "mean 'nxos'? (netfan platforms lists all)"},
		{"- host: a\n  device_type: cisco.ios.cisco_iox\n",
		 "inv.yaml:2: device 'a': unknown device_type "
		 "'cisco.ios.cisco_iox': did you mean 'cisco_ios'? (netfan "
		 "platforms lists all)"},
		{"- host: a\n  device_type: toaster_9000\n",
		 "inv.yaml:2: device 'a': unknown device_type 'toaster_9000': "
		 "netfan platforms lists all"},
		{"- host: a\n  device_type: cisco_iso_telnet\n",
		 "inv.yaml:2: device 'a': unknown device_type "
		 "'cisco_iso_telnet': did you mean 'cisco_ios'? (netfan "
		 "platforms lists all)"},
		{"- host: a\n  device_type: _telnet\n",
		 "inv.yaml:2: device 'a': unknown device_type '_telnet': "
		 "netfan platforms lists all"},
		{"- {ip: b}\n", "inv.yaml:1: device 'b': no device_type: say "
				"what it is, as in device_type: cisco_ios "
				"(netfan platforms lists all)"},
		{"\n- ip: b\n  device_type:\n",
		 "inv.yaml:2: device 'b': no device_type: say what it is, as "
		 "in device_type: cisco_ios (netfan platforms lists all)"},
	};

	(void)state;
	assert_invtext_refused_as(NF_UNKNOWN_PLATFORM, list, LENGTH(list));
}

static void test_inventory_refuses_a_transport_against_its_type(void **state)
{
	static const struct refusal list[] = {
		{"- host: a\n  device_type: linux\n  transport: smoke\n",
		 "inv.yaml:3: device 'a': transport 'smoke' is not ssh or "
		 "telnet"},
		{"- host: a\n  device_type: linux_telnet\n  transport: ssh\n",
		 "inv.yaml:3: device 'a': transport ssh contradicts "
		 "device_type 'linux_telnet'"},
	};

	(void)state;
	assert_invtext_refused(list, LENGTH(list));
}

static void test_inventory_refuses_bad_texts(void **state)
{
	static const struct refusal list[] = {
		{"- device_type: linux\n",
		 "inv.yaml:1: device 1: no address: give 'host' or 'ip'"},
		{R1 "- device_type: linux\n  name: x\n  host: ~\n",
		 "inv.yaml:2: device 'x': no address: give 'host' or 'ip'"},
		{"- device_type: linux\n  host: ''\n",
		 "inv.yaml:2: device 1: host is empty"},
		{"- device_type: linux\n  ip: '  '\n",
		 "inv.yaml:2: device '  ': ip is empty"},
		{"- device_type: linux\n  host: a b\n",
		 "inv.yaml:2: device 'a b': host contains a blank"},
		{"- device_type: linux\n  host: \"a\\x1bb\"\n",
		 "inv.yaml:2: device 'a?b': host contains a control "
		 "character"},
		{"- device_type: linux\n  host: a\n  name: \"x\\ny\"\n",
		 "inv.yaml:3: device 'x?y': name contains a control "
		 "character"},
		{"- device_type: linux\n  host: a\n  name: ''\n",
		 "inv.yaml:3: device 'a': name is empty"},
		{WITH("username: \"x\\u0085y\""),
		 "inv.yaml:5: device 'R1': username contains a control "
		 "character"},
		{WITH("login_answers: yes"),
		 "inv.yaml:5: device 'R1': login_answers: 'yes' is not "
		 "REGEX=REPLY"},
		{WITH("login_answers: |\n    a=b\n\n    =yes\n    c=d"),
		 "inv.yaml:5: device 'R1': login_answers: '=yes' is not "
		 "REGEX=REPLY"},
		{WITH("login_answers: '(yes/no=yes'"),
		 "inv.yaml:5: device 'R1': login_answers: question '(yes/no': "
		 "missing closing parenthesis at character 7"},
		{WITH("login_answers: \"a=\\x1bb\""),
		 "inv.yaml:5: device 'R1': login_answers contains a control "
		 "character"},
		{WITH("login_answers: [a=b]"),
		 "inv.yaml:5: device 'R1': login_answers must be a single "
		 "value, not a list (write one a line, behind a |)"},
		{WITH("legacy: maybe"),
		 "inv.yaml:5: device 'R1': legacy 'maybe' is not true or "
		 "false"},
		{WITH("enable: 15"),
		 "inv.yaml:5: device 'R1': enable '15' is not true or false"},
	};

	(void)state;
	assert_invtext_refused(list, LENGTH(list));
}

static void test_inventory_bounds_names(void **state)
{
	char *name = invtext_repeat("n", 256);
	struct nf_inventory *inv;
	char text[512];

	(void)state;
	(void)snprintf(text, sizeof(text),
		       "- {host: a, device_type: linux, name: %s}", name);
	assert_invtext_refused_bytes(
		text, strlen(text),
		"inv.yaml:1: device "
		"'nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
		"nnnnnnnnnnnnnnnn'"
		": name is longer than 255 bytes");
	(void)snprintf(text, sizeof(text),
		       "- {host: a, device_type: linux, name: %s}", name + 1);
	inv = invtext_parse(text);
	assert_string_equal(nf_inventory_device(inv, 0)->name, name + 1);
	nf_inventory_free(inv);
	free(name);
}

static void test_inventory_refuses_two_of_one_name(void **state)
{
	static const struct refusal list[] = {
		{R1 "- {name: R1, device_type: cisco_ios, host: 10.0.0.2}\n",
		 "inv.yaml:2: device 'R1': the name is already used "
		 "in line 1"},
		{"- host: a\n  device_type: linux\n"
		 "- host: b\n  device_type: linux\n  name: a\n",
		 "inv.yaml:5: device 'a': the name is already used in line 1"},
		{"- {host: a, device_type: linux, username: x}\n"
		 "- {host: a, device_type: linux, username: y}\n",
		 "inv.yaml:2: device 'a': no name, and its address is already "
		 "used in line 1: give each a name"},
		{"- {host: a, device_type: linux}\n"
		 "- {host: a, device_type: linux, port: 23}\n"
		 "- {host: b, device_type: linux, name: 'a:22'}\n",
		 "inv.yaml:3: device 'a:22': the name is already used in "
		 "line 1"},
	};

	(void)state;
	assert_invtext_refused(list, LENGTH(list));
}

static void test_inventory_never_tells_passwords(void **state)
{
	static const char *const texts[] = {
		WITH("password: hunter2\n  port: x"),
		WITH("password: hunter2\n  password: hunter2"),
		WITH("password: [hunter2]"),
		WITH("secret: {hunter2: hunter2}"),
		WITH("password: hunter2\n  secert: hunter2"),
		WITH("password: *hunter2"),
		WITH("password: !hunter2 x"),
		WITH("password: \"hunter2\\0\"\n  port: x"),
		WITH("password: ${hunter2}\n  port: x"),
		WITH("password: {{ hunter2 }}"),
		WITH("password: 'hunter2"),
		WITH("password: hunter2: hunter2"),
		WITH("password: hunter2\n secret: hunter2"),
		WITH("passphrase: hunter2\n  legacy: x"),
		"- {device_type: linux, host: 'u:hunter2@a'}\n",
		"- {device_type: linux, ip: 'ssh://u:hunter2@a/22'}\n",
		"- {device_type: x, host: 'u:x@hunter2@a'}\n",
		"- {device_type: linux, host: 'u:hunter2@a', prot: x}\n",
		"- {device_type: linux, host: 'u:hunter2@a', port: []}\n",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		struct nf_inventory *inv = NULL;
		struct nf_error err = {0};

		assert_int_equal(invtext_read(&inv, texts[i], strlen(texts[i]),
					      NULL, &err),
				 -1);
		if (strstr(err.message, "hunter2") != NULL)
			fail_msg("%s", err.message);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_inventory_refuses_other_shapes),
	cmocka_unit_test(test_inventory_refuses_bad_volatile_patterns),
	cmocka_unit_test(test_inventory_refuses_second_document),
	cmocka_unit_test(test_inventory_tells_line_of_syntax_error),
	cmocka_unit_test(test_inventory_refuses_what_yaml_hides),
	cmocka_unit_test(test_inventory_refuses_nul_byte),
	cmocka_unit_test(test_inventory_refuses_unknown_key),
	cmocka_unit_test(test_inventory_refuses_key_given_twice),
	cmocka_unit_test(test_inventory_refuses_value_of_wrong_kind),
	cmocka_unit_test(test_inventory_refuses_port_with_trailing_letters),
	cmocka_unit_test(test_inventory_refuses_odd_ports),
	cmocka_unit_test(test_inventory_refuses_unknown_device_type),
	cmocka_unit_test(test_inventory_refuses_a_transport_against_its_type),
	cmocka_unit_test(test_inventory_refuses_bad_texts),
	cmocka_unit_test(test_inventory_bounds_names),
	cmocka_unit_test(test_inventory_refuses_two_of_one_name),
	cmocka_unit_test(test_inventory_never_tells_passwords),
};

UNIT_MAIN(tests)
