#!/usr/bin/env bash
# --help of each subcommand and the manual page have the same options, by the
# same letters and with the same values; README.md has those of poll and check.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)
page=$top/cmd/netfan.1

subcommands() {
	netfan --help | sed -n '/^subcommands/,$s/^  \([a-z]*\) .*/\1/p'
}

# "-i, --inventory FILE", "--exec, --shell" and the like, behind a subcommand:
# a line an option.
split_rows() {
	awk -F ', ' '{ sub(/^ +/, ""); place = index($0, " ")
		of = substr($0, 1, place - 1); $0 = substr($0, place + 1)
		letter = ""
		for (i = 1; i <= NF; i++)
			if ($i ~ /^-[a-zA-Z]$/)
				letter = $i ", "
			else {
				print of, letter $i
				letter = ""
			}
	}' | sort
}

told_by_help() { # SUBCOMMAND
	netfan "$1" --help |
		sed -nE "/^ {2,6}--?[a-zA-Z]/{s/^ +//;s/ {2,}.*//;s/^/$1 /;p;}" |
		split_rows
}

# An entry is of poll, check, collect and bench, or of those behind a line "Of".
told_by_page() {
	sed 's/\\-/-/g; s/\\f.//g' "$1" | awk '
		function flush(i) {
			if (head != "" && !said)
				of = "poll check collect bench"
			for (i = split(of, names, " "); head != "" && i > 0; i--)
				print names[i], head
			head = of = ""
			said = 0
		}
		/^\.SH/ { flush(); shown = $2 == "OPTIONS" }
		shown && /^\.TP/ {
			flush()
			getline
			sub(/^\.BR? /, "")
			for (i = split($0, parts, "\""); i > 0; i--) {
				if (i % 2 == 1)
					gsub(/ /, "", parts[i])
				head = parts[i] head
			}
			next
		}
		shown && $0 == "Of" {
			getline
			gsub(/^\.BR?|and|[^a-z]/, " ")
			of = of " " $0
			said = 1
		}
		END { flush() }' | split_rows |
		awk '{ for (i = 2; i <= NF; i++)
			if ($i !~ /^-/)
				$i = toupper($i) } 1' | sort
}

case_help_and_the_manual_tell_the_same_options() {
	local subcommand

	for subcommand in $(subcommands); do
		told_by_help "$subcommand"
	done | sort >"$TEST_TMP/help"
	told_by_page "$page" >"$TEST_TMP/page"
	expect_match 'options of all' "$(cat "$TEST_TMP/help")" \
		'bench --version.*platforms -h, --help.*poll -i, --inventory FILE'
	expect_eq 'in --help alone' \
		"$(comm -23 "$TEST_TMP/help" "$TEST_TMP/page")" ''
	expect_eq 'in netfan.1 alone' \
		"$(comm -13 "$TEST_TMP/help" "$TEST_TMP/page")" ''
}

told_by_readme() {
	sed -n '/^## Options/,/^## /{/^| `-/p}' "$top/README.md" |
		cut -d '|' -f 2 | tr -d '`' | sed 's/^ */any /; s/ *$//' | split_rows
}

case_help_and_the_readme_tell_the_same_options() {
	local subcommand

	for subcommand in poll check; do
		told_by_help "$subcommand"
	done | sed 's/^[a-z]*/any/' | sort -u >"$TEST_TMP/help"
	told_by_readme >"$TEST_TMP/readme"
	expect_match options "$(cat "$TEST_TMP/readme")" '-i, --inventory FILE'
	expect_eq 'in --help alone' \
		"$(comm -23 "$TEST_TMP/help" "$TEST_TMP/readme")" ''
	expect_eq 'in README.md alone' \
		"$(comm -13 "$TEST_TMP/help" "$TEST_TMP/readme")" ''
}

# An entry may speak of other options than its own.
case_the_manual_speaks_of_no_option_that_is_none() {
	local subcommand

	for subcommand in $(subcommands); do
		told_by_help "$subcommand"
	done | grep -oE -- '--[a-z-]+' | sort -u >"$TEST_TMP/help"
	sed 's/\\-/-/g; s/\\f.//g' "$page" |
		sed -n '/^.SH OPTIONS/,/^.SH INVENTORY/p' |
		grep -oE -- '--[a-z][a-z-]+' | sort -u >"$TEST_TMP/page"
	expect_eq 'in netfan.1 alone' \
		"$(comm -13 "$TEST_TMP/help" "$TEST_TMP/page")" ''
}

run_cases "$@"
