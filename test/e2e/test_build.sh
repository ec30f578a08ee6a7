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

case_a_warning_fails_no_user() {
	expect_status 0 make_with_a_warning
	expect_match warning "$(cat "$TEST_TMP/err")" 'of a later compiler'
}

case_a_warning_is_an_error_for_who_asks() {
	expect_status 2 make_with_a_warning WERROR=1
	expect_match warning "$(cat "$TEST_TMP/err")" 'of a later compiler'
}

run_cases "$@"
