#!/usr/bin/env bash
# netfan check; devices that have to be found out.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

PORT=2022

check() {
	netfan check -i "$TEST_TMP/inventory.yaml" \
		--known-hosts "$TEST_TMP/known_hosts" "$@"
}

case_check_logs_in_and_says_what_it_is() {
	start_devsim --devices 3 --fault 2=wrong-password
	make_inventory 3
	expect_status 1 check
	expect_match R1 "$(grep ^R1 "$TEST_TMP/out")" \
		"^R1 +[0-9.]+:$DEVSIM_PORT( +[0-9.]+){3} +ok( +[0-9.]+){2} +ok +cisco_ios +R1#\$"
	expect_match R2 "$(grep ^R2 "$TEST_TMP/out")" \
		'^R2 +[0-9.:]+( +[0-9.]+){3} +ok +FAILED +- +- +failed: auth: auth_failed: '
	expect_eq head "$(head -n 1 "$TEST_TMP/out" | tr -s ' ')" \
		'device address total tcp ssh key login prompt enable platform at'
	expect_eq lines "$(wc -l <"$TEST_TMP/out")" 4
	expect_status 1 check -o ndjson
	expect_results 'length == 3 and all(.[]; .commands == [])'
	expect_eq commands "$(netfan poll -i "$TEST_TMP/inventory.yaml" \
		--known-hosts "$TEST_TMP/known_hosts" -o ndjson \
		'show counter' 2>/dev/null | jq -r 'select(.device == "R1") |
		.commands[0].output' | head -n 1)" 'commands: 0'
}

# Whatever comes first; every column begins in one place.
case_check_is_a_table_in_the_order_of_the_inventory() {
	start_devsim --devices 12 --fault 2=slow --slow-ms 500 \
		--fault 3=wrong-password
	make_inventory 12
	expect_status 1 check
	expect_eq order "$(awk 'NR > 1 { print $1 }' "$TEST_TMP/out")" \
		"$(seq -f R%g 12)"
	expect_eq columns "$(awk 'NR > 1 { print index($0, "127.") }
		NR == 1 { print index($0, "address") }' "$TEST_TMP/out" |
		sort -u)" 9
	expect_eq platforms "$(awk 'NR > 1 { print match($0, "cisco|failed") }
		NR == 1 { print index($0, "platform") }' "$TEST_TMP/out" |
		sort -u | wc -l)" 1
}

longest_line() {
	awk '{ if (length($0) > n) n = length($0) } END { print n }' \
		"$TEST_TMP/out"
}

# No word is lost: the line breaks are in other places.
case_check_fits_the_terminal() {
	local columns long=a-router-of-a-long-name.somewhere.in.example.org

	start_devsim --devices 4 --fault 2=wrong-password --fault 3=no-prompt
	make_inventory 4
	sed -i "s/R4\$/$long/" "$TEST_TMP/inventory.yaml"
	for columns in 60 80 100; do
		COLUMNS=$columns expect_status 1 check --timeout 2
		[ "$(longest_line)" -le $columns ] ||
			fail "wider than $columns: $(cat "$TEST_TMP/out")"
		expect_match "words at $columns" \
			"$(tr -s ' \n' '  ' <"$TEST_TMP/out")" \
			"total.* R1 .* cisco_ios R1# tcp .*R2 .* failed: auth: auth_failed: user cisco: password refused; are username and password right in the inventory\\? tcp [0-9.]+, ssh [0-9.]+, hostkey ok, login FAILED R3 .* failed: .*: no_prompt: no prompt of platform cisco_ios by its deadline; .* prompt FAILED $long .* cisco_ios R4# tcp [0-9.]+, ssh [0-9.]+, hostkey ok, login [0-9.]+, prompt [0-9.]+, enable ok \$"
	done
	expect_status 1 check --timeout 2
	expect_eq unfolded "$(wc -l <"$TEST_TMP/out")" 5
}

# A row each of how far a device came, in the table and in JSON.
case_check_tells_how_far_each_came() {
	start_devsim --devices 6 --fault 2=refuse --fault 3=no-shell \
		--fault 4=no-enable --fault 5=garbage --fault 6=no-prompt
	make_inventory 7
	sed -i '/name: R7/,$s/ip: .*/ip: no-such-name.invalid/' \
		"$TEST_TMP/inventory.yaml"
	expect_status 1 check --prompt-timeout 2
	expect_eq table "$(awk '{ print $1, $4, $5, $6, $7, $8, $9 }' \
		"$TEST_TMP/out" | sed -E 's/[0-9]+\.[0-9]+/T/g')" \
		'device tcp ssh key login prompt enable
R1 T T ok T T ok
R2 FAILED - - - - -
R3 T T ok T FAILED -
R4 T T ok T T FAILED
R5 T FAILED - - - -
R6 T T ok T FAILED -
R7 - - - - - -'
	expect_status 1 check --prompt-timeout 2 -o json
	expect_eq json "$(jq -c 'sort_by(.device)[] | [.device, .steps[]]' \
		"$TEST_TMP/out")" '["R1","ok","ok","ok","ok","ok","ok"]
["R2","failed",null,null,null,null,null]
["R3","ok","ok","ok","ok","failed",null]
["R4","ok","ok","ok","ok","ok","failed"]
["R5","ok","failed",null,null,null,null]
["R6","ok","ok","ok","ok","failed",null]
["R7",null,null,null,null,null,null]'
}

# Nobody is logged in to: a wrong password does no harm.
case_check_tcp_connects_alone() {
	start_devsim --devices 3 --fault 2=refuse --fault 3=wrong-password
	make_inventory 3
	expect_status 1 check --tcp -o json
	expect_eq steps "$(jq -c 'sort_by(.device)[] | [.device, .status,
		.steps.tcp, .steps.ssh]' "$TEST_TMP/out")" \
		'["R1","ok","ok",null]
["R2","failed","failed",null]
["R3","ok","ok",null]'
	stop_devsim
	expect_eq logins "$(devsim_count 'logins')" 0
}

# Of no devices, too: it is an array whatever becomes of them.
case_json_is_one_array() {
	start_devsim --devices 2 --fault 2=refuse
	make_inventory 2
	expect_status 1 poll -o json 'show clock'
	expect_eq array "$(jq -c 'sort_by(.device) | map([.device, .status,
		(.commands | length), has("steps")])' "$TEST_TMP/out")" \
		'[["R1","ok",1,false],["R2","failed",0,false]]'
	expect_status 1 poll -o ndjson 'show clock'
	jq -s 'map(keys) | add | unique' "$TEST_TMP/out" >"$TEST_TMP/lines"
	expect_status 1 poll -o json 'show clock'
	expect_eq members "$(jq 'map(keys) | add | unique' "$TEST_TMP/out")" \
		"$(cat "$TEST_TMP/lines")"
}

case_check_of_some_devices() {
	start_devsim --devices 4
	make_inventory 4
	expect_status 0 check R3 "$TEST_NET.1" R3 -o ndjson
	expect_results '[.[].device] | sort == ["R1", "R3"]'
	expect_status 2 check R33
	expect_match error "$(cat "$TEST_TMP/err")" \
		"^'R33' matches no device: did you mean 'R3'\\?; there are 4"
	expect_status 2 netfan check --answer a=b
	expect_status 0 netfan check --help
}

# The same answers as of a device whose type is known.
same_as_known() { # TYPE KNOWN_TYPE
	expect_status 0 poll -o ndjson 'show inventory' 'show clocks'
	jq -c '[.device, .prompt, [.commands[] | [.command, .output,
		.rejected]]]' "$TEST_TMP/out" | sort >"$TEST_TMP/known"
	sed -i "s/device_type: $2/device_type: $1/" "$TEST_TMP/inventory.yaml"
	expect_status 0 poll -o ndjson 'show inventory' 'show clocks'
	expect_results 'all(.[]; .platform == "cisco_ios")'
	expect_eq answers "$(jq -c '[.device, .prompt, [.commands[] |
		[.command, .output, .rejected]]]' "$TEST_TMP/out" | sort)" \
		"$(cat "$TEST_TMP/known")"
}

case_autodetect_finds_out() {
	start_devsim --devices 5
	make_inventory 5
	same_as_known autodetect cisco_ios
	expect_status 0 poll 'show clock'
	expect_match heading "$(grep R5 "$TEST_TMP/out")" \
		'^=== R5 \([0-9.]+\) ok, cisco_ios, [0-9.]+ s ===$'
}

case_autodetect_over_telnet() {
	netfan --version | grep -q '^libtelnet [0-9]' ||
		skip 'netfan was built without telnet'
	start_devsim --devices 2 --telnet 2323
	make_inventory 2 'transport: telnet'
	sed -i 's/^  port: .*/  port: 2323/' "$TEST_TMP/inventory.yaml"
	same_as_known autodetect cisco_ios
}

case_autodetect_in_every_mode() {
	local mode

	start_devsim --devices 3
	make_inventory 3
	sed -i 's/cisco_ios/autodetect/' "$TEST_TMP/inventory.yaml"
	for mode in thread sequential; do
		expect_status 0 poll --mode $mode -o ndjson 'show clock'
		expect_results 'all(.[]; .platform == "cisco_ios")'
	done
}

# Until it is found out, it is what the inventory says.
case_autodetect_of_one_that_fails() {
	start_devsim --devices 1 --fault 1=wrong-password
	make_inventory 1
	sed -i 's/cisco_ios/autodetect/' "$TEST_TMP/inventory.yaml"
	expect_status 3 poll -o ndjson 'show clock'
	expect_results '.[0].platform == "autodetect"'
}

# A platform file of one's own tells what it is, too.
case_autodetect_of_a_platform_of_ones_own() {
	start_devsim --devices 1
	make_inventory 1
	sed -i 's/cisco_ios/autodetect/' "$TEST_TMP/inventory.yaml"
	mkdir "$TEST_TMP/own"
	cat <<-'END' >"$TEST_TMP/own/acme_os.yaml"
		prompts: {user: '^R\d{1,9}[>#] ?$'}
		detect: {answer: ['^Cisco IOS Software, IOSv']}
	END
	expect_status 0 poll --platforms "$TEST_TMP/own" -o ndjson 'show clock'
	expect_eq platform "$(result R1 .platform)" acme_os
}

case_learn_knows_a_device() {
	start_devsim --devices 1
	PASSWORD=cisco make_inventory 1
	sed -i 's/cisco_ios/generic/' "$TEST_TMP/inventory.yaml"
	expect_status 0 check --learn
	expect_match type "$(cat "$TEST_TMP/out")" \
		'# This is Cisco IOS .*#   device_type: cisco_ios
# Its line "Cisco IOS Software, .*" tells'
	expect_match said "$(cat "$TEST_TMP/out")" \
		'# - netfan: "show version.r"'
	expect_match secret "$(cat "$TEST_TMP/out")" \
		'Password: "'$'\n''# - netfan: "\*\*\*\*"'
}

learns_of_no_prompt() { # SECONDS
	expect_status 3 check --learn --timeout "$1"
	head -n 1 "$TEST_TMP/out" | grep -q 'prompt: no_prompt: '
}

case_learn_shows_what_a_device_said_that_never_prompts() {
	start_devsim --devices 1 --fault 1=no-prompt --banner 'Insert coin'
	make_inventory 1
	with_patience 3 learns_of_no_prompt
	expect_match said "$(cat "$TEST_TMP/out")" '# - device: ".*Insert coin'
}

# What it says of its own accord, too; and where an error shows what it said.
case_learn_hides_passwords_that_the_device_repeats() {
	local args

	start_devsim --devices 2 --password hunter2 --enable s3same \
		--banner 'Log in with hunter2, enable with s3same' \
		--fault 2=no-prompt
	make_inventory 2
	sed -i -e 's/password: .*/password: hunter2/' \
		-e 's/secret: .*/secret: s3same/' "$TEST_TMP/inventory.yaml"
	for args in 'check --learn' 'check --learn -o ndjson' 'poll show\ clock'; do
		eval "expect_status 1 netfan $args --timeout 3 \
			-i $TEST_TMP/inventory.yaml \
			--known-hosts $TEST_TMP/known_hosts"
		expect_match hidden "$(cat "$TEST_TMP/out")" \
			'Log in with \*\*\*\*, enable with \*\*\*\*'
		expect_eq shown "$(grep -c 'hunter2\|s3same' \
			"$TEST_TMP/out" "$TEST_TMP/err")" \
			"$TEST_TMP/out:0"$'\n'"$TEST_TMP/err:0"
	done
}

case_learn_hides_a_password_in_the_prompt() {
	start_devsim --devices 1 --password R1
	make_inventory 1
	sed -i 's/password: .*/password: R1/' "$TEST_TMP/inventory.yaml"
	expect_status 0 check --learn -o ndjson
	expect_eq prompt "$(result R1 .prompt)" '****#'
}

# ---- a device that nobody knows, behind telnetd

box() {
	cat <<-'END'
		#!/bin/bash
		stty -echo
		mode='>'
		while printf '(box)%s ' "$mode" && read -r line; do
			echo "$line"
			case $line in
			'') ;;
			enable)
				printf 'Password: '
				read -r word
				echo
				[ "$word" != s3same ] || mode='#' ;;
			'no paging') [ "$mode" = '#' ] || echo 'Unknown command: no' ;;
			status) printf 'all is well\nmode %s\n' "$mode" ;;
			exit) exit ;;
			*) echo "Unknown command: ${line%% *}" ;;
			esac
		done
	END
}

start_box() {
	local inetd

	inetd=$(PATH=$PATH:/usr/sbin command -v inetutils-inetd) ||
		skip 'no inetd'
	[ -x /usr/sbin/telnetd ] || skip 'no telnetd'
	[ "$(id -u)" = 0 ] || skip 'only root can run a telnetd'
	netfan --version | grep -q '^libtelnet [0-9]' ||
		skip 'netfan was built without telnet'
	box >"$TEST_TMP/box"
	chmod 755 "$TEST_TMP/box"
	echo "$TEST_NET.1:$PORT stream tcp nowait root /usr/sbin/telnetd" \
		"telnetd -E $TEST_TMP/box" >"$TEST_TMP/inetd.conf"
	"$inetd" -d --pidfile="$TEST_TMP/inetd.pid" "$TEST_TMP/inetd.conf" \
		>"$TEST_TMP/server" 2>&1 &
	children+=("$!")
	wait_until 10 listens || fail "no server: $(cat "$TEST_TMP/server")"
	cat <<-END >"$TEST_TMP/inventory.yaml"
		- {name: box, device_type: autodetect_telnet, ip: $TEST_NET.1,
		   port: $PORT, username: u, password: p, secret: s3same}
	END
}

listens() {
	(exec 3<>"/dev/tcp/$TEST_NET.1/$PORT") 2>/dev/null
}

# The file that is suggested is one, and goes well.
case_learn_suggests_a_platform_file() {
	local own=$TEST_TMP/home/.config/netfan/platforms

	start_box
	expect_status 0 check --learn
	mkdir -p "$own"
	cp "$TEST_TMP/out" "$own/my_box.yaml"
	expect_match file "$(cat "$own/my_box.yaml")" \
		"paging_off:"$'\n'"- 'no paging'.*'\^Unknown command: '"
	sed -i 's/autodetect_telnet/my_box_telnet/' "$TEST_TMP/inventory.yaml"
	expect_status 0 poll -o ndjson -e status -e nonsense
	expect_results '.[0].commands[0].output == "all is well\nmode #\n" and
		.[0].commands[1].rejected and .[0].platform == "my_box"'
}

case_autodetect_of_an_unknown_one_is_generic() {
	start_box
	expect_status 0 poll -o ndjson status
	expect_results '.[0].commands[0].output == "all is well\nmode #\n" and
		.[0].platform == "generic"'
	sed -i 's/secret:/enable: no, secret:/' "$TEST_TMP/inventory.yaml"
	expect_status 0 poll -o ndjson status
	expect_results '.[0].commands[0].output == "all is well\nmode >\n" and
		.[0].platform == "generic"'
}

# What was found out is told, whatever comes behind.
case_a_platform_is_told_when_enable_fails() {
	start_devsim --devices 1 --fault 1=no-enable
	make_inventory 1
	sed -i 's/cisco_ios/autodetect/' "$TEST_TMP/inventory.yaml"
	expect_status 3 check -o ndjson
	expect_error R1 enable enable_failed
	expect_eq platform "$(result R1 .platform)" cisco_ios
}

run_cases "$@"
