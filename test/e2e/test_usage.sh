#!/usr/bin/env bash
# Command lines that are wrong, and those that only ask.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# One line says what is wrong, and where to look.
expect_usage() { # REGEX ARGS...
	local regex=$1

	shift
	expect_status 2 netfan "$@"
	expect_eq stdout "$(cat "$TEST_TMP/out")" ''
	expect_match message "$(head -n 1 "$TEST_TMP/err")" "$regex"
	expect_match hint "$(tail -n 1 "$TEST_TMP/err")" \
		"[Tt]ry '?netfan (poll |check |platforms )?--help"
	[ "$(wc -l <"$TEST_TMP/err")" -le 2 ] || fail 'more than two lines'
}

case_no_command() {
	expect_usage 'no command is given' poll
}

case_bad_numbers() {
	local option number

	for option in --workers --fanout --timeout; do
		for number in 0 -1 x 4x '' 99999999999999999999 nan; do
			expect_usage "^netfan poll: $option '$number': " \
				poll "$option=$number" 'show clock'
		done
	done
}

case_bad_words() {
	expect_usage "--output 'xml'" poll -o xml 'show clock'
	expect_usage "--host-keys 'no'" poll --host-keys no 'show clock'
}

case_unknown_options() {
	expect_usage '^netfan poll: there is no option --nonsense$' \
		poll --nonsense 'show clock'
	expect_usage '^netfan poll: there is no option -Z$' \
		poll --verbose -Zv 'show clock'
	expect_usage '^netfan check: there is no option -c$' check -c FILE
	expect_usage '^netfan poll: --workers: a value is missing$' poll -w
	expect_usage '^netfan poll: --quiet: it takes no value$' poll --quiet=1
	: >"$TEST_TMP/config"
	expect_usage "--ssh-config: write --ssh-config=$TEST_TMP/config for that" \
		poll --ssh-config "$TEST_TMP/config" 'show clock'
	expect_usage 'no option --wrokers: did you mean --workers.$' \
		poll --wrokers=3 'show clock'
}

# What is short today may be the beginning of two tomorrow.
case_abbreviated_options() {
	expect_usage '^netfan poll: --out: write it in full: --output$' \
		poll --out ndjson 'show clock'
	expect_usage '^netfan poll: --out: write it in full: --output$' \
		poll --out=ndjson 'show clock'
	expect_usage ' --ver: write it in full: --verbose or --version$' \
		poll --ver
}

case_unknown_subcommand() {
	expect_usage "^netfan: .* 'pool': did you mean 'poll'.( |$)" \
		pool 'show clock'
	expect_usage "^netfan: there is no subcommand 'nonsense';" nonsense
	expect_usage "^netfan: there is no subcommand 'nonsense';" help nonsense
	expect_usage "^netfan: '-o': a subcommand comes first" -o ndjson poll
}

# What was typed is in the error of netfan ARGS..., and harmless.
expect_harmless() { # ARGS...
	expect_status 2 netfan "$@"
	grep -qF 'a\x1b]0;b\x07\x0ac\x09\xc2\x9b\xff' "$TEST_TMP/err" ||
		fail "$*: $(cat -v "$TEST_TMP/err")"
}

# It may come from a clipboard, and drive the terminal that it is shown on.
case_what_was_typed_is_shown_harmless() {
	local bad=$'a\e]0;b\a\nc\t\xc2\x9b\xff'

	make_inventory 1
	expect_harmless "$bad"
	expect_harmless help "$bad"
	expect_harmless poll "--$bad"
	expect_harmless poll --workers "$bad" 'show clock'
	expect_harmless poll -o "$bad" 'show clock'
	expect_harmless poll -i "$bad" 'show clock'
	expect_harmless poll -c "$bad"
	expect_harmless check -i "$TEST_TMP/inventory.yaml" "$bad"
	expect_harmless platforms --platforms "$bad"
	expect_harmless bench --simulate 1 --plot "$bad"
}

case_an_argument_where_none_is_taken() {
	expect_usage '^netfan platforms: it takes no arguments' platforms foo
}

case_nothing_at_all() {
	expect_status 2 netfan
	expect_match usage "$(cat "$TEST_TMP/err")" '^usage: netfan '
}

# A command of several lines would be several commands.
case_bad_commands() {
	make_inventory 1
	expect_status 2 poll $'show clock\nreload'
	expect_eq lines "$(wc -l <"$TEST_TMP/err")" 1
}

case_blank_commands() {
	local blank

	make_inventory 1
	for blank in '' ' ' $' \t'; do
		expect_usage '^netfan poll: a command is blank' poll "$blank"
		expect_usage '^netfan poll: a command is blank' poll show "$blank"
		expect_usage '^netfan poll: --command: the command is blank' \
			poll -e "$blank"
	done
}

# A file of these commands (as printf(1) has them) is refused, with that.
expect_bad_commands() { # CONTENT REGEX
	# shellcheck disable=SC2059 # a format it is
	printf "$1" >"$TEST_TMP/commands"
	expect_status 2 poll -c "$TEST_TMP/commands"
	expect_match "error of $1" "$(cat "$TEST_TMP/err")" "$2"
}

case_bad_command_files() {
	local file=$TEST_TMP/commands

	make_inventory 1
	expect_status 2 poll -c "$TEST_TMP/none"
	expect_match error "$(cat "$TEST_TMP/err")" 'none: No such file'
	expect_bad_commands '\n# nothing\n' "^$file: there is no command in it"
	expect_bad_commands '\n? a=b\nshow clock\n' \
		"^$file:2: there is no command above"
	expect_bad_commands 'show clock\n? what\n' \
		"^$file:2: give . REGEX=REPLY"
	expect_bad_commands '\357\273\277show clock\n?a=b\n' \
		"^$file:2: give . REGEX=REPLY"
	expect_bad_commands 'show clock\nshow\0 users\n' "^$file:2: a NUL byte"
	expect_bad_commands 'show clock\nshow\tusers\n' \
		"^$file:2: a control character"
	expect_bad_commands 'routers:\n- device_type: cisco_ios\n' \
		"^$file:2: this looks like an inventory"
	expect_bad_commands '[{"ip": "a", "device_type" : "cisco_ios"}]' \
		"^$file:1: this looks like an inventory"
	expect_bad_commands 'show clock\r\r\n' "^$file:1: a control character"
	expect_bad_commands 'show clock\n?key a=yes\n' \
		"^$file:2: give .*KEY is one character"
	expect_bad_commands 'show clock\n?keya=b\n' "^$file:2: give "
	expect_bad_commands '?key a=b\n' "^$file:1: there is no command above"
	expect_bad_commands 'show clock\nbanner motd ^ <<END\na\n END\n' \
		"^$file:2: lines follow behind << and a word"
	expect_bad_commands 'banner motd ^ <<END\na\n\tb\nEND\n' \
		"^$file:3: a control character"
	expect_bad_commands 'banner motd ^ <<END\na\0\nEND\n' \
		"^$file:2: a NUL byte"
	expect_bad_commands 'show clock\n? a(=b\n' "question 'a\\(': missing"
	head -c 1100000 /dev/zero | tr '\0' x >"$file"
	expect_status 2 poll -c "$file"
	expect_match error "$(cat "$TEST_TMP/err")" 'larger than 1 MiB'
}

case_help_and_version() {
	local args

	for args in --help -h 'poll --help' 'poll -h' 'platforms -h' \
		help 'help help' 'help poll'; do
		# shellcheck disable=SC2086 # words they are
		expect_status 0 netfan $args
		expect_match help "$(cat "$TEST_TMP/out")" '^usage: netfan '
		expect_eq stderr "$(cat "$TEST_TMP/err")" ''
	done
	for args in --version 'poll --version' 'platforms --version'; do
		# shellcheck disable=SC2086
		expect_status 0 netfan $args
		expect_match version "$(cat "$TEST_TMP/out")" \
			'^netfan [0-9.]+'
	done
}

run_cases "$@"
