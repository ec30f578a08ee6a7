#!/usr/bin/env bash
# netfan inventory: shown, checked, and written in other forms.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

inventory() {
	cat >"$TEST_TMP/net.yaml"
	chmod 600 "$TEST_TMP/net.yaml"
}

# An inventory with all that netfan's own form has.
layered() {
	inventory <<-END
		defaults:
		  device_type: cisco_ios
		  username: du
		  password: dv-1
		  site: here
		groups:
		  core: {username: gu, role: core}
		  top: {port: 2022}
		  low: {groups: [top]}
		devices:
		  R1:
		    ip: 10.0.0.9
		    groups: [core, low]
		    secret: dv-1e
		    role: edge
		    vlans: [1, {token: dv-t}]
		    snmp_community: dv-c
		    rack: 7
		    row: '7'
		    on: 'yes'
		  R2: {host: r2.example.net, groups: [low], transport: telnet}
		  R3: {host: '2001:db8::3', device_type: arista_eos}
	END
}

# netfan inventory ARGS of that file, which is to end with STATUS.
show() { # STATUS ARGS...
	local want=$1

	shift
	COLUMNS=${COLUMNS-} expect_status "$want" netfan inventory \
		-i "$TEST_TMP/net.yaml" "$@"
}

out() {
	cat "$TEST_TMP/out"
}

err() {
	cat "$TEST_TMP/err"
}

# ---- shown

case_devices_are_a_table() {
	layered
	show 0
	expect_eq table "$(out)" \
'name  host            port  platform    username  groups
R1    10.0.0.9        2022  cisco_ios   gu        low,top,core
R2    r2.example.net  2022  cisco_ios   du        low,top
R3    2001:db8::3     22    arista_eos  du        -'
	expect_eq notes "$(err)" ''
}

case_a_table_tells_who_is_skipped() {
	inventory <<-END
		- {name: R1, host: 10.0.0.1, device_type: cisco_ios, port: 99999}
		- {name: R2, host: 10.0.0.2, device_type: cisco_ios}
	END
	show 0
	expect_match table "$(out)" "R1 .*  skipped: $TEST_TMP/net.yaml:1: device 'R1': port '99999' is not a number 1-65535
R2 [^:]*$"
	COLUMNS=60 show 0
	expect_match 'reason below' "$(out)" $'\n    skipped:'
	expect_eq 'lines that are too long' \
		"$(grep -v "$TEST_TMP" "$TEST_TMP/out" | awk 'length > 60')" ''
}

case_a_narrow_table_is_cut_to_its_columns() {
	layered
	COLUMNS=60 show 0
	expect_eq 'lines that are too long' \
		"$(awk 'length > 60' "$TEST_TMP/out")" ''
	expect_match table "$(out)" '\.\.\.'
}

case_names_select_devices() {
	layered
	show 0 R3 10.0.0.9
	expect_eq devices "$(awk 'NR > 1 { print $1 }' "$TEST_TMP/out")" 'R1
R3'
	show 2 R9
	expect_match message "$(err)" "'R9' matches no device"
}

case_each_value_is_shown_with_its_place() {
	layered
	show 0 --show R1
	expect_eq values "$(sed "s,$TEST_TMP/,," "$TEST_TMP/out")" \
'R1
  name                 R1                     net.yaml:11
  device_type          cisco_ios              net.yaml:2, defaults
  host                 10.0.0.9               net.yaml:12
  port                 2022                   net.yaml:8, group top
  username             gu                     net.yaml:7, group core
  password             ***                    net.yaml:4, defaults
  secret               ***                    net.yaml:14
  transport            ssh                    by default
  data.on              yes                    net.yaml:20
  data.rack            7                      net.yaml:18
  data.role            edge                   net.yaml:15
  data.row             7                      net.yaml:19
  data.site            here                   net.yaml:5, defaults
  data.snmp_community  ***                    net.yaml:17
  data.vlans           [1, {"token": "***"}]  net.yaml:16
  group                low                    net.yaml:9
  group                top                    net.yaml:8
  group                core                   net.yaml:7'
}

case_several_devices_are_shown() {
	layered
	show 0 --show R3 --show R2
	expect_eq titles "$(grep -v '^ ' "$TEST_TMP/out")" 'R2

R3'
	expect_match port "$(out)" 'port  *22  *by default'
	show 2 --show R4
	expect_match message "$(err)" "'R4' matches no device"
}

case_secrets_are_shown_when_asked() {
	layered
	show 0 --show R1
	expect_eq secrets "$(grep -o 'dv-[a-z0-9]*' "$TEST_TMP/out" || true)" ''
	show 0 --show R1 --show-secrets
	expect_eq secrets "$(grep -o 'dv-[a-z0-9]*' "$TEST_TMP/out" | sort)" \
		'dv-1
dv-1e
dv-c
dv-t'
	for form in netfan ansible csv json; do
		show 0 --convert $form
		expect_eq "secrets in $form" \
			"$(grep -o 'dv-[a-z0-9]*' "$TEST_TMP/out" || true)" ''
		show 0 --convert $form --show-secrets
		expect_match "secrets in $form" "$(out)" dv-1e
	done
}

case_groups_are_a_tree() {
	layered
	show 0 --graph
	expect_eq tree "$(out)" \
'@all:
  |--@ungrouped:
  |  |--R3
  |--@core:
  |  |--R1
  |--@top:
  |  |--@low:
  |  |  |--R1
  |  |  |--R2'
	show 0 --graph R2
	expect_eq 'tree of one' "$(out)" \
'@all:
  |--@top:
  |  |--@low:
  |  |  |--R2'
}

# Each group is in both of the level above: as a tree it would have no end.
case_a_tree_of_many_ways_is_bounded() {
	local i

	{
		echo 'groups:'
		echo '  a0: {}'
		echo '  b0: {}'
		for ((i = 1; i < 60; i++)); do
			printf '  %s%d: {groups: [a%d, b%d]}\n' \
				a $i $((i - 1)) $((i - 1)) \
				b $i $((i - 1)) $((i - 1))
		done
		echo 'devices:'
		echo '  R1: {host: 10.0.0.1, device_type: cisco_ios,' \
			'groups: [a59, b59]}'
	} | inventory
	show 0 --graph
	[ "$(wc -l <"$TEST_TMP/out")" -lt 1000 ] || fail 'it is endless'
	expect_match 'seen before' "$(out)" '@a59: \(as above\)'
}

# Two files, each of which has a group in the other's.
case_a_loop_of_groups_over_files_ends() {
	layered
	sed 's/low: {groups/x: {groups/; s/top: {port: 2022}/top: {groups: [low]}\n  low: {}/; s/R/Q/; s/10.0.0/10.0.1/' \
		"$TEST_TMP/net.yaml" >"$TEST_TMP/more.yaml"
	chmod 600 "$TEST_TMP/more.yaml"
	show 0 -i "$TEST_TMP/more.yaml" --graph
	expect_match tree "$(out)" 'R1.*R2'
	show 0 -i "$TEST_TMP/more.yaml" --convert netfan --show-secrets
	cp "$TEST_TMP/out" "$TEST_TMP/both.yaml"
	chmod 600 "$TEST_TMP/both.yaml"
	expect_status 0 netfan inventory -i "$TEST_TMP/both.yaml" --check
}

# ---- checked

case_all_problems_are_told_at_once() {
	inventory <<-END
		- {name: R1, host: 10.0.0.1, device_type: cisco_ios, port: 0}
		- {name: R2, host: 10.0.0.2, device_type: cisco_iso}
		- {name: R3, host: 10.0.0.3, device_type: cisco_ios, fast_cli: true}
		- {name: R4, host: 10.0.0.4, device_type: cisco_ios, password: '***'}
	END
	show 2 --check -i "$TEST_TMP/none.yaml"
	expect_eq problems "$(cut -d : -f 1,2 "$TEST_TMP/out")" \
		"$TEST_TMP/net.yaml:3
$TEST_TMP/none.yaml: cannot be read
$TEST_TMP/net.yaml:1
$TEST_TMP/net.yaml:2
$TEST_TMP/net.yaml:4"
	expect_eq sum "$(err)" '4 devices, 4 problems, 1 note'
	show 2 --check -q
	expect_eq 'lines without notes' "$(wc -l <"$TEST_TMP/out")" 3
	expect_eq 'no sum' "$(err)" ''
}

# No command is run, and nobody is asked.
case_secrets_that_are_nowhere_are_problems() {
	inventory <<-END
		- {name: R1, host: 10.0.0.1, device_type: cisco_ios,
		   password: 'env:DV_NO_SUCH'}
		- {name: R2, host: 10.0.0.2, device_type: cisco_ios,
		   password: 'command:touch $TEST_TMP/ran; echo x'}
		- {name: R3, host: 10.0.0.3, device_type: cisco_ios,
		   password: 'ask:x'}
	END
	show 2 --check
	expect_match problem "$(out)" "net.yaml:.*R1.*DV_NO_SUCH"
	expect_eq problems "$(wc -l <"$TEST_TMP/out")" 1
	[ ! -e "$TEST_TMP/ran" ] || fail 'the command was run'
	show 0 --show R2 --show-secrets
	expect_match secret "$(out)" 'password  *x  '
}

case_a_file_that_is_right_has_no_problems() {
	layered
	show 0 --check
	expect_eq problems "$(out)" ''
	expect_eq sum "$(err)" '3 devices, 0 problems'
}

case_strictness_refuses_the_inventory() {
	inventory <<-END
		- {name: R1, host: 10.0.0.1, device_type: cisco_ios, password: '***'}
		- {name: R2, host: 10.0.0.2, device_type: cisco_ios, port: 0}
		- {name: R3, host: 10.0.0.3, device_type: cisco_ios}
	END
	show 2 --strict-inventory
	expect_match message "$(err)" "^$TEST_TMP/net.yaml:1: .*R1.*mask.* \(and 1 more: netfan inventory --check tells all\)$"
	expect_eq stdout "$(out)" ''
	expect_status 2 netfan poll --strict-inventory -i "$TEST_TMP/net.yaml" \
		'show clock'
	expect_match message "$(err)" "^$TEST_TMP/net.yaml:1: "
	expect_status 2 netfan hostkeys show --strict-inventory \
		-i "$TEST_TMP/net.yaml"
}

# ---- written in other forms

# The devices of FILE as JSON, which has to be right.
as_json() { # FILE
	chmod 600 "$1"
	netfan inventory -i "$1" --convert json | jq -S .
}

# What is written in FORM is read back as the same devices.
expect_same_in() { # FORM ARGS...
	local form=$1

	shift
	show 0 --convert "$form" "$@"
	cp "$TEST_TMP/out" "$TEST_TMP/written"
	expect_eq "read back from $form" "$(as_json "$TEST_TMP/written")" \
		"$(as_json "$TEST_TMP/net.yaml")"
}

case_json_is_a_list_of_devices() {
	layered
	show 0 --convert json
	expect_eq devices "$(jq -Sc '.[]' "$TEST_TMP/out")" \
'{"data":{"on":"yes","rack":7,"role":"edge","row":"7","site":"here","snmp_community":"***","vlans":[1,{"token":"***"}]},"groups":["core","low","top"],"host":"10.0.0.9","name":"R1","platform":"cisco_ios","port":2022,"transport":"ssh","username":"gu"}
{"data":{"site":"here"},"groups":["low","top"],"host":"r2.example.net","name":"R2","platform":"cisco_ios","port":2022,"transport":"telnet","username":"du"}
{"data":{"site":"here"},"groups":[],"host":"2001:db8::3","name":"R3","platform":"arista_eos","port":22,"transport":"ssh","username":"du"}'
}

case_netfans_own_form_is_read_back() {
	layered
	expect_same_in netfan
	expect_same_in netfan --show-secrets
	show 0 --convert netfan --show-secrets
	cp "$TEST_TMP/out" "$TEST_TMP/net.yaml"
	show 0 --show R1 --show-secrets
	expect_match secret "$(out)" 'secret  *dv-1e'
}

case_ansibles_form_is_read_back() {
	layered
	expect_same_in ansible
	expect_same_in ansible --show-secrets
	show 0 --convert ansible --show-secrets
	cp "$TEST_TMP/out" "$TEST_TMP/net.yaml"
	show 0 --show R1 --show-secrets
	expect_match secret "$(out)" 'secret  *dv-1e'
}

# A table knows texts alone.
case_a_table_is_read_back() {
	layered
	sed -i '/vlans\|rack/d' "$TEST_TMP/net.yaml"
	sed -i "s/role: edge/role: 'a, \"b\"'\n    vendor: x\n    UP er: y/" \
		"$TEST_TMP/net.yaml"
	show 0 --convert csv
	cp "$TEST_TMP/out" "$TEST_TMP/written"
	expect_eq 'read back from a table' \
		"$(as_json "$TEST_TMP/written" | jq -Sc '.[] | del(.username)')" \
		"$(as_json "$TEST_TMP/net.yaml" | jq -Sc '.[] | del(.username)')"
}

case_a_tree_is_that_of_ansible() {
	[ -n "$(type -P ansible-inventory)" ] || skip 'there is no ansible'
	cat >"$TEST_TMP/net.yaml" <<-END
		web1 ansible_host=127.1.30.99
		[edge]
		r2 ansible_host=127.1.30.7
		r1 ansible_host=127.1.30.6
		[lone]
		r1
		[net:children]
		edge
		lone
		[all:vars]
		ansible_network_os=ios
		ansible_connection=network_cli
	END
	mv "$TEST_TMP/net.yaml" "$TEST_TMP/hosts"
	LC_ALL=C.UTF-8 ansible-inventory -i "$TEST_TMP/hosts" --graph \
		>"$TEST_TMP/want"
	expect_status 0 netfan inventory -q -i "$TEST_TMP/hosts" --graph
	expect_eq tree "$(sort "$TEST_TMP/out")" "$(sort "$TEST_TMP/want")"
}

case_what_cannot_be_written_is_told() {
	inventory <<-END
		- {name: R1, host: 10.0.0.1, device_type: cisco_ios, port: 0}
		- {name: R2, host: 10.0.0.2, device_type: cisco_ios, macs: hmac-sha1,
		   proxy: 'socks5://u:dv-p@10.0.0.9'}
	END
	show 1 --convert netfan
	expect_match left-out "$(err)" "net.yaml:1: .*R1.* \(left out\)"
	expect_match left-out "$(err)" "'proxy' is left out: .*--show-secrets"
	expect_eq devices "$(grep -c host: "$TEST_TMP/out")" 1
	show 1 --convert ansible -q
	show 1 --convert ansible
	expect_match left-out "$(err)" "'macs' is left out: Ansible has no"
}

# Texts of a file neither drive a terminal nor break a form.
case_hostile_texts_are_harmless() {
	printf '%s\n' '- name: "R\u202e1"' '  host: 10.0.0.1' \
		'  device_type: cisco_ios' '  note: "\e]0;x\a \x9b quote\" \\ <&>"' \
		'  "k\ney": [ "\x7f", "\n" ]' | inventory
	for way in '' '--show 10.0.0.1' --graph '--convert netfan' \
		'--convert ansible' '--convert csv' '--convert json'; do
		# shellcheck disable=SC2086 # words they are
		show 0 $way
		expect_eq "control characters of $way" "$(LC_ALL=C tr -d '\n' \
			<"$TEST_TMP/out" | LC_ALL=C tr -cd '\000-\037\177')" ''
	done
	expect_same_in netfan
}

case_ways_exclude_each_other() {
	layered
	show 2 --graph --check
	expect_match message "$(err)" '--check beside --graph: give one of them'
	show 2 --convert xml
	expect_match message "$(err)" "--convert 'xml': give netfan, ansible, csv or json"
	show 2 --show-secrets
	expect_match message "$(err)" '--show-secrets is for --show and --convert'
	show 2 --check R1
	expect_match message "$(err)" '--check is for all devices'
}

run_cases "$@"
