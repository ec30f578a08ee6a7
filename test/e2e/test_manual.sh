#!/usr/bin/env bash
# README.md and the manual page say what is so: their examples run as they
# stand, and they name each code, exit status and variable.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)
page=$top/cmd/netfan.1

# The n-th example of README's recipes, or of the manual page, as one would
# copy it.
recipe() { # N
	sed -n '/^## Recipes/,/^## Options/p' "$top/README.md" |
		awk -v n="$1" '/^```$/ { shown = 0 } shown { print }
			/^```sh$/ { shown = ++seen == n }'
}

manual_example() { # N
	sed -n '/^.SH EXAMPLES/,$p' "$page" |
		awk -v n="$1" '/^.EE$/ { shown = 0 } shown { print }
			/^.EX$/ { shown = ++seen == n }' |
		sed 's/\\-/-/g; s/\\(aq/'\''/g; s/\\e/\\/g'
}

# An example, in a directory with an inventory, as a user types it.
run_example() { # TEXT
	[ -n "$1" ] || fail 'there is no such example'
	expect_status 0 env -C "$TEST_TMP" HOME="$TEST_TMP/home" \
		PATH="${NETFAN%/*}:$PATH" bash -uo pipefail -c "$1"
}

start_devices() {
	start_devsim --devices 3 --fault 2=refuse
	make_inventory 3
	chmod 600 "$TEST_TMP/inventory.yaml"
}

expect_table() {
	expect_eq table "$(sort "$TEST_TMP/out")" \
		"\"R1\",\"$(device_ip 1)\",\"15.7(3)M3\"
\"R3\",\"$(device_ip 3)\",\"15.7(3)M3\""
}

expect_files() {
	expect_eq files "$(ls "$TEST_TMP/backup")" 'R1.cfg
R3.cfg'
	expect_match file "$(cat "$TEST_TMP/backup/R3.cfg")" $'\nhostname R3\n.*\nend'
}

expect_failures() {
	expect_eq failures "$(cat "$TEST_TMP/out")" \
		$'R2\trefused\tcannot connect: Connection refused; is the port right, and its SSH or telnet switched on?'
}

# One device fails: so does netfan, but not what reads it, which is the last
# command of each.
case_the_recipes_of_the_readme_run() {
	start_devices
	run_example "set +o pipefail; $(recipe 1)"
	expect_table
	mkdir "$TEST_TMP/backup"
	echo kept >"$TEST_TMP/backup/R1.cfg"
	run_example "set +o pipefail; $(recipe 2)"
	expect_files
	run_example "set +o pipefail; $(recipe 3)"
	expect_failures
	expect_eq 'one more' "$(recipe 4)" ''
}

case_the_examples_of_the_manual_run() {
	start_devices
	expect_eq asked "$(manual_example 1)" \
		"netfan poll 'show version' 'show ip interface brief'"
	run_example "$(manual_example 1) || [ \$? = 1 ]"
	expect_match answers "$(cat "$TEST_TMP/out")" 'R1 .*--- show ip interface'
	run_example "$(manual_example 2)"
	expect_match check "$(cat "$TEST_TMP/out")" 'R1'
	run_example "set +o pipefail; $(manual_example 3)"
	expect_table
	run_example "set +o pipefail; $(manual_example 4)"
	expect_files
	run_example "set +o pipefail; $(manual_example 5)"
	expect_failures
	run_example "$(manual_example 6) --runs 1 --modes process"
	expect_match plot "$(cat "$TEST_TMP/bench.svg")" '</svg>'
	expect_eq 'one more' "$(manual_example 7)" ''
}

# ---- what is named

case_every_code_is_in_the_manual() {
	local code codes

	codes=$(sed -n '/define NF_CODES/,/^$/s/.*X(NF_[A-Z_]*, *"\([a-z_]*\)").*/\1/p' \
		"$top/lib/netfan.h")
	expect_match codes "$codes" timeout
	for code in $codes; do
		case $code in
		ok | invalid | unknown_platform) ;; # of no result that failed
		*) sed -n '/^Codes:/,/^.SH/p' "$page" | grep -qw "$code" ||
			fail "$code is not in netfan.1" ;;
		esac
	done
}

# Those of signals come from signals.
case_every_exit_status_is_told() {
	local status statuses

	statuses=$(sed -nE 's/^\tSTATUS_[A-Z]+ = ([0-9]),.*/\1/p' \
		"$top/cmd/status.h")
	expect_match statuses "$statuses" 3
	for status in $statuses; do
		grep -qE "^\| $status \|" "$top/README.md" ||
			fail "$status is not in README.md"
		sed -n '/^.SH EXIT STATUS/,/^.SH /p' "$page" |
			grep -qE "^.BR? $status\b" || fail "$status is not in netfan.1"
	done
}

case_every_variable_is_in_the_manual() {
	local name names

	names=$(grep -rhoE 'getenv\("[A-Z_]+"\)' "$top/lib" "$top/cmd" \
		--include='*.c' | grep -oE '[A-Z_]{2,}' | sort -u)
	expect_match names "$names" TMPDIR
	for name in $names; do
		sed -n '/^.SH ENVIRONMENT/,/^.SH FILES/p' "$page" |
			grep -qw "$name" || fail "$name is not in netfan.1"
	done
}

case_the_readme_counts_the_platforms() {
	grep -qF "one of the $(netfan platforms | wc -l) that" \
		"$top/README.md" || fail "$(netfan platforms | wc -l) they are"
}

case_the_manual_is_well_formed() {
	[ -n "$(type -P mandoc)" ] || skip 'there is no mandoc(1)'
	expect_status 0 mandoc -Tlint -W warning "$page" "$top/lib/netfan.3"
}

# The links of FILE to other files, without what stands behind a #.
links() { # FILE
	grep -oE '\]\([^)#: ]+[)#]' "$1" | sed 's/^](//; s/[)#]$//'
}

# Files in `backticks`, from the top; NAME and the like stand for one's own.
case_files_that_contributors_are_told_of_are_there() {
	local file n=0

	while read -r file; do
		n=$((n + 1))
		[ -e "$top/$file" ] || fail "there is no $file"
	done < <(grep -ohE '`(lib|cmd|scripts|test)/[a-z0-9_./]+`' \
		"$top"/.github/*.md | tr -d '`' | sort -u)
	[ $n -gt 15 ] || fail "only $n files were found"
}

case_links_of_the_pages_lead_somewhere() {
	local page link n=0

	while read -r page; do
		for link in $(links "$page"); do
			n=$((n + 1))
			[ -e "${page%/*}/$link" ] || fail "${page#"$top"/}: $link"
		done
	done < <(find "$top" -name build -prune -o -name '*.md' -print)
	[ $n -gt 20 ] || fail "only $n links were found"
}

run_cases "$@"
