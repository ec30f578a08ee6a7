#!/usr/bin/env bash
# What YAML means, scalars and merge keys: as PyYAML's safe loader reads them.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)

# An inventory of one device, with each line's scalar as a value of its data.
scalars() {
	local line

	cat <<-END
		devices:
		  R1:
		    host: 10.0.0.1
		    device_type: cisco_ios
		    data:
	END
	while IFS= read -r line; do
		n=$((${n-0} + 1))
		printf '      v%03d: %s\n' "$n" "$line"
	done
}

# Compare the inventory FILE, as yaml_compare.py does.
compared() { # FILE ARGS...
	/usr/bin/python3 -c 'import yaml' 2>/dev/null || skip 'no PyYAML'
	chmod 600 "$1"
	expect_status 0 netfan inventory -i "$1" --convert json
	expect_eq "notes of $1" "$(cat "$TEST_TMP/err")" ''
	cp "$TEST_TMP/out" "$TEST_TMP/ours"
	/usr/bin/python3 "$here/yaml_compare.py" "$1" "$TEST_TMP/ours" \
		"${@:2}" >"$TEST_TMP/diff" || blame "$1: $(cat "$TEST_TMP/diff")"
}

# The COUNT scalars of standard input are PyYAML's, or with differ none is.
compare_scalars() { # COUNT ARGS...
	local n

	scalars >"$TEST_TMP/net.yaml"
	compared "$TEST_TMP/net.yaml" "${@:2}"
	expect_eq scalars "$(grep -c '^      v' "$TEST_TMP/net.yaml")" "$1"
}

case_plain_scalars_are_what_pyyaml_takes_them_for() {
	compare_scalars 74 <<-'END'
		true
		True
		TRUE
		false
		False
		FALSE
		tRUE
		y
		n
		Y
		N
		yes it is
		null
		Null
		NULL
		~

		nULL
		nil
		none
		None
		0
		1
		-1
		-0
		123456789012345678901234567890
		08
		0.0
		-0.0
		0.5
		1.10
		-1.5
		1.0e+5
		1.0E-5
		6.02e+23
		1e5
		1E5
		1e+5
		1e-5
		12e03
		1.0e5
		-.5
		1e400
		5e
		0e
		e5
		0o17
		0X1F
		0b
		0x
		0b2
		_1
		+
		+a
		1,000
		1.2.3
		10.0.0.1
		10.0.0.0/8
		2001:db8::1
		::1
		aa:bb:cc:00:11:22
		.
		..
		.e+3
		inf
		nan
		.INFO
		1:60
		24:60:60
		2024-13
		2024-1-2-3
		20240102
		Gi1/0/1
		cisco ios
	END
}

case_texts_are_what_pyyaml_takes_them_for() {
	compare_scalars 49 <<-'END'
		"yes"
		'yes'
		"12"
		'12'
		"1.0e+5"
		'true'
		"~"
		''
		""
		" blank round "
		'it''s'
		"a\tb\nc\rd"
		"\x41\u00e9\U0001F600"
		"\/\e\a\b\f\v\\\""
		"\N\_\L\P"
		'\n stays'
		"a#b" # a note
		a#b
		a #b
		a:b
		a::b c
		x{y}[z]
		a, b
		a - b
		-a
		-- a
		?a
		:a
		a?
		a!b
		a&b*c
		grüße
		日本語
		a  b   c
		trailing blanks   
		http://x.example/a?b=c#d
		u@h:22
		$%^()=+;/\|<>.
		(a) b{c}
		C:\dir
		[a, 1, 1.5, true, ~, "1"]
		[a, [b, [c, {d: e}]], {}]
		{a: 1, b: 'x', c: [1, {d: ~}]}
		{a: , b}
		{1: a, "2": b}
		{"a": 1,"b":2}
		[]
		{}
		[ ]
	END
}

# Texts of several lines, and whatever else is more than a line.
case_blocks_are_what_pyyaml_takes_them_for() {
	# shellcheck disable=SC1003 # a backslash it is
	printf '%s\n' 'devices:' '  R1:' '    host: 10.0.0.1' \
		'    device_type: cisco_ios' '    data:' \
		'      a: |' '        two' '        lines' \
		'      b: >' '        two' '        lines' '' '        three' \
		'      c: |-' '        chomped' '' \
		'      d: |+' '        kept' '' '' \
		'      e: >-' '        chomped' '        folded' '' \
		'      f: >+' '        kept' '' \
		'      g: |2' '          deep' '        less' \
		'      h: |1-' '         deep' \
		'      i: >' '        a' '          more' '        b' \
		'      j: |  # a note' '        a # text' \
		'      k: plain' '        goes' '' '        on' \
		"      l: 'quoted" '        goes' '' "        on'" \
		'      m: "quoted \' '        joined' '        folded"' \
		'      n: ""' '      o: |' '      p: |+' '' '      q: >' '' \
		'      r: [a,' '        b, # a note' '        c ]' \
		'      s: {a: 1,' '        b: "x"}' \
		'      t:' '      - a' '      - b: 1' '        c: 2' '      -' \
		'      u:' '        - - 1' '          - 2' \
		'      ? v' '      : w' \
		'      "x y": z' "      'a''b': c" '      x.y: z' \
		"      aa: |" '        12' '      bb: >-' '        true' \
		'      cc: !!str' '      dd: "12' '        13"' \
		>"$TEST_TMP/net.yaml"
	compared "$TEST_TMP/net.yaml"
	expect_eq values "$(jq '.[0].data | length' "$TEST_TMP/ours")" 29
}

case_tags_are_what_pyyaml_takes_them_for() {
	compare_scalars 15 <<-'END'
		!!str 12
		!!str true
		!!str yes
		!!str ~
		!!str "a"
		!!int 12
		!!int "12"
		!!int -3
		!!float 1.5
		!!float "1.5"
		!!bool true
		!!bool "False"
		!!seq [1, a]
		!!map {a: b}
		!<tag:yaml.org,2002:str> 12
	END
}

# What JSON and newer YAML read otherwise than YAML 1.1, or not at all, is the
# text that it is: a site NO, a rack 010, a slot 1:30 and a version 1_0 would be
# false, 8, 90 and 10. Nothing is lost by that, and -l finds what is written.
case_what_is_a_text_on_purpose() {
	compare_scalars 52 differ <<-'END'
		yes
		Yes
		YES
		no
		No
		NO
		on
		On
		ON
		off
		Off
		OFF
		010
		007
		00
		-017
		+1
		+0
		0x1F
		-0xff
		0b101
		1_000
		1__0
		1_
		1:30
		12:34:56
		-1:30
		190:20:30.15
		685_230.15
		1.5_0
		1.
		0.
		.5
		09.5
		+1.5
		! "12"
		.5e+3
		.inf
		-.inf
		+.INF
		.Inf
		.nan
		.NaN
		2024-01-02
		2024-01-02 03:04:05
		2024-01-02T03:04:05Z
		!!int 0x1F
		!!float 1
		!!bool yes
		!!binary aGVsbG8=
		[1, yes, 0x1F]
		{a: {b: off}}
	END
	expect_eq 'texts as they are written' "$(jq -r '.[0].data |
		[.v006, .v013, .v022, .v025, .v044] | join(" ")' "$TEST_TMP/ours")" \
		'NO 010 1_000 1:30 2024-01-02'
	sed -i 's/device_type/os: NO\n    device_type/' "$TEST_TMP/net.yaml"
	expect_status 0 netfan inventory -i "$TEST_TMP/net.yaml" -l 'os=NO'
}

# Each is what PyYAML refuses, and we as well: with the line.
case_what_pyyaml_refuses_is_refused() {
	local line

	while IFS= read -r line; do
		scalars <<<"$line" >"$TEST_TMP/net.yaml"
		! /usr/bin/python3 -c 'import sys, yaml
yaml.safe_load(open(sys.argv[1]))' "$TEST_TMP/net.yaml" 2>"$TEST_TMP/py" ||
			fail "PyYAML takes $line"
		expect_status 2 netfan inventory -i "$TEST_TMP/net.yaml"
		expect_match "error of $line" "$(cat "$TEST_TMP/err")" \
			"^$TEST_TMP/net.yaml:[67]: "
		done_n=$((${done_n-0} + 1))
	done <<-'END'
		a: b
		- a
		@a
		`a`
		%a
		[a
		{a
		"a
		'a
		"\q"
		"\xg1"
		*none
		|x
		&
		a: [b
		]
		}
		"a" b
		'a' b
		? a
	END
	expect_eq refused "$done_n" 20
}

# A number as a password is the one that was written.
case_a_password_is_as_it_is_written() {
	local word

	for word in 12345 007 0x1F 1_000 1e5 1.10 1:30 yes NO True 2024-01-02 \
		.5 +1 12345678901234567890123; do
		cat >"$TEST_TMP/net.yaml" <<-END
			- {name: R1, host: 10.0.0.1, device_type: cisco_ios,
			   password: $word, secret: $word, username: $word}
		END
		chmod 600 "$TEST_TMP/net.yaml"
		expect_status 0 netfan inventory -i "$TEST_TMP/net.yaml" \
			--show R1 --show-secrets
		expect_eq "values of $word" "$(awk '$1 ~ /^(username|password|secret)$/ { print $2 }' \
			"$TEST_TMP/out" | sort -u)" "$word"
	done
}

# ---- merge keys

# Compare a document, which comes from standard input, of one device or more;
# those of lists, as defaults would say more than PyYAML knows.
document() {
	cat >"$TEST_TMP/doc.yaml"
	compared "$TEST_TMP/doc.yaml"
	ndocs=$((${ndocs-0} + 1))
}

# One device whose data are the lines.
data_of() {
	document < <(printf '%s\n' 'devices:' '  R0: {host: 10.0.0.9, ' \
		'    device_type: cisco_ios, data: {m: &m {a: 1, b: 2}, ' \
		'    n: &n {b: 3, c: 4}, s: &s text, l: &l [1, 2]}}' \
		'  R1:' '    host: 10.0.0.1' '    device_type: cisco_ios' \
		'    data:'
		sed 's/^/      /')
}

case_merge_keys_are_put_in_place_as_pyyaml_does() {
	data_of <<<'<<: *m'
	data_of <<<$'<<: *m\na: 9'
	data_of <<<$'a: 9\n<<: *m'
	data_of <<<'<<: [*m, *n]'
	data_of <<<'<<: [*n, *m]'
	data_of <<<$'b: 9\n<<: [*n, *m]'
	data_of <<<$'<<: *m\n<<: *n'
	data_of <<<$'<<: *n\nx: 1\n<<: *m'
	data_of <<<$'<<: {a: 5, d: 6}'
	data_of <<<$'<<: [{a: 5}, *m, {e: 7}]'
	data_of <<<$'<<: []\na: 1'
	data_of <<<$'<<: {}\na: 1'
	data_of <<<$'k: {<<: *m, z: 1}'
	data_of <<<$'k:\n  <<: *m\n  k:\n    <<: *n'
	data_of <<<$'k: &k\n  <<: *m\n  c: 7\nq:\n  <<: *k\n  a: 0'
	data_of <<<$'k: &k\n  <<: [*m, *n]\nq: &q\n  <<: *k\nr:\n  <<: [*q, {z: 1}]'
	data_of <<<$'a: 1\na: 2'
	data_of <<<$'a: 1\nb: {c: 1, c: 2}\na: 3'
	data_of <<<$'<<: *m\na: 5\na: 6'
	data_of <<<$'"<<": text\nx: *s'
	data_of <<<$'k: *l\nq: [*l, *s, *m]'
	data_of <<<$'k: &x 12\nq: *x\nr: [*x, *x]'
	data_of <<<$'k: &x true\nq: *x\nk2: &w 5\nr: *w'
	data_of <<<$'k: &x "12"\nq: *x'
	data_of <<<$'k: &a1\n  - 1\n  - &b1 {z: 2}\nq: *b1\nr: *a1'
	data_of <<<$'&key k: v\nq: *key'
	data_of <<<$'k: &e\nq: *e\nr: [*e]'
	data_of <<<$'*s : v'
	data_of <<<$'<<: &new {a: 1}\nq: *new'
	data_of <<<$'k: &x |\n  two\n  lines\nq: *x'
	data_of <<<$'<<: *m\na: ~'
	data_of <<<$'k: {<<: [*m, *n], b: [1]}'
	expect_eq documents "$ndocs" 32
}

case_whole_devices_are_merged_as_pyyaml_does() {
	document <<-END
		devices:
		- &base {name: R1, host: 10.0.0.1, device_type: cisco_ios, port: 2022,
		         role: core, data: {x: 1}}
		- {<<: *base, name: R2, host: 10.0.0.2}
		- {<<: *base, name: R3, host: 10.0.0.3, port: 23, data: {y: 2}}
		- {name: R4, host: 10.0.0.4, <<: *base, role: edge}
	END
	document <<-END
		- &a {name: A, host: 10.0.0.1, device_type: cisco_ios, site: x}
		- &b {<<: *a, name: B, host: 10.0.0.2, username: u}
		- {<<: [*b, *a], name: C, host: 10.0.0.3}
		- {<<: [*a, *b], name: D, host: 10.0.0.4}
	END
	document <<-END
		devices:
		  R1: &r {host: 10.0.0.1, device_type: cisco_ios, tags: &t [a, b]}
		  R2: {<<: *r, host: 10.0.0.2, tags: *t}
		  R3:
		    host: 10.0.0.3
		    <<: *r
		    tags: [c]
	END
	document <<-END
		devices:
		  <<: {R1: {host: 10.0.0.1, device_type: cisco_ios}}
		  R2: {host: 10.0.0.2, device_type: cisco_ios}
	END
	expect_eq documents "$ndocs" 4
}

case_what_pyyaml_does_not_merge_is_refused() {
	local value

	for value in text '[text]' '[[]]' '~' '12'; do
		printf -- '- {name: R1, host: 10.0.0.1, device_type: cisco_ios,\n   <<: %s}\n' \
			"$value" >"$TEST_TMP/net.yaml"
		expect_status 2 netfan inventory -i "$TEST_TMP/net.yaml"
		expect_match "error of $value" "$(cat "$TEST_TMP/err")" \
			"^$TEST_TMP/net.yaml:2: a merge key .* needs a mapping"
	done
}

run_cases "$@"
