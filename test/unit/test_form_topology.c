/* lib/forms/topology: containerlab's topologies, NetBox's JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inventory/inventory.h"
#include "unit/formdir.h"
#include "unit/invtext.h"
#include "unit/unit.h"
#include "yaml/surrogates.h"

static void expect(const char *form, const char *text, const char *devices,
		   const char *notes)
{
	struct formdir files;

	formdir_make(&files);
	formdir_put(&files, "f", text);
	formdir_expect(&files, form, "f", devices);
	formdir_expect_notes(&files, notes);
	formdir_remove(&files);
}

static void refuse(const char *form, const char *text, const char *message)
{
	struct formdir files;

	formdir_make(&files);
	formdir_put(&files, "f", text);
	formdir_refuse(&files, form, "f", message);
	formdir_remove(&files);
}

/* ---- containerlab */

static void test_containerlab_nodes_are_devices_by_their_kind(void **state)
{
	(void)state;
	expect("containerlab",
	       "name: lab\n"
	       "topology:\n"
	       "  kinds:\n"
	       "    arista_ceos: {image: 'ceos:4.32'}\n"
	       "  nodes:\n"
	       "    r1: {kind: arista_ceos, mgmt-ipv4: 172.20.20.11}\n"
	       "    r2: {kind: nokia_srlinux, type: ixr-d2l, group: spine}\n"
	       "    r3:\n"
	       "      kind: cisco_xrd\n"
	       "      mgmt-ipv6: 2001:db8::3\n"
	       "    pc: {kind: linux, image: alpine}\n"
	       "    pc2: {kind: linux}\n"
	       "    br: {kind: bridge}\n"
	       "    odd: {kind: 6wind_vsr}\n"
	       "  links:\n"
	       "    - endpoints: ['r1:eth1', 'r2:e1-1']\n",
	       "r1 172.20.20.11:22 arista_eos admin password=admin "
	       "groups=arista_ceos image=ceos:4.32 lab=lab\n"
	       "r2 clab-lab-r2:22 nokia_srl admin password=NokiaSrl1! "
	       "groups=nokia_srlinux,spine lab=lab type=ixr-d2l\n"
	       "r3 2001:db8::3:22 cisco_xr clab password=clab@123 "
	       "groups=cisco_xrd lab=lab\n"
	       "odd clab-lab-odd:22 6wind_vsr - groups=6wind_vsr lab=lab ! "
	       "f:14: device 'odd': unknown device_type '6wind_vsr': "
	       "netfan platforms lists all\n",
	       "f: 3 entries are not for a poller of command lines, and left "
	       "out: 2 linux (pc, ...), 1 bridge (br)\n");
}

static void test_containerlab_prefixes_make_the_address(void **state)
{
	static const struct {
		const char *prefix, *host;
	} cases[] = {
		{"prefix: mine\nname: l\n", "mine-l-r"},
		{"prefix: __lab-name\nname: l\n", "l-r"},
		{"prefix: ''\nname: l\n", "r"},
		{"prefix: ''\n", "r"},
		{"name: l\n", "clab-l-r"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char text[256], devices[256];

		(void)snprintf(text, sizeof(text),
			       "%stopology: {nodes: {r: {kind: cvx}}}\n",
			       cases[i].prefix);
		(void)snprintf(devices, sizeof(devices),
			       "r %s:22 linux - groups=cvx%s\n", cases[i].host,
			       strstr(text, "name: l\n") != NULL ? " lab=l"
								 : "");
		expect("containerlab", text, devices, "");
	}
	expect("containerlab", "topology: {nodes: {r: {kind: cvx}}}\n",
	       "r :22 linux - groups=cvx ! f:1: device 'r': no address: give "
	       "it "
	       "mgmt-ipv4, or the topology a name\n",
	       "");
}

static void test_containerlab_kind_and_login_come_from_groups_too(void **state)
{
	(void)state;
	expect("containerlab",
	       "name: l\n"
	       "prefix: ''\n"
	       "topology:\n"
	       "  defaults: {kind: ceos, group: dg, env: {USERNAME: e}}\n"
	       "  groups:\n"
	       "    g: {kind: srl, credentials: {username: gu}}\n"
	       "    dg: {credentials: {password: dp}}\n"
	       "  kinds:\n"
	       "    crpd: {credentials: {username: ku, password: kp},\n"
	       "           group: kg}\n"
	       "  nodes:\n"
	       "    a:\n"
	       "    b: {group: g}\n"
	       "    c: {kind: crpd}\n"
	       "    d: {kind: crpd, credentials: {identity-file: ~/.ssh/k}}\n"
	       "    e: {kind: vr-sros, env: {PASSWORD: x},\n"
	       "        labels: {ansible-group: y, nornir-group-2: z}}\n",
	       "a a:22 arista_eos e password=dp groups=ceos,dg lab=l\n"
	       "b b:22 nokia_srl gu password=NokiaSrl1! groups=srl,g lab=l\n"
	       "c c:22 juniper_junos ku password=kp groups=crpd,kg lab=l\n"
	       "d d:22 juniper_junos ku password=kp groups=crpd,kg lab=l\n"
	       "e e:22 nokia_sros e password=dp groups=vr-sros,dg,y,z "
	       "lab=l labels={\"ansible-group\": \"y\", \"nornir-group-2\": "
	       "\"z\"}\n",
	       "");
}

static void test_containerlab_refuses_what_has_no_nodes(void **state)
{
	static const char message[] =
		"f:1: a topology of containerlab's has a mapping of nodes in "
		"'topology'";

	(void)state;
	refuse("containerlab", "name: l\ntopology: {nodes: [a]}\n", message);
	refuse("containerlab", "[]\n", message);
	refuse("containerlab", "topology:\n", message);
}

/* ---- NetBox */

static void test_netbox_devices_have_a_primary_address(void **state)
{
	(void)state;
	expect("netbox",
	       "{\"count\": 7, \"next\": null, \"results\": [\n"
	       "{\"id\": 1, \"name\": \"sw1\", \"device_type\": {\"id\": 3,\n"
	       "  \"manufacturer\": {\"name\": \"Cisco\", \"slug\": "
	       "\"cisco\"}, \"model\": \"C9300\", \"slug\": \"c9300\"},\n"
	       " \"role\": {\"slug\": \"access\", \"name\": \"Access\"},\n"
	       " \"platform\": {\"name\": \"IOS\", \"slug\": \"cisco-ios\"},\n"
	       " \"site\": {\"slug\": \"ulm\"}, \"rack\": null,\n"
	       " \"status\": {\"value\": \"active\", \"label\": \"Active\"},\n"
	       " \"primary_ip\": {\"address\": \"10.0.0.1/24\"},\n"
	       " \"tags\": [{\"slug\": \"core\"}, {\"slug\": \"core\"}],\n"
	       " \"custom_fields\": {\"cab\": 7, \"none\": null}},\n"
	       "{\"name\": null, \"platform\": {\"slug\": \"eos\"},\n"
	       " \"device_role\": {\"slug\": \"spine\"},\n"
	       " \"status\": {\"value\": 1, \"label\": \"Active\"},\n"
	       " \"primary_ip\": null, \"primary_ip4\": null,\n"
	       " \"primary_ip6\": {\"address\": \"2001:db8::1/64\"}},\n"
	       "{\"name\": \"x\", \"platform\": null,\n"
	       " \"primary_ip4\": {\"address\": \"10.0.0.3/32\"}},\n"
	       "{\"name\": \"panel\", \"primary_ip4\": null},\n"
	       "{\"name\": \"old\", \"status\": {\"value\": \"offline\"},\n"
	       " \"primary_ip4\": {\"address\": \"10.0.0.4/32\"}},\n"
	       "7]}\n",
	       "sw1 10.0.0.1:22 cisco_ios - groups=core site=ulm role=access "
	       "model=c9300 manufacturer=cisco status=active cab=7\n"
	       "2001:db8::1 2001:db8::1:22 arista_eos - role=spine status=1\n"
	       "x 10.0.0.3:22 unknown - ! f:16: device 'x': no device_type: "
	       "say what it is, as in device_type: cisco_ios (netfan platforms "
	       "lists all)\n"
	       "device 4 :22 unknown - ! f:21: a device must be an object\n",
	       "f: 2 entries are not for a poller of command lines, and left "
	       "out: 1 without a primary address (panel), 1 offline (old)\n");
}

static void test_netbox_reads_a_list_and_tells_of_another_page(void **state)
{
	(void)state;
	expect("netbox",
	       "[{\"name\":\"a\",\"primary_ip\":\"10.0.0.1/8\",\"platform\":"
	       "\"linux\"}]",
	       "a 10.0.0.1:22 linux -\n", "");
	expect("netbox",
	       "{\"count\": 2, \"next\": \"https://x/?offset=1\",\n"
	       "\"results\": [{\"name\": \"\\ud83d\\ude00\\\\ud83d\",\n"
	       "\"primary_ip\": {\"address\": \"10.0.0.1\"},\n"
	       "\"platform\": {\"slug\": \"linux\"}}]}\n",
	       "\xf0\x9f\x98\x80\\ud83d 10.0.0.1:22 linux -\n",
	       "f:1: there is another page of devices: ask for ?limit=0 to "
	       "have "
	       "all\n");
}

static void test_netbox_refuses_what_has_no_results(void **state)
{
	static const char message[] =
		"f:1: NetBox's devices are a list, or an answer of its REST "
		"interface with 'results'";

	(void)state;
	refuse("netbox", "{\"count\": 0}\n", message);
	refuse("netbox", "\"text\"\n", message);
	refuse("netbox", "{\"results\": {}}\n", message);
}

/* ---- surrogates */

static void test_surrogates_are_joined(void **state)
{
	static const struct {
		const char *text, *joined; /* NULL: as it is */
	} cases[] = {
		{"", NULL},
		{"\"a\\u00e9\"", NULL},
		{"\\", NULL},
		{"\\ud83d\\ude00", "\xf0\x9f\x98\x80"},
		{"\\uD83D\\uDE00!", "\xf0\x9f\x98\x80!"},
		{"\\ud83d", "\xef\xbf\xbd"},
		{"\\ude00\\ud83d", "\xef\xbf\xbd\xef\xbf\xbd"},
		{"\\ud83dx\\ud83d\\ude00", "\xef\xbf\xbdx\xf0\x9f\x98\x80"},
		{"\\\\ud83d\\ude00", "\\\\ud83d\xef\xbf\xbd"},
		{"\\ud83d\\", "\xef\xbf\xbd\\"},
		{"\\ud8", NULL},
		{"\\ud83d\\u0041", "\xef\xbf\xbd\\u0041"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		size_t len = strlen(cases[i].text);
		char *joined;

		assert_int_equal(surrogates_join(&joined, cases[i].text, &len),
				 0);
		if (cases[i].joined == NULL) {
			assert_null(joined);
			continue;
		}
		assert_non_null(joined);
		assert_int_equal(len, strlen(cases[i].joined));
		assert_memory_equal(joined, cases[i].joined, len);
		surrogates_free(joined, len);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_containerlab_nodes_are_devices_by_their_kind),
	cmocka_unit_test(test_containerlab_prefixes_make_the_address),
	cmocka_unit_test(test_containerlab_kind_and_login_come_from_groups_too),
	cmocka_unit_test(test_containerlab_refuses_what_has_no_nodes),
	cmocka_unit_test(test_netbox_devices_have_a_primary_address),
	cmocka_unit_test(test_netbox_reads_a_list_and_tells_of_another_page),
	cmocka_unit_test(test_netbox_refuses_what_has_no_results),
	cmocka_unit_test(test_surrogates_are_joined),
};

UNIT_MAIN(tests)
