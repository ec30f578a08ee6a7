/* lib/forms/nornir: Nornir's SimpleInventory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "inventory/inventory.h"
#include "unit/formdir.h"
#include "unit/invtext.h"
#include "unit/unit.h"

/* Files of an inventory; NULL: it is not there. */
struct simple {
	const char *hosts, *groups, *defaults;
};

static void put(const struct formdir *files, const struct simple *simple)
{
	formdir_put(files, "hosts.yaml", simple->hosts);
	if (simple->groups != NULL)
		formdir_put(files, "groups.yaml", simple->groups);
	if (simple->defaults != NULL)
		formdir_put(files, "defaults.yaml", simple->defaults);
}

static void expect(const struct simple *simple, const char *devices,
		   const char *notes)
{
	struct formdir files;

	formdir_make(&files);
	put(&files, simple);
	formdir_expect(&files, "nornir", "hosts.yaml", devices);
	formdir_expect_notes(&files, notes);
	formdir_remove(&files);
}

static void refuse(const struct simple *simple, const char *message)
{
	struct formdir files;

	formdir_make(&files);
	put(&files, simple);
	formdir_refuse(&files, "nornir", "hosts.yaml", message);
	formdir_remove(&files);
}

static void test_nornir_reads_three_files(void **state)
{
	(void)state;
	expect(&(struct simple){"s1:\n"
				"  hostname: 127.1.30.5\n"
				"  groups: [mid, 12]\n"
				"  data: {cab: '7'}\n",
				"top: {username: gu}\n"
				"mid:\n"
				"  groups: [top]\n"
				"  platform: ios\n"
				"  connection_options:\n"
				"    netmiko: {extras: {secret: dv-3e}}\n"
				"12:\n",
				"password: dv-3\n"
				"port: 2022\n"
				"username: du\n"},
	       "s1 127.1.30.5:2022 cisco_ios gu password=dv-3 secret=dv-3e "
	       "groups=mid,top,12 cab=7\n",
	       "");
}

static void test_nornir_reads_one_file(void **state)
{
	(void)state;
	expect(&(struct simple){"defaults: {platform: eos, data: {site: x}}\n"
				"hosts:\n"
				"  a: {hostname: 10.0.0.1, groups: [g]}\n"
				"  b: {hostname: 10.0.0.2, data: {site: y}}\n"
				"groups: {g: {username: u}}\n",
				"g: {username: other}\n", NULL},
	       "a 10.0.0.1:22 arista_eos u groups=g site=x\n"
	       "b 10.0.0.2:22 arista_eos - site=y\n",
	       "");
}

static void test_nornir_reads_what_its_configuration_names(void **state)
{
	struct formdir files;

	(void)state;
	formdir_make(&files);
	assert_int_equal(mkdir("inv", 0700), 0);
	formdir_put(&files, "config.yaml",
		    "---\n"
		    "inventory:\n"
		    "  plugin: SimpleInventory\n"
		    "  options:\n"
		    "    host_file: ~/inv/h.yml\n"
		    "    group_file: inv/g.yml\n"
		    "    defaults_file: inv/none.yml\n"
		    "runner: {plugin: threaded}\n");
	formdir_put(&files, "inv/h.yml", "a: {hostname: h, groups: [g]}\n");
	formdir_put(&files, "inv/g.yml", "g: {platform: linux}\n");
	formdir_expect(&files, "nornir", "config.yaml",
		       "a h:22 linux - groups=g\n");
	formdir_put(&files, "config.yaml",
		    "inventory: {plugin: NetBoxInventory2}\n");
	formdir_refuse(&files, "nornir", "config.yaml",
		       "config.yaml:1: the inventory of this configuration of "
		       "Nornir's is plugin 'NetBoxInventory2', which is not "
		       "read: give a file of hosts, as SimpleInventory has "
		       "them");
	formdir_remove(&files);
}

/* The first group counts, its own groups before the next, null is nothing, and
 * an empty text is a value. */
static void test_nornir_asks_groups_depth_first(void **state)
{
	(void)state;
	expect(
		&(struct simple){
			"a: {hostname: h, groups: [g1, g2], port: null}\n"
			"b: {hostname: h2, groups: [g2, g1, g2]}\n"
			"c: {hostname: h3, username: own}\n",
			"g1: {groups: [p1], port: ~}\n"
			"p1: {username: p1, password: ''}\n"
			"g2: {username: g2, password: g2, port: 2}\n",
			"platform: linux\n"
			"port: 9\n"},
		"a h:2 linux p1 password= groups=g1,p1,g2\n"
		"b h2:2 linux g2 password=g2 groups=g2,g1,p1\n"
		"c h3:9 linux own\n",
		"");
}

/* Options of a connection come before the host's own values, wherever they are;
 * extras before all, and those of one place alone. */
static void test_nornir_asks_options_of_the_connection_first(void **state)
{
	(void)state;
	expect(
		&(struct simple){
			"a: {hostname: h, port: 1, groups: [g]}\n"
			"b:\n"
			"  hostname: h2\n"
			"  port: 1\n"
			"  groups: [g]\n"
			"  connection_options:\n"
			"    netmiko: {port: 4, platform: linux}\n"
			"c:\n"
			"  hostname: h3\n"
			"  groups: [g]\n"
			"  connection_options: {netmiko: {extras: {}}}\n"
			"d: {hostname: h4, port: 1}\n",
			"g:\n"
			"  connection_options:\n"
			"    netmiko:\n"
			"      port: 2\n"
			"      extras: {port: 3, device_type: cisco_nxos}\n",
			"connection_options:\n"
			"  netmiko: {port: 5, username: du,\n"
			"            extras: {secret: ds}}\n"
			"platform: ios\n"},
		"a h:3 cisco_nxos du groups=g\n"
		"b h2:3 cisco_nxos du groups=g\n"
		"c h3:2 cisco_ios du groups=g\n"
		"d h4:5 cisco_ios du secret=ds\n",
		"");
}

/* As Nornir has it: a group asks the defaults before the next group is asked. */
static void test_nornir_asks_defaults_before_the_second_group(void **state)
{
	static const char defaults[] = "platform: linux\n"
				       "connection_options:\n"
				       "  netmiko: {port: 5}\n";

	(void)state;
	expect(
		&(struct simple){
			"a: {hostname: h, groups: [g1, g2]}\n"
			"b: {hostname: h2, groups: [g2, g1]}\n",
			"g1: {}\n"
			"g2: {connection_options: {netmiko: {port: 2}}}\n",
			defaults},
		"a h:5 linux - groups=g1,g2\n"
		"b h2:2 linux - groups=g2,g1\n",
		"");
}

static void test_nornir_takes_other_connections_where_netmiko_is_none(void **s)
{
	(void)s;
	expect(
		&(struct simple){
			"a:\n"
			"  hostname: h\n"
			"  platform: linux\n"
			"  connection_options:\n"
			"    napalm: {port: 8000, platform: x}\n"
			"    scrapli: {port: 3, extras: {auth_secondary: s, "
			"auth_strict_key: false}}\n"
			"    paramiko: {port: 7}\n"
			"b:\n"
			"  hostname: h2\n"
			"  platform: linux\n"
			"  connection_options:\n"
			"    scrapli: {port: 3}\n"
			"    netmiko: {}\n"
			"    napalm: {}\n"
			"    http: {}\n"
			"c:\n"
			"  hostname: h3\n"
			"  platform: linux\n"
			"  connection_options:\n"
			"    scrapli: {extras: {transport: telnet}}\n",
			NULL, NULL},
		"a h:3 linux - secret=s\n"
		"b h2:22 linux -\n"
		"c h3:23 linux/telnet -\n",
		"hosts.yaml:5: connection_options of 'napalm' have no effect "
		"here\n"
		"hosts.yaml:15: connection_options of 'http' have no effect "
		"here\n");
}

static void test_nornir_keeps_data_as_it_is(void **state)
{
	(void)state;
	expect(&(struct simple){"a:\n"
				"  hostname: h\n"
				"  groups: [g]\n"
				"  data: {vlan: '105', list: [1, b], none: ~}\n"
				"  role: core\n"
				"  usrname: slip\n"
				"  secret: lost\n",
				"g: {data: {vlan: 7, floor: {n: 3}}, "
				"device_type: x}\n"
				"0094: {}\n"
				"'a b': \n",
				"data: {site: x}\nplatform: linux"},
	       "a h:22 linux - groups=g site=x vlan=105 "
	       "floor={\"n\": 3} role=core usrname=slip list=[1, \"b\"]\n",
	       "groups.yaml:1: 'device_type' is nothing to Nornir here, and "
	       "passed over: put it under connection_options, netmiko, extras "
	       "(and 1 more)\n"
	       "hosts.yaml:6: 'usrname' is no key, and taken for data: did you "
	       "mean 'username'?\n");
}

static void test_nornir_leaves_out_hosts_of_odd_groups(void **state)
{
	(void)state;
	expect(&(struct simple){"a: {hostname: h, groups: [gone]}\n"
				"b: {hostname: h2, groups: [odd]}\n"
				"c: {hostname: h3, groups: [up]}\n"
				"d: {hostname: h4, groups: {x: y}}\n"
				"e: text\n"
				"f: {hostname: h5, groups: [[x]]}\n"
				"g:\n"
				"h: {hostname: h6, groups: single}\n",
				"odd: text\n"
				"up: {groups: [missing]}\n"
				"single:\n",
				"platform: linux\n"},
	       "a h:22 linux - ! hosts.yaml:1: device 'a': group 'gone' is not "
	       "defined: define it among the groups, or take it out\n"
	       "b h2:22 linux - groups=odd ! hosts.yaml:2: device 'b': group "
	       "'odd' is not a mapping of attributes\n"
	       "c h3:22 linux - groups=up ! hosts.yaml:3: device 'c': group "
	       "'missing' is not defined: define it among the groups, or take "
	       "it out\n"
	       "d h4:22 linux - ! hosts.yaml:4: device 'd': groups must be a "
	       "list of names\n"
	       "e :22 unknown - ! hosts.yaml:5: device 'e': a host must be a "
	       "mapping of attributes\n"
	       "f h5:22 linux - ! hosts.yaml:6: device 'f': groups must be a "
	       "list of names\n"
	       "g :22 linux - ! hosts.yaml:7: device 'g': no address: give "
	       "'host' or 'ip'\n"
	       "h h6:22 linux - groups=single\n",
	       "");
}

static void test_nornir_refuses_what_is_wrong_with_a_file(void **state)
{
	static const char host[] = "a: {hostname: h, groups: [g]}\n";

	(void)state;
	refuse(&(struct simple){host, "g: {groups: [i]}\ni: {groups: [g]}\n",
				NULL},
	       "groups.yaml:1: group 'g' is in itself, by way of its groups");
	refuse(&(struct simple){host, "- g\n", NULL},
	       "groups.yaml:1: groups must be a mapping of names to their "
	       "attributes");
	refuse(&(struct simple){host, "g: {", NULL},
	       "groups.yaml:2: did not find expected node content (while "
	       "parsing a flow node from line 2 on)");
	refuse(&(struct simple){host, NULL, "- x\n"},
	       "defaults.yaml:1: defaults must be a mapping of attributes");
	refuse(&(struct simple){"---\n", NULL, NULL},
	       "hosts.yaml:2: hosts must be a mapping of names to their "
	       "attributes");
	refuse(&(struct simple){"{}\n", NULL, NULL},
	       "hosts.yaml:1: no hosts are in it");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_nornir_reads_three_files),
	cmocka_unit_test(test_nornir_reads_one_file),
	cmocka_unit_test(test_nornir_reads_what_its_configuration_names),
	cmocka_unit_test(test_nornir_asks_groups_depth_first),
	cmocka_unit_test(test_nornir_asks_options_of_the_connection_first),
	cmocka_unit_test(test_nornir_asks_defaults_before_the_second_group),
	cmocka_unit_test(
		test_nornir_takes_other_connections_where_netmiko_is_none),
	cmocka_unit_test(test_nornir_keeps_data_as_it_is),
	cmocka_unit_test(test_nornir_leaves_out_hosts_of_odd_groups),
	cmocka_unit_test(test_nornir_refuses_what_is_wrong_with_a_file),
};

UNIT_MAIN(tests)
