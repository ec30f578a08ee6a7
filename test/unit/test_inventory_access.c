/* What an inventory says of access to devices. */
#include "inventory/inventory.h"

#include <stdio.h>
#include <string.h>

#include "unit/invtext.h"
#include "unit/unit.h"

#define PIN "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"

static const struct access *access_of(const struct nf_inventory *inv, size_t i)
{
	return inventory_device(inv, i)->access;
}

static void test_access_reads_every_key(void **state)
{
	struct nf_inventory *inv = invtext_parse(
		"- host: a\n  device_type: linux\n"
		"  auth: publickey,password\n  use_keys: true\n"
		"  key_file: ~/.ssh/id_net\n  passphrase: open sesame\n"
		"  allow_agent: no\n  hostkey_fingerprint: " PIN "\n"
		"  proxy_jump: me@bastion:2222\n  proxy_command: nc %h %p\n"
		"  proxy: socks5://127.0.0.1:1080\n"
		"  source_address: 192.0.2.1\n  interface: eth1\n"
		"  kex_algorithms: +a\n  hostkey_algorithms: -b\n"
		"  ciphers: ^c\n  macs: d\n"
		"  conn_timeout: 1\n  banner_timeout: 2.5\n"
		"  auth_timeout: 3\n  prompt_timeout: 4\n"
		"  read_timeout_override: 90\n  keepalive: 30\n");
	const struct access *access = access_of(inv, 0);

	(void)state;
	assert_string_equal(access->auth, "publickey,password");
	assert_int_equal(access->use_keys, WISH_YES);
	assert_string_equal(access->key_file, "~/.ssh/id_net");
	assert_string_equal(access->passphrase, "open sesame");
	assert_int_equal(access->allow_agent, WISH_NO);
	assert_string_equal(access->hostkey_fingerprint, PIN);
	assert_string_equal(access->proxy_jump, "me@bastion:2222");
	assert_string_equal(access->proxy_command, "nc %h %p");
	assert_string_equal(access->proxy, "socks5://127.0.0.1:1080");
	assert_string_equal(access->source_address, "192.0.2.1");
	assert_string_equal(access->interface, "eth1");
	assert_string_equal(access->kex_algorithms, "+a");
	assert_string_equal(access->hostkey_algorithms, "-b");
	assert_string_equal(access->ciphers, "^c");
	assert_string_equal(access->macs, "d");
	assert_int_equal(access->connect_ms, 1000);
	assert_int_equal(access->handshake_ms, 2500);
	assert_int_equal(access->auth_ms, 3000);
	assert_int_equal(access->prompt_ms, 4000);
	assert_int_equal(access->command_ms, 90000);
	assert_int_equal(access->keepalive_ms, 30000);
	nf_inventory_free(inv);
}

static void test_access_is_shared_by_devices_that_have_the_same(void **state)
{
	struct nf_inventory *inv =
		invtext_parse("- {host: a, device_type: linux, key_file: k}\n"
			      "- {host: b, device_type: linux}\n"
			      "- {host: c, device_type: linux, key_file: k}\n"
			      "- {host: d, device_type: linux}\n");

	(void)state;
	assert_ptr_equal(access_of(inv, 0), access_of(inv, 2));
	assert_ptr_equal(access_of(inv, 1), access_of(inv, 3));
	assert_ptr_not_equal(access_of(inv, 0), access_of(inv, 1));
	assert_null(access_of(inv, 1)->key_file);
	nf_inventory_free(inv);
}

static void test_access_refuses_what_is_no_number_of_seconds(void **state)
{
	static const char *const values[] = {"x",    "-1", "1e3",  "90000",
					     "0x10", "1s", "'1 '", "nan"};
	char text[128];

	(void)state;
	for (size_t i = 0; i < LENGTH(values); i++) {
		struct nf_inventory *inv = NULL;
		struct nf_error err = {0};

		(void)snprintf(text, sizeof(text),
			       "- {host: a, device_type: linux,\n"
			       "   keepalive: %s}\n",
			       values[i]);
		assert_int_equal(
			invtext_read(&inv, text, strlen(text), NULL, &err), -1);
		assert_int_equal(err.code, NF_INVALID);
		assert_non_null(strstr(err.message, "f:2: device 'a': "
						    "keepalive '"));
		assert_non_null(strstr(err.message,
				       "is not a number of seconds, 0-86400"));
	}
}

static void test_access_refuses_what_is_no_fingerprint(void **state)
{
	static const char text[] = "- {host: a, device_type: linux,\n"
				   "   hostkey_fingerprint: '" PIN ", RSA'}\n";
	struct nf_inventory *inv = NULL;
	struct nf_error err = {0};

	(void)state;
	assert_int_equal(invtext_read(&inv, text, strlen(text), NULL, &err),
			 -1);
	assert_int_equal(err.code, NF_INVALID);
	assert_string_equal(err.message,
			    "f:2: device 'a': hostkey_fingerprint 'RSA' is not "
			    "the fingerprint of a host key, as ssh-keygen -l "
			    "prints it: SHA256:... or MD5:..., several with "
			    "commas");
}

static void
test_access_refuses_what_is_no_method_of_authentication(void **state)
{
	static const char text[] = "- {host: a, device_type: linux,\n"
				   "   auth: 'password,keys'}\n";
	struct nf_inventory *inv = NULL;
	struct nf_error err = {0};

	(void)state;
	assert_int_equal(invtext_read(&inv, text, strlen(text), NULL, &err),
			 -1);
	assert_int_equal(err.code, NF_INVALID);
	assert_string_equal(err.message,
			    "f:2: device 'a': auth: 'keys' is no method: there "
			    "are publickey, agent, password and "
			    "keyboard-interactive, with commas between");
}

static void test_access_leaves_out_a_device_with_a_placeholder(void **state)
{
	struct nf_inventory *inv =
		invtext_parse("- {host: a, device_type: linux,\n"
			      "   passphrase: '{{ key_pass }}'}\n");

	(void)state;
	assert_non_null(inventory_device(inv, 0)->skip);
	assert_non_null(strstr(inventory_device(inv, 0)->skip, "passphrase"));
	nf_inventory_free(inv);
}

static void test_access_refuses_what_is_no_socks5_proxy(void **state)
{
	static const struct {
		const char *value, *words;
	} rows[] = {
		{"http://me:secret@proxy:3128",
		 "f:3: device 'a': proxy: it is no SOCKS5 proxy: write "
		 "socks5://host:port"},
		{"socks5://secret@proxy", "f:3: device 'a': proxy: before"},
		{"\"socks5://me:secret\\a@proxy\"",
		 "f:3: device 'a': proxy contains a control character"},
	};
	char text[200];

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct nf_inventory *inv = NULL;
		struct nf_error err = {0};

		(void)snprintf(text, sizeof(text),
			       "- host: a\n  device_type: linux\n"
			       "  proxy: %s\n",
			       rows[i].value);
		assert_int_equal(
			invtext_read(&inv, text, strlen(text), NULL, &err), -1);
		assert_int_equal(err.code, NF_INVALID);
		if (strstr(err.message, rows[i].words) == NULL)
			fail_msg("%s", err.message);
		assert_null(strstr(err.message, "secret"));
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_access_reads_every_key),
	cmocka_unit_test(test_access_is_shared_by_devices_that_have_the_same),
	cmocka_unit_test(test_access_refuses_what_is_no_number_of_seconds),
	cmocka_unit_test(test_access_refuses_what_is_no_fingerprint),
	cmocka_unit_test(
		test_access_refuses_what_is_no_method_of_authentication),
	cmocka_unit_test(test_access_leaves_out_a_device_with_a_placeholder),
	cmocka_unit_test(test_access_refuses_what_is_no_socks5_proxy),
};

UNIT_MAIN(tests)
