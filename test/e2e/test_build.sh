#!/usr/bin/env bash
# The Makefile, as who builds netfan meets it.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)

# make one object of a source that a compiler warns of, elsewhere.
make_with_a_warning() { # MAKE'S ARGUMENTS...
	echo '#warning "of a later compiler"' >"$TEST_TMP/later.h"
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u WERROR make -C "$top" \
		B="$TEST_TMP/build" CFLAGS="-include $TEST_TMP/later.h" "$@" \
		"$TEST_TMP/build/lib/base/nearest.o"
}

# The sources, where a test may write, and make there.
copy_sources() {
	mkdir "$TEST_TMP/src"
	cp -r "$top"/{Makefile,lib,cmd,scripts,test} "$TEST_TMP/src"
}

make_in_copy() { # MAKE'S ARGUMENTS...
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -C "$TEST_TMP/src" "$@"
}

# How the database has FILE compiled, a word a line.
words_of() { # FILE
	jq -r --arg file "$1" '.[] | select(.file == $file) | .arguments[]' \
		"$TEST_TMP/src/compile_commands.json"
}

sources() {
	(cd "$TEST_TMP/src" && find lib cmd test -name '*.c' | sort)
}

case_clangd_is_told_of_each_source() {
	local words

	copy_sources
	expect_status 0 make_in_copy compile_commands.json \
		CFLAGS="-DTEXT='\"a \\\\ b\"'"
	expect_eq sources "$(jq -r '.[].file' \
		"$TEST_TMP/src/compile_commands.json" | sort)" "$(sources)"
	expect_eq directories "$(jq -r '.[].directory' \
		"$TEST_TMP/src/compile_commands.json" | uniq)" "$TEST_TMP/src"
	mapfile -t words < <(words_of lib/base/nearest.c)
	expect_match quoted "${words[*]}" ' -DTEXT="a \\\\ b" '
	expect_status 0 env -C "$TEST_TMP/src" mkdir -p build/release/lib/base
	expect_status 0 env -C "$TEST_TMP/src" "${words[@]}"
	[ -s "$TEST_TMP/src/build/release/lib/base/nearest.o" ] ||
		fail "nothing came of ${words[*]}"
}

# What make would do, and what clangd is told: the same words.
case_clangd_is_told_what_make_does() {
	copy_sources
	expect_status 0 make_in_copy compile_commands.json
	expect_status 0 make_in_copy -s V=1 -n build/release/lib/base/buf.o
	expect_eq command "$(grep -o -- '-std=c11 .*' "$TEST_TMP/out" |
		xargs printf '%s\n')" "$(words_of lib/base/buf.c | sed -n '/^-std/,$p')"
}

case_a_warning_fails_no_user() {
	expect_status 0 make_with_a_warning
	expect_match warning "$(cat "$TEST_TMP/err")" 'of a later compiler'
}

case_a_warning_is_an_error_for_who_asks() {
	expect_status 2 make_with_a_warning WERROR=1
	expect_match warning "$(cat "$TEST_TMP/err")" 'of a later compiler'
}

run_cases "$@"
