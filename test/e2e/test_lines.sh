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

run_cases "$@"
