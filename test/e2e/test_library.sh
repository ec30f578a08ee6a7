#!/usr/bin/env bash
# The library as other programs meet it: installed, linked, taken away again.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)
version_c=$top/test/example/version.c
poll_c=$top/test/example/poll.c
fill_c=$top/test/example/fill.c

# make TARGET below $root. Cases run side by side, and whoever edited a source
# since the last build would have them all build at once: one at a time.
make_in_root() { # TARGET
	local build=${NETFAN%/*}

	root=$TEST_TMP/root
	expect_status 0 flock "$build/library.lock" \
		env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL \
		make -C "$top" VARIANT="${build##*/}" DESTDIR="$root" \
		PREFIX=/usr LIBDIR=/usr/lib INCLUDEDIR=/usr/include "$1"
}

install_library() {
	case $NETFAN in
	*/asan/netfan | */tsan/netfan) skip 'nobody installs a sanitizer' ;;
	esac
	make_in_root install
}

# What pkg-config says of the library below $root.
ask() { # OPTION...
	PKG_CONFIG_PATH=$root/usr/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root \
		"${PKG_CONFIG:-pkg-config}" "$@" netfan
}

# Compile and run a program that sees of netfan only what is installed. FLAGS
# are words: a compiler's options, then how to link.
expect_runs() { # SOURCE "COMPILER..." "FLAGS"
	# shellcheck disable=SC2046,SC2086 # words they are
	expect_status 0 $2 -Wall -Wextra -Werror -o "$TEST_TMP/program" \
		"$1" $(ask --cflags) $3
	expect_status 0 env -C "$TEST_TMP" HOME="$TEST_TMP/home" \
		LD_LIBRARY_PATH="$root/usr/lib" "$TEST_TMP/program"
	expect_eq "stderr of $1" "$(cat "$TEST_TMP/err")" ''
	[ "$1" != "$poll_c" ] || expect_eq 'devices that told the time' \
		"$(grep -c '^[*][0-9:.]* UTC ' "$TEST_TMP/out")" 3
	[ "$1" != "$fill_c" ] || expect_eq 'devices from memory' \
		"$(cat "$TEST_TMP/out")" 'R1 is cisco_ios at port 22
192.0.2.2 is juniper_junos at port 22'
	[ "$1" != "$version_c" ] ||
		expect_eq version "$(cat "$TEST_TMP/out")" "$(netfan --version)"
}

# Each example as C, and one as C++.
expect_all_run() { # FLAGS
	local source

	start_devsim --devices 3
	make_inventory 3
	for source in "$top"/test/example/*.c; do
		expect_runs "$source" "${CC:-cc} -std=c11" "$1"
	done
	! command -v c++ >/dev/null ||
		expect_runs "$version_c" 'c++ -std=c++11 -x c++' "$1"
}

case_programs_link_with_the_shared_library() {
	install_library
	expect_all_run "$(ask --libs)"
	expect_match needed "$(ldd "$TEST_TMP/program" || true)" libnetfan.so.0
	expect_eq version "netfan $(ask --modversion)" \
		"$(netfan --version | head -n 1)"
}

# Of netfan alone: the libraries it needs are shared ones still.
case_programs_link_with_the_static_library() {
	local packages

	install_library
	mapfile -t packages < <(ask --print-requires-private)
	expect_all_run "-L$root/usr/lib -l:libnetfan.a -pthread $(
		"${PKG_CONFIG:-pkg-config}" --libs "${packages[@]}"
	)"
	! ldd "$TEST_TMP/program" | grep libnetfan || fail 'netfan is shared'
}

case_programs_can_be_wholly_static() {
	local libs

	install_library
	libs="-static $(ask --static --libs)"
	# shellcheck disable=SC2086
	${CC:-cc} -x c -o "$TEST_TMP/empty" - -x none ${libs/-lnetfan/} \
		<<<'int main(void) { return 0; }' 2>"$TEST_TMP/err" ||
		skip 'what netfan needs is not here as static libraries'
	expect_all_run "$libs"
}

# Its poll is an example's, which the cases above compile and run.
case_the_readme_shows_an_example() {
	local shown

	shown=$(sed -n '/^```c$/,/^```$/p' "$top/README.md" | grep -v '^```')
	expect_match shown "$shown" 'nf_poll_step'
	[[ $(cat "$poll_c") == *"$shown"* ]] || fail "not in $poll_c: $shown"
}

# What cron and systemd would start is where it was installed.
case_the_examples_of_a_night_name_the_installed_program() {
	local example found

	install_library
	for example in netfan.cron netfan-collect.service; do
		found=$(grep -o '/[a-z/]*bin/netfan collect' \
			"$root/usr/share/doc/netfan/examples/$example")
		expect_eq "program in $example" "$found" '/usr/bin/netfan collect'
	done
}

# Each name that the header promises, and no other.
case_public_names_are_those_of_the_header() {
	local want

	install_library
	want=$(cat "$root/usr/include/"netfan*.h | tr '\n' ' ' |
		grep -o 'NF_API [^(]*(' |
		sed -En 's/.*[ *](nf_[a-z0-9_]+)\($/\1/p' | sort)
	expect_match names "$want" nf_version_text
	expect_eq 'names in libnetfan.so' "$(nm -D --defined-only \
		"$root/usr/lib/libnetfan.so" | awk '{ print $3 }' | sort)" \
		"$want"
	expect_eq 'names in libnetfan.a' "$(nm -g --defined-only \
		"$root/usr/lib/libnetfan.a" | awk 'NF == 3 { print $3 }' |
		sort)" "$want"
}

# The n-th example of the manual page.
manual_example() { # N
	awk -v n="$1" '/^\.EE$/ { shown = 0 } shown { print }
		/^\.EX$/ { shown = ++seen == n }' \
		"$root/usr/share/man/man3/netfan.3" |
		sed 's/\\-/-/g; s/\\e/\\/g'
}

run_manual_example() { # N
	manual_example "$1" >"$TEST_TMP/example.c"
	[ -s "$TEST_TMP/example.c" ] || fail "there is no example $1"
	expect_runs "$TEST_TMP/example.c" "${CC:-cc} -std=c11" "$(ask --libs)"
}

case_the_examples_of_the_manual_run() {
	install_library
	start_devsim --devices 3
	make_inventory 3
	run_manual_example 1
	expect_eq 'devices that told the time' \
		"$(grep -c '^[*][0-9:.]* UTC ' "$TEST_TMP/out")" 3
	run_manual_example 2
	expect_eq squares "$(tr '\n' ' ' <"$TEST_TMP/out")" \
		'0 1 4 9 16 25 36 49 64 81 '
	expect_eq 'one more' "$(manual_example 3)" ''
}

# One prototype a line, without what does not matter.
header_prototypes() {
	cat "$top/lib/"netfan*.h | grep -v '^#' | tr '\n\t' '  ' |
		sed 's,/\*[^*]*\(\*[^/][^*]*\)*\*/,,g' | tr ';' '\n' |
		sed -En 's/ +/ /g; s/^.*NF_API (.*)$/\1;/p' |
		sed 's/\* nf_/*nf_/' | sort
}

# Words of .BI stand side by side; those with blanks are in quotes.
manual_prototypes() {
	sed -n '/^\.SH SYNOPSIS/,/^\.SH DESCRIPTION/p' "$top/lib/netfan.3" |
		awk '/^\.SS/ { shown = 1 } !shown || !/^\.BI? / { next }
			{ sub(/^\.BI? /, "")
			while (match($0, /^("[^"]*"|[^ "]+) */)) {
				word = substr($0, 1, RLENGTH)
				sub(/ +$/, "", word)
				gsub(/"/, "", word)
				text = text word
				$0 = substr($0, RLENGTH + 1)
			}
			text = text " " }
			/^$/ && text ~ /; $/ { print text; text = "" }' |
		sed -E 's/\\-/-/g; s/ +/ /g; s/ $//' | sort
}

case_the_manual_has_the_prototypes_of_the_header() {
	expect_match prototypes "$(header_prototypes)" \
		'void nf_poll_free\(struct nf_poll \*poll\);'
	expect_eq prototypes "$(manual_prototypes)" "$(header_prototypes)"
}

# The functions of HEADERS that fill *err, and their comments: a line each.
# Several that stand below one comment share it.
functions_that_fail() { # HEADER...
	awk '/^\/\*/ { comment = "" }
		/^\/\*/, /\*\/$/ { comment = comment $0; next }
		/^$/ { comment = "" }
		/^(#|}|$|typedef|struct [a-z_]+ {)/ { text = ""; next }
		{ text = text $0 }
		/;$/ { sub(/^NF_API /, "", text)
			if (text ~ /^[^\t].*[(,][ \t]*struct nf_error \*err\)/)
				print FILENAME ": " text " " comment
			text = "" }' "$@" | tr '\t' ' '
}

# By name, or as those of another function.
case_each_function_that_fails_names_its_codes() {
	local headers functions

	mapfile -t headers < <(find "$top/lib" -name '*.h' ! -name error.h)
	functions=$(functions_that_fail "${headers[@]}")
	[ "$(wc -l <<<"$functions")" -gt 60 ] || fail "only: $functions"
	expect_eq 'functions without a code' "$(grep -vE \
		' NF_[A-Z_]+[ ;,.:]|[Cc]odes|[Ee]rrors as' <<<"$functions")" ''
}

# Fields and arguments, in italics: what is there no more is told of nowhere.
case_the_manual_names_what_the_header_has() {
	local word words

	words=$(sed -n '/^\.SH DESCRIPTION/,/^\.SH EXAMPLES/p' \
		"$top/lib/netfan.3" | sed -nE 's/^\.IR? \*?([a-z_]+).*/\1/p' |
		sort -u)
	expect_match words "$words" timeout_ms
	for word in $words; do
		grep -qw "$word" "$top/lib/"netfan*.h ||
			fail "no public header has $word"
	done
}

case_uninstall_leaves_no_file() {
	install_library
	make_in_root uninstall
	expect_eq 'what is left' "$(find "$root" ! -type d)" ''
}

run_cases "$@"
