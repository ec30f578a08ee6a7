#!/usr/bin/env bash
# Files that are odd: one line for each, soon and in little memory, and the exit
# status of whose fault it is. A file at fault costs the run, and nobody is
# asked; a device at fault costs itself.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
SECONDS_MAX=1 # of processor time, which another's load does not lengthen
MEGABYTES_MAX=200

# Run netfan with ARGS, and note in $TEST_TMP/cost what that took.
measured() { # ARGS...
	python3 - "$TEST_TMP/cost" "$NETFAN" "$@" <<-'END'
		import os, resource, subprocess, sys
		os.environ["HOME"] = os.environ["TEST_TMP"] + "/home"
		given = open(os.environ.get("ODD_INPUT", "/dev/null"))
		status = subprocess.run(sys.argv[2:], stdin=given).returncode
		used = resource.getrusage(resource.RUSAGE_CHILDREN)
		with open(sys.argv[1], "w") as out:
		    print(int((used.ru_utime + used.ru_stime) * 1000),
		          used.ru_maxrss // 1024, file=out)
		sys.exit(status)
	END
}

# As expect_status does, and hold it to its bounds. What is in time on a quiet
# machine may be late on a busy one: not three times, though.
expect_soon() { # STATUS ARGS...
	local ms megabytes try

	for try in 1 2 3; do
		expect_status "$1" measured "${@:2}"
		read -r ms megabytes <"$TEST_TMP/cost"
		[ "$ms" -ge $((SECONDS_MAX * 1000)) ] || break
		[ $try -lt 3 ] || blame "$ms ms of: $*"
	done
	[ "$megabytes" -lt $MEGABYTES_MAX ] || blame "$megabytes MB of: $*"
}

# ---- files at fault

# The file NAME, which comes from standard input, is refused in one line. REGEX
# begins with the line, ":2: ", or is what stands somewhere behind the name.
refused() { # NAME REGEX
	local file=$TEST_TMP/$1 regex=$2

	[ "${regex:0:1}" = : ] || regex="(:[0-9]+)?: .*$regex"
	mkdir -p "${file%/*}"
	cat >"$file"
	expect_soon 2 poll -i "$file" 'show clock'
	expect_eq "lines of $1" "$(wc -l <"$TEST_TMP/err")" 1
	expect_eq "stdout of $1" "$(cat "$TEST_TMP/out")" ''
	expect_match "error of $1" "$(cat "$TEST_TMP/err")" "^$file$regex"
	n=$((${n-0} + 1))
}

refused_bytes() { # NAME REGEX BYTES
	refused "$1" "$2" < <(printf '%b' "$3")
}

case_binary_files_are_named() {
	refused_bytes book.xlsx 'spreadsheet.*CSV' 'PK\x03\x04\x14\0\x06\0'
	refused_bytes book.xls 'spreadsheet.*CSV' \
		'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0'
	refused_bytes router.db 'database \(SQLite\)' 'SQLite format 3\0\x10\0'
	refused_bytes list.pdf 'PDF' '%PDF-1.7\n%\xe2\xe3\n'
	refused_bytes inv.gz 'gzip' '\x1f\x8b\x08\0\0\0'
	refused_bytes a.out 'a program' '\x7fELF\x02\x01\x01\0'
	refused_bytes wide.csv 'UTF-16' '\xff\xfei\0p\0\n\0'
	refused_bytes nul.yaml ':2: a NUL byte' '- host: a\n- host: b\0\n'
	refused_bytes nul.csv ':2: a NUL byte' 'ip,os\n10.0.0.1,\0\n'
	expect_eq files "$n" 9
}

case_files_of_other_programs_are_named() {
	refused config 'configuration of SSH' <<-END
		Host r1 r2
		    HostName 10.0.0.1
		    User u
	END
	refused known_hosts 'known_hosts' <<-END
		r1,10.0.0.1 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAaaaaaaaaaaaaaaaa
	END
	refused .cloginrc 'router.db' <<-END
		add user * {u}
		add password * {p} {e}
	END
	refused id_rsa 'a key or a certificate' <<-END
		-----BEGIN OPENSSH PRIVATE KEY-----
		b3BlbnNzaC1rZXktdjEAAAAA
	END
	refused page.html 'HTML' <<<'<!DOCTYPE html><html></html>'
	refused data.json 'JSON, but no inventory' <<<'{"a": {"b": 1}}'
	refused main.tf 'Terraform' <<-END
		resource "junos_interface" "a" {
		  name = "b"
		}
	END
	refused conf.toml 'TOML' <<<$'[a.b]\nip = "10.0.0.1"'
	refused unit.service 'settings' <<<$'[Unit]\nDescription=x'
	refused compose.yaml 'Docker Compose' <<<'services: {web: {image: x}}'
	refused pod.yaml 'Kubernetes' <<<$'apiVersion: v1\nkind: Pod'
	refused commands 'commands' <<<$'show version\nshow clock'
	expect_eq files "$n" 12
}

case_files_beside_an_inventory_are_named() {
	refused site.yaml 'playbook' <<-END
		- hosts: all
		  tasks:
		    - ios_command: {commands: show version}
	END
	refused tasks.yaml 'tasks of Ansible' <<-END
		- name: x
		  ios_command: {commands: show version}
		  register: y
	END
	refused vault.yaml 'vault' <<-END
		\$ANSIBLE_VAULT;1.1;AES256
		61626364656667680a
	END
	refused group_vars/all.yaml 'group_vars' <<<'ansible_user: u'
	refused ansible.cfg 'ansible.cfg' <<<$'[defaults]\ninventory = hosts'
	refused inv.sh 'a program' <<<$'#!/bin/sh\necho {}'
	refused groups.yaml 'hosts.yaml' <<<$'ios:\n  platform: ios'
	refused config.yaml 'SimpleInventory' <<-END
		inventory: {plugin: NetBoxInventory2, options: {nb_url: x}}
	END
	refused router.db 'config of Oxidized' <<<'r1:10.0.0.1:ios:core'
	refused products 'products' <<<$'Catalyst 9300\nNexus 9000\nISR 4331'
	refused table.csv 'no column of addresses' <<<$'r1,10.0.0.1\nr2,10.0.0.2'
	refused text 'no inventory' <<<'All that is known of the network is here.'
	expect_eq files "$n" 12
}

case_faults_of_a_file_are_told_with_their_line() {
	refused empty.yaml ':1: the file is empty' </dev/null
	refused comments.yaml ':1: the file is empty' <<<'# nothing'
	refused broken.yaml ':[34]: ' <<<$'devices:\n- name: R1\n  host: [a'
	refused tab.yaml ':2: .*tab' <<<$'- host: a\n\tport: 22'
	refused near.yaml ":1: .*did you mean 'password'" \
		<<<'- {host: a, pasword: x}'
	refused top.yaml ':2: unknown key' <<<$'devices: [a]\ndevcies: [b]'
	refused loop.yaml 'in itself' <<-END
		groups: {a: {groups: [b]}, b: {groups: [a]}}
		devices: [{host: x, groups: [a]}]
	END
	refused include.yaml 'on behalf of itself' <<<'include: include.yaml'
	refused latin.yaml ':1: .*UTF-8' < <(printf -- '- host: a\xff\n')
	refused two.yaml ':2: a second document' <<<$'- host: a\n---\n- host: b'
	refused near.csv ":1: unknown column 'pasword'" <<<$'ip,pasword\n10.0.0.1,x'
	refused rows.csv ':1: a table without rows' <<<'ip,device_type'
	expect_eq files "$n" 12
}

# Of Ansible's files a line that cannot be read costs the file: which hosts it
# was about is not known.
case_lines_of_ansible_cost_their_file() {
	local host='r1 ansible_host=10.0.0.1 ansible_network_os=ios'

	refused word ':2: .*NAME=VALUE' <<<$'[a]\n'"$host oops"
	refused note ':2: .*NAME=VALUE' <<<$'[a]\n'"$host ; a note"
	refused quote ':2: a quote is not closed' <<<$'[a]\n'"$host x=\"1"
	refused section ':2: .*' <<<$'[a]\n[b:what]\n'"$host"
	refused bracket ':2: .*' <<<$'[a]\n[b\n'"$host"
	refused range ':2: .*backwards' <<<$'[a]\nr[3:1] ansible_network_os=ios'
	refused loop 'in itself' <<-END
		[a]
		$host
		[a:children]
		b
		[b:children]
		a
	END
	refused flow.yaml ':[3-5]: ' <<-END
		all:
		  hosts:
		    r1: {ansible_host: 10.0.0.1, ansible_network_os: ios
	END
	expect_eq files "$n" 8
}

case_what_is_no_file_is_told() {
	local where

	mkdir -p "$TEST_TMP/none"
	ln -s nowhere "$TEST_TMP/link"
	for where in none none/x link; do
		expect_soon 2 poll -i "$TEST_TMP/$where" 'show clock'
		expect_eq "lines of $where" "$(wc -l <"$TEST_TMP/err")" 1
		expect_match "error of $where" "$(cat "$TEST_TMP/err")" \
			"^$TEST_TMP/$where: (no inventory|cannot be read: No such)"
	done
	refused a.yaml 'on behalf of itself' <<<'include: a.yaml'
	echo 'include: c.yaml' >"$TEST_TMP/b.yaml"
	echo 'include: b.yaml' >"$TEST_TMP/c.yaml"
	expect_soon 2 poll -i "$TEST_TMP/b.yaml" 'show clock'
	expect_match loop "$(cat "$TEST_TMP/err")" \
		"^$TEST_TMP/c.yaml: .*on behalf of itself"
	echo 'include: gone.yaml' >"$TEST_TMP/d.yaml"
	expect_soon 2 poll -i "$TEST_TMP/d.yaml" 'show clock'
	expect_match error "$(cat "$TEST_TMP/err")" \
		"^$TEST_TMP/gone.yaml: cannot be read"
}

case_shapes_that_are_none_are_told() {
	refused text.yaml ":1: an inventory is" <<<'devices: 12'
	refused none.yaml ':1: the list of devices is empty' <<<'devices: []'
	refused list.yaml ':3: groups must be a mapping' <<-END
		devices:
		- {host: 10.0.0.1, device_type: cisco_ios}
		groups: 5
	END
	refused twice.yaml ':2: .*given twice, first in line 1' <<-END
		- {host: a,
		   host: b}
	END
	refused alias.yaml ':1: .*anchor' <<<'- {host: *a}'
	refused merge.yaml ':1: a merge key' <<<'- {host: a, <<: b}'
	refused self.yaml ':1: .*in what it stands for' \
		<<<'- {host: a, x: &x [*x]}'
	refused colon.yaml ':2: .*indentation' <<<$'- host: a\n  note: b: c'
	refused key.yaml ':1: .*' <<<'- {host: a, [b]: c}'
	expect_eq files "$n" 9
}

# Files that are small and stand for very much.
case_bombs_cost_little() {
	local i

	refused aliases.yaml 'alias' < <(
		printf -- '- host: a\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n'
		for i in {1..9}; do
			printf '  a%d: &a%d [' "$i" "$i"
			printf "*a$((i - 1)), %.0s" {1..10}
			echo ']'
		done
	)
	refused deep.yaml 'deeper' < <(printf '[%.0s' {1..100000})
	refused ranges ':1: .*more than 200000 hosts' <<<'10.[0-99].[0-99].[0-99]'
	refused quotes.csv 'table' < <(
		printf 'ip,"'
		head -c 3000000 /dev/zero | tr '\0' '"'
	)
	refused keys.yaml '' < <(yes '{{{{' | head -n 100000)
	expect_eq files "$n" 5
}

case_standard_input_is_recognised_as_well() {
	ODD_INPUT=$TEST_TMP/input
	export ODD_INPUT
	echo '- hosts: all' >"$ODD_INPUT"
	expect_soon 2 poll -i - 'show clock'
	expect_match error "$(cat "$TEST_TMP/err")" \
		'^standard input: a playbook of Ansible'
}

# ---- devices at fault

# Of a file, R1 is asked, and whatever else is in it is skipped with one line.
# The file comes from standard input, with IP and PORT for R1's.
left_out() { # NAME N REGEX
	local file=$TEST_TMP/$1

	sed -e "s/IP/$TEST_NET.1/" -e "s/PORT/$DEVSIM_PORT/" >"$file"
	expect_soon 1 poll -i "$file" --timeout 600 -o ndjson \
		--known-hosts "$TEST_TMP/known_hosts" 'show clock'
	expect_eq "results of $1" \
		"$(jq -r '.error.code // "ok"' "$TEST_TMP/out" | sort)" \
		"$(echo ok && for ((i = 0; i < $2; i++)); do echo skipped; done)"
	expect_match "reason of $1" \
		"$(jq -r '.error.message // empty' "$TEST_TMP/out")" "^$file$3"
	n=$((${n-0} + 1))
}

# A device of a list, beside R1, with these lines.
odd_device() { # NAME REGEX LINE...
	left_out "$1" 1 "$2" <<-END
		- {name: R1, device_type: cisco_ios, ip: IP, port: PORT, username: cisco, password: cisco, secret: cisco}
		- name: R2
		$(printf '  %s\n' "${@:3}")
	END
}

case_devices_of_yaml_fail_one_by_one() {
	local type='device_type: cisco_ios' host='host: 10.0.0.1'

	start_devsim --devices 1
	odd_device port.yaml ":5: device 'R2': port '22abc'" "$type" "$host" \
		'port: 22abc'
	odd_device large.yaml ":[2-6]: .*port '70000'" "$type" "$host" 'port: 70000'
	odd_device type.yaml ":[2-6]: .*did you mean 'cisco_ios'" "$host" \
		'device_type: cisco_iso'
	odd_device none.yaml ':[2-6]: .*no device_type' "$host"
	odd_device address.yaml ':[2-6]: .*no address' "$type"
	odd_device blank.yaml ':[2-6]: .*blank' "$type" 'host: a b'
	odd_device octal.yaml ':[2-6]: .*octal' "$type" 'host: 10.0.0.010'
	odd_device template.yaml ':[2-6]: .*placeholder' "$type" "$host" \
		'password: "{{ pw }}"'
	odd_device vault.yaml ':[2-6]: .*vault' "$type" "$host" 'password: !vault x'
	odd_device list.yaml ':[2-6]: .*single value' "$type" "$host" 'port: [1]'
	odd_device group.yaml ":[2-6]: .*group 'x' is not defined" "$type" "$host" \
		'groups: [x]'
	odd_device flag.yaml ':[2-6]: .*not true or false' "$type" "$host" 'enable: 15'
	odd_device transport.yaml ':[2-6]: .*not ssh or telnet' "$type" "$host" \
		'transport: smoke'
	# shellcheck disable=SC2016 # it is netfan's to expand
	odd_device unset.yaml ':[2-6]: .*DV_UNSET is not set' "$type" "$host" \
		'password: "${DV_UNSET}"'
	odd_device gone.yaml ':[2-6]: .*password.*/none/pw' "$type" "$host" \
		'password: file:/none/pw'
	left_out twice.yaml 1 ":2: .*the name is already used in line 1" <<-END
		- {name: R1, device_type: cisco_ios, ip: IP, port: PORT, username: cisco, password: cisco, secret: cisco}
		- {name: R1, device_type: cisco_ios, ip: 10.0.0.1}
	END
	odd_device mask.yaml ':[2-6]: .*mask' "$type" "$host" 'secret: "***"'
	odd_device range.yaml ':[2-6]: .*backwards' "$type" 'host: 10.0.0.[9-1]'
	expect_eq files "$n" 18
}

# Rows of a table, beside R1.
odd_row() { # NAME REGEX ROW
	left_out "$1" 1 "$2" <<-END
		name,ip,port,device_type,username,password,secret
		R1,IP,PORT,cisco_ios,cisco,cisco,cisco
		$3
	END
}

case_rows_of_a_table_fail_one_by_one() {
	start_devsim --devices 1
	odd_row port.csv ":3: device 'R2': port 'abc'" \
		'R2,10.0.0.1,abc,cisco_ios,u,p,'
	odd_row fields.csv ':3: .*9 fields' 'R2,10.0.0.1,22,cisco_ios,u,p,q,r,s'
	odd_row quote.csv ':3: .*not closed' 'R2,10.0.0.1,22,"cisco_ios,u,p,'
	odd_row behind.csv ':3: .*behind a quote' 'R2,10.0.0.1,22,cisco_ios,u,"p"q,'
	odd_row placeholder.csv ':3: .*placeholder' \
		'R2,10.0.0.1,22,cisco_ios,u,<Enter_Password>,'
	odd_row role.csv ':3: .*no device_type' 'R2,10.0.0.1,22,router,u,p,'
	odd_row address.csv ':3: .*no address' 'R2,,22,cisco_ios,u,p,'
	odd_row name.csv ':3: .*already used' 'R1,10.0.0.1,22,cisco_ios,u,p,'
	odd_row latin.csv ':3: .*UTF-8' "R2,10.0.0.1,22,cisco_ios,u,$(printf 'p\xfc'),"
	expect_eq files "$n" 9
}

# ---- as the file's own fault

case_strict_makes_a_device_cost_the_file() {
	"$NETFAN" poll --help | grep -q strict-inventory ||
		skip 'there is no such option'
	start_devsim --devices 1
	make_inventory 1
	put_device R2 10.0.0.1 22abc
	expect_soon 2 poll -i "$TEST_TMP/inventory.yaml" --strict-inventory \
		'show clock'
	expect_eq lines "$(wc -l <"$TEST_TMP/err")" 1
	expect_match error "$(cat "$TEST_TMP/err")" \
		"^$TEST_TMP/inventory.yaml:11: device 'R2': port '22abc'"
	stop_devsim
	expect_eq connections "$(devsim_count connections)" 0
}

run_cases "$@"
