#!/usr/bin/env bash
# lib/README.md says which rooms there are, what each includes, and what things
# are called: it is held to the sources.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)
page=$top/lib/README.md

rooms() {
	find "$top/lib" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort
}

# The arrows between rooms, "FROM TO" a line. A folder in a room belongs to it.
arrows() {
	(cd "$top/lib" && grep -rHoE '^#include "[a-z]+/' --include='*.[ch]' .) |
		sed -E 's,^\./([a-z]+)/.*"([a-z]+)/,\1 \2,' |
		awk '$1 != $2' | sort -u
}

# The floors of the page: "ROOM FLOOR" a line.
floors() {
	awk '/^[0-9]+  +[a-z]/ { for (i = 2; i <= NF; i++) print $i, $1 }' "$page" |
		sort
}

# Its table of rooms: "| room | what it is | includes of |".
table() {
	sed -n '/^| room |/,/^$/p' "$page" | sed 1,2d | grep .
}

case_each_room_has_a_floor() {
	expect_match rooms "$(rooms)" transport
	expect_eq floors "$(floors | cut -d ' ' -f 1)" "$(rooms)"
}

case_no_room_includes_of_its_own_floor_or_above() {
	expect_match arrows "$(arrows)" 'poll base'
	expect_eq 'arrows that do not go down' "$(awk '
		NR == FNR { floor[$1] = $2; next }
		floor[$1] <= floor[$2]' <(floors) <(arrows))" ''
}

# "all but x y" is short for the others.
case_the_table_has_the_arrows_between_rooms() {
	table | awk -F ' *[|] *' -v rooms="$(rooms | tr '\n' ' ')" '
		{ n = split($4, to, " "); but = $4 ~ /^all but /
			for (i = but ? 3 : 1; i <= n; i++)
				if (but) out[$2 " " to[i]]
				else print $2, to[i] }
		but { n = split(rooms, to, " ")
			for (i = 1; i <= n; i++)
				if (to[i] != $2 && !($2 " " to[i] in out))
					print $2, to[i] }' |
		sort >"$TEST_TMP/told"
	expect_eq rooms "$(table | awk -F ' *[|] *' '{ print $2 }' | sort)" \
		"$(rooms)"
	expect_eq arrows "$(cat "$TEST_TMP/told")" "$(arrows)"
}

# The library's inside is none of the program's.
case_the_program_sees_the_public_header_alone() {
	local any

	any=$(rooms | paste -sd '|')
	expect_eq 'includes of rooms' "$(grep -rnE "^#include \"($any)/" \
		"$top/cmd" "$top/test/example" || true)" ''
}

# What stands in `backticks` as the name of a file, a function or a constant.
quoted() { # REGEX
	grep -oE "\`$1\`" "$page" | tr -d '\`' | sort -u
}

# What helps a user of the program is no help to another program. Options of
# git's and Ansible's are words of their own, in the files that call it.
case_the_library_names_no_option_of_the_program() {
	expect_eq options "$(grep -rnE '"([^"]*[ (])?--[a-z]+[ ."]' "$top/lib" \
		--include='*.[ch]' |
		grep -vE '/(store/git|forms)/[a-z/]*\.c:.*"--[a-z]+"')" ''
}

# A file of lib is named without its "lib/".
case_each_file_that_is_named_is_there() {
	local file n=0

	for file in $(quoted '[a-z_]+(/[a-z_]+)*/[a-z_]+\.[ch]') \
		$(quoted 'cmd(/[a-z]+)+'); do
		n=$((n + 1))
		[ -e "$top/$file" ] || [ -e "$top/lib/$file" ] ||
			fail "there is no $file"
	done
	[ $n -gt 20 ] || fail "only $n files were found"
}

case_each_name_is_one_of_the_sources() {
	local name n=0

	for name in $(quoted '[a-z_]+\(\)') $(quoted '[A-Z]+_[A-Z_]+') \
		$(quoted 'struct [a-z_]+' | cut -d ' ' -f 2); do
		n=$((n + 1))
		case $name in
		'fork()' | '_exit()' | 'pthread_create()') ;; # the system's
		*) grep -rqw --include='*.[ch]' -e "${name%()}" "$top/lib" \
			"$top/cmd" || fail "nothing is called $name" ;;
		esac
	done
	[ $n -gt 25 ] || fail "only $n names were found"
}

run_cases "$@"
