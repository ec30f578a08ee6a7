#!/usr/bin/env bash
# An inventory of each form, as people have them, and the devices that it is.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# Make FILE, of standard input.
file() { # FILE
	mkdir -p "$(dirname "$TEST_TMP/inv/$1")"
	cat >"$TEST_TMP/inv/$1"
}

# The devices of FILE are those lines: name, host, port, platform, transport,
# username, password, secret ('-': none), groups and other data. Notes are in
# $TEST_TMP/err.
expect_devices() { # FILE LINES
	expect_status 0 netfan inventory -i "$TEST_TMP/inv/$1" --convert json \
		--show-secrets
	expect_eq "devices of $1" "$(jq -r '.[] | [.name, .host, .port,
		.platform, .transport, .username // "-", .password // "-",
		.secret // "-", (.groups | join(",")),
		(.data | tojson)] | join(" ")' "$TEST_TMP/out")" "$2"
}

# Why DEVICE of FILE is skipped.
expect_skipped() { # FILE DEVICE REGEX
	COLUMNS='' expect_status 0 netfan inventory -i "$TEST_TMP/inv/$1"
	expect_match "reason of $2" "$(grep "^$2 " "$TEST_TMP/out")" \
		"skipped: .*$1:$3"
}

# Where the values of DEVICE of FILE stand: KEY VALUE FILE:LINE, and whose it is.
expect_places() { # FILE DEVICE KEYS LINES
	expect_status 0 netfan inventory -q -i "$TEST_TMP/inv/$1" --show "$2"
	expect_eq "places of $2" "$(sed "s,$TEST_TMP/inv/,," "$TEST_TMP/out" |
		tr -s ' ' | sed -En "s/^ (($3) )/\1/p")" "$4"
}

expect_note() { # REGEX
	expect_match notes "$(cat "$TEST_TMP/err")" "$1"
}

case_devices_and_groups_of_netmiko() {
	file .netmiko.yml <<-END
		a1: {device_type: cisco_ios, host: 127.1.30.1, username: u1, password: dv-1}
		b1:
		  device_type: arista_eos
		  host: 127.1.30.2
		  port: 2022
		  username: u1
		  password: dv-1
		lab: [a1, b1]
		eos:
		  - b1
		empty: []
	END
	expect_devices .netmiko.yml \
		'a1 127.1.30.1 22 cisco_ios ssh u1 dv-1 - lab {}
b1 127.1.30.2 2022 arista_eos ssh u1 dv-1 - eos,lab {}'
	expect_eq notes "$(cat "$TEST_TMP/err")" ''
}

case_a_list_with_data_and_a_placeholder() {
	file net.yaml <<-'END'
		defaults: {device_type: ios, username: u2, password: "${DV_PW}"}
		devices:
		  - {name: n1, hostname: 127.1.30.3, role: core, tags: [a, b]}
		  - {name: n2, host: 127.1.30.4, device_type: cisco_nxos, password: dv-2, enable_secret: dv-2e}
	END
	export DV_PW=dv-env
	expect_devices net.yaml \
		'n1 127.1.30.3 22 cisco_ios ssh u2 dv-env -  {"role":"core","tags":["a","b"]}
n2 127.1.30.4 22 cisco_nxos ssh u2 dv-2 dv-2e  {}'
	unset DV_PW
	expect_status 2 netfan inventory -i "$TEST_TMP/inv/net.yaml" --check
	expect_match problem "$(cat "$TEST_TMP/out")" \
		"^$TEST_TMP/inv/net.yaml:1: device 'n1': .*DV_PW[^"$'\n'"]*$"
}

case_hosts_groups_and_defaults_of_nornir() {
	file hosts.yaml <<-END
		s1:
		  hostname: 127.1.30.5
		  groups: [mid, 12]
		  data: {cab: '7'}
	END
	file groups.yaml <<-END
		top: {username: gu}
		mid:
		  groups: [top]
		  platform: ios
		  connection_options:
		    netmiko: {extras: {secret: dv-3e}}
		12:
	END
	file defaults.yaml <<-END
		password: dv-3
		port: 2022
		username: du
	END
	expect_devices hosts.yaml \
		's1 127.1.30.5 2022 cisco_ios ssh gu dv-3 dv-3e 12,mid,top {"cab":"7"}'
	expect_places hosts.yaml s1 'device_type|host|username|password|secret' \
		'device_type ios groups.yaml:4, group mid
host 127.1.30.5 hosts.yaml:2
username gu groups.yaml:1, group top
password *** defaults.yaml:1, defaults
secret *** groups.yaml:6, group mid'
}

case_an_ini_file_of_ansible() {
	file hosts <<-END
		web1 ansible_host=127.1.30.99
		[edge]
		r1 ansible_host=127.1.30.6   # first
		r2 ansible_host=127.1.30.7 ansible_port=2023
		[net:children]
		edge
		[net:vars]
		ansible_network_os=cisco.ios.ios
		ansible_connection=ansible.netcommon.network_cli
		ansible_user=iu
		ansible_port=2022
		ansible_password='dv 4#x'
		ansible_become=yes
		ansible_become_method=enable
		ansible_become_pass=dv-4e
	END
	expect_devices hosts \
		'r1 127.1.30.6 2022 cisco_ios ssh iu dv 4#x dv-4e edge,net {}
r2 127.1.30.7 2023 cisco_ios ssh iu dv 4#x dv-4e edge,net {}'
	expect_note 'left out.* ansible_network_os.*web1'
	expect_places hosts r2 'port|username|password' \
		'port 2023 hosts:4
username iu hosts:10, group net
password *** hosts:12, group net'
}

case_a_yaml_file_of_ansible() {
	file net.yaml <<-'END'
		net:
		  vars: {ansible_network_os: eos, ansible_connection: network_cli, ansible_user: yu}
		  hosts:
		    y1: {ansible_host: 127.1.30.8, ansible_password: dv-5}
		    y2:
		      ansible_host: 127.1.30.9
		      ansible_password: !vault |
		        $ANSIBLE_VAULT;1.1;AES256
		        6162636465666768
		    y3: {ansible_host: 127.1.30.10, ansible_connection: httpapi}
	END
	expect_skipped net.yaml y2 '7: .*y2.*vault'
	expect_match 'y1' "$(cat "$TEST_TMP/out")" \
		'y1 +127.1.30.8 +22 +arista_eos +yu +net'
	expect_note 'left out.*httpapi.*y3'
	expect_eq 'none is y3' "$(grep '^y3' "$TEST_TMP/out" || true)" ''
}

case_a_list_of_rancid_and_its_passwords() {
	file router.db <<-END
		C1 ; cisco ; UP
		c2;cisco;down;spare
		c3;cisco-nx;up;rack 4
		c4;teapot;up
	END
	file .cloginrc <<-END
		add user * {ru}
		add password * {dv-6} {dv-6e}
		add password c3 {dv-late} {x}
		add method c3 {telnet}
	END
	expect_skipped router.db c4 '4: .*teapot'
	sed -i 4d "$TEST_TMP/inv/router.db"
	expect_devices router.db \
		'c1 c1 22 cisco_ios ssh ru dv-6 dv-6e  {}
c3 c3 23 cisco_nxos telnet ru dv-6 dv-6e  {"comment":"rack 4"}'
	expect_note 'left out: 1 not up \(c2\)'
	expect_places router.db c3 'host|password|transport' \
		'host c3 router.db:3
password *** .cloginrc:2
transport telnet .cloginrc:4'
	# The passwords stand in one of the two.
	chmod 644 "$TEST_TMP/inv/router.db"
	expect_status 0 netfan inventory -i "$TEST_TMP/inv/router.db"
	expect_eq 'none is told of' "$(grep 'others may read' \
		"$TEST_TMP/err" || true)" ''
	chmod 600 "$TEST_TMP/inv/router.db"
	chmod 640 "$TEST_TMP/inv/.cloginrc"
	expect_status 0 netfan inventory -i "$TEST_TMP/inv/router.db"
	expect_note 'cloginrc: others may read the passwords in it'
}

case_a_config_and_a_list_of_oxidized() {
	file config <<-'END'
		username: od
		password: dv-7d
		vars: {enable: dv-7e}
		groups: {g: {username: og, password: dv-7}}
		model_map: {juniper: junos}
		source: {default: csv, csv: {file: router.db, delimiter: !ruby/regexp /\|/, map: {model: 0, name: 1, ip: 2, group: 3}}}
	END
	file router.db <<-END
		juniper|o1|127.1.30.11|g
		ios|o2|127.1.30.12|
	END
	expect_devices config \
		'o1 127.1.30.11 22 juniper_junos ssh og dv-7 dv-7e g {}
o2 127.1.30.12 22 cisco_ios ssh od dv-7d dv-7e  {}'
	expect_places config o1 'host|password|secret' \
		'host 127.1.30.11 router.db:1
password *** config:4, group g
secret *** config:3, defaults'
}

case_a_table() {
	file x.csv <<-END
		Name;IP;Device_Type;Username;Password;Site
		x1;127.1.30.13;cisco_ios;cu;"dv;8""";"Hall 1; left"
		x2;127.1.30.14;router;cu;dv-8b;
		;;;;;
	END
	expect_skipped x.csv x2 '3: .*x2.*no device_type'
	expect_note "x.csv:1: column 'Device_Type' says .*'router'.* no platform"
	sed -i 3d "$TEST_TMP/inv/x.csv"
	expect_devices x.csv \
		'x1 127.1.30.13 22 cisco_ios ssh cu dv;8" -  {"site":"Hall 1; left"}'
}

case_a_host_a_line() {
	file hosts.txt <<-END
		# all of hall 2
		ou@127.1.30.15:2022
		127.1.30.16 ou
		[2001:db8:30::1]:2022
		h[1-2].example.net
		127.1.30.16
	END
	expect_status 0 netfan inventory -i "$TEST_TMP/inv/hosts.txt"
	expect_eq devices "$(awk 'NR > 1 { print $1, $2, $3, $5 }' \
		"$TEST_TMP/out")" \
'127.1.30.15 127.1.30.15 2022 ou
127.1.30.16 127.1.30.16 22 ou
2001:db8:30::1 2001:db8:30::1 2022 '"$(id -un)"'
h1.example.net h1.example.net 22 '"$(id -un)"'
h2.example.net h2.example.net 22 '"$(id -un)"
	expect_note "hosts.txt:6: host '127.1.30.16' is there already, in line 3"
}

# Each is refused in one line, which says what it is.
expect_none() { # FILE REGEX
	file "$1"
	expect_status 2 netfan inventory -i "$TEST_TMP/inv/$1"
	expect_eq "lines of $1" "$(wc -l <"$TEST_TMP/err")" 1
	expect_match "error of $1" "$(cat "$TEST_TMP/err")" "^$TEST_TMP/inv/$1:.*$2"
}

case_what_is_no_inventory() {
	expect_none site.yaml playbook <<<$'- hosts: all\n  tasks: []'
	expect_none products products \
		<<<$'Catalyst 9300\nNexus 9000\nISR 4331'
	expect_none empty empty <<<'# nothing here'
	expect_none secrets.yml vault <<<$'$ANSIBLE_VAULT;1.1;AES256\n6162'
	expect_none book.xlsx 'spreadsheet.*CSV' < <(printf 'PK\3\4\24')
}

run_cases "$@"
