/* nf_inventory_add_hosts(), nf_inventory_defaults(). */
#include "inventory/inventory.h"

#include "unit/invtext.h"
#include "unit/unit.h"

#include <stdlib.h>
#include <string.h>

static struct nf_inventory *start(void)
{
	struct nf_inventory *inv = NULL;
	struct nf_error err;

	assert_int_equal(nf_inventory_new(&inv, NULL, NULL, &err), 0);
	return inv;
}

static void assert_device(const struct nf_inventory *inv, size_t i,
			  const char *host, unsigned port, const char *user)
{
	const struct nf_device *dev = nf_inventory_device(inv, i);

	assert_string_equal(dev->host, host);
	assert_int_equal(dev->port, port);
	assert_string_equal(dev->username, user);
}

static void test_hosts_are_devices(void **state)
{
	const struct nf_entry rest = {.device_type = "linux", .username = "u"};
	struct nf_inventory *inv = start();
	struct nf_error err;

	(void)state;
	assert_int_equal(nf_inventory_add_hosts(inv,
						"r[1-2], me@10.0.0.1:2022,"
						"[2001:db8::1]:830,"
						"2001:db8::2,",
						&rest, &err),
			 0);
	assert_int_equal(nf_inventory_size(inv), 5);
	assert_device(inv, 0, "r1", 22, "u");
	assert_device(inv, 1, "r2", 22, "u");
	assert_device(inv, 2, "10.0.0.1", 2022, "me");
	assert_device(inv, 3, "2001:db8::1", 830, "u");
	assert_device(inv, 4, "2001:db8::2", 22, "u");
	nf_inventory_free(inv);
}

static void test_hosts_that_are_none_are_refused(void **state)
{
	static const struct refusal cases[] = {
		{"", "no host is named"},
		{" ,", "no host is named"},
		{"a b", "host 'a b': "},
		{"r1:99999", "host 'r1:99999': "},
		{"r[3-1]", "host 'r[3-1]': the range [3-1] goes backwards"},
		{"r[1-3", "host 'r[1-3': a '[' without a ']'"},
		{"127.1", "127.1"},
	};
	const struct nf_entry rest = {.device_type = "linux", .username = "u"};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct nf_inventory *inv = start();
		struct nf_error err = {0};

		unit_where(cases[i].text);
		assert_int_equal(
			nf_inventory_add_hosts(inv, cases[i].text, &rest, &err),
			-1);
		assert_int_equal(err.code, NF_INVALID);
		assert_non_null(strstr(err.message, cases[i].message));
		nf_inventory_free(inv);
	}
}

static void test_defaults_are_for_what_nobody_says(void **state)
{
	static const char text[] =
		"defaults: {secret: ds}\n"
		"groups: {g: {username: gu}}\n"
		"devices:\n"
		"- {name: a, host: 10.0.0.1}\n"
		"- {name: b, host: 10.0.0.2, groups: g, password: own}\n"
		"- {name: c, host: 10.0.0.3, device_type: eos}\n";
	const struct nf_entry defaults = {.name = "no",
					  .host = "no",
					  .device_type = "ios",
					  .username = "fu",
					  .password = "literal:env:typed",
					  .secret = "fs"};
	const struct nf_entry entry = {.host = "10.0.0.4"};
	struct nf_inventory *inv = start();
	struct nf_error err;
	char *dump;

	(void)state;
	assert_int_equal(nf_inventory_defaults(inv, &defaults, &err), 0);
	assert_int_equal(
		inventory_add_bytes(inv, text, strlen(text), "f", &err), 0);
	assert_int_equal(nf_inventory_add(inv, &entry, &err), 0);
	dump = invtext_dump(inv);
	assert_string_equal(
		dump,
		"a 10.0.0.1:22 cisco_ios fu password=env:typed secret=ds\n"
		"b 10.0.0.2:22 cisco_ios gu password=own secret=ds groups=g\n"
		"c 10.0.0.3:22 arista_eos fu password=env:typed secret=ds\n"
		"10.0.0.4 10.0.0.4:22 cisco_ios fu password=env:typed "
		"secret=fs\n");
	free(dump);
	nf_inventory_free(inv);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_hosts_are_devices),
	cmocka_unit_test(test_hosts_that_are_none_are_refused),
	cmocka_unit_test(test_defaults_are_for_what_nobody_says),
};

UNIT_MAIN(tests)
