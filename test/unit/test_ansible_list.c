/*
 * lib/forms/ansible: what an inventory says. With --print FORM FILE [PASSWORD_FILE],
 * the program prints what is drafted of a file or a directory, for test_ansible.sh.
 * FORM - is none: it is read by its marks.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draft/draft.h"
#include "inventory/inventory.h"
#include "unit/invtext.h"
#include "unit/unit.h"
#include "yaml/json.h"

#define NET "ansible_network_os=ios\n"
#define NET_LINE " ansible_network_os=ios"

/* ---- print */

static void print_string(const char *text)
{
	struct buf buf;

	buf_init(&buf, (size_t)1 << 20);
	assert_int_equal(json_string(&buf, text), 0);
	(void)printf("%.*s", (int)buf.len, (const char *)buf.data);
	buf_release(&buf);
}

static void print_said(const char *name, const struct said *said, bool first)
{
	const char *bare = NULL;

	(void)printf("%s", first ? "" : ", ");
	print_string(name);
	(void)printf(": ");
	if ((said->flags & SAID_JSON) != 0)
		bare = said->text;
	else if ((said->flags & SAID_PLAIN) != 0)
		bare = json_plain(said->text);
	if (bare != NULL)
		(void)printf("%s", bare);
	else
		print_string(said->text);
}

static void print_keys(const struct draft_view *view)
{
	bool first = true;

	(void)printf(": {\"keys\": {");
	for (unsigned key = 0; key < NKEYS_READ; key++) {
		struct said text;

		if (view->value[key] == NULL)
			continue;
		text = *view->value[key];
		text.flags = 0;
		print_said(key_name((enum key)key), &text, first);
		first = false;
	}
}

static void print_data(const struct draft *draft,
		       const struct draft_device *device)
{
	bool first = true;

	(void)printf("}, \"data\": {");
	for (size_t i = 0; i < draft->ndata_names; i++) {
		const struct said *said = draft_data(device, (uint32_t)i, NULL);

		if (said == NULL)
			continue;
		print_said(draft_data_name(draft, (uint32_t)i), said, first);
		first = false;
	}
}

static void print_device(const struct draft *draft,
			 const struct draft_device *device)
{
	struct draft_view view;

	draft_view(device, &view);
	print_string(view.value[KEY_NAME]->text);
	print_keys(&view);
	print_data(draft, device);
	(void)printf("}, \"groups\": [");
	for (size_t i = 0; i < device->groups->n; i++) {
		(void)printf("%s", i > 0 ? ", " : "");
		print_string(device->groups->at[i]);
	}
	(void)printf("], \"skip\": ");
	if (device->skip != NULL)
		print_string(device->skip);
	(void)printf("%s}", device->skip != NULL ? "" : "null");
}

static void print_note(void *arg, const char *text)
{
	(void)arg;
	(void)fprintf(stderr, "%s\n", text);
}

static int print(const char *form, const char *path, const char *password_file)
{
	struct nf_inventory *inv = NULL;
	static const struct nf_log log = {.line = print_note};
	struct nf_error err = {0};
	const struct draft *draft;

	if (nf_inventory_new(&inv, NULL, &log, &err) == -1 ||
	    (strcmp(form, "-") != 0 &&
	     nf_inventory_format(inv, form, &err) == -1) ||
	    (password_file != NULL &&
	     nf_inventory_vault_password_file(inv, password_file, &err) ==
		     -1) ||
	    nf_inventory_add_file(inv, path, &err) == -1) {
		(void)fprintf(stderr, "%s\n", err.message);
		nf_inventory_free(inv);
		return 2;
	}
	draft = inventory_draft(inv);
	(void)printf("{");
	for (size_t i = 0; i < draft->ndevices; i++) {
		(void)printf("%s", i > 0 ? ",\n" : "");
		print_device(draft, &draft->devices[i]);
	}
	(void)printf("}\n");
	nf_inventory_free(inv);
	return 0;
}

/* ---- tests */

static char notes[4096];

static void keep_note(void *arg, const char *text)
{
	size_t len = strlen(notes);

	(void)arg;
	(void)snprintf(notes + len, sizeof(notes) - len, "%s\n", text);
}

static struct nf_inventory *begin(void)
{
	static const struct nf_log log = {.line = keep_note};
	struct nf_inventory *inv = NULL;
	struct nf_error err;

	notes[0] = '\0';
	assert_int_equal(nf_inventory_new(&inv, NULL, &log, &err), 0);
	assert_int_equal(nf_inventory_format(inv, "ansible", &err), 0);
	return inv;
}

static void assert_is(const char *path, const char *text, const char *dump)
{
	struct nf_inventory *inv = begin();
	struct nf_error err = {0};
	char *got;

	if (inventory_add_bytes(inv, text, strlen(text), path, &err) == -1)
		fail_msg("%s\nrefused: %s", text, err.message);
	got = invtext_dump(inv);
	assert_string_equal(got, dump);
	free(got);
	nf_inventory_free(inv);
}

static void assert_refused(const char *path, const char *text,
			   const char *message)
{
	struct nf_inventory *inv = begin();
	struct nf_error err = {0};

	unit_where(text);
	if (inventory_add_bytes(inv, text, strlen(text), path, &err) == 0)
		fail_msg("taken: %s", text);
	assert_string_equal(err.message, message);
	assert_int_equal(err.code, NF_INVALID);
	nf_inventory_free(inv);
}

static void test_the_example_in_ini(void **state)
{
	(void)state;
	assert_is("nowhere/hosts",
		  "web1 ansible_host=127.1.30.99\n"
		  "[edge]\n"
		  "r1 ansible_host=127.1.30.6   # first\n"
		  "r2 ansible_host=127.1.30.7 ansible_port=2023\n"
		  "[net:children]\n"
		  "edge\n"
		  "[net:vars]\n"
		  "ansible_network_os=cisco.ios.ios\n"
		  "ansible_connection=ansible.netcommon.network_cli\n"
		  "ansible_user=iu\n"
		  "ansible_port=2022\n"
		  "ansible_password='dv 4#x'\n"
		  "ansible_become=yes\n"
		  "ansible_become_method=enable\n"
		  "ansible_become_pass=dv-4e\n",
		  "r1 127.1.30.6:2022 cisco_ios iu password=dv 4#x "
		  "secret=dv-4e groups=edge,net\n"
		  "r2 127.1.30.7:2023 cisco_ios iu password=dv 4#x "
		  "secret=dv-4e groups=edge,net\n");
	assert_string_equal(notes,
			    "nowhere/hosts: 1 entry is not for a poller of "
			    "command lines, and left out: 1 without "
			    "ansible_network_os (web1)\n");
}

static void test_the_example_in_yaml(void **state)
{
	(void)state;
	assert_is("nowhere/net.yml",
		  "net:\n"
		  "  vars: {ansible_network_os: eos, ansible_connection: "
		  "network_cli, ansible_user: yu}\n"
		  "  hosts:\n"
		  "    y1: {ansible_host: 127.1.30.8, ansible_password: dv-5}\n"
		  "    y2:\n"
		  "      ansible_host: 127.1.30.9\n"
		  "      ansible_password: !vault |\n"
		  "        $ANSIBLE_VAULT;1.1;AES256\n"
		  "        6162636465666768\n"
		  "    y3: {ansible_host: 127.1.30.10, ansible_connection: "
		  "httpapi}\n",
		  "y1 127.1.30.8:22 arista_eos yu password=dv-5 groups=net\n"
		  "y2 127.1.30.9:22 arista_eos yu groups=net ! "
		  "nowhere/net.yml:7: "
		  "device 'y2': ansible_password is an Ansible vault value "
		  "(!vault): give the file of the vault's password, or write "
		  "what it stands for\n");
	assert_string_equal(notes,
			    "nowhere/net.yml: 1 entry is not for a poller of "
			    "command lines, and left out: 1 httpapi (y3)\n");
}

static void test_an_unreadable_line_refuses_the_file(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{"r1\nr2 x\n",
		 "h.ini:2: behind a host there is a word that is not "
		 "NAME=VALUE: put quotes around a value with blanks"},
		{"r1 ;note\n",
		 "h.ini:1: behind a host there is a word that is not "
		 "NAME=VALUE: put quotes around a value with blanks, and # "
		 "before a comment"},
		{"r1 ansible_host: 10.0.0.1\n",
		 "h.ini:1: a variable is NAME=VALUE, without blanks around "
		 "the '='"},
		{"r1 x='a\n", "h.ini:1: a quote is not closed"},
		{"r1 x=a\\\n", "h.ini:1: nothing follows a backslash"},
		{"[a b]\n", "h.ini:1: '[a b]' is no section: write [group], "
			    "[group:vars] or [group:children]"},
		{"[a:hots]\n", "h.ini:1: '[a:hots]' is no section: write "
			       "[group], [group:vars] or [group:children]"},
		{"[a:vars]\nx=1\n",
		 "h.ini:1: group 'a' is not declared: add a section [a]"},
		{"r1\n[a:children]\nb\n",
		 "h.ini:3: group 'b' is not declared: add a section [b], or "
		 "take it out"},
		{"[a]\n[a:children]\nb c\n",
		 "h.ini:3: in [a:children] a line is the name of a group"},
		{"[a]\nr1\n[a:vars]\nx\n",
		 "h.ini:4: a variable is NAME=VALUE, in [a:vars]"},
		{"r1:\n", "h.ini:1: 'r1:' ends in ':', which is for a port"},
		{"---\nr1\n", "h.ini:1: '---' begins a file of YAML, and is no "
			      "host"},
		{"\"\"\n", "h.ini:1: a host without a name"},
		{"[a]\nr1\n[a:children]\na\n",
		 "h.ini:1: group 'a' is in itself, by way of the groups that "
		 "it is in"},
		{"[a:children]\nb\n[b:children]\na\n",
		 "h.ini:1: group 'a' is in itself, by way of the groups that "
		 "it is in"},
		{"[a]\nr1\n[a:children]\nall\n",
		 "h.ini:1: group 'all' is in another group: it has all of "
		 "them"},
		{"[a]\nr1\n[a:vars]\nansible_group_priority=x\n",
		 "h.ini:4: ansible_group_priority must be a whole number"},
		{"r1 ansible_password=!vault |\n$ANSIBLE_VAULT;1.1;AES256\n",
		 "h.ini:1: a !vault value cannot stand in an INI file, also to "
		 "Ansible: move it into group_vars or host_vars, which are "
		 "YAML"},
		{"[all:vars]\np=!vault |\n  $ANSIBLE_VAULT;1.1;AES256\n",
		 "h.ini:3: a !vault value cannot stand in an INI file, also to "
		 "Ansible: move it into group_vars or host_vars, which are "
		 "YAML"},
		{"r\xff\n", "h.ini:1: the line is not in UTF-8"},
		{"# nothing\n", "h.ini: the inventory has no hosts"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		assert_refused("h.ini", cases[i].text, cases[i].message);
}

static void test_yaml_of_another_shape_is_refused(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{"g: {hosts: [r1]}\n",
		 "h.yml:1: 'hosts' of group 'g' must be a mapping: each name "
		 "with a ':' behind it"},
		{"g: {hosts: {r1: text}}\n",
		 "h.yml:1: what host 'r1' has must be a mapping of variables"},
		{"g: {children: {h: 7}}\n",
		 "h.yml:1: what a group has must be a mapping with hosts, "
		 "children or vars"},
		{"plugin: netbox\n",
		 "h.yml:1: the configuration of the inventory plugin 'netbox', "
		 "which is not run here: give what ansible-inventory prints "
		 "with it, as a file"},
		{"- r1\n", "h.yml:1: an inventory in YAML is a mapping of "
			   "groups"},
		{"a: {children: {b: {children: {a: }}}}\n",
		 "h.yml:1: group 'a' is in itself, by way of the groups that "
		 "it is in"},
		{"g: {hosts: {r1: }}\n---\n",
		 "h.yml:2: a second document starts: an inventory is one "
		 "document"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		assert_refused("h.yml", cases[i].text, cases[i].message);
}

static void test_a_template_that_names_a_variable_is_filled_in(void **state)
{
	(void)state;
	assert_is("nowhere/h.yml",
		  "all:\n"
		  "  vars:\n"
		  "    ansible_network_os: '{{ os }}'\n"
		  "    os: ios\n"
		  "    ansible_user: u\n"
		  "    ansible_host: '{{ inventory_hostname }}.lab'\n"
		  "    ansible_password: '{{ pw }}'\n"
		  "    pw: '{{pre}}-x'\n"
		  "    pre: all\n"
		  "  hosts:\n"
		  "    r1: {}\n"
		  "    r2: {pre: own}\n"
		  "    r3: {pw: \"{{ lookup('env', 'X') }}\"}\n"
		  "    r4: {pw: '{{ none }}'}\n"
		  "    r5: {pw: '{{ pw }}'}\n"
		  "    r6: {pw: !unsafe '{{ not', ansible_host: 10.0.0.1}\n",
		  "r1 r1.lab:22 cisco_ios u password=all-x os=ios pw=*** "
		  "pre=***\n"
		  "r2 r2.lab:22 cisco_ios u password=own-x os=ios pw=*** "
		  "pre=***\n"
		  "r3 r3.lab:22 cisco_ios u os=ios pw=*** pre=*** "
		  "! nowhere/h.yml:7: device 'r3': ansible_password is a "
		  "template that only Ansible can fill in: write the value "
		  "itself\n"
		  "r4 r4.lab:22 cisco_ios u os=ios pw=*** pre=*** "
		  "! nowhere/h.yml:7: device 'r4': ansible_password names the "
		  "variable 'none', which this host does not have: set it, or "
		  "write the value itself\n"
		  "r5 r5.lab:22 cisco_ios u os=ios pw=*** pre=*** "
		  "! nowhere/h.yml:7: device 'r5': ansible_password is a "
		  "template that only Ansible can fill in: write the value "
		  "itself\n"
		  "r6 10.0.0.1:22 cisco_ios u password={{ not os=ios pw=*** "
		  "pre=***\n");
}

static void test_json_has_characters_that_yaml_has_not(void **state)
{
	(void)state;
	assert_is("nowhere/h.json",
		  "{\"g\": {\"hosts\": [\"r1\"], \"vars\": "
		  "{\"ansible_network_os\": \"ios\", \"ansible_user\": "
		  "\"u\"}}, \"_meta\": {\"hostvars\": {\"r1\": {\"x\": "
		  "\"\\ud83d\\ude00\"}}}}",
		  "r1 r1:22 cisco_ios u groups=g x=\xf0\x9f\x98\x80\n");
}

static void test_a_password_is_what_is_written(void **state)
{
	(void)state;
	assert_is("h",
		  "r1 ansible_password=12_34\n"
		  "r2 ansible_password=1e5 # n\n"
		  "r3 ansible_password=\"'q'\"\n"
		  "[all:vars]\n" NET "ansible_user=u\n",
		  "r1 r1:22 cisco_ios u password=12_34\n"
		  "r2 r2:22 cisco_ios u password=1e5\n"
		  "r3 r3:22 cisco_ios u password=q\n");
	assert_string_equal(notes,
			    "h:1: ansible_password is a number or a list to "
			    "Ansible, and taken as it is written: put it into "
			    "'\"...\"'\n"
			    "h:2: ansible_password is a number or a list to "
			    "Ansible, and taken as it is written: put it into "
			    "'\"...\"'\n");
}

/* A value is what it should be; NULL is none. */
static void assert_said(const struct said *value, const char *text)
{
	if (value == NULL || text == NULL)
		assert_true(value == NULL && text == NULL);
	else
		assert_string_equal(value->text, text);
}

static void test_a_way_in_is_found_among_the_arguments_of_ssh(void **state)
{
	static const struct {
		const char *args, *jump, *command;
	} cases[] = {
		{"-J gate", "gate", NULL},
		{"-o StrictHostKeyChecking=no", NULL, NULL},
		{"-o ProxyJump=u@gate:23 -C", "u@gate:23", NULL},
		{"-oProxyJump=gate", "gate", NULL},
		{"-o 'ProxyCommand=ssh -W %h:%p gate'", NULL,
		 "ssh -W %h:%p gate"},
		{"-C -o ProxyCommand='ssh -q -W %h:%p gate'", NULL,
		 "ssh -q -W %h:%p gate"},
		{"-o \"proxyjump gate\"", "gate", NULL},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct nf_inventory *inv = begin();
		struct nf_error err = {0};
		struct draft_view view;
		char text[512];

		(void)snprintf(text, sizeof(text),
			       "r1\n[all:vars]\n" NET
			       "ansible_ssh_common_args=%s\n",
			       cases[i].args);
		unit_where(text);
		assert_int_equal(
			inventory_add_bytes(inv, text, strlen(text), "h", &err),
			0);
		draft_view(&inventory_draft(inv)->devices[0], &view);
		assert_said(view.value[KEY_PROXY_JUMP], cases[i].jump);
		assert_said(view.value[KEY_PROXY_COMMAND], cases[i].command);
		nf_inventory_free(inv);
	}
}

static void test_a_range_of_too_many_hosts_is_refused_at_once(void **state)
{
	(void)state;
	assert_refused("h", "r[0:999999]x[0:9]" NET_LINE "\n",
		       "h:1: the ranges stand for more than 1000000 names: "
		       "write fewer");
}

/* A loop of n groups, or n hosts in n groups, is bounded. */
static void test_groups_are_bounded(void **state)
{
	struct nf_inventory *inv = begin();
	struct nf_error err = {0};
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	assert_non_null(out);
	for (unsigned i = 0; i < 200; i++)
		(void)fprintf(out, "[g%u]\n[g%u:children]\ng%u\n", i, i, i + 1);
	(void)fprintf(out, "[g200]\nr1" NET_LINE "\n");
	assert_int_equal(fclose(out), 0);
	assert_int_equal(inventory_add_bytes(inv, text, len, "h", &err), -1);
	assert_non_null(strstr(err.message, "in groups that are in groups, too "
					    "deep"));
	free(text);
	out = open_memstream(&text, &len);
	for (unsigned i = 0; i < 2000; i++)
		(void)fprintf(out, "[g%u]\nr1" NET_LINE "\n", i);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(inventory_add_bytes(inv, text, len, "h", &err), 0);
	assert_string_equal(inventory_draft(inv)->devices[0].skip,
			    "h:2: device 'r1': it is in more than 1024 groups");
	free(text);
	nf_inventory_free(inv);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_example_in_ini),
		cmocka_unit_test(test_the_example_in_yaml),
		cmocka_unit_test(test_an_unreadable_line_refuses_the_file),
		cmocka_unit_test(test_yaml_of_another_shape_is_refused),
		cmocka_unit_test(
			test_a_template_that_names_a_variable_is_filled_in),
		cmocka_unit_test(test_json_has_characters_that_yaml_has_not),
		cmocka_unit_test(test_a_password_is_what_is_written),
		cmocka_unit_test(
			test_a_way_in_is_found_among_the_arguments_of_ssh),
		cmocka_unit_test(
			test_a_range_of_too_many_hosts_is_refused_at_once),
		cmocka_unit_test(test_groups_are_bounded),
	};
	int status;

	if (argc >= 4 && strcmp(argv[1], "--print") == 0)
		return print(argv[2], argv[3], argc > 4 ? argv[4] : NULL);
	status = unit_begin(argc, argv, tests, LENGTH(tests));
	if (status >= 0)
		return status;
	return unit_end(cmocka_run_group_tests(tests, NULL, NULL));
}
