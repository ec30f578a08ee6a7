/* The marks by which a file's form is known, and what is no inventory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "forms/form.h"
#include "unit/unit.h"

/* A file, and its form; or, with a colon in it, the line that refuses it. */
struct mark {
	const char *path;
	const char *text;
	const char *want;
};

static void recognise(const char *path, const char *bytes, size_t len,
		      char *got, size_t size)
{
	struct secrets secrets = {0};
	struct draft draft = {.secrets = &secrets};
	struct nf_error err = {0};
	char *copy = malloc(len != 0 ? len : 1);
	const struct reading reading = {.draft = &draft,
					.path = path,
					.name = path,
					.bytes = copy,
					.len = len,
					.err = &err};
	const struct form *form = NULL;

	assert_non_null(copy);
	memcpy(copy, bytes, len); /* without a NUL behind it */
	if (form_recognise(&form, &reading) == 0)
		(void)snprintf(got, size, "%s", form->name);
	else
		(void)snprintf(got, size, "%s", err.message);
	assert_true(form != NULL || err.code == NF_INVALID);
	draft_release(&draft);
	free(copy);
}

static void assert_marks(const struct mark *marks, size_t n)
{
	char got[512];

	for (size_t i = 0; i < n; i++) {
		recognise(marks[i].path, marks[i].text, strlen(marks[i].text),
			  got, sizeof(got));
		if (strcmp(got, marks[i].want) != 0)
			fail_msg("%s\n--- is not %s, but %s", marks[i].text,
				 marks[i].want, got);
	}
}

static void test_own_form_is_known(void **state)
{
	static const struct mark list[] = {
		{"f", "- {host: a, device_type: linux}\n", "netfan"},
		{"f", "routers:\n- name: R1\n  host: a\n", "netfan"},
		{"f", "devices:\n  R1: {host: a, device_type: linux}\n",
		 "netfan"},
		{"f",
		 "defaults: {device_type: ios, username: u2}\ndevices:\n"
		 "  - {name: n1, hostname: 127.1.30.3, role: core}\n",
		 "netfan"},
		{"f", "include: [a.yaml, b.ini]\n", "netfan"},
		{"f", "groups:\n  core: {device_type: linux}\ndevices: [a]\n",
		 "netfan"},
		{"f", "{\"devices\": [{\"host\": \"a\"}]}", "netfan"},
		{"f", "[{\"host\": \"a\"}]", "netfan"},
		{"f", "- 10.0.0.1\n- 10.0.0.2\n", "netfan"},
		{"f", "[]", "netfan"},
		{"f", "[", "netfan"},
		{"f", "[\"a\", \"b\"]", "netfan"},
		{"f", "host: a\ndevice_type: linux\n", "netfan"},
		{"f", "R1: {host: a}\n", "netfan"},
		{"f", "", "netfan"},
		{"f", "# nothing\n\n", "netfan"},
		{"f", "hello", "netfan"},
		{"f", "? [a]\n: b\n", "netfan"},
		{"f", "---\n~\n", "netfan"},
		/* Its reader tells where the YAML is broken. */
		{"f", "devices:\n- name: R1\n  host: [a\n- name: R2\n",
		 "netfan"},
		{"f", "- host: a\n\tport: 22\n", "netfan"},
		{"f", "devices:\n  - &a {host: a}\n  - *b\n", "netfan"},
		{"f", "- host: a\n  password: x: y\n", "netfan"},
		{"f", "hosts:\n- host: a\n  device_type: linux\n", "netfan"},
	};

	(void)state;
	assert_marks(list, LENGTH(list));
}

static void test_netmiko_and_nornir_are_known(void **state)
{
	static const struct mark list[] = {
		{"f",
		 "a1: {device_type: cisco_ios, host: 127.1.30.1, username: u}\n"
		 "lab: [a1]\nempty: []\n",
		 "netmiko"},
		{"f", "R1: {ip: 10.0.0.1, username: u, platform: ios}\n",
		 "netmiko"},
		{"f", "__meta__: {encryption: true}\na: {host: b}\n",
		 "netmiko"},
		{"hosts.yaml",
		 "s1:\n  hostname: 127.1.30.5\n  groups: [mid, 12]\n  data: "
		 "{cab: '7'}\n",
		 "nornir"},
		{"f", "---\nr1:\n    hostname: r1\n    port: 22\n", "nornir"},
		{"hosts.yaml", "r1:\n  data: {site: x}\n", "nornir"},
		{"f", "r1:\n  groups: [a]\n", "nornir"},
		{"f",
		 "hosts:\n  r1: {hostname: a, groups: [x]}\ngroups:\n  x: "
		 "{platform: ios}\ndefaults: {username: u}\n",
		 "nornir"},
		{"config.yaml",
		 "inventory:\n  plugin: SimpleInventory\n  options: "
		 "{host_file: hosts.yaml}\nrunner: {plugin: threaded}\n",
		 "nornir"},
		{"config.yaml", "inventory:\n  options: {host_file: h}\n",
		 "nornir"},
		{"config.yaml",
		 "inventory:\n  plugin: NetBoxInventory2\n  options: {}\n",
		 "config.yaml: a config of Nornir whose inventory is no "
		 "SimpleInventory: that plugin alone is read"},
		{"groups.yaml",
		 "top: {username: gu}\nmid:\n  groups: [top]\n  platform: "
		 "ios\n",
		 "groups.yaml: groups of Nornir, no hosts: give the hosts.yaml "
		 "that they are beside"},
		{"f", "ios:\n  platform: ios\n  connection_options: {}\n",
		 "f: groups of Nornir, no hosts: give the hosts.yaml that they "
		 "are beside"},
		{"defaults.yaml", "username: u\npassword: p\n",
		 "defaults.yaml: defaults of Nornir, no hosts: give the "
		 "hosts.yaml that they are beside"},
	};

	(void)state;
	assert_marks(list, LENGTH(list));
}

static void test_ansible_is_known(void **state)
{
	static const struct mark list[] = {
		{"f",
		 "web1 ansible_host=127.1.30.99\n[edge]\nr1 "
		 "ansible_host=127.1.30.6   # first\n[net:children]\nedge\n"
		 "[net:vars]\nansible_network_os=cisco.ios.ios\n",
		 "ansible"},
		{"f", "r1 ansible_host=10.0.0.1\nr2 ansible_host=10.0.0.2\n",
		 "ansible"},
		{"hosts", "[routers]\n10.0.0.1\n10.0.0.2\n", "ansible"},
		{"f", "[all:vars]\nx = \"1\"\ny=2\n", "ansible"},
		{"f",
		 "net:\n  vars: {ansible_network_os: eos}\n  hosts:\n    y1: "
		 "{ansible_host: 127.1.30.8}\n",
		 "ansible"},
		{"f", "all:\n  children:\n    a:\n      hosts: {b: }\n",
		 "ansible"},
		{"f", "all:\n  hosts:\n    a:\n      x: [1\n    b:\n",
		 "ansible"},
		{"f", "routers:\n  hosts:\n    r1:\n", "ansible"},
		{"f", "all:\n  hosts: {a: }\n  odd: 1\nx: {y: z}\n", "ansible"},
		{"group_vars/all.yml", "ansible_user: u\nansible_port: 22\n",
		 "group_vars/all.yml: variables of a group or host of Ansible "
		 "(group_vars), no inventory: give the inventory that they are "
		 "beside"},
		{"ansible.cfg", "[defaults]\ninventory = ./hosts\nforks=5\n",
		 "ansible.cfg: settings of Ansible (ansible.cfg), no "
		 "inventory: give the inventory that they name"},
		{"site.yml",
		 "- name: all\n  hosts: all\n  tasks:\n  - ios_command:\n",
		 "site.yml: a playbook of Ansible, no inventory: give the "
		 "inventory that it is played with"},
		{"f", "---\n- hosts: all\n",
		 "f: a playbook of Ansible, no inventory: give the inventory "
		 "that it is played with"},
		{"f", "- import_playbook: a.yml\n",
		 "f: a playbook of Ansible, no inventory: give the inventory "
		 "that it is played with"},
		{"f", "- name: a\n  ios_command: {}\n  register: b\n",
		 "f: tasks of Ansible, no inventory: give the inventory that "
		 "they are played with"},
		{"f", "plugin: netbox.netbox.nb_inventory\napi_endpoint: x\n",
		 "f: settings of an inventory plugin of Ansible: give what "
		 "ansible-inventory makes of them, in YAML"},
		{"f", "{\"_meta\": {\"hostvars\": {}}, \"all\": {}}",
		 "ansible"},
		{"f", "$ANSIBLE_VAULT;1.1;AES256\n6162636465\n",
		 "f: a vault file of Ansible: give what ansible-vault view "
		 "makes of it, or the file of its password"},
		{"inv.py", "#!/usr/bin/env python3\nprint('{}')\n",
		 "inv.py: a program, no inventory: one that prints Ansible's "
		 "is run if its format is given as script"},
	};

	(void)state;
	assert_marks(list, LENGTH(list));
}

static void test_collectors_and_topologies_are_known(void **state)
{
#define ORDER                                                                  \
	": fields with ':' or '|' between, and which is which is not told: "   \
	"give the config of Oxidized that names this file, or write it as "    \
	"CSV with a header"
	static const struct mark list[] = {
		{"router.db",
		 "C1 ; cisco ; UP\nc2;cisco;down;spare\nc4;teapot;up\n",
		 "rancid"},
		{"router.db", "a:cisco:up\nb:juniper:down\n", "rancid"},
		{".cloginrc",
		 "# all\nadd user * {ru}\nadd password * {dv-6} {dv-6e}\nadd "
		 "method c3 {telnet}\n",
		 ".cloginrc: logins of RANCID (.cloginrc), no devices: give "
		 "the router.db that they are beside"},
		{"config",
		 "username: od\nmodel_map: {juniper: junos}\nsource: {default: "
		 "csv, csv: {file: router.db, delimiter: !ruby/regexp /\\|/, "
		 "map: {model: 0, name: 1}}}\n",
		 "oxidized"},
		{"router.db", "10.0.0.1:ios\n", "router.db" ORDER},
		{"router.db", "r1:10.0.0.1:ios:core\nr2:10.0.0.2:ios:core",
		 "router.db" ORDER},
		{"f", "juniper|o1|127.1.30.11|g\nios|o2|127.1.30.12|\n",
		 "f" ORDER},
		{"lab.clab.yml",
		 "name: lab\ntopology:\n  nodes:\n    a: {kind: ceos}\n",
		 "containerlab"},
		{"f",
		 "{\"count\": 1, \"results\": [{\"id\": 1, \"name\": \"a\", "
		 "\"primary_ip\": null}]}",
		 "netbox"},
		{"f", "[{\"name\": \"a\", \"primary_ip4\": {}}]", "netbox"},
	};
#undef ORDER

	(void)state;
	assert_marks(list, LENGTH(list));
}

static void test_tables_and_lists_are_known(void **state)
{
	static const struct mark list[] = {
		{"f", "Name;IP;Device_Type\nx1;127.1.30.13;cisco_ios\n", "csv"},
		{"f", "\xef\xbb\xbfhostname,os\r\nr1,ios\r\n", "csv"},
		{"f", "# a\nip\tname\n10.0.0.1\tb\n", "csv"},
		{"f", "ip_address\n10.0.0.1\n", "csv"},
		{"f", "protocol,device_name,port,schema\nssh,a,22,x\n",
		 "f: a table whose first line names no column of addresses: "
		 "call one ip, ip_address, host or hostname"},
		{"f", "r1,10.0.0.1,ios,u,p\nr2,10.0.0.2,ios,u,p\n",
		 "f: a table whose first line names no column of addresses: "
		 "call one ip, ip_address, host or hostname"},
		{"f",
		 "# all of hall 2\nou@127.1.30.15:2022\n127.1.30.16 ou\n"
		 "[2001:db8:30::1]:2022\nh[1-2].example.net\n127.1.30.16",
		 "list"},
		{"f", "10.0.0.1", "list"},
		{"f", "10.0.0.1:22\nr1:2022\n", "list"},
		{"f", "[2001:db8::1]\n2001:db8::2\n", "list"},
		{"f", "r1\nr2\nsw-core-1\n", "list"},
		{"f", "sw[1,3,5-7]\n", "list"},
		{"f", "10.0.0.1 admin\n10.0.0.2 admin\n", "list"},
		{"f", "a.example.net\nwhat is this line\nb.example.net\n",
		 "list"},
		{"/etc/hosts", "127.0.0.1 localhost\n10.0.0.1 r1\n",
		 "etc-hosts"},
		{"f", "10.0.0.1 r1\n10.0.0.2 r2\n", "etc-hosts"},
		{"f", "10.0.0.1 r1.example.net r1\n", "etc-hosts"},
		{"f", "2001:db8:0:0:0:0:0:1 r1\n2001:db8:0:0:0:0:0:2 r2\n",
		 "etc-hosts"},
	};

	(void)state;
	assert_marks(list, LENGTH(list));
}

static void test_what_is_no_inventory_is_named(void **state)
{
	static const struct mark list[] = {
		{"f", "Catalyst 9300\nNexus 9000\nISR 4331\n",
		 "f: names of products, no inventory: no line has an address"},
		{"f", "WS-C2960X-24TS-L\nC9300-48P\nN9K-C93180YC-EX\n",
		 "f: names of products, no inventory: no line has an address"},
		{"f", "- Cisco Catalyst 9300\n- Cisco Nexus 9000\n",
		 "f: a list of words, no inventory: a device has no blank in "
		 "its address"},
		{"f", "show version\nshow ip route\n",
		 "f: commands, no inventory: give them as those to be sent"},
		{"config",
		 "Host r1 r2\n  HostName 10.0.0.1\n  User u\n\nHost *\n\t"
		 "KexAlgorithms +diffie-hellman-group1-sha1\n",
		 "config: a configuration of SSH (ssh_config), no inventory: "
		 "give it as that, beside an inventory or hosts by name"},
		{"known_hosts",
		 "r1,10.0.0.1 ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAA\n|1|a=|b= "
		 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA\n",
		 "known_hosts: keys of hosts (known_hosts), no inventory: give "
		 "it as known hosts, beside an inventory"},
		{"f", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIabc me@here\n",
		 "f: public keys, no inventory"},
		{"f", "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n",
		 "f: a key or a certificate, no inventory"},
		{"f", "<!DOCTYPE html>\n<html></html>\n",
		 "f: a page of HTML, no inventory"},
		{"f", "\n<?xml version=\"1.0\"?>\n<a/>\n",
		 "f: XML, which no form of inventories is in"},
		{"f", "{\"a\": {\"b\": 1}, \"c\": [1, 2]}",
		 "f: JSON, but no inventory of a form that is known"},
		{"f", "[{\"sku\": \"x\", \"price\": 3}]",
		 "f: JSON, but no inventory: nothing in its list has an "
		 "address"},
		{"f", "- sku: x\n  price: 3\n- sku: y\n",
		 "f: a list, but no inventory: nothing in it has an address"},
		{"main.tf",
		 "resource \"junos_interface\" \"a\" {\n  name = \"b\"\n}\n",
		 "main.tf: a configuration of Terraform, no inventory: write "
		 "its devices as CSV"},
		{"f", "title = \"a\"\n[servers.alpha]\nip = \"10.0.0.1\"\n",
		 "f: TOML, which no form of inventories is in: write its "
		 "devices as CSV"},
		{"f", "[[device]]\nname = \"a\"\n",
		 "f: TOML, which no form of inventories is in: write its "
		 "devices as CSV"},
		{"f", "[Unit]\nDescription=x\n[Service]\nExecStart=/bin/x\n",
		 "f: settings (INI), no inventory: no host stands in its "
		 "sections"},
		{"f", "services:\n  web: {image: nginx}\n",
		 "f: services for Docker Compose, no inventory"},
		{"f", "apiVersion: v1\nkind: Pod\n",
		 "f: a manifest of Kubernetes, no inventory"},
		{"f", "network:\n  version: 2\n  ethernets: {eth0: {}}\n",
		 "f: a configuration of netplan, no inventory"},
		{"f",
		 "testbed: {name: a}\ndevices:\n  r1:\n    connections: {}\n",
		 "f: a testbed of pyATS, which is not read: write its devices "
		 "as CSV"},
		{"f", "- targets: [a, b]\n  labels: {job: x}\n",
		 "f: targets of Prometheus, no inventory: write them a host a "
		 "line"},
		{"f",
		 "This file says how the network was built, by whom.\nIt is "
		 "not to be read by programs.\n",
		 "f: text, but no inventory of a form that is known: if it is "
		 "one, name its format"},
	};

	(void)state;
	assert_marks(list, LENGTH(list));
}

static void test_what_is_no_text_is_named(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *want;
	} list[] = {
		{"PK\3\4\24\0\6\0", 8,
		 "f: a spreadsheet, or another archive (ZIP), no text: save it "
		 "as CSV"},
		{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", 9,
		 "f: a spreadsheet, or another document of Office, no text: "
		 "save it as CSV"},
		{"SQLite format 3\0\20", 17,
		 "f: a database (SQLite), no text: export its devices as CSV"},
		{"%PDF-1.7\n", 9,
		 "f: a document (PDF), no text: give the inventory itself"},
		{"\x1f\x8b\b\0", 4,
		 "f: compressed (gzip): give what zcat makes of it"},
		{"\177ELF\2\1\1\0", 8,
		 "f: a program, no text: give the inventory itself"},
		{"\xff\xfeh\0o\0", 6, "f:1: text in UTF-16: save it as UTF-8"},
		{"\xfe\xff\0h\0o", 6, "f:1: text in UTF-16: save it as UTF-8"},
		{"h\0o\0s\0t\0", 8, "f:1: text in UTF-16: save it as UTF-8"},
		{"a\nb\0c\n", 6,
		 "f:2: a NUL byte: the file must be UTF-8 text"},
	};
	char got[512];

	(void)state;
	for (size_t i = 0; i < LENGTH(list); i++) {
		recognise("f", list[i].bytes, list[i].len, got, sizeof(got));
		assert_string_equal(got, list[i].want);
	}
}

/* However long a file is, its first lines and events are looked at alone. */
static void test_marks_are_those_of_the_first_lines(void **state)
{
	static const char head[] = "devices:\n",
			  device[] = "- {host: a, device_type: linux}\n",
			  broken[] = "- [broken\n}";
	size_t n = 20000, len = sizeof(head) - 1, each = sizeof(device) - 1;
	char *text = malloc(len + n * each + 16);
	char got[512];

	(void)state;
	assert_non_null(text);
	memcpy(text, head, len);
	for (size_t i = 0; i < n; i++, len += each)
		memcpy(text + len, device, each);
	memcpy(text + len, broken, sizeof(broken));
	recognise("f", text, len + sizeof(broken) - 1, got, sizeof(got));
	assert_string_equal(got, "netfan");
	memset(text, 'x', len);
	recognise("f", text, len, got, sizeof(got));
	assert_string_equal(got, "f: text, but no inventory of a form that is "
				 "known: if it is one, name its format");
	free(text);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_own_form_is_known),
	cmocka_unit_test(test_netmiko_and_nornir_are_known),
	cmocka_unit_test(test_ansible_is_known),
	cmocka_unit_test(test_collectors_and_topologies_are_known),
	cmocka_unit_test(test_tables_and_lists_are_known),
	cmocka_unit_test(test_what_is_no_inventory_is_named),
	cmocka_unit_test(test_what_is_no_text_is_named),
	cmocka_unit_test(test_marks_are_those_of_the_first_lines),
};

UNIT_MAIN(tests)
