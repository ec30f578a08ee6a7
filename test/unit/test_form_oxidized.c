/* lib/forms/oxidized: Oxidized's configuration and its file of devices. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "forms/oxidized/regexp.h"
#include "inventory/inventory.h"
#include "unit/formdir.h"
#include "unit/invtext.h"
#include "unit/unit.h"

static void put(const struct formdir *files, const char *config,
		const char *devices)
{
	formdir_put(files, "config", config);
	if (devices != NULL)
		formdir_put(files, "router.db", devices);
}

static void expect(const char *config, const char *devices, const char *out,
		   const char *notes)
{
	struct formdir files;

	formdir_make(&files);
	put(&files, config, devices);
	formdir_expect(&files, "oxidized", "config", out);
	formdir_expect_notes(&files, notes);
	formdir_remove(&files);
}

static void refuse(const char *config, const char *devices, const char *message)
{
	struct formdir files;

	formdir_make(&files);
	put(&files, config, devices);
	formdir_refuse(&files, "oxidized", "config", message);
	formdir_remove(&files);
}

/* A source of three columns. */
#define SOURCE(rest)                                                           \
	"source: {default: csv, csv: {file: router.db, delimiter: "            \
	"!ruby/regexp /:/, " rest "}}\n"
#define MAP "map: {name: 0, model: 1, group: 2}"

static void test_oxidized_reads_config_and_router_db(void **state)
{
	(void)state;
	expect("username: od\n"
	       "password: dv-7d\n"
	       "vars: {enable: dv-7e}\n"
	       "groups: {g: {username: og, password: dv-7}}\n"
	       "model_map: {juniper: junos}\n"
	       "source: {default: csv, csv: {file: router.db, delimiter: "
	       "!ruby/regexp /\\|/, map: {model: 0, name: 1, ip: 2, group: "
	       "3}}}\n",
	       "juniper|o1|127.1.30.11|g\n"
	       "ios|o2|127.1.30.12|\n",
	       "o1 127.1.30.11:22 juniper_junos og password=dv-7 "
	       "secret=dv-7e groups=g\n"
	       "o2 127.1.30.12:22 cisco_ios od password=dv-7d "
	       "secret=dv-7e\n",
	       "");
}

/* Device, model in its group, group, model, configuration. */
static void test_oxidized_asks_places_in_its_order(void **state)
{
	(void)state;
	expect("---\n"
	       "username: u0\n"
	       "password: p0\n"
	       "model: eos\n"
	       "vars: {enable: e0}\n"
	       "models:\n"
	       "  ios: {username: um, password: pm, vars: {enable: em}}\n"
	       "groups:\n"
	       "  g:\n"
	       "    username: ug\n"
	       "    model: vyos\n"
	       "    models:\n"
	       "      ios: {username: ugm, vars: {enable: egm}}\n"
	       "source:\n"
	       "  csv:\n"
	       "    file: ~/router.db\n"
	       "    delimiter: ':'\n"
	       "    map: {name: 0, model: 1, group: 2, username: 3, site: 4}\n"
	       "    vars_map: {enable: 5}\n",
	       "  # a comment\n"
	       "a:ios:g:own:x:eown\n"
	       "b:ios:g:::\n"
	       "c:ios:\n"
	       "d:nil:g:nil\n"
	       "e:IOS:none\n"
	       "f:nil\n",
	       "a a:22 cisco_ios own password=pm secret=eown groups=g site=x\n"
	       "b b:22 cisco_ios ugm password=pm secret=egm groups=g\n"
	       "c c:22 cisco_ios um password=pm secret=em\n"
	       "d d:22 vyos ug password=p0 secret=e0 groups=g\n"
	       "e e:22 cisco_ios um password=pm secret=em groups=none\n"
	       "f f:22 arista_eos u0 password=p0 secret=e0\n",
	       "");
}

static void test_oxidized_maps_names_of_models_and_groups(void **state)
{
	(void)state;
	expect("model_map:\n"
	       "  cisco: iosxr\n"
	       "  !ruby/regexp /pro.*ve/i: procurve\n"
	       "  xprocurve: vyos\n"
	       "  odd: {}\n"
	       "group_map:\n"
	       "  !ruby/regexp /^hq/: head\n"
	       "  old: new\n" SOURCE(MAP),
	       "a:cisco:hq-1\n"
	       "b:xProCurve:old\n"
	       "c:juniper:x\n"
	       "d:xprocurve:\n",
	       "a a:22 cisco_xr - groups=head\n"
	       "b b:22 hp_procurve - groups=new\n"
	       "c c:22 juniper_junos - groups=x\n"
	       "d d:22 hp_procurve -\n",
	       "");
}

static void test_oxidized_asks_the_name_where_an_ip_is_none(void **state)
{
	(void)state;
	expect(SOURCE("map: {name: 0, ip: 1, model: 2}"),
	       "a:10.0.0.1/24:ios\n"
	       "b:b.example:ios\n"
	       "c::ios\n"
	       "d:010.0.0.1:ios\n",
	       "a 10.0.0.1:22 cisco_ios -\n"
	       "b b:22 cisco_ios -\n"
	       "c c:22 cisco_ios -\n"
	       "d d:22 cisco_ios -\n",
	       "router.db:2: the ip 'b.example' is no address: as Oxidized "
	       "does, its name is asked (and 1 more)\n");
	expect("source: {csv: {file: router.db, delimiter: ',', map: {name: 1, "
	       "ip: 0, model: 2}}}\n",
	       "2001:db8::1,a,ios\r\n", "a 2001:db8::1:22 cisco_ios -\n", "");
}

static void test_oxidized_logs_in_by_the_first_method(void **state)
{
	struct formdir files;
	const struct device *dev;

	(void)state;
	formdir_make(&files);
	put(&files,
	    "input: {default: 'ssh, telnet', debug: false}\n"
	    "vars: {ssh_port: 2022, telnet_port: 2023, ssh_proxy: j,\n"
	    "       ssh_proxy_port: 2222, ssh_kex: 'a, b',\n"
	    "       ssh_keys: [~/k1, ~/k2], auth_methods: [none]}\n"
	    "groups: {t: {input: telnet}, h: {input: http}}\n"
	    "models: {vyos: {vars: {enable: true}, input: 'scp, telnet'},\n"
	    "         eos: {vars: {enable: false}}}\n" SOURCE(
		    MAP ", vars_map: {ssh_port: 3, ssh_hmac: 4}"),
	    "a:ios::1:x\n"
	    "b:ios:t:1\n"
	    "c:ios:h\n"
	    "d:vyos:\n"
	    "e:eos:\n");
	formdir_expect(&files, "oxidized", "config",
		       "a a:1 cisco_ios -\n"
		       "b b:2023 cisco_ios/telnet - groups=t\n"
		       "d d:2023 vyos/telnet -\n"
		       "e e:2022 arista_eos -\n");
	formdir_expect_notes(&files,
			     "router.db: 1 entry is not for a poller of "
			     "command lines, and left out: 1 http (c)\n");
	dev = inventory_device(files.inv, 0);
	assert_string_equal(dev->access->proxy_jump, "j:2222");
	assert_string_equal(dev->access->kex_algorithms, "a,b");
	assert_string_equal(dev->access->macs, "x");
	assert_string_equal(dev->access->key_file, "~/k1");
	assert_int_equal(dev->access->use_keys, WISH_YES);
	assert_int_equal(inventory_device(files.inv, 2)->credentials.enable,
			 ENABLE_ALWAYS);
	assert_int_equal(inventory_device(files.inv, 3)->credentials.enable,
			 ENABLE_NEVER);
	formdir_remove(&files);
}

static void test_oxidized_leaves_out_odd_lines_alone(void **state)
{
	(void)state;
	expect(SOURCE(MAP),
	       "a:teapot:\n"
	       ":ios:\n"
	       "b::\n"
	       "c\n"
	       "d:ios:\xff\n"
	       "e:ios:g:more:and:more\n",
	       "a a:22 unknown - ! router.db:1: device 'a': Oxidized's model "
	       "'teapot' is no platform that is known here: write the "
	       "device in netfan's form, with a device_type (netfan platforms "
	       "lists all)\n"
	       "device 2 :22 unknown - ! router.db:2: no name\n"
	       "b :22 unknown - ! router.db:3: device 'b': no model\n"
	       "c c:22 juniper_junos -\n"
	       "device 5 :22 unknown - ! router.db:5: a field is too long, or "
	       "no UTF-8\n"
	       "e e:22 cisco_ios - groups=g\n",
	       "");
}

static void test_oxidized_splits_as_its_delimiter_says(void **state)
{
	static const struct {
		const char *delimiter, *line;
	} cases[] = {
		{"delimiter: !ruby/regexp /[;,]\\s*/", "a; ios,g"},
		{"delimiter: ' '", "a   ios\tg"},
		{"delimiter: \"\\t\"", "a\tios\tg"},
		{"delimiter: '::'", "a::ios::g"},
		{"gpg: false", "a ios g"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char config[256];

		(void)snprintf(config, sizeof(config),
			       "source:\n  csv:\n    file: router.db\n"
			       "    %s\n    " MAP "\n",
			       cases[i].delimiter);
		unit_where(config);
		expect(config, cases[i].line, "a a:22 cisco_ios - groups=g\n",
		       "");
	}
}

static void test_oxidized_refuses_what_it_cannot_read(void **state)
{
	(void)state;
	refuse("a:ios\nb:ios\n", NULL,
	       "config: no 'source' is in it: give Oxidized's config, which "
	       "says which column of router.db is which");
	refuse("source: {default: http, http: {url: x}}\n", NULL,
	       "config:1: the devices come from source 'http', which is not "
	       "asked: give a file of them, or a source csv");
	refuse("source: {csv: {map: {name: 0}}}\n", NULL,
	       "config:1: source csv names no file");
	refuse("source: {csv: {file: router.db, gpg: true}}\n", NULL,
	       "config:1: the file of devices is encrypted by gpg: give it as "
	       "text");
	refuse(SOURCE("map: {model: 0}"), "a\n",
	       "config:1: source csv has no map with a name in it: it says "
	       "which column is which");
	refuse(SOURCE("map: {name: first}"), "a\n",
	       "config:1: the column of 'name' must be a number from 0 to 63");
	refuse("source: {csv: {file: router.db, map: {name: 0}, delimiter: "
	       "!ruby/regexp /(/}}\n",
	       "a\n",
	       "config:1: the delimiter cannot be read: give it as "
	       "!ruby/regexp /:/, or in quotes");
	refuse("model_map:\n  !ruby/regexp /[/: x\n" SOURCE(MAP), "a\n",
	       "config:2: the regular expression '/[/' cannot be read");
	refuse(SOURCE(MAP), "# none\n", "router.db: no devices are in it");
	refuse(SOURCE(MAP), NULL,
	       "router.db: cannot be read: No such file or directory (check "
	       "the path and its permissions)");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_oxidized_reads_config_and_router_db),
	cmocka_unit_test(test_oxidized_asks_places_in_its_order),
	cmocka_unit_test(test_oxidized_maps_names_of_models_and_groups),
	cmocka_unit_test(test_oxidized_asks_the_name_where_an_ip_is_none),
	cmocka_unit_test(test_oxidized_logs_in_by_the_first_method),
	cmocka_unit_test(test_oxidized_leaves_out_odd_lines_alone),
	cmocka_unit_test(test_oxidized_splits_as_its_delimiter_says),
	cmocka_unit_test(test_oxidized_refuses_what_it_cannot_read),
};

UNIT_MAIN(tests)
