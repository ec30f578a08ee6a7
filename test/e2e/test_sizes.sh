#!/usr/bin/env bash
# scripts/check-sizes, by which make lint keeps functions, files and folders
# small.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)

check() { # DIR...
	(cd "$TEST_TMP" && "$top/scripts/check-sizes" "$@")
}

# N lines of TEXT.
repeat() { # N TEXT
	yes "$2" | head -n "$1"
}

# A function NAME of N lines, below a comment.
function_of() { # NAME N
	printf '/* A comment. */\nstatic int\n%s(void)\n{\n' "$1"
	repeat $(($2 - 4)) $'\tcall();'
	printf '}\n\n'
}

expect_none() { # DIR...
	expect_status 0 check "$@"
	expect_eq output "$(cat "$TEST_TMP/out")" ""
}

expect_told() { # DIR TEXT
	expect_status 1 check "$1"
	expect_eq output "$(cat "$TEST_TMP/out")" "$2"
}

case_a_function_has_up_to_60_lines() {
	mkdir "$TEST_TMP/a"
	{
		printf '#include <stdio.h>\n\n'
		function_of short 60
	} >"$TEST_TMP/a/a.c"
	expect_none a
	function_of long 61 >>"$TEST_TMP/a/a.c"
	expect_told a "a/a.c:66: a function of 61 lines, 60 at most"
}

case_functions_side_by_side_are_not_one() {
	mkdir "$TEST_TMP/a"
	for name in one two three; do
		function_of $name 50 | grep .
	done >"$TEST_TMP/a/a.c"
	expect_none a
}

case_a_table_is_no_function() {
	mkdir "$TEST_TMP/a"
	{
		echo 'static const int table[] = {'
		repeat 100 $'\t1,'
		echo '};'
		printf '#define BODY \\\n'
		repeat 100 $'\tcall(); \\'
		function_of short 60
	} >"$TEST_TMP/a/a.c"
	expect_none a
}

case_a_file_has_up_to_700_lines() {
	mkdir "$TEST_TMP/a"
	repeat 700 '/* text */' >"$TEST_TMP/a/a.h"
	repeat 800 '/* text */' >"$TEST_TMP/a/data.yaml"
	expect_none a
	echo >>"$TEST_TMP/a/a.h"
	expect_told a "a/a.h:701: a file of 701 lines, 700 at most"
}

# Six files of N lines each.
fill() { # DIR N
	mkdir -p "$TEST_TMP/$1"
	for i in 1 2 3 4 5 6; do
		repeat "$2" '/* text */' >"$TEST_TMP/$1/$i.c"
	done
}

case_a_folder_has_up_to_3500_lines_of_its_own() {
	fill a 583
	fill a/nested 583
	expect_none a
	echo >>"$TEST_TMP/a/nested/1.c"
	echo >>"$TEST_TMP/a/nested/2.c"
	expect_none a
	echo >>"$TEST_TMP/a/nested/3.c"
	expect_told a "a/nested: a folder of 3501 lines, 3500 at most"
}

case_bench_alone_is_a_larger_folder() {
	fill cmd/bench 600
	expect_none cmd
	fill cmd/workbench 600
	expect_told cmd "cmd/workbench: a folder of 3600 lines, 3500 at most"
}

case_no_source_is_a_mistake() {
	mkdir "$TEST_TMP/a"
	expect_status 2 check a
	expect_match usage "$(cat "$TEST_TMP/err")" '^usage: check-sizes DIR'
	expect_status 2 check
}

run_cases "$@"
