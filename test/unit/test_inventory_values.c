/* Reading an inventory: what is taken, and as what. */
#include "inventory/inventory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/platform.h"
#include "unit/invtext.h"
#include "unit/unit.h"

static void test_inventory_reads_every_key(void **state)
{
	struct nf_inventory *inv = invtext_parse("- name: R1\n"
						 "  device_type: cisco_ios\n"
						 "  ip: 10.0.0.1\n"
						 "  host: ignored.example\n"
						 "  port: 2222\n"
						 "  username: admin\n"
						 "  password: 'pass word'\n"
						 "  secret: enable me\n"
						 "  legacy: yes\n"
						 "  login_answers: '=: $=x'\n");
	const struct device *dev = inventory_device(inv, 0);

	(void)state;
	assert_int_equal(nf_inventory_size(inv), 1);
	assert_ptr_equal(nf_inventory_device(inv, 0), &dev->pub);
	assert_string_equal(dev->pub.name, "R1");
	assert_string_equal(dev->pub.host, "10.0.0.1");
	assert_string_equal(dev->pub.platform, "cisco_ios");
	assert_string_equal(dev->platform->name, "cisco_ios");
	assert_string_equal(dev->pub.username, "admin");
	assert_int_equal(dev->pub.port, 2222);
	assert_string_equal(dev->credentials.password, "pass word");
	assert_string_equal(dev->credentials.secret, "enable me");
	assert_true(dev->legacy);
	assert_string_equal(dev->login_answers, "=: $=x");
	assert_int_equal(dev->line, 1);
	nf_inventory_free(inv);
}

static void test_inventory_reads_volatile_patterns_on_either_side(void **state)
{
	static const char *const texts[] = {
		"volatile: ['^counter', '\\d+ packets']\nrouters:\n" R1,
		"routers:\n" R1 "volatile:\n- ^counter\n- \\d+ packets\n",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		struct nf_inventory *inv = invtext_parse(texts[i]);
		const char *const *lines;
		size_t n;

		assert_int_equal(nf_inventory_size(inv), 1);
		lines = inventory_volatile(inv, &n);
		assert_int_equal(n, 2);
		assert_string_equal(lines[0], "^counter");
		assert_string_equal(lines[1], "\\d+ packets");
		nf_inventory_free(inv);
	}
}

static void test_inventory_has_defaults(void **state)
{
	struct nf_inventory *inv;
	const struct device *dev;

	(void)state;
	assert_int_equal(setenv("USER", "operator", 1), 0);
	inv = invtext_parse("\n- device_type: linux\n  host: ' h.example '\n");
	dev = inventory_device(inv, 0);
	assert_string_equal(dev->pub.name, "h.example");
	assert_string_equal(dev->pub.host, "h.example");
	assert_string_equal(dev->pub.username, "operator");
	assert_int_equal(dev->pub.port, 22);
	assert_null(dev->credentials.password);
	assert_null(dev->credentials.secret);
	assert_false(dev->legacy);
	assert_null(dev->login_answers);
	assert_int_equal(dev->line, 2);
	nf_inventory_free(inv);
}

static void test_inventory_asks_logname_and_password_file(void **state)
{
	struct nf_inventory *inv;

	(void)state;
	assert_int_equal(setenv("USER", "", 1), 0);
	assert_int_equal(setenv("LOGNAME", "night", 1), 0);
	inv = invtext_parse(R1);
	assert_string_equal(nf_inventory_device(inv, 0)->username, "night");
	nf_inventory_free(inv);
	assert_int_equal(unsetenv("USER"), 0);
	assert_int_equal(unsetenv("LOGNAME"), 0);
	inv = invtext_parse(R1);
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
		inv = invtext_parse(text);
		dev = inventory_device(inv, 0);
		assert_string_equal(dev->pub.name, "h");
		assert_string_equal(dev->pub.username, "operator");
		assert_int_equal(dev->pub.port, 22);
		assert_null(dev->credentials.password);
		assert_null(dev->credentials.secret);
		assert_false(dev->legacy);
		nf_inventory_free(inv);
	}
}

static void test_inventory_takes_quoted_null_as_text(void **state)
{
	struct nf_inventory *inv =
		invtext_parse(WITH("password: '~'\n  secret: \"null\""));

	(void)state;
	assert_string_equal(inventory_device(inv, 0)->credentials.password,
			    "~");
	assert_string_equal(inventory_device(inv, 0)->credentials.secret,
			    "null");
	nf_inventory_free(inv);
}

static void test_inventory_keeps_empty_password_not_secret(void **state)
{
	struct nf_inventory *inv =
		invtext_parse(WITH("password: ''\n  secret: ''"));

	(void)state;
	assert_string_equal(inventory_device(inv, 0)->credentials.password, "");
	assert_null(inventory_device(inv, 0)->credentials.secret);
	nf_inventory_free(inv);
}

static void test_inventory_takes_host_when_ip_is_empty(void **state)
{
	struct nf_inventory *inv = invtext_parse(WITH("ip: ''"));

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
		inv = invtext_parse(text);
		assert_string_equal(
			inventory_device(inv, 0)->credentials.password,
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
		struct nf_inventory *inv = invtext_parse(texts[i]);

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
	struct nf_inventory *inv = invtext_parse(text);

	(void)state;
	assert_int_equal(nf_inventory_size(inv), LENGTH(names));
	for (size_t i = 0; i < LENGTH(names); i++)
		assert_string_equal(nf_inventory_device(inv, i)->name,
				    names[i]);
	nf_inventory_free(inv);
}

static void test_inventory_reads_when_to_enable(void **state)
{
	static const struct {
		const char *text;
		enum enable_wish wish;
		bool enables;
	} cases[] = {
		{WITH("password: x"), ENABLE_WITH_SECRET, false},
		{WITH("secret: x"), ENABLE_WITH_SECRET, true},
		{WITH("enable: true"), ENABLE_ALWAYS, true},
		{WITH("enable: Yes\n  secret: x"), ENABLE_ALWAYS, true},
		{WITH("enable: false\n  secret: x"), ENABLE_NEVER, false},
		{WITH("enable: ~\n  secret: x"), ENABLE_WITH_SECRET, true},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct nf_inventory *inv = invtext_parse(cases[i].text);
		const struct credentials *credentials =
			&inventory_device(inv, 0)->credentials;

		assert_int_equal(credentials->enable, cases[i].wish);
		assert_int_equal(credentials_enable(credentials),
				 cases[i].enables);
		nf_inventory_free(inv);
	}
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
		struct nf_inventory *inv = invtext_parse(cases[i].text);

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

static void test_inventory_knows_telnet_by_type_or_transport(void **state)
{
	static const struct {
		const char *keys;
		bool telnet;
		unsigned port;
	} examples[] = {
		{"device_type: cisco_ios", false, 22},
		{"device_type: cisco_ios_ssh", false, 22},
		{"device_type: cisco_ios_telnet", true, 23},
		{"device_type: cisco_xe_telnet", true, 23},
		{"device_type: cisco_ios, transport: telnet", true, 23},
		{"device_type: cisco_ios_telnet, transport: telnet", true, 23},
		{"device_type: cisco_ios, transport: ssh", false, 22},
		{"device_type: cisco_ios_telnet, port: 2323", true, 2323},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(examples); i++) {
		struct nf_inventory *inv;
		char text[200];

		unit_where(examples[i].keys);
		(void)snprintf(text, sizeof(text), "- {host: a, %s}\n",
			       examples[i].keys);
		inv = invtext_parse(text);
		assert_int_equal(inventory_device(inv, 0)->telnet,
				 examples[i].telnet);
		assert_int_equal(nf_inventory_device(inv, 0)->port,
				 examples[i].port);
		assert_string_equal(nf_inventory_device(inv, 0)->platform,
				    "cisco_ios");
		nf_inventory_free(inv);
	}
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
	assert_int_equal(invtext_read(&inv, text, strlen(text), &log, NULL), 0);
	assert_string_equal(
		notes.text,
		"f:3: key 'fast_cli' has no effect here\n"
		"f:4: key 'serial_settings' has no effect here\n"
		"f:7: key 'verbose' has no effect here\n"
		"f:9: key 'disabled_algorithms' has no effect here\n"
		"f:13: key 'session_log' has no effect here\n");
	nf_inventory_free(inv);
}

static void
test_inventory_tells_what_does_what_an_unused_key_would(void **state)
{
	static const char text[] =
		WITH("session_timeout: 60\n  blocking_timeout: 20\n"
		     "  timeout: 9");
	struct notes notes = {0};
	const struct nf_log log = {note, &notes};
	struct nf_inventory *inv = NULL;

	(void)state;
	assert_int_equal(invtext_read(&inv, text, strlen(text), &log, NULL), 0);
	assert_string_equal(
		notes.text,
		"f:5: key 'session_timeout' has no effect here; the time of a "
		"session is not a device's, but one for all\n"
		"f:6: key 'blocking_timeout' has no effect here; "
		"read_timeout_override is the time of a command\n"
		"f:7: key 'timeout' has no effect here; conn_timeout is the "
		"time of connecting, read_timeout_override that of a "
		"command\n");
	nf_inventory_free(inv);
}

static const char *const unused_keys[] = {
	"pkey",
	"disabled_algorithms",
	"disable_sha2_fix",
	"ssh_strict",
	"system_host_keys",
	"alt_host_keys",
	"alt_key_file",
	"ssh_config_file",
	"blocking_timeout",
	"timeout",
	"session_timeout",
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

static void test_inventory_takes_every_unused_netmiko_key(void **state)
{
	char text[256];

	(void)state;
	for (size_t i = 0; i < LENGTH(unused_keys); i++) {
		struct notes notes = {0};
		const struct nf_log log = {note, &notes};
		struct nf_inventory *inv = NULL;

		(void)snprintf(text, sizeof(text), WITH("%s: {a: [1]}"),
			       unused_keys[i]);
		assert_int_equal(
			invtext_read(&inv, text, strlen(text), &log, NULL), 0);
		assert_int_equal(notes.n, 1);
		nf_inventory_free(inv);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_inventory_reads_every_key),
	cmocka_unit_test(test_inventory_reads_volatile_patterns_on_either_side),
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
	cmocka_unit_test(test_inventory_reads_when_to_enable),
	cmocka_unit_test(test_inventory_knows_telnet_by_type_or_transport),
	cmocka_unit_test(test_inventory_notes_unused_keys_once),
	cmocka_unit_test(
		test_inventory_tells_what_does_what_an_unused_key_would),
	cmocka_unit_test(test_inventory_takes_every_unused_netmiko_key),
};

UNIT_MAIN(tests)
