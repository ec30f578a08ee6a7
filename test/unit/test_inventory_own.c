/* netfan's own form of inventory: groups, defaults, data, ranges, includes. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inventory/inventory.h"
#include "unit/invtext.h"
#include "unit/unit.h"

#define DEV "device_type: linux, host: 10.0.0.1"

static void test_own_takes_defaults_where_a_device_says_nothing(void **state)
{
	(void)state;
	assert_invtext_is("defaults: {device_type: ios, username: u2,\n"
			  "  password: p}\n"
			  "devices:\n"
			  "- {name: n1, hostname: 10.0.0.1, role: core,\n"
			  "   tags: [a, b]}\n"
			  "- {name: n2, host: 10.0.0.2, port: 2022,\n"
			  "   device_type: cisco_nxos, password: q,\n"
			  "   enable_secret: e}\n"
			  "- {name: n3, host: 10.0.0.3, password: ~}\n",
			  "n1 10.0.0.1:22 cisco_ios u2 password=p role=core "
			  "tags=[\"a\", \"b\"]\n"
			  "n2 10.0.0.2:2022 cisco_nxos u2 password=q secret=e\n"
			  "n3 10.0.0.3:22 cisco_ios u2 password=p\n");
}

static void test_own_takes_defaults_that_stand_behind_devices(void **state)
{
	(void)state;
	assert_invtext_is("devices: [{name: a, host: h}]\n"
			  "Globals: {device_type: eos, user: u}\n",
			  "a h:22 arista_eos u\n");
}

static void test_own_takes_devices_by_name(void **state)
{
	(void)state;
	assert_invtext_is("devices:\n"
			  "  R1: {" DEV ", name: other}\n"
			  "  R2: 10.0.0.2\n"
			  "defaults: {device_type: linux}\n",
			  "R1 10.0.0.1:22 linux -\n"
			  "R2 10.0.0.2:22 linux -\n");
	assert_invtext_is("lab:\n  R1: {" DEV "}\n",
			  "R1 10.0.0.1:22 linux -\n");
}

static void test_own_later_groups_win_over_earlier_ones(void **state)
{
	(void)state;
	assert_invtext_is(
		"groups:\n"
		"  a: {username: ua, password: pa, site: x}\n"
		"  b: {username: ub, groups: [top]}\n"
		"  top: {username: ut, secret: st, site: y}\n"
		"  empty:\n"
		"devices:\n"
		"- {name: 1, " DEV ", groups: [a, b]}\n"
		"- {name: 2, " DEV ", groups: [b, a]}\n"
		"- {name: 3, " DEV ", groups: b, username: own}\n"
		"- {name: 4, " DEV ", groups: [empty]}\n",
		"1 10.0.0.1:22 linux ub password=pa secret=st "
		"groups=b,top,a site=y\n"
		"2 10.0.0.1:22 linux ua password=pa secret=st "
		"groups=a,b,top site=x\n"
		"3 10.0.0.1:22 linux own secret=st groups=b,top site=y\n"
		"4 10.0.0.1:22 linux - groups=empty\n");
}

static void
test_own_leaves_out_devices_of_a_group_that_is_not_there(void **state)
{
	static const struct refusal list[] = {
		{"groups: {a: {}}\ndevices:\n"
		 "- {name: 1, " DEV ", groups: [a, nowhere]}\n",
		 "inv.yaml:3: device '1': group 'nowhere' is not defined: "
		 "define it under 'groups', or take it out"},
		{"groups: {a: {groups: up}}\ndevices:\n"
		 "- {name: 1, " DEV ", groups: [a]}\n",
		 "inv.yaml:3: device '1': group 'up' is not defined: define "
		 "it under 'groups', or take it out"},
		{"- {name: 1, " DEV ", groups: {a: b}}\n",
		 "inv.yaml:1: device '1': groups must be a list of names"},
	};

	(void)state;
	assert_invtext_skipped(list, LENGTH(list));
}

static void test_own_refuses_groups_that_cannot_be(void **state)
{
	static const struct refusal list[] = {
		{"devices:\n- {" DEV "}\ngroups:\n  a: {groups: [b]}\n"
		 "  b: {groups: [c]}\n  c: {groups: a}\n",
		 "inv.yaml:4: group 'a' is in itself, by way of its groups"},
		{"groups: {a: {groups: [a]}}\ndevices: [{" DEV "}]\n",
		 "inv.yaml:1: group 'a' is in itself, by way of its groups"},
		{"groups: [a]\n", "inv.yaml:1: groups must be a mapping of "
				  "names to their keys"},
		{"groups: {a: b}\n",
		 "inv.yaml:1: group 'a': must be a mapping of keys"},
		{"groups: {a: {}, a: {}}\n",
		 "inv.yaml:1: group 'a' is defined already, in inv.yaml:1"},
		{"groups: {a: {groups: {}}}\n",
		 "inv.yaml:1: group 'a': groups must be a list of names"},
		{"groups: {[a]: {}}\n",
		 "inv.yaml:1: the name of a group must be a text"},
		{"defaults: {groups: a}\n", "inv.yaml:1: defaults: groups are "
					    "a device's, or a group's"},
		{"defaults: x\n",
		 "inv.yaml:1: defaults must be a mapping of keys"},
		{"groups: {}\ngroups: {}\n", "inv.yaml:2: groups is given "
					     "twice"},
	};

	(void)state;
	assert_invtext_refused(list, LENGTH(list));
}

static void test_own_refuses_keys_of_a_file_that_it_does_not_know(void **state)
{
	static const struct refusal list[] = {
		{"devices:\n- {" DEV "}\ngrups: {}\n",
		 "inv.yaml:3: unknown key 'grups': did you mean 'groups'?: a "
		 "file has devices, groups, defaults, volatile, include"},
		{"defaults: {}\nvlans: 7\n",
		 "inv.yaml:2: unknown key 'vlans': a file has devices, groups, "
		 "defaults, volatile, include"},
		{"vlans: [1]\ndevices:\n- {" DEV "}\n",
		 "inv.yaml:1: unknown key beside 'devices'"},
	};

	(void)state;
	assert_invtext_refused(list, LENGTH(list));
}

static void test_own_keeps_what_is_no_key_as_data(void **state)
{
	(void)state;
	assert_invtext_is("- name: a\n  "
			  "device_type: linux\n  host: h\n"
			  "  mac: 00:11\n  enabled: false\n  ports: [1, 2]\n"
			  "  data: {cab: '7', site: {city: paris, n: 1}}\n"
			  "  location: ~\n  colour: red\n",
			  "a h:22 linux - mac=00:11 enabled=false ports=[1, 2] "
			  "cab=7 site={\"city\": \"paris\", \"n\": 1} "
			  "colour=red\n");
}

static void test_own_reads_names_that_other_tools_have(void **state)
{
	(void)state;
	assert_invtext_is("- {hostname: R1, ip: 10.0.0.1, platform: eos,\n"
			  "   user: u, enable_password: e}\n"
			  "- {hostname: 10.0.0.2, device_type: Cisco.IOS.ios,\n"
			  "   optional_args: {secret: s, port: 23}}\n"
			  "- {name: x, host: h, hostname: y,\n"
			  "   device_type: iosxr}\n",
			  "R1 10.0.0.1:22 arista_eos u secret=e\n"
			  "10.0.0.2 10.0.0.2:23 cisco_ios - secret=s\n"
			  "x h:22 cisco_xr - hostname=y\n");
}

static void test_own_reads_anchors_and_merge_keys(void **state)
{
	(void)state;
	assert_invtext_is(
		"- &one {name: a, device_type: linux, host: h, username: u}\n"
		"- {<<: *one, name: b, port: 1}\n"
		"- {name: c, <<: [{port: 2, host: i}, *one], port: 3}\n"
		"- {<<: {username: x}, <<: *one, name: d}\n",
		"a h:22 linux u\nb h:1 linux u\nc i:3 linux u\n"
		"d h:22 linux u\n");
}

static void test_own_reads_ranges(void **state)
{
	(void)state;
	assert_invtext_is("defaults: {device_type: linux}\n"
			  "devices:\n"
			  "- {name: 'R[08-10]', host: '10.0.[0-2].7', s: x}\n"
			  "- {host: 'h[1-2]', port: 23}\n"
			  "- 'x[1,3]'\n",
			  "R08 10.0.0.7:22 linux - s=x\n"
			  "R09 10.0.1.7:22 linux - s=x\n"
			  "R10 10.0.2.7:22 linux - s=x\n"
			  "h1 h1:23 linux -\nh2 h2:23 linux -\n"
			  "x1 x1:22 linux -\nx3 x3:22 linux -\n");
	assert_invtext_is("devices: {'R[1-2]': {device_type: linux,\n"
			  "  host: 'h[1-2]'}}\n",
			  "R1 h1:22 linux -\nR2 h2:22 linux -\n");
}

static void test_own_leaves_out_ranges_that_do_not_fit(void **state)
{
	static const struct refusal list[] = {
		{"- {name: 'R[1-3]', device_type: linux, host: 'h[1-2]'}\n",
		 "inv.yaml:1: device 'R[1-3]': 3 names, and 2 addresses: give "
		 "as many of both"},
		{"- {name: 'R[1-3]', device_type: linux, host: h}\n",
		 "inv.yaml:1: device 'R[1-3]': 3 names, and 1 address: give "
		 "as many of both"},
	};

	(void)state;
	assert_invtext_skipped(list, LENGTH(list));
}

static void test_own_leaves_out_a_device_that_is_wrong_alone(void **state)
{
	(void)state;
	assert_invtext_is(
		"- {name: a, device_type: linux, host: h, port: abc}\n"
		"- {name: b, device_type: toaster, host: h}\n"
		"- {name: c, device_type: linux, host: 10.0.0.999}\n"
		"-\n"
		"- {device_type: linux}\n"
		"- {name: a, device_type: linux, host: i}\n"
		"- {name: d, device_type: linux, host: h}\n",
		"a h:22 linux - ! inv.yaml:1: device 'a': port 'abc' is not a "
		"number 1-65535\n"
		"b h:22 toaster - ! inv.yaml:2: device 'b': unknown "
		"device_type 'toaster': netfan platforms lists all\n"
		"c 10.0.0.999:22 linux - ! inv.yaml:3: device 'c': host "
		"'10.0.0.999': it is no IPv4 address: write four numbers "
		"0-255 with points between\n"
		"device 4 :22 unknown - ! inv.yaml:4: device 4: a device must "
		"be a mapping with keys such as 'host' and 'device_type'\n"
		"device 5 :22 linux - ! inv.yaml:5: device 5: no address: give "
		"'host' or 'ip'\n"
		"a#6 i:22 linux - ! inv.yaml:6: device 'a': the name is "
		"already used in line 1\n"
		"d h:22 linux -\n");
}

static void test_own_takes_what_the_caller_has_for_all_last(void **state)
{
	static const char text[] = "- {name: a, host: h, username: u}\n"
				   "- {name: b, host: i, device_type: eos}\n";
	const struct nf_entry defaults = {.name = "x",
					  .host = "y",
					  .device_type = "linux",
					  .username = "v",
					  .password = "p"};
	struct nf_inventory *inv = NULL;
	struct nf_error err = {0};
	char *dump;

	(void)state;
	assert_int_equal(nf_inventory_new(&inv, NULL, NULL, &err), 0);
	assert_int_equal(nf_inventory_defaults(inv, &defaults, &err), 0);
	assert_int_equal(
		inventory_add_bytes(inv, text, strlen(text), "f", &err), 0);
	dump = invtext_dump(inv);
	assert_string_equal(dump, "a h:22 linux u password=p\n"
				  "b i:22 arista_eos v password=p\n");
	free(dump);
	nf_inventory_free(inv);
}

/* ---- files */

static void put_file(const char *name, const char *text)
{
	FILE *file = fopen(name, "we");

	assert_non_null(file);
	assert_int_not_equal(fputs(text, file), EOF);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(name, 0600), 0);
}

static void enter_directory(void)
{
	char dir[] = "/tmp/netfan-own-XXXXXX";

	assert_non_null(mkdtemp(dir));
	assert_int_equal(chdir(dir), 0);
}

static void leave_directory(void)
{
	char dir[256];

	assert_non_null(getcwd(dir, sizeof(dir)));
	for (const char *name = "abcd"; *name != '\0'; name++) {
		const char path[] = {*name, '\0'};

		(void)unlink(path);
	}
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(dir), 0);
}

static void test_own_includes_files(void **state)
{
	struct nf_inventory *inv = NULL;
	struct nf_error err = {0};
	char *dump;

	(void)state;
	enter_directory();
	put_file("a", "defaults: {device_type: linux, username: ua, port: 1}\n"
		      "include: [b, c]\n"
		      "devices: [{name: d1, host: h1, groups: [g]}]\n");
	put_file("b", "defaults: {username: ub}\n"
		      "devices: [{name: d2, host: h2, groups: [g]}]\n");
	put_file("c", "groups: {g: {site: x}}\n"
		      "devices: [{name: d3, host: h3, port: 9}]\n");
	assert_int_equal(nf_inventory_load(&inv, "a", NULL, NULL, &err), 0);
	dump = invtext_dump(inv);
	assert_string_equal(dump, "d2 h2:1 linux ub groups=g site=x\n"
				  "d3 h3:9 linux ua\n"
				  "d1 h1:1 linux ua groups=g site=x\n");
	free(dump);
	nf_inventory_free(inv);
	leave_directory();
}

static void assert_load_refused(const char *message)
{
	struct nf_inventory *inv = NULL;
	struct nf_error err = {0};

	assert_int_equal(nf_inventory_load(&inv, "a", NULL, NULL, &err), -1);
	assert_int_equal(err.code, NF_INVALID);
	assert_string_equal(err.message, message);
}

static void test_own_refuses_includes_that_cannot_be(void **state)
{
	(void)state;
	enter_directory();
	put_file("a", "include: b\n");
	put_file("b", "include: [c]\n");
	put_file("c", "include: ./a\n");
	assert_load_refused("c: it is read on behalf of itself, by way of "
			    "./a");
	put_file("c", "devices: [{host: h, device_type: linux, port: x},\n"
		      " {host: h, pasword: x}]\n");
	assert_load_refused("c:2: device 'h': unknown key 'pasword': did you "
			    "mean 'password'?");
	(void)unlink("c");
	assert_load_refused("c: cannot be read: No such file or directory "
			    "(check the path and its permissions)");
	put_file("a", "include: {b: c}\n");
	assert_load_refused("a:1: include must be a path, or a list of paths");
	leave_directory();
}

/* Files that include others ten times each are many before they are deep. */
static void test_own_refuses_too_many_includes(void **state)
{
	struct nf_inventory *inv = NULL;
	struct nf_error err = {0};

	(void)state;
	enter_directory();
	put_file("a", "include: [b, b, b, b, b, b, b, b, b, b]\n");
	put_file("b", "include: [c, c, c, c, c, c, c, c, c]\n");
	put_file("c", "include: [d, d, d, d, d, d, d, d, d, d]\n");
	put_file("d", "devices: [{name: d, host: h, device_type: linux}]\n");
	/* 10 + 90 + 900 are as many as may be. */
	assert_int_equal(nf_inventory_load(&inv, "a", NULL, NULL, &err), 0);
	assert_int_equal(nf_inventory_size(inv), 1);
	nf_inventory_free(inv);
	put_file("a", "include: [d, b, b, b, b, b, b, b, b, b, b]\n");
	assert_load_refused("c:1: more than 1000 files are included, by way of "
			    "others: put devices of several files into one");
	leave_directory();
}

/* Groups of which each is in the one before, or in the next one. */
static char *chain_of_groups(unsigned n, bool backward)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	(void)fprintf(out, "groups:\n");
	for (unsigned i = 1; i < n; i++)
		(void)fprintf(out, "  g%u: {groups: [g%u]}\n",
			      backward ? n - i : i,
			      backward ? n - i + 1 : i + 1);
	(void)fprintf(out, "  g%u: {}\ndevices: [{host: h, groups: [g1]}]\n",
		      n);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void test_own_refuses_deep_groups_in_any_order(void **state)
{
	struct nf_inventory *inv = NULL;
	struct nf_error err = {0};

	(void)state;
	enter_directory();
	for (int backward = 0; backward < 2; backward++) {
		for (unsigned n = 64; n < 66; n++) {
			char *text = chain_of_groups(n, backward == 1);

			put_file("a", text);
			free(text);
			inv = NULL;
			assert_int_equal(
				nf_inventory_load(&inv, "a", NULL, NULL, &err),
				n == 64 ? 0 : -1);
			if (n == 65)
				assert_non_null(
					strstr(err.message, "too deep"));
			nf_inventory_free(inv);
		}
	}
	leave_directory();
}

/* 1024 are named, and all of them are in one more. */
static void test_own_leaves_out_a_device_of_too_many_groups(void **state)
{
	struct nf_inventory *inv = NULL;
	struct nf_error err = {0};
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	assert_non_null(out);
	(void)fprintf(out, "groups:\n  one: {port: 1}\n");
	for (unsigned i = 0; i < 1024; i++)
		(void)fprintf(out, "  g%u: {groups: [one]}\n", i);
	(void)fprintf(out, "devices:\n- host: h\n  device_type: linux\n"
			   "  groups: [g0");
	for (unsigned i = 1; i < 1024; i++)
		(void)fprintf(out, ", g%u", i);
	(void)fprintf(out, "]\n");
	assert_int_equal(fclose(out), 0);
	assert_int_equal(nf_inventory_new(&inv, NULL, NULL, &err), 0);
	assert_int_equal(inventory_add_bytes(inv, text, len, "f", &err), 0);
	assert_string_equal(inventory_device(inv, 0)->skip,
			    "f:1028: device 'its device': it is in more than "
			    "1024 groups, by way of its groups: give it fewer");
	nf_inventory_free(inv);
	free(text);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_own_takes_defaults_where_a_device_says_nothing),
	cmocka_unit_test(test_own_takes_defaults_that_stand_behind_devices),
	cmocka_unit_test(test_own_takes_devices_by_name),
	cmocka_unit_test(test_own_later_groups_win_over_earlier_ones),
	cmocka_unit_test(
		test_own_leaves_out_devices_of_a_group_that_is_not_there),
	cmocka_unit_test(test_own_refuses_groups_that_cannot_be),
	cmocka_unit_test(test_own_refuses_keys_of_a_file_that_it_does_not_know),
	cmocka_unit_test(test_own_keeps_what_is_no_key_as_data),
	cmocka_unit_test(test_own_reads_names_that_other_tools_have),
	cmocka_unit_test(test_own_reads_anchors_and_merge_keys),
	cmocka_unit_test(test_own_reads_ranges),
	cmocka_unit_test(test_own_leaves_out_ranges_that_do_not_fit),
	cmocka_unit_test(test_own_leaves_out_a_device_that_is_wrong_alone),
	cmocka_unit_test(test_own_takes_what_the_caller_has_for_all_last),
	cmocka_unit_test(test_own_includes_files),
	cmocka_unit_test(test_own_refuses_includes_that_cannot_be),
	cmocka_unit_test(test_own_refuses_too_many_includes),
	cmocka_unit_test(test_own_refuses_deep_groups_in_any_order),
	cmocka_unit_test(test_own_leaves_out_a_device_of_too_many_groups),
};

UNIT_MAIN(tests)
