/* Reading an inventory: what is taken, what is refused, in which words. */
#include "unit/unit.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "inventory/inventory.h"
#include "platform/platform.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define SHAPES                                                                 \
	"an inventory is a list of devices, or one key (such as 'routers') "   \
	"that holds such a list"

/* A device that is right, for what stands around it. */
#define R1 "- {name: R1, device_type: cisco_ios, host: 10.0.0.1}\n"

/* A device named R1 with one more line, the fifth. */
#define WITH(line)                                                             \
	"routers:\n- name: R1\n  device_type: cisco_ios\n  host: 10.0.0.1\n "  \
	" " line "\n"

struct refusal {
	const char *text;
	const char *message;
};

static struct nf_inventory *parse_bytes(const char *text, size_t len)
{
	struct nf_inventory *inv = NULL;
	struct nf_error err = {0};

	if (inventory_parse(&inv, text, len, "inv.yaml", NULL, &err) == -1)
		fail_msg("%s\nrefused: %s", text, err.message);
	return inv;
}

static struct nf_inventory *parse(const char *text)
{
	return parse_bytes(text, strlen(text));
}

static void assert_refused_bytes(const char *text, size_t len,
				 const char *message)
{
	struct nf_inventory *inv = NULL;
	struct nf_error err = {0};

	if (inventory_parse(&inv, text, len, "inv.yaml", NULL, &err) == 0)
		fail_msg("accepted: %s", text);
	assert_null(inv);
	assert_int_equal(err.code, NF_INVALID);
	assert_string_equal(err.message, message);
}

static void assert_refused(const struct refusal *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_refused_bytes(list[i].text, strlen(list[i].text),
				     list[i].message);
}

/* unit text, n times over; to be freed. */
static char *repeat(const char *unit, size_t n)
{
	size_t len = strlen(unit);
	char *text = malloc(n * len + 1);

	assert_non_null(text);
	for (size_t i = 0; i < n; i++)
		memcpy(text + i * len, unit, len);
	text[n * len] = '\0';
	return text;
}

/* ---- what is taken */

static void test_inventory_reads_every_key(void **state)
{
	struct nf_inventory *inv = parse("- name: R1\n"
					 "  device_type: cisco_ios\n"
					 "  ip: 10.0.0.1\n"
					 "  host: ignored.example\n"
					 "  port: 2222\n"
					 "  username: admin\n"
					 "  password: 'pass word'\n"
					 "  secret: enable me\n"
					 "  legacy: yes\n");
	const struct device *dev = inventory_device(inv, 0);

	(void)state;
	assert_int_equal(nf_inventory_size(inv), 1);
	assert_ptr_equal(nf_inventory_device(inv, 0), &dev->pub);
	assert_string_equal(dev->pub.name, "R1");
	assert_string_equal(dev->pub.host, "10.0.0.1");
	assert_string_equal(dev->pub.platform, "cisco_ios");
	assert_ptr_equal(dev->platform, platform_find("cisco_ios"));
	assert_string_equal(dev->pub.username, "admin");
	assert_int_equal(dev->pub.port, 2222);
	assert_string_equal(dev->password, "pass word");
	assert_string_equal(dev->secret, "enable me");
	assert_true(dev->legacy);
	assert_int_equal(dev->line, 1);
	nf_inventory_free(inv);
}

static void test_inventory_has_defaults(void **state)
{
	struct nf_inventory *inv;
	const struct device *dev;

	(void)state;
	assert_int_equal(setenv("USER", "operator", 1), 0);
	inv = parse("\n- device_type: linux\n  host: ' h.example '\n");
	dev = inventory_device(inv, 0);
	assert_string_equal(dev->pub.name, "h.example");
	assert_string_equal(dev->pub.host, "h.example");
	assert_string_equal(dev->pub.username, "operator");
	assert_int_equal(dev->pub.port, 22);
	assert_null(dev->password);
	assert_null(dev->secret);
	assert_false(dev->legacy);
	assert_int_equal(dev->line, 2);
	nf_inventory_free(inv);
}

static void test_inventory_asks_logname_and_password_file(void **state)
{
	struct nf_inventory *inv;

	(void)state;
	assert_int_equal(setenv("USER", "", 1), 0);
	assert_int_equal(setenv("LOGNAME", "night", 1), 0);
	inv = parse(R1);
	assert_string_equal(nf_inventory_device(inv, 0)->username, "night");
	nf_inventory_free(inv);
	assert_int_equal(unsetenv("USER"), 0);
	assert_int_equal(unsetenv("LOGNAME"), 0);
	inv = parse(R1);
	assert_true(strlen(nf_inventory_device(inv, 0)->username) > 0);
	nf_inventory_free(inv);
}

static void test_inventory_takes_null_as_not_given(void **state)
{
	static const char *const nulls[] = {"~", "null", "Null", "NULL", ""};
	struct nf_inventory *inv;
	const struct device *dev;
	char text[512];

	(void)state;
	assert_int_equal(setenv("USER", "operator", 1), 0);
	for (size_t i = 0; i < LENGTH(nulls); i++) {
		const char *n = nulls[i];

		(void)snprintf(text, sizeof(text),
			       "- name: %s\n  device_type: linux\n  ip: %s\n"
			       "  host: h\n  port: %s\n  username: %s\n"
			       "  password: %s\n  secret: %s\n  legacy: %s\n",
			       n, n, n, n, n, n, n);
		inv = parse(text);
		dev = inventory_device(inv, 0);
		assert_string_equal(dev->pub.name, "h");
		assert_string_equal(dev->pub.username, "operator");
		assert_int_equal(dev->pub.port, 22);
		assert_null(dev->password);
		assert_null(dev->secret);
		assert_false(dev->legacy);
		nf_inventory_free(inv);
	}
}

static void test_inventory_takes_quoted_null_as_text(void **state)
{
	struct nf_inventory *inv =
		parse(WITH("password: '~'\n  secret: \"null\""));

	(void)state;
	assert_string_equal(inventory_device(inv, 0)->password, "~");
	assert_string_equal(inventory_device(inv, 0)->secret, "null");
	nf_inventory_free(inv);
}

static void test_inventory_keeps_empty_password_not_secret(void **state)
{
	struct nf_inventory *inv = parse(WITH("password: ''\n  secret: ''"));

	(void)state;
	assert_string_equal(inventory_device(inv, 0)->password, "");
	assert_null(inventory_device(inv, 0)->secret);
	nf_inventory_free(inv);
}

static void test_inventory_takes_host_when_ip_is_empty(void **state)
{
	struct nf_inventory *inv = parse(WITH("ip: ''"));

	(void)state;
	assert_string_equal(nf_inventory_device(inv, 0)->host, "10.0.0.1");
	nf_inventory_free(inv);
}

static void test_inventory_reads_passwords_as_written(void **state)
{
	static const char *const plain[] = {"0123", "1e3",   "true",
					    "0x1F", "22abc", "yes"};
	struct nf_inventory *inv;
	char text[256];

	(void)state;
	for (size_t i = 0; i < LENGTH(plain); i++) {
		(void)snprintf(text, sizeof(text), WITH("password: %s"),
			       plain[i]);
		inv = parse(text);
		assert_string_equal(inventory_device(inv, 0)->password,
				    plain[i]);
		nf_inventory_free(inv);
	}
}

static void test_inventory_reads_every_layout(void **state)
{
	static const char *const texts[] = {
		R1 "- {host: h, device_type: linux}\n",
		"routers:\n" R1 "- {host: h, device_type: linux}\n",
		"any name at all:\n  " R1 "  - host: h\n    device_type: "
		"linux\n",
		"---\ndevices:\n" R1 "- host: h\n  device_type: linux\n...\n",
		"[{\"name\": \"R1\", \"device_type\": \"cisco_ios\", "
		"\"host\": \"10.0.0.1\", \"port\": 22},\n"
		" {\"host\": \"h\", \"device_type\": \"linux\"}]",
		"{\"routers\": [{\"name\": \"R1\", \"device_type\": "
		"\"cisco_ios\", \"host\": \"10.0.0.1\", \"secret\": null},"
		"{\"host\": \"h\", \"device_type\": \"linux\"}]}",
		"routers:\r\n- name: R1\r\n  device_type: cisco_ios\r\n"
		"  host: 10.0.0.1\r\n- host: h\r\n  device_type: linux\r\n",
		"\xef\xbb\xbfrouters:\n" R1 "- {host: h, device_type: linux}\n",
		"\xef\xbb\xbf" R1 "- {host: h, device_type: linux}\n",
		"# comment\n\n" R1 "- device_type: linux # a shell\n  host: h",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		struct nf_inventory *inv = parse(texts[i]);

		assert_int_equal(nf_inventory_size(inv), 2);
		assert_string_equal(nf_inventory_device(inv, 0)->name, "R1");
		assert_string_equal(nf_inventory_device(inv, 0)->host,
				    "10.0.0.1");
		assert_string_equal(nf_inventory_device(inv, 1)->name, "h");
		assert_string_equal(nf_inventory_device(inv, 1)->platform,
				    "linux");
		nf_inventory_free(inv);
	}
}

static void test_inventory_names_like_hosts_by_port(void **state)
{
	static const char text[] =
		"- {host: a, device_type: linux, port: 1}\n"
		"- {host: b, device_type: linux, port: 1}\n"
		"- {host: a, device_type: linux, port: 2}\n"
		"- {host: c, device_type: linux, name: x}\n"
		"- {host: c, device_type: linux}\n"
		"- {host: '::1', device_type: linux}\n"
		"- {host: '::1', device_type: linux, port: 23}\n";
	static const char *const names[] = {"a:1", "b",        "a:2",     "x",
					    "c",   "[::1]:22", "[::1]:23"};
	struct nf_inventory *inv = parse(text);

	(void)state;
	assert_int_equal(nf_inventory_size(inv), LENGTH(names));
	for (size_t i = 0; i < LENGTH(names); i++)
		assert_string_equal(nf_inventory_device(inv, i)->name,
				    names[i]);
	nf_inventory_free(inv);
}

static void test_inventory_reads_legacy_in_any_case(void **state)
{
	static const struct {
		const char *text;
		enum legacy legacy;
	} cases[] = {
		{WITH("legacy: true"), LEGACY_ON},
		{WITH("legacy: True"), LEGACY_ON},
		{WITH("legacy: YES"), LEGACY_ON},
		{WITH("legacy: no"), LEGACY_OFF},
		{WITH("legacy: False"), LEGACY_OFF},
		{WITH("legacy: 'yes'"), LEGACY_ON},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct nf_inventory *inv = parse(cases[i].text);

		assert_int_equal(inventory_device(inv, 0)->legacy,
				 cases[i].legacy);
		nf_inventory_free(inv);
	}
}

struct notes {
	char text[1024];
	unsigned n;
};

static void note(void *arg, const char *text)
{
	struct notes *notes = arg;
	size_t len = strlen(notes->text);

	notes->n++;
	(void)snprintf(notes->text + len, sizeof(notes->text) - len, "%s\n",
		       text);
}

static void test_inventory_notes_unused_keys_once(void **state)
{
	static const char text[] =
		"- host: a\n  device_type: linux\n  fast_cli: false\n"
		"  serial_settings: {port: COM1, list: [1, {a: b}]}\n"
		"- host: b\n  device_type: linux\n  verbose: true\n"
		"  fast_cli: true\n  disabled_algorithms:\n    pubkeys:\n"
		"    - rsa-sha2-256\n  key_file: ~\n  session_log: [[a], "
		"[b]]\n";
	struct notes notes = {0};
	const struct nf_log log = {note, &notes};
	struct nf_inventory *inv = NULL;

	(void)state;
	assert_int_equal(inventory_parse(&inv, text, strlen(text), "inv.yaml",
					 &log, NULL),
			 0);
	assert_string_equal(
		notes.text,
		"inv.yaml:3: key 'fast_cli' has no effect here\n"
		"inv.yaml:4: key 'serial_settings' has no effect here\n"
		"inv.yaml:7: key 'verbose' has no effect here\n"
		"inv.yaml:9: key 'disabled_algorithms' has no effect here\n"
		"inv.yaml:13: key 'session_log' has no effect here\n");
	nf_inventory_free(inv);
}

static void test_inventory_takes_every_netmiko_key(void **state)
{
	static const char *const keys[] = {
		"use_keys",
		"key_file",
		"pkey",
		"passphrase",
		"allow_agent",
		"disabled_algorithms",
		"disable_sha2_fix",
		"ssh_strict",
		"system_host_keys",
		"alt_host_keys",
		"alt_key_file",
		"ssh_config_file",
		"conn_timeout",
		"auth_timeout",
		"banner_timeout",
		"blocking_timeout",
		"timeout",
		"session_timeout",
		"read_timeout_override",
		"keepalive",
		"fast_cli",
		"global_delay_factor",
		"delay_factor_compat",
		"global_cmd_verify",
		"auto_connect",
		"allow_auto_change",
		"default_enter",
		"response_return",
		"disable_lf_normalization",
		"encoding",
		"verbose",
		"_legacy_mode",
		"session_log",
		"session_log_record_writes",
		"session_log_file_mode",
		"sock",
		"sock_telnet",
		"serial_settings",
	};
	char text[256];

	(void)state;
	for (size_t i = 0; i < LENGTH(keys); i++) {
		struct notes notes = {0};
		const struct nf_log log = {note, &notes};
		struct nf_inventory *inv = NULL;

		(void)snprintf(text, sizeof(text), WITH("%s: {a: [1]}"),
			       keys[i]);
		assert_int_equal(inventory_parse(&inv, text, strlen(text), "f",
						 &log, NULL),
				 0);
		assert_int_equal(notes.n, 1);
		nf_inventory_free(inv);
	}
}

/* ---- what is refused */

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
		{"routers:\n" R1 "switches:\n" R1, "inv.yaml:3: " SHAPES},
		{"? [a]\n: " R1, "inv.yaml:1: " SHAPES},
		{R1 "- 10.0.0.1\n",
		 "inv.yaml:2: device 2 must be a mapping with keys such as "
		 "'host' and 'device_type'"},
		{R1 "-\n",
		 "inv.yaml:2: device 2 must be a mapping with keys such as "
		 "'host' and 'device_type'"},
		{"- [a]\n",
		 "inv.yaml:1: device 1 must be a mapping with keys such as "
		 "'host' and 'device_type'"},
	};

	(void)state;
	assert_refused(list, LENGTH(list));
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
	assert_refused(list, LENGTH(list));
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
	assert_refused(list, LENGTH(list));
}

static void test_inventory_refuses_what_yaml_hides(void **state)
{
	static const struct refusal list[] = {
		{"- &base\n  host: a\n",
		 "inv.yaml:1: anchors and aliases are not supported: write the "
		 "keys out in each device, put quotes around a value that "
		 "starts with '&' or '*'"},
		{"- host: a\n  password: *hidden\n",
		 "inv.yaml:2: anchors and aliases are not supported: write the "
		 "keys out in each device, put quotes around a value that "
		 "starts with '&' or '*'"},
		{"- host: a\n  sock: [1, &x 2]\n",
		 "inv.yaml:2: anchors and aliases are not supported: write the "
		 "keys out in each device, put quotes around a value that "
		 "starts with '&' or '*'"},
		{"- host: a\n  password: !vault x\n",
		 "inv.yaml:2: tags are not supported: put quotes around a "
		 "value that starts with '!'"},
		{"- name: R1\n  <<: {port: 22}\n",
		 "inv.yaml:2: device 'R1': merge keys ('<<') are not "
		 "supported: write the keys out in each device"},
		{"- host: a\n  password: \"a\\0b\"\n",
		 "inv.yaml:2: a value contains a NUL character"},
		{"- host: a\n  ? [x]\n  : y\n",
		 "inv.yaml:2: device 'a': a key must be a single word"},
	};

	(void)state;
	assert_refused(list, LENGTH(list));
}

static void test_inventory_refuses_nul_byte(void **state)
{
	static const char text[] = R1 "- host: a\0\n";

	(void)state;
	assert_refused_bytes(text, sizeof(text) - 1,
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
		{WITH("colour: [red, {a: b}]"),
		 "inv.yaml:5: device 'R1': unknown key 'colour'"},
		{WITH("\"a\\nb\\e\\x85\": 1"),
		 "inv.yaml:5: device 'R1': unknown key 'a?b?"
		 "??"
		 "'"},
		{WITH("hostname: a\n  colour: b"),
		 "inv.yaml:5: device 'R1': unknown key 'hostname'"},
	};

	(void)state;
	assert_refused(list, LENGTH(list));
}

static void test_inventory_refuses_key_given_twice(void **state)
{
	static const struct refusal list[] = {
		{WITH("port: 1\n  port: 2"),
		 "inv.yaml:6: device 'R1': key 'port' is given twice, first in "
		 "line 5"},
		{WITH("verbose: 1\n\n  verbose: 1"),
		 "inv.yaml:7: device 'R1': key 'verbose' is given twice, first "
		 "in line 5"},
	};

	(void)state;
	assert_refused(list, LENGTH(list));
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
		 "inv.yaml:1: device 1: host must be a single value, not a "
		 "list"},
	};

	(void)state;
	assert_refused(list, LENGTH(list));
}

static void test_inventory_refuses_port_with_trailing_letters(void **state)
{
	static const struct refusal list[] = {
		{WITH("port: 22abc"),
		 "inv.yaml:5: device 'R1': port '22abc' is not a number "
		 "1-65535"},
	};

	(void)state;
	assert_refused(list, LENGTH(list));
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
		assert_refused_bytes(text, strlen(text), message);
	}
}

static void test_inventory_refuses_unknown_device_type(void **state)
{
	static const struct refusal list[] = {
		{"- host: a\n  device_type: cisco_iso\n",
		 "inv.yaml:2: device 'a': unknown device_type 'cisco_iso': did "
		 "you mean 'cisco_ios'? (known: cisco_ios, linux)"},
		{"- host: a\n  device_type: toaster_9000\n",
		 "inv.yaml:2: device 'a': unknown device_type 'toaster_9000' "
		 "(known: cisco_ios, linux)"},
		{"- {ip: b}\n",
		 "inv.yaml:1: device 'b': no device_type (known: cisco_ios, "
		 "linux)"},
		{"\n- ip: b\n  device_type:\n",
		 "inv.yaml:2: device 'b': no device_type (known: cisco_ios, "
		 "linux)"},
	};

	(void)state;
	assert_refused(list, LENGTH(list));
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
		{WITH("legacy: maybe"),
		 "inv.yaml:5: device 'R1': legacy 'maybe' is not true or "
		 "false"},
	};

	(void)state;
	assert_refused(list, LENGTH(list));
}

static void test_inventory_bounds_names(void **state)
{
	char *name = repeat("n", 256);
	struct nf_inventory *inv;
	char text[512];

	(void)state;
	(void)snprintf(text, sizeof(text),
		       "- {host: a, device_type: linux, name: %s}", name);
	assert_refused_bytes(text, strlen(text),
			     "inv.yaml:1: device "
			     "'nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
			     "nnnnnnnnnnnnnnnn'"
			     ": name is longer than 255 bytes");
	(void)snprintf(text, sizeof(text),
		       "- {host: a, device_type: linux, name: %s}", name + 1);
	inv = parse(text);
	assert_string_equal(nf_inventory_device(inv, 0)->name, name + 1);
	nf_inventory_free(inv);
	free(name);
}

static void test_inventory_refuses_two_of_one_name(void **state)
{
	static const struct refusal list[] = {
		{R1 R1 R1, "inv.yaml:2: device 'R1': the name is already used "
			   "in line 1"},
		{"- host: a\n  device_type: linux\n"
		 "- host: b\n  device_type: linux\n  name: a\n",
		 "inv.yaml:5: device 'a': the name is already used in line 1"},
		{"- {host: a, device_type: linux}\n"
		 "- {host: a, device_type: linux}\n",
		 "inv.yaml:2: device 'a:22': no name, and its address is "
		 "already used in line 1: give each a name"},
	};

	(void)state;
	assert_refused(list, LENGTH(list));
}

static void test_inventory_never_tells_passwords(void **state)
{
	static const char *const texts[] = {
		WITH("password: hunter2\n  port: x"),
		WITH("password: hunter2\n  password: hunter2"),
		WITH("password: [hunter2]"),
		WITH("secret: {hunter2: hunter2}"),
		WITH("password: hunter2\n  oops: hunter2"),
		WITH("password: *hunter2"),
		WITH("password: &hunter2 x"),
		WITH("password: !hunter2 x"),
		WITH("password: \"hunter2\\0\""),
		WITH("password: 'hunter2"),
		WITH("password: hunter2: hunter2"),
		WITH("password: hunter2\n secret: hunter2"),
		WITH("passphrase: hunter2\n  legacy: x"),
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		struct nf_inventory *inv = NULL;
		struct nf_error err = {0};

		assert_int_equal(inventory_parse(&inv, texts[i],
						 strlen(texts[i]), "f", NULL,
						 &err),
				 -1);
		assert_null(strstr(err.message, "hunter2"));
	}
}

/* ---- files that mean harm, and large ones */

static void test_inventory_refuses_alias_bomb_at_once(void **state)
{
	static const char bomb[] =
		"a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
		"b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\n"
		"c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\n"
		"d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]\n";
	int64_t start = clock_ms();

	(void)state;
	assert_refused_bytes(bomb, strlen(bomb),
			     "inv.yaml:1: anchors and aliases are not "
			     "supported: write the keys out in each device, "
			     "put quotes around a value that starts with '&' "
			     "or '*'");
	assert_true(clock_ms() - start < 1000);
}

static void test_inventory_refuses_deep_nesting_at_once(void **state)
{
	static const char *const units[] = {"[", "{", "- ", "{a: [", "? "};
	int64_t start = clock_ms();

	(void)state;
	for (size_t i = 0; i < LENGTH(units); i++) {
		char *deep = repeat(units[i], 100000);
		char *text = NULL;
		struct nf_inventory *inv = NULL;
		struct nf_error err = {0};

		assert_int_not_equal(
			asprintf(&text, "- host: a\n  sock: %s", deep), -1);
		assert_int_equal(inventory_parse(&inv, text, strlen(text), "f",
						 NULL, &err),
				 -1);
		assert_int_equal(err.code, NF_INVALID);
		assert_int_equal(inventory_parse(&inv, deep, strlen(deep), "f",
						 NULL, &err),
				 -1);
		free(text);
		free(deep);
	}
	assert_true(clock_ms() - start < 5000);
}

static void test_inventory_tells_the_bound_of_nesting(void **state)
{
	static const char text[] = "- sock: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[";

	(void)state;
	assert_refused_bytes(text, strlen(text),
			     "inv.yaml:1: nested deeper than 32 levels");
}

static void test_inventory_reads_many_devices_in_time(void **state)
{
	size_t n = 100000;
	size_t room = n * 200;
	char *text = malloc(room);
	struct nf_inventory *inv;
	size_t len = 0;
	int64_t start;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(
			text + len, room - len,
			"- name: router-%zu\n  device_type: cisco_ios\n"
			"  ip: 10.%zu.%zu.%zu\n  port: 2222\n"
			"  username: cisco\n  password: cisco-%zu\n"
			"  secret: cisco\n",
			i, i >> 16, i >> 8 & 255, i & 255, i);
	start = clock_ms();
	inv = parse_bytes(text, len);
	start = clock_ms() - start;
	print_message("100,000 devices: %d ms\n", (int)start);
	assert_int_equal(nf_inventory_size(inv), n);
	assert_string_equal(inventory_device(inv, n - 1)->password,
			    "cisco-99999");
	nf_inventory_free(inv);
	free(text);
	/* A second is the goal on an idle machine; tests share theirs. */
	assert_true(start < (UNIT_ASAN || UNIT_TSAN ? 30000 : 5000));
}

/* ---- files */

static void test_inventory_load_reads_a_file(void **state)
{
	char path[] = "/tmp/netfan-inventory-XXXXXX";
	struct nf_inventory *inv = NULL;
	struct nf_error err = {0};
	int fd = mkstemp(path);

	(void)state;
	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, R1, strlen(R1)), strlen(R1));
	(void)close(fd);
	assert_int_equal(nf_inventory_load(&inv, path, NULL, &err), 0);
	(void)unlink(path);
	assert_int_equal(nf_inventory_size(inv), 1);
	nf_inventory_free(inv);
}

static void test_inventory_load_reads_a_pipe(void **state)
{
	char *many = repeat("# a comment line\n", 2000);
	struct nf_inventory *inv = NULL;
	struct nf_error err = {0};
	char path[64];
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], many, strlen(many)), strlen(many));
	assert_int_equal(write(fds[1], R1, strlen(R1)), strlen(R1));
	(void)close(fds[1]);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fds[0]);
	assert_int_equal(nf_inventory_load(&inv, path, NULL, &err), 0);
	assert_int_equal(inventory_device(inv, 0)->line, 2001);
	nf_inventory_free(inv);
	(void)close(fds[0]);
	free(many);
}

static void test_inventory_load_says_why_it_cannot_read(void **state)
{
	struct nf_inventory *inv = NULL;
	struct nf_error err = {0};

	(void)state;
	assert_int_equal(
		nf_inventory_load(&inv, "/nonexistent/i.yaml", NULL, &err), -1);
	assert_int_equal(err.code, NF_INVALID);
	assert_int_equal(err.sys_errno, ENOENT);
	assert_string_equal(err.message,
			    "/nonexistent/i.yaml: cannot be read: No such file "
			    "or directory (check the path and its "
			    "permissions)");
	assert_int_equal(nf_inventory_load(&inv, "/", NULL, &err), -1);
	assert_int_equal(err.sys_errno, EISDIR);
	assert_null(inv);
}

static void test_inventory_load_refuses_huge_file(void **state)
{
	char path[] = "/tmp/netfan-inventory-XXXXXX";
	char message[128];
	struct nf_inventory *inv = NULL;
	struct nf_error err = {0};
	int fd = mkstemp(path);

	(void)state;
	assert_int_not_equal(fd, -1);
	assert_int_equal(ftruncate(fd, (off_t)128 * 1024 * 1024 + 1), 0);
	(void)close(fd);
	assert_int_equal(nf_inventory_load(&inv, path, NULL, &err), -1);
	(void)unlink(path);
	(void)snprintf(message, sizeof(message),
		       "%s: larger than 128 MiB: split it", path);
	assert_string_equal(err.message, message);
}

static void test_inventory_free_trusts_null(void **state)
{
	(void)state;
	nf_inventory_free(NULL);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_inventory_reads_every_key),
	cmocka_unit_test(test_inventory_has_defaults),
	cmocka_unit_test(test_inventory_asks_logname_and_password_file),
	cmocka_unit_test(test_inventory_takes_null_as_not_given),
	cmocka_unit_test(test_inventory_takes_quoted_null_as_text),
	cmocka_unit_test(test_inventory_keeps_empty_password_not_secret),
	cmocka_unit_test(test_inventory_takes_host_when_ip_is_empty),
	cmocka_unit_test(test_inventory_reads_passwords_as_written),
	cmocka_unit_test(test_inventory_reads_every_layout),
	cmocka_unit_test(test_inventory_names_like_hosts_by_port),
	cmocka_unit_test(test_inventory_reads_legacy_in_any_case),
	cmocka_unit_test(test_inventory_notes_unused_keys_once),
	cmocka_unit_test(test_inventory_takes_every_netmiko_key),
	cmocka_unit_test(test_inventory_refuses_other_shapes),
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
	cmocka_unit_test(test_inventory_refuses_bad_texts),
	cmocka_unit_test(test_inventory_bounds_names),
	cmocka_unit_test(test_inventory_refuses_two_of_one_name),
	cmocka_unit_test(test_inventory_never_tells_passwords),
	cmocka_unit_test(test_inventory_refuses_alias_bomb_at_once),
	cmocka_unit_test(test_inventory_refuses_deep_nesting_at_once),
	cmocka_unit_test(test_inventory_tells_the_bound_of_nesting),
	cmocka_unit_test(test_inventory_reads_many_devices_in_time),
	cmocka_unit_test(test_inventory_load_reads_a_file),
	cmocka_unit_test(test_inventory_load_reads_a_pipe),
	cmocka_unit_test(test_inventory_load_says_why_it_cannot_read),
	cmocka_unit_test(test_inventory_load_refuses_huge_file),
	cmocka_unit_test(test_inventory_free_trusts_null),
};

UNIT_MAIN(tests)
