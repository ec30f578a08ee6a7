/* nf_inventory_select(): devices of an inventory, by what is known of them. */
#include "inventory/inventory.h"

#include "unit/invtext.h"
#include "unit/unit.h"

#include <stdio.h>
#include <string.h>

static const char text[] =
	"defaults: {device_type: ios, username: u, password: pw, tier: '3'}\n"
	"groups:\n"
	"  core: {device_type: eos, site: {city: paris, 'a.b': x}}\n"
	"  paris: {groups: core}\n"
	"  empty: {}\n"
	"devices:\n"
	"- {name: R1, host: 10.0.0.1, groups: core, role: core, tags: [a, 1]}\n"
	"- {name: R2, host: 10.0.0.2, port: 2022, user: me, tags: a,\n"
	"   snmp: {v2: {community: c}}, transport: telnet}\n"
	"- {name: 'sw[1-3]', host: '10.0.1.[1-3]', groups: [paris]}\n"
	"- {host: 10.0.2.1, role: edge, up: true, dotted.key: 5}\n";

static void tell_names(const struct nf_inventory *inv, char *out)
{
	*out = '\0';
	for (size_t i = 0; i < nf_inventory_size(inv); i++) {
		if (i > 0)
			(void)strcat(out, " ");
		(void)strcat(out, nf_inventory_device(inv, i)->name);
	}
}

static void assert_selected(const char *limit, const char *names)
{
	struct nf_inventory *inv = invtext_parse(text);
	const struct nf_selection selection = {.limits = &limit, .nlimits = 1};
	struct nf_error err = {0};
	char told[256];

	unit_where(limit);
	assert_int_equal(nf_inventory_select(inv, &selection, &err), 0);
	tell_names(inv, told);
	assert_string_equal(told, names);
	nf_inventory_free(inv);
}

static void assert_none(const char *limit, const char *words)
{
	struct nf_inventory *inv = invtext_parse(text);
	const struct nf_selection selection = {.limits = &limit, .nlimits = 1};
	struct nf_error err = {0};

	unit_where(limit);
	assert_int_equal(nf_inventory_select(inv, &selection, &err), -1);
	assert_int_equal(err.code, NF_INVALID);
	assert_non_null(strstr(err.message, words));
	assert_int_equal(nf_inventory_size(inv), 6);
	nf_inventory_free(inv);
}

static void test_select_knows_what_the_inventory_does(void **state)
{
	static const struct {
		const char *limit;
		const char *names;
	} cases[] = {
		{"R1,sw2", "R1 sw2"},
		{"core", "R1 sw1 sw2 sw3"},
		{"group=paris", "sw1 sw2 sw3"},
		{"core,!paris", "R1"},
		{"10.0.2.1", "10.0.2.1"},
		{"10.0.0.2:2022", "R2"},
		{"host=10.0.1.*", "sw1 sw2 sw3"},
		{"platform=arista_eos", "R1 sw1 sw2 sw3"},
		{"platform=eos", "R1 sw1 sw2 sw3"},
		{"platform=EOS", "R1 sw1 sw2 sw3"},
		{"platform=arista.eos.eos", "R1 sw1 sw2 sw3"},
		{"platform~^arista", "R1 sw1 sw2 sw3"},
		{"platform=arista_*,!sw1", "R1 sw2 sw3"},
		{"device_type=ios", "R2 10.0.2.1"},
		{"device_type=cisco_ios", "R2 10.0.2.1"},
		{"platform=cisco.ios.ios", "R2 10.0.2.1"},
		{"port=2022", "R2"},
		{"username=me", "R2"},
		{"user=me", "R2"},
		{"transport=telnet", "R2"},
		{"role=core", "R1"},
		{"role~.", "R1 10.0.2.1"},
		{"tags=a", "R1 R2"},
		{"tags=1", "R1"},
		{"tier=3,&R*", "R1 R2"},
		{"site.city=paris", "R1 sw1 sw2 sw3"},
		{"site.city~^par,!R1", "sw1 sw2 sw3"},
		{"snmp.v2.community=c", "R2"},
		{"dotted.key=5", "10.0.2.1"},
		{"up=true", "10.0.2.1"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		assert_selected(cases[i].limit, cases[i].names);
}

/* A password that is looked for is one that is guessed. */
static void test_select_looks_into_no_secret(void **state)
{
	(void)state;
	assert_none("password=pw", "none has a key 'password'");
	assert_none("password~.", "none has a key 'password'");
	assert_none("rol=core", "did you mean 'role'?");
	assert_none("empty", "'empty' is a group without devices");
	assert_none("R3", "groups: core, paris, empty");
}

static void test_select_may_choose_again(void **state)
{
	static const char *const names[] = {"core", "R2"};
	static const char *const excludes[] = {"sw1"};
	struct nf_inventory *inv = invtext_parse(text);
	const struct nf_selection first = {.limits = names, .nlimits = 2};
	const struct nf_selection second = {
		.excludes = excludes, .nexcludes = 1, .pick = 2};
	struct nf_error err;
	char told[256];

	(void)state;
	assert_int_equal(nf_inventory_select(inv, &first, &err), 0);
	assert_int_equal(nf_inventory_select(inv, &second, &err), 0);
	tell_names(inv, told);
	assert_string_equal(told, "R1 sw2");
	assert_int_equal(inventory_hidden(inv), 4);
	nf_inventory_free(inv);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_select_knows_what_the_inventory_does),
	cmocka_unit_test(test_select_looks_into_no_secret),
	cmocka_unit_test(test_select_may_choose_again),
};

UNIT_MAIN(tests)
