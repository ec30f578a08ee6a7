#!/usr/bin/env bash
# netfan poll: platforms of one's own, refused commands, answers of any size.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

case_strict_fails_a_device_that_refuses() {
	start_devsim --devices 2
	make_inventory 2
	expect_status 0 poll -o ndjson 'show clocks' 'show clock'
	expect_results 'all(.[]; .commands[0].rejected and .status == "ok")'
	expect_status 3 poll --strict -o ndjson 'show clock' 'show clocks' \
		'show inventory'
	expect_error R1 command command_rejected
	expect_match message "$(result R1 .error.message)" 'show clocks$'
	expect_results 'all(.[]; [.commands[].command] ==
		["show clock", "show clocks"])'
	expect_results 'all(.[]; .commands[1].rejected and
		(.commands[1].truncated | not))'
}

case_max_output_cuts_an_answer() {
	start_devsim --devices 1
	make_inventory 1
	expect_status 0 poll -o ndjson --max-output 1K 'show clock' \
		'show inventory'
	expect_status 3 poll -o ndjson --max-output 100 'show clock' \
		'show inventory'
	expect_error R1 command output_too_large
	expect_eq bytes "$(result R1 '.commands[1].bytes')" 100
	expect_eq truncated "$(result R1 '[.commands[].truncated]|tostring')" \
		'[false,true]'
}

# The text of answers, of a poll that went well.
answers() {
	jq -c '[.device, .prompt, [.commands[] | [.command, .output,
		.rejected]]]' "$TEST_TMP/out" | sort
}

# Once a platform: 20 devices are no 20 lines.
case_enable_that_has_no_effect_is_noted_once() {
	start_devsim --devices 3
	make_inventory 3
	sed -i '0,/cisco_ios/s//linux/; s/: cisco_ios$/: cisco_xe/' \
		"$TEST_TMP/inventory.yaml"
	cat "$TEST_TMP/inventory.yaml" >"$TEST_TMP/three"
	sed 's/name: R/name: again-/; s/cisco_xe/linux/' "$TEST_TMP/three" \
		>>"$TEST_TMP/inventory.yaml"
	expect_status 0 poll --shell -o ndjson 'show clock'
	expect_eq notes "$(grep effect "$TEST_TMP/err")" \
		"linux: keys 'secret' and 'enable' have no effect on its devices: it has no enable"
	expect_results 'map(select(.prompt | endswith("#")) | .device) | sort ==
		["R2", "R3"]'
	expect_status 0 poll --exec -o ndjson 'show clock'
	expect_match notes "$(grep -c effect "$TEST_TMP/err")" '^2$'
	expect_match notes "$(cat "$TEST_TMP/err")" \
		'cisco_ios: keys .* devices: commands are run without a shell'
}

case_enable_is_tried_as_the_inventory_says() {
	start_devsim --devices 2
	make_inventory 2
	sed -i '/secret:/d; 0,/name: R1/s//name: R1\n  enable: true/' \
		"$TEST_TMP/inventory.yaml"
	expect_status 1 poll -o ndjson 'show clock'
	expect_error R1 enable enable_failed
	expect_match message "$(result R1 .error.message)" \
		'^the device asks for a secret, and none is given: write it into the inventory, or enable: false$'
	expect_eq prompt "$(result R2 .prompt)" 'R2>'
	make_inventory 2 'enable: false'
	expect_status 0 poll -o ndjson 'show clock'
	expect_results 'map(.prompt) | sort == ["R1>", "R2>"]'
}

case_telnet_gives_the_same_text() {
	local over_ssh

	netfan --version | grep -q '^libtelnet [0-9]' ||
		skip 'netfan was built without telnet'
	start_devsim --devices 3 --telnet 2323
	make_inventory 3
	expect_status 0 poll -o ndjson 'show inventory' 'show clocks' 'show run'
	over_ssh=$(answers)
	sed -i -e 's/cisco_ios/cisco_ios_telnet/' -e 's/^  port: .*/  port: 2323/' \
		"$TEST_TMP/inventory.yaml"
	expect_status 0 poll -o ndjson 'show inventory' 'show clocks' 'show run'
	expect_eq answers "$(answers)" "$over_ssh"
	expect_results 'all(.[]; .weak == ["telnet"] and .prompt ==
		.device + "#")'
}

case_telnet_refuses_a_wrong_password() {
	netfan --version | grep -q '^libtelnet [0-9]' ||
		skip 'netfan was built without telnet'
	start_devsim --devices 1 --telnet 2323
	PASSWORD=wrong make_inventory 1 'transport: telnet'
	sed -i 's/^  port: .*/  port: 2323/' "$TEST_TMP/inventory.yaml"
	expect_status 3 poll -o ndjson 'show clock'
	expect_error R1 auth auth_failed
	expect_match message "$(result R1 .error.message)" 'user cisco'
	! grep -r wrong "$TEST_TMP/out" "$TEST_TMP/err" ||
		fail 'the password is shown'
}

case_telnet_names_a_server_of_ssh() {
	netfan --version | grep -q '^libtelnet [0-9]' ||
		skip 'netfan was built without telnet'
	start_devsim --devices 1
	make_inventory 1 'transport: telnet'
	expect_status 3 poll -o ndjson 'show clock'
	expect_error R1 prompt protocol
	expect_match message "$(result R1 .error.message)" \
		'speaks SSH, not telnet: it said "SSH-2\.0-[^"]+"; .* cisco_ios without'
}

case_sizes_that_are_none() {
	local size

	for size in '' 0 -1 1Q 1KB 99999999999 K ' 5'; do
		expect_status 2 netfan poll --max-output "$size" x
		expect_match error "$(cat "$TEST_TMP/err")" \
			'^netfan poll: --max-output '
	done
}

case_answers_that_are_none() {
	local key

	make_inventory 1
	expect_status 2 netfan poll --answer nothing x
	expect_status 2 netfan poll --answer =x x
	for key in nothing =x a= a=yes a=^a; do
		expect_status 2 netfan poll --answer-key "$key" x
		expect_match error "$(cat "$TEST_TMP/err")" \
			'^netfan poll: --answer-key .*one character'
	done
	expect_status 2 netfan poll --login-answer nothing x
	expect_match error "$(cat "$TEST_TMP/err")" 'give REGEX=REPLY'
	expect_status 2 netfan check --login-answer =x
	expect_status 2 poll --login-answer 'b(=x' 'show clock'
	expect_match error "$(cat "$TEST_TMP/err")" "question 'b\\(': missing"
	expect_status 2 poll --answer 'a(=x' 'show clock'
	expect_match error "$(cat "$TEST_TMP/err")" "question 'a\\(': missing"
}

# What devsim is, under another name.
write_platform() { # DIR
	mkdir -p "$1"
	sed -e 's/^about:.*/about: a platform of our own/' \
		-e '/^aliases:/d' lib/platform/data/cisco_ios.yaml >"$1/acme_os.yaml"
}

case_a_platform_of_ones_own() {
	start_devsim --devices 1
	make_inventory 1
	sed -i 's/cisco_ios/acme_os/' "$TEST_TMP/inventory.yaml"
	expect_status 2 poll --strict-inventory 'show clock'
	expect_match error "$(cat "$TEST_TMP/err")" \
		"unknown device_type 'acme_os'"
	write_platform "$TEST_TMP/own"
	expect_status 0 poll --platforms "$TEST_TMP/own" -o ndjson 'show clock'
	expect_eq platform "$(result R1 .platform)" acme_os
}

# The shape of its prompts is another one: it is believed, and told.
case_a_prompt_of_no_platform_is_told() {
	start_devsim --devices 2
	make_inventory 2
	sed -i '0,/cisco_ios/s//acme_os/' "$TEST_TMP/inventory.yaml"
	write_platform "$TEST_TMP/own"
	sed -i 's/(?<base>/acme-&/' "$TEST_TMP/own/acme_os.yaml"
	expect_status 0 poll --platforms "$TEST_TMP/own" -o ndjson 'show clock'
	expect_results 'map([.device, .prompt, .unknown_prompt]) | sort ==
		[["R1", "R1#", true], ["R2", "R2#", null]]'
	expect_status 0 poll --platforms "$TEST_TMP/own" 'show clock'
	expect_match heading "$(grep '=== R1' "$TEST_TMP/out")" \
		' ok, its prompt is not one of acme_os, '
	expect_status 0 netfan check -i "$TEST_TMP/inventory.yaml" \
		--known-hosts "$TEST_TMP/known_hosts" \
		--platforms "$TEST_TMP/own"
	expect_match remark "$(grep -A1 '^R1' "$TEST_TMP/out" | tr -d '\n')" \
		'its prompt is not one of acme_os'
	expect_eq remarks "$(grep -c 'not one of' "$TEST_TMP/out")" 1
}

case_a_platform_in_the_users_directory() {
	start_devsim --devices 1
	make_inventory 1
	sed -i 's/cisco_ios/acme_os/' "$TEST_TMP/inventory.yaml"
	write_platform "$TEST_TMP/home/.config/netfan/platforms"
	expect_status 0 poll -o ndjson 'show clock'
	expect_eq platform "$(result R1 .platform)" acme_os
	expect_status 0 netfan platforms
	expect_match list "$(cat "$TEST_TMP/out")" \
		'acme_os +a platform of our own'
}

case_a_platform_that_is_wrong() {
	make_inventory 1
	write_platform "$TEST_TMP/own"
	echo 'pagers: x' >>"$TEST_TMP/own/acme_os.yaml"
	expect_status 2 poll --platforms "$TEST_TMP/own" 'show clock'
	expect_match error "$(cat "$TEST_TMP/err")" \
		"acme_os.yaml:[0-9]+: .*pagers"
	expect_status 2 netfan platforms --platforms "$TEST_TMP/none"
	expect_match error "$(cat "$TEST_TMP/err")" 'none: cannot be read'
}

case_platforms_lists_them() {
	expect_status 0 netfan platforms
	expect_match list "$(cat "$TEST_TMP/out")" 'cisco_ios +Cisco IOS'
	expect_eq names "$(cut -d' ' -f1 "$TEST_TMP/out")" \
		"$(cd lib/platform/data && printf '%s\n' *.yaml | sed 's/.yaml$//' | sort)"
	mkdir "$TEST_TMP/rogue"
	printf '%s\n' 'about: "a\e[2Jb"' 'prompts: {user: x}' \
		>"$TEST_TMP/rogue/rogue.yaml"
	expect_status 0 netfan platforms --platforms "$TEST_TMP/rogue"
	grep -qE '^rogue +a\\x1b\[2Jb$' "$TEST_TMP/out" ||
		fail "$(grep rogue "$TEST_TMP/out" | cat -v)"
	expect_status 2 netfan platforms cisco_ios
	expect_status 2 netfan platforms --nonsense
	expect_status 0 netfan platforms --help
}

run_cases "$@"
