#!/usr/bin/env bash
# netfan poll: commands that take the lines of a text.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

begin() {
	start_devsim --devices 2 --no-pager
	make_inventory 2
}

case_a_banner_is_typed_in_as_commands() {
	begin
	printf '%s\n' 'configure terminal' 'banner motd ^' 'R1# is ours.' \
		'exit' '^' 'end' 'show banner motd' >"$TEST_TMP/commands"
	expect_status 0 poll -o ndjson -c "$TEST_TMP/commands"
	expect_results 'all(.[]; .prompt == .device + "#" and
		[.commands[2:][].output] ==
			["", "", "", "", "R1# is ours.\nexit\n\n"])'
}

# Nothing else is typed: a goodbye would be a line of the banner.
case_a_text_without_its_end_fails_the_device() {
	begin
	expect_status 3 poll -o ndjson -e 'configure terminal' \
		-e 'banner motd ^' -e 'Authorised use only.'
	expect_error R1 command no_prompt
	expect_match message "$(result R1 .error.message)" \
		"it still takes the lines of one: '\\^' ends them"
	expect_results 'all(.[]; .commands | length == 3)'
	expect_status 0 poll -o ndjson 'show banner motd'
	expect_results 'all(.[]; .commands[0].output ==
		"Authorised use only.\n")'
}

case_a_banner_with_its_text_is_one_command() {
	begin
	printf '%s\r\n' '# lines end as they like' 'configure terminal' \
		'  banner motd ^ <<END ' 'Hello,' '' '# <<END' '  exit' 'END' \
		'end' 'show banner motd' >"$TEST_TMP/commands"
	expect_status 0 poll -o ndjson -c "$TEST_TMP/commands"
	expect_results 'all(.[]; .prompt == .device + "#" and
		([.commands[] | .command] == ["configure terminal",
			"banner motd ^ <<END", "end", "show banner motd"]) and
		.commands[1].output ==
			"Enter TEXT message.  End with the character \u0027^\u0027.\n" and
		.commands[3].output == "Hello,\n\n# <<END\n  exit\n\n")'
	expect_status 0 poll -c "$TEST_TMP/commands"
	expect_eq headings "$(grep -c -x -e '--- banner motd ^ <<END ---' \
		"$TEST_TMP/out")" 2
}

# None of the text is typed: it would be commands.
case_a_text_that_is_not_taken_is_not_typed() {
	begin
	expect_status 3 poll -o ndjson -e 'configure terminal' \
		-e $'baner motd ^ <<END\nhostname lost\nEND'
	expect_error R1 command command_rejected
	expect_match message "$(result R1 .error.message)" \
		'none of its text was typed'
	expect_results 'all(.[]; .commands[1].rejected)'
	expect_status 0 poll -o ndjson 'show clock'
	expect_results 'all(.[]; .prompt == .device + "#")'
}

case_a_text_that_is_none_is_refused() {
	make_inventory 1
	expect_status 2 poll -e 'banner motd ^ <<END'
	expect_match error "$(cat "$TEST_TMP/err")" \
		'command 1 ends in <<END, for lines behind it, of which none'
	expect_status 2 poll -e $'banner motd ^ <<END\na\nEND\nreload'
	expect_status 2 poll -e $'banner motd ^\na'
	expect_match error "$(cat "$TEST_TMP/err")" 'a control character'
	expect_status 2 poll --exec -e $'banner motd ^ <<END\na\nEND'
	expect_match error "$(cat "$TEST_TMP/err")" \
		'command 1 has lines behind it, .* cannot be run as a program'
}

run_cases "$@"
