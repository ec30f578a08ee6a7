#!/usr/bin/env bash
# What is a reference to a secret in netfan's own form is text in every other:
# their tools know of none. What looks like a template that was not filled in is
# no password, though: its device is skipped.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# Each reference, in a form whose texts need quotes or not.
# shellcheck disable=SC2016 # not to be expanded
REFERENCES=('env:DV_X' '${DV_X}' 'file:/etc/hostname' 'command:id>RAN'
	'ask:dv' 'cred:dv' 'netrc:/dev/null' 'literal:dv')

# Make FILE of standard input, with the reference for REF.
file() { # FILE REFERENCE
	local text

	mkdir -p "$(dirname "$TEST_TMP/inv/$1")"
	text=$(cat)
	printf '%s\n' "${text//REF/$2}" >"$TEST_TMP/inv/$1"
	chmod 600 "$TEST_TMP/inv/$1"
}

# The first device of FILE, of FORM, has the reference for FILTER.
expect_text() { # FORM FILE FILTER REFERENCE
	local want want_text=$4

	# A literal is one in every form.
	[[ $3 == .data.* ]] || want_text=${4#literal:}
	DV_X=dv-not expect_status 0 netfan inventory -i "$TEST_TMP/inv/$2" \
		--inventory-format "$1" --convert json --show-secrets </dev/null
	expect_eq "$3 of $1" "$(jq -r ".[0] | $3" "$TEST_TMP/out")" "$want_text"
	case $3:$4 in
	.data.*) want=0 ;;
	*:env:* | *:\$*) want=2 ;;
	*) want=0 ;;
	esac
	DV_X=dv-not expect_status $want netfan inventory \
		-i "$TEST_TMP/inv/$2" --inventory-format "$1" --check </dev/null
	[ $want = 0 ] || expect_match "problem of $1" \
		"$(cat "$TEST_TMP/out")" 'is a placeholder \('
	[ ! -e "$TEST_TMP/RAN" ] || fail "$1: the command was run"
}

# Make FILE of each form, and compare.
each_reference() { # MAKE FORM FILE FILTER
	local reference

	for reference in "${REFERENCES[@]}"; do
		reference=${reference/RAN/$TEST_TMP/RAN}
		"$1" "$reference"
		expect_text "$2" "$3" "$4" "$reference"
	done
}

make_netmiko() { # REFERENCE
	file .netmiko.yml "$1" <<-'END'
		R1: {host: 10.0.0.1, device_type: cisco_ios, username: u,
		     password: "REF", secret: "REF"}
	END
}

case_netmiko() {
	each_reference make_netmiko netmiko .netmiko.yml .password
	each_reference make_netmiko netmiko .netmiko.yml .secret
}

make_nornir() { # REFERENCE
	file hosts.yaml "$1" <<-'END'
		R1: {hostname: 10.0.0.1, platform: ios, password: "REF"}
	END
	file defaults.yaml "$1" <<-'END'
		connection_options: {netmiko: {extras: {secret: "REF"}}}
	END
}

case_nornir() {
	each_reference make_nornir nornir hosts.yaml .password
	each_reference make_nornir nornir hosts.yaml .secret
}

make_ini() { # REFERENCE
	file hosts "$1" <<-'END'
		R1 ansible_host=10.0.0.1 ansible_password='REF'
		[all:vars]
		ansible_network_os=ios
		ansible_become=yes
		ansible_become_method=enable
		ansible_become_password='REF'
	END
}

make_vars() { # REFERENCE
	make_ini "$1"
	file host_vars/R1.yml "$1" <<<'ansible_password: "REF"'
	file group_vars/all.yml "$1" <<<'ansible_become_password: "REF"'
}

make_ansible_yaml() { # REFERENCE
	rm -rf "$TEST_TMP/inv/host_vars" "$TEST_TMP/inv/group_vars"
	file net.yaml "$1" <<-'END'
		all:
		  vars: {ansible_network_os: ios, ansible_connection: network_cli}
		  hosts: {R1: {ansible_host: 10.0.0.1, ansible_password: "REF"}}
	END
}

case_ansible() {
	each_reference make_ini ansible hosts .password
	each_reference make_ini ansible hosts .secret
	each_reference make_vars ansible hosts .password
	each_reference make_vars ansible hosts .secret
	each_reference make_ansible_yaml ansible net.yaml .password
}

make_rancid() { # REFERENCE
	file router.db '' <<<'10.0.0.1;cisco;up'
	file .cloginrc "${1//\$/\\\$}" <<<$'add user * u\nadd password * {REF} {REF}\nadd method * ssh'
}

case_rancid() {
	each_reference make_rancid rancid router.db .password
	each_reference make_rancid rancid router.db .secret
}

make_oxidized() { # REFERENCE
	file config "$1" <<-'END'
		model: ios
		username: u
		password: "REF"
		vars: {enable: "REF"}
		source: {default: csv, csv: {file: router.db, delimiter: "|", map: {name: 0, ip: 1, username: 2, password: 3}}}
	END
	file router.db "$1" <<<'R1|10.0.0.1'
}

make_oxidized_row() { # REFERENCE
	make_oxidized "$1"
	file router.db "$1" <<<'R1|10.0.0.1|u|REF'
}

case_oxidized() {
	each_reference make_oxidized oxidized config .password
	each_reference make_oxidized oxidized config .secret
	each_reference make_oxidized_row oxidized config .password
}

make_csv() { # REFERENCE
	file t.csv "$1" <<-'END'
		ip,device_type,username,password,secret
		10.0.0.1,cisco_ios,u,"REF","REF"
	END
}

case_csv() {
	each_reference make_csv csv t.csv .password
	each_reference make_csv csv t.csv .secret
}

make_lab() { # REFERENCE
	file lab.yml "$1" <<-'END'
		name: lab
		topology:
		  nodes:
		    r1: {kind: arista_ceos, mgmt-ipv4: 10.0.0.1,
		         credentials: {username: u, password: "REF"}}
	END
}

case_containerlab() {
	each_reference make_lab containerlab lab.yml .password
}

# Neither has a place for passwords; other texts are what they are.
make_netbox() { # REFERENCE
	file nb.json "$1" <<-'END'
		[{"name": "r1", "primary_ip": {"address": "10.0.0.1/24"},
		  "platform": {"slug": "cisco-ios"},
		  "custom_fields": {"note": "REF"}}]
	END
}

case_netbox() {
	each_reference make_netbox netbox nb.json .data.note
}

# A list has no more of a device than user, host and port, and /etc/hosts less.
case_list() {
	local form

	for form in list etc-hosts; do
		file hosts "$form" <<-'END'
			${DV_X}@10.0.0.1
			env:DV_X@10.0.0.2
			10.0.0.3 ${DV_X}
			10.0.0.4 env:DV_X
		END
		DV_X=dv-not expect_status 0 netfan inventory \
			-i "$TEST_TMP/inv/hosts" --inventory-format $form
		! grep -q dv-not "$TEST_TMP/out" "$TEST_TMP/err" ||
			fail "$form: the variable was read"
		expect_eq "host 3 of $form" \
			"$(grep -c 10.0.0.3 "$TEST_TMP/out")" 1
	done
}

make_script() { # REFERENCE
	file vars.json "${1//\"/\\\"}" <<-'END'
		{"all": {"hosts": ["R1"]}, "_meta": {"hostvars": {"R1": {
		 "ansible_host": "10.0.0.1", "ansible_network_os": "ios",
		 "ansible_password": "REF", "ansible_user": "u"}}}}
	END
	file script '' <<<"#!/bin/sh
cat '$TEST_TMP/inv/vars.json'"
	chmod 700 "$TEST_TMP/inv/script"
}

case_script() {
	each_reference make_script script script .password
}

run_cases "$@"
