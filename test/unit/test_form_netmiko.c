/* lib/forms/netmiko: the file of devices of netmiko's own tools. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/formdir.h"
#include "unit/invtext.h"
#include "unit/unit.h"

static void expect(const char *text, const char *devices, const char *notes)
{
	struct formdir files;

	formdir_make(&files);
	formdir_put(&files, ".netmiko.yml", text);
	formdir_expect(&files, "netmiko", ".netmiko.yml", devices);
	formdir_expect_notes(&files, notes);
	formdir_remove(&files);
}

static void refuse(const char *text, const char *message)
{
	struct formdir files;

	formdir_make(&files);
	formdir_put(&files, ".netmiko.yml", text);
	formdir_refuse(&files, "netmiko", ".netmiko.yml", message);
	formdir_remove(&files);
}

static void test_netmiko_has_devices_and_groups(void **state)
{
	(void)state;
	expect("a1: {device_type: cisco_ios, host: 127.1.30.1, username: u1, "
	       "password: dv-1}\n"
	       "b1:\n"
	       "  device_type: arista_eos\n"
	       "  host: 127.1.30.2\n"
	       "  port: 2022\n"
	       "  username: u1\n"
	       "  password: dv-1\n"
	       "lab: [a1, b1]\n"
	       "eos:\n"
	       "  - b1\n"
	       "empty: []\n",
	       "a1 127.1.30.1:22 cisco_ios u1 password=dv-1 groups=lab\n"
	       "b1 127.1.30.2:2022 arista_eos u1 password=dv-1 "
	       "groups=lab,eos\n",
	       "");
}

static void test_netmiko_groups_may_come_first_and_name_no_device(void **state)
{
	(void)state;
	expect("lab: [b, b, gone, a, [x]]\n"
	       "more: [gone]\n"
	       "a: {device_type: linux, host: h}\n"
	       "b: {device_type: linux, ip: i}\n"
	       "lab2: [b]\n",
	       "a h:22 linux - groups=lab\n"
	       "b i:22 linux - groups=lab,lab2\n",
	       ".netmiko.yml:1: group 'lab': a device must be a name (and 2 "
	       "more)\n");
}

static void test_netmiko_takes_other_keys_for_data(void **state)
{
	(void)state;
	expect("a:\n"
	       "  device_type: linux\n"
	       "  hostname: h\n"
	       "  pasword: x\n"
	       "  user: me\n"
	       "  fast_cli: true\n"
	       "  site: {city: Ulm, floor: 3}\n"
	       "  disabled_algorithms: {pubkeys: [rsa-sha2-256]}\n"
	       "  secret: one\n"
	       "  secret: two\n"
	       "b: {device_type: linux, host: h, hostname: b.example, "
	       "fast_cli: no}\n",
	       "a h:22 linux me secret=two pasword=x "
	       "site={\"city\": \"Ulm\", \"floor\": 3}\n"
	       "b h:22 linux - hostname=b.example\n",
	       ".netmiko.yml:8: key 'disabled_algorithms' has no effect here\n"
	       ".netmiko.yml:6: key 'fast_cli' has no effect here\n"
	       ".netmiko.yml:4: 'pasword' is no key, and taken for data: did "
	       "you mean 'password'?\n");
}

static void test_netmiko_leaves_out_what_is_odd_alone(void **state)
{
	(void)state;
	expect("__meta__: {encryption: true, encryption_type: fernet}\n"
	       "a: {device_type: linux, host: h, password: __encrypt__a:b}\n"
	       "b: 10.0.0.1\n"
	       "c:\n"
	       "d: {device_type: linux, host: h, port: 70000}\n"
	       "e: {device_type: linux, host: h2, port: [22]}\n"
	       "f: {device_type: linux, host: h3}\n",
	       "a h:22 linux - ! .netmiko.yml:2: device 'a': password is "
	       "encrypted by "
	       "netmiko's tools: write the value itself\n"
	       "b :22 unknown - ! .netmiko.yml:3: device 'b': a device must be "
	       "a "
	       "mapping with keys such as 'host' and 'device_type'\n"
	       "c :22 unknown - ! .netmiko.yml:4: device 'c': a device must be "
	       "a "
	       "mapping with keys such as 'host' and 'device_type'\n"
	       "d h:22 linux - ! .netmiko.yml:5: device 'd': port '70000' is "
	       "not a "
	       "number 1-65535\n"
	       "e h2:22 linux - ! .netmiko.yml:6: device 'e': port must be a "
	       "single "
	       "value, not a list\n"
	       "f h3:22 linux -\n",
	       "");
}

static void test_netmiko_reads_a_list_of_devices(void **state)
{
	(void)state;
	expect("- device_type: cisco_ios\n"
	       "  ip: 10.0.0.1\n"
	       "  username: u\n"
	       "  password: p\n"
	       "  secret: s\n"
	       "- {device_type: linux, host: h, name: n}\n",
	       "10.0.0.1 10.0.0.1:22 cisco_ios u password=p secret=s\n"
	       "n h:22 linux -\n",
	       "");
}

static void test_netmiko_globals_are_what_all_devices_have(void **state)
{
	(void)state;
	expect("a: {host: h}\n"
	       "Globals: {device_type: linux, username: u, password: p,\n"
	       "          name: x, role: edge}\n"
	       "b: {host: i, device_type: cisco_ios, username: v, role: core}\n"
	       "lab: [a]\n",
	       "a h:22 linux u password=p groups=lab role=edge\n"
	       "b i:22 cisco_ios v password=p role=core\n",
	       "");
	expect("defaults: {host: h, device_type: linux}\n"
	       "Globals: [defaults]\n",
	       "defaults h:22 linux - groups=Globals\n", "");
	refuse("Globals: {username: u}\n",
	       ".netmiko.yml: no devices: a file of netmiko's is a mapping of "
	       "names to devices, which are mappings, and to groups, which are "
	       "lists of devices");
}

static void test_netmiko_refuses_what_has_no_devices(void **state)
{
	(void)state;
	refuse("", ".netmiko.yml:1: a file of netmiko's is a mapping of names "
		   "to devices, which are mappings, and to groups, which are "
		   "lists of devices");
	refuse("lab: []\n",
	       ".netmiko.yml: no devices: a file of netmiko's is a mapping of "
	       "names to devices, which are mappings, and to groups, which are "
	       "lists of devices");
	refuse("a: {host: h}\nb: [\n",
	       ".netmiko.yml:3: did not find expected node content (while "
	       "parsing a flow node from line 3 on)");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_netmiko_has_devices_and_groups),
	cmocka_unit_test(test_netmiko_groups_may_come_first_and_name_no_device),
	cmocka_unit_test(test_netmiko_takes_other_keys_for_data),
	cmocka_unit_test(test_netmiko_leaves_out_what_is_odd_alone),
	cmocka_unit_test(test_netmiko_reads_a_list_of_devices),
	cmocka_unit_test(test_netmiko_globals_are_what_all_devices_have),
	cmocka_unit_test(test_netmiko_refuses_what_has_no_devices),
};

UNIT_MAIN(tests)
