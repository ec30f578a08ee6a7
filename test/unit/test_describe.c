/* What an inventory says of its devices, and where that stands. */
#include "inventory/inventory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/invtext.h"
#include "unit/unit.h"

/* Values as a text, a line each. */
struct lines {
	char text[8192];
	size_t len;
};

static void put_value(void *arg, const struct nf_value *value)
{
	static const char *const origins[] = {"own", "group", "defaults"};
	struct lines *lines = arg;
	int len = snprintf(
		lines->text + lines->len, sizeof(lines->text) - lines->len,
		"%s%s=%s%s %s:%zu %s%s%s%s\n", value->data ? "." : "",
		value->key, value->json ? "json " : "", value->text,
		value->file != NULL ? value->file : "-", value->line,
		origins[value->origin], value->group != NULL ? " " : "",
		value->group != NULL ? value->group : "",
		value->secret ? " secret" : "");

	assert_true(len > 0);
	lines->len += (size_t)len;
	assert_true(lines->len < sizeof(lines->text));
}

static void assert_values(const struct nf_inventory *inv, size_t i,
			  bool secrets, const char *want)
{
	struct lines lines = {.len = 0};
	struct nf_error err;

	assert_int_equal(
		nf_inventory_values(inv, i, secrets, put_value, &lines, &err),
		0);
	assert_string_equal(lines.text, want);
}

static const char layered[] = "defaults:\n"
			      "  device_type: cisco_ios\n"
			      "  password: dv-1\n"
			      "  site: here\n"
			      "groups:\n"
			      "  core:\n"
			      "    username: gu\n"
			      "    role: core\n"
			      "  top:\n"
			      "    port: 2022\n"
			      "  low: {groups: [top]}\n"
			      "devices:\n"
			      "  R1:\n"
			      "    host: 10.0.0.1\n"
			      "    ip: 10.0.0.9\n"
			      "    groups: [core, low]\n"
			      "    role: edge\n"
			      "    vlans: [1, {token: t}]\n"
			      "    snmp_community: public\n"
			      "    rack: 7\n"
			      "    row: '7'\n";

static void test_describe_tells_where_each_value_stands(void **state)
{
	struct nf_inventory *inv = invtext_parse(layered);

	(void)state;
	assert_values(inv, 0, false,
		      "name=R1 inv.yaml:13 own\n"
		      "device_type=cisco_ios inv.yaml:2 defaults\n"
		      "host=10.0.0.9 inv.yaml:15 own\n"
		      "port=2022 inv.yaml:10 group top\n"
		      "username=gu inv.yaml:7 group core\n"
		      "password=*** inv.yaml:3 defaults secret\n"
		      ".rack=json 7 inv.yaml:20 own\n"
		      ".role=edge inv.yaml:17 own\n"
		      ".row=7 inv.yaml:21 own\n"
		      ".site=here inv.yaml:4 defaults\n"
		      ".snmp_community=*** inv.yaml:19 own secret\n"
		      ".vlans=json [1, {\"token\": \"***\"}] inv.yaml:18 own "
		      "secret\n");
	nf_inventory_free(inv);
}

static void test_describe_shows_secrets_when_asked(void **state)
{
	struct nf_inventory *inv =
		invtext_parse("- name: R1\n"
			      "  device_type: cisco_ios\n"
			      "  host: 10.0.0.1\n"
			      "  password: 'literal:env:X'\n"
			      "  api_token: t\n"
			      "  snmp: {community: public}\n");

	(void)state;
	assert_values(
		inv, 0, true,
		"name=R1 inv.yaml:1 own\n"
		"device_type=cisco_ios inv.yaml:2 own\n"
		"host=10.0.0.1 inv.yaml:3 own\n"
		"password=env:X inv.yaml:4 own secret\n"
		".api_token=t inv.yaml:5 own secret\n"
		".snmp=json {\"community\": \"public\"} inv.yaml:6 own\n");
	nf_inventory_free(inv);
}

static void put_written(void *arg, const struct nf_value *value)
{
	if (strcmp(value->key, "password") == 0)
		(void)snprintf(arg, 64, "%s %d", value->written,
			       value->own_form);
}

static void test_describe_has_what_was_written(void **state)
{
	struct nf_inventory *inv = invtext_parse(
		"- {name: R1, device_type: cisco_ios, host: 10.0.0.1, "
		"password: 'literal:x'}\n");
	struct nf_error err;
	char written[64];

	(void)state;
	assert_int_equal(
		nf_inventory_values(inv, 0, true, put_written, written, &err),
		0);
	assert_string_equal(written, "literal:x 1");
	assert_int_equal(
		nf_inventory_values(inv, 0, false, put_written, written, &err),
		0);
	assert_string_equal(written, "*** 1");
	nf_inventory_free(inv);
}

static void test_describe_tells_of_devices_from_memory(void **state)
{
	const struct nf_entry entry = {.device_type = "cisco_ios_telnet",
				       .host = "10.0.0.1"};
	struct nf_description description;
	struct nf_inventory *inv;
	struct nf_error err;

	(void)state;
	assert_int_equal(nf_inventory_new(&inv, NULL, NULL, &err), 0);
	assert_int_equal(nf_inventory_add(inv, &entry, &err), 0);
	assert_values(inv, 0, false,
		      "device_type=cisco_ios_telnet -:0 own\n"
		      "host=10.0.0.1 -:0 own\n");
	nf_inventory_describe(inv, 0, &description);
	assert_string_equal(description.transport, "telnet");
	assert_null(description.skip);
	assert_null(description.file);
	assert_true(description.unnamed);
	assert_true(description.own_user);
	nf_inventory_free(inv);
}

static void test_describe_tells_why_a_device_is_skipped(void **state)
{
	struct nf_inventory *inv = invtext_parse(
		"- {name: R1, device_type: cisco_ios, port: x, host: "
		"10.0.0.1}\n"
		"- {name: R2, device_type: cisco_ios, host: 10.0.0.2, "
		"password: '***'}\n");
	struct nf_description description;

	(void)state;
	nf_inventory_describe(inv, 0, &description);
	assert_string_equal(description.skip,
			    "inv.yaml:1: device 'R1': port 'x' is not a number "
			    "1-65535");
	assert_true(description.unusable);
	nf_inventory_describe(inv, 1, &description);
	assert_non_null(strstr(description.skip, "password is a mask (***)"));
	assert_false(description.unusable);
	assert_string_equal(description.file, "inv.yaml");
	assert_int_equal(description.line, 2);
	nf_inventory_free(inv);
}

/* ---- groups */

static void assert_groups_of(const struct nf_inventory *inv, size_t i,
			     const char *want)
{
	size_t none = nf_inventory_ngroups(inv), g;
	struct nf_group group;
	char text[256] = "";

	for (size_t k = 0; (g = nf_inventory_group_of(inv, i, k)) != none;
	     k++) {
		nf_inventory_group(inv, g, &group);
		(void)strcat(strcat(text, " "), group.name);
	}
	assert_string_equal(text, want);
}

static void test_describe_has_groups_and_their_children(void **state)
{
	struct nf_inventory *inv = invtext_parse(layered);
	struct nf_group group;
	size_t top = nf_inventory_find_group(inv, "top");
	size_t low = nf_inventory_find_group(inv, "low");

	(void)state;
	assert_int_equal(nf_inventory_ngroups(inv), 3);
	assert_int_equal(nf_inventory_find_group(inv, "none"), 3);
	nf_inventory_group(inv, top, &group);
	assert_string_equal(group.name, "top");
	assert_string_equal(group.file, "inv.yaml");
	assert_int_equal(group.line, 9);
	assert_int_equal(group.nchildren, 1);
	assert_int_equal(nf_inventory_group_child(inv, top, 0), low);
	nf_inventory_group(inv, low, &group);
	assert_int_equal(group.nchildren, 0);
	assert_groups_of(inv, 0, " low top core");
	nf_inventory_free(inv);
}

static void test_describe_has_a_child_once(void **state)
{
	struct nf_inventory *inv = invtext_parse(
		"groups: {a: {}, b: {groups: [a, a]}}\n"
		"devices: {R1: {host: 10.0.0.1, device_type: cisco_ios, "
		"groups: [a, b]}}\n");
	struct nf_group group;

	(void)state;
	nf_inventory_group(inv, nf_inventory_find_group(inv, "a"), &group);
	assert_int_equal(group.nchildren, 1);
	nf_inventory_group(inv, nf_inventory_find_group(inv, "b"), &group);
	assert_int_equal(group.nchildren, 0);
	nf_inventory_free(inv);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_describe_tells_where_each_value_stands),
	cmocka_unit_test(test_describe_shows_secrets_when_asked),
	cmocka_unit_test(test_describe_has_what_was_written),
	cmocka_unit_test(test_describe_tells_of_devices_from_memory),
	cmocka_unit_test(test_describe_tells_why_a_device_is_skipped),
	cmocka_unit_test(test_describe_has_groups_and_their_children),
	cmocka_unit_test(test_describe_has_a_child_once),
};

UNIT_MAIN(tests)
