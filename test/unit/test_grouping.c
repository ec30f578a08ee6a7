/* Groups of an inventory as a tree. */
#include "view/grouping.h"

#include <stdlib.h>
#include <string.h>

#include "inventory/inventory.h"
#include "unit/invtext.h"
#include "unit/unit.h"

static void put(char text[512], const char *word)
{
	(void)strcat(strcat(text, " "), word);
}

/* Write lists as a text: "a: b c; d:". */
static void assert_tree(const struct grouping *grouping, const char *want)
{
	char text[512] = "";

	for (size_t g = 0; g <= grouping->n; g++) {
		const struct lists *children = &grouping->children;
		const struct lists *members = &grouping->members;

		put(text, g < grouping->n ? grouping->names[g] : "-");
		(void)strcat(text, ":");
		for (size_t at = children->begin[g];
		     g < grouping->n && at < children->begin[g + 1]; at++)
			put(text, grouping->names[children->at[at]]);
		for (size_t at = members->begin[g]; at < members->begin[g + 1];
		     at++)
			put(text,
			    nf_inventory_device(grouping->inv, members->at[at])
				    ->name);
		(void)strcat(text, ";");
	}
	assert_string_equal(text, want);
}

static void assert_grouped(const struct nf_inventory *inv, const char *want)
{
	struct grouping grouping;

	assert_int_equal(grouping_init(&grouping, inv), 0);
	assert_tree(&grouping, want);
	grouping_release(&grouping);
}

static void test_grouping_has_devices_in_their_nearest_groups(void **state)
{
	struct nf_inventory *inv = invtext_parse(
		"defaults: {device_type: cisco_ios}\n"
		"groups: {top: {}, low: {groups: [top]}, far: {}}\n"
		"devices:\n"
		"  R1: {host: 10.0.0.1, groups: [low, far]}\n"
		"  R2: {host: 10.0.0.2, groups: [top]}\n"
		"  R3: {host: 10.0.0.3}\n"
		"  R4: {host: 10.0.0.4, groups: [top, low]}\n");

	(void)state;
	assert_grouped(inv, " top: low R2; low: R1 R4; far: R1; -: R3;");
	nf_inventory_free(inv);
}

/* Read a second file into an inventory. */
static void add(struct nf_inventory *inv, const char *text)
{
	struct nf_error err;

	assert_int_equal(
		inventory_add_bytes(inv, text, strlen(text), "g", &err), 0);
}

static void test_grouping_leaves_out_what_closes_a_loop(void **state)
{
	struct nf_inventory *inv =
		invtext_parse("defaults: {device_type: cisco_ios}\n"
			      "groups: {a: {}, b: {groups: [a]}}\n"
			      "devices: {R1: {host: 10.0.0.1, groups: [b]}}\n");

	(void)state;
	add(inv, "defaults: {device_type: cisco_ios}\n"
		 "groups: {b: {}, a: {groups: [b]}}\n"
		 "devices: {R2: {host: 10.0.0.2, groups: [a]}}\n");
	assert_grouped(inv, " a: b; b: R1 R2; -:;");
	nf_inventory_free(inv);
}

static void test_grouping_leaves_out_children_with_strangers(void **state)
{
	struct nf_inventory *inv =
		invtext_parse("defaults: {device_type: cisco_ios}\n"
			      "groups: {a: {}, b: {groups: [a]}}\n"
			      "devices: {R1: {host: 10.0.0.1, groups: [b]}}\n");

	(void)state;
	add(inv, "defaults: {device_type: cisco_ios}\n"
		 "groups: {b: {}}\n"
		 "devices: {R2: {host: 10.0.0.2, groups: [b]}}\n");
	assert_grouped(inv, " a: R1; b: R1 R2; -:;");
	nf_inventory_free(inv);
}

static void test_grouping_takes_all_for_no_group(void **state)
{
	struct nf_inventory *inv =
		invtext_parse("defaults: {device_type: cisco_ios}\n"
			      "groups: {all: {}, b: {groups: [all]}}\n"
			      "devices:\n"
			      "  R1: {host: 10.0.0.1, groups: [b]}\n"
			      "  R2: {host: 10.0.0.2, groups: [all]}\n");

	(void)state;
	assert_grouped(inv, " all:; b: R1; -: R2;");
	nf_inventory_free(inv);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_grouping_has_devices_in_their_nearest_groups),
	cmocka_unit_test(test_grouping_leaves_out_what_closes_a_loop),
	cmocka_unit_test(test_grouping_leaves_out_children_with_strangers),
	cmocka_unit_test(test_grouping_takes_all_for_no_group),
};

UNIT_MAIN(tests)
